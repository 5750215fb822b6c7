import Bytes
import Export
import Format
import Foundation
import Memory
import Stream
import Testing

/// Guest-physical memory against what QEMU had after it loaded the stream.
@Suite struct GuestMemoryTests {
    /// A range and its sha256 in a real QEMU.
    struct Truth: Sendable, CustomTestStringConvertible {
        let stream: String
        let start: UInt64
        let count: UInt64
        let hash: String

        var testDescription: String { "\(stream) 0x\(Hex.digits(start))" }
    }

    static let truths = [
        Truth(
            stream: "aarch64-virt-10.0", start: 0x4000_0000, count: 8_388_608,
            hash: "b9972a284c8fdb7f55d2a8c64336878e6b1b18fff95159b5fae6769fe3fe8084"),
        Truth(
            stream: "compress-7.2", start: 0, count: 655_360,
            hash: "90b450e2b87715b80d96f5e306b71a7d06d1de96e15e7f466c60a9f1d0410753"),
        Truth(
            stream: "mapped-ram-10.0", start: 0, count: 655_360,
            hash: "223be3067bc1de95b42be39a596fb2e7d57a87af6ff38dae3608775fdeb56d43"),
        Truth(
            stream: "microvm-10.0", start: 0, count: 655_360,
            hash: "5ee25f72a195b97957bc49d1b00488f3ed1b30f2f35ff979244aa6ef7b4b66c7"),
        Truth(
            stream: "no-vmdesc-7.2", start: 0, count: 655_360,
            hash: "c0d9a08b21a163685a51264844f84a773676be6c0ac54752362da0be315e055c"),
        Truth(
            stream: "riscv64-virt-7.2", start: 0x8000_0000, count: 8_388_608,
            hash: "95be4cfb75e08d8024d884ca1783e247f654ed49a86107aef0029405cd71550e"),
        Truth(
            stream: "sample-q35-10.0", start: 0x10_0000, count: 15_728_640,
            hash: "167b76d3a8d20df15c421d48877c330597f6309d6b55c7b5327df5d89a51423f"),
        Truth(
            stream: "xbzrle-10.0", start: 0, count: 655_360,
            hash: "3f9035e512e2e81b08705497ac60ed76045e94b34e001c78b0852790a8dca2e1"),
    ]

    @Test(arguments: truths) func physical(_ truth: Truth) throws {
        let memory = try Sample.fixture(truth.stream).document().guestMemory()
        let bytes = try memory.read(truth.start, truth.count)
        #expect(try sha256(bytes) == truth.hash)
    }

    private func sha256(_ bytes: [UInt8]) throws -> String {
        let scratch = try Scratch()
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["sha256sum", try scratch.file("memory", bytes)]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return String(text.prefix(64))
    }

