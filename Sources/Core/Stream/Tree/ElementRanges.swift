import Bytes
import Format

/// The grouping of the elements of a long array: ranges of 100, ranges of 100 of those, and so on, so that no
/// node shows more than 100 rows. A range is only a row of an outline, not a node of the tree.
package enum ElementRanges {
    package static let width = 100

    /// Returns the number of elements under each child of an array of `count`; 1 if the children are the
    /// elements.
    package static func span(ofChildrenIn count: Int) -> Int {
        var span = 1
        while count / width >= span, count > span.multipliedSaturated(by: width) { span *= width }
        return span
    }

    /// Returns the number of ranges of `span` for `count` elements.
    package static func rangeCount(_ count: Int, span: Int) -> Int {
        count / span + (count % span > 0 ? 1 : 0)
    }

    /// Returns the span of the smallest range with these elements in an array of `count`; nil if there is
    /// none.
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
    /// Returns the range of at most `span` elements of an array from number `first`. O(log items).
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

    /// Returns the range that a path represents; nil if the array is too short to have it.
    package func range(_ path: NodePath, of array: Node) -> Node? {
        guard let first = path.indices.last, !array.layout.isNone, store.table[array.layout].kind == .array,
            first < array.childCount, path.span <= ElementRanges.span(ofChildrenIn: array.childCount),
            first % path.span == 0
        else { return nil }
        return range(of: array, from: first, span: path.span)
    }

    /// Returns the name of a range: `[100…199]`; for pages, the offsets of the first and the last.
    package func rangeName(_ node: Node) -> String {
        let first = elementText(child(0, of: node))
        let last = elementText(child(node.childCount - 1, of: node))
        return node.role == .ram ? "\(first)…\(last)" : "[\(first)…\(last)]"
    }

    /// Returns the number of an element; for a page, its offset in the block.
    package func elementText(_ node: Node) -> String {
        let number = elementNumber(node)
        return node.role == .ram
            ? Hex.offset(number.multipliedSaturated(by: store.state.pageSize)) : "\(number)"
    }
}
