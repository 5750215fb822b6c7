/// Mends fields whose bytes are no single value: PCI configurations, lists of system registers, features of virtio.
package struct SpecialMending {
    private let own: Document
    private let section: CheckedSection
    private let other: Document
    private let model: CheckedSection
    package private(set) var grade = RepairGrade.visible
    package private(set) var cost = ""

    package init(_ own: Document, _ section: CheckedSection, _ other: Document, _ model: CheckedSection) {
        self.own = own
        self.section = section
        self.other = other
        self.model = model
    }

    // MARK: PCI configuration

    /// The configuration with the target's bytes where the loader compares them, and its capabilities where those
    /// stand at other places; what the guest wrote stays.
    package mutating func configuration() -> [(path: String, bytes: [UInt8])] {
        guard let mine = field("pci config", section, own), let theirs = field("pci config", model, other),
            mine.size == theirs.size
        else { return [] }
        let use = SectionUse(section, own)
        var bytes = own.region.copy(mine.offset..<mine.offset + mine.size)
        let before = PCIConfig(own.region, mine.offset, mine.size)
        let wanted = PCIConfig(other.region, theirs.offset, theirs.size)
        let masks = wanted.checkedBits()
        let isOther =
            (0..<4).contains { before[$0] != wanted[$0] } || (9..<12).contains { before[$0] != wanted[$0] }
        let places = { (config: PCIConfig) in config.capabilities.map { [Int($0.id), $0.place] } }
        let isMoved = places(before) != places(wanted)
        if isMoved {
            let written = capabilityBits(before, bytes)
            let end = min(mine.size, theirs.size)
            for index in 0x40..<max(end, 0x40) { bytes[index] = wanted[index] }
            for (id, place) in wanted.capabilities {
                for (offset, value) in written[id] ?? [] where place + offset < bytes.count {
                    let mask = masks[place + offset]?.bits ?? 0
                    bytes[place + offset] = wanted[place + offset] & mask | value & ~mask
                }
            }
        }
        for (index, mask) in masks where index < bytes.count {
            // Of bits that are not known to be compared the target's are taken where both differ in kind only.
            let bits = mask.compared & ~mask.written
            let taken = index >= 0x10 && index < 0x28 ? mask.bits : bits
            bytes[index] = bytes[index] & ~taken | wanted[index] & taken
        }
        guard bytes != own.region.copy(mine.offset..<mine.offset + mine.size) else { return [] }
        grade = isOther && use.isInUse ? .risky : .visible
        cost =
            isOther
            ? "another model of the device than the guest has found"
            : isMoved
                ? "capabilities of the device are at other places than the guest has found them"
                : "registers that say what the device is change"
        return [(own.pathText(own.knownPath(atOffset: mine.offset, upTo: "pci config")), bytes)]
    }

    // What capabilities of each kind hold, by place in them: the control words that a guest writes.
    private func capabilityBits(_ config: PCIConfig, _ bytes: [UInt8]) -> [UInt8: [(Int, UInt8)]] {
        let lengths: [UInt8: Range<Int>] = [0x01: 4..<6, 0x05: 2..<20, 0x10: 8..<10, 0x11: 3..<4]
        var result: [UInt8: [(Int, UInt8)]] = [:]
        for (id, place) in config.capabilities {
            guard let range = lengths[id] else { continue }
            result[id] = range.compactMap { place + $0 < bytes.count ? ($0, bytes[place + $0]) : nil }
        }
        return result
    }

    private func field(_ type: String, _ section: CheckedSection, _ document: Document) -> VisitedField? {
        guard !section.record.layout.isNone else { return nil }
        var visitor = FieldVisitor(document.table) { $0.name == type }
        var found: VisitedField?
        visitor.visit(section.record.layout, at: section.record.offset) { found = found ?? $0 }
        return found
    }

    // MARK: System registers

    /// The values of constant registers as the target has them. Lists of another length get its shape by `SectionGraft`.
    package mutating func registers() -> [(path: String, bytes: [UInt8])] {
        guard let keys = array("cpreg_vmstate_indexes", section, own),
            let values = array("cpreg_vmstate_values", section, own),
            let otherKeys = array("cpreg_vmstate_indexes", model, other),
            let otherValues = array("cpreg_vmstate_values", model, other),
            keys.values.count == values.values.count,
            otherKeys.values.count == otherValues.values.count, keys.values.count == otherKeys.values.count
        else { return [] }
        var mine: [UInt64: UInt64] = [:]
        for (key, value) in zip(keys.values, values.values) { mine[key] = value }
        var changed: [UInt64] = []
        var isModel = false
        for (key, value) in zip(otherKeys.values, otherValues.values) {
            let own = mine[key]
            if ArmRegisterRules.isConstant(key), let own, own != value { isModel = true }
            changed.append(ArmRegisterRules.isConstant(key) ? value : own ?? value)
        }
        grade = .visible
        cost =
            isModel
            ? "registers that identify the processor are the target's: the guest has found another model"
            : "registers that only one side has are as after a reset"
        let newKeys = otherKeys.values.flatMap { FrameBytes.bigEndian($0) }
        let newValues = changed.flatMap { FrameBytes.bigEndian($0) }
        return [(keys.path, newKeys), (values.path, newValues)]
    }

    private func array(
        _ name: String, _ section: CheckedSection, _ document: Document
    ) -> (path: String, values: [UInt64])? {
        guard
            let index = document.topLevel.firstIndex(where: {
                document.records[$0].offset == section.record.offset
            }),
            let path = document.path(text: name, from: document.child(index, of: document.root))
        else { return nil }
        let node = document.node(path)
        let bytes = document.bytes(of: node)
        guard node.size == node.childCount * 8 else { return nil }
        let values = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        return (document.pathText(path), values)
    }

    // MARK: Virtio

    /// The guest's features without those that no version of the device offers.
    package mutating func features(at offset: Int) -> [(path: String, bytes: [UInt8])] {
        guard let mine = field("virtio", section, own), let theirs = field("virtio", model, other),
            let here = own.region.bigEndian(UInt64.self, at: offset)
        else { return [] }
        let extra = here & ~features(theirs, other)
        let unheard = VirtIOFeatureWords.unheard(of: extra, device: mine.chain.last?.structure ?? "")
        guard unheard != 0 else { return [] }
        let use = SectionUse(section, own)
        grade = use.isInUse ? .risky : .safe
        cost = use.isInUse ? "the driver goes on to use features that the device no longer has" : ""
        return [(own.pathText(own.knownPath(atOffset: offset)), FrameBytes.bigEndian(here & ~unheard))]
    }

    private func features(_ field: VisitedField, _ document: Document) -> UInt64 {
        guard !field.item.child.isNone,
            let item = document.table.items(of: field.item.child).first(where: {
                document.table.names.text($0.name) == "virtio/64bit_features"
            })
        else { return 0 }
        return document.region.bigEndian(UInt64.self, at: field.offset + item.offset + item.size - 8) ?? 0
    }
}

extension Document {
    /// The node of a type that owns the byte at `offset`, or the leaf where none on the way has the type.
    package func knownPath(atOffset offset: Int, upTo type: String) -> NodePath {
        let path = knownPath(atOffset: offset)
        return nodes(along: path).first { typeName($0) == type }?.path ?? path
    }
}
