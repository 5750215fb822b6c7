import Meaning

extension Theme {
    /// Attributes and marks only.
    static let mono: Theme = {
        var theme = Theme()
        theme.hasMarks = true
        theme.title = Style(attributes: .bold)
        theme.titleDetail = Style()
        theme.border = Style(attributes: .dim)
        theme.borderTitle = Style()
        theme.activeTitle = Style(attributes: [.bold, .reverse])
        theme.section = Style(attributes: .bold)
        theme.decoration = Style(attributes: .dim)
        theme.type = Style(attributes: .dim)
        theme.match = Style(attributes: [.bold, .underline])
        theme.error = Style(attributes: .bold)
        theme.warning = Style(attributes: .bold)
        theme.offset = Style(attributes: .dim)
        theme.zeroByte = Style(attributes: .dim)
        theme.label = Style(attributes: .dim)
        theme.prompt = Style(attributes: .bold)
        theme.key = Style(attributes: .bold)
        theme.selection = Overlay(adding: .reverse, removing: .dim)
        theme.idleSelection = Overlay(adding: [.underline, .bold], removing: .dim)
        theme.selectedBytes = Overlay(adding: .reverse, removing: .dim)
        theme.siblingBytes = Overlay(removing: .dim)
        theme.otherSiblingBytes = Overlay(adding: .underline, removing: .dim)
        theme.foreignBytes = Overlay(adding: .dim)
        // The cursor is always among the reversed bytes, so it is not reversed.
        theme.cursor = Overlay(adding: [.bold, .underline], removing: [.reverse, .dim])
        theme.idleCursor = Overlay(adding: .underline)
        return theme
    }()

    /// The sixteen named colors of the terminal, on a dark background. Only lines are dim, since terminals
    /// differ in how dim they draw.
    static let named = sixteen(
        accent: .indexed(6), value: .indexed(2),
        fields: [.indexed(6), .indexed(2), .indexed(3), .indexed(15)])

    /// The same on a light background, where only blue is readable.
    static let namedLight = sixteen(
        accent: .indexed(4), value: .indexed(4), fields: [.indexed(4), .indexed(0), .indexed(4), .indexed(0)])

    private static func sixteen(accent: Color, value: Color, fields: [Color]) -> Theme {
        var theme = coloured(
            accent: accent, quiet: .normal, value: value, text: accent, warning: .normal, error: .normal)
        // Red and yellow differ too much between terminals to be foregrounds; they are backgrounds with known
        // text colors.
        theme.error = Style(foreground: .indexed(15), background: .indexed(1), attributes: .bold)
        theme.warning = Style(foreground: .indexed(0), background: .indexed(11))
        theme.border.attributes.insert(.dim)
        theme.selection = Overlay(
            foreground: .indexed(15), background: .indexed(4), adding: .bold, removing: .dim)
        theme.idleSelection = Overlay(adding: [.underline, .bold], removing: .dim)
        theme.fields = fields
        theme.selectedBytes = theme.selection
        theme.siblingBytes = Overlay(adding: .bold)
        theme.otherSiblingBytes = Overlay(adding: [.bold, .underline])
        theme.cursor = Overlay(
            foreground: .indexed(0), background: .indexed(11), adding: .underline, removing: [.bold, .dim])
        theme.idleCursor = Overlay(adding: .underline)
        return theme
    }

    /// The theme for dark backgrounds, up to #2e3436; a test computes each contrast.
    static let dark: Theme = {
        let quiet = Color.rgb(0xa6, 0xac, 0xb4)
        var theme = coloured(
            accent: .rgb(0x7a, 0xc8, 0xe8), quiet: quiet, value: .rgb(0xa8, 0xd0, 0x8d),
            text: .rgb(0x7a, 0xc8, 0xe8), warning: .rgb(0xf0, 0xc6, 0x74), error: .rgb(0xff, 0x8d, 0x85))
        theme.border = Style(foreground: .rgb(0x86, 0x8e, 0x98))
        theme.byte = Style(foreground: .rgb(0xd8, 0xdc, 0xe0))
        theme.zeroByte = Style(foreground: quiet)
        // The grays and colors of the row would be hard to read on the selection.
        let bright = Color.rgb(0xff, 0xff, 0xff)
        theme.selection = Overlay(foreground: bright, background: .rgb(0x26, 0x4f, 0x78), adding: .bold)
        theme.idleSelection = Overlay(foreground: bright, background: .rgb(0x3a, 0x3f, 0x46), adding: .bold)
        theme.fields = [
            .rgb(0x7a, 0xc8, 0xe8), .rgb(0xa8, 0xd0, 0x8d), .rgb(0xe5, 0xb5, 0x80), .rgb(0xc9, 0xa6, 0xe8),
        ]
        theme.selectedBytes = Overlay(
            foreground: .rgb(0xff, 0xff, 0xff), background: .rgb(0x2f, 0x62, 0x96), adding: .bold)
        theme.siblingBytes = Overlay(background: .rgb(0x2a, 0x2e, 0x33))
        theme.otherSiblingBytes = Overlay(background: .rgb(0x3c, 0x3a, 0x36))
        theme.cursor = Overlay(
            foreground: .rgb(0, 0, 0), background: .rgb(0xff, 0xc8, 0x57), adding: [.bold, .underline])
        theme.idleCursor = Overlay(adding: .underline)
        return theme
    }()

