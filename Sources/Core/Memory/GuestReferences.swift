import Format
import Stream

/// Fields of device sections that hold an address of guest memory. A new one is one line.
package enum GuestReferences {
    private enum AddressKind: Sendable {
        case virtual
        /// The bits of the value that form a physical address, and the left shift of the result.
        case physical(mask: UInt64, shift: UInt64 = 0)
        /// The program counter as the CPU uses it.
        case programCounter
    }

    // The names of fields of a `cpu` section (target/*/machine.c, 7.2 and 10.0).
    private static let registers: [Architecture: [String: AddressKind]] = [
        .x86: [
            "env.eip": .programCounter, "env.regs": .virtual, "env.cr[2]": .virtual,
            // Bits 0 to 11 are flags or the PCID.
            "env.cr[3]": .physical(mask: 0x000f_ffff_ffff_f000), "base": .virtual, "env.lstar": .virtual,
            "env.cstar": .virtual, "env.kernelgsbase": .virtual, "env.sysenter_esp": .virtual,
            "env.sysenter_eip": .virtual,
        ],
        .arm: [
            "env.pc": .programCounter, "env.xregs": .virtual, "env.regs": .virtual, "env.elr_el": .virtual,
            "env.sp_el": .virtual,
        ],
        .riscv: [
            "env.pc": .programCounter, "env.gpr": .virtual, "env.stvec": .virtual, "env.sepc": .virtual,
            "env.stval": .virtual, "env.mtvec": .virtual, "env.mepc": .virtual,
            "env.satp": .physical(mask: 1 << 44 - 1, shift: 12),
        ],
        .s390: [
            "env.psw.addr": .programCounter, "env.gregs": .virtual, "env.psa": .physical(mask: 0x7fff_e000),
        ],
        .ppc: ["env.nip": .programCounter, "env.gpr": .virtual, "env.lr": .virtual, "env.ctr": .virtual],
    ]

    /// The fields of a queue inside `virtio` (hw/virtio/virtio.c and virtio-pci.c).
    private static let ringFields: Set<String> = ["desc", "avail", "used"]

    /// The fields of a `VirtQueueElement`.
    private static let bufferFields: Set<String> = ["in_addr", "out_addr"]

    /// Returns the address in the last of `nodes`, which form the path from the root.
    package static func address(_ nodes: [Node], _ document: Document) -> GuestAddress? {
        guard let record = nodes.last(where: \.isRecord) else { return nil }
        let name = document.store.table.names.bytes(document.tree.nameID(of: record))
        if name.elementsEqual("cpu".utf8) { return register(nodes, document) }
        guard name.contains(UInt8(ascii: "/")) else { return nil }
        return buffer(nodes, document) ?? ring(nodes, document)
    }

    // Returns a buffer of a request in flight, in the byte order of the source's host.
    private static func buffer(_ nodes: [Node], _ document: Document) -> GuestAddress? {
        guard let node = nodes.last, node.isElement, node.size == 8, let list = nodes.dropLast().last,
            bufferFields.contains(document.tree.name(list))
        else { return nil }
        let number = document.tree.number(node)
        let address = document.tree.typeName(node) == "le64" ? number.byteSwapped : number
        return address == 0 ? nil : .physical(address)
    }

    private static func register(_ nodes: [Node], _ document: Document) -> GuestAddress? {
        guard let architecture = Architecture(document), let known = registers[architecture],
            let record = nodes.last(where: \.isRecord),
            let cpu = document.tree.record(of: record)?.section?.instance
        else { return nil }
        if architecture == .arm, let table = armTable(nodes, document) { return table }
        // A register that opens into its bits also counts.
        for node in nodes.reversed() where (4...8).contains(node.size) && node.role != .meaning {
            guard let kind = kind(of: node, nodes, known, document) else { continue }
            return address(kind, document.tree.number(node), cpu, document)
        }
        return segment(nodes, known, document).flatMap { address($0.kind, $0.base, cpu, document) }
    }

    // Returns the base of a segment or descriptor table: the row of the whole register leads there too.
    private static func segment(
        _ nodes: [Node], _ known: [String: AddressKind], _ document: Document
    ) -> (kind: AddressKind, base: UInt64)? {
        guard let last = nodes.last, last.role != .meaning, let kind = known["base"] else { return nil }
        let base = (0..<min(last.childCount, 4)).lazy.map { document.tree.child($0, of: last) }
            .first { document.tree.name($0) == "base" && $0.size <= 8 }
        return base.map { (kind, document.tree.number($0)) }
    }

    // Matches the name of the field, or of the array that contains the element.
    private static func kind(
        of node: Node, _ nodes: [Node], _ known: [String: AddressKind], _ document: Document
    ) -> AddressKind? {
        let field = nodes.last { $0.path.isPrefix(of: node.path) && !$0.isElement && $0.path != node.path }
        return known[document.tree.name(node)]
            ?? (node.isElement ? field.flatMap { known[document.tree.name($0)] } : nil)
    }

    private static func address(_ kind: AddressKind, _ value: UInt64, _ cpu: UInt32, _ document: Document)
        -> GuestAddress?
    {
        switch kind {
        case .virtual: return .virtual(value, cpu: cpu)
        case .physical(let mask, let shift): return .physical((value & mask) << shift)
        case .programCounter:
            let processor = document.processors().first { $0.number == cpu }
            return .virtual(processor?.programCounter ?? value, cpu: cpu)
        }
    }

    // Returns TTBR0 and TTBR1 of EL1, which the keys at the same index of the other list identify.
    private static func armTable(_ nodes: [Node], _ document: Document) -> GuestAddress? {
        guard let node = nodes.last, node.isElement, let list = nodes.dropLast().last,
            document.tree.name(list) == "cpreg_vmstate_values", let record = nodes.last(where: \.isRecord),
            let cpu = document.tree.record(of: record)?.section?.instance,
            let keys = StateField.section("cpu", instance: cpu, in: document.store)?["cpreg_vmstate_indexes"],
            let key = keys[document.tree.elementNumber(node)]?.unsigned,
            [0xc100, 0xc101].contains(key & 0xffff)
        else { return nil }
        return .physical(document.tree.number(node) & 0xffff_ffff_fffe)
    }

    // Returns the address of a ring, which is physical. Transports of virtio 1 save it as two words, the low
    // one first.
    private static func ring(_ nodes: [Node], _ document: Document) -> GuestAddress? {
        guard let node = ringNode(nodes, document) else { return nil }
        let number = document.tree.number(node)
        let address = node.childCount == 2 ? number << 32 | number >> 32 : number
        return address == 0 ? nil : .physical(address)
    }

    // The field itself, or for a whole queue its descriptors.
    private static func ringNode(_ nodes: [Node], _ document: Document) -> Node? {
        guard let last = nodes.last, nodes.contains(where: { $0.role == .decoded }) else { return nil }
        if let node = nodes.last(where: { isRing($0, document) }) { return node }
        guard last.isElement else { return nil }
        return (0..<min(last.childCount, ringFields.count)).lazy.map { document.tree.child($0, of: last) }
            .first { isRing($0, document) }
    }

    private static func isRing(_ node: Node, _ document: Document) -> Bool {
        node.size == 8 && ringFields.contains(document.tree.name(node))
    }

    /// Returns whether the node is a queue without an address, which no driver has set up.
    package static func isUnset(_ nodes: [Node], _ document: Document) -> Bool {
        ringNode(nodes, document).map { document.tree.number($0) == 0 } ?? false
    }
}

extension StreamTree {
    /// Returns the big-endian number in a node of at most 8 bytes.
    fileprivate func number(_ node: Node) -> UInt64 { store.region(of: node.space).bigEndian(node.range) }

    /// Returns the number of the CPU whose section a node is; nil for other nodes.
    package func processorNumber(_ node: Node) -> UInt32? {
        guard let record = record(of: node), let section = record.section, section.type == .full else {
            return nil
        }
        return store.table.names.bytes(record.name).elementsEqual("cpu".utf8) ? section.instance : nil
    }
}

extension Document {
    /// Returns the address of guest memory in a node; nil if it holds none. O(depth + sections).
    package func guestAddress(at path: NodePath) -> GuestAddress? {
        GuestReferences.address(tree.nodes(along: path), self)
    }

    /// Returns whether the node at `path` belongs to a virtio queue that no driver has set up: its address is
    /// 0. O(depth).
    package func isUnsetQueue(at path: NodePath) -> Bool {
        GuestReferences.isUnset(tree.nodes(along: path), self)
    }
}
