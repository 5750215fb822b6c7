import Format

/// Compares the structure of sections, without their bytes.
///
/// Sections share layouts, so each pair of distinct layouts is compared once.
package struct StructureComparison {
    package let left: ComparedStream
    package let right: ComparedStream
    private var known: [Pair: Bool] = [:]

    private struct Pair: Hashable {
        package let left: LayoutID
        package let right: LayoutID
    }

    package init(_ left: ComparedStream, _ right: ComparedStream) {
        self.left = left
        self.right = right
    }

    /// Whether two layouts have the same items at the same offsets. O(items), O(1) for a known pair.
    package mutating func isSame(_ first: LayoutID, _ second: LayoutID) -> Bool {
        if first.isNone || second.isNone { return first.isNone && second.isNone }
        let pair = Pair(left: first, right: second)
        if let answer = known[pair] { return answer }
        let answer = look(first, second)
        known[pair] = answer
        return answer
    }

    private mutating func look(_ first: LayoutID, _ second: LayoutID) -> Bool {
        let (one, two) = (left.table[first], right.table[second])
        guard one.kind == two.kind, one.version == two.version, one.size == two.size,
            one.items.count == two.items.count
        else { return false }
        for (item, other) in zip(left.table.items(of: first), right.table.items(of: second)) {
            guard item.role == other.role, item.count == other.count, item.stride == other.stride,
                item.base == other.base,
                left.table[type: item.type].name == right.table[type: other.type].name,
                left.table.names.bytes(item.name) == right.table.names.bytes(other.name),
                isSame(item.child, other.child)
            else { return false }
        }
        return true
    }

    /// Returns the differences of two layouts; paths begin with `path`. O(items of layouts that differ).
    package mutating func differences(_ first: LayoutID, _ second: LayoutID, path: String) -> [Difference] {
        var found: [Difference] = []
        compare(LayoutCursor(first, in: left.table), LayoutCursor(second, in: right.table), path, &found)
        return found
    }

    private mutating func compare(
        _ first: LayoutCursor, _ second: LayoutCursor, _ path: String, _ found: inout [Difference]
    ) {
        guard !isSame(first.layout, second.layout), !first.isLeaf, !second.isLeaf else { return }
        if first.isArray, second.isArray { return compareElements(first, second, path, &found) }
        let pairs = MemberMatching.pairs(first, second) { $0.role == .field || $0.role == .subsection }
        for pair in pairs { compare(pair, path + "/" + pair.component, &found) }
    }

    private mutating func compare(_ pair: MemberMatching.Pair, _ path: String, _ found: inout [Difference]) {
        guard let first = pair.left, let item = first.item else {
            if let other = pair.right?.item { found.append(only(other, .added, path)) }
            return
        }
        guard let second = pair.right, let other = second.item else {
            return found.append(only(item, .removed, path))
        }
        let (text, otherText) = (left.text(item), right.text(other))
        if item.role != .subsection, text != otherText {
            found.append(Difference(.field, .changed, path, text, otherText))
        }
        guard !first.isLeaf, !second.isLeaf, !left.isOpaque(item), !right.isOpaque(other) else { return }
        let (version, otherVersion) = (left.table[item.child].version, right.table[other.child].version)
        if version != otherVersion {
            found.append(Difference(.version, .changed, path, "v\(version)", "v\(otherVersion)"))
        }
        compare(first, second, path, &found)
    }

    private func only(_ item: Item, _ change: Difference.Change, _ path: String) -> Difference {
        let stream = change == .removed ? left : right
        let subject: Difference.Subject = item.role == .subsection ? .subsection : .field
        let text =
            subject == .subsection && !item.child.isNone
            ? "v\(stream.table[item.child].version)" : stream.text(item)
        return Difference(subject, change, path, change == .removed ? text : "", change == .added ? text : "")
    }

    // Most elements share one layout; each distinct pair is reported once, for all elements.
    private mutating func compareElements(
        _ first: LayoutCursor, _ second: LayoutCursor, _ path: String, _ found: inout [Difference]
    ) {
        var seen: Set<Pair> = []
        for (one, two) in zip(first.places, second.places) {
            guard let item = one.item, let other = two.item,
                seen.insert(Pair(left: one.layout, right: two.layout)).inserted
            else { continue }
            guard item.role == .field, other.role == .field, seen.count <= Self.elementLimit else { return }
            if one.isLeaf || two.isLeaf {
                let (text, otherText) = (left.text(item), right.text(other))
                if text != otherText {
                    found.append(Difference(.field, .changed, path + "[]", text, otherText))
                }
            } else {
                compare(one, two, path + "[]", &found)
            }
        }
    }

    private static let elementLimit = 64
}
