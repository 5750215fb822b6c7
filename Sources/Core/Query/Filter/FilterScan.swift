import Stream

/// Searches for the nodes that fulfill a filter, in steps. It does not read RAM.
package struct FilterScan {
    /// The maximum number of matches: nobody reads more.
    package static let limit = 100_000

    /// The matches, ascending.
    package private(set) var matches: [NodePath] = []
    package private(set) var isFinished = false
    private var walk: NodeWalk
    package let run: FilterRun

    package init(_ run: FilterRun, _ document: Document) {
        self.run = run
        walk = NodeWalk(document, reach: .meanings)
    }

    /// The progress, from 0 to 1.
    package var progress: Double {
        isFinished ? 1 : Double(walk.node.offset) / Double(max(walk.document.store.region.count, 1))
    }

    /// Visits at most `budget` nodes. O(budget).
    package mutating func step(budget: Int) {
        for _ in 0..<budget {
            guard matches.count < Self.limit, walk.next() else {
                isFinished = true
                return
            }
            let (node, record) = (walk.node, walk.record)
            // Frames of sections are left out; commands and the stream's header are records.
            guard node.isRecord || node.role != .frame || node.layout.isNone else { continue }
            if run.matches(node, record: record, path: { walk.placedPath() }) { matches.append(walk.path) }
        }
    }
}
