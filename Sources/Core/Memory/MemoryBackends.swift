import Bytes
import Format
import Stream

/// Distinguishes main memory from memory devices (DIMMs, virtio-mem) if both are backends of any name.
///
/// A stream lists RAM blocks by size, but not their use.
package struct MemoryBackends {
    package let blocks: [(name: String, size: Int)]
    /// The size of main memory in bytes from the machine's registers; nil if it has none.
    package let mainSize: Int?
    /// The number of memory devices in the slots of a hotplug controller; nil if there is no controller.
    package let slotsInUse: Int?
    /// The blocks that may be memory backends.
    package let backends: [Int]

    package init(blocks: [(name: String, size: Int)], mainSize: Int?, slotsInUse: Int?) {
        self.blocks = blocks
        self.mainSize = mainSize
        self.slotsInUse = slotsInUse
        backends = blocks.indices.filter { Self.isBackend(blocks[$0].name) }
    }

    package struct Choice {
        /// The blocks of main memory, in order.
        package var main: [Int] = []
        /// The blocks of memory devices.
        package var devices: [Int] = []
        /// The assumptions behind the choice.
        package var assumptions: [String] = []
    }

    /// The maximum number of backends for which all sets are tried.
    private static let searchLimit = 12

    /// libvirt's name for the memory of NUMA nodes.
    private static let node: Substring = "ram-node"

    /// The usual names for device memory, from libvirt and from users.
    private static let deviceNames = ["dimm", "nvdimm", "memdimm", "memnvdimm", "memvirtio", "shmmem"]

    // MARK: Choosing

    /// Returns the choice for a machine whose main memory consists of backends.
    ///
    /// - Parameter nodes: The memory of each NUMA node in bytes, from the guest's tables; empty if they do
    ///   not give it.
    package func choice(nodes: [Int] = []) -> Choice {
        var choice = Choice()
        let chosen = set(&choice.assumptions)
        choice.main = inOrder(chosen, nodes, &choice.assumptions)
        choice.devices = backends.filter { !chosen.contains($0) }
        return choice
    }

    private func set(_ assumptions: inout [String]) -> [Int] {
        let unnamed = backends.filter { !isDevice($0) }
        let nodes = unnamed.filter { numbered($0)?.stem == Self.node }
        let guesses = [nodes, unnamed].filter { !$0.isEmpty }
        let guess = guesses.first ?? backends
        guard let mainSize else {
            if let slotsInUse, slotsInUse > backends.count - guess.count {
                assumptions.append(
                    "\(slotsInUse) of the memory backends belong to DIMMs: the stream does not show which")
            }
            return guess
        }
        return guesses.first { size($0) == mainSize } ?? best(sets(of: mainSize), &assumptions)
            ?? misfitting(guess, mainSize, &assumptions)
    }

    private func best(_ sets: [[Int]], _ assumptions: inout [String]) -> [Int]? {
        guard let best = sets.min(by: { misfit($0) < misfit($1) }) else { return nil }
        if sets.contains(where: { $0 != best && misfit($0) == misfit(best) }) {
            assumptions.append("other memory backends also have the size of main memory")
        }
        return best
    }

    private func misfitting(_ guess: [Int], _ size: Int, _ assumptions: inout [String]) -> [Int] {
        assumptions.append(
            "no memory backends have the \(Hex.offset(size)) bytes of main memory that CMOS reports")
        return guess
    }

    /// Returns all sets of backends with that total size.
    private func sets(of size: Int) -> [[Int]] {
        guard backends.count <= Self.searchLimit else { return [] }
        let sets = (1..<1 << backends.count).map { bits in
            backends.indices.filter { bits >> $0 & 1 == 1 }.map { backends[$0] }
        }
        return sets.filter { self.size($0) == size }
    }

    // The rest should match the number of DIMMs, and main memory should contain no block named like a DIMM.
    private func misfit(_ set: [Int]) -> Int {
        let left = backends.count - set.count
        return set.count(where: isDevice) + abs(left - (slotsInUse ?? left))
    }

    // Orders the blocks: nodes are consecutive in memory, whatever the sizes of their backends.
    private func inOrder(_ set: [Int], _ nodes: [Int], _ assumptions: inout [String]) -> [Int] {
        guard set.count > 1 else { return set }
        if let told = inOrder(set, of: nodes) { return told }
        let numbers = set.compactMap(numbered)
        guard numbers.count == set.count, Set(numbers.map(\.stem)).count == 1 else {
            assumptions.append(
                "these blocks are in the order of the stream's list: their names show no order")
            return set
        }
        return zip(set, numbers).sorted { $0.1.number < $1.1.number }.map(\.0)
    }

    // Orders the blocks by the sizes of nodes; nil if sizes are equal, because they then do not identify the
    // blocks.
    private func inOrder(_ set: [Int], of nodes: [Int]) -> [Int]? {
        guard nodes.count == set.count, Set(set.map { blocks[$0].size }).count == set.count else {
            return nil
        }
        var left = set
        var found: [Int] = []
        for node in nodes {
            let fitting = left.firstIndex { (0...Self.nodeHole).contains(blocks[$0].size - node) }
            guard let fitting else { return nil }
            found.append(left.remove(at: fitting))
        }
        return found
    }

    /// The maximum difference between a node and its backend (hw/i386/acpi-build.c build_srat, 7.2 to 11.1:
    /// 640 KiB to 1 MiB).
    private static let nodeHole = 384 << 10

    private func size(_ set: [Int]) -> Int { set.reduce(0) { $0.addingSaturated(blocks[$1].size) } }

    // MARK: Names

    // QEMU names blocks that belong to a device, to firmware or to fw_cfg.
    private static func isBackend(_ name: String) -> Bool {
        if name.contains("/"), !name.hasPrefix("/objects/") { return false }
        let owned = ["vram", "rom", "mrom", "bios", "flash0", "flash1", "flash", "sram"]
        let last = name.split { $0 == "." || $0 == "-" }.last.map(String.init) ?? name
        return !owned.contains(last)
    }

    // The id without the path prefix of older machine types.
    private func id(_ block: Int) -> Substring {
        let name = blocks[block].name
        return name.hasPrefix("/objects/") ? name.dropFirst("/objects/".count) : name[...]
    }

    private func isDevice(_ block: Int) -> Bool {
        let id = id(block)
        return Self.deviceNames.contains { id.hasPrefix($0) }
    }

    /// Splits a name that ends in a number.
    private func numbered(_ block: Int) -> (stem: Substring, number: Int)? {
        let id = id(block)
        let digits = id.reversed().prefix { $0.isASCII && $0.isNumber }.count
        return Int(id.suffix(digits)).map { (id.dropLast(digits), $0) }
    }
}

extension MemoryBackends {
    /// `isX86` is needed because CMOS of other machines has no sizes. O(sections).
    package init(_ document: Document, _ blocks: [(name: String, size: Int)], isX86: Bool) {
        let told = isX86 ? PCMemory.toldByCMOS(document) : nil
        self.init(
            blocks: blocks, mainSize: told.map { $0.low.addingSaturated($0.high) },
            slotsInUse: Self.slotsInUse(document))
    }

    // hw/acpi/memory_hotplug.c; the controllers belong to q35, pc and, elsewhere, the generic event device.
    private static func slotsInUse(_ document: Document) -> Int? {
        let controllers = ["ICH9LPC", "piix4_pm", "acpi-ged"]
        let sections = StateField.sections(in: document.store) { name in
            controllers.contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
        }
        guard
            let state = sections.lazy.compactMap({ $0.field.first(ofStructure: "memory hotplug state") })
                .first
        else { return nil }
        guard let slots = state["devs"] else { return 0 }
        // ACPI has at most 256 slots. A single slot is not an array.
        let all = slots.count == 0 ? [slots] : (0..<min(slots.count, 256)).compactMap { slots[$0] }
        return all.count { $0["is_enabled"]?.unsigned == 1 }
    }
}
