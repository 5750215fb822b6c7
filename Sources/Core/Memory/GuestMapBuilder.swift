import Bytes
import Stream

/// What a machine's rule has to work with, and the map that it fills.
package struct GuestMapBuilder {
    package let document: Document
    package let architecture: Architecture?
    package let machine: String
    package let blocks: [(name: String, size: Int)]
    package var map = GuestMap()
    /// The blocks that make up main memory, in order.
    package private(set) var main: [Int] = []
    /// Where the range for memory devices begins, by the rule of the machine; nil where it has none.
    package var deviceBase: Int?
    private let tables: ACPITables

    /// `pages` gives the tables that say where memory of devices is.
    package init(_ document: Document, architecture: Architecture?, pages: PageReader?) {
        self.document = document
        tables = pages.map { ACPITables($0, document) } ?? ACPITables()
        self.architecture = architecture
        machine = document.store.machine ?? ""
        blocks = document.overview.ramBlocks.map { ($0.name, $0.size) }
    }

    /// Bytes of main memory, as far as a guest can have them.
    package var mainSize: Int {
        min(main.reduce(0) { $0.addingSaturated(blocks[$1].size) }, GuestMap.addressLimit)
    }

    package func block(_ name: String) -> Int? { blocks.firstIndex { $0.name == name } }

    package mutating func assume(_ text: String) { map.assumptions.append(text) }

    /// Whether it is a PC, as far as its CPUs or its name tell.
    package var isX86: Bool { architecture == .x86 || machine.hasPrefix("pc-") || machine == "isapc" }

    /// Looks up main memory: the machine's own block, or memory backends of any name.
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

    /// Places memory of devices, then the blocks that somebody has an address for; notes those that have none.
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
        for place in places { self.place(place.block, at: place.address) }
    }

    private func names(_ numbers: [Int]) -> String { numbers.map { blocks[$0].name }.joined(separator: ", ") }

    /// Puts bytes `range` of main memory at an address, whichever blocks they lie in.
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

    /// Puts a whole block at an address, where there is such a block.
    package mutating func place(_ name: String, at physical: Int) {
        guard let block = block(name) else { return }
        map.place(block: block, size: blocks[block].size, at: physical, isDevice: isFlash(block))
    }

    // pflash, which is a device to QEMU although it is read as memory.
    private func isFlash(_ block: Int) -> Bool {
        blocks[block].name.split(separator: ".").last?.hasPrefix("flash") ?? false
    }

    /// Puts a block so that it ends below an address; gives back where it begins.
    @discardableResult
    package mutating func place(_ name: String, endingAt end: Int) -> Int {
        guard let block = block(name), blocks[block].size <= end else { return end }
        map.place(
            block: block, size: blocks[block].size, at: end - blocks[block].size, isDevice: isFlash(block))
        return end - blocks[block].size
    }
}

extension GuestMap {
    /// The map of a stream. O(sections + blocks²).
    ///
    /// - Parameters:
    ///   - pages: memory that was read, for the tables in it; nil: none was.
    ///   - places: where blocks are that somebody knows of.
    package init(
        _ document: Document, architecture: Architecture?, pages: PageReader? = nil, places: [BlockPlace] = []
    ) {
        var builder = GuestMapBuilder(document, architecture: architecture, pages: pages)
        if let rule = MachineMemory.all.first(where: { $0.matches(builder) }) {
            builder.findMain(rule.block)
            rule.place(&builder)
            PCIWindows.place(&builder)
        } else {
            builder.assume("no memory map is known for this machine")
        }
        builder.placeDevices(places)
        self = builder.map
    }
}

/// A RAM block at an address that somebody gives: `BLOCK@ADDRESS`.
package struct BlockPlace: Sendable, Equatable {
    /// The block's name, escaped as it is shown.
    package var block: String
    /// Guest-physical address of its first byte.
    package var address: Int

    /// The name may have an `@`; the address does not. Nil for another form, and beyond what guests can address.
    package init?(_ text: String) {
        guard let mark = text.utf8.lastIndex(of: UInt8(ascii: "@")), mark != text.startIndex,
            let address = ByteCount.parse(text[text.index(after: mark)...]), address < GuestMap.addressLimit
        else { return nil }
        block = String(text[..<mark])
        self.address = address
    }
}
