import Bytes
import Format
import Stream

/// Virtio devices: subsections and queues inside their opaque field (hw/virtio/virtio.c virtio_load, 7.2 and 10.0).
package enum VirtIORules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        var visitor = FieldVisitor(context.table) { $0.name == "virtio" }
        for section in context.sections where section.record.kind == .full {
            for field in context.fields(
                of: section, in: context.document, context.devices[section.key], &visitor)
            {
                guard !field.item.child.isNone else {
                    undecoded(field, section, &context)
                    continue
                }
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
            qemu: .missingFooter(section.name, id: section.record.id), certainty: .likely)
    }

    // The device's own part ends where the subsections of `virtio` begin; damaged ones look like a part of it,
    // which then is not decoded.
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
                ? .missingFooter(section.name, id: section.record.id)
                : QEMULog(
                    [], cause: fault.cause, chain: field.chain + fault.steps,
                    subsections: fault.subsections(below: field.chain.count), in: section.wrapper,
                    fault.isUnknown ? .noEntry : .invalid))
    }

    private static func isNamed(_ name: String, _ item: Item, _ context: CheckContext) -> Bool {
        context.table.names.bytes(item.name).elementsEqual(name.utf8)
    }

    // Features that a guest of the target has not taken may still be offered there.
    private static func features(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        for pair in context.pairs({ $0.name == "virtio" }) {
            guard let here = Self.features(pair.received, context.document),
                let there = Self.features(pair.local, target),
                here.bits & ~there.bits != 0
            else { continue }
            let missing = "0x" + Hex.digits(here.bits & ~there.bits)
            let device = pair.received.chain.last?.structure ?? ""
            let unheard = VirtIOFeatureWords.unheard(of: here.bits & ~there.bits, device: device)
            context.add(
                unheard == 0 ? .note : .error, .virtioFeatures, at: here.offset, size: 8,
                "\(pair.section.name): features \(missing) are in use, in the destination's stream they are not",
                hint: "the back-end or a property of the destination may not offer them",
                qemu: QEMULog(
                    [
                        "Features 0x\(Hex.digits(here.bits)) unsupported. Allowed features: 0x\(Hex.digits(there.bits))"
                    ], cause: .field, chain: pair.received.chain, in: pair.section.wrapper, .notPermitted),
                certainty: unheard == 0 ? .possible : .certain)
        }
    }

    private static func features(_ field: VisitedField, _ document: Document) -> (bits: UInt64, offset: Int)?
    {
        guard !field.item.child.isNone else { return nil }
        let table = document.table
        let name = Array("virtio/64bit_features".utf8)
        guard
            let item = table.items(of: field.item.child).first(where: {
                table.names.bytes($0.name).elementsEqual(name)
            }),
            let bits = document.region.bigEndian(UInt64.self, at: field.offset + item.offset + item.size - 8)
        else { return nil }
        return (bits, field.offset + item.offset + item.size - 8)
    }
}
