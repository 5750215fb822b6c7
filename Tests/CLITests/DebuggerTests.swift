import Foundation
import Testing

/// ELF cores in the hands of their readers, where those and the shared corpus are there.
@Suite struct DebuggerTests {
    private static let stream: String? = ProcessInfo.processInfo.environment["MIGSCOPE_SHARED"]
        .map { $0 + "/corpus/linux-256m-7.2.mig.xz" }
        .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }

    private static func installed(_ name: String) -> URL? {
        let path = "/usr/bin/" + name
        return FileManager.default.isExecutableFile(atPath: path) ? URL(fileURLWithPath: path) : nil
    }

    private static func canRun(_ name: String) -> Bool { stream != nil && installed(name) != nil }

    private static func core(in scratch: Scratch) throws -> String {
        let core = scratch.path("core")
        let outcome = try Program.run("memory", try #require(stream), "--elf", core, "--paging")
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        return core
    }

    @Test(.enabled(if: canRun("readelf"))) func readelf() throws {
        let scratch = try Scratch()
        let core = try Self.core(in: scratch)
        let readelf = try #require(Self.installed("readelf"))
        let outcome = try Program.run(
            readelf, ["--wide", "--segments", "--notes", core], environment: ["LC_ALL": "C"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.components(separatedBy: "NT_PRSTATUS").count == 3)
        // The kernel's text, where it runs and where it lies.
        #expect(outcome.output.contains("0xffffffff81000000 0x0000000001000000"))
    }

    /// The banner at its virtual address, and the RET after the HLT that both CPUs wait in.
    @Test(.enabled(if: canRun("gdb"))) func gdb() throws {
        let scratch = try Scratch()
        let core = try Self.core(in: scratch)
        let gdb = try #require(Self.installed("gdb"))
        let outcome = try Program.run(
            gdb,
            [
                "-nx", "-batch", "-core", core, "-ex", "x/s 0xffffffff820001a0",
                "-ex", "thread apply all x/i $rip",
            ], environment: ["DEBUGINFOD_URLS": "", "LC_ALL": "C"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\"Linux version 6.1.0"))
        #expect(outcome.output.components(separatedBy: "0xffffffff81a17a0b:\tret").count == 3)
    }
}
