import Bytes
import Format
import Stream

/// Compares the bytes of two sections, field by field.
///
/// Parts with the same layout and the same bytes are skipped at once; parts with different layouts are
/// compared by field names.
package struct ValueComparison {
    private let left: ComparedStream
    private let right: ComparedStream
    private var structure: StructureComparison
    private var noise = Noise()
    private var path = ""
    private var isTimeOfDayPossible = false

    /// The number of array elements that are reported one by one; the others are only counted.
    package static let elementLimit = 16
    /// The number of changed runs that are reported for a buffer.
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
            LayoutCursor(first.layout, at: first.offset, in: left.table),
            LayoutCursor(second.layout, at: second.offset, in: right.table), report)
    }

    private func isEqual(_ one: Int, _ other: Int, _ size: Int) -> Bool {
        left.region.isEqual(one..<one + size, to: right.region, other..<other + size)
    }

    private mutating func bodies(_ one: LayoutCursor, _ two: LayoutCursor, _ report: (Difference) -> Void) {
        if structure.isSame(one.layout, two.layout) {
            guard !isEqual(one.offset, two.offset, left.table[one.layout].size) else { return }
        }
        let pairs = MemberMatching.pairs(one, two) { $0.role != .frame }
        let stem = path.utf8.count
        for pair in pairs {
            path += "/" + pair.component
            member(pair, report)
            path.removeLast(path.utf8.count - stem)
        }
    }

    private mutating func member(
        _ pair: MemberMatching.Pair, _ report: (Difference) -> Void
    ) {
        guard let first = pair.left, let second = pair.right else {
            // Absent fields of the description are reported as structure; absent decoded parts are state.
            if let item = (pair.left ?? pair.right)?.item, item.role == .decoded {
                let isLeft = pair.left != nil
                let text = (isLeft ? left : right).text(item)
                report(
                    Difference(
                        .value, isLeft ? .removed : .added, path, isLeft ? text : "", isLeft ? "" : text))
            }
            return
        }
        element(first, second, name: first.item?.name ?? .empty, report)
    }

    private mutating func element(
        _ one: LayoutCursor, _ two: LayoutCursor, name: NameID, _ report: (Difference) -> Void
    ) {
        if one.isLeaf || two.isLeaf {
            leaf(one, two, name: name, report)
        } else if one.isArray, two.isArray {
            arrays(one, two, name: name, report)
        } else {
            bodies(one, two, report)
        }
    }

    // MARK: Arrays

    private mutating func arrays(
        _ one: LayoutCursor, _ two: LayoutCursor, name: NameID, _ report: (Difference) -> Void
    ) {
        if structure.isSame(one.layout, two.layout),
            isEqual(one.offset, two.offset, left.table[one.layout].size)
        {
            return
        }
        let count = (left.table[one.layout].childCount, right.table[two.layout].childCount)
        let stem = path.utf8.count
        var told = 0
        var more = 0
        // A description may claim any number of elements without bytes.
        let bound = max(left.table[one.layout].size, right.table[two.layout].size)
        for index in 0..<min(count.0, count.1, bound) {
            let (first, second) = (one.element(index), two.element(index))
            if structure.isSame(first.layout, second.layout), first.size == second.size,
                isEqual(first.offset, second.offset, first.size)
            {
                continue
            }
            guard told < Self.elementLimit else {
                more += 1
                continue
            }
            told += 1
            path += "[\(index + (first.item.map { $0.base - $0.firstChild } ?? 0))]"
            element(first, second, name: name, report)
            path.removeLast(path.utf8.count - stem)
        }
        tellRest(more, count, name, one, report)
    }

    private mutating func tellRest(
        _ more: Int, _ count: (Int, Int), _ name: NameID, _ place: LayoutCursor,
        _ report: (Difference) -> Void
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

    // MARK: Leaves

    private mutating func leaf(
        _ one: LayoutCursor, _ two: LayoutCursor, name: NameID, _ report: (Difference) -> Void
    ) {
        guard let first = one.item, let second = two.item,
            !left.region.isEqual(one.range, to: right.region, two.range)
        else { return }
        let types = (left.table[type: first.type], right.table[type: second.type])
        var difference = Difference(.value, .changed, path)
        difference.isNoise = noise.isNoise(name, types.0, left.table.names)
        difference.leftRange = one.range
        difference.rightRange = two.range
        if one.size == two.size, one.size > 8, types.0.readerForm == .hex {
            describeRuns(one, two, &difference)
        } else {
            difference.left = Self.value(types.0, left.region, one.range)
            difference.right = Self.value(types.1, right.region, two.range)
            if one.size != two.size, isWidened(one, two, types.0.readerForm) { return }
        }
        report(difference)
    }

    // The same number in a different width, or the same bytes with zeros appended.
    private func isWidened(_ one: LayoutCursor, _ two: LayoutCursor, _ form: ReaderForm) -> Bool {
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

    private func describeRuns(_ one: LayoutCursor, _ two: LayoutCursor, _ difference: inout Difference) {
        let (runs, runCount, byteCount) = left.region.differingRuns(
            one.range, to: right.region, at: two.offset, limit: Self.runLimit)
        if isTimeOfDayPossible, runCount <= Self.runLimit, Noise.isTimeOfDay(runs) {
            difference.isNoise = true
        }
        difference.left =
            "\(byteCount) of \(one.size) bytes:" + Self.text(runs, left.region, one.offset)
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
