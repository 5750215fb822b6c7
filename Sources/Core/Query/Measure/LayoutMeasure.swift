import Format
import Stream

/// Sums a weight over everything below a layout, once per distinct layout.
///
/// The weight of a node depends only on its item. Totals, prefix sums and the search for the k-th unit
/// therefore need no walk over elements: 255 CPUs with one layout cost as much as one.
///
/// It can also count members in another order, and count the rows of element ranges. A child is then a
/// position among the rows.
package final class LayoutMeasure {
    private let weight: (Item) -> Int
    private let opensLeaves: Bool
    package let order: TreeOrder
    private let hasRanges: Bool
    private var orders: [LayoutID: [Int]] = [:]
    private var totals: [Measured: Int] = [:]
    private var sums: [Measured: [Int]] = [:]
    private var heights: [LayoutID: Int] = [:]

    private struct Measured: Hashable {
        package var layout: LayoutID
        package var levels: Int
    }

    /// A child of a layout, and the remainder of a target inside it.
    package struct Position: Equatable {
        package var child: Int
        package var rest: Int

        package init(child: Int, rest: Int) {
            self.child = child
            self.rest = rest
        }
    }

    /// - Parameters:
    ///   - order: the order of the members of bodies.
    ///   - hasRanges: whether each range of elements counts as 1.
    ///   - opensLeaves: whether to count what a leaf shows when it is opened: the bytes of buffers, and the
    ///     meaning of bits. These have no rows until someone opens the leaf, but they have names to find.
    ///   - weight: the weight of each element of an item, without its children.
    package init(
        order: TreeOrder = .stream, hasRanges: Bool = false, opensLeaves: Bool = false,
        weight: @escaping (Item) -> Int
    ) {
        self.order = order
        self.hasRanges = hasRanges
        self.opensLeaves = opensLeaves
        self.weight = weight
    }

    /// Returns the members of a body in the order of this measure, as item numbers in the layout; nil for
    /// stream order. O(items · log items) at the first call, O(1) after.
    package func members(of id: LayoutID, _ table: LayoutTable) -> [Int]? {
        // Values differ between nodes with the same layout: `TreeArrangement` orders by them.
        guard order != .stream, order.column != .value, !id.isNone, table[id].kind == .body else {
            return nil
        }
        if let known = orders[id] { return known }
        let items = Array(table.items(of: id))
        let sorted = order.sorted(
            items.count, size: { items[$0].size }, name: { table.names.bytes(items[$0].name) },
            type: { table[type: items[$0].type].name })
        orders[id] = sorted
        return sorted
    }

    /// Returns the number of elements in each row below an array of `count` elements.
    package func span(ofChildrenOf id: LayoutID, _ table: LayoutTable) -> Int {
        guard hasRanges, !id.isNone, table[id].kind == .array else { return 1 }
        return ElementRanges.span(ofChildrenIn: table[id].childCount)
    }

    /// Returns the weight of all children of `id`, down to `levels` levels below it; 0 for `.none`. O(items
    /// of the layouts below) at the first call, O(1) after.
    package func total(_ id: LayoutID, levels: Int, _ table: LayoutTable) -> Int {
        guard !id.isNone, levels > 0 else { return 0 }
        let key = key(id, levels, table)
        if let known = totals[key] { return known }
        let span = span(ofChildrenOf: id, table)
        var sum = 0
        if span > 1 {
            sum = total(ofElements: 0..<table[id].childCount, span: span, in: id, levels: levels, table)
        } else {
            for item in table.items(of: id) {
                sum = sum.addingSaturated(item.count.multipliedSaturated(by: unit(item, key.levels, table)))
            }
        }
        totals[key] = sum
        return sum
    }

    /// Returns the weight of the ranges of `span` elements that cover these elements, down to `levels`
    /// levels.
    package func total(
        ofElements elements: Range<Int>, span: Int, in id: LayoutID, levels: Int, _ table: LayoutTable
    ) -> Int {
        var sum = 0
        var (span, levels) = (span, levels)
        while span > 1, levels > 0 {
            sum = sum.addingSaturated(ElementRanges.rangeCount(elements.count, span: span))
            span /= ElementRanges.width
            if levels < .max { levels -= 1 }
        }
        guard levels > 0 else { return sum }
        let end = before(elements.upperBound, in: id, levels: levels, table)
        return sum.addingSaturated(end - before(elements.lowerBound, in: id, levels: levels, table))
    }

    /// Returns the weight of one element of `item`, including itself, when its parent counts `levels` levels.
    package func unit(_ item: Item, _ levels: Int, _ table: LayoutTable) -> Int {
        weight(item).addingSaturated(total(counted(item, table), levels: levels - 1, table))
    }

    private func counted(_ item: Item, _ table: LayoutTable) -> LayoutID {
        opensLeaves ? table.opened(item) : item.child
    }

    /// Returns the weight of the children before number `child`; ranges do not count.
    package func before(_ child: Int, in id: LayoutID, levels: Int, _ table: LayoutTable) -> Int {
        guard child > 0 else { return 0 }
        let layout = table[id]
        let sums = prefix(id, levels, table)
        guard child < layout.childCount else { return sums[sums.count - 1] }
        if members(of: id, table) != nil { return sums[child] }
        let index = table.itemIndex(ofChild: child, in: id)
        let item = table[item: index]
        let sum = sums[index - layout.items.lowerBound]
        let inside = (child - item.firstChild).multipliedSaturated(by: unit(item, levels, table))
        return sum.addingSaturated(inside)
    }

    /// Returns the child that holds unit number `target`, counted from 0; nil when there are fewer. Not for
    /// arrays with ranges.
    package func locate(_ target: Int, in id: LayoutID, levels: Int, _ table: LayoutTable) -> Position? {
        guard target >= 0, target < total(id, levels: levels, table) else { return nil }
        let sums = prefix(id, levels, table)
        let low = (0..<sums.count - 1).binarySearch(last: { sums[$0] <= target })
        if members(of: id, table) != nil { return Position(child: low, rest: target - sums[low]) }
        let item = table[item: table[id].items.lowerBound + low]
        let each = max(1, unit(item, levels, table))
        let inside = target - sums[low]
        return Position(child: item.firstChild + inside / each, rest: inside % each)
    }

    // The weight before each item, and the total.
    private func prefix(_ id: LayoutID, _ levels: Int, _ table: LayoutTable) -> [Int] {
        let key = key(id, levels, table)
        if let known = sums[key] { return known }
        let items = table.items(of: id)
        let order = members(of: id, table)
        var result = [0]
        var sum = 0
        for number in items.indices {
            let item = order.map { items[items.startIndex + $0[number - items.startIndex]] } ?? items[number]
            sum = sum.addingSaturated(item.count.multipliedSaturated(by: unit(item, key.levels, table)))
            result.append(sum)
        }
        sums[key] = result
        return result
    }

    // All levels beyond the height of the layout give the same result.
    private func key(_ id: LayoutID, _ levels: Int, _ table: LayoutTable) -> Measured {
        Measured(layout: id, levels: min(levels, height(id, table)))
    }

    private func height(_ id: LayoutID, _ table: LayoutTable) -> Int {
        if let known = heights[id] { return known }
        var height = 1
        for item in table.items(of: id) {
            let child = counted(item, table)
            if !child.isNone { height = max(height, 1 + self.height(child, table)) }
        }
        var span = span(ofChildrenOf: id, table)
        while span > 1 {
            height += 1
            span /= ElementRanges.width
        }
        heights[id] = height
        return height
    }
}
