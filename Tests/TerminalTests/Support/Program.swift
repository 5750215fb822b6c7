import Foundation
import Testing

/// The program under test and the stream it opens.
enum Program {
    /// The executable that was built with this test bundle, beside it.
    static func path() throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("migscope")
            .path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TmuxFailure(description: "no program at \(path): build it with `swift build`")
        }
        return path
    }

    /// The sample stream, unpacked once a run.
    static let sample = Result { try unpack("sample-q35-10.0.mig") }

    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("CoreTests/Fixtures")

    /// The list of PCI ids that the program takes names from, whatever this machine has.
    static let names = fixtures.appendingPathComponent("pci.ids").path

    private static func unpack(_ name: String) throws -> URL {
        let packed = fixtures.appendingPathComponent("\(name).xz")
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("migscope-sample-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let unpacked = folder.appendingPathComponent(name)
        let result = try Command.run("/bin/sh", ["-c", "xz -dc '\(packed.path)' > '\(unpacked.path)'"])
        guard result.status == 0 else { throw TmuxFailure(description: "xz: \(result.output)") }
        atexit { Program.removeSample() }
        return unpacked
    }

    private static func removeSample() {
        guard case .success(let file) = sample else { return }
        try? FileManager.default.removeItem(at: file.deletingLastPathComponent())
    }

    /// What the headless mode shows for the same stream, size and keys.
    static func dump(_ width: Int = 80, _ height: Int = 24, keys: String = "") throws -> String {
        let variables = Tmux.variables(home: "/nonexistent").map { "\($0.key)=\($0.value)" }
        let arguments = [try sample.get().path, "--dump-screen", "\(width)x\(height)", "--keys", keys]
        let result = try Command.run("env", ["-i"] + variables + [try path()] + arguments)
        guard result.status == 0 else { throw TmuxFailure(description: "migscope: \(result.output)") }
        return result.output.replacing(/\n+$/, with: "")
    }
}

extension Tmux {
    /// Starts the browser on the sample and waits for its first screen. `arguments` go before the file.
    func startBrowser(_ arguments: String = "", then rest: String = "", isAlternate: Bool = true) async throws
    {
        let program = try Program.path()
        let sample = try Program.sample.get().path
        // The shell that execs tells the process id.
        try type("clear; sh -c 'echo $$ > pid; exec \(program) \(arguments) \(sample)'\(rest)")
        try press("Enter")
        try await waitForBrowser(isAlternate: isAlternate)
    }

    /// Waits until the browser has the screen and has drawn on it; some terminals have no alternate screen.
    func waitForBrowser(isAlternate: Bool = true) async throws {
        let mode = isAlternate ? "alternate=1" : "alternate=0"
        try await wait { try $0.contains("q quit") && modes().hasPrefix(mode) }
    }

    /// The browser's process id.
    func processID() throws -> Int32 {
        let text = try String(contentsOf: folder.appendingPathComponent("pid"), encoding: .utf8)
        return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// Waits for the prompt, and expects that exit status and a terminal as it was before.
    func expectGivenBack(status: Int32) async throws {
        try await waitForPrompt()
        try type("echo \"<status $?>\"; stty -g | cmp - before && echo \"<same $((1 + 1))>\"")
        try press("Enter")
        try await wait { $0.contains(/<status \d+>/) && $0.hasSuffix(Tmux.prompt) }
        let screen = try screen()
        #expect(screen.contains("<status \(status)>"))
        #expect(screen.contains("<same 2>"), "the settings of the terminal changed")
        #expect(try modes() == Tmux.givenBack)
    }
}
