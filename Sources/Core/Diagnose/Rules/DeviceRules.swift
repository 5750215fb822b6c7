import Bytes
import Format
import Stream

/// PCI configuration space: the compared bits, and its consistency (hw/pci/pci.c get_pci_config_device, 7.2
/// and 10.0).
package enum PCIRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        context.forEachField({ $0.name == "pci config" }) { capabilities($0, $1, &$2) }
        guard let target = context.target else { return }
        for pair in context.pairs({ $0.name == "pci config" }) where pair.received.size == pair.local.size {
            compare(pair, target, &context)
        }
        for pair in context.pairs({ $0.name == "virtio" }) where pair.received.item.child.isNone {
            if let config = configuration(of: pair, target) { compare(config, target, &context) }
        }
    }

    // A damaged configuration hides the transport of a virtio device; the target's shows its place.
    private static func configuration(of pair: FieldPair, _ target: Document) -> FieldPair? {
        var visitor = FieldVisitor(target.store.table) { $0.name == "pci config" }
        var found: VisitedField?
        guard !pair.local.item.child.isNone else { return nil }
        visitor.visit(pair.local.item.child, at: pair.local.offset) { found = found ?? $0 }
        guard let local = found, local.offset - pair.local.offset + local.size <= pair.received.size else {
            return nil
        }
        var result = pair
        result.local.offset = local.offset
        result.local.size = local.size
        result.received.offset += local.offset - pair.local.offset
        result.received.size = local.size
        return result
    }

    private static func compare(_ pair: FieldPair, _ target: Document, _ context: inout CheckContext) {
        let local = PCIConfig(
            target.store.region, pair.local.offset, pair.local.size,
            regions: PCIConfig.regions(of: pair.section.key.name, in: target))
        guard let fault = local.fault(context.region, at: pair.received.offset, size: pair.received.size)
        else { return }
        let (index, mask) = (fault.index, fault.mask)
        let read = context.region.byte(at: pair.received.offset + index) ?? 0
        var chain = pair.received.chain
        if chain.last?.structure != "PCIDevice" {
            chain.append(FieldStep(structure: "PCIDevice", field: "config", type: "pci config"))
        }
        context.add(
            CheckContext.severity(mask.certainty), .pciConfig, at: pair.received.offset + index, size: 1,
            "\(pair.section.name): byte 0x\(Hex.digits(UInt64(index))) of the PCI configuration "
                + "(\(PCIConfig.name(index, mask))) is 0x\(Hex.digits(UInt64(read), width: 2)), "
                + "the destination's 0x\(Hex.digits(UInt64(local[index]), width: 2))",
            hint: PCIConfig.advice(index, mask),
            qemu: QEMULog([fault.line], cause: .field, chain: chain, in: pair.section.wrapper),
            certainty: mask.certainty)
    }

    // A list of capabilities must end, and stay after the header.
    private static func capabilities(
        _ field: VisitedField, _ section: CheckedSection, _ context: inout CheckContext
    ) {
        let config = PCIConfig(context.region, field.offset, field.size)
        guard field.size >= 256, let fault = config.brokenCapability else { return }
        context.add(
            .warning, .pciCapabilities, at: field.offset + fault, size: 1,
            "\(section.name): the list of PCI capabilities does not end at 0x\(Hex.digits(UInt64(fault)))",
            hint: "these bytes are damaged", certainty: .likely)
    }
}

