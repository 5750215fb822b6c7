import Bytes
import Diagnose
import Stream
import Testing

/// What a stream may lack, and what may stand between its sections.
@Suite struct StreamShapeTests {
    private func names(_ document: Document) -> [String] {
        document.overview.sections.map { "\($0.kind) \($0.name)" }
    }

    @Test(arguments: [true, false], [true, false]) func withAndWithout(_ configuration: Bool, _ footers: Bool)
        throws
    {
        for description in [true, false] {
            var stream = SmallStream()
            (stream.hasConfiguration, stream.hasFooters, stream.hasDescription) = (
                configuration, footers, description
            )
            let document = try stream.document()
            #expect(document.findings.filter { $0.severity == .error } == [])
            #expect(document.overview.machine == (configuration ? "none" : nil))
            #expect(document.overview.ramBlocks.map(\.size) == [0x4000])
            #expect((document.store.description != nil) == description)
            let report = Tiling.rows(document)
            #expect(report.problems == [])
            #expect(report.unclaimed == 0)
            #expect(names(document) == ["start ram", "full first", "full second", "full third"])
        }
    }

    /// A device that is saved before RAM (virtio-mem, 8.0) is the first of the description.
    @Test(arguments: [true, false]) func earlyDevice(_ isAfterStart: Bool) throws {
        var early = StreamWriter()
        early.full(77, "0000:00:04.0/virtio-mem-device-early".utf8, [0, 0, 0, 5])
        var stream = SmallStream()
        stream.early = Array(early.bytes.dropFirst(8))
        if isAfterStart {
            var live = StreamWriter()
            live.start(9, "spapr/htab", StreamWriter.be(UInt32(18)))
            stream.early = Array(live.bytes.dropFirst(8)) + stream.early
        }
        let listed = [SmallDevice.plain("0000:00:04.0/virtio-mem-device-early")] + stream.devices
        stream.json = SmallStream(listed).description
        let document = try stream.document()
        #expect(document.findings == [])
        #expect(names(document).suffix(5).first == "full 0000:00:04.0/virtio-mem-device-early")
        #expect(names(document).suffix(4) == ["start ram", "full first", "full second", "full third"])
        let path = document.path(text: "0000:00:04.0/virtio-mem-device-early:0/word")
        #expect(path.map { document.tree.value(document.tree.node($0)).short } == "0x00000005")
        #expect(Examination.problems(document) == [])
    }

