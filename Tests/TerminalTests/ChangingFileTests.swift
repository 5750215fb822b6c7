import Foundation
import Testing

/// Files that change under the browser, in a real terminal.
@Suite(.serialized) struct ChangingFileTests {
    /// A copy of the first bytes of the sample in the folder of the shell.
    private func copy(_ tmux: Tmux, _ count: Int? = nil) throws -> (path: String, bytes: Data) {
        let bytes = try Data(contentsOf: try Program.sample.get())
        let path = tmux.folder.appendingPathComponent("changing.mig").path
        try bytes.prefix(count ?? bytes.count).write(to: URL(fileURLWithPath: path))
        return (path, bytes)
    }

    @Test func aFileThatIsCutWhileItIsOpen() async throws {
        let tmux = try await Tmux(environment: ["NO_COLOR": "1"])
        let (path, _) = try copy(tmux)
        try tmux.type("clear; \(try Program.path()) \(path)")
        try tmux.press("Enter")
        try await tmux.waitForBrowser()
        truncate(path, 100_000)
        try tmux.type(":0x49a1b")
        try tmux.press("Enter")
        try await tmux.wait { $0.contains("⚠ 1") && $0.contains("-- -- -- --") }
        try tmux.type("D")
        try await tmux.wait(for: "Missing section footer")
        try tmux.type("g")
        try await tmux.wait(for: "the file was cut")
        try tmux.type("Q")
        try await tmux.waitForPrompt()
    }

    @Test func aFileThatGrows() async throws {
        let tmux = try await Tmux(environment: ["NO_COLOR": "1"])
        let (path, bytes) = try copy(tmux, 4)
        try tmux.type("clear; \(try Program.path()) --follow \(path)")
        try tmux.press("Enter")
        try await tmux.wait(for: "waiting for the stream")
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: bytes[4..<300_000])
        try await tmux.wait { $0.contains("following: 293.0 K") && $0.contains("ram") }
        try file.write(contentsOf: bytes[300_000...])
        try await tmux.wait(for: "the stream is complete")
        try await tmux.wait(for: "52 sections")
        try tmux.type("Q")
        try await tmux.waitForPrompt()
    }
}
