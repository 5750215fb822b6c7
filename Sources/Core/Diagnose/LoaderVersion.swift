import Bytes
import Format
import Memory
import Stream

/// The version of the QEMU that is to load a stream, from what is known of the target.
///
/// A machine type only says which version it needs at least: `pc-q35-9.1` is also a machine of 11.1. What a stream
/// consists of says more.
struct LoaderVersion {
    private(set) var version: QEMUVersion
    /// Whether something is known of the target's own QEMU.
    private(set) var isSure = false

    /// What a stream has from a version on, or no longer: a field and its type, or a section's version.
    private struct Mark {
        var structure: String
        var field = ""
        /// A field that is not there.
        var isWithout = ""
        var type = ""
        /// The least version of a structure.
        var version: UInt32 = 0
        var since: QEMUVersion?
        var before: QEMUVersion?
    }

    private static let marks: [Mark] = [
        // migration/global_state.c
        Mark(structure: "globalstate", field: "has_vm_was_suspended", since: QEMUVersion(9, 0)),
        Mark(structure: "globalstate", isWithout: "has_vm_was_suspended", before: QEMUVersion(9, 0)),
        // hw/timer/hpet.c
        Mark(structure: "hpet", field: "num_timers_save", since: QEMUVersion(10, 0)),
        Mark(structure: "hpet", field: "num_timers", before: QEMUVersion(10, 0)),
        // target/arm/machine.c
        Mark(structure: "cpu", field: "cpreg_vmstate_array_len", type: "int32", since: QEMUVersion(11, 1)),
        Mark(
            structure: "cpu", field: "cpreg_vmstate_array_len", type: "int32 le", before: QEMUVersion(11, 1)),
        // target/loongarch/machine.c, riscv/machine.c, hw/intc/riscv_aclint.c, riscv_imsic.c, riscv_aplic.c
        Mark(structure: "cpu", field: "env.CSR_CRMD", before: QEMUVersion(11, 1)),
        Mark(structure: "riscv_mtimer", version: 3, since: QEMUVersion(10, 2)),
        Mark(structure: "riscv_imsic", version: 2, since: QEMUVersion(10, 2)),
        Mark(structure: "riscv_aplic", version: 3, since: QEMUVersion(10, 2)),
        // hw/ipmi/ipmi_bmc_sim.c, hw/nvme/ctrl.c
        Mark(structure: "ipmi-bmc-sim", version: 2, since: QEMUVersion(11, 1)),
        Mark(structure: "nvme", version: 1, since: QEMUVersion(11, 1)),
    ]

    /// - Parameter told: what the user says.
    init(_ document: Document, _ target: Document?, _ dump: TargetDump?, told: QEMUVersion?) {
        guard let reference = target ?? (dump == nil ? document : nil) else {
            let machine = QEMUVersion(dump?.machine ?? "")
            version = told ?? machine ?? QEMUVersion(document.overview.machine ?? "") ?? Self.usual
            isSure = told != nil || machine != nil
            return
        }
        var bounds = Self.bounds(reference)
        if let told, told >= bounds.least, bounds.before.map({ told < $0 }) ?? true {
            version = told
            isSure = true
            return
        }
        if bounds.least < QEMUVersion(11, 1), bounds.before == nil, target != nil,
            let marks = Self.tables(reference)
        {
            bounds.least = max(bounds.least, marks.since ?? bounds.least)
            bounds.before = marks.before
        }
        // Of what is possible, a version that many have.
        let isPossible = bounds.least < Self.usual && bounds.before.map { Self.usual < $0 } ?? true
        version = isPossible ? Self.usual : bounds.least
        isSure = target != nil
    }

    /// Where nothing is known.
    private static let usual = QEMUVersion(10, 0)

    private static func bounds(_ document: Document) -> (least: QEMUVersion, before: QEMUVersion?) {
        var least = QEMUVersion(document.overview.machine ?? "")
        var before: QEMUVersion?
        func note(_ mark: Mark) {
            if let since = mark.since { least = max(least ?? since, since) }
            if let end = mark.before { before = min(before ?? end, end) }
        }
        let table = document.table
        let marks = Dictionary(grouping: Self.marks, by: \.structure)
        for device in document.description?.devices ?? [] {
            let layout = table[device.layout]
            for mark in marks[table.names.text(layout.vmsdName)] ?? [] {
                if !mark.isWithout.isEmpty {
                    let isThere = table.items(of: device.layout).contains {
                        table.names.bytes($0.name).elementsEqual(mark.isWithout.utf8)
                    }
                    if !isThere { note(mark) }
                    continue
                }
                if mark.field.isEmpty {
                    if device.version ?? 0 >= mark.version { note(mark) }
                    continue
                }
                let isThere = table.items(of: device.layout).contains {
                    table.names.bytes($0.name).elementsEqual(mark.field.utf8)
                        && (mark.type.isEmpty || table[type: $0.type].name == mark.type)
                }
                if isThere { note(mark) }
            }
        }
        // Machines without a version: since 10.0 they send SWITCHOVER_START.
        guard least == nil else { return (least ?? usual, before) }
        let switchover = UInt32(CommandKind.switchoverStart.rawValue)
        let isNew = document.records.contains { $0.kind == .command && $0.id == switchover }
        return (isNew ? usual : QEMUVersion(7, 2), before)
    }

    // hw/acpi/cpu.c: up to 10.2 the ACPI tables of PCs end the legacy CPU hotplug in a method of their own, and
    // from 11.1 on there is none. O(headers of RAM records).
    private static func tables(_ document: Document) -> (since: QEMUVersion?, before: QEMUVersion?)? {
        let names = document.table.names
        guard
            let block = document.state.blocks.firstIndex(where: {
                names.bytes($0.name).elementsEqual("/rom@etc/acpi/tables".utf8)
            })
        else { return nil }
        let index = document.ramIndex()
        guard block < index.blocks.count else { return nil }
        let reader = PageReader(region: document.region, index: index)
        var bytes: [UInt8] = []
        let pageSize = max(document.state.pageSize, 1)
        for page in 0..<min(document.state.blocks[block].usedLength / pageSize, tableLimit / pageSize) {
            if case .bytes(let content) = reader.content(block: block, page: page) {
                bytes += content
            } else {
                bytes += [UInt8](repeating: 0, count: pageSize)
            }
        }
        guard contains(bytes, selector) else { return nil }
        // Method (_INI, 0, Serialized) { CSEL = Zero }
        return contains(bytes, Array("_INI".utf8) + [0x08, 0x70, 0x00] + selector)
            ? (nil, QEMUVersion(11, 0)) : (QEMUVersion(11, 1), nil)
    }

    private static let tableLimit = 1 << 18
    private static let selector = Array("CSEL".utf8)

    private static func contains(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard bytes.count >= wanted.count else { return false }
        return (0...bytes.count - wanted.count).contains { start in
            bytes[start] == wanted[0] && bytes[start..<start + wanted.count].elementsEqual(wanted)
        }
    }
}
