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

    package init(_ document: Document, architecture: Architecture?) {
        self.document = document
        self.architecture = architecture
        machine = document.overview.machine ?? ""
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
            leaveOut(backends.devices(besides: block))
            return
        }
        let choice = backends.choice()
        main = choice.main
        guard !main.isEmpty else { return }
        assume("main memory is \(names(main)): the stream has no block \(name)")
        choice.assumptions.forEach { assume($0) }
        leaveOut(choice.devices)
    }

    // The guest finds DIMMs by ACPI, and addresses of virtio-mem in its registers.
    private mutating func leaveOut(_ devices: [Int]) {
        guard !devices.isEmpty else { return }
        assume(
            "\(names(devices)) is left out as memory of a DIMM or another device, whose address is unknown")
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
        if let block = block(name) { map.place(block: block, size: blocks[block].size, at: physical) }
    }

    /// Puts a block so that it ends below an address; gives back where it begins.
    @discardableResult
    package mutating func place(_ name: String, endingAt end: Int) -> Int {
        guard let block = block(name), blocks[block].size <= end else { return end }
        map.place(block: block, size: blocks[block].size, at: end - blocks[block].size)
        return end - blocks[block].size
    }
}

extension GuestMap {
    /// The map of a stream. O(sections + blocks²).
    package init(_ document: Document, architecture: Architecture?) {
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
