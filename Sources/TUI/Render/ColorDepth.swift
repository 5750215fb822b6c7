/// The number of colors that a terminal shows.
package enum ColorDepth: Sendable, Comparable, CaseIterable {
    case mono, ansi16, ansi256, truecolor
}

extension Color {
    /// Returns the nearest color that a terminal of this depth has.
    package func reduced(to depth: ColorDepth) -> Color {
        switch (self, depth) {
        case (.normal, _), (_, .mono): .normal
        case (_, .truecolor), (.indexed, .ansi256): self
        case (.indexed(let index), .ansi16):
            index < 16 ? self : .indexed(Palette.nearest(Palette.channels(index), in: 0...15))
        case (.rgb(let red, let green, let blue), .ansi256):
            .indexed(Palette.nearest((red, green, blue), in: 16...255))
        case (.rgb(let red, let green, let blue), .ansi16):
            .indexed(Palette.nearest((red, green, blue), in: 0...15))
        }
    }
}

extension Color {
    /// The channels of the color in xterm; nil for the terminal's own color.
    package var channels: (red: UInt8, green: UInt8, blue: UInt8)? {
        switch self {
        case .normal: nil
        case .rgb(let red, let green, let blue): (red, green, blue)
        case .indexed(let index): Palette.channels(index)
        }
    }
}

/// The 256 colors of xterm, which other terminals copied.
enum Palette {
    typealias Channels = (red: UInt8, green: UInt8, blue: UInt8)

    private static let named: [UInt32] = [
        0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
        0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
    ]

    static func channels(_ index: UInt8) -> Channels {
        switch index {
        case 0..<16:
            let value = named[Int(index)]
            return (
                UInt8(truncatingIfNeeded: value >> 16), UInt8(truncatingIfNeeded: value >> 8),
                UInt8(truncatingIfNeeded: value)
            )
        case 16..<232:
            let cube = index - 16
            return (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        default:
            let grey = 8 + 10 * (index - 232)
            return (grey, grey, grey)
        }
    }

    private static func level(_ step: UInt8) -> UInt8 {
        step == 0 ? 0 : 55 + 40 * step
    }

    /// Returns the color of `range` with the smallest distance to `wanted`. O(range).
    static func nearest(_ wanted: Channels, in range: ClosedRange<UInt8>) -> UInt8 {
        range.min { distance(channels($0), wanted) < distance(channels($1), wanted) } ?? 0
    }

    /// Returns the squared distance, with weights for the eye's sensitivity to each channel.
    private static func distance(_ left: Channels, _ right: Channels) -> Int {
        let red = Int(left.red) - Int(right.red)
        let green = Int(left.green) - Int(right.green)
        let blue = Int(left.blue) - Int(right.blue)
        return 3 * red * red + 6 * green * green + blue * blue
    }
}
