import Query
import Stream
import Testing

/// The rows that an outline counts are those that a walk over the open nodes finds.
@Suite struct OutlineTests {
    private func check(_ outline: Outline, _ model: OutlineModel, _ document: Document, _ note: String) throws
    {
        let rows = model.rows(document)
        try #require(outline.rowCount == rows.count, "\(note)")
        for row in sampled(rows.count, 60) {
            try #require(outline.path(atRow: row, document) == rows[row], "\(note), row \(row)")
            try #require(outline.row(of: rows[row], document) == row, "\(note), row \(row)")
            let isOpen = model.isOpen(document.tree.node(rows[row]), document)
            try #require(outline.isExpanded(rows[row]) == isOpen, "\(note), row \(row)")
        }
    }

    private static let names = ["m68k-virt-7.2", "small", "long"]

    private func document(_ name: String) throws -> Document {
        switch name {
        case "small": try SmallStream([.plain("a"), .list, .list]).document()
        case "long":
            try SmallStream([.plain("z"), .longList(101), .longList(10_250), .plain("b")]).document()
        default: try Sample.fixture(name).document()
        }
    }

    private func randomAct(
        _ document: Document, _ outline: Outline, _ generator: inout SeededGenerator
    ) -> OutlineModel.Act {
        var path = document.randomPath(&generator)
        let ranges = outline.ancestors(of: path, document).filter(\.isRange)
        if let range = ranges.randomElement(using: &generator), Bool.random(using: &generator) {
            path = range.path
        }
        switch Int.random(in: 0..<12, using: &generator) {
        case 0..<3: return .expand(path)
        case 3..<6: return .collapse(path)
        case 6..<8: return .expandSubtree(path)
        case 8: return .setLevels([0, 1, 2, 3, .max].randomElement(using: &generator) ?? 0)
        default: return .reveal(path)
        }
    }

    @Test(arguments: names, 1...6) func randomActs(_ name: String, _ seed: UInt64) throws {
        let document = try document(name)
        var generator = SeededGenerator(seed: seed)
        var model = OutlineModel()
        var outline = Outline(document)
        try check(outline, model, document, "start")
        var history = ""
        // A walk over a long array takes its time.
        for step in 0..<(name == "long" ? 6 : 40) {
            if step % 13 == 12, let lazy = lazyNode(document) {
                document.open(lazy)
                outline.refresh(document)
                history += "open \(lazy.indices); "
            }
            if step % 7 == 6 {
                model.order = model.order.next
                outline.sort(model.order, document)
                history += "sort by \(model.order); "
            }
            let act = randomAct(document, outline, &generator)
            history += "\(act); "
            model.apply(act, to: &outline, document)
            try check(outline, model, document, history)
            checkSiblings(outline, model, document.tree.node(document.randomPath(&generator)), document)
        }
    }

    /// With a filter only matches and what leads to them have rows; all of that is open at first.
    @Test(arguments: ["m68k-virt-7.2", "small"], ["i", "timer", "zzz", "a"])
    func filtered(_ name: String, _ pattern: String) throws {
        let document = try document(name)
        document.openLivePart()
        let search = Search(pattern, document)
        let matches = (0..<search.count).compactMap { search.path(ofOrdinal: $0 + 1, document) }
        let kept = Set(
            matches.flatMap { path in (0...path.depth).map { NodePath(Array(path.indices.prefix($0))) } })
        var model = OutlineModel()
        model.keeps = { kept.contains($0.path) }
        model.isOpenAtFirst = true
        model.hasRanges = false
        var outline = Outline(document, filter: TreeFilter(search, document))
        try check(outline, model, document, "start")
        var generator = SeededGenerator(seed: 5)
        var history = ""
        for _ in 0..<25 {
            if Int.random(in: 0..<5, using: &generator) == 0 {
                model.order = model.order.next
                outline.sort(model.order, document)
                history += "sort by \(model.order); "
            }
            let act = randomAct(document, outline, &generator)
            history += "\(act); "
            model.apply(act, to: &outline, document)
            try check(outline, model, document, history)
            checkSiblings(outline, model, document.tree.node(document.randomPath(&generator)), document)
        }
    }

