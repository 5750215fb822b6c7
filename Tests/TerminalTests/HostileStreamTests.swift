import Bytes
import Foundation
import Stream
import Testing

@testable import TUI

/// Nothing that a stream says gets to the terminal as it is, and nothing moves what stands beside it.
@Suite(.serialized) struct HostileStreamTests {
    private static let keys = [
        "", "E", "z1<PgDn>", "G", "/x<Enter>A", "D", "x5j", "s", "S", "R", "Ei", "y", "&c<Enter>",
    ]

    private func document() throws -> Document {
        try Document.open(
            region: MappedRegion(copying: HostileStream.bytes), name: "a\u{1b}[31mb\u{202e}.mig")
    }

    @Test func theStreamIsRead() throws {
        let document = try document()
        #expect(document.overview.sectionCount >= HostileStream.names.count)
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60), (40, 10), (17, 7), (1, 1)])
    func columnsStayAligned(_ width: Int, _ height: Int) throws {
        let size = Size(width: width, height: height)
        for keys in Self.keys {
            for page in 0..<8 {
                let script = keys + String(repeating: "<PgDn>", count: page)
                let frame = try ScreenDump.render(
                    document: document(), options: BrowserOptions(), size: size, keys: KeyScript.parse(script)
                )
                let lines = frame.grid.text().split(separator: "\n", omittingEmptySubsequences: false)
                for line in lines {
                    #expect(CharacterWidth.columns(of: String(line)) <= width)
                    #expect(line.unicodeScalars.allSatisfy(DisplayText.isSafe), "\(script)")
                }
                guard width >= 60, height >= 12 else { continue }
                for y in 2..<(height - 2) {
                    // The keys that may follow `y` cover the last rows.
                    let isCovered = script == "y" && lines[y].contains(" copy ")
                    #expect(
                        isCovered || "│┤".unicodeScalars.contains(frame.grid[width - 1, y].scalar),
                        "\(script), row \(y)")
                }
            }
        }
    }

    @Test func noByteOfANameGetsToTheTerminal() async throws {
        let tmux = try await Tmux(environment: ["NO_COLOR": "1"])
        let file = tmux.folder.appendingPathComponent("hostile.mig")
        try Data(HostileStream.bytes).write(to: file)
        let record = try tmux.record()
        try tmux.type("clear; exec \(try Program.path()) \(file.path)")
        try tmux.press("Enter")
        try await tmux.waitForBrowser()
        try tmux.type("E")
        for _ in 0..<12 { try tmux.press("NPage") }
        try tmux.type("/x")
        try tmux.press("Enter")
        try tmux.type("A")
        try await expect(tmux, shows: "E" + String(repeating: "<PgDn>", count: 12) + "/x<Enter>A", file)
        try tmux.press("Escape")
        try tmux.type("g&c")
        try tmux.press("Enter")
        try await expect(
            tmux, shows: "E" + String(repeating: "<PgDn>", count: 12) + "/x<Enter>A<Esc>g&c<Enter>", file)
        let output = TerminalOutput([UInt8](try Data(contentsOf: record)))
        #expect(output.isUTF8)
        #expect(output.unsafeScalars == [])
        // Colors, titles, strings: the browser sends none of these without colors, but for its question after
        // the background.
        let strange = output.sequences.filter { sequence in
            if sequence.hasPrefix("]11;?") { return false }
            guard let first = sequence.first else { return true }
            return "]PX^_c".contains(first) || sequence.hasSuffix("m") && sequence.contains("31")
        }
        #expect(strange == [])
    }

    // tmux and the browser agree on what stands where.
    private func expect(_ tmux: Tmux, shows keys: String, _ file: URL) async throws {
        let result = try Command.run(
            try Program.path(), [file.path, "--dump-screen", "80x24", "--keys", keys])
        let wanted = result.output.replacing(/\n+$/, with: "")
        #expect(result.status == 0)
        try await tmux.wait { $0 == wanted }
    }
}
