import Foundation
import Testing

@testable import Bytes
@testable import Memory
@testable import Stream

/// Where memory of devices is: by ACPI tables, and as QEMU had it.
@Suite struct MemoryDevicesTests {
    private func little(_ value: UInt64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    private func table(_ name: String, head: Int, _ entries: [[UInt8]]) -> [UInt8] {
        let body = [UInt8](repeating: 0, count: head - 8) + entries.flatMap { $0 }
        return Array(name.utf8) + little(UInt64(body.count + 8), 4) + body
    }

    // Type 1 of SRAT (ACPI 6.5, 5.2.16.2).
    private func memory(_ base: UInt64, _ length: UInt64, node: UInt64 = 0, flags: UInt64) -> [UInt8] {
        [1, 40] + little(node, 4) + little(0, 2) + little(base, 8) + little(length, 8) + little(0, 4)
            + little(flags, 4)
            + little(0, 8)
    }

    @Test func affinities() {
        let tables = ACPITables(
            table("FACS", head: 64, []) + table("DSDT", head: 36, [[1, 2, 3]])
                + table(
                    "SRAT", head: 48,
                    [
                        [0, 16] + little(0, 14), memory(0, 0x8000_0000, flags: 1),
                        memory(0x1_0000_0000, 0x4000_0000, flags: 3), memory(0x2_0000_0000, 0x1000, flags: 5),
                        memory(0x3_0000_0000, 0x1000, flags: 0),
                    ]) + [0, 0, 0, 0])
        #expect(tables.hotplugBase == 0x1_0000_0000)
        #expect(tables.nonvolatile == [0x2_0000_0000..<0x2_0000_1000])
    }

    /// A node's memory is what its ranges have together, without what may be plugged.
    @Test func nodes() {
        let tables = ACPITables(
            table(
                "SRAT", head: 48,
                [
                    memory(0, 0xa0000, flags: 1), memory(0x10_0000, 0x7ff0_0000, flags: 1),
                    memory(0x8000_0000, 0x4000_0000, node: 2, flags: 1),
                    memory(0x1_0000_0000, 0x8000_0000, node: 2, flags: 1),
                    memory(0x2_0000_0000, 0x4000_0000, node: 2, flags: 3),
                ]))
        #expect(tables.nodes == [0x7ffa_0000, 0xc000_0000])
    }

    /// A firmware interface table stands in where SRAT has no persistent memory.
    @Test func firmwareInterface() {
        let range =
            little(0, 2) + little(56, 2) + little(0, 28) + little(0x1_4000_0000, 8) + little(0x20_0000, 8)
        let tables = ACPITables(
            table("NFIT", head: 40, [range + little(0, 8), little(1, 2) + little(48, 2) + little(0, 44)]))
        #expect(tables.nonvolatile == [0x1_4000_0000..<0x1_4020_0000])
        #expect(tables.hotplugBase == nil)
    }

    @Test(arguments: [
        [], [0x53], Array("SRAT".utf8), Array("SRAT".utf8) + [0xff, 0xff, 0xff, 0xff],
        Array("SRAT".utf8) + [40, 0, 0, 0] + [UInt8](repeating: 1, count: 32),
        [UInt8](repeating: 0xff, count: 100),
        Array("NFIT".utf8) + [44, 0, 0, 0] + [UInt8](repeating: 0, count: 36),
    ]) func damage(_ bytes: [UInt8]) {
        let tables = ACPITables(bytes)
        #expect(tables.hotplugBase == nil && tables.nonvolatile.isEmpty)
    }

    @Test(arguments: [
        ("d0@0x100000000", "d0", 0x1_0000_0000), ("a@b@4K", "a@b", 4096), ("/objects/m@0", "/objects/m", 0),
    ]) func places(_ text: String, _ block: String, _ address: Int) throws {
        let place = try #require(BlockPlace(text))
        #expect(place.block == block && place.address == address)
    }

    @Test(arguments: ["", "@", "d0", "d0@", "@0", "d0@x", "d0@0x10000000000000", "d0@-1"])
    func noPlaces(_ text: String) { #expect(BlockPlace(text) == nil) }

    /// A block goes where somebody says, over what is there.
    @Test func givenPlace() throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let place = try #require(BlockPlace("pc.bios@0x10000000000"))
        let memory = GuestMemory(document, index: document.ramIndex(), places: [place])
        let bios = try #require(document.overview.ramBlocks.firstIndex { $0.name == "pc.bios" })
        #expect(memory.map.regions.contains { $0.block == bios && $0.physical == 1 << 40 })
        #expect(memory.map.unplaced.isEmpty)
    }

    // MARK: As QEMU had it

    private static let cases = Places.shared?.appending(path: "cases/memory")

    /// Each stretch of QEMU's own dump of the guest is in the core, byte by byte.
    @Test(
        .enabled(if: cases != nil, "needs the shared cases"), arguments: ["tiny-dimm-10.0", "tiny-q35-10.0"])
    func dumps(_ name: String) throws {
        let folder = try #require(Self.cases)
        let scratch = try Scratch()
        func unpacked(_ name: String) throws -> MappedRegion {
            try Sample.unpack(folder.appending(path: name + ".xz"), to: scratch.path(name))
            return try MappedRegion.open(path: scratch.path(name))
        }
        let dump = try unpacked(name + ".dump.elf")
        let document = try Document.open(region: unpacked(name + ".mig"), name: name)
        let memory = GuestMemory(document, index: document.ramIndex())
        #expect(memory.map.unplaced.isEmpty)
        for load in TestCore(dump).loads {
            let bytes = try memory.read(load.physical, UInt64(load.range.count))
            #expect(bytes == dump.copy(load.range), "at \(Hex.digits(load.physical))")
        }
    }
}

/// The PT_LOADs of a little-endian core of 32 or 64 bits.
struct TestCore {
    var loads: [(physical: UInt64, range: Range<Int>)] = []

    init(_ region: MappedRegion) {
        let isWide = region.byte(at: 4) == 2
        func number(_ offset: Int, _ size: Int) -> UInt64 {
            region.copy(offset..<offset + size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let table = Int(isWide ? number(32, 8) : number(28, 4))
        for index in 0..<Int(number(isWide ? 56 : 44, 2)) {
            let head = table + index * (isWide ? 56 : 32)
            guard number(head, 4) == 1 else { continue }
            let offset = Int(isWide ? number(head + 8, 8) : number(head + 4, 4))
            let physical = isWide ? number(head + 24, 8) : number(head + 12, 4)
            let size = Int(isWide ? number(head + 32, 8) : number(head + 16, 4))
            loads.append((physical, offset..<offset + size))
        }
    }
}
