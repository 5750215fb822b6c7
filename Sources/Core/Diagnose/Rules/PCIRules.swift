import Bytes
import Stream

/// PCI configuration space: what the target compares, and whether it makes sense by itself (hw/pci/pci.c
/// get_pci_config_device, 7.2 and 10.0).
package enum PCIRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        var visitor = FieldVisitor(context.table) { $0.name == "pci config" }
        for section in context.sections where section.record.kind == .full {
            let fields = context.fields(
                of: section, in: context.document, context.devices[section.key], &visitor)
            for field in fields { capabilities(field, section, &context) }
        }
        guard let target = context.target else { return }
        for pair in context.pairs({ $0.name == "pci config" }) where pair.received.size == pair.local.size {
            compare(pair, target, &context)
        }
        for pair in context.pairs({ $0.name == "virtio" }) where pair.received.item.child.isNone {
            if let config = configuration(of: pair, target) { compare(config, target, &context) }
        }
    }

    // A damaged configuration hides the transport of a virtio device; the target's says where it is.
    private static func configuration(of pair: FieldPair, _ target: Document) -> FieldPair? {
        var visitor = FieldVisitor(target.table) { $0.name == "pci config" }
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
        let local = PCIConfig(target.region, pair.local.offset, pair.local.size)
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
