import Export
import Testing

@Suite struct JSONWriterTests {
    private func text(_ indentation: Int = 2, _ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter(indentation: indentation)
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func nesting() {
        let written = text {
            $0.beginObject()
            $0.key("a")
            $0.integer(-1)
            $0.key("b")
            $0.beginArray()
            $0.bool(true)
            $0.null()
            $0.endArray()
            $0.endObject()
        }
        #expect(written == "{\n  \"a\": -1,\n  \"b\": [\n    true,\n    null\n  ]\n}")
    }

    @Test func emptyContainers() {
        let written = text {
            $0.beginArray()
            $0.beginObject()
            $0.endObject()
            $0.beginArray()
            $0.endArray()
            $0.endArray()
        }
        #expect(written == "[\n  {},\n  []\n]")
    }

    @Test func indentation() {
        let written = text(4) {
            $0.beginArray()
            $0.integer(1)
            $0.endArray()
        }
        #expect(written == "[\n    1\n]")
    }

    @Test(arguments: [
        ("plain", "plain"), ("\"\\/", "\\\"\\\\/"), ("\n\r\t", "\\n\\r\\t"),
        ("\0\u{1b}\u{7f}", "\\u0000\\u001b\\u007f"),
        ("é\u{202e}", "\\u00e9\\u202e"), ("\u{1f600}", "\\ud83d\\ude00"), ("\r\n", "\\r\\n"),
    ])
    func strings(_ value: String, _ escaped: String) {
        #expect(text { $0.string(value) } == "\"\(escaped)\"")
    }

    @Test func piecesJoinToTheWhole() {
        var json = JSONWriter()
        var pieces: [UInt8] = []
        json.beginArray()
        for number in 0..<3 {
            json.integer(number)
            pieces += json.take()
        }
        json.endArray()
        pieces += json.take()
        #expect(String(decoding: pieces, as: UTF8.self) == "[\n  0,\n  1,\n  2\n]")
    }
}
