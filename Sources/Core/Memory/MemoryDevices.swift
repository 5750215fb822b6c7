import Bytes
import Format
import Stream

/// Finds the addresses of device memory: DIMMs, NVDIMMs and virtio-mem.
///
/// A virtio-mem device saves its address. QEMU's ACPI tables contain the addresses of NVDIMMs and the start
/// of the range for memory devices, where QEMU places DIMMs consecutively (hw/mem/memory-device.c
/// memory_device_get_free_addr, 7.2 to 11.1). Other blocks have no address.
package struct MemoryDevices {
    private let document: Document
    private let tables: ACPITables
    // The address ranges of devices, with or without plugged memory.
    private var taken: [Range<Int>] = []
    // Whether all devices that save an address were found.
    private var hasKnownDevices = true

    package init(_ document: Document, _ tables: ACPITables) {
        self.document = document
        self.tables = tables
    }

    /// Places the blocks that are memory devices. O(sections + blocks²).
    ///
    /// - Parameters:
    ///   - blocks: The numbers of memory backends that are not main memory.
    ///   - base: The start of the range for memory devices by the machine's rule; nil if the machine has
    /// none.
    ///   - slotsInUse: The number of DIMMs and NVDIMMs in the hotplug controller.
    /// - Returns: The blocks without an address.
    package mutating func place(
        _ blocks: [Int], base: Int?, slotsInUse: Int?, _ builder: inout GuestMapBuilder
    ) -> [Int] {
        var left = blocks
        placeVirtIOMemory(&left, &builder)
        let before = left.count
        placeNonvolatile(&left, &builder)
        let slots = slotsInUse.map { max($0 - (before - left.count), 0) }
        placeDIMMs(&left, from: tables.hotplugBase ?? base, slots, &builder)
        return left
    }

    // MARK: virtio-mem

    // hw/virtio/virtio-mem.c vmstate_virtio_mem_sanity_checks; before 8.0 in the device's own section.
    private mutating func placeVirtIOMemory(_ left: inout [Int], _ builder: inout GuestMapBuilder) {
        // The path of the device is the prefix of its section and of its block.
        var found: Set<Substring> = []
        var all: Set<Substring> = []
        for (name, section) in StateField.all(in: document.store) {
            guard let slash = name.lastIndex(of: "/"), name[slash...].hasPrefix("/virtio-mem") else {
                continue
            }
            let device = name[...slash]
            all.insert(device)
            // Newer versions write two sections for a device, one of which has the size.
            guard let checks = section.first(having: "region_size"),
                let address = checks["addr"]?.unsigned.map({ Int($0) }),
                let size = checks["region_size"]?.unsigned.map({ Int($0) }), size > 0,
                let unit = checks["block_size"]?.unsigned.map({ Int($0) }), unit > 0,
                let block = builder.blocks.firstIndex(where: {
                    $0.size == size && $0.name.hasPrefix(device)
                })
            else { continue }
            found.insert(device)
            taken.append(address..<address + size)
            guard let bitmap = section.first(ofType: "bitmap") else { continue }
            for run in Self.plugged(bitmap, count: size / unit) {
                builder.map.place(
                    block: block, from: run.lowerBound * unit, size: run.count * unit,
                    at: address + run.lowerBound * unit)
            }
        }
        let unknown = all.subtracting(found)
        hasKnownDevices = unknown.isEmpty
        left += builder.blocks.indices.filter { number in
            unknown.contains { builder.blocks[number].name.hasPrefix($0) }
        }
    }

    // Returns the runs of set bits, at most `count` bits, in 64-bit words that are written big-endian
    // (VMSTATE_BITMAP).
    private static func plugged(_ bitmap: StateField, count: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for bit in 0..<min(count, bitmap.size / 8 * 64) {
            // The last byte of a word has its lowest bits.
            let place = bit / 64 * 8 + 7 - bit % 64 / 8
            guard let byte = bitmap.byte(place), byte >> UInt8(bit % 8) & 1 == 1 else { continue }
            if let last = runs.last, last.upperBound == bit {
                runs[runs.count - 1] = last.lowerBound..<bit + 1
            } else {
                runs.append(bit..<bit + 1)
            }
        }
        return runs
    }

    // MARK: NVDIMMs

    // The end of a backend may be the label area, which is not guest memory.
    private mutating func placeNonvolatile(_ left: inout [Int], _ builder: inout GuestMapBuilder) {
        for range in tables.nonvolatile {
            let sizes = left.filter { builder.blocks[$0].size >= range.count }
            guard let block = sizes.min(by: { builder.blocks[$0].size < builder.blocks[$1].size }) else {
                continue
            }
            left.removeAll { $0 == block }
            taken.append(range)
            builder.map.place(block: block, size: range.count, at: range.lowerBound)
        }
    }

    // MARK: DIMMs

    private mutating func placeDIMMs(
        _ left: inout [Int], from base: Int?, _ slots: Int?, _ builder: inout GuestMapBuilder
    ) {
        guard !left.isEmpty, hasKnownDevices, let base, slots == left.count,
            let ordered = inOrder(left, builder)
        else {
            return
        }
        var places: [String] = []
        for block in ordered {
            let size = builder.blocks[block].size
            let address = firstFree(from: base, size: size)
            taken.append(address..<address + size)
            builder.map.place(block: block, size: size, at: address)
            places.append("\(builder.blocks[block].name) at \(Hex.offset(address))")
        }
        left = []
        builder.assume(
            "\(places.joined(separator: ", ")): QEMU places DIMMs without an address there, in this order"
        )
    }

    // Returns the order in which the blocks were plugged: by the numbers in their names, or as listed if all
    // have one size. Nil if the order is unknown.
    private func inOrder(_ blocks: [Int], _ builder: GuestMapBuilder) -> [Int]? {
        if blocks.count == 1 { return blocks }
        let names = blocks.map { builder.blocks[$0].name }
        let stems = names.map { name in String(name.reversed().drop { $0.isASCII && $0.isNumber }.reversed())
        }
        let numbers = zip(names, stems).map { Int($0.dropFirst($1.count)) }
        if Set(stems).count == 1, !numbers.contains(nil) {
            return zip(blocks, numbers).sorted { ($0.1 ?? 0) < ($1.1 ?? 0) }.map(\.0)
        }
        return Set(blocks.map { builder.blocks[$0].size }).count == 1 ? blocks : nil
    }

    /// QEMU aligns memory to 2 MiB, so that the host can use large pages (include/qemu/osdep.h
    /// QEMU_VMALLOC_ALIGN).
    private static let alignment = 2 << 20

    private func firstFree(from base: Int, size: Int) -> Int {
        var address = base
        for range in taken.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound >= address + size { break }
            guard range.upperBound > address else { continue }
            address = (range.upperBound + Self.alignment - 1) / Self.alignment * Self.alignment
        }
        return address
    }
}

