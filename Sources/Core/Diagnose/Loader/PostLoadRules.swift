import Bytes

/// The values that checks after loading refuse, by vmstate. One entry for each.
package enum PostLoadRules {
    package struct Rule: Sendable {
        /// The vmstate that contains the field, and the field that a finding names.
        package var structure: String
        package var field: String
        /// The element number when the field is an array.
        package var element = 0
        /// The vmstate that checks the field, if it is one around `structure`.
        package var checkedBy = ""
        /// Whether the check depends on the target's value.
        package var asksTarget = false
        package var isGood: @Sendable (PostLoadValues) -> Bool
        /// QEMU's message, with `%` for the value, `$` for the target's, and `#` for the target's in whole
        /// host pages, in hexadecimal; empty when it prints none of its own.
        package var words = ""
        package var failure = QEMULog.Failure.invalid
        package var code = FindingCode.valueRange
        package var hint = "these bytes are damaged"
        /// A subsection of the section whose presence makes the value valid.
        package var subsection = ""

        /// Whether the check is a condition among the fields (VMSTATE_VALIDATE).
        package var isValidation: Bool { words.hasPrefix(PostLoadRules.validation) }

        /// The check that fails; the loader adds the version.
        package var cause: QEMULog.Cause {
            guard isValidation else {
                return .hook(structure: structure, version: 0, minimum: 0, text: "", isInLines: false)
            }
            let field = words.dropFirst(PostLoadRules.validation.count + structure.count + 1)
            return .validation(structure: structure, field: String(field), version: 0)
        }

        package func lines(_ values: PostLoadValues) -> [String] {
            let line = words.map { letter in
                switch letter {
                case "%": String(values.value)
                case "$": String(values.local ?? 0)
                case "#": Hex.digits(BlockLength.hostPages(UInt64(bitPattern: values.value)))
                default: String(letter)
                }
            }
            return line.isEmpty ? [] : [line.joined()]
        }
    }

    package static let all: [Rule] =
        processors + chips + blobs + cards + subsystem + disks + ranges

    private static let processors: [Rule] = [
        // target/i386/machine.c cpu_post_load
        Rule(
            structure: "cpu", field: "env.fpregs_format_vmstate", isGood: { $0.value == 0 },
            words: "Unsupported old non-softfloat CPU state", code: .cpuFloatFormat,
            hint: "written by QEMU before 0.15, or damaged"),
        Rule(
            structure: "cpu", field: "env.hflags", isGood: { $0.value & 1 << 21 == 0 },
            words: "vCPU set in guest-mode inconsistent with migrated kernel nested state",
            code: .cpuGuestMode,
            hint: "hflags say that a nested guest runs: bytes of this section may be missing before them",
            subsection: "cpu/nested_state"),
        // The same check: without KVM, which sets the counter, there is a frequency only if a user has set
        // it.
        Rule(
            structure: "cpu/tsc_khz", field: "env.tsc_khz", checkedBy: "cpu", asksTarget: true,
            isGood: { $0.value == 0 || $0.local == 0 || $0.value == $0.local || $0["cpu:env.tsc"] != 0 },
            words: "Mismatch between user-specified TSC frequency and migrated TSC frequency",
            hint: "use the CPU's tsc-frequency= as on the source"),
        // target/ppc/machine.c cpu_post_load: the processor version register
        Rule(
            structure: "cpu", field: "env.spr", element: 287, asksTarget: true,
            isGood: { $0.value == $0.local }, code: .cpuModel,
            hint: "the destination has a different CPU model, or these bytes are damaged",
            subsection: "cpu/compat"),
    ]

    static let validation = "Input validation failed: "
    private static let timersMustMatch = "Input validation failed: hpet/num_timers must match"

    private static let chips: [Rule] = [
        // hw/timer/hpet.c hpet_validate_num_timers, 10.0
        Rule(
            structure: "hpet", field: "num_timers_save", asksTarget: true,
            isGood: { $0.value == $0.local }, words: timersMustMatch, failure: .notPermitted,
            hint: "hpet.timers= of the destination differs, or these bytes are damaged"),
        // hw/pci/pcie_aer.c vmstate_pcie_aer_log, with the default log_max of devices
        Rule(
            structure: "PCIE_AER_ERROR_LOG", field: "log_num", isGood: { (0...8).contains($0.value) },
            words: "Input validation failed: PCIE_AER_ERROR_LOG/log_num <= log_max",
            failure: .notPermitted),
        // hw/char/serial.c serial_post_load: an empty transmitter (LSR.TEMT) has nothing to retry
        Rule(
            structure: "serial", field: "lsr",
            isGood: { $0.value & 0x40 != 0 || ($0["serial/tsr:tsr_retry"] ?? 0) > 0 },
            words: "inconsistent state in serial device (tsr not empty, tsr_retry=0",
            failure: .notPermitted),
        Rule(
            structure: "serial/tsr", field: "tsr_retry", checkedBy: "serial",
            isGood: { $0.value == 0 || ($0["serial:lsr"] ?? 0) & 0x40 == 0 },
            words: "inconsistent state in serial device (tsr empty, tsr_retry=%", failure: .notPermitted),
        // hw/i386/kvmvapic.c vapic_post_load: the state of an option ROM, which must be in the range of
        // option ROMs
        Rule(
            structure: "kvm-tpr-opt", field: "rom_state_paddr",
            isGood: {
                $0.value == 0 && $0["state"] == 0 || GuestWords.romAddresses.contains(Int(clamping: $0.value))
            },
            failure: .notPermitted),
    ]

    // hw/nvram/fw_cfg.c fw_cfg_acpi_mr_restore_post_load: it resizes the firmware's tables, or QEMU aborts.
    private static let blobs: [Rule] = [
        ("table_mr_size", "/rom@etc/acpi/tables"), ("linker_mr_size", "/rom@etc/table-loader"),
        ("rsdp_mr_size", "/rom@etc/acpi/rsdp"),
    ].flatMap { field, block in
        let limit = BlockLength.largest[block] ?? .max
        return [
            Rule(
                structure: "fw_cfg/acpi_mr", field: field,
                isGood: { BlockLength.hostPages(UInt64(bitPattern: $0.value)) <= limit },
                words: "Size too large: \(block): 0x# > 0x\(Hex.digits(limit)): Invalid argument",
                failure: .aborted),
            Rule(
                structure: "fw_cfg/acpi_mr", field: field, isGood: { (0..<0xffff_ffff).contains($0.value) },
                words: "Assertion `key < fw_cfg_max_entry(s) && len < UINT32_MAX' failed.",
                failure: .aborted),
        ]
    }

    private static let cards: [Rule] = [
        // hw/net/vmxnet3.c vmxnet3_post_load
        Rule(
            structure: "vmxnet3", field: "event_int_idx", isGood: { (0...24).contains($0.value) },
            words: "qemu: hardware error: Bad interrupt index: %", failure: .aborted),
        // hw/display/qxl.c qxl_post_load, with more video memory than any device has
        Rule(
            structure: "qxl", field: "last_release_offset", isGood: { (0..<1 << 30).contains($0.value) },
            words: "qxl_post_load: Assertion `d->last_release_offset < d->vga.vram_size' failed.",
            failure: .aborted),
    ]

    // hw/net/e1000e.c e1000e_post_load
    private static let subsystem: [Rule] = ["subsys", "subsys_ven"].map { field in
        Rule(
            structure: "e1000e", field: field, asksTarget: true, isGood: { $0.value == $0.local },
            failure: .notPermitted,
            hint: "subsys= or subsys_ven= of the device differ, or these bytes are damaged")
    }

    private static let disks: [Rule] =
        [
            // hw/ide/ahci.c ahci_state_post_load: a disabled engine must not run
            Rule(
                structure: "ahci port", field: "port_regs.cmd", checkedBy: "ahci",
                isGood: { $0.value & 1 != 0 || $0.value & 0x8000 == 0 },
                words: "AHCI: DMA engine should be off, but status bit indicates it is still running.",
                failure: .notPermitted),
            Rule(
                structure: "ahci port", field: "port_regs.cmd", checkedBy: "ahci",
                isGood: { $0.value & 0x10 != 0 || $0.value & 0x4000 == 0 },
                words: "AHCI: FIS RX engine should be off, but status bit indicates it is still running.",
                failure: .notPermitted),
            Rule(
                structure: "ncq state", field: "used", checkedBy: "ahci",
                isGood: { ($0.value != 0) == ($0["halt"] != 0) }, failure: .notPermitted),
            Rule(
                structure: "ncq state", field: "halt", checkedBy: "ahci",
                isGood: { $0.value == 0 || isQueued($0["cmd"] ?? 0) && $0["slot"] == $0["tag"] },
                failure: .notPermitted),
            Rule(
                structure: "ahci port", field: "busy_slot", checkedBy: "ahci",
                isGood: { (-1...31).contains($0.value) }, failure: .notPermitted),
            // hw/scsi/mptsas.c mptsas_post_load
            Rule(
                structure: "mptsas", field: "doorbell_idx",
                isGood: { $0.value >= 0 && $0.value <= $0["doorbell_cnt"] ?? 0 }),
            Rule(
                structure: "mptsas", field: "doorbell_reply_idx",
                isGood: { $0.value >= 0 && $0.value <= $0["doorbell_reply_size"] ?? 0 }),
        ]

    // Numbers with a fixed valid range.
    private static let ranges: [Rule] = [
        // hw/timer/hpet.c, 7.2
        within(
            3...32, "hpet", ["num_timers"], .notPermitted,
            words: "Input validation failed: hpet/num_timers in range"),
        // hw/timer/hpet.c, 10.0: no target has a number outside the range
        within(3...32, "hpet", ["num_timers_save"], .notPermitted, words: timersMustMatch),
        // hw/ssi/pl022.c pl022_post_load
        within(0...7, "pl022_ssp", ["tx_fifo_head", "rx_fifo_head"], .notPermitted),
        // hw/net/vmxnet3.c vmxnet3_post_load
        within(0...8, "vmxnet3", ["txq_num", "rxq_num"], .notPermitted),
        // hw/scsi/lsi53c895a.c lsi_post_load
        within(0...8, "lsiscsi", ["msg_len"]),
        // hw/ide/core.c ide_drive_pio_post_load: a transfer can end with one of six functions
        within(0...5, "ide_drive/pio_state", ["end_transfer_fn_idx"]),
        // hw/scsi/mptsas.c mptsas_post_load
        within(0...256, "mptsas", ["doorbell_cnt", "doorbell_reply_size"]),
        within(0...4, "mptsas", ["diagnostic_idx"]),
        within(
            0...129, "mptsas",
            ["request_post", "reply_post", "reply_free"].flatMap { ["\($0)_head", "\($0)_tail"] }),
    ].flatMap { $0 }

    private static func within(
        _ range: ClosedRange<Int64>, _ structure: String, _ fields: [String],
        _ failure: QEMULog.Failure = .invalid, words: String = ""
    ) -> [Rule] {
        fields.map { field in
            Rule(
                structure: structure, field: field, isGood: { range.contains($0.value) }, words: words,
                failure: failure)
        }
    }

    // READ, WRITE, NON-DATA, SEND and RECEIVE FPDMA QUEUED.
    private static func isQueued(_ command: Int64) -> Bool {
        [0x60, 0x61, 0x63, 0x64, 0x65].contains(command)
    }

    // MARK: Look-up

    private static let structures = Set(all.flatMap { [$0.structure, $0.checkedBy] }).subtracting([""])
    /// The vmstates whose checks compare with the target's values.
    private static let comparing = Set(
        all.lazy.filter(\.asksTarget).map { $0.checkedBy.isEmpty ? $0.structure : $0.checkedBy })
    private static let numbers = Dictionary(grouping: all.indices) { all[$0].structure }

    package static func has(_ structure: String) -> Bool { structures.contains(structure) }

    package static func comparesTarget(_ structure: String) -> Bool { comparing.contains(structure) }

    /// Returns the rules of a vmstate, as indexes in `all`.
    package static func rules(of structure: String) -> [Int] { numbers[structure] ?? [] }
}
