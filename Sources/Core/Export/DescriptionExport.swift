import Bytes
import Stream

/// `migscope desc`: the description of a stream as JSON, as an outline, or its exact bytes.
package struct DescriptionExport {
    /// The reason why there is nothing to write.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// The stream has no description.
        case absent
        /// The text is not valid JSON. The offset is in bytes from the start of the stream.
        case invalid(offset: Int, expected: String, found: String)

        package var description: String {
            switch self {
            case .absent:
                "no description in the stream (machine option suppress-vmdesc, postcopy, or cut off)"
            case .invalid(let offset, let expected, let found):
                "description at \(Hex.offset(offset)): expected \(expected), found \(found)"
            }
        }
    }

    package let region: MappedRegion
    /// The JSON text in the stream.
    package let text: Range<Int>

    /// - Throws: `.absent` when the stream has no description.
    package init(_ document: Document) throws(Failure) {
        // The document does not accept invalid JSON as a description, but its bytes can be shown.
        let own = document.store.description.flatMap { $0.borrowedFrom == nil ? $0.text : nil }
        let found = own ?? DescriptionLocator.candidates(in: document.store.region).first?.text
        guard let found else { throw .absent }
        region = document.store.region
        text = found
    }

    /// Writes the raw bytes of the text, in pieces. O(text).
    package func writeRaw(to sink: inout some ByteSink) {
        var start = text.lowerBound
        while start < text.upperBound {
            let end = min(start + Self.pieceSize, text.upperBound)
            sink.write(region.copy(start..<end))
            start = end
        }
    }

    /// Writes the JSON indented, one value per line; preserves duplicate keys and the order. O(text).
    package func writeJSON(_ form: RecordForm = .json, to sink: inout some ByteSink) throws(Failure) {
        let tape = try tokens()
        let bytes = region.span(text)
        var json = JSONWriter(form)
        writeValue(0, tape, bytes, &json, &sink)
        json.endLine()
        sink.write(json.take())
    }

    // Recursion is bounded: the tape rejects nesting deeper than `JSONTape.depthLimit`.
    private func writeValue(
        _ token: Int, _ tape: JSONTape, _ bytes: RawSpan, _ json: inout JSONWriter,
        _ sink: inout some ByteSink
    ) {
        switch tape.tokens[token].kind {
        case .object:
            json.beginObject()
            for member in tape.members(of: token) {
                json.key(Self.string(member.key, tape, bytes))
                writeValue(member.value, tape, bytes, &json, &sink)
            }
            json.endObject()
        case .array:
            json.beginArray()
            for element in tape.elements(of: token) { writeValue(element, tape, bytes, &json, &sink) }
            json.endArray()
        case .string: json.string(Self.string(token, tape, bytes))
        case .number, .literal: json.literal(Self.spelling(token, tape, bytes))
        }
        if json.bytes.count >= Self.pieceSize { sink.write(json.take()) }
    }

    package func tokens() throws(Failure) -> JSONTape {
        do throws(JSONTape.Failure) {
            return try JSONTape(region.span(text))
        } catch {
            let offset = text.lowerBound + error.offset
            throw .invalid(offset: offset, expected: error.expected, found: error.found)
        }
    }

    private static let pieceSize = 1 << 16

    package static func string(_ token: Int, _ tape: JSONTape, _ bytes: RawSpan) -> String {
        String(decoding: tape.string(token, in: bytes) ?? [], as: UTF8.self)
    }

    package static func spelling(_ token: Int, _ tape: JSONTape, _ bytes: RawSpan) -> String {
        String(decoding: bytes.extracting(tape.range(of: token)).bytes, as: UTF8.self)
    }
}
