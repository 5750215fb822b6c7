import Bytes
import Format
import Stream

/// The number of occurrences of each value among the fields with a name, counted in steps over the whole
/// stream. The elements of an array count under its name. It does not read RAM.
package struct ValueTally {
    /// A value, its number of occurrences, and the first field with that value.
    package struct CountedValue: Sendable {
        package let value: String
        package fileprivate(set) var count: Int
        package let first: NodePath
    }

    /// The maximum number of distinct values in the list; the others are counted together.
    package static let mostValues = 10_000

    /// The name of the fields.
    package let name: String
    /// The number of fields so far.
    package private(set) var count = 0
    /// The number of fields whose values are not in the list because it is full.
    package private(set) var others = 0
    package private(set) var isFinished = false
    private var entries: [CountedValue] = []
    private var places: [String: Int] = [:]
    private let reader: ValueReader
    private var walk: NodeWalk
    private let wanted: NameID
    // The level of the array with that name whose elements come next.
    private var arrayLevel: Int?

    /// Counts the fields with the name of a node; for an element, those with the name of its array. Nil for a
    /// node that is not a field.
    package init?(_ node: Node, _ document: Document) {
        var field = node
        while field.isElement || field.path.isRange, let parent = field.path.parent {
            field = document.tree.node(parent)
        }
        guard let item = document.tree.item(of: field),
            field.childCount == 0 || field.isLeaf || Self.isArray(field, document)
        else { return nil }
        wanted = item.name
        reader = ValueReader(document)
        name = document.tree.name(field)
        walk = NodeWalk(document, reach: .fields)
    }

    private static func isArray(_ node: Node, _ document: Document) -> Bool {
        guard node.childCount > 0 else { return false }
        let first = document.tree.child(0, of: node)
        return first.isElement && first.isLeaf
    }

    /// The values, most frequent first; equally frequent ones in stream order.
    package var sorted: [CountedValue] {
        entries.indices.sorted { (entries[$1].count, $0) < (entries[$0].count, $1) }.map { entries[$0] }
    }

    /// The progress, from 0 to 1.
    package var progress: Double {
        isFinished ? 1 : Double(walk.node.offset) / Double(max(walk.document.store.region.count, 1))
    }

    /// Visits at most `budget` nodes. O(budget).
    package mutating func step(budget: Int) {
        for _ in 0..<budget {
            guard walk.next() else {
                isFinished = true
                return
            }
            if let level = arrayLevel, walk.level <= level { arrayLevel = nil }
            let node = walk.node
            if node.isElement {
                if arrayLevel != nil, node.isLeaf { add(node) }
            } else if walk.document.tree.item(of: node)?.name == wanted {
                if node.isLeaf { add(node) } else { arrayLevel = walk.level }
            }
        }
    }

    private mutating func add(_ node: Node) {
        count += 1
        let value = walk.document.tree.value(node).short
        // Numbers are equal in any width, as in a filter.
        let key =
            reader.number(of: node)?.filterNumber.map { "\($0.isNegative ? "-" : "+")\($0.magnitude)" }
            ?? value
        if let place = places[key] {
            entries[place].count += 1
        } else if entries.count < Self.mostValues {
            places[key] = entries.count
            entries.append(CountedValue(value: value, count: 1, first: walk.path))
        } else {
            others += 1
        }
    }
}
