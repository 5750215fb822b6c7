import Diagnose
import Format
import Stream

/// What the guest loses with a subsection that is left out.
package struct SubsectionLoss {
    package private(set) var grade = RepairGrade.visible
    /// What of it is in use; nil if the guest uses nothing of it.
    package private(set) var reason: String?

    package init(_ node: Node, of section: CheckedSection, _ use: SectionUse, _ document: Document) {
        guard use.isInUse else { return }
        var walk = StateInUse(document)
        walk.visit(node, 0)
        let name = document.tree.name(node)
        let isProcessor = section.key.name.elementsEqual("cpu".utf8)
        if isProcessor, name == "cpu/vector", SectionUse.usesVectors(section.key.instance, document) {
            walk.paths.append("\(section.editName)/env.mstatus")
        }
        guard !walk.paths.isEmpty || !walk.timers.isEmpty else { return }
        let found = (walk.paths + walk.timers).prefix(3).joined(separator: ", ")
        let count = walk.paths.count + walk.timers.count
        let list = found + (count > 3 ? " and \(count - 3) more" : "")
        if isProcessor, !Self.soft.contains(name) {
            grade = .risky
            reason =
                walk.paths.isEmpty
                ? "a timer of the processor is armed, and would never fire: \(list)"
                : "the guest uses registers that would be in their reset state: \(list)"
        } else if !isProcessor, use.isCritical, !Self.soft.contains(name) {
            grade = .risky
            reason = "the guest uses the device, and this state would be reset: \(list)"
        } else if Self.inFlight.contains(name) {
            grade = .risky
            reason = "requests of the guest are in flight: \(list)"
        } else if !walk.timers.isEmpty {
            reason = "a timer of the device is armed, and would never fire: \(list)"
        }
    }

    // State that a guest goes on without: counters and traces, times that programs do not compare, mitigations, the
    // place of the last x87 instruction, spurious wake-ups, whether a tray is open. Names of target/*/machine.c and
    // hw/ide/core.c, 7.2 to 11.1.
    private static let soft: Set<String> = [
        "cpu/msr_smi_count", "cpu/tsc_khz", "cpu/msr_architectural_pmu", "cpu/pmu", "cpu/arch_lbr",
        "cpu/intel_pt",
        "cpu/bhrb", "cpu/ctr", "cpu/debug", "cpu/steal_time_msr", "cpu/poll_control_msr", "cpu/async_pf_msr",
        "cpu/async_pf_int_msr", "cpu/async_pv_eoi_msr", "cpu/fpop_ip_dp", "cpu/spec_ctrl", "cpu/virt_ssbd",
        "cpu/msr_tsx_ctrl", "cpu/umwait", "cpu/msr_ia32_feature_control", "cpu/msr_ia32_misc_enable",
        "cpu/mcg_ext_ctl", "cpu/bpbc", "cpu/diag318", "cpu/msr_hyperv_crash", "cpu/msr_hyperv_runtime",
        "cpu/reservation", "cpu/msr_hwcr", "cpu/amd_tsc_scale_msr", "cpu/msr_tsc_adjust", "cpu/pkru",
        "cpu/pkrs",
        "cpu/event", "cpu/error_code", "ide_drive/tray_state",
    ]

    // Transfers and queues that a driver waits for, or that memory of the guest describes (hw/ide/core.c and
    // pci.c, hw/virtio/virtio.c and virtio-pci.c, hw/scsi/*.c, 7.2 to 11.1).
    private static let inFlight: Set<String> = [
        "ide_drive/pio_state", "ide_drive/atapi/gesn_state", "ide bmdma/current", "ide_bus/error",
        "virtio/64bit_features", "virtio/packed_virtqueues", "virtio/extra_state", "virtio_pci/modern_state",
        "virtio_pci/modern_queue_state", "lsiscsi/request", "esp/cmd", "fdrive/media_rate",
    ]
}

/// The parts of a structure that hold something: numbers other than zero, timers that are armed.
private struct StateInUse {
    private let document: Document
    var paths: [String] = []
    var timers: [String] = []
    private var left = 1 << 16

    init(_ document: Document) { self.document = document }

    // Not zero after a reset, and copied from other registers (target/riscv/cpu.c).
    private static let usual: Set<String> = ["env.vtype", "env.vill"]

    mutating func visit(_ node: Node, _ depth: Int) {
        guard depth < 32 else { return }
        for number in 0..<node.childCount {
            guard left > 0 else { return }
            left -= 1
            let child = document.tree.child(number, of: node)
            let name = document.tree.name(child)
            guard child.role != .frame, !name.hasPrefix("@"), !Self.usual.contains(name) else { continue }
            guard child.isLeaf else {
                visit(child, depth + 1)
                continue
            }
            let bytes = document.tree.bytes(of: child)
            guard bytes.contains(where: { $0 != 0 }) else { continue }
            let path = document.tree.pathText(child.path)
            if document.tree.typeName(child) == "timer" {
                // A timer that is not armed expires at -1 (util/qemu-timer.c timer_expire_time_ns).
                if bytes.contains(where: { $0 != 0xff }) { timers.append(path) }
            } else {
                paths.append(path)
            }
        }
    }
}
