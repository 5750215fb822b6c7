import Bytes
import Format
import Stream

/// How often the fields of a name have each value, counted in steps over the whole stream. The elements of an array count
/// for its name. RAM is not read.
package struct ValueTally {
    /// A value, how often it occurs, and the first field that has it.
    package struct CountedValue: Sendable {
        package let value: String
        package fileprivate(set) var count: Int
        package let first: NodePath
    }

    /// More different values are counted together.
    package static let mostValues = 10_000

    /// What the fields are called.
    package let name: String
    /// How many fields were counted.
    package private(set) var count = 0
    /// How many of them have values that are not in the list, because it is full.
    package private(set) var others = 0
    package private(set) var isFinished = false
    private var entries: [CountedValue] = []
    private var places: [String: Int] = [:]
    private let reader: ValueReader
    private var walk: NodeWalk
    private let wanted: NameID
    // The level of the array of that name whose elements come now.
    private var arrayLevel: Int?

    /// Counts the fields that are called as a node is; of an element, those of the arrays of its array's name. Nil for a
    /// node that is no field.
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

    /// The most frequent first; of those that are as frequent, the one that comes first.
    package var sorted: [CountedValue] {
        entries.indices.sorted { (entries[$1].count, $0) < (entries[$0].count, $1) }.map { entries[$0] }
    }

    /// From 0 to 1.
    package var progress: Double {
        isFinished ? 1 : Double(walk.node.offset) / Double(max(walk.document.store.region.count, 1))
    }

    /// O(budget) nodes.
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
        // Numbers are equal however wide they are, as they are to a filter.
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
