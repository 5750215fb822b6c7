/// What the screen looks like, whatever is on it.
struct Look: Equatable, Sendable {
    var theme = ThemeName.auto
    var colors = ColorDepth.mono
    /// Draw with ASCII characters only.
    var ascii = false
    /// Whether the terminal has said that its background is light.
    var isOnLight = false
}

extension Look {
    init(_ options: BrowserOptions) {
        theme = options.settings.theme ?? .auto
        colors = options.colors
        ascii = options.ascii || options.settings.ascii ?? false
    }
}
