import Foundation
import TUI
import Testing

@testable import Terminal

/// Where copied text goes, and what is said of it.
@Suite struct ClipboardTests {
    private func copy(_ copied: CopiedText, _ clipboard: Clipboard) -> (event: Event, sent: String) {
        var sent = ""
        let event = clipboard.copy(copied) { sent += $0 }
        return (event, sent)
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
    func encodes(_ text: String, _ expected: String) {
        #expect(CopiedBytes.base64(Array(text.utf8)) == expected)
    }

    @Test func goesThroughTheTerminal() {
        let (event, sent) = copy(CopiedText("foo", what: "value"), Clipboard(isModern: true))
        #expect(sent == "\u{1b}]52;c;Zm9v\u{07}")
        #expect(event == .reported("foo: the value, 3 bytes, sent by OSC 52 to the terminal", isError: false))
    }

    @Test func multiplexersAreMinded() {
        let tmux = copy(CopiedText("f", what: "name"), Clipboard(isModern: true, multiplexer: .tmux))
        #expect(
            tmux.event
                == .reported(
                    "f: the name, 1 byte, sent by OSC 52 to tmux (its set-clipboard must be on)",
                    isError: false))
        let screen = Clipboard(isModern: true, multiplexer: .screen)
        #expect(screen.sequence("f") == "\u{1b}P\u{1b}]52;c;Zg==\u{07}\u{1b}\\")
        #expect(screen.sequence(String(repeating: "x", count: 800)) == nil)
    }

    @Test(arguments: [true, false]) func aFileStandsIn(_ isModern: Bool) throws {
        let folder = try Scratch()
        let path = folder.path("clipboard")
        let text = String(repeating: "x", count: isModern ? Clipboard.largestText + 1 : 3)
        let (event, sent) = copy(CopiedText(text, what: "JSON"), Clipboard(isModern: isModern, file: path))
        #expect(sent.isEmpty)
        guard case .reported(let line, isError: false) = event else {
            return #expect(Bool(false), "\(event)")
        }
        #expect(line.contains("the JSON, \(text.count) bytes, written to \(path)"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func withoutAnyPlaceThatIsSaid() {
        let (event, _) = copy(CopiedText("x", what: "name"), Clipboard(isModern: false))
        guard case .reported(let line, isError: true) = event else { return #expect(Bool(false), "\(event)") }
        #expect(line.contains("not copied") && line.contains("--clipboard-cmd"))
    }

    @Test func theUsersCommandTakesIt() throws {
        let folder = try Scratch()
        let command = "cat > '\(folder.path("out"))'"
        let clipboard = Clipboard(isModern: true)
        let (event, sent) = copy(CopiedText("foo", what: "path", command: command), clipboard)
        #expect(sent.isEmpty)
        #expect(event == .reported("foo: the path, 3 bytes, sent to \(command)", isError: false))
        #expect(try String(contentsOfFile: folder.path("out"), encoding: .utf8) == "foo")
        let failed = copy(CopiedText("foo", what: "path", command: "exit 3"), clipboard)
        #expect(failed.event == .reported("exit 3: exit status 3", isError: true))
    }
}

/// A folder of its own, removed at the end of a test.
final class Scratch {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "migscope-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
