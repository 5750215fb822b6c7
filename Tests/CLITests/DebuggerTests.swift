import Foundation
import Testing

/// ELF cores in the hands of their readers.
@Suite struct DebuggerTests {
    /// A stream of a running Linux, which is no part of the repository.
    private static let linux: String = {
        let package = Sample.fixtures.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let shared = ProcessInfo.processInfo.environment["MIGSCOPE_SHARED"]
        let folder = shared ?? package.deletingLastPathComponent().appendingPathComponent("shared").path
        return folder + "/corpus/linux-256m-7.2.mig.xz"
    }()
    private static let hasLinux = FileManager.default.fileExists(atPath: linux)

    private func core(of stream: String, in scratch: Scratch) throws -> String {
        let core = scratch.path("core")
        let outcome = try Program.run("memory", stream, "--elf", core, "--paging")
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        return core
    }

    private func readelf(_ core: String) throws -> String {
        let outcome = try Program.run(
            URL(fileURLWithPath: "/usr/bin/readelf"), ["--wide", "--segments", "--notes", core],
            environment: ["LC_ALL": "C"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        return outcome.output
    }

    private func gdb(_ core: String, _ commands: String...) throws -> String {
        let outcome = try Program.run(
            URL(fileURLWithPath: "/usr/bin/gdb"),
            ["-nx", "-batch", "-core", core] + commands.flatMap { ["-ex", $0] },
            environment: ["DEBUGINFOD_URLS": "", "LC_ALL": "C"])
        #expect(outcome.status == 0)
        return outcome.output
    }

    @Test func readelfReadsIt() throws {
        let scratch = try Scratch()
        let text = try readelf(core(of: Sample.path, in: scratch))
        #expect(text.components(separatedBy: "NT_PRSTATUS").count == 3)
        #expect(text.contains("LOAD"))
    }

    /// Both CPUs, the second one at its reset vector.
    @Test func gdbReadsIt() throws {
        let scratch = try Scratch()
        let text = try gdb(core(of: Sample.path, in: scratch), "info threads")
        #expect(text.contains("LWP 2"), "\(text)")
        #expect(text.contains("0x0000fff0 in ?? ()"), "\(text)")
    }

    @Test(.enabled(if: hasLinux, "needs the shared material: MIGSCOPE_SHARED, or ../shared"))
    func runningLinux() throws {
        let scratch = try Scratch()
        let core = try core(of: Self.linux, in: scratch)
        let text = try readelf(core)
        #expect(text.components(separatedBy: "NT_PRSTATUS").count == 3)
        // The kernel's text, where it runs and where it lies.
        #expect(text.contains("0xffffffff81000000 0x0000000001000000"))
        // The banner at its virtual address, and the RET after the HLT that both CPUs wait in.
        let seen = try gdb(core, "x/s 0xffffffff820001a0", "thread apply all x/i $rip")
        #expect(seen.contains("\"Linux version 6.1.0"))
        #expect(seen.components(separatedBy: "0xffffffff81a17a0b:\tret").count == 3)
    }
}
