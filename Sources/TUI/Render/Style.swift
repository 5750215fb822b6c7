/// A color as a view asks for it. `ColorDepth` turns it into what the terminal can show.
package enum Color: Hashable, Sendable {
    /// The terminal's own foreground or background.
    case normal
    case rgb(UInt8, UInt8, UInt8)
    /// 0…15 are the terminal's named colors, 16…231 the color cube, 232…255 grays.
    case indexed(UInt8)
}

/// What besides color sets a cell apart.
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

/// How a cell looks.
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

    /// The same style with more attributes.
    package func adding(_ more: Attributes) -> Style {
        Style(foreground: foreground, background: background, attributes: attributes.union(more))
    }

    /// The same style in another foreground.
    package func colored(_ color: Color) -> Style {
        Style(foreground: color, background: background, attributes: attributes)
    }

    /// The same style on another background.
    package func on(_ color: Color) -> Style {
        Style(foreground: foreground, background: color, attributes: attributes)
    }
}