/// Virtio devices: subsections and queues inside their opaque field (hw/virtio/virtio.c virtio_load, 7.2 and
/// 10.0).
package enum VirtIORules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        context.forEachField({ $0.name == "virtio" }) { field, section, context in
            if field.item.child.isNone {
                undecoded(field, section, &context)
            } else {
                subsections(field, section, &context)
            }
        }
        features(&context)
    }

    private static func undecoded(
        _ field: VisitedField, _ section: CheckedSection, _ context: inout CheckContext
    ) {
        let range = field.offset..<field.offset + field.size
        let isKnown = context.findings.contains { $0.code == .pciConfig && range.contains($0.offset) }
        guard context.isSound(section), field.size > 0, !isKnown else { return }
        context.add(
            .warning, .virtioFormat, at: field.offset, size: field.size,
            "\(section.name): transport, queues and configuration do not fit the bytes",
            hint: "these bytes are damaged",
            qemu: .missingFooter(section.name, id: section.id), certainty: .likely)
    }

    // The device's own part ends at the subsections of `virtio`; damaged ones look like part of it, and it is
    // not decoded then.
    private static func subsections(
        _ field: VisitedField, _ section: CheckedSection, _ context: inout CheckContext
    ) {
        let items = context.table.items(of: field.item.child)
        guard let queues = items.first(where: { isNamed("queue_count", $0, context) }) else { return }
        let end =
            field.offset
            + (items.first { context.table[type: $0.type].name == "subsection" }?.offset ?? field.size)
        // A device without a part of its own has no such item.
        let device = items.first { isNamed("device", $0, context) }
        let start =
            device?.isLeaf == false ? end : min(field.offset + (device?.offset ?? queues.offset + 4), end)
        let loader = VirtIOLoader(region: context.region, limit: field.offset + field.size)
        let first = loader.firstSubsection(in: start..<end) ?? end
        guard let fault = loader.fault(from: first) else { return }
        let isFooter = fault.isFooter
        context.add(
            .error, fault.isUnknown || isFooter ? .subsectionUnknown : .subsectionVersion,
            at: fault.offset,
            size: fault.size, "\(section.name): \(fault.message)", hint: "these bytes are damaged",
            qemu: isFooter
                ? .missingFooter(section.name, id: section.id)
                : QEMULog(
                    [], cause: fault.cause, chain: field.chain + fault.steps,
                    subsections: fault.subsections(below: field.chain.count), in: section.wrapper,
                    fault.isUnknown ? .noEntry : .invalid))
    }

    private static func isNamed(_ name: String, _ item: Item, _ context: CheckContext) -> Bool {
        context.table.names.bytes(item.name).elementsEqual(name.utf8)
    }

    // The target may offer features that its guest has not negotiated.
    private static func features(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        for pair in context.pairs({ $0.name == "virtio" }) {
            guard let here = Self.features(pair.received, context.document),
                let there = Self.features(pair.local, target),
                here.bits & ~there.bits != 0
            else { continue }
            let missing = "0x" + Hex.digits(here.bits & ~there.bits)
            let device = pair.received.chain.last?.structure ?? ""
            let unheard =
                VirtIOFeatureWords.unheard(of: here.bits & ~there.bits, device: device)
                | VirtIOFeatureWords.lacking(
                    of: here.bits & ~there.bits, device: device,
                    configLength: configLength(pair.local, target), isLegacy: isLegacy(pair.local, target))
            context.add(
                unheard == 0 ? .note : .error, .virtioFeatures, at: here.offset, size: 8,
                "\(pair.section.name): features \(missing) are in use, but not in the destination's stream",
                hint: "the back-end or a property of the destination may not offer them",
                qemu: QEMULog(
                    [
                        "Features 0x\(Hex.digits(here.bits)) unsupported. Allowed features: 0x\(Hex.digits(there.bits))"
                    ], cause: .field, chain: pair.received.chain, in: pair.section.wrapper, .notPermitted),
                certainty: unheard == 0 ? .possible : .certain)
        }
    }

    /// Returns the size in bytes of the configuration in a virtio device's state; 0 when unknown.
    package static func configLength(_ field: VisitedField, _ document: Document) -> UInt64 {
        let length = cursor(field, document).member("config_len")
        return length.flatMap { document.store.region.bigEndian(UInt32.self, at: $0.offset) }.map(UInt64.init)
            ?? 0
    }

    private static func cursor(_ field: VisitedField, _ document: Document) -> LayoutCursor {
        LayoutCursor(field.item.child, at: field.offset, in: document.store.table)
    }

    /// Whether a virtio device is a PCI device without its modern part, which vendor-specific capabilities show.
    package static func isLegacy(_ field: VisitedField, _ document: Document) -> Bool {
        guard let config = cursor(field, document).member("transport")?.member("config") else { return false }
        let capabilities = PCIConfig(document.store.region, config.offset, config.size).capabilities
        return !capabilities.contains { $0.id == vendorSpecific }
    }

    /// PCI_CAP_ID_VNDR.
    private static let vendorSpecific: UInt8 = 0x09

    private static func features(_ field: VisitedField, _ document: Document) -> (bits: UInt64, offset: Int)?
    {
        guard let saved = cursor(field, document).member("virtio/64bit_features"),
            let bits = document.store.region.bigEndian(UInt64.self, at: saved.range.upperBound - 8)
        else { return nil }
        return (bits, saved.range.upperBound - 8)
    }
}

