import Bytes
import Stream

/// The screen while a file is unpacked or a pipe is read; then the browser.
package final class OpeningScreen: Screen {
    private let opening: DocumentOpening
    private var look: Look
    private let begin: (Document) -> Browser?
    private var browser: Browser?
    /// The keys typed before there is something to browse; the browser receives them first.
    private var typedAhead: [Event] = []
    /// The reason why there is nothing to browse; set before the effect that quits.
    package private(set) var failure: OpenError?

    /// The number of bytes that a step unpacks, for some milliseconds of work.
    private static let bytesAStep = 1 << 20
    private static let typedAheadLimit = 1024

    /// - Parameter begin: creates the browser for the document; nil ends the program.
    package init(
        _ opening: DocumentOpening, options: BrowserOptions, begin: @escaping (Document) -> Browser?
    ) {
        self.opening = opening
        look = Look(options)
        self.begin = begin
    }

    package var hasWork: Bool { browser?.hasWork ?? opening.isReady }

    package var isFollowing: Bool { browser?.isFollowing ?? (opening.descriptor != nil) }

    package func noticesLosses() -> Bool { browser?.noticesLosses() ?? false }

    package var input: Int32? { browser == nil ? opening.descriptor : nil }

    package func handle(_ event: Event, size: Size) -> [Effect] {
        if let browser { return browser.handle(event, size: size) }
        switch event {
        case .tick: return step(size)
        case .key(.escape): return finish(size)
        case .key(.control("c")): return [.quit]
        case .key(.character("q")) where !isTypingText, .key(.character("Q")) where !isTypingText:
            return [.quit]
        case .key(.control("z")): return [.suspend]
        case .key(.control("l")), .resumed: return [.redraw]
        case .background(let isLight):
            look.isOnLight = isLight
            return []
        case .key, .paste:
            if typedAhead.count < Self.typedAheadLimit { typedAhead.append(event) }
            return []
        case .clock:
            opening.idle()
            return []
        case .mouse, .resize, .fileNames, .reported: return []
        }
    }

    // Whether the keys typed so far begin a text.
    private var isTypingText: Bool {
        typedAhead.contains { $0 == .key(.character("/")) || $0 == .key(.character(":")) }
    }

    private func step(_ size: Size) -> [Effect] {
        do throws(OpenError) {
            if try opening.step(budget: Self.bytesAStep) { return [] }
        } catch {
            return fail(error)
        }
        return finish(size)
    }

    // Opens the document with the bytes so far.
    private func finish(_ size: Size) -> [Effect] {
        do throws(OpenError) {
            browser = begin(try opening.finish())
        } catch {
            return fail(error)
        }
        guard let browser else { return [.quit] }
        let events = [.background(isLight: look.isOnLight)] + typedAhead
        typedAhead = []
        return events.flatMap { browser.handle($0, size: size) }
    }

    private func fail(_ error: OpenError) -> [Effect] {
        failure = error
        return [.quit]
    }

    package func render(size: Size) -> Frame {
        if let browser { return browser.render(size: size) }
        var grid = Grid(size)
        OpeningView(opening.name, opening.progress, Theme.theme(for: look)).draw(&grid)
        if look.ascii { grid.reduceToASCII() }
        return Frame(grid: grid, cursor: nil)
    }
}
