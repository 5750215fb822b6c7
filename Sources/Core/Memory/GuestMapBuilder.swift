import Bytes
import Stream

/// The input of a machine's rule, and the map that it fills.
package struct GuestMapBuilder {
    package let document: Document
    package let architecture: Architecture?
    package let machine: String
    package let blocks: [(name: String, size: Int)]
    package var map = GuestMap()
    /// The blocks of main memory, in order.
    package private(set) var main: [Int] = []
    /// The start of the range for memory devices by the machine's rule; nil if the machine has none.
    package var deviceBase: Int?
    private let tables: ACPITables

    /// `pages` provides the ACPI tables, which give the addresses of device memory.
    package init(_ document: Document, architecture: Architecture?, pages: PageReader?) {
        self.document = document
        tables = pages.map { ACPITables($0, document) } ?? ACPITables()
        self.architecture = architecture
        machine = document.store.machine ?? ""
        blocks = document.overview.ramBlocks.map { ($0.name, $0.size) }
    }

    /// The size of main memory in bytes, limited to what a guest can address.
    package var mainSize: Int {
        min(main.reduce(0) { $0.addingSaturated(blocks[$1].size) }, GuestMap.addressLimit)
    }

    package func block(_ name: String) -> Int? { blocks.firstIndex { $0.name == name } }

    package mutating func assume(_ text: String) { map.assumptions.append(text) }

    /// Whether the machine is a PC, by its CPUs or its name.
    package var isX86: Bool { architecture == .x86 || machine.hasPrefix("pc-") || machine == "isapc" }

    /// Finds main memory: the machine's own block, or memory backends of any name.
    package mutating func findMain(_ name: String) {
        let backends = MemoryBackends(document, blocks, isX86: isX86)
        if let block = block(name) {
            main = [block]
            return
        }
        let choice = backends.choice(nodes: tables.nodes)
        main = choice.main
        guard !main.isEmpty else { return }
        assume("main memory is \(names(main)): the stream has no block \(name)")
        choice.assumptions.forEach { assume($0) }
    }

    /// Places device memory, then the blocks with an address from the user; lists those without an address.
    package mutating func placeDevices(_ places: [BlockPlace]) {
        let chosen = Set(places.map(\.block))
        let backends = MemoryBackends(document, blocks, isX86: isX86)
        var devices = MemoryDevices(document, tables)
        let candidates = backends.backends.filter { number in
            !main.contains(number) && !chosen.contains(blocks[number].name)
                && !map.regions.contains { $0.block == number }
        }
        let left = devices.place(
            candidates, base: deviceBase, slotsInUse: backends.slotsInUse, &self)
        map.unplaced = left.map { .init(block: blocks[$0].name, size: blocks[$0].size) }
        for place in places {
            noteConflict(place)
            self.place(place.block, at: place.address)
        }
    }

    // The block would hide what is at its address.
    private mutating func noteConflict(_ place: BlockPlace) {
        guard let number = block(place.block) else { return }
        let end = place.address.addingSaturated(blocks[number].size)
        guard let there = map.regions.first(where: { $0.physical < end && place.address < $0.end }) else {
            return
        }
        map.conflicts.append(
            "\(place.block)@\(Hex.offset(place.address)): \(blocks[there.block].name) is at "
                + "\(Hex.offset(there.physical)) to \(Hex.offset(there.end))")
    }

    private func names(_ numbers: [Int]) -> String { numbers.map { blocks[$0].name }.joined(separator: ", ") }

    /// Places the bytes `range` of main memory at an address, across blocks.
    package mutating func placeMain(_ range: Range<Int>, at physical: Int) {
        var start = 0
        for block in main {
            let part = range.clamped(to: start..<start.addingSaturated(blocks[block].size))
            if !part.isEmpty {
                map.place(
                    block: block, from: part.lowerBound - start, size: part.count,
                    at: physical + part.lowerBound - range.lowerBound)
            }
            start = start.addingSaturated(blocks[block].size)
        }
    }

    /// Places a whole block at an address, if the block exists.
    package mutating func place(_ name: String, at physical: Int) {
        guard let block = block(name) else { return }
        map.place(block: block, size: blocks[block].size, at: physical, isDevice: isFlash(block))
    }

    // Whether the block is pflash, which is a device to QEMU although the guest reads it as memory.
    private func isFlash(_ block: Int) -> Bool {
        blocks[block].name.split(separator: ".").last?.hasPrefix("flash") ?? false
    }

    /// Places a block so that it ends below an address; returns its start.
    @discardableResult
    package mutating func place(_ name: String, endingAt end: Int) -> Int {
        guard let block = block(name), blocks[block].size <= end else { return end }
        map.place(
            block: block, size: blocks[block].size, at: end - blocks[block].size, isDevice: isFlash(block))
        return end - blocks[block].size
    }
}

extension GuestMap {
    /// Builds the map of a stream. O(sections + blocks²).
    ///
    /// - Parameters:
    ///   - pages: The memory that was read, for the ACPI tables in it; nil if none was.
    ///   - places: The blocks with known addresses.
    package init(
        _ document: Document, architecture: Architecture?, pages: PageReader? = nil, places: [BlockPlace] = []
    ) {
        var builder = GuestMapBuilder(document, architecture: architecture, pages: pages)
        if let rule = MachineMemory.all.first(where: { $0.matches(builder) }) {
            builder.findMain(rule.block)
            rule.place(&builder)
            PCIWindows.place(&builder)
        } else {
            builder.assume("the memory map of this machine is unknown")
        }
        builder.placeDevices(places)
        self = builder.map
    }
}

/// A RAM block with an address from the user: `BLOCK@ADDRESS`.
package struct BlockPlace: Sendable, Equatable {
    /// The block's name, escaped for display.
    package var block: String
    /// The guest-physical address of its first byte.
    package var address: Int

    /// The name may contain an `@`. Nil for other forms and for addresses beyond the guest limit.
    package init?(_ text: String) {
        guard let mark = text.utf8.lastIndex(of: UInt8(ascii: "@")), mark != text.startIndex,
            let address = ByteCount.parse(text[text.index(after: mark)...]), address < GuestMap.addressLimit
        else { return nil }
        block = String(text[..<mark])
        self.address = address
    }
}
