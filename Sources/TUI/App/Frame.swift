/// One screen.
public struct Frame: Sendable {
    public var grid: Grid
    /// Where the cursor of the terminal is; nil: nowhere to be seen.
    public var cursor: (x: Int, y: Int)?
}

/// What the browser wants of the terminal.
public enum Effect: Equatable, Sendable {
    case quit, suspend, redraw, bell
    /// Put this text on the clipboard.
    case copy(String)
}

/// How the browser starts and looks.
public struct BrowserOptions: Sendable {
    /// Start at this byte of the stream.
    public var startOffset: Int?
    /// Start at the first match of this search.
    public var find: String?
    /// Draw with ASCII characters only.
    public var ascii: Bool
    public var colors: ColorDepth

    public init(
        startOffset: Int? = nil, find: String? = nil, ascii: Bool = false, colors: ColorDepth = .mono
    ) {
        self.startOffset = startOffset
        self.find = find
        self.ascii = ascii
        self.colors = colors
    }
}
