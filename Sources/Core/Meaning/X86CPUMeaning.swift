import Bytes
import Format

/// An x86 CPU (target/i386/machine.c vmstate_x86_cpu, version 12; 5.2 to 11.1).
package enum X86CPUMeaning {
    package static let rules: [MeaningRules] =
        [
            MeaningRules(
                "cpu", having: "env.eip", fields: registers(8) + registers(4) + common, summary: summary)
        ] + structures + subsections

    // Registers of the machine's width.
    private static func registers(_ size: Int) -> [FieldMeaning] {
        let prefix = size == 8 ? "R" : "E"
        return [
            .elements(
                "env.regs",
                ["AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"].map { prefix + $0 }
                    + (8..<16).map { "R\($0)" },
                size: size),
            .label("env.eip", prefix + "IP", size: size),
            .overlay("env.eflags", prefix + "FLAGS", X86Words.flags(size)),
            .overlay("env.cr[0]", "CR0", X86Words.cr0(size)),
            .label("env.cr[2]", "CR2", size: size),
            .overlay("env.cr[3]", "CR3", X86Words.cr3(size)),
            .overlay("env.cr[4]", "CR4", X86Words.cr4(size)),
            .elements("env.dr", (0..<8).map { "DR\($0)" }, size: size),
            .label("env.sysenter_esp", "IA32_SYSENTER_ESP", size: size),
            .label("env.sysenter_eip", "IA32_SYSENTER_EIP", size: size),
        ]
    }

    private static let common: [FieldMeaning] = [
        .overlay("env.hflags", "", X86Words.hiddenFlags),
        .overlay("env.hflags2", "", X86Words.hiddenFlags2),
        .overlay("env.fpuc", "FCW", X86Words.fpuControl),
        .overlay("env.fpus_vmstate", "FSW", X86Words.fpuStatus),
        .overlay("env.fptag_vmstate", "FTW", X86Words.fpuTags),
        .elements("env.fpregs", (0..<8).map { "R\($0)" }),
        .elements("env.segs", ["ES", "CS", "SS", "DS", "FS", "GS"]),
        .label("env.ldt", "LDTR"), .label("env.tr", "TR"), .label("env.gdt", "GDTR"),
        .label("env.idt", "IDTR"),
        .label("env.sysenter_cs", "IA32_SYSENTER_CS"),
        .overlay("env.mxcsr", "MXCSR", X86Words.mxcsr),
        .elements("env.xmm_regs[0]", (0..<16).map { "XMM\($0)" }),
        .elements("env.xmm_regs[1]", (0..<16).map { "YMM\($0) high" }),
        .overlay("env.efer", "EFER", X86Words.efer),
        .overlay("env.star", "IA32_STAR", X86Words.star),
        .label("env.lstar", "IA32_LSTAR"), .label("env.cstar", "IA32_CSTAR"),
        .overlay("env.fmask", "IA32_FMASK", X86Words.flags(8)),
        .label("env.kernelgsbase", "IA32_KERNEL_GS_BASE"),
        .label("env.smbase", "IA32_SMBASE"),
        .overlay("env.pat", "IA32_PAT", X86Words.pageAttributes),
        .elements("env.mtrr_fixed", fixedRanges, X86Words.fixedRange),
        .overlay("env.mtrr_deftype", "IA32_MTRR_DEF_TYPE", X86Words.rangeDefault),
        .overlay("env.interrupt_injected", "", X86Words.vector),
        .overlay("env.exception_nr", "", X86Words.vector),
        .overlay("env.mp_state", "", X86Words.state),
        .label("env.tsc", "IA32_TIME_STAMP_COUNTER"), .label("env.tsc_aux", "IA32_TSC_AUX"),
        .overlay("env.mcg_cap", "IA32_MCG_CAP", X86Words.machineCheckCapability),
        .overlay("env.mcg_status", "IA32_MCG_STATUS", X86Words.machineCheckStatus),
        .label("env.mcg_ctl", "IA32_MCG_CTL"),
        .elements("env.mce_banks", machineCheckBanks, size: 8),
        .overlay("env.system_time_msr", "MSR_KVM_SYSTEM_TIME_NEW", X86Words.shared(2)),
        .label("env.wall_clock_msr", "MSR_KVM_WALL_CLOCK_NEW"),
        .overlay("env.xcr0", "XCR0", X86Words.components),
        .overlay("env.xstate_bv", "XSTATE_BV", X86Words.components),
        .label("env.vm_hsave", "MSR_VM_HSAVE_PA"),
    ]

    private static let fixedRanges: [String] =
        ["IA32_MTRR_FIX64K_00000", "IA32_MTRR_FIX16K_80000", "IA32_MTRR_FIX16K_A0000"]
        + ["C0000", "C8000", "D0000", "D8000", "E0000", "E8000", "F0000", "F8000"].map {
            "IA32_MTRR_FIX4K_\($0)"
        }

    private static let machineCheckBanks = (0..<10).flatMap { bank in
        ["CTL", "STATUS", "ADDR", "MISC"].map { "IA32_MC\(bank)_\($0)" }
    }

    private static let structures: [MeaningRules] = [
        MeaningRules(
            "segment", having: "selector",
            fields: [
                .overlay("selector", "", X86Words.selector), .overlay("flags", "", X86Words.segmentFlags),
            ], summary: { [("", segmentText($0))] }),
        MeaningRules("fpreg", summary: { [("", floatText($0["tmp"]))] }),
        MeaningRules("xmm_reg", summary: { [("", vectorText($0, "_q_ZMMReg[1]", "_q_ZMMReg[0]"))] }),
        MeaningRules("ymmh_reg", summary: { [("", vectorText($0, "_q_ZMMReg[3]", "_q_ZMMReg[2]"))] }),
        MeaningRules(
            "mtrr_var",
            fields: [.overlay("base", "", X86Words.rangeBase), .overlay("mask", "", X86Words.rangeMask)]),
    ]

    private static let subsections: [MeaningRules] = [
        subsection("msr_ia32_misc_enable", "IA32_MISC_ENABLE", X86Words.miscEnable),
        subsection("msr_ia32_feature_control", "IA32_FEATURE_CONTROL", X86Words.featureControl),
        subsection("msr_tsc_adjust", "IA32_TSC_ADJUST", field: "tsc_adjust"),
        subsection("msr_tscdeadline", "IA32_TSC_DEADLINE", field: "tsc_deadline"),
        subsection("pkru", "PKRU", X86Words.protectionKeys),
        subsection("pkrs", "IA32_PKRS", X86Words.protectionKeys),
        subsection("xss", "IA32_XSS", X86Words.components),
        subsection("spec_ctrl", "IA32_SPEC_CTRL", X86Words.speculation),
        subsection("umwait", "IA32_UMWAIT_CONTROL"),
        subsection("steal_time_msr", "MSR_KVM_STEAL_TIME", X86Words.shared(6)),
        subsection("async_pf_msr", "MSR_KVM_ASYNC_PF_EN", X86Words.asyncFault, field: "async_pf_en_msr"),
        subsection("async_pv_eoi_msr", "MSR_KVM_PV_EOI_EN", X86Words.shared(2), field: "pv_eoi_en_msr"),
        subsection("poll_control_msr", "MSR_KVM_POLL_CONTROL"),
        subsection("virt_ssbd", "MSR_AMD64_VIRT_SPEC_CTRL"),
        subsection("msr_xfd", "IA32_XFD", X86Words.components),
    ]

    // A subsection whose field has its name, or another given name.
    private static func subsection(
        _ name: String, _ label: String, _ overlay: Overlay? = nil, field: String? = nil
    ) -> MeaningRules {
        let meaning = FieldMeaning(
            name: "env." + (field ?? name), label: label, overlay: overlay, size: overlay?.size)
        return MeaningRules("cpu/" + name, fields: [meaning])
    }

    // MARK: Summary

    private static func segmentText(_ segment: StateField) -> String {
        let flags = segment.register("flags")
        let base = "base 0x" + Hex.digits(segment.register("base"))
        guard flags >> 15 & 1 == 1 else { return base + " limit 0x" + Hex.digits(segment.register("limit")) }
        let type = X86Words.segmentTypes[flags >> 8 & 0x1f] ?? "reserved"
        let size = flags >> 21 & 1 == 1 ? " 64-bit" : flags >> 22 & 1 == 1 ? " 32-bit" : ""
        return "\(type)\(size) DPL \(flags >> 13 & 3) \(base)"
    }

    // 80 bits: a mantissa with its integer bit, then sign and exponent.
    private static func floatText(_ register: StateField?) -> String {
        guard let register, register.size == 10 else { return "" }
        let bytes = (0..<10).map { UInt64(register.byte($0) ?? 0) }
        let mantissa = bytes[..<8].reduce(0) { $0 << 8 | $1 }
        let top = bytes[8] << 8 | bytes[9]
        let sign: FloatingPointSign = top >> 15 == 0 ? .plus : .minus
        let exponent = Int(top & 0x7fff)
        if exponent == 0x7fff { return mantissa << 1 == 0 ? (sign == .plus ? "inf" : "-inf") : "nan" }
        return "\(Double(sign: sign, exponent: exponent - 16383 - 63, significand: Double(mantissa)))"
    }

    private static func vectorText(_ register: StateField, _ high: String, _ low: String) -> String {
        guard let high = register[high]?.unsigned, let low = register[low]?.unsigned else { return "" }
        return "0x" + Hex.digits(high, width: 16) + Hex.digits(low, width: 16)
    }

    private static func summary(_ cpu: StateField) -> [(label: String, text: String)] {
        let cr0 = cpu.register("env.cr[0]")
        let cr4 = cpu.register("env.cr[4]")
        let isLong = cpu.register("env.efer") >> 10 & 1 == 1
        let code = cpu["env.segs"]?[1]?.register("flags") ?? 0
        let hidden = cpu.register("env.hflags")
        var words = [mode(cr0, cpu.register("env.eflags"), isLong: isLong, code: code)]
        if cr0 & 1 == 1 { words.append("CPL \(hidden & 3)") }
        words.append(paging(cr0, cr4, isLong: isLong))
        words.append("interrupts " + (cpu.register("env.eflags") >> 9 & 1 == 1 ? "on" : "off"))
        if hidden >> 19 & 1 == 1 { words.append("SMM") }
        if hidden >> 21 & 1 == 1 { words.append("in a nested guest") }
        let place = "RIP 0x" + Hex.digits(cpu.register("env.eip"))
        return [("mode", words.joined(separator: ", ")), ("at", place)]
    }

    private static func mode(_ cr0: UInt64, _ flags: UInt64, isLong: Bool, code: UInt64) -> String {
        guard cr0 & 1 == 1 else { return "real mode" }
        if isLong { return code >> 21 & 1 == 1 ? "64-bit" : "compatibility mode" }
        if flags >> 17 & 1 == 1 { return "virtual 8086" }
        return code >> 22 & 1 == 1 ? "protected 32-bit" : "protected 16-bit"
    }

    private static func paging(_ cr0: UInt64, _ cr4: UInt64, isLong: Bool) -> String {
        guard cr0 >> 31 & 1 == 1 else { return "no paging" }
        if isLong { return cr4 >> 12 & 1 == 1 ? "5-level paging" : "4-level paging" }
        return cr4 >> 5 & 1 == 1 ? "PAE paging" : "32-bit paging"
    }
}
