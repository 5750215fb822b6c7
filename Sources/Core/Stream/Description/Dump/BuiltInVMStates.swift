import Bytes
import Format

/// The vmstates that `-dump-vmstate` leaves out, since no device class has them: those that are registered by hand.
///
/// They stand in where a stream has no description and none is borrowed (postcopy, Xen, machine types up to 2.2), so that
/// registers show and not a buffer. A section is shown by them only where there is exactly one way to read it.
package enum BuiltInVMStates {
    /// By the vmstate's name.
    package static let dump = TargetDump(structures: parse(text), source: "built-in layouts")

    /// The layout of a section's body; nil where no vmstate here fits it in one way. O(`DumpFit`).
    package static func layout(
        of record: SectionRecord, _ body: Range<Int>, _ region: MappedRegion, table: inout LayoutTable
    ) -> LayoutID? {
        guard
            case .exact(let layout) = DumpLayouts(dump: dump).outcome(of: record, body, region, table: &table)
        else { return nil }
        return layout
    }

    // `KIND NAME VERSION MINIMUM: FIELD; FIELD; …`, where a field is `NAME SIZE` or `NAME {STRUCT}`, then perhaps
    // `xCOUNT` and `vVERSION`, the first version that has it. A struct stands before its users, a part (a subsection)
    // after its vmstate. A line that begins with a blank goes on.
    private static func parse(_ text: String) -> [String: [TargetDump.Structure]] {
        var structs: [String: TargetDump.Structure] = [:]
        var result: [String: [TargetDump.Structure]] = [:]
        var open = ""
        for statement in statements(text) {
            let halves = statement.split(separator: ":", maxSplits: 1)
            let words = halves[0].split(separator: " ").map(String.init)
            guard words.count == 4, let version = Int(words[2]), let minimum = Int(words[3]) else { continue }
            var structure = TargetDump.Structure(name: words[1], version: version, minimumVersion: minimum)
            let fields = halves.count > 1 ? String(halves[1]) : ""
            for field in fields.split(separator: ";") {
                let parts = field.split(separator: " ").map(String.init)
                if parts.count >= 2 { structure.fields.append(self.field(parts, structs)) }
            }
            switch words[0] {
            case "struct": structs[words[1]] = structure
            case "part": result[open]?[0].subsections.append(structure)
            default:
                open = words[1]
                result[open] = [structure]
            }
        }
        return result
    }

    private static func statements(_ text: String) -> [String] {
        var statements: [String] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix(" "), !statements.isEmpty {
                statements[statements.count - 1] += line
            } else {
                statements.append(String(line))
            }
        }
        return statements
    }

    private static func field(
        _ words: [String], _ structs: [String: TargetDump.Structure]
    ) -> TargetDump.Field {
        let count = words.dropFirst(2).first { $0.hasPrefix("x") }.flatMap { Int($0.dropFirst()) }
        let version = words.dropFirst(2).first { $0.hasPrefix("v") }.flatMap { Int($0.dropFirst()) } ?? 0
        let inner = structs[String(words[1].dropFirst().dropLast())]
        return TargetDump.Field(
            name: words[0], version: version, isConditional: false, count: count, size: Int(words[1]) ?? 0,
            structure: inner.map { [$0] } ?? [])
    }

    // target/i386/machine.c (x86_64), hw/core/cpu-system.c and system/cpu-timers.c of QEMU 11.1; the vmstates of 7.2 and
    // 10.0 are the same but for subsections that are missing there.
    private static let text = """
        struct fpreg 1 1: tmp_mant 8; tmp_exp 2;
        struct segment 1 1: selector 4; base 8; limit 4; flags 4;
        struct xmm_reg 1 1: ZMM_Q(0) 8; ZMM_Q(1) 8;
        struct mtrr_var 1 1: base 8; mask 8;
        struct ymmh_reg 1 1: ZMM_Q(2) 8; ZMM_Q(3) 8;
        struct bnd_regs 1 1: lb 8; ub 8;
        struct zmmh_reg 1 1: ZMM_Q(4) 8; ZMM_Q(5) 8; ZMM_Q(6) 8; ZMM_Q(7) 8;
        struct hi16_zmm_reg 1 1: ZMM_Q(0) 8; ZMM_Q(1) 8; ZMM_Q(2) 8; ZMM_Q(3) 8; ZMM_Q(4) 8; ZMM_Q(5) 8;
          ZMM_Q(6) 8; ZMM_Q(7) 8;
        struct lbr_records_var 1 1: from 8; to 8; info 8;
        vmstate cpu 12 11: env.regs 8 x16; env.eip 8; env.eflags 8; env.hflags 4; env.fpuc 2;
          env.fpus_vmstate 2; env.fptag_vmstate 2; env.fpregs_format_vmstate 2; env.fpregs {fpreg} x8;
          env.segs {segment} x6; env.ldt {segment}; env.tr {segment}; env.gdt {segment};
          env.idt {segment}; env.sysenter_cs 4; env.sysenter_esp 8; env.sysenter_eip 8; env.cr[0] 8;
          env.cr[2] 8; env.cr[3] 8; env.cr[4] 8; env.dr 8 x8; env.a20_mask 4; env.mxcsr 4;
          env.xmm_regs {xmm_reg} x16; env.efer 8; env.star 8; env.lstar 8; env.cstar 8; env.fmask 8;
          env.kernelgsbase 8; env.smbase 4; env.pat 8; env.hflags2 4; env.vm_hsave 8; env.vm_vmcb 8;
          env.tsc_offset 8; env.intercept 8; env.intercept_cr_read 2; env.intercept_cr_write 2;
          env.intercept_dr_read 2; env.intercept_dr_write 2; env.intercept_exceptions 4; env.v_tpr 1;
          env.mtrr_fixed 8 x11; env.mtrr_deftype 8; env.mtrr_var {mtrr_var} x8 v8;
          env.interrupt_injected 4; env.mp_state 4; env.tsc 8; env.exception_nr 4; env.soft_interrupt 1;
          env.nmi_injected 1; env.nmi_pending 1; env.has_error_code 1; env.sipi_vector 4; env.mcg_cap 8;
          env.mcg_status 8; env.mcg_ctl 8; env.mce_banks 8 x40; env.tsc_aux 8; env.system_time_msr 8;
          env.wall_clock_msr 8; env.xcr0 8 v12; env.xstate_bv 8 v12; env.xmm_regs {ymmh_reg} x16 v12;
        part cpu/exception_info 1 1: env.exception_pending 1; env.exception_injected 1;
          env.exception_has_payload 1; env.exception_payload 8;
        part cpu/error_code 1 1: env.error_code 4;
        part cpu/async_pf_msr 1 1: env.async_pf_en_msr 8;
        part cpu/async_pf_int_msr 1 1: env.async_pf_int_msr 8;
        part cpu/async_pv_eoi_msr 1 1: env.pv_eoi_en_msr 8;
        part cpu/steal_time_msr 1 1: env.steal_time_msr 8;
        part cpu/poll_control_msr 1 1: env.poll_control_msr 8;
        part cpu/fpop_ip_dp 1 1: env.fpop 2; env.fpip 8; env.fpdp 8;
        part cpu/msr_tsc_adjust 1 1: env.tsc_adjust 8;
        part cpu/msr_tscdeadline 1 1: env.tsc_deadline 8;
        part cpu/msr_ia32_misc_enable 1 1: env.msr_ia32_misc_enable 8;
        part cpu/msr_ia32_feature_control 1 1: env.msr_ia32_feature_control 8;
        part cpu/msr_architectural_pmu 1 1: env.msr_fixed_ctr_ctrl 8; env.msr_global_ctrl 8;
          env.msr_global_status 8; env.msr_global_ovf_ctrl 8; env.msr_fixed_counters 8 x3;
          env.msr_gp_counters 8 x18; env.msr_gp_evtsel 8 x18;
        part cpu/mpx 1 1: env.bnd_regs {bnd_regs} x4; env.bndcs_regs.cfgu 8; env.bndcs_regs.sts 8;
          env.msr_bndcfgs 8;
        part cpu/msr_hyperv_hypercall 1 1: env.msr_hv_guest_os_id 8; env.msr_hv_hypercall 8;
        part cpu/msr_hyperv_vapic 1 1: env.msr_hv_vapic 8;
        part cpu/msr_hyperv_time 1 1: env.msr_hv_tsc 8;
        part cpu/msr_hyperv_crash 1 1: env.msr_hv_crash_params 8 x5;
        part cpu/msr_hyperv_runtime 1 1: env.msr_hv_runtime 8;
        part cpu/msr_hyperv_synic 1 1: env.msr_hv_synic_control 8; env.msr_hv_synic_evt_page 8;
          env.msr_hv_synic_msg_page 8; env.msr_hv_synic_sint 8 x16;
        part cpu/msr_hyperv_stimer 1 1: env.msr_hv_stimer_config 8 x4; env.msr_hv_stimer_count 8 x4;
        part cpu/msr_hyperv_reenlightenment 1 1: env.msr_hv_reenlightenment_control 8;
          env.msr_hv_tsc_emulation_control 8; env.msr_hv_tsc_emulation_status 8;
        part cpu/avx512 1 1: env.opmask_regs 8 x8; env.xmm_regs {zmmh_reg} x16;
          env.xmm_regs {hi16_zmm_reg} x16;
        part cpu/xss 1 1: env.xss 8;
        part cpu/umwait 1 1: env.umwait 4;
        part cpu/tsc_khz 1 1: env.tsc_khz 8;
        part cpu/msr_smi_count 1 1: env.msr_smi_count 8;
        part cpu/pkru 1 1: env.pkru 4;
        part cpu/pkrs 1 1: env.pkrs 4;
        part cpu/spec_ctrl 1 1: env.spec_ctrl 8;
        part cpu/amd_tsc_scale_msr 1 1: env.amd_tsc_scale_msr 8;
        part cpu/mcg_ext_ctl 1 1: env.mcg_ext_ctl 8;
        part cpu/intel_pt 1 1: env.msr_rtit_ctrl 8; env.msr_rtit_status 8; env.msr_rtit_output_base 8;
          env.msr_rtit_output_mask 8; env.msr_rtit_cr3_match 8; env.msr_rtit_addrs 8 x8;
        part cpu/virt_ssbd 1 1: env.virt_ssbd 8;
        part cpu/svn_npt 1 1: env.nested_cr3 8; env.nested_pg_mode 4;
        part cpu/svm_guest 1 1: env.int_ctl 4;
        part cpu/xen_vcpu 1 1: env.xen_vcpu_info_gpa 8; env.xen_vcpu_info_default_gpa 8;
          env.xen_vcpu_time_info_gpa 8; env.xen_vcpu_runstate_gpa 8; env.xen_vcpu_callback_vector 1;
          env.xen_virq 2 x24; env.xen_singleshot_timer_ns 8; env.xen_periodic_timer_period 8;
        part cpu/msr_tsx_ctrl 1 1: env.tsx_ctrl 4;
        part cpu/intel_sgx 1 1: env.msr_ia32_sgxlepubkeyhash 8 x4;
        part cpu/msr_xfd 1 1: env.msr_xfd 8; env.msr_xfd_err 8;
        part cpu/msr_hwcr 1 1: env.msr_hwcr 8;
        part cpu/fred 1 1: env.fred_rsp0 8; env.fred_rsp1 8; env.fred_rsp2 8; env.fred_rsp3 8;
          env.fred_stklvls 8; env.fred_ssp1 8; env.fred_ssp2 8; env.fred_ssp3 8; env.fred_config 8;
        part cpu/arch_lbr 1 1: env.msr_lbr_ctl 8; env.msr_lbr_depth 8;
          env.lbr_records {lbr_records_var} x32 v1;
        part cpu/triple_fault 1 1: env.triple_fault_pending 1;
        part cpu/msr_pl0_ssp 1 1: env.pl0_ssp 8;
        part cpu/cet 1 1: env.u_cet 8; env.s_cet 8;
        part cpu/apx 1 1: env.regs 8 x16;
        part cpu/pdptrs 1 1: env.pdptrs 8 x4;
        part cpu/intel_amx_xtile 1 1: env.xtilecfg 1 x64; env.xtiledata 1 x8192;
        vmstate cpu_common 1 1: halted 4; interrupt_request 4;
        part cpu_common/exception_index 1 1: exception_index 4;
        part cpu_common/crash_occurred 1 1: crash_occurred 1;
        vmstate timer 2 1: cpu_ticks_offset 8; unused 8; cpu_clock_offset 8 v2;
        """
}
