import Format
import Stream

/// Pairs the members of two bodies by name; members of equal names by their order.
package struct MemberMatching {
    /// Nil on the side that does not have it.
    package typealias Pair = (left: Item?, right: Item?, component: String)

    /// The pairs in the order of the first body, then what only the second one has. O(members).
    package static func pairs(
        _ left: LayoutID, in leftTable: LayoutTable, _ right: LayoutID, in rightTable: LayoutTable,
        where isWanted: (Item) -> Bool
    ) -> [Pair] {
        let first = members(left, leftTable, isWanted)
        let second = members(right, rightTable, isWanted)
        var byName: [String: Item] = [:]
        for member in second { byName[member.component] = member.item }
        var pairs: [Pair] = first.map { ($0.item, byName.removeValue(forKey: $0.component), $0.component) }
        for member in second where byName[member.component] != nil {
            pairs.append((nil, member.item, member.component))
        }
        return pairs
    }

    /// The wanted members with their names as they are in paths.
    package static func members(
        _ layout: LayoutID, _ table: LayoutTable, _ isWanted: (Item) -> Bool
    ) -> [(item: Item, component: String)] {
        guard !layout.isNone else { return [] }
        var seen: [NameID: Int] = [:]
        return table.items(of: layout).compactMap { item in
            seen[item.name, default: 0] += 1
            guard isWanted(item) else { return nil }
            let count = seen[item.name] ?? 1
            return (item, PathText.escaped(table.names.bytes(item.name)) + (count > 1 ? "~\(count)" : ""))
        }
    }
}
