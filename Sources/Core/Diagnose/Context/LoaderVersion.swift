import Bytes
import Format
import Memory
import Stream

/// The version of the QEMU that is to load a stream, estimated from the target.
///
/// A machine type gives only a lower bound: 11.1 also has the machine `pc-q35-9.1`. The contents of a stream
/// narrow it down.
struct LoaderVersion {
    private(set) var version: QEMUVersion
    /// Whether the estimate is based on the target's own QEMU.
    private(set) var isSure = false

    /// A part of a stream that exists from or up to a version: a field and its type, or a section's version.
    private struct Mark {
        var structure: String
        var field = ""
        /// A field that must be absent.
        var isWithout = ""
        var type = ""
        /// The minimum version of a structure.
        var version: UInt32 = 0
        /// The target page size in bytes; nil when it does not matter.
        var pageSize: Int?
        var since: QEMUVersion?
        var before: QEMUVersion?
    }

    private static let marks: [Mark] = [
        // hw/input/ps2.c
        Mark(structure: "ps2kbd", field: "common", before: QEMUVersion(7, 1)),
        Mark(structure: "ps2kbd", field: "parent_obj", since: QEMUVersion(7, 1)),
        // target/arm/machine.c, ppc/machine.c, riscv/machine.c: present in 5.2, absent from 7.2 on
        Mark(structure: "cpu", field: "env.features", type: "uint64", before: QEMUVersion(7, 2)),
        Mark(structure: "cpu", field: "env.hflags_nmsr", before: QEMUVersion(7, 2)),
        Mark(structure: "cpu", field: "env.mbadaddr", before: QEMUVersion(7, 2)),
        // migration/global_state.c
        Mark(structure: "globalstate", field: "has_vm_was_suspended", since: QEMUVersion(9, 0)),
        Mark(structure: "globalstate", isWithout: "has_vm_was_suspended", before: QEMUVersion(9, 0)),
        // hw/timer/hpet.c
        Mark(structure: "hpet", field: "num_timers_save", since: QEMUVersion(10, 0)),
        Mark(structure: "hpet", field: "num_timers", before: QEMUVersion(10, 0)),
        // target/riscv/machine.c: present in 7.2, absent from 10.0 on
        Mark(structure: "cpu", field: "env.features", type: "uint32", before: QEMUVersion(10, 0)),
        // target/arm/machine.c
        Mark(structure: "cpu", field: "cpreg_vmstate_array_len", type: "int32", since: QEMUVersion(11, 1)),
        Mark(
            structure: "cpu", field: "cpreg_vmstate_array_len", type: "int32 le", before: QEMUVersion(11, 1)),
        // target/loongarch/machine.c, riscv/machine.c, hw/intc/riscv_aclint.c, riscv_imsic.c, riscv_aplic.c
        Mark(structure: "cpu", field: "env.CSR_CRMD", before: QEMUVersion(11, 1)),
        Mark(structure: "cpu", field: "env.priv", type: "uint8", since: QEMUVersion(11, 0)),
        Mark(structure: "riscv_mtimer", version: 3, since: QEMUVersion(10, 2)),
        Mark(structure: "riscv_imsic", version: 2, since: QEMUVersion(10, 2)),
        Mark(structure: "riscv_aplic", version: 3, since: QEMUVersion(10, 2)),
        // hw/char/sifive_uart.c, imx_serial.c, hw/i2c/aspeed_i2c.c, hw/misc/aspeed_hace.c
        Mark(structure: "riscv.sifive.uart", version: 3, since: QEMUVersion(11, 0)),
        Mark(structure: "imx.serial", version: 4, since: QEMUVersion(11, 0)),
        Mark(structure: "aspeed.i2c", version: 4, since: QEMUVersion(11, 0)),
        Mark(structure: "aspeed.hace", version: 2, since: QEMUVersion(10, 1)),
        // hw/ipmi/ipmi_bmc_sim.c, hw/nvme/ctrl.c
        Mark(structure: "ipmi-bmc-sim", version: 2, since: QEMUVersion(11, 1)),
        Mark(structure: "nvme", version: 1, since: QEMUVersion(11, 1)),
        // target/avr/cpu-param.h
        Mark(structure: "cpu", field: "env.rampD", pageSize: 1024, since: QEMUVersion(10, 2)),
        Mark(structure: "cpu", field: "env.rampD", pageSize: 256, before: QEMUVersion(10, 2)),
        // target/ppc/machine.c; versioned machines have it from 10.1 on
        Mark(structure: "cpu", field: "cpu/rtas_stopped", since: QEMUVersion(10, 1)),
    ]

