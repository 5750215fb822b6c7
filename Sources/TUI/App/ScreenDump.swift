import Diagnose
import Stream

/// The browser without a terminal.
package enum ScreenDump {
    /// The screen after some events and the work that they began; those after the one that quits are not taken.
    package static func render(
        document: Document, target: CheckTarget = CheckTarget(), options: BrowserOptions, size: Size,
        keys: [Event]
    ) -> Frame {
        render(Browser(document: document, target: target, options: options), size: size, keys: keys)
    }

    /// The same of a browser that was made already.
    package static func render(_ browser: Browser, size: Size, keys: [Event]) -> Frame {
        finishWork(browser, size)
        for event in keys {
            if browser.handle(event, size: size).contains(.quit) { break }
            finishWork(browser, size)
        }
        return browser.render(size: size)
    }

    private static func finishWork(_ browser: Browser, _ size: Size) {
        while browser.hasWork { _ = browser.handle(.tick, size: size) }
    }
}
