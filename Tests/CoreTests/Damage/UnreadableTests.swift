import Bytes
import Foundation
import Stream
import Testing

/// Inputs that are no stream: one line that says what, where, what to try.
@Suite(.timeLimit(.minutes(10))) struct UnreadableTests {
    private func message(_ path: String) throws -> String {
        let error = #expect(throws: OpenError.self) { try Document.open(path: path) }
        let text = try #require(error).description
        #expect(!text.isEmpty && !text.contains("\n"))
        #expect(Examination.isSafe(text))
        return text
    }

    @Test func missing() throws {
        #expect(try message("/nowhere/x.mig").contains("No such file"))
    }

    @Test func empty() throws {
        let scratch = try Scratch()
        #expect(try message(scratch.file("empty.mig", [])).contains("empty"))
    }

    @Test func directory() throws {
        // An empty folder: what "/" holds is another thing on each machine.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "migscope-folder-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try message(folder.path).contains("directory"))
    }

    @Test func device() throws {
        #expect(try message("/dev/null").contains("device"))
    }

    @Test func withoutPermission() throws {
        let scratch = try Scratch()
        let path = try scratch.file("secret.mig", SmallStream().bytes)
        chmod(path, 0)
        if geteuid() == 0 {
            // Root may read anything.
            #expect(try Document.open(path: path).tree.root.childCount > 3)
        } else {
            #expect(try message(path).contains("Permission denied"))
        }
    }

    /// A FIFO that no one writes to must not block.
    @Test func namedPipe() throws {
        let scratch = try Scratch()
        let path = scratch.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(try message(path).contains("FIFO"))
    }

    @Test func hostileName() throws {
        let scratch = try Scratch()
        let path = try scratch.file("a\u{1b}[31m\u{202e}b", [1, 2, 3])
        #expect(try message(path).contains("not a migration stream"))
    }

    private static let others: [(String, String)] = [
        ("", "QEVM"), ("QEV", "QEVM"), ("MVEQ....", "QEVM"), ("QEVM", "4 bytes"), ("QEVM\0\0\0", "7 bytes"),
        ("QEVM\0\0\0\u{2}", "version 2"), ("QEVM\0\0\0\u{4}\0", "version 4"),
        ("QEVM\u{3}\0\0\0\0", "version 50331648"), ("QEMU suspend\u{1b}[2J", "QEVM"),
    ]

    @Test(arguments: others) func notAStream(_ content: String, _ word: String) throws {
        let bytes = Array(content.utf8)
        let error = #expect(throws: OpenError.self) {
            try Document.open(region: MappedRegion(copying: bytes), name: "x")
        }
        let text = try #require(error).description
        #expect(text.contains(word) && !text.contains("\n"))
        #expect(Examination.isSafe(text))
    }

    @Test func obsoleteVersionIsExplained() throws {
        let error = #expect(throws: OpenError.self) {
            try Document.open(region: MappedRegion(copying: StreamWriter(version: 2).bytes), name: "x")
        }
        #expect(try #require(error).description.contains("obsolete"))
    }

    /// Nothing after the version: the header is there, and nothing more.
    @Test func headerOnly() throws {
        let document = try Document.open(region: MappedRegion(copying: StreamWriter().bytes), name: "x")
        #expect(document.tree.root.childCount == 1)
        #expect(Examination.problems(document) == [])
    }
}
