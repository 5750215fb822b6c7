import Bytes
import Export
import Format
import Stream

extension Update {
    /// Nodes of more bytes than this are not copied as digits or JSON.
    private static let largestCopy = 256 << 10

    mutating func performCopy(_ action: Action) {
        let node = selectedNode
        switch action {
        case .copyValue: copyValue(node)
        case .copyName: copy(document.name(node), "name")
        case .copyPath: copy(document.pathText(node.path), "path")
        case .copyOffset: copy(offsetText(node), "offset")
        case .copyHex: copyHex(chosenBytes)
        case .copyJSON: copyJSON(node)
        case .copyC, .copyPython, .copyBase64: copyBytes(action, chosenBytes, node)
        case .copyCommand: copy(commandText(node), "command")
        default: emit(.bell)
        }
    }

    // All of it, or nothing.
    private mutating func copyValue(_ node: Node) {
        guard let (document, node) = shownNode(node) else {
            return fail("\(self.document.name(node)) is dropped")
        }
        let isBytes = document.value(node).full.hasSuffix(" …")
        guard !isBytes || isSmall(node.size) else { return }
        let value = document.wholeValue(node)
        copy(model.base == .hexadecimal ? value.hexadecimal : value.decimal, "value")
    }

    // A range as `extract --range` takes it.
    private func offsetText(_ node: Node) -> String {
        guard let range = selectedBytes else { return Hex.offset(node.offset) }
        return "\(Hex.offset(range.lowerBound))+\(range.count)"
    }

    private mutating func copyHex(_ bytes: Range<Int>) {
        if isSmall(bytes.count) { copy(Hex.dump(streamBytes(bytes)), "bytes") }
    }

    private mutating func copyJSON(_ node: Node) {
        guard isSmall(node.size) else { return }
        guard let (document, node) = shownNode(node) else {
            return fail("\(self.document.name(node)) is dropped")
        }
        copy(StateExport(document).text(of: node) ?? Self.recordText(node, document), "JSON")
    }

    // What QEMU's reader has no JSON for is a record, as --ndjson prints it.
    private static func recordText(_ node: Node, _ document: Document) -> String {
        var sink = TextSink()
        var records = RecordWriter(document, .lines)
        records.write(node, to: &sink)
        records.finish(to: &sink)
        return String(decoding: sink.bytes.dropLast(), as: UTF8.self)
    }

    private mutating func copyBytes(_ action: Action, _ range: Range<Int>, _ node: Node) {
        guard isSmall(range.count) else { return }
        let bytes = streamBytes(range)
        switch action {
        case .copyC: copy(CopiedBytes.c(bytes, name: document.name(node)), "C array")
        case .copyPython: copy(CopiedBytes.python(bytes), "Python bytes")
        default: copy(CopiedBytes.base64(bytes), "base64")
        }
    }

    // What to type into a shell to be here again.
    private func commandText(_ node: Node) -> String {
        let name = inputName.isEmpty ? document.overview.fileName : inputName
        let place = node.space == .stream ? Hex.offset(model.hexCursor) : "file:" + Hex.offset(node.offset)
        return "migscope \(CopiedBytes.shellWord(name)) --at \(place)"
    }

    private mutating func isSmall(_ size: Int) -> Bool {
        guard size > Self.largestCopy else { return true }
        let most = SizeText.long(Self.largestCopy)
        fail("\(SizeText.long(size)) are too many to copy; the most is \(most)")
        return false
    }

    // Where there is a terminal, it says what became of the text.
    private mutating func copy(_ text: String, _ what: String) {
        guard !text.isEmpty else { return fail("\(document.name(selectedNode)) has no \(what)") }
        emit(.copy(CopiedText(text, what: what, command: model.clipboard)))
        note("copied the \(what): \(DisplayText.escaped(text))")
    }
}

extension FieldValue {
    /// The first reading of the full value: `0x0f` of `0x0f = 15`.
    var hexadecimal: String { readings?.first ?? full }

    /// The second reading of the full value where there is one: `15` of `0x0f = 15`; else the short one.
    var decimal: String { readings?.second ?? short }

    private var readings: (first: String, second: String)? {
        guard full.hasPrefix("0x"), let separator = full.firstRange(of: " = ") else { return nil }
        return (String(full[..<separator.lowerBound]), String(full[separator.upperBound...]))
    }
}

/// Takes what an export writes.
private struct TextSink: ByteSink {
    var bytes: [UInt8] = []

    mutating func write(_ more: [UInt8]) { bytes += more }
}

/// Bytes as other programs read them.
enum CopiedBytes {
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
    static func base64(_ bytes: [UInt8]) -> String {
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

    /// A word for a shell, in quotation marks where it needs them.
    static func shellWord(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { isWord($0) || "./-+@:,%".unicodeScalars.contains($0) }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
