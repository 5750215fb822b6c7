import Bytes
import Format
import Stream

/// Compares the bytes of two sections, field by field.
///
/// What has the same layout and the same bytes is passed over at once; what has another layout is compared
/// by the names of its fields.
package struct ValueComparison {
    private let left: ComparedStream
    private let right: ComparedStream
    private var structure: StructureComparison
    private var noise = Noise()
    private var path = ""
    private var isTimeOfDayPossible = false

    /// A piece of a section.
    private struct Piece {
        package var layout: LayoutID
        package var offset: Int
    }

    /// A leaf, or an element of an array, on one side.
    private struct Leaf {
        package var item: Item
        package var offset: Int
        package var range: Range<Int> { offset..<offset + item.stride }
    }

    /// Elements of an array that are reported one by one; of the others only the number.
    package static let elementLimit = 16
    /// Runs of changed bytes that are reported of a buffer.
    package static let runLimit = 4

    package init(_ structure: StructureComparison) {
        left = structure.left
        right = structure.right
        self.structure = structure
    }

    /// Reports the fields of two sections whose values differ. O(layouts) when all bytes are equal.
    package mutating func compare(
        _ first: ComparedStream.Section, _ second: ComparedStream.Section, report: (Difference) -> Void
    ) {
        guard !first.layout.isNone, !second.layout.isNone else { return }
        path = first.label
        isTimeOfDayPossible = first.name.elementsEqual("mc146818rtc".utf8)
        bodies(
            Piece(layout: first.layout, offset: first.offset),
            Piece(layout: second.layout, offset: second.offset), report)
    }

    private func isEqual(_ one: Int, _ other: Int, _ size: Int) -> Bool {
        left.region.isEqual(one..<one + size, to: right.region, other..<other + size)
    }

    private mutating func bodies(_ one: Piece, _ two: Piece, _ report: (Difference) -> Void) {
        if structure.isSame(one.layout, two.layout) {
            guard !isEqual(one.offset, two.offset, left.table[one.layout].size) else { return }
        }
        let pairs = MemberMatching.pairs(one.layout, in: left.table, two.layout, in: right.table) {
            $0.role != .frame
        }
        let stem = path.utf8.count
        for pair in pairs {
            path += "/" + pair.component
            member(pair, one, two, report)
            path.removeLast(path.utf8.count - stem)
        }
    }

    private mutating func member(
        _ pair: MemberMatching.Pair, _ one: Piece, _ two: Piece, _ report: (Difference) -> Void
    ) {
        guard let item = pair.left, let other = pair.right else {
            // What the description lists is reported as structure; what a decoder found is state.
            if let item = pair.left ?? pair.right, item.role == .decoded {
                let isLeft = pair.left != nil
                let text = (isLeft ? left : right).text(item)
                report(
                    Difference(
                        .value, isLeft ? .removed : .added, path, isLeft ? text : "", isLeft ? "" : text))
            }
            return
        }
        let first = Leaf(item: item, offset: one.offset + item.offset)
        let second = Leaf(item: other, offset: two.offset + other.offset)
        element(first, second, name: item.name, report)
    }

    private mutating func element(_ one: Leaf, _ two: Leaf, name: NameID, _ report: (Difference) -> Void) {
        guard !one.item.isLeaf, !two.item.isLeaf else {
            return leaf(one, two, name: name, report)
        }
        let (first, second) = (
            Piece(layout: one.item.child, offset: one.offset),
            Piece(layout: two.item.child, offset: two.offset)
        )
        if left.table[first.layout].kind == .array, right.table[second.layout].kind == .array {
            arrays(first, second, name: name, report)
        } else {
            bodies(first, second, report)
        }
    }

    // MARK: Arrays

    private mutating func arrays(_ one: Piece, _ two: Piece, name: NameID, _ report: (Difference) -> Void) {
        if structure.isSame(one.layout, two.layout),
            isEqual(one.offset, two.offset, left.table[one.layout].size)
        {
            return
        }
        let count = (left.table[one.layout].childCount, right.table[two.layout].childCount)
        let stem = path.utf8.count
        var told = 0
        var more = 0
        // Elements without bytes may be as many as a description likes.
        let bound = max(left.table[one.layout].size, right.table[two.layout].size)
        for index in 0..<min(count.0, count.1, bound) {
            let first = Self.element(index, of: one, left.table)
            let second = Self.element(index, of: two, right.table)
            if structure.isSame(first.item.child, second.item.child), first.item.stride == second.item.stride,
                isEqual(first.offset, second.offset, first.item.stride)
            {
                continue
            }
            guard told < Self.elementLimit else {
                more += 1
                continue
            }
            told += 1
            path += "[\(first.item.base + index - first.item.firstChild)]"
            element(first, second, name: name, report)
            path.removeLast(path.utf8.count - stem)
        }
        tellRest(more, count, name, one, report)
    }

    private mutating func tellRest(
        _ more: Int, _ count: (Int, Int), _ name: NameID, _ place: Piece, _ report: (Difference) -> Void
    ) {
        guard let item = left.table.items(of: place.layout).first else { return }
        if more > 0 {
            var difference = Difference(.value, .changed, path + "[]", "\(more) more elements", "others")
            difference.isNoise = noise.isNoise(name, left.table[type: item.type], left.table.names)
            report(difference)
        }
        if count.0 != count.1, item.role == .decoded {
            report(Difference(.value, .changed, path, "[\(count.0)]", "[\(count.1)]"))
        }
    }

    private static func element(_ index: Int, of place: Piece, _ table: LayoutTable) -> Leaf {
        let item = table[item: table.itemIndex(ofChild: index, in: place.layout)]
        return Leaf(item: item, offset: place.offset + item.offset + (index - item.firstChild) * item.stride)
    }

    // MARK: Leaves

    private mutating func leaf(_ one: Leaf, _ two: Leaf, name: NameID, _ report: (Difference) -> Void) {
        guard !left.region.isEqual(one.range, to: right.region, two.range) else { return }
        let types = (left.table[type: one.item.type], right.table[type: two.item.type])
        var difference = Difference(.value, .changed, path)
        difference.isNoise = noise.isNoise(name, types.0, left.table.names)
        difference.leftRange = one.range
        difference.rightRange = two.range
        if one.item.stride == two.item.stride, one.item.stride > 8, types.0.readerForm == .hex {
            describeRuns(one, two, &difference)
        } else {
            difference.left = Self.value(types.0, left.region, one.range)
            difference.right = Self.value(types.1, right.region, two.range)
            if one.item.stride != two.item.stride, isWidened(one, two, types.0.readerForm) { return }
        }
        report(difference)
    }

    // The same number in fewer or more bytes, or the same bytes with zeros after them.
    private func isWidened(_ one: Leaf, _ two: Leaf, _ form: ReaderForm) -> Bool {
        let (first, second) = (left.region.copy(one.range), right.region.copy(two.range))
        let length = min(first.count, second.count)
        let isEqual =
            form == .hex
            ? first.prefix(length) == second.prefix(length) : first.suffix(length) == second.suffix(length)
        let rest =
            form == .hex
            ? first.dropFirst(length) + second.dropFirst(length)
            : first.dropLast(length) + second.dropLast(length)
        return isEqual && rest.allSatisfy { $0 == 0 }
    }

    private func describeRuns(_ one: Leaf, _ two: Leaf, _ difference: inout Difference) {
        let (runs, runCount, byteCount) = left.region.differingRuns(
            one.range, to: right.region, at: two.offset, limit: Self.runLimit)
        if isTimeOfDayPossible, runCount <= Self.runLimit, Noise.isTimeOfDay(runs) {
            difference.isNoise = true
        }
        difference.left =
            "\(byteCount) of \(one.item.stride) bytes:" + Self.text(runs, left.region, one.offset)
        difference.right =
            Self.text(runs, right.region, two.offset).drop { $0 == " " } + (runCount > runs.count ? " …" : "")
    }

    private static func text(_ runs: [Range<Int>], _ region: MappedRegion, _ offset: Int) -> String {
        runs.map { run in
            let shown = offset + run.lowerBound..<offset + min(run.upperBound, run.lowerBound + 16)
            return " [\(run.lowerBound)] " + Hex.dump(region.copy(shown)) + (run.count > 16 ? " …" : "")
        }.joined()
    }

    private static func value(_ type: FieldType, _ region: MappedRegion, _ range: Range<Int>) -> String {
        guard range.count <= 64 else {
            return "\(range.count) bytes: " + Hex.dump(region.copy(range.lowerBound..<range.lowerBound + 16))
                + " …"
        }
        let bytes = region.span(range)
        return type.value(bytes).short
    }
}
