/// The XBZRLE records of a stream in pieces, because a growing array would need twice the space each time it
/// grows.
package struct PatchList: Sendable {
    private static let pieceSize = 1 << 15

    private var pieces: [[PagePatch]] = []
    package private(set) var count = 0

    /// Returns a patch by number. O(1).
    package subscript(number: Int) -> PagePatch? {
        guard number >= 0, number < count else { return nil }
        return pieces[number / Self.pieceSize][number % Self.pieceSize]
    }

    /// Appends a patch. Amortized O(1).
    package mutating func append(_ patch: PagePatch) {
        if count % Self.pieceSize == 0 {
            pieces.append([])
            // Most streams have none or few.
            if pieces.count > 1 { pieces[pieces.count - 1].reserveCapacity(Self.pieceSize) }
        }
        pieces[pieces.count - 1].append(patch)
        count += 1
    }
}
