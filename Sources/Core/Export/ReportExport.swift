import Bytes
import Stream

/// The entry of a report about one node.
package struct ReportItem: Equatable, Sendable {
    package let path: NodePath
    /// The letter of the mark; empty without a mark.
    package let mark: String
    /// The user's note; empty without a note.
    package let note: String

    package init(path: NodePath, mark: String = "", note: String = "") {
        self.path = path
        self.mark = mark
        self.note = note
    }
}

/// A report in Markdown, for a bug report: path, place, value, findings and first bytes of some nodes. It
/// omits guest memory unless the user asks for it.
package struct ReportExport {
    private static let excerptLength = 256
    private static let rowLength = 16
    private static let mostFields = 32

    private let document: Document
    private let hasRAM: Bool

    package init(_ document: Document, withRAM: Bool = false) {
        self.document = document
        hasRAM = withRAM
    }

    /// Writes an overview of the stream, then each item; without items, all findings. O(items × findings).
    ///
    /// - Parameter program: name and version for the last line.
    package func write(_ items: [ReportItem], program: String, to sink: inout some ByteSink) {
        writeHead(to: &sink)
        if items.isEmpty {
            sink.write("\n## Findings\n\n")
            if document.findings.isEmpty { sink.write("None.\n") }
            for finding in document.findings { sink.write(line(finding)) }
        }
        for item in items { write(item, to: &sink) }
        sink.write("\n")
        if !hasRAM { sink.write("Guest memory was left out. ") }
        sink.write("Written by \(program).\n")
    }

    /// Writes each item as a record with its mark and its note, and hides the bytes of guest memory.
    package func writeRecords(_ items: [ReportItem], _ form: RecordForm, to sink: inout some ByteSink) {
        var records = RecordWriter(document, form)
        for item in items {
            let node = document.tree.node(item.path)
            let more: [(key: String, value: String?)] = [
                ("mark", item.mark.isEmpty ? nil : item.mark), ("note", item.note.isEmpty ? nil : item.note),
            ]
            records.write(node, more: more, hidesBytes: isHidden(node), to: &sink)
        }
        records.finish(to: &sink)
    }

    private func writeHead(to sink: inout some ByteSink) {
        let overview = document.overview
        sink.write("# Migration stream \(Markdown.code(overview.fileName))\n\n")
        sink.write("- file: \(overview.fileSize) bytes, container: \(Markdown.text(overview.container))\n")
        if let machine = overview.machine { sink.write("- machine type: \(Markdown.code(machine))\n") }
        sink.write("- stream: \(overview.streamSize) bytes, \(overview.sectionCount) sections, ")
        sink.write("\(overview.processorCount) CPUs\n")
        let description = overview.description.map { "\($0.devices) devices, from: \($0.source)" } ?? "none"
        sink.write("- description: \(Markdown.text(description))\n")
    }

    private func write(_ item: ReportItem, to sink: inout some ByteSink) {
        let node = document.tree.node(item.path)
        let path = document.tree.pathText(node.path)
        sink.write("\n## \(Markdown.code(path.isEmpty ? "the whole stream" : path))\n\n")
        sink.write("| | |\n|---|---|\n")
        for (label, text) in rows(node, item) { sink.write("| \(label) | \(text) |\n") }
        if !item.note.isEmpty { sink.write("\n> \(Markdown.text(DisplayText.escaped(item.note)))\n") }
        let findings = document.findings.filter { node.space == .stream && node.range.contains($0.offset) }
        if !findings.isEmpty { sink.write("\n") }
        for finding in findings { sink.write(line(finding)) }
        writeFields(node, to: &sink)
        writeBytes(node, to: &sink)
    }

    private func rows(_ node: Node, _ item: ReportItem) -> [(label: String, text: String)] {
        var type = document.tree.typeName(node)
        for part in [document.tree.decoration(node), document.tree.versionText(node)] where !part.isEmpty {
            type += " " + part
        }
        var place = Hex.offset(node.offset)
        if node.space == .stream {
            place += " in the stream"
            if let file = document.store.fileOffset(ofStreamOffset: node.offset) {
                place += ", \(Hex.offset(file)) in the file"
            }
        }
        var rows = [
            ("type", Markdown.cell(type)), ("offset", place),
            ("size", Quantity.text(node.size, "byte")),
        ]
        let value = isHidden(node) ? "" : document.tree.value(node).full
        if !value.isEmpty { rows.append(("value", Markdown.cell(Self.clipped(value)))) }
        for (label, text) in document.details(node) where Finding.Severity(rawValue: label) == nil {
            rows.append((label, Markdown.cell(text)))
        }
        if !item.mark.isEmpty { rows.append(("mark", item.mark)) }
        return rows
    }

    private static func clipped(_ text: String) -> String {
        text.utf8.count <= 400 ? text : text.prefix(400) + "…"
    }

    private func line(_ finding: Finding) -> String {
        var text = "- **\(finding.severity.rawValue)** `\(finding.code)` at \(Hex.offset(finding.offset)) "
        if !finding.path.isEmpty { text += Markdown.code(finding.path) + " " }
        text += Markdown.text(finding.message)
        if !finding.hint.isEmpty { text += " (\(Markdown.text(finding.hint)))" }
        text += "\n"
        for line in finding.qemu.split(separator: "\n") { text += "  QEMU: \(Markdown.code(String(line)))\n" }
        return text
    }

    private func writeFields(_ node: Node, to sink: inout some ByteSink) {
        // The hex excerpt already shows bytes.
        guard node.childCount > 0, !isHidden(node), !document.tree.isBytes(node) else { return }
        var line = NodeLine(document)
        sink.write("\n```\n")
        for index in 0..<min(node.childCount, Self.mostFields) {
            let child = document.tree.child(index, of: node)
            sink.write(line.text(child, level: 0, value: !isHidden(child), isBrief: true))
        }
        if node.childCount > Self.mostFields { sink.write("… \(node.childCount - Self.mostFields) more\n") }
        sink.write("```\n")
    }

    // MARK: Bytes

    private func writeBytes(_ node: Node, to sink: inout some ByteSink) {
        guard node.size > 0 else { return }
        let shown = shownLength(node)
        guard shown > 0 else { return sink.write("\nIts bytes are, or may be, guest memory; left out.\n") }
        let bytes = document.store.region(of: node.space).copy(node.offset..<node.offset + shown)
        sink.write("\n```\n")
        for start in stride(from: 0, to: bytes.count, by: Self.rowLength) {
            sink.write(row(bytes[start..<min(start + Self.rowLength, bytes.count)], at: node.offset + start))
        }
        if shown < node.size { sink.write("… \(node.size - shown) more bytes\n") }
        sink.write("```\n")
    }

    private func row(_ bytes: ArraySlice<UInt8>, at offset: Int) -> String {
        let digits = Hex.dump(bytes)
        let blanks = String(repeating: " ", count: 3 * Self.rowLength - 1 - digits.utf8.count)
        let text = String(decoding: ASCII.dotted(bytes), as: UTF8.self)
        return "\(Hex.digits(UInt64(offset), width: 8))  \(digits)\(blanks)  |\(text)|\n"
    }

    // The number of bytes before the first that may be guest memory.
    private func shownLength(_ node: Node) -> Int {
        let limit = min(node.size, Self.excerptLength)
        guard !hasRAM else { return limit }
        // Containers contain the whole stream.
        guard node.space == .stream else { return node.size <= Self.excerptLength ? limit : 0 }
        var offset = node.offset
        while offset < node.offset + limit {
            let leaf = document.tree.node(document.tree.knownPath(atOffset: offset))
            if isHidden(leaf) { break }
            offset = max(leaf.range.upperBound, offset + 1)
        }
        return min(offset - node.offset, limit)
    }

    private func isHidden(_ node: Node) -> Bool { !hasRAM && document.tree.mayHoldGuestMemory(node) }
}

extension StreamTree {
    /// Whether the bytes of a node are guest memory or disk, or unknown and so may be: the live part except
    /// the devices of a package, pages of mapped-ram, and gaps. False for a node that has both such nodes and
    /// others below it.
    package func mayHoldGuestMemory(_ node: Node) -> Bool {
        if node.role == .ram, typeName(node) == "page" { return true }
        for node in nodes(along: node.path).reversed() {
            switch record(of: node)?.kind {
            case .full, .configuration: return false
            case .live, .unread, .part, .end, .gap, .stream: return true
            default: continue
            }
        }
        return false
    }
}

/// Text that Markdown shows verbatim.
package enum Markdown {
    /// Returns the text between as many backquotes as it needs.
    package static func code(_ text: String) -> String {
        var longest = 0
        var run = 0
        for scalar in text.unicodeScalars {
            run = scalar == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        guard longest > 0 else { return "`\(text)`" }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence) \(text) \(fence)"
    }

    /// Returns the text for a table cell, where `|` is escaped.
    package static func cell(_ text: String) -> String {
        text.isEmpty ? "" : code(text).replacing("|", with: "\\|")
    }

    /// Returns running text with Markdown characters escaped.
    package static func text(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if "\\`*_[]<>#|".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
