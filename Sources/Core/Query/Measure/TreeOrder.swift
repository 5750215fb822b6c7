/// In which order an outline shows sections and the members of structs. Elements of arrays keep theirs.
package struct TreeOrder: Hashable, Sendable {
    /// What is compared.
    package enum Column: String, CaseIterable, Sendable {
        case stream = "stream order"
        /// The largest first.
        case size
        /// By the bytes of the name, upper case before lower.
        case name
        case type
        /// Numbers before texts, and what has no value last. Sections have none.
        case value
    }

    package var column: Column
    /// The other way round. What has no value still comes last.
    package var isReversed: Bool

    package init(_ column: Column, isReversed: Bool = false) {
        self.column = column
        self.isReversed = isReversed
    }

    package static let stream = TreeOrder(.stream)
    package static let size = TreeOrder(.size)
    package static let name = TreeOrder(.name)

    /// Goes round the orders that concern all rows.
    package var next: TreeOrder {
        switch column {
        case .stream: .size
        case .size: .name
        case .name, .type, .value: .stream
        }
    }

    /// As the status line shows it.
    package var title: String { column.rawValue + (isReversed ? ", reversed" : "") }

    /// The numbers below `count` in this order; what is equal, and where values count all, stays in the order of the
    /// stream.
    package func sorted(
        _ count: Int, size: (Int) -> Int, name: (Int) -> ArraySlice<UInt8>, type: (Int) -> String
    ) -> [Int] {
        switch column {
        case .stream: sorted(count) { $0 < $1 }
        case .size: sorted(count) { size($0) > size($1) }
        case .name: sorted(count) { name($0).lexicographicallyPrecedes(name($1)) }
        case .type:
            sorted(count) { type($0).utf8.lexicographicallyPrecedes(type($1).utf8) }
        case .value: Array(0..<count)
        }
    }

    /// The numbers below `count`, ordered by `precedes`, or the other way round.
    func sorted(_ count: Int, by precedes: (Int, Int) -> Bool) -> [Int] {
        (0..<count).sorted { left, right in
            if precedes(left, right) { return !isReversed }
            if precedes(right, left) { return isReversed }
            return left < right
        }
    }
}
