import Testing

@testable import TUI

@Suite struct TextTests {
    @Test(arguments: [
        (0, "0", "0 bytes"), (1, "1", "1 byte"), (999, "999", "999 bytes"), (1000, "1.0 K", "1.0 KB"),
        (1_234, "1.2 K", "1.2 KB"), (99_949, "99.9 K", "99.9 KB"), (99_950, "100 K", "100.0 KB"),
        (961_913, "962 K", "961.9 KB"), (999_949, "1000 K", "999.9 KB"), (999_950, "1.0 M", "1.0 MB"),
        (23_120_171, "23.1 M", "23.1 MB"), (8_589_934_592, "8.6 G", "8.6 GB"), (.max, "9.2 E", "9.2 EB"),
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
        #expect(flow.runs.map(\.text) == ["00 11", "22 33", "44 55 6…"])
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