    /// A stream that is cut has lost its description: a device before RAM ends at its footer, and the pages after it are
    /// those of the blocks that the list has.
    @Test(arguments: [1, 2]) func earlyDevicesWithoutADescription(_ count: Int) throws {
        var stream = StreamWriter(footers: true)
        stream.configuration()
        for number in 0..<count {
            let name = "0000:00:0\(number).0/virtio-mem-device-early"
            stream.full(UInt32(77 + number), name.utf8, [0, 0, 0, 5])
        }
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x4000)]))
        stream.part(2, StreamWriter.page(0, fill: 7, block: "pc.ram") + StreamWriter.page(0x1000, fill: 8))
        let whole = stream.bytes
        let document = try Document.of(Array(whole.dropLast(100)))
        document.openLivePart()
        let early = (0..<count).map { "full 0000:00:0\($0).0/virtio-mem-device-early" }
        #expect(Array(names(document).prefix(count + 1)) == early + ["start ram"])
        #expect(document.overview.ramBlocks.map(\.size) == [0x4000])
        let errors = Check(document).findings().filter { $0.severity == .error }
        #expect(errors.map(\.code) == [.ramCut])
        #expect(Examination.problems(document) == [])
    }

    /// Without a description, zeros among a device's fields after what looks like its footer are no end of the stream.
    @Test func zerosAfterWhatLooksLikeAFooter() throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x1000)]))
        stream.end(2, StreamWriter.page(0, block: "pc.ram") + StreamWriter.endOfRAM)
        var clock: [UInt8] = [0, 0, 0, 1, 0x65, 0xf0, 0x94, 0x7e]
        clock += [UInt8](repeating: 0, count: 12) + [0x89, 0xdf, 0xf8, 0x60]
        stream.full(0, "timer".utf8, version: 2, clock)
        stream.full(3, "other".utf8, [1, 2, 3])
        stream.endOfFile()
        for rest in [[], [UInt8](repeating: 0, count: 4096)] {
            let document = try Document.open(
                region: MappedRegion(copying: stream.bytes + rest), name: "vm.mig")
            document.readMissing()
            #expect(names(document) == ["start ram", "full timer", "full other"])
            #expect(document.overview.sections.map(\.size).suffix(2) == [48, 27])
            #expect(!document.has(.command))
        }
    }

    /// Commands in the head, between PART and END, and a live section that ends before RAM does.
    @Test func commands() throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.command(3, StreamWriter.be(UInt64(0x1000)) + StreamWriter.be(UInt64(0x1000)))
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x2000)]))
        stream.part(2, StreamWriter.page(0, block: "pc.ram") + StreamWriter.endOfRAM)
        stream.command(11)
        stream.end(2, StreamWriter.endOfRAM)
        stream.full(10, "first".utf8, [1, 2, 3, 4])
        stream.endOfFile()
        stream.description(SmallStream([.plain("first")]).description)
        let document = try Document.open(region: MappedRegion(copying: stream.bytes), name: "commands.mig")
        document.openLivePart()
        #expect(document.findings == [])
        #expect(Examination.problems(document) == [])
        let rows = document.rows(all: true).filter { $0.pathText.hasSuffix("/command") }
        #expect(rows.map(\.valueText) == ["00 03", "00 0b"])
        #expect(
            document.path(text: "live sections/SWITCHOVER_START@0x\(String(rows[1].offset - 1, radix: 16))")
                != nil)
    }

    /// PARTs and no END, as a background snapshot has it; CONTINUE goes on over sections.
    @Test func partsWithoutEnd() throws {
        var stream = StreamWriter()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("a", 0x1000), ("b", 0x3000)]))
        stream.part(2, StreamWriter.page(0, fill: 1, block: "b") + StreamWriter.endOfRAM)
        stream.part(2, StreamWriter.page(0x1000) + StreamWriter.page(0x2000, fill: 2) + StreamWriter.endOfRAM)
        stream.full(10, "first".utf8, [1, 2, 3, 4])
        stream.endOfFile()
        stream.description(SmallStream([.plain("first")]).description)
        let document = try Document.open(region: MappedRegion(copying: stream.bytes), name: "background.mig")
        #expect(Examination.problems(document) == [])
        #expect(document.findings == [])
        let place = try document.place("b@0x2010", from: 0)
        let node = document.tree.node(place.path)
        #expect(document.tree.bytes(of: node) == [UInt8](repeating: 2, count: 4096))
        #expect(place.offset == node.offset + 0x10)
        #expect(throws: PlaceError.self) { try document.place("b@0x3000", from: 0) }
        #expect(throws: PlaceError.self) { try document.place("a@0", from: 0) }
    }

    /// Subsections of a configuration, the last of them unknown.
    @Test func configuration() throws {
        var stream = StreamWriter()
        let capabilities =
            StreamWriter.be(UInt32(2)) + StreamWriter.counted("x-ignore-shared") + StreamWriter.counted("b")
        stream.configuration(
            "virt",
            [
                ("configuration/target-page-bits", StreamWriter.be(UInt32(14))),
                ("configuration/capabilities", capabilities),
                ("configuration/uuid", [UInt8](0..<16)),
            ])
        let address = StreamWriter.be(UInt64(0x4000_0000))
        let blocks = StreamWriter.ramBlocks([("ram", 0x4000)])
        stream.start(2, "ram", version: 4, blocks.dropLast(8) + address + blocks.suffix(8))
        stream.full(10, "first".utf8, [1, 2, 3, 4])
        stream.endOfFile()
        let document = try Document.open(region: MappedRegion(copying: stream.bytes), name: "virt.mig")
        #expect(document.overview.machine == "virt")
        #expect(document.overview.pageSize == 16384)
        #expect(document.overview.capabilities == ["x-ignore-shared", "b"])
        #expect(document.overview.ramBlocks.map(\.name) == ["ram"])
        #expect(document.findings == [])
        #expect(Tiling.rows(document).unclaimed == 0)
        #expect(document.path(text: "configuration/configuration/capabilities/capabilities[1]") != nil)
    }

    /// AVR has the smallest target pages, 256 bytes: what is a flag elsewhere is an address there.
    @Test func smallPages() throws {
        let document = try Sample.fixture("arduino-uno-7.2").document()
        #expect(document.overview.pageSize == 256)
        #expect(document.ramIndex().pageSize == 256)
        #expect(Check(document).findings() == [])
    }
}
