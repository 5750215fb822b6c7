import Stream
import Testing

/// Each byte of a stream is in one leaf, and the tree finds it there.
@Suite struct TilingTests {
    // Of pairs that are built alike, one.
    static let streams = Sample.fixtures.filter { sample in
        !["mapped-ram-multifd-10.0", "postcopy-switched-7.2", "postcopy-7.2"].contains {
            sample.name.hasPrefix($0)
        }
    }

    /// Each byte is in one row, and the row of a byte is the node of a byte, by path as well.
    @Test(arguments: streams) func rowsTile(_ sample: Sample) throws {
        let document = try sample.document()
        let report = Tiling.rows(document, keep: 101)
        #expect(report.problems.prefix(3) == [])
        #expect(report.rowCount > 20)
        #expect(report.unclaimed == 0)
        #expect(document.findings.filter { $0.severity != .note } == [])
        for row in report.rows {
            for offset in Set([row.offset, row.offset + row.size / 2, row.end - 1]) {
                let nodes = document.tree.nodes(along: document.path(atOffset: offset))
                try #require(nodes.last.map { $0.range.contains(offset) && $0.isLeaf } ?? false)
                // Bytes of a buffer and records of a run are below the node that has the row.
                let owners = nodes.filter { $0.range == row.offset..<row.end }
                try #require(
                    owners.contains { document.tree.pathText($0.path) == row.pathText }, "\(row.pathText)")
            }
        }
    }

    @Test(arguments: Sample.fixtures) func nodesTile(_ sample: Sample) throws {
        let document = try sample.document()
        #expect(Tiling.nodes(document) == [])
        document.openLivePart()
        #expect(Tiling.nodes(document) == [])
    }

    @Test(
        .needsShared,
        arguments: Sample.corpus.filter { $0.name != "many-7.2.mig" && $0.name != "linux-256m-7.2.mig" })
    func corpusTiles(_ sample: Sample) throws {
        let document = try sample.document()
        let report = Tiling.rows(document)
        #expect(report.problems.prefix(3) == [])
        #expect(report.unclaimed == 0)
        #expect(document.findings.filter { $0.severity != .note } == [])
        #expect(Tiling.nodes(document) == [])
    }

    /// Too many rows for a test that is not optimised: only nodes.
    @Test(
        .needsShared,
        arguments: Sample.corpus.filter { ["many-7.2.mig", "linux-256m-7.2.mig"].contains($0.name) })
    func largeNodesTile(_ sample: Sample) throws {
        let document = try sample.document()
        #expect(Tiling.nodes(document) == [])
        for offset in sampled(document.store.region.count, 60)
        where offset > document.overview.sections[1].offset {
            let nodes = document.tree.nodes(along: document.path(atOffset: offset))
            #expect(nodes.last.map { $0.range.contains(offset) && $0.isLeaf } ?? false)
        }
    }

    @Test(arguments: streams) func pathTextRoundTrip(_ sample: Sample) throws {
        let document = try sample.document()
        var walk = PathWalk(document: document)
        walk.visit(document.tree.root, "")
        #expect(walk.failures.prefix(3) == [])
        #expect(walk.texts.count == walk.count)
        #expect(walk.count > 20)
    }

    @Test func offsetsOutsideClamp() throws {
        let document = try SmallStream().document()
        #expect(document.path(atOffset: -5) == document.path(atOffset: 0))
        #expect(document.path(atOffset: .max) == document.path(atOffset: document.store.region.count - 1))
        #expect(document.path(atOffset: .min) == document.path(atOffset: 0))
    }

    @Test func pathsThatNameNothing() throws {
        let document = try SmallStream().document()
        for text in [
            "nothing", "first", "first:1", "first:0/x", "first:0[0]", "first:0/word[0]", "first:0/word/x",
            "/",
        ] {
            #expect(document.path(text: text) == nil, "\(text)")
        }
        #expect(document.path(text: "") == .root)
        #expect(document.path(text: "first:0/word").map(document.tree.pathText) == "first:0/word")
    }
}

/// Visits nodes, a few of each array, and asks for their paths both ways.
private struct PathWalk {
    let document: Document
    var texts: Set<String> = []
    var count = 0
    var failures: [String] = []

    mutating func visit(_ node: Node, _ text: String) {
        guard count < 4000 else { return }
        for index in sampled(node.childCount, 8) {
            let child = document.tree.child(index, of: node)
            let text = document.tree.pathText(child.path)
            count += 1
            texts.insert(text)
            if document.path(text: text) != child.path { failures.append(text) }
            visit(child, text)
        }
    }
}
