import Bytes
import Stream
import Testing

@Suite struct JSONTapeTests {
    private func region(_ text: String) -> MappedRegion { MappedRegion(copying: Array(text.utf8)) }

    private func failure(_ text: String) -> JSONTape.Failure? {
        let region = region(text)
        do throws(JSONTape.Failure) {
            _ = try JSONTape(region.span)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "{}", "[]", "null", "true", "false", "0", "-0", "-1.5e+3", "1E9", "\"\"", " { } ", "\t[\r\n1 , 2 ] ",
        #"{"a": 1, "a": 2}"#, #"{"a": {"b": [[], {}, [1]]}}"#, #""\"\\\/\b\f\n\r\t\u00e9""#, "\"é\"",
        "[[[[[[]]]]]]",
        #"{ "a" : 1, "b" : [ { } ] }"#,
    ]) func valid(_ text: String) {
        #expect(failure(text) == nil)
    }

    @Test(arguments: [
        ("", 0), ("   ", 3), ("{", 1), ("[", 1), ("}", 0), ("[}", 1), ("{]", 1), ("[1", 2), ("[1,", 3),
        ("[1,]", 3),
        ("[,1]", 1), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{1:1}", 1),
        ("01", 2),
        ("-", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1e", 2), ("1e+", 3), ("tru", 3), ("truE", 3),
        ("nulL", 3),
        ("\"abc", 4), ("\"a\u{1}\"", 2), ("1 2", 2), ("{} {}", 3), ("[1 2]", 3), ("{\"a\" 1}", 5),
        ("\"\\", 2),
        ("NaN", 0), ("'a'", 0),
    ]) func invalid(_ text: String, _ offset: Int) throws {
        let found = try #require(failure(text))
        #expect(found.offset == offset)
        #expect(!found.expected.isEmpty && !found.found.isEmpty)
    }

    @Test func depth() {
        let limit = JSONTape.depthLimit
        let open = String(repeating: "[", count: limit)
        let close = String(repeating: "]", count: limit)
        #expect(failure(open + close) == nil)
        #expect(failure("[" + open + close + "]")?.offset == limit)
        #expect(failure(String(repeating: "[", count: 1_000_000))?.offset == limit)
    }

    @Test func orderAndDuplicates() throws {
        let region = region(#"{"b": 1, "a": [2, {"c": 3}, 4], "b": "x"}"#)
        let tape = try JSONTape(region.span)
        let members = Array(tape.members(of: 0))
        #expect(
            members.map { tape.string($0.key, in: region.span) } == ["b", "a", "b"].map { Array($0.utf8) })
        #expect(tape.integer(members[0].value, in: region.span) == 1)
        #expect(tape.string(members[2].value, in: region.span) == Array("x".utf8))
        #expect(tape.value("b", of: 0, in: region.span) == members[0].value)
        #expect(tape.value("z", of: 0, in: region.span) == nil)
        let elements = Array(tape.elements(of: members[1].value))
        #expect(elements.map { tape.tokens[$0].kind } == [.number, .object, .number])
        #expect(Array(tape.members(of: members[1].value)).isEmpty && Array(tape.elements(of: 0)).isEmpty)
    }

    @Test func positions() throws {
        let region = region(#" {"key": ["x", 12 ] } "#)
        let tape = try JSONTape(region.span)
        let texts = tape.tokens.indices.map {
            String(decoding: region.copy(tape.range(of: $0)), as: UTF8.self)
        }
        #expect(texts == [#"{"key": ["x", 12 ] }"#, "key", #"["x", 12 ]"#, "x", "12"])
        #expect(tape.has(1, "key", in: region.span) && !tape.has(1, "ke", in: region.span))
    }

    @Test(arguments: [
        (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"), (#"\u0041\u00e9"#, "Aé"), (#"\ud83d\ude00"#, "😀"),
        (#"a\u0000b"#, "a\0b"), (#"\ud83dx"#, "\u{fffd}x"), (#"\ude00"#, "\u{fffd}"),
        (#"x\u202ey"#, "x\u{202e}y"),
    ]) func escapes(_ raw: String, _ value: String) throws {
        let region = region("\"\(raw)\"")
        let tape = try JSONTape(region.span)
        #expect(tape.string(0, in: region.span) == Array(value.utf8))
    }

    @Test(
        arguments: [
            ("0", 0), ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("-1", nil),
            ("1.0", nil),
            ("1e2", nil), ("\"1\"", nil), ("true", nil), ("99999999999999999999999999", nil),
        ] as [(String, Int?)]) func integers(_ text: String, _ value: Int?) throws
    {
        let region = region(text)
        #expect(try JSONTape(region.span).integer(0, in: region.span) == value)
    }

    /// Each prefix of a text gives tokens that can be walked.
    @Test func prefixes() throws {
        let text =
            #"{"devices": [{"name": "a", "fields": [{"x": 1}]}, {"name": "b", "size": 12}], "n": null}"#
        for length in 0...text.utf8.count {
            let region = region(String(text.prefix(length)))
            let tape = JSONTape(prefixOf: region.span)
            #expect((tape.failure == nil) == (length == text.utf8.count))
            for token in tape.tokens.indices {
                #expect(tape.range(of: token).upperBound <= length)
                #expect(Int(tape.tokens[token].next) <= tape.tokens.count)
                for member in tape.members(of: token) { #expect(tape.tokens[member.key].kind == .string) }
                for element in tape.elements(of: token) { #expect(element > token) }
            }
        }
    }
}