/// The memory in the ACPI tables that QEMU makes for a guest: `/rom@etc/acpi/tables`, which is a block of the
/// stream.
package struct ACPITables {
    /// The start of the range for memory devices (SRAT, an enabled and hot-pluggable range).
    package private(set) var hotplugBase: Int?
    /// Persistent memory (SRAT, else NFIT), in order.
    package private(set) var nonvolatile: [Range<Int>] = []
    /// The size of main memory per NUMA node in bytes, by node number (SRAT). A PC's first node lacks the
    /// hole between 640 KiB and 1 MiB.
    package private(set) var nodes: [Int] = []

    package init() {}

    /// Reads the block of `document`; empty if the block is not complete in the stream. O(tables).
    package init(_ pages: PageReader, _ document: Document) {
        guard
            let block = pages.index.blocks.firstIndex(where: {
                document.store.table.names.bytes($0.name).elementsEqual("/rom@etc/acpi/tables".utf8)
            })
        else {
            self.init()
            return
        }
        self.init(Self.content(of: block, pages))
    }

    private static let sizeLimit = 1 << 21

    private static func content(of block: Int, _ pages: PageReader) -> [UInt8] {
        var bytes: [UInt8] = []
        let size = min(pages.index.blocks[block].size, sizeLimit)
        for page in 0..<size / pages.index.pageSize {
            switch pages.content(block: block, page: page) {
            case .bytes(let content): bytes += content
            case .zero: bytes += [UInt8](repeating: 0, count: pages.index.pageSize)
            case .absent: return bytes
            }
        }
        return bytes
    }

    /// Reads consecutive tables up to the first invalid one.
    package init(_ bytes: [UInt8]) {
        var hotplug: [Range<Int>] = []
        var persistent: [Range<Int>] = []
        var interleaved: [Range<Int>] = []
        var sizes: [Int: Int] = [:]
        let tables = ACPIReader(bytes: bytes)
        var position = 0
        while let length = tables.number(position + 4, 4), length >= 36, position + length <= bytes.count {
            switch tables.signature(position) {
            case "SRAT":
                for entry in tables.entries(position + 48..<position + length, lengthAt: 1, size: 1)
                where bytes[entry.lowerBound] == 1 {
                    guard let range = tables.range(entry.lowerBound + 8), entry.count >= 32,
                        let flags = tables.number(entry.lowerBound + 28, 4)
                    else { continue }
                    // Enabled 1, hot-pluggable 2, non-volatile 4.
                    if flags & 5 == 5 {
                        persistent.append(range)
                    } else if flags & 3 == 3 {
                        hotplug.append(range)
                    } else if flags & 1 == 1, let node = tables.number(entry.lowerBound + 2, 4) {
                        sizes[node, default: 0] += range.count
                    }
                }
            case "NFIT":
                for entry in tables.entries(position + 40..<position + length, lengthAt: 2, size: 2)
                where tables.number(entry.lowerBound, 2) == 0 && entry.count >= 56 {
                    if let range = tables.range(entry.lowerBound + 32) { interleaved.append(range) }
                }
            case nil: position = bytes.count
            default: break
            }
            position += length
        }
        hotplugBase = hotplug.map(\.lowerBound).min()
        nodes = sizes.sorted { $0.key < $1.key }.map(\.value)
        nonvolatile = (persistent.isEmpty ? interleaved : persistent).sorted { $0.lowerBound < $1.lowerBound }
    }
}

