import Memory
import Stream
import Testing

/// Which backends are main memory, and in which order.
@Suite struct MemoryBackendTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var blocks: [(String, Int)]
        /// MiB.
        var told: Int?
        var slots: Int?
        var main: [String]
        var devices: [String] = []
        var assumptions = 0

        var testDescription: String { blocks.map(\.0).joined(separator: " ") }
    }

    /// Blocks as streams list them, by size.
    static let cases = [
        Case(
            blocks: [("ram-node1", 48), ("ram-node0", 16), ("pc.bios", 1)], told: 64,
            main: ["ram-node0", "ram-node1"]),
        Case(
            blocks: [("memdimm0", 128), ("ram-node0", 32), ("ram-node1", 32)], told: 64, slots: 1,
            main: ["ram-node0", "ram-node1"], devices: ["memdimm0"]),
        Case(blocks: [("d0", 128), ("m0", 64)], told: 64, slots: 1, main: ["m0"], devices: ["d0"]),
        Case(
            blocks: [("/objects/m1", 48), ("/objects/m0", 16)], told: 64,
            main: ["/objects/m0", "/objects/m1"]),
        // Nodes are not ordered as text.
        Case(
            blocks: [("ram-node10", 4), ("ram-node9", 3), ("ram-node2", 2)],
            main: ["ram-node2", "ram-node9", "ram-node10"]),
        Case(
            blocks: [("shared", 64), ("ram-node1", 48), ("ram-node0", 16)], told: 64,
            main: ["ram-node0", "ram-node1"], devices: ["shared"]),
        // Names without numbers tell no order.
        Case(blocks: [("b", 48), ("a", 16)], told: 64, main: ["b", "a"], assumptions: 1),
        // Two blocks of one size; and a name that speaks for a DIMM.
        Case(
            blocks: [("a", 64), ("b", 64)], told: 64, slots: 1, main: ["a"], devices: ["b"], assumptions: 1),
        Case(
            blocks: [("dimm0", 64), ("b", 64)], told: 64, slots: 1, main: ["b"], devices: ["dimm0"]),
        Case(blocks: [("dimm0", 64)], told: 64, main: ["dimm0"]),
        // One block of the size, where two DIMMs are said to be there, and two blocks.
        Case(
            blocks: [("c", 64), ("a", 32), ("b", 32)], told: 64, slots: 2, main: ["c"], devices: ["a", "b"]),
        // Nothing fits; no size, but DIMMs.
        Case(blocks: [("a", 64)], told: 100, main: ["a"], assumptions: 1),
        Case(blocks: [("a2", 64), ("a1", 32)], slots: 1, main: ["a1", "a2"], assumptions: 1),
        Case(blocks: [("0000:00:02.0/vga.vram", 16)], told: 16, main: [], assumptions: 1),
    ]

    @Test(arguments: cases) func chosen(_ test: Case) {
        let blocks = test.blocks.map { (name: $0.0, size: $0.1 << 20) }
        let choice = MemoryBackends(
            blocks: blocks, mainSize: test.told.map { $0 << 20 }, slotsInUse: test.slots
        ).choice()
        #expect(choice.main.map { blocks[$0].name } == test.main)
        #expect(choice.devices.map { blocks[$0].name } == test.devices)
        #expect(choice.assumptions.count == test.assumptions)
    }

    /// A guest's tables say how much memory each node has; where nodes are of one size that tells nothing.
    @Test func theOrderOfNodes() {
        let blocks = [("big", 3072), ("small", 2048)].map { (name: $0.0, size: $0.1 << 20) }
        let backends = MemoryBackends(blocks: blocks, mainSize: 5120 << 20, slotsInUse: nil)
        let told = backends.choice(nodes: [(2048 << 20) - (384 << 10), 3072 << 20])
        #expect(told.main == [1, 0])
        #expect(told.assumptions.isEmpty)
        for nodes in [[], [5120 << 20], [2048 << 20, 2048 << 20], [1024 << 20, 4096 << 20]] {
            let assumed = backends.choice(nodes: nodes)
            #expect(assumed.main == [0, 1])
            #expect(assumed.assumptions.count == 1)
        }
        let alike = MemoryBackends(
            blocks: [(name: "x", size: 64), (name: "y", size: 64)], mainSize: 128, slotsInUse: nil)
        #expect(alike.choice(nodes: [64, 64]).assumptions.count == 1)
    }

    /// Blocks that QEMU names are none that somebody gave.
    @Test func backends() {
        let names = ["d", "pc.ram", "pc.bios", "0000:00:02.0/vga.vram", "/objects/m", "/rom@etc/acpi/tables"]
        let backends = MemoryBackends(blocks: names.map { (name: $0, size: 1) }, mainSize: 64, slotsInUse: 1)
        #expect(backends.backends == [0, 1, 4])
    }

    /// Many backends of one size are not tried set by set.
    @Test func manyBackends() {
        let blocks = (0..<4096).map { (name: "b\($0)", size: Int.max / 2) }
        let choice = MemoryBackends(blocks: blocks, mainSize: 1, slotsInUse: nil).choice()
        #expect(choice.main.count == 4096)
    }

    // MARK: From a stream

    /// A PC with blocks and a DIMM slot; CMOS and the slot as QEMU 7.2 describes them.
    private func document(extended: Int, units: Int, isPlugged: Bool) throws -> Document {
        var cmos = [UInt8](repeating: 0, count: 128)
        (cmos[0x17], cmos[0x18]) = (UInt8(extended & 0xff), UInt8(extended >> 8))
        (cmos[0x34], cmos[0x35]) = (UInt8(units & 0xff), UInt8(units >> 8))
        let slot =
            #"{"vmsd_name": "memory hotplug device state", "version": 1, "fields": [{"name": "is_enabled", "type": "bool", "size": 1}]}"#
        let state =
            #"{"vmsd_name": "memory hotplug state", "version": 1, "fields": [{"name": "selector", "type": "uint32", "size": 4}, {"name": "devs", "array_len": 2, "type": "struct", "struct": \#(slot), "size": 1}]}"#
        var stream = SmallStream([
            SmallDevice(
                "mc146818rtc", cmos, fields: #"{"name": "cmos_data", "type": "buffer", "size": 128}"#),
            SmallDevice(
                "0000:00:1f.0/ICH9LPC", [0, 0, 0, 0, isPlugged ? 1 : 0, 0],
                fields:
                    #"{"name": "acpi_memory_hotplug", "type": "struct", "struct": \#(state), "size": 6}"#),
        ])
        stream.hasConfiguration = false
        stream.hasRAM = false
        var early = StreamWriter()
        early.configuration("pc-q35-7.2")
        early.start(2, "ram", version: 4, StreamWriter.ramBlocks([("d", 32 << 20), ("m", 16 << 20)]))
        let pages =
            StreamWriter.page(0, fill: 1, block: "d") + StreamWriter.page(0, fill: 2, block: "m")
        early.part(2, pages + StreamWriter.endOfRAM)
        early.end(2, StreamWriter.endOfRAM)
        stream.early = Array(early.bytes.dropFirst(8))
        return try stream.document()
    }

    /// 16 MiB by the units of 1 KiB, 32 MiB by those of 64 KiB.
    @Test(arguments: [(0x3c00, 0, UInt8(2)), (0x7c00, 0x100, 1)])
    func toldByCMOS(_ extended: Int, _ units: Int, _ first: UInt8) throws {
        let memory = try document(extended: extended, units: units, isPlugged: true).guestMemory()
        #expect(try memory.read(0, 1) == [first])
        #expect(memory.map.assumptions.contains { $0.contains("DIMM") })
    }

    @Test func slots() throws {
        for isPlugged in [true, false] {
            let document = try document(extended: 0x3c00, units: 0, isPlugged: isPlugged)
            #expect(MemoryBackends(document, [], isX86: true).slotsInUse == (isPlugged ? 1 : 0))
        }
        #expect(try MemoryBackends(SmallStream().document(), [], isX86: true).slotsInUse == nil)
    }
}