    /// As `info mtree -f` of QEMU 7.2 has it.
    @Test(arguments: [
        ("ppc_heathrow.ram", "ppc_heathrow.bios", 0, 0xffc0_0000),
        ("mips_malta.ram", "bios.1fc", 0, 0x1fc0_0000),
        ("versatile.ram", "versatile.flash", 0, 0x3400_0000),
        ("vexpress.highmem", "vexpress.sram", 0x8000_0000, 0x1400_0000),
        ("pxa270.sdram", "spitz.rom", 0xa000_0000, nil),
    ]) func boards(_ main: String, _ other: String, _ address: Int, _ place: Int?) throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([(main, 0x2000), (other, 0x1000)]))
        stream.part(
            2,
            StreamWriter.page(0, fill: 1, block: main) + StreamWriter.page(0, fill: 2, block: other)
                + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        stream.endOfFile()
        let document = try Document.open(region: MappedRegion(copying: stream.bytes), name: "board.mig")
        let memory = document.guestMemory()
        #expect(try memory.read(UInt64(address), 1) == [1])
        guard let place else { return }
        #expect(try memory.read(UInt64(place), 1) == [2])
    }

    /// Blocks that were not sent are not zero.
    @Test func absentIsNotZero() throws {
        let memory = try Sample.fixture("capabilities-10.0").document().guestMemory()
        let piece = memory.piece(at: 0x10_0000, limit: 4096)
        #expect(piece == MemoryPiece(.absent, count: 4096))
        var text = Collector()
        let missing = MemoryExport(memory, start: 0x10_0000, count: 4096).writeHex(to: &text)
        #expect(missing.absent == 4096)
        #expect(text.text == "00100000: -- 4096 bytes: not in the stream\n")
    }

    @Test func holesOfTheMap() throws {
        let memory = try Sample.fixture("sample-q35-10.0").document().guestMemory()
        guard case .nothing = memory.piece(at: 0xa_0000, limit: 1 << 20).content else {
            Issue.record("the VGA window is no RAM")
            return
        }
        #expect(memory.piece(at: 0xa_0000, limit: 1 << 20).count == 0x2_0000)
        #expect(memory.piece(at: .max, limit: 1).count == 1)
        #expect(memory.map.assumptions.isEmpty)
    }

    @Test func assumptionsAreTold() throws {
        #expect(try !Sample.fixture("no-vmdesc-7.2").document().guestMemory().map.assumptions.isEmpty)
        let backend = try Sample.fixture("postcopy-switched-10.0").document().guestMemory()
        #expect(backend.map.assumptions.contains { $0.contains("main memory is r") })
    }

    @Test func regionsOverlay() {
        var map = GuestMap()
        map.place(block: 0, size: 0x10_0000, at: 0)
        map.place(block: 1, size: 0x1000, at: 0x8000)
        map.remove(0xf_0000..<0x20_0000)
        #expect(map.regions.map(\.physical) == [0, 0x8000, 0x9000])
        #expect(map.regions.map(\.size) == [0x8000, 0x1000, 0xe_7000])
        #expect(map.regions[2].blockOffset == 0x9000)
        #expect(map.physical(block: 0, offset: 0x9004) == 0x9004)
        #expect(map.physical(block: 0, offset: 0x8004) == nil)
        map.place(block: 2, size: .max, at: 0)
        #expect(map.regions.count == 3)
    }

    @Test func hexDump() {
        var test = TestMemory()
        test.put(UInt64(0x4847_4645_4443_4241), at: 0xff8)
        var text = Collector()
        let missing = MemoryExport(test.memory, start: 0xff0, count: 0x20).writeHex(to: &text)
        #expect(
            text.text == """
                00000ff0: 0000 0000 0000 0000 4142 4344 4546 4748  ........ABCDEFGH
                00001000: -- 16 bytes: not in the stream

                """)
        #expect(missing.first?.address == 0x1000)
    }

    /// RAM that the stream leaves out (x-ignore-shared) is read from the file that has it.
    @Test func ramOfAFile() throws {
        let scratch = try Scratch()
        let ram = (1...1280).flatMap { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 4096) }
        let sample = Sample.fixture("capabilities-10.0")
        let path = try scratch.file("stream", try sample.bytes())
        var options = OpenOptions()
        options.ramFiles = [("ram", try scratch.file("ram", ram))]
        let document = try Document.open(path: path, options: options)
        let index = document.ramIndex()
        let block = try #require(
            document.store.state.blocks.firstIndex { document.store.table.names.text($0.name) == "ram" })
        // What is after the end of the file is in neither.
        #expect(
            index.counts(block: block, in: document.store.region) == RAMIndex.Counts(raw: 1280, absent: 768))
        #expect(
            index.counts(block: block, pages: 1000..<1300, in: document.store.region)
                == RAMIndex.Counts(raw: 280, absent: 20))
        let memory = document.guestMemory()
        guard case .bytes(let bytes) = memory.piece(at: 0x3ffe, limit: 4).content else {
            Issue.record("nothing at 0x3ffe")
            return
        }
        #expect(Array(bytes.prefix(2)) == [4, 4])
        #expect(memory.extent(at: 0, limit: 1 << 30).isKnown)
        // Other blocks are as they were.
        let plain = try sample.document().ramIndex()
        for other in index.blocks.indices where other != block {
            #expect(
                index.counts(block: other, in: document.store.region)
                    == plain.counts(block: other, in: document.store.region))
        }
        options.ramFiles = [("pc.ram", path)]
        let error = #expect(throws: OpenError.self) { try Document.open(path: path, options: options) }
        let words = error?.description ?? ""
        #expect(words.contains("no RAM block \"pc.ram\""), "\(words)")
        #expect(words.contains("try one of: 0000:00:01.0/vga.vram, ram, /rom@etc/acpi/tables"), "\(words)")
    }

    /// However much is asked for, holes of any size and RAM that was never touched are a line each.
    @Test func whatIsNotThereIsBounded() throws {
        var pages = BlockPages(pageCount: 1 << 36)
        pages.insert(PageRun(firstPage: 1 << 24, count: 1 << 20, kind: .zero, place: 0, stride: 0))
        let memory = TestMemory.memory([1], pages)
        let count = UInt64(0x1fff_ffff_ffff)
        var text = Collector()
        let missing = MemoryExport(memory, start: 2, count: count).writeHex(to: &text)
        #expect(
            text.text == """
                0000000000000002: -- 68719476734 bytes: not in the stream
                0000001000000000: -- 4294967296 bytes: zeros
                0000001100000000: -- 35111357644801 bytes: not in the stream

                """)
        #expect(missing.absent + missing.nothing == count - (1 << 32))
        #expect(memory.piece(at: 2, limit: count).count == (1 << 36) - 2)
        // A few are shown as they are.
        text = Collector()
        _ = MemoryExport(memory, start: 1 << 36, count: 32).writeHex(to: &text)
        #expect(text.text.split(separator: "\n").count == 2)
    }

    /// A kernel's own view, where the corpus is there.
    @Test(.needsShared) func kernelBanner() throws {
        let sample = try #require(Sample.corpus.first { $0.name == "linux-256m-7.2.mig" })
        let document = try sample.document()
        let memory = document.guestMemory()
        let processors = document.processors()
        #expect(processors.map(\.number) == [0, 1])
        for processor in processors {
            let view = VirtualMemory(processor: processor, memory: memory)
            #expect(try view.read(0xffff_ffff_8200_01a0, 13) == Array("Linux version".utf8))
            let code = try processor.translate(processor.programCounter, in: memory)
            #expect(code.physical == 0x1a1_7a0b)
            // RET after the HLT that both CPUs wait in.
            #expect(try view.read(processor.programCounter, 1) == [0xc3])
        }
    }
}

extension Document {
    func guestMemory() -> GuestMemory {
        GuestMemory(self, index: ramIndex())
    }
}

struct MemoryHole: Error {}

extension MemorySource {
    /// All bytes of a range.
    func read(_ start: UInt64, _ count: UInt64) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = piece(at: start + UInt64(bytes.count), limit: count - UInt64(bytes.count))
            switch piece.content {
            case .bytes(let more): bytes += more
            case .zero: bytes += [UInt8](repeating: 0, count: Int(piece.count))
            case .absent, .nothing: throw MemoryHole()
            }
        }
        return bytes
    }
}
