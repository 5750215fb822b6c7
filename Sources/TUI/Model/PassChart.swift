import Edit
import Format

/// The passes over RAM as bars of bytes: they show at a glance whether the migration converged.
struct PassChart {
    struct Line: Equatable {
        /// `3`, or `4–6` when a line combines several passes.
        var label: String
        var pages: Int
        var bytes: Int
        /// The share relative to the largest line.
        var share: Share
    }

    let lines: [Line]

    /// Makes at most `limit` lines. O(passes).
    init(_ passes: [RAMIndex.Pass], limit: Int) {
        let each = max(1, (passes.count + max(limit, 1) - 1) / max(limit, 1))
        let sums = stride(from: 0, to: passes.count, by: each).map { first in
            let some = passes[first..<min(first + each, passes.count)]
            let label = some.count == 1 ? "\(first + 1)" : "\(first + 1)–\(first + some.count)"
            return (
                label: label, pages: some.reduce(0) { $0 + $1.pages }, bytes: some.reduce(0) { $0 + $1.bytes }
            )
        }
        let largest = sums.map(\.bytes).max() ?? 0
        lines = sums.map { sum in
            Line(label: sum.label, pages: sum.pages, bytes: sum.bytes, share: Share(sum.bytes, of: largest))
        }
    }
}

extension RAMIndex.Pass {
    /// The number of records of all kinds.
    var pages: Int { raw + zero + xbzrle + compressed }
}
