import Testing

@testable import TUI

@Suite struct TextTests {
    @Test(arguments: [
        (0, "0", "0 bytes"), (1, "1", "1 byte"), (1023, "1023", "1023 bytes"), (1024, "1.0 K", "1.0 K"),
        (1_234, "1.2 K", "1.2 K"), (102_348, "99.9 K", "99.9 K"), (102_349, "100 K", "100.0 K"),
        (961_913, "939 K", "939.4 K"), (1_047_552, "1023 K", "1023.0 K"), (1_048_500, "1.0 M", "1023.9 K"),
        (1_048_576, "1.0 M", "1.0 M"), (23_120_171, "22.0 M", "22.0 M"), (8_589_934_592, "8.0 G", "8.0 G"),
        (.max, "8.0 E", "8.0 E"),
    ]) func sizes(_ bytes: Int, _ short: String, _ long: String) {
        #expect(SizeText.short(bytes) == short)
        #expect(SizeText.long(bytes) == long)
        #expect(SizeText.short(bytes).utf8.count <= 6)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef", "abcdef"), ("abcdef", 4, "abc…", "…def"), ("abcdef", 1, "…", "…"),
        ("abc", 0, "", ""),
        ("日本語", 6, "日本語", "日本語"), ("日本語", 5, "日本…", "…本語"), ("日本語", 4, "日…", "…語"),
    ]) func clips(_ text: String, _ columns: Int, _ start: String, _ end: String) {
        #expect(ClippedText.clip(text, columns: columns) == start)
        #expect(ClippedText.clip(text, columns: columns, keeping: .end) == end)
    }

    @Test func flowBreaksBetweenPieces() {
        var flow = TextFlow(width: 10, height: 3)
        flow.append("abcdef", .normal)
        flow.append("ghijk", .normal)
        flow.append("lm", .normal)
        #expect(flow.runs.map(\.text) == ["abcdef", "ghijk", "lm"])
        #expect(flow.runs.map(\.y) == [0, 1, 1])
        #expect(flow.runs.map(\.x) == [0, 0, 7])
    }

    @Test func flowBreaksLongPiecesAtSpaces() {
        var flow = TextFlow(width: 8, height: 3)
        flow.append("00 11 22 33 44 55 66 77 88 99 aa bb", .normal)
        #expect(flow.runs.map(\.text) == ["00 11", "22 33", "44 55 …"])
        flow.append("more", .normal)
        #expect(flow.runs.count == 3)
    }

    @Test func flowTakesAnything() {
        for width in 1...6 {
            for height in 1...3 {
                var flow = TextFlow(width: width, height: height)
                for text in ["", "a", "日本", "long text without an end", "x y z"] {
                    flow.append(text, .normal)
                }
                for run in flow.runs {
                    #expect(run.x + CharacterWidth.columns(of: run.text) <= width)
                    #expect(run.y < height)
                }
            }
        }
    }

    @Test func asciiHasNoOtherCells() {
        var grid = Grid(Size(width: 12, height: 1))
        grid.put("│─▸▾…⚠×日é", x: 0, y: 0)
        grid.reduceToASCII()
        #expect(grid.text() == "|-+-~!x? ?")
    }
}
