import Foundation
import Testing

/// What went wrong while a test drove the terminal.
struct TmuxFailure: Error, CustomStringConvertible {
    let description: String
}

/// A shell in a terminal of its own: a tmux server with a private socket and no configuration.
final class Tmux {
    /// Everything that tests wait for comes much sooner; a busy machine may take a hundred times as long.
    static let limit: TimeInterval = 180
    static let prompt = "ready$"

    /// A private folder: the shell starts there and keeps its files there.
    let folder: URL
    private let socket: String

    init(width: Int = 80, height: Int = 24, environment: [String: String] = [:]) async throws {
        let name = "migscope-test-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)"
        socket = name
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let variables = Tmux.variables(home: folder.path).merging(environment) { $1 }
            .sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        // TERM is tmux's own unless a test asks for another.
        let term = environment["TERM"] == nil ? "TERM=\"$TERM\" " : ""
        try tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)", "-c", folder.path,
            "exec env -i \(term)\(variables) bash --norc --noprofile -i")
        try await wait { $0.contains(Tmux.prompt) }
        try await run("ulimit -c 0; stty -g > before")
    }

    deinit {
        _ = try? tmux("kill-server")
        try? FileManager.default.removeItem(at: folder)
    }

    /// The whole environment of what runs in the terminal: nothing of whoever runs the tests comes along.
    static func variables(home: String) -> [String: String] {
        [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8", "PS1": prompt + " ",
            "HISTFILE": "", "SWIFT_BACKTRACE": "enable=no", "MIGSCOPE_PCI_IDS": Program.names,
        ]
    }

    // MARK: Typing

    /// Presses keys by tmux's names for them: `Enter`, `C-z`, `q`.
    func press(_ keys: String...) throws {
        try tmux(["send-keys"] + keys)
    }

    /// Types text, byte by byte, nothing in it being the name of a key.
    func type(_ text: String) throws {
        try tmux("send-keys", "-l", text)
    }

    /// Pastes as a terminal does: between brackets if the program asked for them.
    func paste(_ text: String) throws {
        try tmux("set-buffer", "--", text)
        try tmux("paste-buffer", "-p")
    }

    /// Runs a command at the prompt and waits for the next prompt.
    func run(_ command: String) async throws {
        try type("clear; " + command)
        // Else the prompt that is there before the shell has read the command is taken for the one after it.
        try await wait { $0.split(separator: "\n").last != Tmux.prompt[...] }
        try press("Enter")
        try await waitForPrompt()
    }

    func resize(_ width: Int, _ height: Int) throws {
        try tmux("resize-window", "-x", "\(width)", "-y", "\(height)")
    }

    /// Closes the terminal as a window is closed.
    func close() throws { try tmux("kill-pane") }

    /// Begins to write down what is sent to the terminal.
    func record() throws -> URL {
        let file = folder.appendingPathComponent("sent")
        try Data().write(to: file)
        try tmux("pipe-pane", "-O", "cat >> '\(file.path)'")
        return file
    }

    // MARK: Looking

    /// The rows, without the blanks at their ends.
    func screen() throws -> String {
        let rows = try tmux("capture-pane", "-p").split(separator: "\n", omittingEmptySubsequences: false)
        let trimmed = rows.map { $0.replacing(/[ ]+$/, with: "") }
        return trimmed.joined(separator: "\n").replacing(/\n+$/, with: "")
    }

    /// The rows with their SGR sequences.
    func styledScreen() throws -> String {
        try tmux("capture-pane", "-p", "-e")
    }

    /// Where the cursor is.
    func cursor() throws -> String {
        try state("#{cursor_x},#{cursor_y}")
    }

    /// The modes that a full-screen program turns on: alternate screen, mouse, cursor.
    func modes() throws -> String {
        try state("alternate=#{alternate_on} mouse=#{mouse_any_flag}#{mouse_sgr_flag} cursor=#{cursor_flag}")
    }

    static let givenBack = "alternate=0 mouse=00 cursor=1"

    /// The device that the terminal's program writes to.
    func paneTerminal() throws -> String {
        try state("#{pane_tty}")
    }

    private func state(_ format: String) throws -> String {
        try tmux("display-message", "-p", format).trimmingCharacters(in: .newlines)
    }

    // MARK: Waiting

    /// Looks again and again until the screen is as wanted.
    func wait(
        _ location: SourceLocation = #_sourceLocation, until isThere: (String) throws -> Bool
    ) async throws {
        try await wait(location) { try isThere(screen()) }
    }

    /// Waits for a text on the screen.
    func wait(for text: String, _ location: SourceLocation = #_sourceLocation) async throws {
        try await wait(location) { try screen().contains(text) }
    }

    /// Waits until the shell reads commands again.
    func waitForPrompt(_ location: SourceLocation = #_sourceLocation) async throws {
        try await wait(location) {
            try modes() == Tmux.givenBack && screen().split(separator: "\n").last == Tmux.prompt[...]
        }
    }

    private func wait(_ location: SourceLocation, until isThere: () throws -> Bool) async throws {
        let end = Date(timeIntervalSinceNow: Tmux.limit)
        while try !isThere() {
            guard Date() < end else {
                let last = try "\(modes())\n\(screen())"
                Issue.record(
                    "did not come within \(Tmux.limit) s; the screen is:\n\(last)", sourceLocation: location)
                throw TmuxFailure(description: "waited in vain")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    // MARK: Running

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String {
        try tmux(arguments)
    }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let result = try Command.run("tmux", ["-u", "-L", socket] + arguments)
        guard result.status == 0 else {
            throw TmuxFailure(description: "tmux \(arguments.first ?? ""): \(result.output)")
        }
        return result.output
    }
}