    private func checkSiblings(_ outline: Outline, _ model: OutlineModel, _ node: Node, _ document: Document)
    {
        let shown = model.children(node, document).filter(model.keeps).map(\.path)
        #expect(outline.childCount(of: node, document) == shown.count)
        #expect(outline.firstChild(of: node, document) == shown.first)
        for (rank, path) in shown.enumerated().prefix(20) {
            #expect(outline.parent(of: path, document) == node.path)
            #expect(outline.sibling(1, of: path, document) == shown[min(rank + 1, shown.count - 1)])
            #expect(outline.sibling(-1, of: path, document) == shown[max(rank - 1, 0)])
            #expect(outline.sibling(.max, of: path, document) == shown.last)
            #expect(outline.sibling(-.max, of: path, document) == shown.first)
        }
    }

    private func lazyNode(_ document: Document) -> NodePath? {
        var pending = [document.tree.root]
        while let node = pending.popLast() {
            if node.isLazy { return node.path }
            if node.path.depth < 2 {
                pending += (0..<node.childCount).map { document.tree.child($0, of: node) }
            }
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
        #expect(outline.rowCount == document.tree.root.childCount)
    }

    /// A row that stands for a range is named, found by its name, and leads to its elements.
    @Test(arguments: [
        ("[100…199]", 100, 100, 100), ("[10000…10249]", 10_000, 10_000, 250),
        ("[10200…10249]", 10_200, 100, 50),
        ("[0..9999]", 0, 10_000, 10_000),
    ]) func ranges(_ name: String, _ first: Int, _ span: Int, _ count: Int) throws {
        let document = try document("long")
        let array = document.tree.node(try #require(document.path(text: "long:10250/list")))
        let range = document.tree.node(try #require(document.path(text: "long:10250/list\(name)")))
        #expect(range.path == NodePath(array.path.indices + [first], span: span))
        #expect(range.childCount == count)
        #expect(range.offset == document.tree.child(first, of: array).offset)
        #expect(range.range.upperBound == document.tree.child(first + count - 1, of: array).range.upperBound)
        #expect(document.path(text: document.tree.pathText(range.path)) == range.path)
        #expect(document.tree.child(7, of: range).path.indices == array.path.indices + [first + 7])
        var outline = Outline(document)
        outline.reveal(document.tree.child(7, of: range).path, document)
        let row = try #require(outline.row(of: range.path, document))
        let child = try #require(outline.firstChild(of: range, document))
        #expect(outline.row(of: child, document) == row + 1)
        // From its last element J leads on, into the next range.
        let next = outline.sibling(1, of: document.tree.child(count - 1, of: range).path, document)
        let last = array.childCount - 1
        #expect(next?.indices.last == min(first + count, last))
    }

    @Test(arguments: ["[100…198]x", "[1…100]", "[100…]", "[…]", "[100…99]", "[0…10250]"])
    func noRanges(_ name: String) throws {
        let document = try document("long")
        #expect(document.path(text: "long:10250/list\(name)") == nil)
    }

    /// What was open stays open in another order, and nothing is lost on the way.
    @Test func sortingKeepsWhatIsOpen() throws {
        let document = try Sample.fixture("microvm-10.0").document()
        var outline = Outline(document)
        let device = document.tree.child(document.tree.root.childCount - 3, of: document.tree.root)
        outline.expandSubtree(device.path, document)
        let rows = outline.rowCount
        for order in [TreeOrder.size, .name, .stream] {
            outline.sort(order, document)
            #expect(outline.rowCount == rows)
            #expect(outline.isExpanded(device.path))
            let nodes = (0..<rows).map { document.tree.node(outline.path(atRow: $0, document)) }
            #expect(Set(nodes.map(\.path)).count == rows)
            let records = nodes.filter(\.isRecord)
            if order == .size { #expect(records.map(\.size) == records.map(\.size).sorted(by: >)) }
            if order == .name {
                #expect(records.map(document.tree.name) == records.map(document.tree.name).sorted())
            }
        }
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
