import Bytes
import Diagnose
import Format
import Memory
import Stream

/// The guest's use of a section's device, judging by its state.
package struct SectionUse {
    /// Whether the device may be in use; true unless its state shows otherwise.
    package private(set) var isInUse = true
    /// Whether it is a processor, an interrupt controller, a clock, or a disk: a guest that uses it can't continue
    /// without it.
    package let isCritical: Bool
    private let device: String
    /// Whether it is a disk of a guest that has not started its operating system yet.
    private let isBootDisk: Bool

    package init(_ section: CheckedSection, _ document: Document) {
        let name = String(decoding: section.key.name, as: UTF8.self)
        let device = name.withoutDevicePath
        self.device = device
        // A SCSI controller without a device holds no data.
        let isController = Self.controllers.contains(device)
        let isDisk = isController || Self.disks.contains { device.hasPrefix($0) }
        isBootDisk = isDisk && Self.isOnlyFirmware(document)
        isCritical =
            isController
            ? Self.hasDevices(below: section.key.name, document) && !isBootDisk
            : (isDisk || Self.critical.contains { device.hasPrefix($0) } || device == "spapr")
                && !isBootDisk
        isInUse = !Self.isIdle(section, document, device)
    }

    private static let critical = [
        "cpu", "apic", "ioapic", "i8259", "arm_gic", "xive", "spapr-xive", "ics", "riscv_sifive_plic",
        "riscv_aplic", "riscv_imsic", "kvmclock", "hpet",
    ]

    private static let disks = ["ide", "ich9_ahci", "nvme", "virtio-blk", "virtio-scsi", "scsi-disk"]

    /// Whether an x86 guest is still in its BIOS, or in a boot loader: paging is off. Firmware that uses
    /// paging counts as an operating system; for other processors the state is unknown.
    package static func isOnlyFirmware(_ document: Document) -> Bool {
        number("cpu:0/env.cr[0]", document).map { $0 >> 31 & 1 == 0 } ?? false
    }

    // Sections with the number of their processor as instance id.
    private static let ofProcessors = [
        "cpu", "cpu_common", "apic", "xive-tctx", "icp/server", "spapr_cpu",
    ]

    /// Whether a section is an interrupt controller or timer with elements for each processor.
    package static func hasElementsByProcessor(_ name: [UInt8]) -> Bool {
        ["arm_gic", "spapr-xive", "riscv_", "loong"].contains { name.starts(with: $0.utf8) }
    }

    // Not virtio-scsi: no stream contains the state of a vhost-user back end.
    private static let controllers: Set<String> = [
        "lsiscsi", "pciespscsi", "megasas", "megasas-gen2", "mptsas", "pvscsi", "spapr_vscsi",
    ]

    private static func hasDevices(below name: [UInt8], _ document: Document) -> Bool {
        guard let end = name.lastIndex(of: UInt8(ascii: "/")) else { return true }
        let bus = name[...end]
        return document.store.checkedSections().contains {
            $0.key.name != name && $0.key.name.starts(with: bus)
        }
    }

    private static func isIdle(_ section: CheckedSection, _ document: Document, _ device: String)
        -> Bool
    {
        guard let node = document.tree.node(of: section) else { return false }
        if isUnstarted(document) { return true }
        if ofProcessors.contains(where: { section.key.name.elementsEqual($0.utf8) }) {
            return isWaiting(processor(of: section, document), document)
        }
        if device == "kvmclock" { return !isAnyKVMClock(document) }
        // Nothing is enabled in an interrupt controller; for an APLIC, bit 8 of domaincfg says so
        // (hw/intc/riscv_aplic.c).
        let switches: [(device: String, field: String, mask: UInt8)] = [
            ("arm_gicv3_its", "ctlr", 0x01), ("riscv_sifive_plic", "enable", 0xff),
            ("riscv_aplic", "domaincfg", 0x01), ("riscv_imsic", "eidelivery", 0xff),
        ]
        for (name, field, mask) in switches where device == name {
            guard let path = document.path(text: field, from: node) else { return false }
            return document.tree.bytes(of: document.tree.node(path)).allSatisfy { $0 & mask == 0 }
        }
        // HPET_CFG_ENABLE (hw/timer/hpet.c): its counter is the guest's clock.
        if device.hasPrefix("hpet"), let path = document.path(text: "config", from: node) {
            return document.tree.bytes(of: document.tree.node(path)).last.map { $0 & 1 == 0 } ?? false
        }
        // The mask of each pin is set (IOAPIC_LVT_MASKED_SHIFT, hw/intc/ioapic_internal.h).
        if device == "ioapic", let path = document.path(text: "ioredtbl", from: node) {
            let bytes = document.tree.bytes(of: document.tree.node(path))
            return stride(from: 5, to: bytes.count, by: 8).allSatisfy { bytes[$0] & 1 == 1 }
        }
        if ["spapr-xive", "xive-source", "xive-tctx"].contains(device) { return !isAnyXIVEQueue(document) }
        let region = document.store.region
        let body = region.span(section.bodyOffset..<section.bodyEnd)
        if body.isAllZero { return true }
        if let status = document.path(text: "virtio/status", from: node) {
            return document.tree.bytes(of: document.tree.node(status)).allSatisfy { $0 == 0 }
        }
        // The guest has neither assigned addresses to it nor enabled it.
        if let config = pciConfig(document, section) { return config[4] & 7 == 0 }
        return false
    }

    // Whether the guest was saved before its first instruction, or after a reset: no device has been used.
    private static func isUnstarted(_ document: Document) -> Bool {
        guard let state = document.path(text: "globalstate:0/runstate") else { return false }
        return document.tree.bytes(of: document.tree.node(state)).prefix { $0 != 0 }
            .elementsEqual("prelaunch".utf8)
    }

    private static func pciConfig(_ document: Document, _ section: CheckedSection) -> PCIConfig? {
        var visitor = FieldVisitor(document.store.table) { $0.name == "pci config" }
        var found: VisitedField?
        guard !section.record.layout.isNone else { return nil }
        visitor.visit(section.record.layout, at: section.record.offset) { found = found ?? $0 }
        return found.map { PCIConfig(document.store.region, $0.offset, $0.size) }
    }

    // The instance id of an APIC is its APIC id, which follows the topology; its processor is the one saved
    // before it (x86_cpu_realizefn, target/i386/cpu.c, registers the processor and then its APIC).
    private static func processor(of section: CheckedSection, _ document: Document) -> UInt32 {
        guard section.key.name.elementsEqual("apic".utf8) else { return section.key.instance }
        let before = document.store.checkedSections().last {
            $0.record.offset < section.record.offset && $0.key.name.elementsEqual("cpu".utf8)
        }
        return before?.key.instance ?? section.key.instance
    }

    // Whether no operating system has started a processor. The halted state alone does not show it: idle ones
    // are halted too.
    private static func isWaiting(_ instance: UInt32, _ document: Document) -> Bool {
        guard instance > 0 else { return false }
        let cpu = "cpu:\(instance)/"
        func value(_ name: String) -> UInt64? { number(cpu + name, document) }
        let isHalted = number("cpu_common:\(instance)/halted", document) == 1
        // KVM_MP_STATE_UNINITIALIZED and INIT_RECEIVED; otherwise firmware halts it before paging is on.
        if let state = value("env.mp_state"), let control = value("env.cr[0]") {
            return state == 1 || state == 2 || (isHalted || state == 3) && control >> 31 & 1 == 0
        }
        // PSCI_OFF (target/arm/arm-powerctl.h), S390_CPU_STATE_STOPPED.
        if let state = value("power_state") ?? value("env.cpu_state") { return state == 1 }
        // At the reset vector, for a pseries machine and for LoongArch; RISC-V harts wait in the firmware, in
        // M mode.
        if let next = value("env.nip") { return isHalted && next == 0x100 }
        if value("env.CSR_ERA") != nil || value("env.sys_states[0].CSR_ERA") != nil {
            return value("env.pc") == 0x1c00_0000
        }
        if let mode = value("env.priv"), let next = value("env.pc") {
            return mode == 3 && (isHalted || next == 0x1000)
        }
        return false
    }

    // END_W0_VALID of a queue that the guest has set up for its events (hw/ppc/xive_regs.h, 7.2 to 11.1).
    private static func isAnyXIVEQueue(_ document: Document) -> Bool {
        guard let path = document.path(text: "spapr-xive:0/endt") else { return true }
        let bytes = document.tree.bytes(of: document.tree.node(path))
        return stride(from: 0, to: bytes.count, by: 32).contains { bytes[$0] & 0x80 != 0 }
    }

    private static func isAnyKVMClock(_ document: Document) -> Bool {
        (0..<UInt32(1024)).lazy.prefix { document.tree.knownPath(text: "cpu:\($0)") != nil }
            .contains { (number("cpu:\($0)/env.system_time_msr", document) ?? 0) & 1 == 1 }
    }

    // mstatus.VS: the operating system lets programs use the vector registers (RISC-V privileged specification).
    package static func usesVectors(_ processor: UInt32, _ document: Document) -> Bool {
        (number("cpu:\(processor)/env.mstatus", document) ?? 0) >> 9 & 3 != 0
    }

    private static func number(_ path: String, _ document: Document) -> UInt64? {
        guard let found = document.path(text: path) else { return nil }
        let bytes = document.tree.bytes(of: document.tree.node(found))
        guard (1...8).contains(bytes.count) else { return nil }
        return bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }

    /// The grade of leaving out the section.
    package var lossGrade: RepairGrade { isInUse && isCritical ? .risky : .visible }

    package var lossCost: String {
        if isInUse, isBootDisk { return "\(device) is missing, and the BIOS can't boot from it" }
        guard isInUse else { return "the guest has not started to use \(device), and will not find it" }
        return isCritical
            ? "the guest uses \(device), and can't continue without it"
            : "\(device) is missing: a driver that uses it gets no answers"
    }
}
