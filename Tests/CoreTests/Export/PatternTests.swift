import Bytes
import Query
import Testing

@Suite struct BytePatternTests {
    @Test(arguments: ["", "  ", "0", "0x", "123", "zz", "?0", "0?", "????", "é"]) func isRefused(
        _ text: String
    ) {
        #expect(BytePattern(text) == nil)
    }

    @Test(arguments: ["7e0005", "7E 00 05", "0x7e0005"]) func spellings(_ text: String) {
        #expect(BytePattern(text) != nil && BytePattern(text) == BytePattern("7e 00 05"))
    }

    @Test func finds() throws {
        let region = MappedRegion(copying: [1, 2, 3, 1, 9, 3])
        let pattern = try #require(BytePattern("01??03"))
        #expect(pattern.first(in: region, from: 0) == 0)
        #expect(pattern.first(in: region, from: 1) == 3)
        #expect(pattern.first(in: region, from: 4) == nil)
    }

    @Test func openBytesMustLieInsideToo() throws {
        let region = MappedRegion(copying: [1, 2, 3])
        #expect(try #require(BytePattern("??01")).first(in: region, from: 0) == nil)
        #expect(try #require(BytePattern("03??")).first(in: region, from: 0) == nil)
        #expect(try #require(BytePattern("??03")).first(in: region, from: 0) == 1)
        #expect(try #require(BytePattern("01020304")).first(in: region, from: 0) == nil)
    }
}

@Suite struct TextPatternTests {
    @Test func partsIgnoreCaseWithoutUpperCase() {
        #expect(TextPattern(part: "cmos").matches("CMOS_data"))
        #expect(!TextPattern(part: "Cmos").matches("cmos_data"))
        #expect(TextPattern(part: "data").matches("data"))
        #expect(!TextPattern(part: "data").matches("dat"))
    }

    @Test func expressions() throws {
        #expect(try TextPattern(expression: "^env\\.regs$").matches("ENV.regs"))
        #expect(try !TextPattern(expression: "^Env").matches("env"))
        // The upper-case letter is no letter of the text.
        #expect(try TextPattern(expression: "^\\S+$").matches("Regs"))
        #expect(try TextPattern(expression: "\\Abc").matches("BC"))
    }

    /// An expression without operators matches as the same text does.
    @Test(arguments: ["regs", "Regs", "ENV", "0x1 = 1", "a_b-c", "env:0/eip"]) func plainExpressions(
        _ word: String
    ) throws {
        let (plain, expression) = (TextPattern(part: word), try TextPattern(expression: word))
        let grouped = try TextPattern(expression: "(\(word))")
        for text in [word, word.uppercased(), word.lowercased(), "x\(word)y", "", "[12]", "other"] {
            let bytes = Array(text.utf8)
            #expect(expression.matches(text) == grouped.matches(text))
            #expect(expression.matches(text) == plain.matches(text))
            #expect(expression.ranges(in: bytes) == grouped.ranges(in: bytes))
        }
        #expect(expression.mayMatchElements == plain.mayMatchElements)
    }

    @Test func unreadableExpression() {
        #expect(throws: TextPattern.Failure.self) { try TextPattern(expression: "(") }
    }
}
