/// Values that checks after loading refuse, by vmstate. One line each.
enum PostLoadRules {
    struct Rule: Sendable {
        var structure: String
        var field: String
        var isGood: @Sendable (Int64) -> Bool
        /// What QEMU says; `%` stands for the value.
        var words: String
        var failure = QEMULog.Failure.invalid
        var code = "value-range"
        var hint = "these bytes are damaged"
        /// A subsection of the section with which the value is good.
        var subsection = ""

        func line(_ value: Int64) -> String {
            words.split(separator: "%", omittingEmptySubsequences: false).joined(separator: String(value))
        }
    }

    static let all: [Rule] = [
        // target/i386/machine.c cpu_post_load
        Rule(
            structure: "cpu", field: "env.fpregs_format_vmstate", isGood: { $0 == 0 },
            words: "Unsupported old non-softfloat CPU state", code: "cpu-float-format",
            hint: "written by QEMU before 0.15, or damaged"),
        Rule(
            structure: "cpu", field: "env.hflags", isGood: { $0 & 1 << 21 == 0 },
            words: "vCPU set in guest-mode inconsistent with migrated kernel nested state",
            code: "cpu-guest-mode",
            hint: "hflags say that a nested guest runs: bytes of this section may be missing before them",
            subsection: "cpu/nested_state"),
        // hw/timer/hpet.c
        Rule(
            structure: "hpet", field: "num_timers", isGood: { (3...32).contains($0) },
            words: "Input validation failed: hpet/num_timers in range", failure: .notPermitted),
        Rule(
            structure: "hpet", field: "num_timers_save", isGood: { (3...32).contains($0) },
            words: "Input validation failed: hpet/num_timers in range", failure: .notPermitted),
        // hw/pci/pcie_aer.c vmstate_pcie_aer_log, with the log_max that devices have unless they are told
        Rule(
            structure: "PCIE_AER_ERROR_LOG", field: "log_num", isGood: { (0...8).contains($0) },
            words: "Input validation failed: PCIE_AER_ERROR_LOG/log_num <= log_max",
            failure: .notPermitted),
        // hw/char/serial.c serial_post_load
        Rule(
            structure: "serial", field: "tsr_retry", isGood: { (0...4).contains($0) },
            words: "inconsistent state in serial device (tsr not empty, tsr_retry=%", failure: .notPermitted),
    ]

    private static let structures = Set(all.map(\.structure))
    private static let fields = Set(all.map { "\($0.structure):\($0.field)" })

    static func has(_ structure: String) -> Bool { structures.contains(structure) }

    static func asks(_ step: FieldStep) -> Bool { fields.contains("\(step.structure):\(step.field)") }

    static func rules(of structure: String) -> [Rule] {
        has(structure) ? all.filter { $0.structure == structure } : []
    }
}
