/// The size of a screen in cells.
package struct Size: Equatable, Hashable, Sendable {
    /// No terminal is larger, and a grid of this size still fits in memory.
    package static let largestSide = 4096

    package var width: Int
    package var height: Int

    /// Sides are moved into `1 ... largestSide`.
    package init(width: Int, height: Int) {
        self.width = min(max(width, 1), Size.largestSide)
        self.height = min(max(height, 1), Size.largestSide)
    }
}
