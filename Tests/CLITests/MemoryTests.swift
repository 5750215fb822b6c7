import Foundation
import Testing

/// `memory` and `diff` as programs: exit statuses, files, messages.
@Suite struct MemoryTests {
    @Test func hexDump() throws {
        let outcome = try Program.run("memory", Sample.path, "--physical", "0x100000+32")
        #expect(outcome.status == 0)
        #expect(outcome.lines.first?.hasPrefix("00100000: 0000 0000 ") == true)
        #expect(outcome.lines.count == 2)
    }

    @Test func whatIsNotThereIsTold() throws {
        let outcome = try Program.run("memory", Sample.path, "--physical", "0xa0000+16")
        #expect(outcome.status == 1)
        #expect(outcome.lines == ["000a0000: -- 16 bytes: no RAM is at this physical address"])
        #expect(outcome.errorLines.count == 1)
    }

    @Test func files() throws {
        let scratch = try Scratch()
        let bytes = scratch.path("bytes")
        #expect(try Program.run("memory", Sample.path, "--physical", "0+64K", "-o", bytes).status == 0)
        #expect(try Data(contentsOf: URL(filePath: bytes)).count == 65_536)
        let core = scratch.path("core")
        #expect(try Program.run("memory", Sample.path, "--elf", core).status == 0)
        #expect(
            try Data(contentsOf: URL(filePath: core), options: .alwaysMapped).prefix(4)
                == Data("\u{7f}ELF".utf8))
        let onItself = try Program.run("memory", core, "--elf", core)
        #expect(onItself.status == 2)
    }

    @Test(arguments: [
        [], ["--physical", "0"], ["--physical", "0+1", "--virtual", "0+1"],
        ["--physical", "0+1", "--cpu", "0"],
        ["--elf", "x", "-o", "y"], ["--physical", "0xffffffffffffffff+2"],
    ]) func usage(_ arguments: [String]) throws {
        let outcome = try Program.run(Program.url, ["memory", Sample.path] + arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.count == 1)
    }

    /// Without paging an address is a physical one, which is said before its bytes and where there are none.
    @Test func pagingIsOff() throws {
        let outcome = try Program.run("memory", Sample.path, "--virtual", "0xfffffff0+16")
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("CPU 0 has paging disabled: virtual addresses are physical ones"))
        let nothing = try Program.run("memory", Sample.path, "--virtual", "0x1234567890+16")
        #expect(nothing.status == 1)
        #expect(nothing.output.contains("paging is disabled in the CPU, and no RAM is at this address"))
    }

    @Test func unknownProcessor() throws {
        let outcome = try Program.run("memory", Sample.path, "--virtual", "0+16", "--cpu", "7")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("no CPU 7"))
        // Without a description the registers are those of the layouts that are built in: a jump at the reset vector.
        let undescribed = try Program.run("memory", Sample.undescribed, "--virtual", "0xfffffff0+5")
        #expect(undescribed.status == 0)
        #expect(undescribed.output.hasPrefix("fffffff0: ea00 0000 f0"))
    }

    @Test func differences() throws {
        let equal = try Program.run("diff", Sample.path, Sample.path, "--values")
        #expect(equal.status == 0)
        #expect(equal.output.isEmpty && equal.errors.isEmpty)
        let unlike = try Program.run("diff", Sample.path, Sample.undescribed)
        #expect(unlike.status == 1)
        #expect(unlike.lines.first?.hasPrefix("~ machine") == true)
        let json = try Program.run("diff", Sample.path, Sample.undescribed, "--json", "--values")
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["differences", "values", "ram"])
        #expect(try Program.run("diff", Sample.path, Sample.path, "--noise").status == 2)
        #expect(try Program.run("diff", Sample.path, "/nonexistent").status == 2)
    }
}
