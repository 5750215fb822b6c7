import Bytes
import Container
import Stream

/// `migscope info`: an overview of a file, without reading RAM pages.
package struct InfoExport {
    package let document: Document
    package var overview: Overview { document.overview }

    package init(_ document: Document) {
        self.document = document
    }

    /// Writes the overview as text.
    package func write(to sink: inout some ByteSink) {
        for (label, text) in facts { sink.write(Self.row(label, text)) }
        writeContainer(to: &sink)
        writeBlocks(to: &sink)
        writeSections(to: &sink)
        for finding in document.findings {
            let place = "\(Hex.offset(finding.offset)) \(finding.path)"
            sink.write("\n\(finding.severity.rawValue): \(finding.message) [\(finding.code)] at \(place)\n")
            if !finding.hint.isEmpty { sink.write("  \(finding.hint)\n") }
        }
    }

    private var facts: [(String, String)] {
        let place =
            document.store.container.isInFile
            ? " at \(Hex.offset(overview.streamOffset)) of the file" : ", decompressed"
        let streamRange = "\(overview.streamSize) bytes" + place
        var facts = [("file", overview.fileName), ("size", "\(overview.fileSize) bytes")]
        facts += [("container", overview.container), ("stream", streamRange)]
        facts += after
        facts += [("machine", overview.machine ?? "not in the stream")]
        facts += [("page size", overview.pageSize.map { "\($0) bytes" } ?? "not in the stream")]
        let capabilities = overview.capabilities.joined(separator: ", ")
        facts += [("capabilities", capabilities.isEmpty ? "none in the stream" : capabilities)]
        facts += [("description", describedBy)]
        let processors = overview.processorCount
        return facts + [("processors", processors > 0 ? String(processors) : "not in the stream")]
    }

    // The contents of the file after the stream.
    private var after: [(String, String)] {
        let rest = document.store.region.count - overview.streamSize
        guard rest > 0 else { return [] }
        guard let next = overview.nextStream else {
            return [("after it", "\(rest) bytes that are not part of it")]
        }
        let number = document.streamNumber
        return [
            ("number", "\(number), the next begins at \(Hex.offset(next)): --stream \(number + 1) shows it")
        ]
    }

    private var describedBy: String {
        guard let description = overview.description else {
            return "none: the fields of most devices can't be distinguished; "
                + "try: --description with a stream of the same machine, or a -dump-vmstate"
        }
        // A -dump-vmstate has no text in the stream.
        guard description.size > 0 else { return "from: \(description.source)" }
        return
            "\(description.size) bytes at \(Hex.offset(description.offset)), \(description.devices) devices, "
            + "from: \(description.source)"
    }

    private func writeContainer(to sink: inout some ByteSink) {
        let info = document.store.container
        if !info.parts.isEmpty { sink.write(Self.row("parts", String(info.parts.count))) }
        for part in info.parts { write(part, level: 1, to: &sink) }
        writeMembers(info.members, to: &sink)
        guard !info.snapshots.isEmpty else { return }
        sink.write(Self.row("snapshots", String(info.snapshots.count)))
        for snapshot in info.snapshots {
            let mark = snapshot.isOpen ? "*" : " "
            sink.write("  \(mark) \(Self.right(snapshot.stateSize, 12))  \(snapshot.id)  \(snapshot.name)\n")
        }
    }

    private func writeMembers(_ members: [MemberSummary], to sink: inout some ByteSink) {
        guard !members.isEmpty else { return }
        sink.write(Self.row("members", String(members.count)))
        for member in members {
            sink.write("  \(member.isOpen ? "*" : " ") \(Self.right(member.size, 12))  \(member.name)\n")
        }
    }

    // For a text of several lines, only its size is shown.
    private func write(_ part: ContainerPart, level: Int, to sink: inout some ByteSink) {
        let indent = String(repeating: "  ", count: level)
        let text =
            part.text.map { "  " + ($0.contains("\n") ? "\(part.range.count) bytes of text" : $0) } ?? ""
        sink.write(
            "\(indent)\(Self.right(part.range.lowerBound, 10, hexadecimal: true))  \(part.name)\(text)\n")
        for inner in part.parts { write(inner, level: level + 1, to: &sink) }
    }

    private func writeBlocks(to sink: inout some ByteSink) {
        sink.write(Self.row("RAM blocks", String(overview.ramBlocks.count)))
        for block in overview.ramBlocks { sink.write("  \(Self.right(block.size, 14))  \(block.name)\n") }
    }

    private func writeSections(to sink: inout some ByteSink) {
        sink.write(Self.row("sections", String(overview.sections.count)))
        guard !overview.sections.isEmpty else { return }
        sink.write("      offset        size     id  kind   name #instance version\n")
        for section in overview.sections {
            let numbers = [
                (section.offset, true, 12), (section.size, false, 10), (Int(section.id), false, 5),
            ]
            .map { Self.right($0.0, $0.2, hexadecimal: $0.1) }.joined(separator: "  ")
            let kind = section.kind + String(repeating: " ", count: max(5 - section.kind.count, 0))
            sink.write("\(numbers)  \(kind)  \(section.name) #\(section.instance) v\(section.version)\n")
        }
    }

    private static func row(_ label: String, _ text: String) -> String {
        label + String(repeating: " ", count: max(14 - label.count, 1)) + text + "\n"
    }

    private static func right(_ value: Int, _ width: Int, hexadecimal: Bool = false) -> String {
        let text = hexadecimal ? Hex.offset(value) : String(value)
        return String(repeating: " ", count: max(width - text.utf8.count, 0)) + text
    }
}
