/// Virtio devices: subsections and queues inside their opaque field (hw/virtio/virtio.c virtio_load, 7.2 and 10.0).
enum VirtIORules: CheckRule {
    static func check(_ context: inout CheckContext) {
        var visitor = FieldVisitor(context.table) { $0.name == "virtio" }
        for section in context.sections where section.record.kind == .full {
            for field in context.fields(of: section, in: context.document, context.devices[section.key], &visitor) {
                guard !field.item.child.isNone else {
                    undecoded(field, section, &context)
                    continue
                }
                subsections(field, section, &context)
            }
        }
        features(&context)
    }

    private static func undecoded(_ field: VisitedField, _ section: CheckedSection, _ context: inout CheckContext) {
        let range = field.offset..<field.offset + field.size
        let isKnown = context.findings.contains { $0.code == "pci-config" && range.contains($0.offset) }
        guard context.isSound(section), field.size > 0, !isKnown else { return }
        context.add(
            .warning, "virtio-format", at: field.offset, size: field.size,
            "\(section.name): transport, queues and configuration do not fit the bytes", hint: "these bytes are damaged",
            qemu: QEMULog.text(["Missing section footer for \(section.name)"]), certainty: .likely)
    }

    // The device's own part ends where the subsections of `virtio` begin. One whose name is damaged looks
    // like a part of the device.
    private static func subsections(_ field: VisitedField, _ section: CheckedSection, _ context: inout CheckContext) {
        guard let own = context.table.items(of: field.item.child).first(where: { isNamed("device", $0, context) }) else { return }
        let start = field.offset + own.offset
        let end = start + own.size
        for offset in start..<max(start, end - 6) where context.region.byte(at: offset) == SectionType.subsection.rawValue {
            guard let header = SubsectionHeader(context.region, at: offset, limit: end),
                let known = nearest(header, context.region)
            else { continue }
            let name = DisplayText.escaped(bytes: context.region.copy(header.name))
            let isPrefixed = context.region.matches("virtio".utf8, at: header.name.lowerBound)
            let lines = isPrefixed ? QEMULog.fields(field.chain) : ["Missing section footer for \(section.name)"]
            return context.add(
                .error, "subsection-unknown", at: header.name.lowerBound, size: header.name.count,
                "\(section.name): subsection \(name) is none of virtio, which has \(known)", hint: "these bytes are damaged",
                qemu: isPrefixed ? QEMULog.text(lines, in: section.wrapper, .noEntry) : QEMULog.text(lines))
        }
    }

    private static func isNamed(_ name: String, _ item: Item, _ context: CheckContext) -> Bool {
        context.table.names.bytes(item.name).elementsEqual(name.utf8)
    }

    // A known name of that length that shares at least half of the bytes.
    private static func nearest(_ header: SubsectionHeader, _ region: MappedRegion) -> String? {
        names.first { name in
            let bytes = Array(name.utf8)
            guard bytes.count == header.name.count else { return false }
            let same = bytes.indices.filter { region.byte(at: header.name.lowerBound + $0) == bytes[$0] }.count
            return same * 2 >= bytes.count && same < bytes.count
        }
    }

    private static let names = [
        "virtio/device_endian", "virtio/64bit_features", "virtio/virtqueues", "virtio/ringsize", "virtio/broken",
        "virtio/extra_state", "virtio/started", "virtio/packed_virtqueues", "virtio/disabled",
    ]

    // Features that a guest of the target has not taken may still be offered there.
    private static func features(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        for pair in context.pairs({ $0.name == "virtio" }) {
            guard let here = Self.features(pair.received, context.document), let there = Self.features(pair.local, target),
                here.bits & ~there.bits != 0
            else { continue }
            let missing = "0x" + Hex.digits(here.bits & ~there.bits)
            context.add(
                .note, "virtio-features", at: here.offset, size: 8,
                "\(pair.section.name): features \(missing) are in use, in the target's stream they are not",
                hint: "the back-end or a property of the target may not offer them",
                qemu: QEMULog.text(
                    ["Features 0x\(Hex.digits(here.bits)) unsupported. Allowed features: 0x\(Hex.digits(there.bits))"]
                        + QEMULog.fields(pair.received.chain), in: pair.section.wrapper, .notPermitted),
                certainty: .possible)
        }
    }

    private static func features(_ field: VisitedField, _ document: Document) -> (bits: UInt64, offset: Int)? {
        guard !field.item.child.isNone else { return nil }
        let table = document.table
        let name = Array("virtio/64bit_features".utf8)
        guard let item = table.items(of: field.item.child).first(where: { table.names.bytes($0.name).elementsEqual(name) }),
            let bits = document.region.bigEndian(UInt64.self, at: field.offset + item.offset + item.size - 8)
        else { return nil }
        return (bits, field.offset + item.offset + item.size - 8)
    }
}