    /// A text in a description, which depends on its writer and not on the device (migration/vmstate.c, 7.2
    /// to 11.1).
    private struct TextMark {
        var text: String
        var since: QEMUVersion?
        var before: QEMUVersion?
    }

    private static let textMarks: [TextMark] = [
        // In an array with elements of different kinds, each element has its number; 11.1 does not describe
        // it as an array.
        TextMark(text: #""index": "#, before: QEMUVersion(11, 1)),
        TextMark(text: #""type": "nullptr""#, before: QEMUVersion(11, 1)),
        TextMark(text: #""type": "ptr-marker""#, since: QEMUVersion(11, 1)),
    ]

    /// - Parameter told: the version that the user gives.
    init(_ document: Document, _ target: Document?, _ dump: TargetDump?, told: QEMUVersion?) {
        guard let reference = target ?? (dump == nil ? document : nil) else {
            let machine = QEMUVersion(dump?.machine ?? "")
            version = told ?? machine ?? QEMUVersion(document.store.machine ?? "") ?? Self.usual
            isSure = told != nil || machine != nil
            return
        }
        let borrows = target?.store.description?.borrowedFrom != nil
        var bounds = Self.bounds(reference, borrows: borrows)
        // The contents of the source's stream say nothing about another QEMU.
        if let told, target == nil || bounds.contains(told) {
            version = told
            isSure = true
            return
        }
        for mark in Self.described(reference) { bounds.note(since: mark.since, before: mark.before) }
        if let isFirst = Self.isAPICFirst(reference) {
            bounds.note(since: isFirst ? Self.apicMove : nil, before: isFirst ? nil : Self.apicMove)
        }
        if bounds.before == nil, Self.hasTwins(reference) {
            bounds.note(since: QEMUVersion(11, 1), before: nil)
        }
        if bounds.least < QEMUVersion(11, 1), bounds.before == nil, target != nil,
            let marks = Self.tables(reference)
        {
            bounds.least = max(bounds.least, marks.since ?? bounds.least)
            bounds.before = marks.before
        }
        // Among the possible versions, prefer a common one.
        version = [Self.usual, Self.newest, Self.oldest].first { bounds.contains($0) } ?? bounds.least
        isSure = target != nil
    }

    /// The version when nothing is known.
    private static let usual = QEMUVersion(10, 0)
    private static let newest = QEMUVersion(11, 1)
    /// Older versions can be recognized.
    private static let oldest = QEMUVersion(7, 2)

    private struct Bounds {
        var least: QEMUVersion
        var before: QEMUVersion?

        func contains(_ version: QEMUVersion) -> Bool {
            version >= least && before.map { version < $0 } ?? true
        }

        mutating func note(since: QEMUVersion?, before end: QEMUVersion?) {
            if let since { least = max(least, since) }
            if let end { before = min(before ?? end, end) }
        }
    }

    private static func bounds(_ document: Document, borrows: Bool) -> Bounds {
        let machine = QEMUVersion(document.store.machine ?? "")
        var least = machine
        var before: QEMUVersion?
        func note(_ mark: Mark) {
            if let since = mark.since { least = max(least ?? since, since) }
            if let end = mark.before { before = min(before ?? end, end) }
        }
        if !borrows, isWithoutPageSize(document, machine) { least = max(machine ?? newest, newest) }
        let table = document.store.table
        let marks = Dictionary(grouping: Self.marks, by: \.structure)
        // A description that the target has borrowed is the source's.
        let devices = borrows ? [] : document.store.description?.devices ?? []
        for device in devices {
            let layout = table[device.layout]
            for mark in marks[table.names.text(layout.vmsdName)] ?? [] {
                if let size = mark.pageSize, size != document.store.description?.pageSize { continue }
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
        // 10.0 aborts when it saves a processor of hppa.
        if let known = least, known >= QEMUVersion(9, 0), unsaved.contains(document.store.machine ?? "") {
            least = max(known, newest)
        }
        // For machines without a version: QEMU sends SWITCHOVER_START since 10.0.
        if let least { return Bounds(least: least, before: before) }
        let isNew = document.store.records.contains { $0.command == .switchoverStart }
        return Bounds(least: isNew ? usual : QEMUVersion(5, 2), before: before)
    }

    // Machine types of hppa (hw/hppa/machine.c).
    private static let unsaved: Set<String> = ["B160L", "C3700", "715", "A400"]

    // hw/intc/apic_common.c: since this version an APIC is saved before sections without a priority, such as
    // the timers.
    private static let apicMove = QEMUVersion(10, 2)

    // Nil without an APIC. O(sections).
    private static func isAPICFirst(_ document: Document) -> Bool? {
        let names = document.store.table.names
        let devices = document.store.records.lazy.filter { $0.kind == .full }.map { names.text($0.name) }
        guard let apic = devices.firstIndex(of: "apic"), let timer = devices.firstIndex(of: "timer") else {
            return nil
        }
        return apic < timer
    }

    // The marks in the stream's own description. O(its bytes).
    private static func described(_ document: Document) -> [TextMark] {
        guard let description = document.store.description, description.borrowedFrom == nil else { return [] }
        let marks = textMarks.map { (mark: $0, bytes: Array($0.text.utf8)) }
        var isThere = [Bool](repeating: false, count: marks.count)
        let text = description.text
        var at = text.lowerBound
        while let quote = document.store.region.firstIndex(of: UInt8(ascii: "\""), in: at..<text.upperBound) {
            at = quote + 1
            for number in marks.indices where !isThere[number] {
                isThere[number] = document.store.region.matches(marks[number].bytes, at: quote)
            }
        }
        return zip(marks, isThere).filter(\.1).map(\.0.mark)
    }

    // Before 11.1 each element of an array with elements of different structures has its number, and they
    // form one array here; 11.1 writes fields with the same name in sequence. O(layouts).
    private static func hasTwins(_ document: Document) -> Bool {
        guard let description = document.store.description, description.borrowedFrom == nil else {
            return false
        }
        let table = document.store.table
        var known: Set<LayoutID> = []
        func looksIn(_ layout: LayoutID) -> Bool {
            guard !layout.isNone, known.insert(layout).inserted else { return false }
            let items = table.items(of: layout)
            let isTwin = zip(items, items.dropFirst()).contains { one, next in
                one.name == next.name && one.role == next.role && isStructure(one)
                    && isStructure(next) && table[one.child].vmsdName == table[next.child].vmsdName
            }
            return isTwin || items.contains { looksIn($0.child) }
        }
        func isStructure(_ item: Item) -> Bool {
            !item.child.isNone && table[item.child].kind == .body && table[item.child].vmsdName != .empty
                && item.role == .field
        }
        return description.devices.contains { looksIn($0.layout) }
    }

    // hw/ppc/spapr_caps.c: up to 10.2 machines from 4.1 on always write this capability; 11.1 writes it only
    // if the user has set it.
    private static func isWithoutPageSize(_ document: Document, _ machine: QEMUVersion?) -> Bool {
        let table = document.store.table
        guard let machine, machine >= QEMUVersion(4, 1),
            let device = document.store.description?.devices.first(where: {
                table.names.bytes(table[$0.layout].vmsdName).elementsEqual("spapr".utf8)
            })
        else { return false }
        return !table.items(of: device.layout).contains {
            table.names.bytes($0.name).elementsEqual("spapr/cap/hpt_maxpagesize".utf8)
        }
    }

    // hw/acpi/cpu.c: up to 10.2 the ACPI tables of PCs end legacy CPU hotplug with a method of their own;
    // 11.1 has none. O(headers of RAM records).
    private static func tables(_ document: Document) -> (since: QEMUVersion?, before: QEMUVersion?)? {
        guard let bytes = ACPITables.bytes(document) else { return nil }
        guard contains(bytes, selector) else { return nil }
        // Method (_INI, 0, Serialized) { CSEL = Zero }
        return contains(bytes, Array("_INI".utf8) + [0x08, 0x70, 0x00] + selector)
            ? (nil, QEMUVersion(11, 0)) : (QEMUVersion(11, 1), nil)
    }

    private static let selector = Array("CSEL".utf8)

    private static func contains(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard bytes.count >= wanted.count else { return false }
        return (0...bytes.count - wanted.count).contains { start in
            bytes[start] == wanted[0] && bytes[start..<start + wanted.count].elementsEqual(wanted)
        }
    }
}
