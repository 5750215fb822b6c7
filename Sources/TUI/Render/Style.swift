/// A colour as a view asks for it. `ColorDepth` turns it into what the terminal can show.
public enum Color: Hashable, Sendable {
    /// The terminal's own foreground or background.
    case normal
    case rgb(UInt8, UInt8, UInt8)
    /// 0…15 are the terminal's named colours, 16…231 the colour cube, 232…255 greys.
    case indexed(UInt8)
}

/// What besides colour sets a cell apart.
public struct Attributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let bold = Attributes(rawValue: 1)
    public static let dim = Attributes(rawValue: 2)
    public static let italic = Attributes(rawValue: 4)
    public static let underline = Attributes(rawValue: 8)
    public static let reverse = Attributes(rawValue: 16)
}

/// How a cell looks.
public struct Style: Hashable, Sendable {
    public var foreground: Color
    public var background: Color
    public var attributes: Attributes

    public init(
        foreground: Color = .normal, background: Color = .normal, attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's own colours, no attributes.
    public static let normal = Style()

    /// The same style with more attributes.
    public func adding(_ more: Attributes) -> Style {
        Style(foreground: foreground, background: background, attributes: attributes.union(more))
    }

    /// The same style in another foreground.
    public func colored(_ color: Color) -> Style {
        Style(foreground: color, background: background, attributes: attributes)
    }

    /// The same style on another background.
    public func on(_ color: Color) -> Style {
        Style(foreground: foreground, background: color, attributes: attributes)
    }
}
