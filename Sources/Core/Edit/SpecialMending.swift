import Bytes
import Diagnose
import Format
import Memory
import Stream

/// A PCI configuration with another's bytes where the loader compares them, and its capabilities at the
/// other's places; bytes that the guest wrote stay.
package struct PCIConfigMerge: Equatable {
    package private(set) var bytes: [UInt8]
    /// Whether ids or class show that it is another device.
    package let isOther: Bool
    /// Whether the device was compatible with VGA, and the other one is not.
    package let isVGALost: Bool
    /// Whether capabilities have moved.
    package let isMoved: Bool
    /// Whether memory of the device gets another address than the guest assigned.
    package private(set) var isRelocated = false

    package init(_ own: PCIConfig, _ ownBytes: [UInt8], _ wanted: PCIConfig) {
        // A device below a PCI Express port has a larger configuration than another one.
        bytes = (0..<wanted.size).map { $0 < ownBytes.count ? ownBytes[$0] : wanted[$0] }
        let masks = wanted.checkedBits()
        isOther =
            (0..<4).contains { own[$0] != wanted[$0] } || (9..<12).contains { own[$0] != wanted[$0] }
        let isVGA = { (config: PCIConfig) in config[0x0b] == 0x03 && config[0x0a] == 0 }
        isVGALost = isVGA(own) && !isVGA(wanted)
        let places = { (config: PCIConfig) in config.capabilities.map { [Int($0.id), $0.place] } }
        isMoved = places(own) != places(wanted)
        if isMoved {
            let written = Self.capabilityBits(own, bytes)
            for index in 0x40..<max(bytes.count, 0x40) { bytes[index] = wanted[index] }
            for (id, place) in wanted.capabilities {
                for (offset, value) in written[id] ?? [] where place + offset < bytes.count {
                    let mask = masks[place + offset]?.bits ?? 0
                    bytes[place + offset] = wanted[place + offset] & mask | value & ~mask
                }
            }
        }
        // The interrupt pin is a property of the device, and not compared: a device without a pin aborts QEMU
        // when it raises one (hw/pci/pci.c pci_irq_handler, 7.2 to 11.1).
        if bytes.count > 0x3d { bytes[0x3d] = wanted[0x3d] }
        for (index, mask) in masks where index < bytes.count {
            let isAddress = index >= 0x10 && index < 0x28
            let taken = isAddress ? mask.bits : mask.compared & ~mask.written
            let merged = bytes[index] & ~taken | wanted[index] & taken
            if isAddress, (merged ^ bytes[index]) & (index % 4 == 0 ? 0xf0 : 0xff) != 0 { isRelocated = true }
            bytes[index] = merged
        }
    }

    // The writable bits of each kind of capability, by offset: the control words that a guest writes.
    private static func capabilityBits(_ config: PCIConfig, _ bytes: [UInt8]) -> [UInt8: [(
        Int, UInt8
    )]] {
        let lengths: [UInt8: Range<Int>] = [0x01: 4..<6, 0x05: 2..<20, 0x10: 8..<10, 0x11: 3..<4]
        var result: [UInt8: [(Int, UInt8)]] = [:]
        for (id, place) in config.capabilities {
            guard let range = lengths[id] else { continue }
            result[id] = range.compactMap { place + $0 < bytes.count ? ($0, bytes[place + $0]) : nil }
        }
        return result
    }
}

/// Repairs of virtio devices: features that no back end offers, and queues that are larger than the target's.
package struct VirtIOMending {
    private let own: Document
    private let other: Document

    package init(_ own: Document, _ other: Document) {
        self.own = own
        self.other = other
    }

    /// A queue whose size the target may refuse.
    package struct Queue {
        package var path: String
        package var size: UInt64
        package var wanted: UInt64
        /// Whether the driver has set the address of the ring.
        package var isStarted: Bool
    }

    /// Returns the guest's features without those that the target's device can't offer; nil when it can offer
    /// all.
    package func features(
        at offset: Int, _ section: CheckedSection, _ model: CheckedSection
    ) -> (path: String, bytes: [UInt8], areRequests: Bool)? {
        guard let mine = field(section, own), let theirs = field(model, other),
            let here = own.store.region.bigEndian(UInt64.self, at: offset)
        else { return nil }
        let extra = here & ~features(theirs, other)
        let device = mine.chain.last?.structure ?? ""
        let missing =
            VirtIOFeatureWords.unheard(of: extra, device: device)
            | VirtIOFeatureWords.lacking(
                of: extra, device: device, configLength: VirtIORules.configLength(theirs, other),
                isLegacy: VirtIORules.isLegacy(theirs, other))
        guard missing != 0 else { return nil }
        return (
            own.tree.pathText(own.tree.knownPath(atOffset: offset)), FrameBytes.bigEndian(here & ~missing),
            VirtIOFeatureWords.areRequests(missing, device: device)
        )
    }

    /// Returns the queues with more entries than the target's: 11.1 refuses them ("exceeds allocated max").
    package func largeQueues(_ section: CheckedSection, _ model: CheckedSection) -> [Queue] {
        guard let mine = node("virtio/queues", section, own),
            let theirs = node("virtio/queues", model, other)
        else {
            return []
        }
        var result: [Queue] = []
        for index in 0..<min(mine.childCount, theirs.childCount, 1024) {
            let (here, there) = (own.tree.child(index, of: mine), other.tree.child(index, of: theirs))
            guard let size = number("num", here, own), let wanted = number("num", there, other),
                size.value > wanted.value, wanted.value > 0
            else { continue }
            let address = number("desc", here, own)?.value ?? 1
            result.append(
                Queue(path: size.path, size: size.value, wanted: wanted.value, isStarted: address != 0))
        }
        return result
    }

    private func field(_ section: CheckedSection, _ document: Document) -> VisitedField? {
        guard !section.record.layout.isNone else { return nil }
        var visitor = FieldVisitor(document.store.table) { $0.name == "virtio" }
        var found: VisitedField?
        visitor.visit(section.record.layout, at: section.record.offset) { found = found ?? $0 }
        return found
    }

    private func node(_ path: String, _ section: CheckedSection, _ document: Document) -> Node? {
        guard let device = document.tree.node(of: section),
            let found = document.path(text: path, from: device)
        else { return nil }
        return document.tree.node(found)
    }

    private func number(_ name: String, _ node: Node, _ document: Document) -> (
        value: UInt64, path: String
    )? {
        guard let path = document.path(text: name, from: node) else { return nil }
        let bytes = document.tree.bytes(of: document.tree.node(path))
        guard (1...8).contains(bytes.count) else { return nil }
        return (bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, document.tree.pathText(path))
    }

    private func features(_ field: VisitedField, _ document: Document) -> UInt64 {
        guard !field.item.child.isNone,
            let item = document.store.table.items(of: field.item.child).first(where: {
                document.store.table.names.text($0.name) == "virtio/64bit_features"
            })
        else { return 0 }
        return document.store.region.bigEndian(UInt64.self, at: field.offset + item.offset + item.size - 8)
            ?? 0
    }
}
