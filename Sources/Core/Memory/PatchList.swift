/// The XBZRLE records of a stream in pieces: a growing array would need twice the room each time that it grows.
struct PatchList: Sendable {
    private static let pieceSize = 1 << 15

    private var pieces: [[PagePatch]] = []
    private(set) var count = 0

    /// O(1).
    subscript(number: Int) -> PagePatch? {
        guard number >= 0, number < count else { return nil }
        return pieces[number / Self.pieceSize][number % Self.pieceSize]
    }

    /// O(1) amortised.
    mutating func append(_ patch: PagePatch) {
        if count % Self.pieceSize == 0 {
            pieces.append([])
            // Most streams have none or few.
            if pieces.count > 1 { pieces[pieces.count - 1].reserveCapacity(Self.pieceSize) }
        }
        pieces[pieces.count - 1].append(patch)
        count += 1
    }
}
