import Stream

/// A set of nodes by path, with their ancestors, in tree order.
package struct PathSet: Sendable {
    /// The nodes themselves, ascending.
    package let matches: [NodePath]
    // The nodes with all their ancestors, ascending.
    private let kept: [NodePath]

    /// - Parameter matches: ascending, without duplicates. O(matches · depth).
    package init(_ matches: [NodePath]) {
        self.matches = matches
        var kept: [NodePath] = []
        var last: [Int] = []
        for match in matches {
            let common = zip(last, match.indices).prefix { $0 == $1 }.count
            for depth in common..<match.depth {
                kept.append(NodePath(Array(match.indices.prefix(depth + 1))))
            }
            last = match.indices
        }
        self.kept = kept
    }

    /// Returns the nodes that still exist in a changed document.
    package func again(_ document: Document) -> PathSet {
        PathSet(matches.filter { document.tree.node($0).path == $0 })
    }

    package func contains(_ path: NodePath) -> Bool {
        let place = index(of: path)
        return place < kept.count && kept[place] == path
    }

    /// Returns the number of rows below a node before its child number `place`, down to `levels` levels.
    package func rows(before place: Int, below path: NodePath, levels: Int) -> Int {
        let range = index(of: path.appending(0))..<index(of: path.appending(place))
        let deepest = path.depth.addingSaturated(levels)
        return levels == .max ? range.count : kept[range].count { $0.depth <= deepest }
    }

    /// Returns the child of a node that holds row number `row` below it, and the row inside that child: 0 is
    /// the child itself.
    package func locate(_ row: Int, below path: NodePath, levels: Int) -> LayoutMeasure.Position? {
        let start = index(of: path.appending(0))
        let deepest = path.depth.addingSaturated(levels)
        var place = start + row
        if levels < .max {
            var left = row
            place = start
            while place < kept.count, path.isPrefix(of: kept[place]) {
                if kept[place].depth <= deepest {
                    if left == 0 { break }
                    left -= 1
                }
                place += 1
            }
        }
        guard row >= 0, place < kept.count, path.isPrefix(of: kept[place]), kept[place].depth > path.depth
        else {
            return nil
        }
        let child = kept[place].indices[path.depth]
        return .init(child: child, rest: row - rows(before: child, below: path, levels: levels))
    }

    // The index of the first kept node at or after `path`.
    private func index(of path: NodePath) -> Int {
        kept.indices.binarySearch(first: { kept[$0] >= path })
    }
}
