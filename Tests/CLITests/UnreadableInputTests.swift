import Foundation
import Testing

/// Input that is no stream: exit status 2 and one line that says what, where and what to try.
@Suite struct UnreadableInputTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private static let commands = [[], ["info"], ["tree"], ["dump"], ["desc"]]

    private func expectRefusal(_ path: String, _ words: [String], _ command: [String]) throws {
        let outcome = try Program.run(Program.url, command + [path])
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("migscope: \(path): "), "\(outcome.errors)")
        for word in words { #expect(outcome.errors.contains(word), "\(word) in: \(outcome.errors)") }
    }

    @Test(arguments: commands) func textFile(_ command: [String]) throws {
        let path = try scratch.file("text", Array("#!/bin/sh\necho no stream\n".utf8))
        try expectRefusal(path, ["expected QEVM", "found"], command)
    }

    /// An option for a part that such a file has not.
    @Test(arguments: ["--snapshot", "--member"]) func aChoiceWithoutParts(_ option: String) throws {
        let outcome = try Program.run("info", option, "x", Sample.path)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.hasSuffix("; try: without \(option)\n"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("offset"), "\(outcome.errors)")
    }

    @Test(arguments: commands) func emptyFile(_ command: [String]) throws {
        try expectRefusal(try scratch.file("empty", []), ["empty file"], command)
    }

    @Test(arguments: commands) func missingFile(_ command: [String]) throws {
        try expectRefusal(scratch.path("missing"), ["No such file"], command)
    }

    @Test(arguments: commands) func directory(_ command: [String]) throws {
        try expectRefusal(scratch.folder.path, ["is a directory", "try:"], command)
    }

    @Test(arguments: commands) func fifo(_ command: [String]) throws {
        let path = scratch.path("fifo")
        #expect(mkfifo(path, 0o600) == 0)
        try expectRefusal(path, ["is a FIFO", "try:"], command)
    }

    @Test(arguments: commands) func obsoleteVersion(_ command: [String]) throws {
        let path = try scratch.file("version-2", Array("QEVM".utf8) + [0, 0, 0, 2, 0])
        try expectRefusal(path, ["version", "2"], command)
    }

    @Test func oneByte() throws {
        try expectRefusal(try scratch.file("one", [0x51]), ["expected QEVM"], ["info"])
    }

    @Test func withoutPermission() throws {
        let path = try scratch.file("secret", Array("QEVM".utf8))
        #expect(chmod(path, 0) == 0)
        let outcome = try runWithoutPrivileges("info", path)
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("\(path): Permission denied; try:"), "\(outcome.errors)")
    }

    // Root may read all files: it runs a copy of the program, which everybody can reach, as no one.
    private func runWithoutPrivileges(_ arguments: String...) throws -> Program.Outcome {
        guard geteuid() == 0 else { return try Program.run(Program.url, arguments) }
        let copy = scratch.path("migscope")
        try FileManager.default.copyItem(atPath: Program.url.path, toPath: copy)
        let drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy]
        return try Program.run(URL(fileURLWithPath: "/usr/bin/env"), drop + arguments)
    }

    @Test func controlCharactersInTheNameAreEscaped() throws {
        let outcome = try Program.run("info", scratch.path("a\u{1b}[31m\u{202e}b"))
        #expect(outcome.status == 2)
        #expect(
            outcome.errors.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value < 0x7f) })
    }
}
