import TUI
import Testing

@Suite struct GridTests {
    private func grid(_ width: Int, _ height: Int = 1) -> Grid {
        Grid(Size(width: width, height: height))
    }

    @Test func putsTextAndSaysHowManyColumnsItTook() {
        var grid = grid(8, 2)
        #expect(grid.put("rtc", x: 1, y: 1) == 3)
        #expect(grid.text() == "\n rtc")
    }

    @Test(arguments: [
        ("abcdef", 0, Int.max, "abcd", 4), ("abcdef", 2, Int.max, "  ab", 2), ("abcdef", 0, 2, "ab", 2),
        ("abcdef", -2, Int.max, "cdef", 6), ("ab", Int.min, Int.max, "", 2), ("ab", Int.max, 5, "", 0),
        ("ab", 4, 5, "", 0), ("ab", 0, 0, "", 0), ("ab", 0, -1, "", 0), ("", 0, 9, "", 0),
    ])
    func clips(_ text: String, _ x: Int, _ limit: Int, _ expected: String, _ used: Int) {
        var grid = grid(4)
        #expect(grid.put(text, x: x, y: 0, limit: limit) == used)
        #expect(grid.text() == expected)
    }

    @Test(arguments: [Int.min, -1, 1, Int.max])
    func ignoresRowsOutside(_ y: Int) {
        var grid = grid(4)
        #expect(grid.put("x", x: 0, y: y) == 0)
        grid[0, y] = Cell("x")
        #expect(grid == Grid(Size(width: 4, height: 1)))
        #expect(grid[0, y] == .blank)
    }

    @Test func leavesOutWhatHasNoWidth() {
        var grid = grid(8)
        #expect(grid.put("a\u{1b}[\u{07}\u{202e}e\u{301}b", x: 0, y: 0) == 4)
        #expect(grid.text() == "a[eb")
    }

    @Test func wideCharactersTakeTwoColumns() {
        var grid = grid(5)
        #expect(grid.put("世界x", x: 0, y: 0) == 5)
        #expect(grid.text() == "世界x")
        #expect((0..<5).map { grid[$0, 0].width } == [2, 0, 2, 0, 1])
    }

    @Test func aWideCharacterThatDoesNotFitIsABlank() {
        var grid = grid(3)
        #expect(grid.put("世界", x: 0, y: 0) == 3)
        #expect(grid.text() == "世")
        #expect(grid[2, 0].width == 1)
        grid[2, 0] = Cell("界")
        #expect(grid[2, 0].scalar == " ")
    }

    @Test func neverKeepsHalfAWideCharacter() {
        for x in 0..<4 {
            var grid = grid(4)
            grid.put("世界", x: 0, y: 0)
            grid[x, 0] = Cell("x")
            #expect((0..<4).reduce(0) { $0 + Int(grid[$1, 0].width) } == 4)
            #expect(grid.text().unicodeScalars.filter { $0.value > 0x7f }.count == 1)
        }
        var grid = grid(4)
        grid.put("世界", x: 0, y: 0)
        grid.put("語", x: 1, y: 0)
        #expect(grid.text() == " 語")
    }

    @Test func fillsAndRestylesRectanglesThatReachOutside() {
        var grid = grid(4, 3)
        grid.fill(x: 2, y: -5, width: .max, height: .max, with: "#")
        #expect(grid.text() == "  ##\n  ##\n  ##")
        grid.restyle(x: Int.min, y: 1, width: .max, height: 1) { $0.adding(.bold) }
        #expect(grid[0, 1].style == .normal)
        grid.restyle(x: -1, y: 1, width: 4, height: 1) { $0.adding(.bold) }
        #expect((0..<4).map { grid[$0, 1].style.attributes } == [.bold, .bold, .bold, []])
        grid.fill(x: 3, y: 0, width: -1)
        #expect(grid[3, 0].scalar == "#")
    }

    @Test func sizesAreMovedIntoTheirLimits() {
        #expect(Size(width: 0, height: -4) == Size(width: 1, height: 1))
        #expect(Size(width: .max, height: 2).width == Size.largestSide)
        var odd = Size(width: 1, height: 1)
        odd.width = -7
        #expect(Grid(odd).size == Size(width: 1, height: 1))
    }
}

@Suite struct GridChangesTests {
    private func changes(_ new: Grid, from old: Grid?) -> [String] {
        var found: [String] = []
        new.forEachChange(from: old) { change in
            found.append("\(change.x),\(change.y) " + change.cells.map { String($0.scalar) }.joined())
        }
        return found
    }

    @Test func tellsOnlyWhatDiffers() {
        var old = Grid(Size(width: 6, height: 2))
        old.put("abcdef", x: 0, y: 0)
        var new = old
        #expect(changes(new, from: old).isEmpty)
        new.put("XY", x: 1, y: 0)
        new.put("Z", x: 5, y: 0)
        #expect(changes(new, from: old) == ["1,0 XY", "5,0 Z"])
    }

    @Test func splitsWhereTheStyleChanges() {
        var new = Grid(Size(width: 4, height: 1))
        new.put("ab", x: 0, y: 0, style: Style(attributes: .bold))
        #expect(changes(new, from: nil) == ["0,0 ab", "2,0   "])
    }

    @Test func tellsEverythingAfterAResize() {
        let new = Grid(Size(width: 2, height: 2))
        #expect(changes(new, from: Grid(Size(width: 3, height: 2))) == ["0,0   ", "0,1   "])
    }

    @Test func countsAWideCharacterOnce() {
        var new = Grid(Size(width: 4, height: 1))
        new.put("世x", x: 0, y: 0)
        #expect(changes(new, from: Grid(new.size)) == ["0,0 世x"])
    }
}
