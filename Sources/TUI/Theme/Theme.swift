import Meaning

/// The styles of the screen, by meaning.
///
/// No meaning depends on color alone: attributes and marks carry it without colors.
struct Theme: Sendable {
    /// Whether marks (`>`, `[ ]`) show the selection besides its style.
    var hasMarks = false

    var title = Style()
    var titleDetail = Style()
    var border = Style()
    var borderTitle = Style()
    var activeTitle = Style()

    var glyph = Style()
    var section = Style()
    var name = Style()
    var decoration = Style()
    var value = Style()
    var type = Style()
    var size = Style()
    var match = Style()
    var error = Style()
    var warning = Style()

    var offset = Style()
    var byte = Style()
    var zeroByte = Style()
    var textByte = Style()

    /// The colors of bytes by field, to distinguish neighboring fields; empty: none.
    var fields: [Color] = []

    var label = Style()
    var text = Style()
    var status = Style()
    var prompt = Style()
    var key = Style()

    /// The overlays of the selected row, in the active and in the other pane.
    var selection = Overlay()
    var idleSelection = Overlay()
    /// The overlay of the last row that stays at the top of the tree.
    var sticky = Overlay(adding: .underline)
    /// The overlays of bytes: those of the node, of alternate siblings, of everything else, and the byte
    /// under the cursor.
    var selectedBytes = Overlay()
    var siblingBytes = Overlay()
    var otherSiblingBytes = Overlay()
    var foreignBytes = Overlay()
    /// The overlay of a range that the user selected; it goes over all others.
    var rangeBytes = Overlay(adding: .reverse)
    var cursor = Overlay()
    var idleCursor = Overlay()

    /// A change to an existing style.
    struct Overlay: Sendable {
        var foreground: Color?
        var background: Color?
        var adding: Attributes = []
        var removing: Attributes = []

        func callAsFunction(_ style: Style) -> Style {
            Style(
                foreground: foreground ?? style.foreground, background: background ?? style.background,
                attributes: style.attributes.subtracting(removing).union(adding))
        }
    }

    /// Returns the theme for a look; without colors, only attributes and marks remain.
    static func theme(for look: Look) -> Theme {
        switch (look.theme, look.colors) {
        case (.mono, _), (_, .mono): mono
        case (.highContrast, _): highContrast
        case (.light, .ansi16): namedLight
        case (.auto, .ansi16): look.isOnLight ? namedLight : named
        case (_, .ansi16): named
        case (.light, _): light
        case (.dark, _): dark
        case (.auto, _): look.isOnLight ? light : dark
        }
    }

    /// Returns the style for the bytes of a mark: underlined, and with colors in that of its letter.
    func bookmark(_ number: Int, _ style: Style) -> Style {
        let style = style.adding(.underline)
        guard !fields.isEmpty, style.background == .normal else { return style }
        return style.colored(fields[max(number, 0) % fields.count])
    }

    /// Applies a color rule of the settings to a style. All rule colors are bold, so that they do not depend
    /// on color alone.
    func rule(_ color: RuleColor, _ style: Style) -> Style {
        let named: [RuleColor: Style] = [
            .red: error, .green: value, .yellow: warning, .blue: key, .cyan: textByte,
            .magenta: Style(foreground: fields.last ?? .normal),
        ]
        return (named[color].map { style.colored($0.foreground) } ?? style).adding(.bold)
    }
}

/// The look of the screen, independent of its content.
struct Look: Equatable, Sendable {
    var theme = ThemeName.auto
    var colors = ColorDepth.mono
    /// Whether to draw with ASCII characters only.
    var ascii = false
    /// Whether the terminal has reported a light background.
    var isOnLight = false
}
