/// The size of a screen in cells.
public struct Size: Equatable, Hashable, Sendable {
    /// No terminal is larger, and a grid of this size still fits in memory.
    public static let largestSide = 4096

    public var width: Int
    public var height: Int

    /// Sides are moved into `1 ... largestSide`.
    public init(width: Int, height: Int) {
        self.width = min(max(width, 1), Size.largestSide)
        self.height = min(max(height, 1), Size.largestSide)
    }
}
