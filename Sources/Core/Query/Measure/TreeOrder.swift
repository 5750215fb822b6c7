/// The order of sections and struct members in an outline. Array elements keep theirs.
package struct TreeOrder: Hashable, Sendable {
    /// The sort key.
    package enum Column: String, CaseIterable, Sendable {
        case stream = "stream order"
        /// Largest first.
        case size
        /// By the bytes of the name: upper case before lower case.
        case name
        case type
        /// Numbers before texts, and nodes without a value last. Sections have no value.
        case value
    }

    package var column: Column
    /// Whether the order is reversed. Nodes without a value still come last.
    package var isReversed: Bool

    package init(_ column: Column, isReversed: Bool = false) {
        self.column = column
        self.isReversed = isReversed
    }

    package static let stream = TreeOrder(.stream)
    package static let size = TreeOrder(.size)
    package static let name = TreeOrder(.name)

    /// The next order in the cycle of orders that apply to all rows.
    package var next: TreeOrder {
        switch column {
        case .stream: .size
        case .size: .name
        case .name, .type, .value: .stream
        }
    }

    /// The order as the status line shows it.
    package var title: String { column.rawValue + (isReversed ? ", reversed" : "") }

    /// Returns the numbers below `count` in this order. Equal entries keep stream order, and so do all
    /// entries when the key is the value.
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

    /// Returns the numbers below `count`, sorted by `precedes`, or reversed.
    func sorted(_ count: Int, by precedes: (Int, Int) -> Bool) -> [Int] {
        (0..<count).sorted { left, right in
            if precedes(left, right) { return !isReversed }
            if precedes(right, left) { return isReversed }
            return left < right
        }
    }
}
