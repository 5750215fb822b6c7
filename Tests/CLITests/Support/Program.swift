import Foundation

/// Runs the program that the package was built with.
enum Program {
    /// What a run left behind.
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String

        /// The lines on standard error.
        var errorLines: [Substring] {
            errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        }
        /// The lines on standard output.
        var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }
    }

    /// The test runner and the program stand in the same folder.
    static let url = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("migscope")

    /// The environment of each run. Whoever runs the tests may have settings, kept descriptions, another language,
    /// other names of PCI devices: nothing of theirs comes along but where temporary files go.
    private static let surroundings: [String: String] = {
        let own = ProcessInfo.processInfo.environment
        let fixed = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8",
            "SWIFT_BACKTRACE": "enable=no",
            "MIGSCOPE_PCI_IDS": Sample.fixtures.appendingPathComponent("pci.ids").path,
        ]
        return own.filter { $0.key == "TMPDIR" || $0.key.hasPrefix("LLVM_PROFILE") }.merging(fixed) { $1 }
    }()

    /// Runs it without a terminal; `input` is its standard input.
    static func run(_ arguments: String..., input: FileHandle = .nullDevice) throws -> Outcome {
        try run(url, arguments, input: input)
    }

    static func run(
        _ executable: URL, _ arguments: [String], input: FileHandle = .nullDevice,
        environment: [String: String] = [:]
    ) throws -> Outcome {
        let process = try start(executable, arguments, input: input, environment: environment)
        let output = process.output.fileHandleForReading
        let errors = process.errors.fileHandleForReading
        // Neither pipe fills while the other is read: errors are one line.
        let outputData = output.readDataToEndOfFile()
        let errorData = errors.readDataToEndOfFile()
        process.process.waitUntilExit()
        return Outcome(
            status: process.process.terminationReason == .exit
                ? process.process.terminationStatus : -process.process.terminationStatus,
            output: String(decoding: outputData, as: UTF8.self),
            errors: String(decoding: errorData, as: UTF8.self))
    }

    struct Running {
        let process: Process
        let output: Pipe
        let errors: Pipe
    }

    static func start(
        _ executable: URL, _ arguments: [String], input: FileHandle = .nullDevice,
        environment: [String: String] = [:]
    ) throws -> Running {
        let running = Running(process: Process(), output: Pipe(), errors: Pipe())
        running.process.executableURL = executable
        running.process.arguments = arguments
        running.process.environment = surroundings.merging(environment) { $1 }
        running.process.standardInput = input
        running.process.standardOutput = running.output
        running.process.standardError = running.errors
        try running.process.run()
        return running
    }
}
