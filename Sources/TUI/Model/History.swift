import Stream

/// The places that jumps have left, for going back, and the places for going forward again.
struct History {
    struct Visit: Equatable {
        var selection: NodePath
        /// The hex cursor, in bytes from the start of the stream.
        var offset: Int
        /// The length of a range from `offset`, in bytes; 0: no range.
        var length = 0
    }

    private static let limit = 1000

    private var past: [Visit] = []
    private var future: [Visit] = []

    /// Stores the start of a jump, and clears the places for going forward.
    mutating func push(_ entry: Visit) {
        future = []
        guard past.last != entry else { return }
        past.append(entry)
        if past.count > Self.limit { past.removeFirst() }
    }

    /// The places left most recently, the newest first.
    var recent: [Visit] { Array(past.suffix(20).reversed()) }

    /// Goes one place back; nil at the first.
    mutating func back(from current: Visit) -> Visit? {
        Self.step(from: current, &past, &future)
    }

    /// Goes one place forward; nil at the last.
    mutating func forward(from current: Visit) -> Visit? {
        Self.step(from: current, &future, &past)
    }

    private static func step(from current: Visit, _ source: inout [Visit], _ target: inout [Visit]) -> Visit?
    {
        while let entry = source.popLast() {
            // Going to the present place would look like a key without effect.
            guard entry != current else { continue }
            target.append(current)
            return entry
        }
        return nil
    }
}
