import Bytes
import Foundation
import Stream
import TUI
import Testing

@testable import Terminal

/// What the browser has the terminal do with the bytes of a node.
@Suite struct EffectTests {
    private func bytes(_ keys: String) throws -> StreamBytes {
        let document = try Document.open(
            region: MappedRegion(copying: Array("QEVM\0\0\0\u{3}abc".utf8)), name: "small")
        let browser = Browser(document: document, options: BrowserOptions())
        let effects = try KeyScript.parse(keys).flatMap {
            browser.handle($0, size: Size(width: 80, height: 24))
        }
        for effect in effects {
            if case .write(let bytes, _) = effect { return bytes }
        }
        throw CocoaError(.featureUnsupported)
    }

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "migscope-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func writesANewPrivateFile() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("out").path
        let report = NewFile.write(try bytes("wx<Enter>"), path: path)
        #expect(report == .reported("wrote 8 bytes to \(path)", isError: false))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("QEVM\0\0\0\u{3}".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func neverOverwrites() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("input")
        try Data("keep".utf8).write(to: file)
        guard case .reported(let text, isError: true) = NewFile.write(try bytes("wx<Enter>"), path: file.path)
        else {
            Issue.record("overwritten")
            return
        }
        #expect(text.contains("exists"))
        #expect(try Data(contentsOf: file) == Data("keep".utf8))
        guard
            case .reported(_, isError: true) = NewFile.write(
                try bytes("wx<Enter>"), path: folder.path + "/a/b")
        else {
            Issue.record("no failure")
            return
        }
    }

    @Test func pipesToACommand() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("out").path
        #expect(
            ShellCommand.run("cat > '\(path)'", input: try bytes("wx<Enter>"))
                == .reported("cat > '\(path)': exit status 0", isError: false))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 8)
        #expect(
            ShellCommand.run("exit 3", input: try bytes("wx<Enter>"))
                == .reported("exit 3: exit status 3", isError: true))
    }
}
