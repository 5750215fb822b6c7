import Meaning

/// What things look like, by what they mean.
///
/// Nothing is said by color alone: without colors, attributes and marks say the same.
struct Theme: Sendable {
    /// Whether what is selected carries marks (`>`, `[ ]`) beside its style.
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

    /// Colors of bytes by field, so that neighboring fields are distinguished; empty: none.
    var fields: [Color] = []

    var label = Style()
    var text = Style()
    var status = Style()
    var prompt = Style()
    var key = Style()

    /// Laid over the row that is selected, in the active and in the other pane.
    var selection = Overlay()
    var idleSelection = Overlay()
    /// Laid over the last of the rows that stay at the top of the tree.
    var sticky = Overlay(adding: .underline)
    /// Laid over bytes: those of the node, of its siblings by turns, of all else, and the one under the
    /// cursor.
    var selectedBytes = Overlay()
    var siblingBytes = Overlay()
    var otherSiblingBytes = Overlay()
    var foreignBytes = Overlay()
    /// Laid over all of them: a range that was selected by hand.
    var rangeBytes = Overlay(adding: .reverse)
    var cursor = Overlay()
    var idleCursor = Overlay()

    /// Changes a style that is there already.
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

    /// The palette for a look; without colors only attributes and marks are left.
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

    /// What the bytes of a mark look like: underlined, where there are colors in that of its letter.
    func bookmark(_ number: Int, _ style: Style) -> Style {
        let style = style.adding(.underline)
        guard !fields.isEmpty, style.background == .normal else { return style }
        return style.colored(fields[max(number, 0) % fields.count])
    }

    /// What a rule of the settings makes of a style. Colors are distinguished by more than themselves: all are bold.
    func rule(_ color: RuleColor, _ style: Style) -> Style {
        let named: [RuleColor: Style] = [
            .red: error, .green: value, .yellow: warning, .blue: key, .cyan: textByte,
            .magenta: Style(foreground: fields.last ?? .normal),
        ]
        return (named[color].map { style.colored($0.foreground) } ?? style).adding(.bold)
    }
}

/// What the screen looks like, whatever is on it.
struct Look: Equatable, Sendable {
    var theme = ThemeName.auto
    var colors = ColorDepth.mono
    /// Draw with ASCII characters only.
    var ascii = false
    /// Whether the terminal has said that its background is light.
    var isOnLight = false
}
