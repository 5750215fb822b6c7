/// What a machine's rule has to work with, and the map that it fills.
struct GuestMapBuilder {
    let document: Document
    let architecture: Architecture?
    let machine: String
    let blocks: [(name: String, size: Int)]
    var map = GuestMap()
    /// The blocks that make up main memory, in order.
    private(set) var main: [Int] = []

    init(_ document: Document, architecture: Architecture?) {
        self.document = document
        self.architecture = architecture
        machine = document.overview.machine ?? ""
        blocks = document.overview.ramBlocks.map { ($0.name, $0.size) }
    }

    /// Bytes of main memory, as far as a guest can have them.
    var mainSize: Int { min(main.reduce(0) { $0.addingSaturated(blocks[$1].size) }, GuestMap.addressLimit) }

    func block(_ name: String) -> Int? { blocks.firstIndex { $0.name == name } }

    mutating func assume(_ text: String) { map.assumptions.append(text) }

    /// Looks up main memory: the machine's own block, or memory backends of any name.
    mutating func findMain(_ name: String) {
        if let block = block(name) {
            main = [block]
            return
        }
        // QEMU lists blocks by size, those of a size as they were made (system/physmem.c ram_block_add, 10.0).
        main = blocks.indices.filter { Self.isBackend(blocks[$0].name) }
        guard !main.isEmpty else { return }
        let names = main.map { blocks[$0].name }.joined(separator: ", ")
        assume("main memory is \(names): the stream has no block \(name)")
    }

    // Blocks that belong to a device, to firmware or to fw_cfg are named by QEMU.
    private static func isBackend(_ name: String) -> Bool {
        if name.contains("/"), !name.hasPrefix("/objects/") { return false }
        let owned = ["vram", "rom", "mrom", "bios", "flash0", "flash1", "flash", "sram"]
        let last = name.split { $0 == "." || $0 == "-" }.last.map(String.init) ?? name
        return !owned.contains(last)
    }

    /// Puts bytes `range` of main memory at an address, whichever blocks they lie in.
    mutating func placeMain(_ range: Range<Int>, at physical: Int) {
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
    mutating func place(_ name: String, at physical: Int) {
        if let block = block(name) { map.place(block: block, size: blocks[block].size, at: physical) }
    }

    /// Puts a block so that it ends below an address; gives back where it begins.
    @discardableResult
    mutating func place(_ name: String, endingAt end: Int) -> Int {
        guard let block = block(name), blocks[block].size <= end else { return end }
        map.place(block: block, size: blocks[block].size, at: end - blocks[block].size)
        return end - blocks[block].size
    }
}

extension GuestMap {
    /// The map of a stream. O(sections + blocks²).
    init(_ document: Document, architecture: Architecture?) {
        var builder = GuestMapBuilder(document, architecture: architecture)
        if let rule = MachineMemory.all.first(where: { $0.matches(builder) }) {
            builder.findMain(rule.block)
            rule.place(&builder)
            PCIWindows.place(&builder)
        } else {
            builder.assume("no memory map is known for this machine")
        }
        self = builder.map
    }
}
