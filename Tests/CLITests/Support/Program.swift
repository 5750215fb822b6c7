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
        // Whoever runs the tests may have settings.
        running.process.environment = ProcessInfo.processInfo.environment
            .merging(["XDG_CONFIG_HOME": "/nonexistent"]) { $1 }.merging(environment) { $1 }
        running.process.standardInput = input
        running.process.standardOutput = running.output
        running.process.standardError = running.errors
        try running.process.run()
        return running
    }
}
