/// Adds up a weight over everything below a layout, once per distinct layout.
///
/// The weight of a node depends on its item only, so totals, prefix sums and the search for the k-th unit
/// take no walk over elements: 255 CPUs with one layout cost as much as one.
final class LayoutMeasure {
    private let weight: (Item) -> Int
    private let opensLeaves: Bool
    private var totals: [Key: Int] = [:]
    private var sums: [Key: [Int]] = [:]
    private var heights: [LayoutID: Int] = [:]

    private struct Key: Hashable {
        var layout: LayoutID
        var levels: Int
    }

    /// A child of a layout, and what of a target is left inside it.
    struct Place: Equatable {
        var child: Int
        var rest: Int
    }

    /// - Parameters:
    ///   - opensLeaves: whether what leaves show when they are opened counts: the bytes of buffers, and what
    ///     bits mean. It has no rows until somebody opens the leaf, but names to be found.
    ///   - weight: what each element of an item counts by itself.
    init(opensLeaves: Bool = false, weight: @escaping (Item) -> Int) {
        self.opensLeaves = opensLeaves
        self.weight = weight
    }

    /// The weight of all children of `id`, down to `levels` levels below it. 0 for `.none`.
    /// O(items of the layouts below) at the first call, O(1) after.
    func total(_ id: LayoutID, levels: Int, _ table: LayoutTable) -> Int {
        guard !id.isNone, levels > 0 else { return 0 }
        let key = key(id, levels, table)
        if let known = totals[key] { return known }
        var sum = 0
        for item in table.items(of: id) {
            sum = sum.addingSaturated(item.count.multipliedSaturated(by: unit(item, key.levels, table)))
        }
        totals[key] = sum
        return sum
    }

    /// The weight of an element of `item`, itself included, when `levels` levels of its parent are counted.
    func unit(_ item: Item, _ levels: Int, _ table: LayoutTable) -> Int {
        weight(item).addingSaturated(total(counted(item, table), levels: levels - 1, table))
    }

    private func counted(_ item: Item, _ table: LayoutTable) -> LayoutID {
        opensLeaves ? table.opened(item) : item.child
    }

    /// The weight of the children before number `child`.
    func before(_ child: Int, in id: LayoutID, levels: Int, _ table: LayoutTable) -> Int {
        guard child > 0 else { return 0 }
        let layout = table[id]
        guard child < layout.childCount else { return total(id, levels: levels, table) }
        let index = table.itemIndex(ofChild: child, in: id)
        let item = table[item: index]
        let sum = prefix(id, levels, table)[index - layout.items.lowerBound]
        let inside = (child - item.firstChild).multipliedSaturated(by: unit(item, levels, table))
        return sum.addingSaturated(inside)
    }

    /// The child that holds unit number `target`, counted from 0; nil where there are not so many.
    func locate(_ target: Int, in id: LayoutID, levels: Int, _ table: LayoutTable) -> Place? {
        guard target >= 0, target < total(id, levels: levels, table) else { return nil }
        let sums = prefix(id, levels, table)
        var low = 0
        var high = sums.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if sums[middle] <= target { low = middle } else { high = middle }
        }
        let item = table[item: table[id].items.lowerBound + low]
        let each = max(1, unit(item, levels, table))
        let inside = target - sums[low]
        return Place(child: item.firstChild + inside / each, rest: inside % each)
    }

    private func prefix(_ id: LayoutID, _ levels: Int, _ table: LayoutTable) -> [Int] {
        let key = key(id, levels, table)
        if let known = sums[key] { return known }
        var result: [Int] = []
        var sum = 0
        for item in table.items(of: id) {
            result.append(sum)
            sum = sum.addingSaturated(item.count.multipliedSaturated(by: unit(item, key.levels, table)))
        }
        sums[key] = result
        return result
    }

    // More levels than the layout has count the same.
    private func key(_ id: LayoutID, _ levels: Int, _ table: LayoutTable) -> Key {
        Key(layout: id, levels: min(levels, height(id, table)))
    }

    private func height(_ id: LayoutID, _ table: LayoutTable) -> Int {
        if let known = heights[id] { return known }
        var height = 1
        for item in table.items(of: id) {
            let child = counted(item, table)
            if !child.isNone { height = max(height, 1 + self.height(child, table)) }
        }
        heights[id] = height
        return height
    }
}
