import ArgumentParser
import TUI

/// The size of a screen in cells, `80x24`.
struct ScreenSizeArgument: ExpressibleByArgument {
    let size: Size

    /// More cells than any terminal has.
    private static let limit = 1000

    init?(argument: String) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1],
            (1...Self.limit).contains(width), (1...Self.limit).contains(height)
        else { return nil }
        size = Size(width: width, height: height)
    }
}
