import Bytes
import Format
import Stream

/// The loader's checks of single values in a section, in reading order: values that must equal the target's,
/// and values that checks after a vmstate refuse.
///
/// Without a target it runs only the checks that need none.
package struct FieldJudge {
    /// The table of the layouts that are read.
    var table: LayoutTable {
        didSet { wanted = [:] }
    }
    private let region: MappedRegion
    private let target: Document?
    /// The idstr of the section.
    private let section: [UInt8]
    /// The version of the QEMU that loads.
    private let version: QEMUVersion
    /// The target's fields of the section, by their chain of names, in order.
    private var locals: [[FieldStep]: ArraySlice<VisitedField>] = [:]
    /// The state that virtio devices of the section have saved themselves, by the chain of names to the
    /// field.
    private var devices: [[FieldStep]: VirtIODeviceState] = [:]
    private var wanted: [LayoutID: Bool] = [:]
    /// The checks after each vmstate.
    package var checks: PostLoadChecks
    /// Whether to check single fields too, and not only run the checks after a vmstate.
    private let judgesFields: Bool

    /// - Parameters:
    ///   - key: the key of the section, which selects the target's section.
    ///   - received: the stream's section; nil when the stream has none in that place.
    ///   - table: the table of the layouts that the section is read by.
    package init(
        _ key: SectionKey, received: CheckedSection?, _ context: CheckContext, table: LayoutTable,
        judgesFields: Bool = true
    ) {
        self.judgesFields = judgesFields
        self.table = table
        region = context.region
        target = context.target
        section = key.name
        version = context.version
        checks = PostLoadChecks(context.region, local: Self.targetValues(key, context))
        guard judgesFields, let target, let model = context.targetSections[key] else { return }
        var visitor = FieldVisitor(target.store.table) { Self.isCompared($0.name) }
        let device = context.targetDevices[key]
        for field in context.fields(of: model, in: target, device, &visitor) {
            locals[field.chain, default: []].append(field)
        }
        let hasVirtIO = locals.values.contains { $0.first?.type == "virtio" }
        guard let received, hasVirtIO else { return }
        var virtio = FieldVisitor(context.table) { $0.name == "virtio" }
        for field in context.fields(of: received, in: context.document, context.devices[key], &virtio) {
            devices[field.chain] = VirtIODeviceState(field, context.document)
        }
    }

    /// Creates a judge that refuses nothing, and stores the values that checks use.
    package init(recording document: Document) {
        judgesFields = false
        table = document.store.table
        region = document.store.region
        target = nil
        section = []
        version = QEMUVersion(10, 0)
        checks = PostLoadChecks(document.store.region, isRecording: true)
    }

    private static func targetValues(_ key: SectionKey, _ context: CheckContext) -> [Int: [Int64]] {
        guard let target = context.target, let model = context.targetSections[key],
            PostLoadRules.comparesTarget(context.structureName(of: model))
        else { return [:] }
        return PostLoadChecks.values(model, context.targetDevices[key], in: target)
    }

    package static func isCompared(_ type: String) -> Bool {
        type.hasSuffix(" equal")
            || ["int32 le", "pci config", "pci irq state", "virtio", "tmp"].contains(type)
    }

    /// Whether the judge checks something below a layout.
    package mutating func wants(_ id: LayoutID) -> Bool {
        if let known = wanted[id] { return known }
        wanted[id] = false
        var result = PostLoadRules.has(table.names.text(table[id].vmsdName))
        for item in table.items(of: id) where !result && item.role != .frame {
            result =
                judgesFields && Self.isCompared(table[type: item.type].name)
                || (!item.child.isNone && table[type: item.type].decode == nil && wants(item.child))
        }
        wanted[id] = result
        return result
    }

    /// Checks a field before it is read.
    ///
    /// - Returns: the offset after a field that the loader reads by itself; nil for other fields.
    /// - Throws: `LoadFailure` when the loader refuses the value.
    package mutating func field(
        _ item: Item, at offset: Int, chain: [FieldStep], in other: LayoutTable? = nil
    ) throws(LoadFailure) -> Int? {
        let table = other ?? table
        guard let step = chain.last else { return nil }
        if PostLoadRules.has(step.structure) { checks.note(item, at: offset, step, table) }
        let type = table[type: item.type].name
        guard judgesFields, Self.isCompared(type) else { return nil }
        if type == "pci irq state" {
            try levels(at: offset, chain)
            return nil
        }
        guard let target, let local = locals[chain]?.popFirst() else { return nil }
        switch type {
        case "pci config": try configuration(at: offset, item, local, target, chain)
        case "virtio": return try virtio(at: offset, local, target, chain)
        case "tmp": try checks(at: offset, item, in: table, local, target, chain)
        default: try number(type, at: offset, item, local, target, chain)
        }
        return nil
    }

    private func number(
        _ type: String, at offset: Int, _ item: Item, _ local: VisitedField, _ target: Document,
        _ chain: [FieldStep]
    ) throws(LoadFailure) {
        guard item.stride == local.size, item.stride <= 8, offset + item.stride <= region.count else {
            return
        }
        guard let message = refusal(type, at: offset, local, target) else { return }
        throw LoadFailure(
            kind: .value, offset: offset, size: item.stride,
            message:
                "\(chain.last.map { "\($0.structure):\($0.field)" } ?? "") differs from the destination's",
            cause: .value(message), chain: chain, failure: .invalid)
    }

    private func refusal(
        _ type: String, at offset: Int, _ local: VisitedField, _ target: Document
    ) -> QEMUMessage? {
        let (region, other) = (region, target.store.region)
        let received = region.span(offset..<offset + local.size)
        let expected = other.span(local.offset..<local.offset + local.size)
        return Self.refusal(type, received, expected)
    }

    private func configuration(
        at offset: Int, _ item: Item, _ local: VisitedField, _ target: Document, _ chain: [FieldStep]
    ) throws(LoadFailure) {
        let config = PCIConfig(
            target.store.region, local.offset, local.size,
            regions: PCIConfig.regions(of: section, in: target))
        let size = min(item.stride, region.count - offset)
        guard let fault = config.fault(region, at: offset, size: size) else { return }
        throw LoadFailure(
            kind: .value, offset: offset + fault.index, size: 1,
            message: "byte 0x\(Hex.digits(UInt64(fault.index))) of the PCI configuration "
                + "(\(PCIConfig.name(fault.index, fault.mask))) differs from the destination's",
            lines: [fault.line], chain: chain, failure: .invalid)
    }

    // Values that are loaded only for a comparison with the device's properties.
    private func checks(
        at offset: Int, _ item: Item, in table: LayoutTable, _ local: VisitedField, _ target: Document,
        _ chain: [FieldStep]
    ) throws(LoadFailure) {
        guard !item.child.isNone, !local.item.child.isNone else { return }
        let pairs = zip(table.items(of: item.child), target.store.table.items(of: local.item.child))
        for (here, there) in pairs where here.stride == there.stride && (1...8).contains(here.stride) {
            let (start, place) = (offset + here.offset, local.offset + there.offset)
            guard start + here.stride <= region.count, place + there.stride <= target.store.region.count
            else {
                return
            }
            let values = (
                region.bigEndian(start..<start + here.stride),
                target.store.region.bigEndian(place..<place + there.stride)
            )
            let name = table.names.text(here.name)
            guard
                let refusal = VirtIOComparison.of(name, type: table[type: here.type].name)?
                    .refusal(values.0, values.1)
            else { continue }
            throw LoadFailure(
                kind: .value, offset: start, size: here.stride,
                message: "\(name) differs from the destination's",
                lines: refusal.lines, cause: refusal.cause, chain: chain, failure: .invalid,
                hint: "a property of this device differs between source and destination")
        }
    }

    private func levels(at offset: Int, _ chain: [FieldStep]) throws(LoadFailure) {
        for pin in 0..<4 {
            guard let level = region.bigEndian(UInt32.self, at: offset + pin * 4), level > 1 else { continue }
            throw LoadFailure(
                kind: .value, offset: offset + pin * 4, size: 4, message: "the interrupt level is \(level)",
                lines: ["irq state \(Int32(bitPattern: level)): must be 0 or 1."], chain: chain,
                failure: .invalid)
        }
    }

    private func virtio(
        at offset: Int, _ local: VisitedField, _ target: Document, _ chain: [FieldStep]
    ) throws(LoadFailure) -> Int? {
        guard let shape = VirtIOShape(local, target, of: section) else { return nil }
        var load = VirtIOLoad(
            region, at: offset, shape: shape, received: devices[chain], chain: chain, version: version)
        return try load.run()
    }

    /// Returns QEMU's message for a value that it refuses; nil for others.
    static func refusal(_ type: String, _ received: RawSpan, _ local: RawSpan) -> QEMUMessage? {
        guard type == "int32 le" else {
            let values = (local.bigEndianValue, received.bigEndianValue)
            return values.0 == values.1 ? nil : .unequal(values.0, values.1)
        }
        let values = (IntegerFields.signedValue(local), IntegerFields.signedValue(received))
        return (0...max(values.0, 0)).contains(values.1) ? nil : .above(values.1, limit: values.0)
    }
}
