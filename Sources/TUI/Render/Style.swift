/// A color that a view uses. `ColorDepth` converts it to a color that the terminal has.
package enum Color: Hashable, Sendable {
    /// The terminal's own foreground or background.
    case normal
    case rgb(UInt8, UInt8, UInt8)
    /// 0…15 are the terminal's named colors, 16…231 the color cube, 232…255 grays.
    case indexed(UInt8)
}

/// The visual properties of a cell besides its colors.
package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let italic = Attributes(rawValue: 4)
    package static let underline = Attributes(rawValue: 8)
    package static let reverse = Attributes(rawValue: 16)
}

/// The style of a cell.
package struct Style: Hashable, Sendable {
    package var foreground: Color
    package var background: Color
    package var attributes: Attributes

    package init(
        foreground: Color = .normal, background: Color = .normal, attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's own colors, no attributes.
    package static let normal = Style()

    /// Returns the style with more attributes.
    package func adding(_ more: Attributes) -> Style {
        Style(foreground: foreground, background: background, attributes: attributes.union(more))
    }

    /// Returns the style with another foreground.
    package func colored(_ color: Color) -> Style {
        Style(foreground: color, background: background, attributes: attributes)
    }

    /// Returns the style with another background.
    package func on(_ color: Color) -> Style {
        Style(foreground: foreground, background: color, attributes: attributes)
    }
}
