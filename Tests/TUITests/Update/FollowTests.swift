import Bytes
import Stream
import Testing

@testable import TUI

@Suite struct FollowTests {
    @Test(arguments: [
        KeyCase("3Gf", "live sections/ram@0xe0"),
        KeyCase("3Gff", "ram:0"),
        KeyCase(":timer:0/@footer/section_id<Enter>f", "timer:0"),
        KeyCase(":timer:0/@header/section_id<Enter>f", "timer:0/@footer"),
        KeyCase("3Gf<C-o>", "ram:0"),
        KeyCase("f", "header"),
    ]) func sections(_ test: KeyCase) throws {
        #expect(try Browser.after(test.keys, on: Fixture.sample()).selectedPath == test.path)
    }

    @Test func aCountLeadsToItsArrayAndBack() throws {
        let browser = try Browser.after("/num_timers_save<Enter>", on: Fixture.sample())
        let count = browser.selectedPath
        try browser.type("f")
        #expect(browser.selectedPath == "hpet:0/timer")
        try browser.type("f")
        #expect(browser.selectedPath == count)
    }

    @Test func nothingToFollowIsSaid() throws {
        let browser = try Browser.after("f", on: Fixture.sample())
        #expect(browser.model.message?.kind == .error)
    }
}

@Suite struct WriteTests {
    @Test func theNodeIsWritten() throws {
        let document = try Fixture.sample()
        let browser = try Browser.after("/cmos_data<Enter>w", on: document)
        let effects = try browser.type("/x/y z<Enter>")
        guard case .write(let bytes, path: "/x/y z") = effects.last else {
            Issue.record("\(effects)")
            return
        }
        #expect(bytes.count == 128)
        var copy: [UInt8] = []
        bytes.forEachPiece { piece in
            copy += piece
            return true
        }
        #expect(copy == document.tree.bytes(of: document.tree.node(browser.model.selection)))
    }

    @Test func largeNodesComeInPieces() throws {
        var stream: [UInt8] = Array("QEVM\0\0\0\u{3}".utf8)
        stream.append(contentsOf: repeatElement(1, count: 3 << 20))
        let document = try Document.open(region: MappedRegion(copying: stream), name: "large")
        let bytes = StreamBytes(document.store.region, [0..<document.store.region.count])
        var sizes: [Int] = []
        bytes.forEachPiece { piece in
            sizes.append(piece.count)
            return sizes.count < 3
        }
        let whole: [Int] = Array(repeating: 1_048_576, count: 3)
        #expect(sizes == whole)
    }

    @Test func aCommandGetsTheNode() throws {
        let browser = try Browser.after("/cmos_data<Enter>", on: Fixture.sample())
        let effects = try browser.type("|sha256sum<Enter>:pipe wc -c<Enter>")
        let commands = effects.compactMap { effect in
            if case .pipe(_, let command) = effect { command } else { nil }
        }
        #expect(commands == ["sha256sum", "wc -c"])
        #expect(try browser.type("w<Enter>|<Esc>").isEmpty)
    }

    @Test func reportsAreShownEscaped() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        let size = Size(width: 80, height: 24)
        _ = browser.handle(.reported("a\u{1b}b", isError: false), size: size)
        #expect(browser.model.message == Message(kind: .note, text: "a\\x1bb"))
        #expect(browser.handle(.reported("no", isError: true), size: size) == [.bell])
    }
}
