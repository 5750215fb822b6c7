import Testing

@testable import Core

/// The rows that an outline counts are those that a walk over the open nodes finds.
@Suite struct OutlineTests {
    private func check(_ outline: Outline, _ model: OutlineModel, _ document: Document, _ note: String) throws
    {
        let rows = model.rows(document)
        try #require(outline.rowCount == rows.count, "\(note)")
        for row in sampled(rows.count, 60) {
            try #require(outline.path(atRow: row, document) == rows[row], "\(note), row \(row)")
            try #require(outline.row(of: rows[row], document) == row, "\(note), row \(row)")
            let isOpen = model.isOpen(document.node(rows[row]), document)
            try #require(outline.isExpanded(rows[row]) == isOpen, "\(note), row \(row)")
        }
    }

    private func randomAct(_ document: Document, _ generator: inout SeededGenerator) -> OutlineModel.Act {
        let path = document.randomPath(&generator)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0..<3: return .expand(path)
        case 3..<6: return .collapse(path)
        case 6..<8: return .expandSubtree(path)
        case 8: return .setLevels([0, 1, 2, 3, .max].randomElement(using: &generator) ?? 0)
        default: return .reveal(path)
        }
    }

    @Test(arguments: ["m68k-virt-7.2", "small"], 1...6) func randomActs(_ name: String, _ seed: UInt64) throws
    {
        let document =
            try name == "small"
            ? SmallStream([.plain("a"), .list, .list]).document() : Sample.fixture(name).document()
        var generator = SeededGenerator(seed: seed)
        var model = OutlineModel()
        var outline = Outline(document)
        try check(outline, model, document, "start")
        var history = ""
        for step in 0..<40 {
            if step % 13 == 12, let lazy = lazyNode(document) {
                document.open(lazy)
                outline.refresh(document)
                history += "open \(lazy.indices); "
            }
            let act = randomAct(document, &generator)
            history += "\(act); "
            model.apply(act, to: &outline, document)
            try check(outline, model, document, history)
        }
    }

    /// With a filter only matches and what leads to them have rows; all of that is open at first.
    @Test(arguments: ["m68k-virt-7.2", "small"], ["i", "timer", "zzz", "a"])
    func filtered(_ name: String, _ pattern: String) throws {
        let document =
            try name == "small"
            ? SmallStream([.plain("a"), .list, .list]).document() : Sample.fixture(name).document()
        document.openLivePart()
        let search = Search(pattern, document)
        let matches = (0..<search.count).compactMap { search.path(ofOrdinal: $0 + 1, document) }
        let kept = Set(
            matches.flatMap { path in (0...path.depth).map { NodePath(Array(path.indices.prefix($0))) } })
        var model = OutlineModel()
        model.keeps = { kept.contains($0.path) }
        model.isOpenAtFirst = true
        var outline = Outline(document, filter: TreeFilter(search, document))
        try check(outline, model, document, "start")
        var generator = SeededGenerator(seed: 5)
        var history = ""
        for _ in 0..<25 {
            let act = randomAct(document, &generator)
            history += "\(act); "
            model.apply(act, to: &outline, document)
            try check(outline, model, document, history)
            checkSiblings(outline, model, document.node(document.randomPath(&generator)), document)
        }
    }

    private func checkSiblings(_ outline: Outline, _ model: OutlineModel, _ node: Node, _ document: Document)
    {
        let shown = (0..<node.childCount).filter { model.keeps(document.child($0, of: node)) }
        #expect(outline.childCount(of: node, document) == shown.count)
        #expect(outline.child(1, from: -1, of: node, document) == shown.first)
        #expect(outline.child(.max, from: -1, of: node, document) == shown.last)
        for (rank, child) in shown.enumerated().prefix(20) {
            #expect(
                outline.child(1, from: child, of: node, document) == shown[min(rank + 1, shown.count - 1)])
            #expect(outline.child(-1, from: child, of: node, document) == shown[max(rank - 1, 0)])
        }
    }

    private func lazyNode(_ document: Document) -> NodePath? {
        var pending = [document.root]
        while let node = pending.popLast() {
            if node.isLazy { return node.path }
            if node.path.depth < 2 { pending += (0..<node.childCount).map { document.child($0, of: node) } }
        }
        return nil
    }

    /// All of a real stream open: the rows are the nodes in preorder.
    @Test func everythingOpen() throws {
        let document = try Sample.fixture("microvm-10.0").document()
        document.openLivePart()
        var outline = Outline(document)
        outline.setLevels(.max, document)
        var last = NodePath([])
        for row in sampled(outline.rowCount, 400) {
            let path = outline.path(atRow: row, document)
            #expect(outline.row(of: path, document) == row)
            #expect(last < path)
            last = path
        }
        outline.setLevels(0, document)
        #expect(outline.rowCount == document.root.childCount)
    }

    @Test func rowsOutsideClamp() throws {
        let document = try SmallStream().document()
        let outline = Outline(document)
        #expect(outline.path(atRow: -1, document) == NodePath([0]))
        #expect(outline.path(atRow: .max, document) == NodePath([outline.rowCount - 1]))
        #expect(outline.row(of: .root, document) == nil)
        #expect(outline.row(of: NodePath([0, 0]), document) == nil)
        #expect(outline.row(of: NodePath([99]), document) == nil)
    }

    /// What was open inside a closed node is open again when it opens.
    @Test func closedNodesRemember() throws {
        let document = try SmallStream().document()
        let device = try #require(document.path(text: "first:0"))
        var outline = Outline(document)
        outline.expandSubtree(device, document)
        let rows = outline.rowCount
        outline.collapse(device, document)
        outline.expand(device, document)
        #expect(outline.rowCount == rows)
    }
}
