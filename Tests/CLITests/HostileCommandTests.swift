import Foundation
import Testing

/// Streams and descriptions that were made to trap, or to make work without end: no command does.
@Suite struct HostileCommandTests {
    private static let folder = Sample.fixtures.appendingPathComponent("Hostile")

    static let files: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".xz") }.map { String($0.dropLast(3)) }.sorted()
    }()

    /// What each command is asked; FILE is the hostile one.
    private static let commands: [[String]] = [
        ["info", "FILE"], ["info", "FILE", "--json"], ["tree", "FILE"], ["tree", "FILE", "--values"],
        ["dump", "FILE"], ["dump", "FILE", "--all"], ["dump", "FILE", "--format", "json"],
        ["find", "FILE", "z"], ["find", "FILE", "(.*)*x", "--regex"],
        ["find", "FILE", "(a|aa)+$", "--regex", "--values"],
        ["find", "FILE", "--bytes", "7e????05"], ["at", "FILE", "0x100"], ["desc", "FILE", "--outline"],
        ["desc", "FILE"], ["check", "FILE"], ["check", "FILE", "--like", "GOOD"],
        ["check", "GOOD", "--like", "FILE"],
        ["diff", "FILE", "GOOD", "--values"], ["diff", "FILE", "FILE", "--values"], ["report", "FILE"],
        ["pages", "FILE"], ["dump", "PLAIN", "--description", "FILE"],
        ["check", "PLAIN", "--description", "FILE"],
        ["explain", "FILE", "Missing section footer for timer"],
        [
            "explain", "FILE",
            "qemu-system-x86_64: error while loading state for instance 0x0 of device 'cpu'",
        ],
        ["memory", "FILE", "--physical", "0xffffffffffffffff+1"],
        ["memory", "FILE", "--physical", "0+0x7fffffffffffffff"],
        ["FILE", "--dump-screen", "100x30", "--keys", "E/~(.*)*x<Enter>D<Esc>G"],
        ["FILE", "--dump-screen", "100x30", "--keys", "E9jV0<Enter>,d3j,d,uP"],
        ["edit", "FILE", "--drop", "section=hpet", "-o", "OUT", "--force"],
        ["edit", "FILE", "--description", "rebuild", "-o", "OUT", "--force"],
        ["edit", "GOOD", "--description", "FILE", "-o", "OUT", "--force"],
        ["repair", "FILE", "--like", "GOOD", "--risky", "-o", "OUT", "--force"],
        ["repair", "GOOD", "--like", "FILE", "--risky", "--json"], ["repair", "FILE", "--qemu", "7.2"],
        ["convert", "FILE", "-o", "OUT", "--force"], ["share", "FILE", "-o", "OUT", "--force"],
    ]

    private func unpacked(_ name: String, in scratch: Scratch) throws -> String {
        let path = scratch.path(name)
        let packed = Self.folder.appendingPathComponent(name + ".xz").path
        let outcome = try Program.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", #"exec xz -dc "$0" > "$1""#, packed, path])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return path
    }

    /// A run that loops is ended by the limit of its CPU time, which no run comes near.
    private static let limited = #"ulimit -t 120; exec "$0" "$@" | head -c 4000001"#

    @Test(arguments: files) func endsWithAStatus(_ name: String) throws {
        let scratch = try Scratch()
        let file = try unpacked(name, in: scratch)
        let names = [
            "FILE": file, "GOOD": Sample.path, "PLAIN": Sample.undescribed, "OUT": scratch.path("out"),
        ]
        for command in Self.commands {
            let arguments = command.map { names[$0] ?? $0 }
            // The shell's status is that of the last of a pipe.
            let shell = #"set -o pipefail; "# + Self.limited
            let outcome = try Program.run(
                URL(fileURLWithPath: "/bin/bash"), ["-c", shell, Program.url.path] + arguments)
            #expect((0...2).contains(outcome.status), "\(command) \(outcome.errors)")
            #expect(outcome.output.utf8.count <= 4_000_000, "\(command)")
        }
    }

    @Test func thereAreSome() { #expect(Self.files.count >= 7) }

    @Test(arguments: [
        "0xffffffffffffffff+1", "0xffffffffffffffff+0", "18446744073709551615+1",
        "0x7fffffffffffffff+0x7fffffffffffffff",
        "0+9223372036854775807", "-1+1", "0x10000000000000000+1",
    ]) func addresses(_ range: String) throws {
        for option in ["--physical", "--virtual"] {
            let outcome = try Program.run(
                URL(fileURLWithPath: "/bin/bash"),
                [
                    "-c", "set -o pipefail; " + Self.limited, Program.url.path, "memory", Sample.path,
                    option + "=" + range,
                ])
            #expect((0...2).contains(outcome.status), "\(option) \(range): \(outcome.errors)")
        }
    }
}
