import Bytes
import Export
import Format
import Stream

extension Update {
    /// The maximum size, in bytes, of a node that is copied as digits or JSON.
    private static let largestCopy = 256 << 10

    mutating func performCopy(_ action: Action) {
        guard let what = Self.copied[action] else { return emit(.bell) }
        // Tagged rows give one line each; a range gives its bytes.
        let isRange = selectedBytes != nil && (what.takesBytes || action == .copyOffset)
        let nodes = (isRange ? [model.selection] : chosenPaths).map { document.tree.node($0) }
        var size = isRange && what.takesBytes ? chosenBytes.count : 0
        if !isRange {
            for node in nodes where isLong(action, node) { size = size.addingSaturated(node.size) }
        }
        guard size <= Self.largestCopy else {
            let most = SizeText.long(Self.largestCopy)
            return fail("\(SizeText.long(size)) is too much to copy; the limit is \(most)")
        }
        let texts = nodes.map { text(action, $0, isRange ? chosenBytes : $0.range) }.filter { !$0.isEmpty }
        let name = nodes.count > 1 ? "tagged rows" : document.tree.name(selectedNode)
        let copiedText = texts.joined(separator: what.isBlock ? "" : "\n")
        guard !copiedText.isEmpty else {
            return fail(
                "\(name) \(nodes.count > 1 ? "have" : "has") no \(nodes.count > 1 ? what.many : what.one)")
        }
        // With a terminal, it reports the result.
        let copied = texts.count > 1 ? "\(texts.count) \(what.many)" : what.one
        emit(.copy(CopiedText(copiedText, what: copied, command: model.clipboard)))
        note(
            texts.count > 1 ? "copied \(copied)" : "copied the \(copied): \(DisplayText.escaped(copiedText))")
    }

    private struct Copied {
        let one: String
        let many: String
        var takesBytes = false
        /// Whether its text ends with its own line break.
        var isBlock = false
    }

    private static let copied: [Action: Copied] = [
        .copyValue: Copied(one: "value", many: "values"), .copyName: Copied(one: "name", many: "names"),
        .copyPath: Copied(one: "path", many: "paths"), .copyOffset: Copied(one: "offset", many: "offsets"),
        .copyHex: Copied(one: "bytes", many: "bytes", takesBytes: true),
        .copyJSON: Copied(one: "JSON", many: "JSON"),
        .copyC: Copied(one: "C array", many: "C arrays", takesBytes: true, isBlock: true),
        .copyPython: Copied(one: "Python bytes", many: "Python bytes", takesBytes: true),
        .copyBase64: Copied(one: "base64", many: "base64", takesBytes: true),
        .copyCommand: Copied(one: "command", many: "commands"),
    ]

    // Whether the text grows with the size of the node.
    private func isLong(_ action: Action, _ node: Node) -> Bool {
        switch action {
        case .copyValue: document.tree.value(node).full.hasSuffix(" …")
        case .copyName, .copyPath, .copyOffset, .copyCommand: false
        default: true
        }
    }

    private func text(_ action: Action, _ node: Node, _ range: Range<Int>) -> String {
        switch action {
        case .copyValue:
            // The whole value, or nothing.
            guard let shown = shownNode(node) else { return "" }
            let value = shown.document.tree.wholeValue(shown.node)
            return model.base == .hexadecimal ? value.hexadecimal : value.decimal
        case .copyName: return document.tree.name(node)
        case .copyPath: return document.tree.pathText(node.path)
        case .copyOffset:
            // A range in the form that `extract --range` takes.
            return selectedBytes == nil
                ? Hex.offset(node.offset) : "\(Hex.offset(range.lowerBound))+\(range.count)"
        case .copyJSON:
            guard let shown = shownNode(node) else { return "" }
            return StateExport(shown.document).text(of: shown.node)
                ?? Self.recordText(shown.node, shown.document)
        case .copyCommand: return commandText(node)
        default: break
        }
        let space = selectedBytes == nil ? node.space : shownSpace
        let bytes = space == .stream ? streamBytes(range) : document.store.region(of: space).copy(range)
        switch action {
        case .copyC: return CopiedBytes.c(bytes, name: document.tree.name(node))
        case .copyPython: return CopiedBytes.python(bytes)
        case .copyBase64: return CopiedBytes.base64(bytes)
        default: return Hex.dump(bytes)
        }
    }

    // A node that QEMU's reader has no JSON for becomes a record, as --ndjson prints it.
    private static func recordText(_ node: Node, _ document: Document) -> String {
        var sink = TextSink()
        var records = RecordWriter(document, .lines)
        records.write(node, to: &sink)
        records.finish(to: &sink)
        return String(decoding: sink.bytes.dropLast(), as: UTF8.self)
    }

    // A shell command that opens the browser at this place.
    private func commandText(_ node: Node) -> String {
        let words = ["migscope"] + inputArguments + ["--at", placeText(node)]
        return words.map(CopiedBytes.shellWord).joined(separator: " ")
    }

    // The path; or an offset when the cursor is inside a node, or when the path resolves to another node.
    private func placeText(_ node: Node) -> String {
        let isInside = node.path == model.selection && node.space == .stream && model.hexCursor != node.offset
        let path = document.tree.pathText(node.path)
        if !isInside, (try? document.place(path, from: 0, reading: false))?.path == node.path { return path }
        return node.space == .stream
            ? Hex.offset(isInside ? model.hexCursor : node.offset) : "file:" + Hex.offset(node.offset)
    }
}

extension FieldValue {
    /// The first reading of the full value: `0x0f` in `0x0f = 15`.
    var hexadecimal: String { readings?.first ?? full }

    /// The second reading of the full value if it has one: `15` in `0x0f = 15`; otherwise the short value.
    var decimal: String { readings?.second ?? short }

    private var readings: (first: String, second: String)? {
        guard full.hasPrefix("0x"), let separator = full.firstRange(of: " = ") else { return nil }
        return (String(full[..<separator.lowerBound]), String(full[separator.upperBound...]))
    }
}

/// A sink that keeps the output of an export.
private struct TextSink: ByteSink {
    var bytes: [UInt8] = []

    mutating func write(_ more: [UInt8]) { bytes += more }
}

/// Bytes in the notations of other programs.
package enum CopiedBytes {
    private static let bytesPerLine = 12

    /// `static const unsigned char cmos_data[2] = {…};`
    static func c(_ bytes: [UInt8], name: String) -> String {
        var word = String(name.unicodeScalars.map { isWord($0) ? Character($0) : "_" })
        if word.first?.isNumber ?? true { word = "data" + word }
        let lines: [String] = stride(from: 0, to: bytes.count, by: bytesPerLine).map { start in
            let part = bytes[start..<min(start + bytesPerLine, bytes.count)]
            return "    " + part.map { "0x" + Hex.digits(UInt64($0), width: 2) }.joined(separator: ", ") + ","
        }
        return "static const unsigned char \(word)[\(bytes.count)] = {\n" + lines.joined(separator: "\n")
            + "\n};\n"
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// `b"\x00\x01"`.
    static func python(_ bytes: [UInt8]) -> String {
        "b\"" + bytes.map { "\\x" + Hex.digits(UInt64($0), width: 2) }.joined() + "\""
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// RFC 4648, on one line.
    package static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
            for place in 0..<4 {
                text.append(
                    place <= part.count ? digits[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "=")
                )
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Quotes a word for a shell if necessary.
    static func shellWord(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { isWord($0) || "./-+@:,%".unicodeScalars.contains($0) }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
