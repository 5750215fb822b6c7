import Foundation
import Stream
import Testing

@testable import TUI

/// The screen while something is unpacked or a pipe is read.
@Suite struct OpeningScreenTests {
    private let size = Size(width: 80, height: 24)

    private func screen(_ pipe: Pipe) throws -> OpeningScreen {
        let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        return OpeningScreen(try DocumentOpening(path: path), options: BrowserOptions()) {
            Browser(document: $0, options: BrowserOptions())
        }
    }

    private func text(_ screen: OpeningScreen) -> String { screen.render(size: size).grid.text() }

    private func write(_ bytes: some DataProtocol, to pipe: Pipe) throws {
        try pipe.fileHandleForWriting.write(contentsOf: bytes)
    }

    @Test func waitsForThePipeWithoutWork() throws {
        let pipe = Pipe()
        let screen = try screen(pipe)
        #expect(!screen.hasWork)
        #expect(screen.input == pipe.fileHandleForReading.fileDescriptor)
        #expect(text(screen).contains("waiting for the first bytes"))
        #expect(text(screen).contains("Esc stop and browse the part read"))
        #expect(screen.handle(.key(.character("q")), size: size) == [.quit])
    }

    @Test func escapeBrowsesWhatThereIs() throws {
        let pipe = Pipe()
        let screen = try screen(pipe)
        let bytes = try Fixture.sample().store.region.copy(0..<4096)
        try write(bytes, to: pipe)
        while screen.hasWork { #expect(screen.handle(.tick, size: size).isEmpty) }
        #expect(text(screen).contains("4.0 K read"))
        #expect(screen.handle(.key(.escape), size: size).isEmpty)
        #expect(text(screen).contains("pc-q35-10.0"))
        #expect(text(screen).contains("decompressed 4096 bytes, then it was canceled"))
        #expect(screen.input == nil)
    }

    @Test func theEndOpensTheBrowser() throws {
        let pipe = Pipe()
        let screen = try screen(pipe)
        let document = try Fixture.small()
        try write(document.store.region.copy(0..<document.store.region.count), to: pipe)
        try pipe.fileHandleForWriting.close()
        while screen.input != nil { _ = screen.handle(.tick, size: size) }
        // The container, if any, and the document.
        while screen.hasWork { _ = screen.handle(.tick, size: size) }
        #expect(screen.failure == nil)
        #expect(text(screen).contains("live sections"))
    }

    @Test func whatWasTypedMeanwhileGoesToTheBrowser() throws {
        let pipe = Pipe()
        let screen = try screen(pipe)
        let document = try Fixture.small()
        for key in "/q".unicodeScalars.map({ Key.character($0) }) {
            #expect(screen.handle(.key(key), size: size).isEmpty)
        }
        try write(document.store.region.copy(0..<document.store.region.count), to: pipe)
        try pipe.fileHandleForWriting.close()
        while screen.input != nil || screen.hasWork { _ = screen.handle(.tick, size: size) }
        #expect(text(screen).contains("/q"))
    }

    @Test func whatIsNoStreamEndsWithItsError() throws {
        let pipe = Pipe()
        let screen = try screen(pipe)
        try write(Data("nothing of the kind, but long enough".utf8), to: pipe)
        try pipe.fileHandleForWriting.close()
        var effects: [Effect] = []
        while effects.isEmpty { effects = screen.handle(.tick, size: size) }
        #expect(effects == [.quit])
        #expect(screen.failure != nil)
    }

    @Test func everySizeIsDrawn() throws {
        let screen = try screen(Pipe())
        for width in 0...30 {
            for height in 0...6 {
                let size = Size(width: width, height: height)
                #expect(screen.render(size: size).grid.size == size)
            }
        }
    }
}
