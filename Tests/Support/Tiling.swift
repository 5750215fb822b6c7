import Export
import Query
import Stream

/// Whether the rows and the nodes of a document hold each byte once. What is wrong comes as text, so that a
/// test can look at thousands of documents.
package enum Tiling {
    package struct Report {
        package var problems: [String] = []
        package var rowCount = 0
        /// Bytes of gaps and errors.
        package var unclaimed = 0
        /// Each row whose number divides by `keep`.
        package var rows: [Row] = []
    }

    /// The rows of `dump --all` from the first byte to the last.
    package static func rows(_ document: Document, keep: Int = .max) -> Report {
        var report = Report()
        var position = 0
        var sink = RowSink { row in
            if report.rowCount.isMultiple(of: keep) { report.rows.append(row) }
            report.rowCount += 1
            if row.offset != position || row.size <= 0 {
                report.problems.append(
                    "row \(row.pathText) at \(row.offset), size \(row.size): expected \(position)")
            }
            position = row.end
            if row.typeText == "gap" || row.typeText == "error" { report.unclaimed += row.size }
        }
        TSVExport(document).write(all: true, section: nil, to: &sink)
        if position != document.store.region.count {
            report.problems.append("rows end at \(position) of \(document.store.region.count)")
        }
        if sink.malformed > 0 { report.problems.append("\(sink.malformed) malformed rows") }
        return report
    }

    /// The children of each node tile it, but for those that tell what a leaf means: they only lie in it. Of
    /// many children only some are visited.
    package static func nodes(_ document: Document, perNode: Int = 12, limit: Int = 20_000) -> [String] {
        var walk = NodeWalk(document: document, perNode: perNode, left: limit)
        walk.visit(document.tree.root)
        return walk.problems
    }
}

private struct NodeWalk {
    let document: Document
    let perNode: Int
    var left: Int
    var problems: [String] = []

    mutating func visit(_ node: Node) {
        left -= 1
        guard node.childCount > 0, left > 0 else { return }
        let first = first(of: node)
        for index in sampled(node.childCount - first, perNode) {
            let child = document.tree.child(first + index, of: node)
            check(child, at: first + index, of: node)
            visit(child)
        }
        guard !node.opensMeaning else { return }
        expect(
            document.tree.child(first, of: node).offset == node.offset, node,
            "its first child begins elsewhere")
        let end = document.tree.child(node.childCount - 1, of: node).range.upperBound
        expect(end == node.range.upperBound, node, "its last child ends at \(end)")
    }

    private mutating func check(_ child: Node, at index: Int, of node: Node) {
        expect(child.size >= 0, child, "negative size")
        expect(
            child.offset >= node.offset && child.range.upperBound <= node.range.upperBound, child,
            "outside of its parent")
        guard index > first(of: node), !node.opensMeaning else { return }
        let before = document.tree.child(index - 1, of: node)
        expect(before.range.upperBound == child.offset, child, "begins where no sibling ends")
    }

    // Containers are no part of the stream.
    private func first(of node: Node) -> Int { node.path == .root ? document.store.containerCount : 0 }

    private mutating func expect(_ holds: Bool, _ node: Node, _ problem: String) {
        guard !holds, problems.count < 20 else { return }
        problems.append("\(document.tree.pathText(node.path)) \(node.offset)+\(node.size): \(problem)")
    }
}

/// Some of the numbers below `count`, first and last among them, in order.
package func sampled(_ count: Int, _ wanted: Int) -> [Int] {
    guard count > wanted, wanted > 2 else { return Array(0..<count) }
    var numbers = Set([0, 1, count - 2, count - 1])
    for step in 0..<wanted - 2 { numbers.insert(step * (count / wanted) + step) }
    return numbers.filter { $0 < count }.sorted()
}
