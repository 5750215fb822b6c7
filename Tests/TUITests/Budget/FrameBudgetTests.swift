import CAllocations
import Testing

@testable import TUI

/// What a frame and a key may cost. Counted, never timed.
@Suite struct FrameBudgetTests {
    private static let size = Size(width: 120, height: 40)

    private func allocations(_ body: () throws -> Void) rethrows -> Int {
        let before = allocations_count()
        try body()
        return Int(allocations_count() - before)
    }

    /// A frame costs what is on the screen, wherever in the stream that is.
    @Test func aFrameCostsTheScreen() throws {
        let browser = try Browser.after("", on: Fixture.sample(), Self.size)
        let first = allocations { _ = browser.render(size: Self.size) }
        try browser.type("EG", Self.size)
        #expect(browser.model.outline.rowCount > 5000)
        let last = allocations { _ = browser.render(size: Self.size) }
        let cells = Self.size.width * Self.size.height
        #expect(first < 4 * cells && last < 4 * cells, "\(first) and \(last) allocations for \(cells) cells")
    }

    @Test(arguments: ["j", "k", "G", "g", "<PgDn>", "e", "n"])
    func aKeyCostsTheSameInAFoldedAndInAnOpenTree(_ key: String) throws {
        let costs = try ["", "E"].map { before in
            let browser = try Browser.after("/cmos<Enter>" + before, on: Fixture.sample(), Self.size)
            return try allocations { try browser.type(key, Self.size) }
        }
        #expect(costs[1] < 2 * costs[0] + 4000, "\(costs)")
    }

    /// What is written to the terminal follows from the cells that differ.
    @Test func aStepChangesFewCells() throws {
        let browser = try Browser.after("jj", on: Fixture.sample(), Self.size)
        let before = browser.render(size: Self.size).grid
        try browser.type("j", Self.size)
        var changed = 0
        browser.render(size: Self.size).grid.forEachChange(from: before) { changed += $0.cells.count }
        #expect(changed > 0 && changed < Self.size.width * Self.size.height / 2, "\(changed) cells")
    }
}
