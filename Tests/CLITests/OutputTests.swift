import Foundation
import Testing

/// Where the output goes: pipes that close, disks that are full, standard input as the file.
@Suite struct OutputTests {
    @Test(arguments: [["dump"], ["tree"], ["desc"], ["find"]]) func closedPipeEndsQuietly(_ command: [String])
        throws
    {
        let text = command == ["find"] ? ["--regex", "."] : []
        let running = try Program.start(Program.url, command + [Sample.path] + text)
        let output = running.output.fileHandleForReading
        _ = try output.read(upToCount: 10)
        try output.close()
        let errors = running.errors.fileHandleForReading.readDataToEndOfFile()
        running.process.waitUntilExit()
        #expect(errors.isEmpty)
        #expect(running.process.terminationReason == .exit)
        #expect(running.process.terminationStatus == 0)
    }

    @Test func fullDiskIsReported() throws {
        let process = Process()
        let errors = Pipe()
        process.executableURL = Program.url
        process.arguments = ["desc", Sample.path]
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        #expect(text.hasPrefix("migscope: standard output: No space left"))
    }

    /// `-o -` writes what a file would hold, holes as zeros.
    @Test(arguments: [["--block", "/rom@etc/acpi/rsdp"], ["--range", "0+100000"]])
    func bytesToStandardOutput(_ what: [String]) throws {
        let scratch = try Scratch()
        let file = scratch.path("bytes")
        let start = ["extract", Sample.path] + what + ["-o"]
        #expect(try Program.run(Program.url, start + [file]).status == 0)
        let running = try Program.start(Program.url, start + ["-"])
        let output = running.output.fileHandleForReading.readDataToEndOfFile()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 0)
        #expect(try output == Data(contentsOf: URL(fileURLWithPath: file)))
        #expect(!output.isEmpty)
    }

    @Test func standardInputIsAFile() throws {
        let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: Sample.path))
        let outcome = try Program.run("desc", "-", "--raw", input: input)
        #expect(outcome.output == (try Program.run("desc", Sample.path, "--raw").output))
        #expect(outcome.status == 0)
    }

    @Test func standardInputIsAPipe() throws {
        let cat = Process()
        let pipe = Pipe()
        cat.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        cat.arguments = ["cat", Sample.path]
        cat.standardOutput = pipe
        try cat.run()
        let outcome = try Program.run("tree", "-", "--depth", "1", input: pipe.fileHandleForReading)
        #expect(outcome.output == (try Program.run("tree", Sample.path, "--depth", "1").output))
        #expect(outcome.status == 0)
        cat.waitUntilExit()
    }
}
