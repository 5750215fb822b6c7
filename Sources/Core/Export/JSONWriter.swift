import Bytes

/// Writes a JSON text piece by piece, with commas, line ends and indentation.
///
/// The text is ASCII: all other characters become `\u` escapes, so that no name from a stream reaches a
/// terminal verbatim. Call the methods for keys and values in the order of the grammar.
package struct JSONWriter {
    /// The output since the last `take()`.
    package private(set) var bytes: [UInt8] = []
    /// The number of blanks for each level; nil writes everything on one line.
    package let indentation: Int?
    // The number of values so far in each open container.
    private var counts: [Int] = []
    private var followsKey = false

    package init(indentation: Int? = 2) {
        self.indentation = indentation
    }

    /// Creates a writer for one record: on several lines, or on one.
    package init(_ form: RecordForm) {
        indentation = form == .json ? 2 : nil
    }

    /// Returns and clears the output so far, so that long texts can be written in pieces.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    package mutating func beginObject() { begin("{") }
    package mutating func endObject() { end("}") }
    package mutating func beginArray() { begin("[") }
    package mutating func endArray() { end("]") }

    /// Writes a member whose value is an array of objects; `members` writes the members of each.
    package mutating func objects<Item>(
        _ name: String, _ items: some Sequence<Item>, _ members: (inout JSONWriter, Item) -> Void
    ) {
        key(name)
        beginArray()
        for item in items {
            beginObject()
            members(&self, item)
            endObject()
        }
        endArray()
    }

    /// Writes a member whose value is an array of strings.
    package mutating func strings(_ name: String, _ texts: some Sequence<String>) {
        key(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    /// Writes the key of the next value in the open object.
    package mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes += ": ".utf8
        followsKey = true
    }

    package mutating func string(_ text: String) {
        separate()
        appendQuoted(text)
    }

    package mutating func integer(_ value: some BinaryInteger) { literal(String(value)) }
    package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
    package mutating func null() { literal("null") }

    /// Writes a value given as JSON: a number, `true`.
    package mutating func literal(_ text: String) {
        separate()
        bytes += text.utf8
    }

    /// Writes a line end, after the outermost value.
    package mutating func endLine() { bytes.append(0x0a) }

    private mutating func begin(_ mark: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: mark))
        counts.append(0)
    }

    private mutating func end(_ mark: Unicode.Scalar) {
        if let count = counts.popLast(), count > 0 { breakLine() }
        bytes.append(UInt8(ascii: mark))
    }

    // Writes the separator before a key or a value.
    private mutating func separate() {
        if followsKey {
            followsKey = false
            return
        }
        guard let count = counts.last else { return }
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        counts[counts.count - 1] += 1
        if indentation == nil, count > 0 { bytes.append(0x20) }
        breakLine()
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        bytes.append(0x0a)
        bytes.append(contentsOf: repeatElement(0x20, count: counts.count * indentation))
    }

    private mutating func appendQuoted(_ text: String) { Self.appendQuoted(text, to: &bytes) }

    /// Returns a string with its quotation marks. O(n).
    package static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        appendQuoted(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a string with its quotation marks. O(n).
    package static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy(isPlain) {
            bytes += text.utf8
        } else {
            for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a UTF-8 string with its quotation marks. O(n).
    package static func appendQuoted(utf8 text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        guard isPlain(text) else {
            return appendQuoted(String(decoding: text, as: UTF8.self), to: &bytes)
        }
        appendQuoted(plain: text, to: &bytes)
    }

    /// Appends a string without characters to escape, with its quotation marks. O(n) at memory speed.
    package static func appendQuoted(plain text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        bytes += text
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a UTF-8 text has no characters to escape. O(n).
    package static func isPlain(_ text: ArraySlice<UInt8>) -> Bool { text.allSatisfy(isPlain) }

    // Whether a byte is an ASCII character that needs no escape.
    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        ASCII.isPrintable(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"", "\\":
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(ascii: scalar))
        case "\n": bytes += "\\n".utf8
        case "\r": bytes += "\\r".utf8
        case "\t": bytes += "\\t".utf8
        case " "..."~": bytes.append(UInt8(ascii: scalar))
        default:
            for unit in Character(scalar).utf16 { bytes += ("\\u" + Hex.digits(UInt64(unit), width: 4)).utf8 }
        }
    }
}