/// Reads little-endian numbers of ACPI tables.
private struct ACPIReader {
    let bytes: [UInt8]

    /// Returns a number; nil outside the bytes, and for more than 63 bits.
    func number(_ offset: Int, _ size: Int) -> Int? {
        guard offset >= 0, offset + size <= bytes.count else { return nil }
        let value = bytes[offset..<offset + size].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return Int(exactly: value)
    }

    /// Returns four upper-case letters or digits; else nil.
    func signature(_ offset: Int) -> String? {
        let name = bytes[offset..<min(offset + 4, bytes.count)]
        let isName = name.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) }
        return isName && name.count == 4 ? String(decoding: name, as: UTF8.self) : nil
    }

    /// Returns a range from a base and a length of 8 bytes each; nil for an empty or impossible range.
    func range(_ offset: Int) -> Range<Int>? {
        guard let base = number(offset, 8), let length = number(offset + 8, 8), length > 0,
            base + length <= GuestMap.addressLimit
        else { return nil }
        return base..<base + length
    }

    /// Returns the entries of a table, each with its length at `lengthAt` in `size` bytes.
    func entries(_ range: Range<Int>, lengthAt: Int, size: Int) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = range.lowerBound
        while let length = number(position + lengthAt, size), length >= 4,
            position + length <= range.upperBound
        {
            found.append(position..<position + length)
            position += length
        }
        return found
    }
}
