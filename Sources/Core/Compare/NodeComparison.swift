import Format
import Stream

/// The differences between two nodes of one stream, such as two CPUs or two elements of an array.
///
/// It omits frames, unless one of the nodes is itself a frame or has nothing else. Unread parts are compared
/// as a whole, by their bytes.
package struct NodeComparison: Sendable {
    /// A differing field; nil on the side that lacks it.
    package struct Difference: Sendable, Equatable {
        package let left: NodePath?
        package let right: NodePath?

        package init(left: NodePath?, right: NodePath?) {
            self.left = left
            self.right = right
        }
    }

    /// The maximum number of listed differences.
    package static let limit = 10_000
    private static let nodeLimit = 1 << 20

    package let left: NodePath
    package let right: NodePath
    /// The differences, in the order of the left node.
    package private(set) var differences: [Difference] = []
    /// False when there are more differences than `limit`, or when the comparison stopped at the node limit.
    package var isComplete: Bool { differences.count < Self.limit && visited < Self.nodeLimit }
    private var visited = 0
    private let comparesFrames: Bool

    /// Compares two nodes. O(bytes that differ and their nodes), at most 2^20 nodes.
    package init(_ left: NodePath, _ right: NodePath, in document: Document) {
        self.left = left
        self.right = right
        comparesFrames = document.tree.node(left).role == .frame || document.tree.node(right).role == .frame
        compare(document.tree.node(left), document.tree.node(right), document)
    }

    private mutating func compare(_ left: Node, _ right: Node, _ document: Document) {
        visited += 1
        guard isComplete, !isEqual(left, right, document) else { return }
        guard hasParts(left, document), hasParts(right, document) else {
            return differences.append(Difference(left: left.path, right: right.path))
        }
        if left.layout == right.layout || isArray(left, document) && isArray(right, document) {
            compareByPlace(left, right, document)
        } else {
            compareByName(left, right, document)
        }
    }

    private mutating func compareByPlace(_ left: Node, _ right: Node, _ document: Document) {
        for index in 0..<max(left.childCount, right.childCount) where isComplete {
            compare(
                index < left.childCount ? document.tree.child(index, of: left) : nil,
                index < right.childCount ? document.tree.child(index, of: right) : nil, document)
        }
    }

    // Members with the same name are distinguished by their order.
    private mutating func compareByName(_ left: Node, _ right: Node, _ document: Document) {
        var others: [NameID: [Node]] = [:]
        for index in (0..<right.childCount).reversed() {
            let child = document.tree.child(index, of: right)
            others[document.tree.nameID(of: child), default: []].append(child)
        }
        for index in 0..<left.childCount where isComplete {
            let child = document.tree.child(index, of: left)
            compare(child, others[document.tree.nameID(of: child)]?.popLast(), document)
        }
        for rest in others.values.joined().sorted(by: { $0.path < $1.path }) { compare(nil, rest, document) }
    }

    private mutating func compare(_ left: Node?, _ right: Node?, _ document: Document) {
        guard comparesFrames || left?.role != .frame && right?.role != .frame else { return }
        if let left, let right { return compare(left, right, document) }
        differences.append(Difference(left: left?.path, right: right?.path))
    }

    // Whether the node has comparable children.
    private func hasParts(_ node: Node, _ document: Document) -> Bool {
        guard !node.isLeaf, !node.isLazy else { return false }
        return (0..<node.childCount).contains {
            comparesFrames || document.tree.child($0, of: node).role != .frame
        }
    }

    private func isArray(_ node: Node, _ document: Document) -> Bool {
        !node.layout.isNone && document.store.table[node.layout].kind == .array
    }

    private func isEqual(_ left: Node, _ right: Node, _ document: Document) -> Bool {
        let isAlike = left.layout == right.layout || left.isLeaf && right.isLeaf
        // Bits have the byte range of their whole word, so compare values.
        if left.role == .meaning || right.role == .meaning {
            return document.tree.value(left) == document.tree.value(right)
                && document.tree.meaning(left) == document.tree.meaning(right)
        }
        guard left.size == right.size, isAlike else { return false }
        return document.store.region(of: left.space).isEqual(
            left.range, to: document.store.region(of: right.space), right.range)
    }
}

extension StreamTree {
    /// Returns the counterpart of a node for a comparison: the same place in the next section with the same
    /// name, or in the next element. After the last comes the first. Nil when there is no counterpart.
    package func twin(of path: NodePath) -> NodePath? {
        for depth in (1...max(path.depth, 1)).reversed() where depth <= path.depth {
            let outer = NodePath(Array(path.indices.prefix(depth)))
            guard let other = nextAlike(outer) else { continue }
            let twin = NodePath(other.indices + path.indices.dropFirst(depth))
            let found = node(twin)
            if found.path == twin, nameID(of: found) == nameID(of: node(path)) { return twin }
        }
        return nil
    }

    private func nextAlike(_ path: NodePath) -> NodePath? {
        guard let parent = path.parent.map({ node($0) }), let own = path.indices.last else { return nil }
        let this = node(path)
        if this.isElement {
            guard parent.childCount > 1 else { return nil }
            return parent.path.appending((own + 1) % parent.childCount)
        }
        guard let record = record(of: this), record.isSection else { return nil }
        let others = Array(own + 1..<parent.childCount) + Array(0..<own)
        return others.first { index in
            let other = self.record(of: child(index, of: parent))
            return other?.name == record.name && other?.kind == record.kind
        }.map { parent.path.appending($0) }
    }
}
