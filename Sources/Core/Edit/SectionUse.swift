import Bytes
import Diagnose
import Format
import Memory
import Stream

/// Whether the guest uses the device of a section, as far as its state tells.
package struct SectionUse {
    /// Nothing says that it does not.
    package private(set) var isInUse = true
    /// A processor, an interrupt controller, or a disk: without it a guest that uses it can't go on.
    package let isCritical: Bool
    private let device: String

    package init(_ section: CheckedSection, _ document: Document) {
        let name = String(decoding: section.key.name, as: UTF8.self)
        let device = String(name.split(separator: "/").last ?? "")
        self.device = device
        isCritical = Self.critical.contains { device.hasPrefix($0) }
        isInUse = !Self.isIdle(section, document, device)
    }

    private static let critical = [
        "cpu", "apic", "ioapic", "i8259", "ide", "ich9_ahci", "nvme", "virtio-blk", "virtio-scsi",
        "scsi-disk", "lsiscsi",
        "megasas", "mptsas", "pvscsi", "arm_gic", "xive", "spapr", "riscv_sifive_plic", "riscv_aplic",
        "riscv_imsic",
        "icp/server", "kvmclock",
    ]

    private static func isIdle(_ section: CheckedSection, _ document: Document, _ device: String)
        -> Bool
    {
        guard let node = document.node(of: section) else { return false }
        if ["cpu", "cpu_common", "apic"].contains(device) {
            return isWaiting(section.key.instance, document)
        }
        if device == "kvmclock" { return !isAnyKVMClock(document) }
        // Nothing is enabled in an interrupt controller.
        for (name, field) in [("arm_gicv3_its", "ctlr"), ("riscv_sifive_plic", "enable")]
        where device == name {
            guard let path = document.path(text: field, from: node) else { return false }
            return document.bytes(of: document.node(path)).allSatisfy {
                $0 & (name == "arm_gicv3_its" ? 1 : 0xff) == 0
            }
        }
        let region = document.region
        let body = region.span(section.bodyOffset..<section.bodyEnd)
        if body.isAllZero { return true }
        if let status = document.path(text: "virtio/status", from: node) {
            return document.bytes(of: document.node(status)).allSatisfy { $0 == 0 }
        }
        // The guest has neither given it addresses nor let it work.
        if let config = pciConfig(document, section) { return config[4] & 7 == 0 }
        return false
    }

    private static func pciConfig(_ document: Document, _ section: CheckedSection) -> PCIConfig? {
        var visitor = FieldVisitor(document.table) { $0.name == "pci config" }
        var found: VisitedField?
        guard !section.record.layout.isNone else { return nil }
        visitor.visit(section.record.layout, at: section.record.offset) { found = found ?? $0 }
        return found.map { PCIConfig(document.region, $0.offset, $0.size) }
    }

    // A processor that waits to be started: KVM_MP_STATE_UNINITIALIZED, or halted with nothing done.
    private static func isWaiting(_ instance: UInt32, _ document: Document) -> Bool {
        guard instance > 0 else { return false }
        if let state = number("cpu:\(instance)/env.mp_state", document), state == 1 { return true }
        let halted = number("cpu_common:\(instance)/halted", document)
        return halted == 1 || halted == nil && number("cpu:\(instance)/env.eip", document) == nil
    }

    private static func isAnyKVMClock(_ document: Document) -> Bool {
        (0..<UInt32(1024)).lazy.prefix { document.knownPath(text: "cpu:\($0)") != nil }
            .contains { (number("cpu:\($0)/env.system_time_msr", document) ?? 0) & 1 == 1 }
    }

    private static func number(_ path: String, _ document: Document) -> UInt64? {
        guard let found = document.path(text: path) else { return nil }
        let bytes = document.bytes(of: document.node(found))
        guard (1...8).contains(bytes.count) else { return nil }
        return bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }

    /// How bad it is to leave the section out.
    package var lossGrade: RepairGrade { isInUse && isCritical ? .risky : .visible }

    package var lossCost: String {
        guard isInUse else { return "the guest has not begun to use \(device), and will not find it" }
        return isCritical
            ? "the guest uses \(device), and can't go on without it"
            : "\(device) is gone: a driver that uses it gets no answers"
    }
}
