/// In which order an outline shows sections and the members of structs. Elements of arrays keep theirs.
package enum TreeOrder: String, CaseIterable, Sendable {
    case stream = "stream order"
    /// The largest first.
    case size
    /// By the bytes of the name, upper case before lower.
    case name

    package var next: TreeOrder {
        switch self {
        case .stream: .size
        case .size: .name
        case .name: .stream
        }
    }

    /// The numbers below `count` in this order; what is equal stays in the order of the stream.
    package func sorted(_ count: Int, size: (Int) -> Int, name: (Int) -> ArraySlice<UInt8>) -> [Int] {
        switch self {
        case .stream: Array(0..<count)
        case .size:
            (0..<count).sorted { size($0) != size($1) ? size($0) > size($1) : $0 < $1 }
        case .name:
            (0..<count).sorted { left, right in
                let (first, second) = (name(left), name(right))
                if first.lexicographicallyPrecedes(second) { return true }
                return left < right && !second.lexicographicallyPrecedes(first)
            }
        }
    }
}
