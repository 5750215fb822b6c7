import Bytes
import Format
import Memory
import Testing

/// The ELF core: headers, notes, and what is left out.
@Suite struct ELFCoreTests {
    /// Keeps what is written by offset.
    struct Sink: RandomAccessSink {
        var pieces: [(offset: Int, bytes: [UInt8])] = []
        var length = 0

        mutating func write(_ bytes: [UInt8], at offset: Int) throws(Never) { pieces.append((offset, bytes)) }
        mutating func finish(length: Int) throws(Never) { self.length = length }
    }

    private func integer(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
        Self.integer(bytes, offset, size)
    }

    private static func integer(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
        bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The PT_LOADs of a 64-bit core.
    static func loads(_ head: [UInt8]) -> [(offset: UInt64, virtual: UInt64, physical: UInt64, size: UInt64)]
    {
        (1..<Int(integer(head, 56, 2))).map {
            let at = 64 + $0 * 56
            return (
                integer(head, at + 8, 8), integer(head, at + 16, 8), integer(head, at + 24, 8),
                integer(head, at + 32, 8)
            )
        }
    }

    @Test func x86() throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        var core = try #require(ELFCore(document, memory: document.guestMemory()))
        var sink = Sink()
        let outcome = core.write(to: &sink)
        #expect(outcome.processorCount == 2)
        #expect(outcome.absent == 0)
        let head = sink.pieces[0].bytes
        #expect(head.prefix(7) == [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
        #expect(integer(head, 16, 2) == 4)
        // Its CPUs are not in long mode.
        #expect(integer(head, 18, 2) == 3)
        #expect(Int(integer(head, 56, 2)) == outcome.loadCount + 1)
        let last = 64 + outcome.loadCount * 56
        #expect(sink.length == Int(integer(head, last + 8, 8) + integer(head, last + 32, 8)))
        let notes = Int(integer(head, 64 + 8, 8))
        #expect(integer(head, notes + 4, 4) == 144)
        #expect(integer(head, notes + 20 + 24, 4) == 1)
        // EIP of cpu:0.
        let cpu = try #require(document.processors().first as? X86Processor)
        #expect(integer(head, notes + 20 + 72 + 48, 4) == cpu.instructionPointer)
    }

    @Test(arguments: [("aarch64-virt-10.0", 183, 392), ("riscv64-virt-10.0", 243, 376)])
    func others(_ stream: String, _ machine: UInt64, _ size: UInt64) throws {
        let document = try Sample.fixture(stream).document()
        var core = try #require(ELFCore(document, memory: document.guestMemory()))
        var sink = Sink()
        _ = core.write(to: &sink)
        let head = sink.pieces[0].bytes
        #expect(integer(head, 18, 2) == machine)
        #expect(integer(head, Int(integer(head, 64 + 8, 8)) + 4, 4) == size)
    }

    /// A 32-bit Arm CPU has notes of its own; floating-point registers are a note in both. The guest has set them.
    @Test func arm() throws {
        let document = try Sample.fixture("arm-virt-10.0").document()
        var core = try #require(ELFCore(document, memory: document.guestMemory()))
        var sink = Sink()
        _ = core.write(to: &sink)
        #expect(sink.pieces[0].bytes[4] == 1)
        #expect(integer(sink.pieces[0].bytes, 18, 2) == 40)
        let cpu = try #require(document.processors().first)
        let notes = cpu.coreNotes(like: cpu)
        #expect(notes.map(\.type) == [1, 0x400])
        #expect(notes.map(\.name) == ["CORE", "LINUX"])
        let status = notes[0].content
        #expect(status.count == 148)
        #expect([11, 13, 15].map { integer(status, 72 + 4 * $0, 4) } == [11, 0x4000_0000, 0x4030_0048])
        #expect(integer(status, 136, 4) == 0x4000_01d3)
        #expect(integer(status, 144, 4) == 1)
        let vectors = notes[1].content
        #expect(vectors.count == 260)
        let expected: [UInt64] = [0x4444_3333_2222_1111, 0, 0x2222_1111_4444_3333, 0x2222_1111_2222_1111]
        #expect([0, 16, 17, 31].map { integer(vectors, 8 * $0, 8) } == expected)
        #expect(integer(vectors, 256, 4) == 0x08c0_0001)
    }

    @Test func vectorsOfAArch64() throws {
        let document = try Sample.fixture("aarch64-vectors-10.0").document()
        let cpu = try #require(document.processors().first)
        let notes = cpu.coreNotes(like: cpu)
        #expect(notes.map(\.type) == [1, 2])
        let vectors = notes[1].content
        #expect(vectors.count == 528)
        let expected: [UInt64] = [0, 0x8888_0000_0000_1111, 0, 0, 0x8888_0000_0000_1111]
        #expect([5, 6, 7, 62, 63].map { integer(vectors, 8 * $0, 8) } == expected)
        #expect([512, 516].map { integer(vectors, $0, 4) } == [0x0800_0001, 0x0100_0000])
    }

    @Test func noCoreOfM68k() throws {
        let document = try Sample.fixture("m68k-virt-7.2").document()
        #expect(ELFCore(document, memory: document.guestMemory()) == nil)
    }

    /// What was not sent is left out of the core.
    @Test func absentIsLeftOut() throws {
        let document = try Sample.fixture("capabilities-10.0").document()
        var core = try #require(ELFCore(document, memory: document.guestMemory()))
        var sink = Sink()
        let outcome = core.write(to: &sink)
        #expect(outcome.absent > 0)
        #expect(outcome.absentAsZero == 0)
    }

    /// Every second page of 1 GiB: more stretches than a core may have.
    @Test func manyStretches() throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        var pages = BlockPages(pageCount: 1 << 18)
        for page in stride(from: 0, to: 1 << 18, by: 2) {
            pages.insert(PageRun(firstPage: page, count: 1, kind: .zero, place: 0, stride: 0))
        }
        var core = try #require(ELFCore(document, memory: TestMemory.memory([], pages)))
        var sink = Sink()
        let outcome = core.write(to: &sink)
        #expect(outcome.loadCount <= ELFCore.loadLimit)
        #expect(outcome.absent == 1 << 29)
        #expect(outcome.absentAsZero == 1 << 29 - 4096)
        #expect(sink.pieces.count == 1)
    }

    /// More program headers than e_phnum counts.
    @Test func extendedNumbering() {
        let format = ELFFormat(machine: 62, is64Bit: true, isBigEndian: false)
        let loads = (0..<0xffff).map { ELFCore.Load(physical: UInt64($0) * 8192, size: 4096) }
        let head = ELFHead(format: format, notes: [], loads: loads).bytes
        #expect(integer(head, 56, 2) == 0xffff)
        #expect(integer(head, 40, 8) == 64)
        #expect(integer(head, 60, 2) == 1)
        #expect(integer(head, 64 + 44, 4) == 0x1_0000)
        #expect(integer(head, 32, 8) == 128)
    }
}
