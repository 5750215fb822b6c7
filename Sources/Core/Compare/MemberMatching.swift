import Format
import Stream

/// Pairs the members of two bodies by name; members with the same name by order.
package struct MemberMatching {
    /// A pair; nil on the side that lacks the member.
    package typealias Pair = (left: LayoutCursor?, right: LayoutCursor?, component: String)

    /// Returns the pairs in the order of the first body, then the members that only the second has.
    /// O(members).
    package static func pairs(
        _ left: LayoutCursor, _ right: LayoutCursor, where isWanted: (Item) -> Bool
    ) -> [Pair] {
        let first = members(left, isWanted)
        let second = members(right, isWanted)
        var byName: [String: LayoutCursor] = [:]
        for member in second { byName[member.component] = member.place }
        var pairs: [Pair] = first.map {
            ($0.place, byName.removeValue(forKey: $0.component), $0.component)
        }
        for member in second where byName[member.component] != nil {
            pairs.append((nil, member.place, member.component))
        }
        return pairs
    }

    // The wanted members with their path components.
    private static func members(
        _ body: LayoutCursor, _ isWanted: (Item) -> Bool
    ) -> [(place: LayoutCursor, component: String)] {
        var seen: [NameID: Int] = [:]
        var members: [(place: LayoutCursor, component: String)] = []
        for place in body.places {
            guard let item = place.item else { continue }
            let count = seen[item.name, default: 0] + 1
            seen[item.name] = count
            guard isWanted(item) else { continue }
            let name = PathText.escaped(body.table.names.bytes(item.name))
            members.append((place, count > 1 ? "\(name)~\(count)" : name))
        }
        return members
    }
}
