import Diagnose
import Stream

/// The browser without a terminal.
package enum ScreenDump {
    /// Returns the screen after some events and the work that they began. Events after a quit are ignored.
    package static func render(
        document: Document, target: CheckTarget = CheckTarget(), options: BrowserOptions, size: Size,
        keys: [Event]
    ) -> Frame {
        render(Browser(document: document, target: target, options: options), size: size, keys: keys)
    }

    /// Does the same with an existing browser.
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
