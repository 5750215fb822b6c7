import Foundation
import Testing

/// One policy for all that is written: new or replaced on demand, private, whole or not there, never an input.
@Suite struct WrittenFileTests {
    private static let commands: [[String]] = [
        ["extract", "--range", "0+64"], ["extract", "--path", "timer:0/cpu_clock_offset"],
        ["extract", "--block", "/rom@etc/acpi/rsdp"], ["memory", "--physical", "0+64"], ["report"],
        ["index", "--form", "object"],
    ]

    private func run(_ command: [String], _ input: String, _ output: String, _ more: String...) throws
        -> Program.Outcome
    {
        try Program.run(Program.url, [command[0], input] + command.dropFirst() + ["-o", output] + more)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func copyOfSample(_ scratch: Scratch) throws -> String {
        let path = scratch.path("input.mig")
        try FileManager.default.copyItem(atPath: Sample.path, toPath: path)
        return path
    }

    @Test(arguments: commands) func isPrivateAndNotReplaced(_ command: [String]) throws {
        let scratch = try Scratch()
        let output = scratch.path("out")
        #expect(try run(command, Sample.path, output).status == 0)
        #expect(try mode(output) == 0o600)
        let content = try Data(contentsOf: URL(fileURLWithPath: output))
        try Data("kept".utf8).write(to: URL(fileURLWithPath: output))
        chmod(output, 0o644)
        let refused = try run(command, Sample.path, output)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("already exists"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == Data("kept".utf8))
        #expect(try run(command, Sample.path, output, "--force").status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == content)
        #expect(try mode(output) == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["out"])
    }

    @Test(arguments: commands) func neverAnInput(_ command: [String]) throws {
        let scratch = try Scratch()
        let input = try copyOfSample(scratch)
        let (soft, hard) = (scratch.path("soft"), scratch.path("hard"))
        #expect(symlink(input, soft) == 0 && link(input, hard) == 0)
        for output in [input, soft, hard] {
            let outcome = try run(command, input, output, "--force")
            #expect(outcome.status == 2, "\(output)")
            #expect(outcome.errors.contains("is the input"), "\(output)")
        }
        #expect(FileManager.default.contentsEqual(atPath: input, andPath: Sample.path))
    }

    @Test func theBorrowedDescriptionIsAnInput() throws {
        let scratch = try Scratch()
        let description = scratch.path("desc.json")
        try Data(try Program.run("desc", Sample.path, "--raw").output.utf8).write(
            to: URL(fileURLWithPath: description))
        let before = try Data(contentsOf: URL(fileURLWithPath: description))
        let outcome = try Program.run(
            Program.url,
            [
                "extract", Sample.path, "--range", "0+8", "--description", description, "--force", "-o",
                description,
            ])
        #expect(outcome.status == 2 && outcome.errors.contains("is the input"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: description)) == before)
    }

    @Test func aLinkIsReplacedNotFollowed() throws {
        let scratch = try Scratch()
        let (target, name) = (scratch.path("target"), scratch.path("name"))
        try Data("kept".utf8).write(to: URL(fileURLWithPath: target))
        #expect(symlink(target, name) == 0)
        #expect(try run(["extract", "--range", "0+8"], Sample.path, name).status == 2)
        #expect(try run(["extract", "--range", "0+8"], Sample.path, name, "--force").status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data("kept".utf8))
        #expect(try Data(contentsOf: URL(fileURLWithPath: name)).count == 8)
        // One that leads nowhere is a name that is taken, too.
        let lost = scratch.path("lost")
        #expect(symlink(scratch.path("nothing"), lost) == 0)
        #expect(try run(["extract", "--range", "0+8"], Sample.path, lost).status == 2)
    }

    @Test func aFailedRunLeavesTheOldFile() throws {
        let scratch = try Scratch()
        let output = scratch.path("out")
        try Data("kept".utf8).write(to: URL(fileURLWithPath: output))
        // A limit on the size of files fails in the middle.
        let shell = try Program.run(
            URL(fileURLWithPath: "/bin/sh"),
            [
                "-c", #"trap "" XFSZ; ulimit -f 64; exec "$0" extract "$1" --range 0+900000 -o "$2" --force"#,
                Program.url.path, Sample.path, output,
            ])
        #expect(shell.status == 2)
        #expect(shell.errors.contains("File too large"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == Data("kept".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["out"])
    }

    @Test func pipesAndDevicesTakeBytesInOrder() throws {
        let scratch = try Scratch()
        let (fifo, copy) = (scratch.path("fifo"), scratch.path("copy"))
        #expect(mkfifo(fifo, 0o600) == 0)
        let shell = try Program.run(
            URL(fileURLWithPath: "/bin/sh"),
            [
                "-c", #"cat "$2" > "$3" & "$0" extract "$1" --block pc.ram -o "$2" && wait"#,
                Program.url.path, Sample.path, fifo, copy,
            ])
        #expect(shell.status == 0, "\(shell.errors)")
        let file = scratch.path("file")
        #expect(try run(["extract", "--block", "pc.ram"], Sample.path, file).status == 0)
        #expect(FileManager.default.contentsEqual(atPath: file, andPath: copy))
        #expect(try run(["extract", "--range", "0+8"], Sample.path, "/dev/null").status == 0)
        let standard = try run(["extract", "--range", "0+8"], Sample.path, "/dev/stdout")
        #expect(standard.status == 0 && standard.output.hasPrefix("QEVM"))
    }

    @Test func aReaderThatLeavesIsSaid() throws {
        let scratch = try Scratch()
        let fifo = scratch.path("fifo")
        #expect(mkfifo(fifo, 0o600) == 0)
        let shell = try Program.run(
            URL(fileURLWithPath: "/bin/sh"),
            [
                "-c", #"head -c 10 "$2" > /dev/null & "$0" extract "$1" --block pc.ram -o "$2""#,
                Program.url.path, Sample.path, fifo,
            ])
        #expect(shell.status == 2)
        #expect(shell.errors.contains("the reader is gone"))
    }

    /// Bytes that no stream begins with are not copied to the disk to their end, which there may be none of.
    @Test func aPipeThatIsNoStreamIsRefusedSoon() throws {
        let shell = try Program.run(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", #"yes no stream | "$0" info -"#, Program.url.path])
        #expect(shell.status == 2)
        #expect(shell.errors.contains("not a migration stream"))
    }

    /// What check says of a refused input does not depend on how it comes.
    @Test func checkOfAPipeIsThatOfTheFile() throws {
        let scratch = try Scratch()
        let path = scratch.path("bad.mig")
        try Data("QEVM\0\0\0\u{2}rest".utf8).write(to: URL(fileURLWithPath: path))
        let file = try Program.run("check", path)
        let pipe = try Program.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", #"cat "$1" | "$0" check -"#, Program.url.path, path])
        let packed = try Program.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", #"gzip -c "$1" | "$0" check -"#, Program.url.path, path])
        #expect(file.status == 1 && !file.output.isEmpty)
        #expect(pipe.status == 1 && pipe.output == file.output)
        #expect(packed.status == 1 && packed.output == file.output)
    }

    @Test func standardOutputIsNotTheInput() throws {
        let scratch = try Scratch()
        let input = try copyOfSample(scratch)
        let shell = try Program.run(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", #""$0" info "$1" >> "$1""#, Program.url.path, input])
        #expect(shell.status == 2)
        #expect(shell.errors.contains("standard output is the input"))
        #expect(FileManager.default.contentsEqual(atPath: input, andPath: Sample.path))
    }

    /// Nor the other stream, nor the log.
    @Test(arguments: [
        #""$0" check "$1" --like "$2" >> "$2""#, #""$0" diff "$1" "$2" >> "$2""#,
        #""$0" explain "$2" >> "$2""#,
        #""$0" explain "$1" "$2" >> "$2""#,
    ]) func standardOutputIsNoOtherInput(_ command: String) throws {
        let scratch = try Scratch()
        let text = Array("qemu-system-x86_64: load of migration failed: Invalid argument\n".utf8)
        let other =
            command.contains("explain") ? try scratch.file("log", text) : try copyOfSample(scratch)
        let size = try Data(contentsOf: URL(fileURLWithPath: other)).count
        let shell = try Program.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", command, Program.url.path, Sample.path, other])
        #expect(shell.status == 2, "\(shell.errors)")
        #expect(shell.errors.contains("standard output is the input"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: other)).count == size)
    }
}