/// State and guest memory: the descriptors in flight fit the ring (hw/virtio/virtio.c virtio_load, 7.2 and
/// 10.0), and an option ROM in use is present (hw/i386/vapic.c vapic_post_load, 10.0; kvmvapic.c before).
package enum GuestMemoryRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let words = context.guestWords else { return }
        let region = context.region
        for ring in words.rings {
            if let available = words.index(ring.available, of: ring, region),
                available &- ring.lastAvailable > ring.size
            {
                ahead(ring, available, &context)
            } else if let used = words.index(ring.used, of: ring, region),
                ring.lastAvailable &- used > ring.size
            {
                inFlight(ring, used, &context)
            }
        }
        if let rom = words.optionROM, words.size(of: rom, region) == 0 { lost(rom, &context) }
    }

    private static func lost(_ rom: GuestWords.OptionROM, _ context: inout CheckContext) {
        context.add(
            .error, .valueRange, at: rom.offset, size: 4,
            "\(rom.section.name): guest memory has no option ROM at the address in the state",
            hint: hint,
            qemu: QEMULog(
                [],
                cause: .hook(
                    structure: rom.section.name, version: rom.section.section.version, minimum: 1, text: "",
                    isInLines: false), in: rom.section.wrapper, .notPermitted))
    }

    private static let hint =
        "RAM and device state are not from the same moment: another snapshot, or lost pages"

    // The device is marked broken, and loading continues.
    private static func ahead(_ ring: GuestWords.Ring, _ available: UInt16, _ context: inout CheckContext) {
        let delta = available &- ring.lastAvailable
        context.add(
            .warning, .virtioQueues, at: ring.offset, size: 2,
            "\(ring.section.name): VQ \(ring.number) size 0x\(hex(ring.size)) Guest index 0x\(hex(available)) "
                + "inconsistent with Host index 0x\(hex(ring.lastAvailable)): delta 0x\(hex(delta))",
            hint: hint, certainty: .likely)
    }

    private static func inFlight(_ ring: GuestWords.Ring, _ used: UInt16, _ context: inout CheckContext) {
        let line =
            "VQ \(ring.number) size 0x\(hex(ring.size)) < last_avail_idx 0x\(hex(ring.lastAvailable)) - "
            + "used_idx 0x\(hex(used))"
        context.add(
            .error, .virtioQueues, at: ring.offset, size: 2,
            "\(ring.section.name): queue \(ring.number) has more requests in flight than its ring holds",
            hint: hint,
            qemu: QEMULog([line], cause: .field, chain: ring.chain, in: ring.section.wrapper, .notPermitted))
    }

    private static func hex(_ number: some BinaryInteger) -> String { Hex.digits(UInt64(number)) }
}

/// Storage keys and attributes of s390x (hw/s390x/s390-skeys.c, s390-stattrib.c, 7.2 and 10.0).
package enum PageAttributeRules: CheckRule {
    private struct Format {
        package var name: String
        /// The flags that end the section.
        package var end: [UInt64]
        package var incomplete: String
        package var unexpected: String
        /// The message for more bytes than there is memory.
        package var tooMany: String?
    }

    private static let data: UInt64 = 0x02
    private static let error: UInt64 = 0x04
    /// S390_SKEYS_BUFFER_SIZE, in pages.
    private static let keyPiece: UInt64 = 131_072
    /// The maximum memory; no host has more.
    private static let memoryLimit: UInt64 = 1 << 46

    private static let formats = [
        Format(
            name: "s390-skeys", end: [0x01], incomplete: "Storage key data is incomplete",
            unexpected: "Unexpected storage key flag data: "),
        Format(
            name: "s390-storage_attributes", end: [0x01, 0x08],
            incomplete: "Storage attributes data is incomplete",
            unexpected: "Unexpected storage attribute flag data: ",
            tooMany: "cmma_load could not allocate memory"),
    ]

    package static func check(_ context: inout CheckContext) {
        for section in context.sections {
            guard let format = formats.first(where: { $0.name == section.name }) else { continue }
            look(through: section, format, &context)
        }
    }

    // Reads word by word, as the loader does. O(records).
    private static func look(through section: CheckedSection, _ format: Format, _ context: inout CheckContext)
    {
        var position = section.bodyOffset
        while position < section.bodyEnd, let word = context.region.bigEndian(UInt64.self, at: position) {
            let flags = word & 0xfff
            if format.end.contains(flags) { return }
            guard flags == data else {
                let number = flags == 0 ? "0" : "0x\(Hex.digits(flags))"
                return report(
                    "invalid flags \(number)",
                    flags == error ? format.incomplete : format.unexpected + number, at: position, section,
                    &context)
            }
            guard let count = context.region.bigEndian(UInt64.self, at: position + 8) else { return }
            if count >= memoryLimit, let line = format.tooMany {
                return report(
                    "\(count) bytes of attributes", line, at: position + 8, section, &context, .noMemory)
            }
            if format.tooMany == nil, let line = beyondMemory(word, count, context) {
                return report("keys for more pages than RAM has", line, at: position + 8, section, &context)
            }
            position = (position + 16).addingSaturated(Int(clamping: count))
        }
    }

    // Keys are set in pieces; the first piece beyond the target's RAM is refused.
    private static func beyondMemory(_ word: UInt64, _ count: UInt64, _ context: CheckContext) -> String? {
        let state = (context.target ?? context.document).store.state
        let pages = UInt64(max(0, state.blocks.map(\.usedLength).max() ?? 0)) >> 12
        let first = word >> 12
        guard pages > 0, count > 0, first >= pages || count > pages - first else { return nil }
        let good = first < pages ? (pages - first) / keyPiece * keyPiece : 0
        let (start, left) = (first + good, min(count - good, keyPiece))
        return "Error: Setting storage keys for pages with unallocated storage key memory: "
            + "gfn=\(Hex.digits(start)) count=\(left)\nS390_SET_KEYS error -22"
    }

    private static func report(
        _ message: String, _ line: String, at offset: Int, _ section: CheckedSection,
        _ context: inout CheckContext, _ failure: QEMULog.Failure = .invalid
    ) {
        context.add(
            .error, .pageAttributes, at: offset, size: 8, "\(section.name): \(message)",
            hint: "these bytes are damaged",
            qemu: QEMULog(handler: [line], version: 1, in: section.wrapper, failure))
    }
}
