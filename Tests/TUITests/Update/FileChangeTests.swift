import Foundation
import Stream
import Testing

@testable import TUI

/// Files that change under the browser.
@Suite struct FileChangeTests {
    private static let size = Size(width: 100, height: 30)

    private final class File {
        let path: String
        let bytes: [UInt8]

        init(_ bytes: [UInt8], first: Int) throws {
            path =
                FileManager.default.temporaryDirectory.appendingPathComponent("migscope-\(UUID()).mig").path
            self.bytes = bytes
            try Data(bytes[..<first]).write(to: URL(fileURLWithPath: path))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(upTo end: Int) throws {
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            let start = try handle.seekToEnd()
            try handle.write(contentsOf: Data(bytes[Int(start)..<end]))
        }
    }

    private func stream() throws -> [UInt8] {
        let region = try Fixture.small().store.region
        return region.copy(0..<region.count)
    }

    private func browser(_ file: File, isGrowing: Bool) throws -> Browser {
        var options = OpenOptions()
        options.isGrowing = isGrowing
        let browser = Browser(
            document: try Document.open(path: file.path, options: options), options: BrowserOptions())
        settle(browser)
        return browser
    }

    private func settle(_ browser: Browser) {
        while browser.hasWork { _ = browser.handle(.tick, size: Self.size) }
    }

    private func look(_ browser: Browser) {
        _ = browser.handle(.clock, size: Self.size)
        settle(browser)
    }

    @Test func sectionsShowAsTheyCome() throws {
        let bytes = try stream()
        let file = try File(bytes, first: 2000)
        let browser = try browser(file, isGrowing: true)
        #expect(browser.isFollowing)
        #expect(browser.render(size: Self.size).grid.text().contains("following"))
        var counts = [browser.model.outline.rowCount]
        for end in [12_000, 22_000, bytes.count] {
            try file.write(upTo: end)
            look(browser)
            counts.append(browser.model.outline.rowCount)
        }
        #expect(counts == counts.sorted() && counts[0] < counts[3])
        #expect(!browser.isFollowing)
        #expect(browser.render(size: Self.size).grid.text().contains("the stream is complete"))
    }

    /// What was expanded of a section that has begun stays so while the rest of it comes.
    @Test func whatHasBegunStaysExpanded() throws {
        let bytes = try stream()
        let file = try File(bytes, first: 8000)
        let browser = try browser(file, isGrowing: true)
        try browser.type("Gll", Self.size)
        settle(browser)
        let pages = browser.model.selection
        #expect(browser.state.document.tree.typeName(browser.state.selectedNode) == "pages")
        try browser.type("l", Self.size)
        settle(browser)
        #expect(browser.model.outline.isExpanded(pages))
        let range = browser.state.selectedNode.range
        try file.write(upTo: 12_000)
        look(browser)
        #expect(browser.model.outline.isExpanded(pages))
        #expect(browser.state.selectedNode.range == range)
        #expect(browser.state.document.tree.node(pages).childCount > 1)
    }

    @Test func theSelectionStays() throws {
        let bytes = try stream()
        let file = try File(bytes, first: 22_000)
        let browser = try browser(file, isGrowing: true)
        try browser.type("G", Self.size)
        try browser.type("k", Self.size)
        let range = browser.state.selectedNode.range
        try file.write(upTo: bytes.count)
        look(browser)
        #expect(browser.state.selectedNode.range == range)
    }

    @Test func lostBytesShow() throws {
        let bytes = try stream()
        let file = try File(bytes, first: bytes.count)
        let browser = try browser(file, isGrowing: false)
        truncate(file.path, 4096)
        try browser.type(":0x2000<Enter>", Self.size)
        _ = browser.noticesLosses()
        let text = browser.render(size: Self.size).grid.text()
        // Bytes of a gap are hatched.
        #expect(text.contains("--╱--╱--╱--"))
        #expect(text.contains("are lost"))
        try browser.type("D", Self.size)
        #expect(browser.render(size: Self.size).grid.text().contains("the file was cut"))
    }
}
