import Core

/// The browser: takes events, remembers, draws. It knows no terminal.
public final class Browser {
    private let options: BrowserOptions
    private(set) var state: Update

    /// With a `target` the stream is checked against it.
    public init(document: Document, target: CheckTarget = CheckTarget(), options: BrowserOptions) {
        self.options = options
        state = Update(document, target: target)
        state.start(options)
    }

    /// Takes one event that came on a screen of this size.
    /// - Returns: what the terminal is to do, in this order.
    public func handle(_ event: Event, size: Size) -> [Effect] {
        state.handle(event, size)
    }

    /// Whether there is work that goes on with each `Event.tick`.
    public var hasWork: Bool { state.model.job != nil }

    /// The screen. O(cells); changes nothing.
    public func render(size: Size) -> Frame {
        guard size != state.size else { return ScreenView(state, options).frame() }
        var resized = state
        resized.resize(size)
        return ScreenView(resized, options).frame()
    }
}
