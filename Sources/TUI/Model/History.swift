import Stream

/// Places that were left by a jump, to go back to, and places to go forward to again.
struct History {
    struct Visit: Equatable {
        var selection: NodePath
        /// The hex cursor, in bytes from the start of the stream.
        var offset: Int
        /// Bytes from `offset` on that were a range; 0: there was none.
        var length = 0
    }

    private static let limit = 1000

    private var past: [Visit] = []
    private var future: [Visit] = []

    /// Remembers where a jump began. What was ahead is forgotten.
    mutating func push(_ entry: Visit) {
        future = []
        guard past.last != entry else { return }
        past.append(entry)
        if past.count > Self.limit { past.removeFirst() }
    }

    /// The places that were left last, the newest first.
    var recent: [Visit] { Array(past.suffix(20).reversed()) }

    /// One place back; nil at the first.
    mutating func back(from current: Visit) -> Visit? {
        Self.step(from: current, &past, &future)
    }

    /// One place forward; nil at the last.
    mutating func forward(from current: Visit) -> Visit? {
        Self.step(from: current, &future, &past)
    }

    private static func step(from current: Visit, _ source: inout [Visit], _ target: inout [Visit]) -> Visit?
    {
        while let entry = source.popLast() {
            // Going back to where one is would look like a key that does nothing.
            guard entry != current else { continue }
            target.append(current)
            return entry
        }
        return nil
    }
}