    /// The theme for light backgrounds, down to #cccccc; a test computes each contrast.
    static let light: Theme = {
        let quiet = Color.rgb(0x4a, 0x50, 0x58)
        var theme = coloured(
            accent: .rgb(0x00, 0x50, 0x58), quiet: quiet, value: .rgb(0x24, 0x55, 0x0f),
            text: .rgb(0x00, 0x50, 0x58), warning: .rgb(0x7c, 0x24, 0x08), error: .rgb(0x9c, 0x16, 0x20))
        theme.border = Style(foreground: .rgb(0x62, 0x6a, 0x74))
        theme.byte = Style(foreground: .rgb(0x20, 0x24, 0x28))
        theme.zeroByte = Style(foreground: quiet)
        let ink = Color.rgb(0, 0, 0)
        theme.selection = Overlay(foreground: ink, background: .rgb(0xb5, 0xd5, 0xf5), adding: .bold)
        theme.idleSelection = Overlay(foreground: ink, background: .rgb(0xdc, 0xe0, 0xe5), adding: .bold)
        theme.fields = [
            .rgb(0x00, 0x50, 0x58), .rgb(0x24, 0x55, 0x0f), .rgb(0x7c, 0x24, 0x08), .rgb(0x5f, 0x00, 0xaf),
        ]
        theme.selectedBytes = Overlay(foreground: ink, background: .rgb(0xa0, 0xc8, 0xf0), adding: .bold)
        theme.siblingBytes = Overlay(background: .rgb(0xec, 0xee, 0xf1))
        theme.otherSiblingBytes = Overlay(background: .rgb(0xe6, 0xdc, 0xc8))
        theme.cursor = Overlay(
            foreground: .rgb(0xff, 0xff, 0xff), background: .rgb(0x9a, 0x3d, 0x00),
            adding: [.bold, .underline])
        theme.idleCursor = Overlay(adding: .underline)
        return theme
    }()

    /// The terminal's own foreground, bright colors, no grays, and reversed selections.
    static let highContrast: Theme = {
        var theme = coloured(
            accent: .normal, quiet: .normal, value: .normal, text: .normal, warning: .normal, error: .normal)
        theme.hasMarks = true
        theme.value = Style(attributes: .bold)
        theme.glyph = Style(attributes: .bold)
        theme.error = Style(attributes: [.bold, .reverse])
        theme.warning = Style(attributes: [.bold, .underline])
        theme.selection = Overlay(
            foreground: .indexed(0), background: .indexed(11), adding: .bold, removing: [.reverse, .dim])
        theme.idleSelection = Overlay(adding: [.underline, .bold])
        theme.selectedBytes = theme.selection
        theme.siblingBytes = Overlay(adding: .bold)
        theme.otherSiblingBytes = Overlay(adding: [.bold, .underline])
        theme.cursor = Overlay(
            foreground: .indexed(15), background: .indexed(0), adding: [.bold, .underline], removing: .reverse
        )
        theme.idleCursor = Overlay(adding: .underline)
        return theme
    }()

    private static func coloured(
        accent: Color, quiet: Color, value: Color, text: Color, warning: Color, error: Color
    ) -> Theme {
        var theme = Theme()
        theme.title = Style(attributes: .bold)
        theme.titleDetail = Style(foreground: quiet)
        theme.border = Style(foreground: quiet)
        theme.borderTitle = Style(foreground: quiet)
        theme.activeTitle = Style(foreground: accent, attributes: [.bold, .reverse])
        theme.glyph = Style(foreground: accent)
        theme.section = Style(attributes: .bold)
        theme.decoration = Style(foreground: quiet)
        theme.value = Style(foreground: value)
        theme.type = Style(foreground: quiet)
        theme.match = Style(foreground: warning, attributes: [.bold, .underline])
        theme.error = Style(foreground: error, attributes: .bold)
        theme.warning = Style(foreground: warning, attributes: .bold)
        theme.offset = Style(foreground: quiet)
        theme.zeroByte = Style(foreground: quiet)
        theme.textByte = Style(foreground: text)
        theme.label = Style(foreground: quiet)
        theme.prompt = Style(attributes: .bold)
        theme.key = Style(foreground: accent, attributes: .bold)
        return theme
    }
}
