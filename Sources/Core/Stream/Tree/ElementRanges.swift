import Bytes
import Format

/// How the elements of a long array are put together for people: ranges of 100, ranges of 100 of those, and so
/// on, so that no node shows more than 100 rows. No node of the tree, only rows of an outline.
package enum ElementRanges {
    package static let width = 100

    /// The elements that each child of an array of `count` shows; 1: the elements themselves.
    package static func span(ofChildrenIn count: Int) -> Int {
        var span = 1
        while count / width >= span, count > span.multipliedSaturated(by: width) { span *= width }
        return span
    }

    /// How many ranges of `span` hold `count` elements.
    package static func rangeCount(_ count: Int, span: Int) -> Int {
        count / span + (count % span > 0 ? 1 : 0)
    }

    /// The smallest range that holds these elements of an array of `count`; nil where none does.
    package static func span(of elements: ClosedRange<Int>, in count: Int) -> Int? {
        var span = width
        while span <= self.span(ofChildrenIn: count) {
            if elements.lowerBound % span == 0, elements.upperBound - elements.lowerBound < span {
                return span
            }
            let (next, overflow) = span.multipliedReportingOverflow(by: width)
            if overflow { return nil }
            span = next
        }
        return nil
    }
}

extension StreamTree {
    /// The range of at most `span` elements of an array from number `first` on. O(log items).
    package func range(of array: Node, from first: Int, span: Int) -> Node {
        let count = min(span, array.childCount - first)
        let start = child(first, of: array).offset
        let end = child(first + count - 1, of: array).range.upperBound
        return Node(
            path: NodePath(array.path.indices + [first], span: span), offset: start, size: end - start,
            role: array.role, childCount: count, isLazy: false, isLeaf: false, space: array.space,
            source: .range(arrayOffset: array.offset),
            layout: array.layout, opensMeaning: false)
    }

    /// The range that a path represents, where the array is long enough to have it.
    package func range(_ path: NodePath, of array: Node) -> Node? {
        guard let first = path.indices.last, !array.layout.isNone, store.table[array.layout].kind == .array,
            first < array.childCount, path.span <= ElementRanges.span(ofChildrenIn: array.childCount),
            first % path.span == 0
        else { return nil }
        return range(of: array, from: first, span: path.span)
    }

    /// `[100…199]`; of pages the offsets of the first and the last.
    package func rangeName(_ node: Node) -> String {
        let first = elementText(child(0, of: node))
        let last = elementText(child(node.childCount - 1, of: node))
        return node.role == .ram ? "\(first)…\(last)" : "[\(first)…\(last)]"
    }

    /// The number of an element; of a page its offset in the block.
    package func elementText(_ node: Node) -> String {
        let number = elementNumber(node)
        return node.role == .ram
            ? Hex.offset(number.multipliedSaturated(by: store.state.pageSize)) : "\(number)"
    }
}
