import Bytes
import Format

/// The vmstates that are registered by hand. `-dump-vmstate` omits them, because no device class has them.
///
/// They replace a missing description if none is borrowed (postcopy, Xen, machine types up to 2.2), so that
/// registers are shown instead of a buffer. A section uses them only if there is exactly one way to read it.
package enum BuiltInVMStates {
    /// The structures by vmstate name.
    package static let dump = TargetDump(
        structures: parse([
            (text, [:]), (arm, [:]), (s390x, [:]), (power, ["w": 8, "w64": 8]), (power, ["w": 4, "w32": 4]),
            (riscv, ["w": 8, "pmps": 16]), (riscv, ["w": 8, "pmps": 64]), (riscv, ["w": 4, "pmps": 16]),
            (riscv, ["w": 4, "pmps": 64]),
        ]), source: "built-in layouts")

    /// Returns the layout of a section's body; nil unless a vmstate fits it in exactly one way. O(`DumpFit`).
    package static func layout(
        of record: SectionRecord, _ body: Range<Int>, _ region: MappedRegion, table: LayoutTable
    ) -> LayoutID? {
        let name = table.names.bytes(record.name)
        let isOlder =
            older.structures.keys.contains { name.elementsEqual($0.utf8) }
            && region.byte(at: body.lowerBound + suspendedOffset) != 1
        let known = isOlder ? older : dump
        guard
            case .exact(let layout) = DumpLayouts(dump: known).outcome(of: record, body, region, table: table)
        else { return nil }
        return layout
    }

    // Up to 8.2, the whole buffer of globalstate had the name of the run state. Its version and its size stayed,
    // and later versions set has_vm_was_suspended to 1, where the older ones have padding.
    private static let older = TargetDump(
        structures: parse([("vmstate globalstate 1 1: size 4; runstate 100;", [:])]),
        source: "built-in layouts")
    private static let suspendedOffset = 36

    // Parses `KIND NAME VERSION MINIMUM: FIELD; FIELD; …`. A field is `NAME SIZE` or `NAME {STRUCT}`,
    // optionally followed by `xCOUNT`, by `x@FIELD` if another field holds the count, and by `vVERSION`, the
    // first version with the field. A struct precedes its users, and a part (a subsection) follows its
    // parent. A line that begins with a blank continues the previous one. Sizes and counts may be words with
    // a given value; a field whose size word has no value is absent.
    private static func parse(_ texts: [(text: String, values: [String: Int])]) -> [String: [TargetDump
        .Structure]]
    {
        var result: [String: [TargetDump.Structure]] = [:]
        for text in texts {
            var structs: [String: TargetDump.Structure] = [:]
            var found: [TargetDump.Structure] = []
            for statement in statements(text.text) {
                let halves = statement.split(separator: ":", maxSplits: 1)
                let words = halves[0].split(separator: " ").map(String.init)
                guard words.count == 4, let version = Int(words[2]), let minimum = Int(words[3]) else {
                    continue
                }
                var structure = TargetDump.Structure(
                    name: words[1], version: version, minimumVersion: minimum)
                let fields = halves.count > 1 ? String(halves[1]) : ""
                for field in fields.split(separator: ";") {
                    let parts = field.split(separator: " ").map(String.init)
                    if parts.count >= 2, let field = self.field(parts, structs, text.values) {
                        structure.fields.append(field)
                    }
                }
                switch words[0] {
                case "struct": structs[words[1]] = structure
                case "part":
                    if let last = found.indices.last { add(structure, to: &found[last]) }
                default: found.append(structure)
                }
            }
            for structure in found { result[structure.name, default: []].append(structure) }
        }
        return result
    }

    // The name of a part begins with the name of its parent.
    private static func add(_ part: TargetDump.Structure, to whole: inout TargetDump.Structure) {
        if let last = whole.subsections.indices.last,
            part.name.hasPrefix(whole.subsections[last].name + "/")
        {
            add(part, to: &whole.subsections[last])
        } else {
            whole.subsections.append(part)
        }
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
        _ words: [String], _ structs: [String: TargetDump.Structure], _ values: [String: Int]
    ) -> TargetDump.Field? {
        let count = words.dropFirst(2).first { $0.hasPrefix("x") }.map { String($0.dropFirst()) }
        let version = words.dropFirst(2).first { $0.hasPrefix("v") }.flatMap { Int($0.dropFirst()) } ?? 0
        let inner = structs[String(words[1].dropFirst().dropLast())]
        guard inner != nil || Int(words[1]) != nil || values[words[1]] != nil else { return nil }
        var field = TargetDump.Field(
            name: words[0], version: version, isConditional: false,
            count: count.flatMap { Int($0) ?? values[$0] }, size: Int(words[1]) ?? values[words[1]] ?? 0,
            structure: inner.map { [$0] } ?? [])
        if let count, count.hasPrefix("@") { field.countField = String(count.dropFirst()) }
        return field
    }

    // target/i386/machine.c (x86_64), hw/core/cpu-system.c, system/cpu-timers.c, hw/intc/apic_common.c and
    // migration/global_state.c of QEMU 11.1. The vmstates of 7.2 and 10.0 only lack some of the subsections.
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
        vmstate apic 3 3: apicbase 4; id 1; arb_id 1; tpr 1; spurious_vec 4; log_dest 1; dest_mode 1; isr 4 x8;
          tmr 4 x8; irr 4 x8; lvt 4 x6; esr 4; icr 4 x2; divide_conf 4; count_shift 4; initial_count 4;
          initial_count_load_time 8; next_time 8; timer_expiry 8;
        part apic_sipi 1 1: sipi_vector 4; wait_for_sipi 4;
        vmstate globalstate 1 1: size 4; runstate 32; has_vm_was_suspended 1; vm_was_suspended 1; unused 66;
        """

    // target/arm/machine.c of QEMU 11.1; 7.2 and 10.0 lack some of the subsections. Those of M profiles and
    // of protection units are omitted, because the stream does not contain their lengths.
    private static let arm = """
        struct cpu/sve/zreg_hi 1 1: d 8 x30;
        struct cpu/sve/preg 1 1: p 8 x4;
        struct vreg 1 1: d 8 x32;
        vmstate cpu 22 22: env.regs 4 x16; env.xregs 8 x32; env.pc 8; cpsr 4; env.spsr 4; env.banked_spsr 8 x8;
          env.banked_r13 4 x8; env.banked_r14 4 x8; env.usr_regs 4 x5; env.fiq_regs 4 x5; env.elr_el 8 x4;
          env.sp_el 8 x4; cpreg_vmstate_array_len 4; cpreg_vmstate_indexes 8 x@cpreg_vmstate_array_len;
          cpreg_vmstate_values 8 x@cpreg_vmstate_array_len; env.exclusive_addr 8; env.exclusive_val 8;
          env.exclusive_high 8; unused 8; env.exception.syndrome 4; env.exception.fsr 4;
          env.exception.vaddress 8; gt_timer[GTIMER_PHYS] 8; gt_timer[GTIMER_VIRT] 8; power_state 1;
        part cpu/vfp 3 3: env.vfp.zregs[0].d 8 x2; env.vfp.zregs[1].d 8 x2; env.vfp.zregs[2].d 8 x2;
          env.vfp.zregs[3].d 8 x2; env.vfp.zregs[4].d 8 x2; env.vfp.zregs[5].d 8 x2; env.vfp.zregs[6].d 8 x2;
          env.vfp.zregs[7].d 8 x2; env.vfp.zregs[8].d 8 x2; env.vfp.zregs[9].d 8 x2; env.vfp.zregs[10].d 8 x2;
          env.vfp.zregs[11].d 8 x2; env.vfp.zregs[12].d 8 x2; env.vfp.zregs[13].d 8 x2;
          env.vfp.zregs[14].d 8 x2; env.vfp.zregs[15].d 8 x2; env.vfp.zregs[16].d 8 x2;
          env.vfp.zregs[17].d 8 x2; env.vfp.zregs[18].d 8 x2; env.vfp.zregs[19].d 8 x2;
          env.vfp.zregs[20].d 8 x2; env.vfp.zregs[21].d 8 x2; env.vfp.zregs[22].d 8 x2;
          env.vfp.zregs[23].d 8 x2; env.vfp.zregs[24].d 8 x2; env.vfp.zregs[25].d 8 x2;
          env.vfp.zregs[26].d 8 x2; env.vfp.zregs[27].d 8 x2; env.vfp.zregs[28].d 8 x2;
          env.vfp.zregs[29].d 8 x2; env.vfp.zregs[30].d 8 x2; env.vfp.zregs[31].d 8 x2; env.vfp.xregs[0] 4;
          env.vfp.xregs 4 x14; fpscr 4;
        part cpu/vfp/fpcr_fpsr 1 1: fpcr 8; fpsr 8;
        part cpu/iwmmxt 1 1: env.iwmmxt.regs 8 x16; env.iwmmxt.cregs 4 x16;
        part cpu/thumb2ee 1 1: env.teecr 4; env.teehbr 4;
        part cpu/sve 1 1: env.vfp.zregs {cpu/sve/zreg_hi} x32; env.vfp.pregs {cpu/sve/preg} x17;
        part cpu/sme 1 1: env.za_state.za {vreg} x256;
        part cpu/zt0 1 1: env.za_state.zt0 8 x8;
        part cpu/serror 1 1: env.serror.pending 1; env.serror.has_esr 1; env.serror.esr 8;
        part cpu/irq-line-state 1 1: env.irq_line_state 4;
        part cpu/wfxt-timer 1 1: wfxt_timer 8;
        part cpu/event 1 1: env.event_register 1;
        part cpu/syndrome64 1 1: env.exception.syndrome 8;
        part cpu/pstate64 1 1: pstate64 8;
        part cpu/fpmr 1 1: env.vfp.fpmr 8;
        part cpu/pmsav7-rnr 1 1: env.pmsav7.rnr 4;
        """

    // target/s390x/machine.c of QEMU 7.2 to 11.1.
    private static let s390x = """
        vmstate cpu 4 3: env.regs 8 x16; env.psw.mask 8; env.psw.addr 8; env.psa 8; env.todpr 4;
          env.pfault_token 8; env.pfault_compare 8; env.pfault_select 8; env.cputm 8; env.ckc 8; env.gbea 8;
          env.pp 8; env.aregs 4 x16; env.cregs 8 x16; env.cpu_state 1; env.sigp_order 1;
          irqstate_saved_size 4 v4; irqstate 1 x@irqstate_saved_size v4;
        part cpu/fpu 1 1: env.vregs[0][0] 8; env.vregs[1][0] 8; env.vregs[2][0] 8; env.vregs[3][0] 8;
          env.vregs[4][0] 8; env.vregs[5][0] 8; env.vregs[6][0] 8; env.vregs[7][0] 8; env.vregs[8][0] 8;
          env.vregs[9][0] 8; env.vregs[10][0] 8; env.vregs[11][0] 8; env.vregs[12][0] 8; env.vregs[13][0] 8;
          env.vregs[14][0] 8; env.vregs[15][0] 8; env.fpc 4;
        part cpu/vregs 1 1: env.vregs[16][0] 8; env.vregs[17][0] 8; env.vregs[18][0] 8; env.vregs[19][0] 8;
          env.vregs[20][0] 8; env.vregs[21][0] 8; env.vregs[22][0] 8; env.vregs[23][0] 8; env.vregs[24][0] 8;
          env.vregs[25][0] 8; env.vregs[26][0] 8; env.vregs[27][0] 8; env.vregs[28][0] 8; env.vregs[29][0] 8;
          env.vregs[30][0] 8; env.vregs[31][0] 8; env.vregs[0][1] 8; env.vregs[1][1] 8; env.vregs[2][1] 8;
          env.vregs[3][1] 8; env.vregs[4][1] 8; env.vregs[5][1] 8; env.vregs[6][1] 8; env.vregs[7][1] 8;
          env.vregs[8][1] 8; env.vregs[9][1] 8; env.vregs[10][1] 8; env.vregs[11][1] 8; env.vregs[12][1] 8;
          env.vregs[13][1] 8; env.vregs[14][1] 8; env.vregs[15][1] 8; env.vregs[16][1] 8; env.vregs[17][1] 8;
          env.vregs[18][1] 8; env.vregs[19][1] 8; env.vregs[20][1] 8; env.vregs[21][1] 8; env.vregs[22][1] 8;
          env.vregs[23][1] 8; env.vregs[24][1] 8; env.vregs[25][1] 8; env.vregs[26][1] 8; env.vregs[27][1] 8;
          env.vregs[28][1] 8; env.vregs[29][1] 8; env.vregs[30][1] 8; env.vregs[31][1] 8;
        part cpu/riccb 1 1: env.riccb 1 x64;
        part cpu/exval 1 1: env.ex_value 8;
        part cpu/gscb 1 1: env.gscb 8 x4;
        part cpu/bpbc 1 1: env.bpbc 1;
        part cpu/etoken 1 1: env.etoken 8; env.etoken_extension 8;
        part cpu/diag318 1 1: env.diag318_info 8;
        """

    // target/ppc/machine.c of QEMU 11.1; 7.2 and 10.0 lack some of the subsections. `w` is a target_ulong.
    private static let power = """
        struct cpu/tlb6xx_entry 1 1: pte0 w; pte1 w; EPN w;
        struct cpu/tlbemb_entry 1 1: RPN 8; EPN w; PID w; size w; prot 4; attr 4;
        struct cpu/tlbmas_entry 1 1: mas8 4; mas1 4; mas2 8; mas7_3 8;
        vmstate cpu 5 5: unused w; env.gpr w x32; env.gprh w32 x32; env.crf 4 x8; env.nip w; env.spr w x1024;
          env.spe_acc 8; env.reserve_addr w; env.msr w; env.hflags_compat_nmsr w;
        part cpu/fpu 1 1: env.vsr 8 x32; env.fpscr w;
        part cpu/altivec 1 1: env.vsr 16 x32; vscr 4;
        part cpu/vsx 1 1: env.vsr 8 x32;
        part cpu/sr 1 1: env.sr w x32;
        part cpu/tm 1 1: env.tm_gpr w x32; env.tm_vsr 16 x64; env.tm_cr 8; env.tm_lr 8; env.tm_ctr 8;
          env.tm_fpscr 8; env.tm_amr 8; env.tm_ppr 8; env.tm_vrsave 8; env.tm_vscr 4; env.tm_dscr 8;
          env.tm_tar 8;
        part cpu/slb 2 1: env.slb 16 x64;
        part cpu/bhrb 1 1: env.bhrb_offset w; env.bhrb 8 x32;
        part cpu/tlb6xx 1 1: env.nb_tlb 4; env.tlb.tlb6 {cpu/tlb6xx_entry} x@env.nb_tlb; env.tgpr w x4;
        part cpu/tlbemb 1 1: env.nb_tlb 4; env.tlb.tlbe {cpu/tlbemb_entry} x@env.nb_tlb;
        part cpu/tlbmas 1 1: env.nb_tlb 4; env.tlb.tlbm {cpu/tlbmas_entry} x@env.nb_tlb;
        part cpu/compat 1 1: compat_pvr 4;
        part cpu/reservation 1 1: env.reserve_addr w; env.reserve_length w; env.reserve_val w;
          env.reserve_val2 w64;
        part cpu/rtas_stopped 1 1: env.quiesced 1;
        """

    // target/riscv/machine.c of QEMU 7.2, 10.0 and 11.1; 10.2 has more entries for physical memory
    // protection. A hart has two triggers unless a property sets another number (11.1).
    private static let riscv = """
        struct cpu/pmp/entry 1 1: addr_reg w; cfg_reg 1;
        struct cpu/pmu 1 1: mhpmcounter_val w; mhpmcounterh_val w; mhpmcounter_prev w; mhpmcounterh_prev w;
          started 1;
        vmstate cpu 5 5: env.gpr w x32; env.fpr 8 x32; env.miprio 1 x64; env.siprio 1 x64; env.pc w;
          env.load_res w; env.load_val w; env.frm w; env.badaddr w; env.guest_phys_fault_addr w; env.priv_ver w;
          env.vext_ver w; env.misa_mxl 4; env.misa_ext 4; env.misa_mxl_max 4; env.misa_ext_mask 4;
          env.features 4; env.priv w; env.virt w; env.resetvec 8; env.mhartid w; env.mstatus 8; env.mip 8;
          env.miclaim 8; env.mie 8; env.mideleg 8; env.satp w; env.stval w; env.medeleg w; env.stvec w;
          env.sepc w; env.scause w; env.mtvec w; env.mepc w; env.mcause w; env.mtval w; env.miselect w;
          env.siselect w; env.scounteren w; env.mcounteren w; env.mcountinhibit w; env.pmu_ctrs {cpu/pmu} x32;
          env.mhpmevent_val w x32; env.mhpmeventh_val w x32; env.sscratch w; env.mscratch w; env.mfromhost 8;
          env.mtohost 8; env.stimecmp 8;
        part cpu/pmp 1 1: env.pmp_state.pmp {cpu/pmp/entry} xpmps;
        part cpu/hyper 2 2: env.hstatus w; env.hedeleg w; env.hideleg 8; env.hcounteren w; env.htval w;
          env.htinst w; env.hgatp w; env.hgeie w; env.hgeip w; env.htimedelta 8; env.vstimecmp 8; env.hvictl w;
          env.hviprio 1 x64; env.vsstatus 8; env.vstvec w; env.vsscratch w; env.vsepc w; env.vscause w;
          env.vstval w; env.vsatp w; env.vsiselect w; env.mtval2 w; env.mtinst w; env.stvec_hs w;
          env.sscratch_hs w; env.sepc_hs w; env.scause_hs w; env.stval_hs w; env.satp_hs w; env.mstatus_hs 8;
        part cpu/vector 2 2: env.vreg 8 x512; env.vxrm w; env.vxsat w; env.vl w; env.vstart w; env.vtype w;
          env.vill 1;
        part cpu/pointer_masking 1 1: env.mmte w; env.mpmmask w; env.mpmbase w; env.spmmask w; env.spmbase w;
          env.upmmask w; env.upmbase w;
        part cpu/rv128 1 1: env.gprh w x32; env.mscratchh 8; env.sscratchh 8;
        part cpu/kvmtimer 1 1: env.kvm_timer_time 8; env.kvm_timer_compare 8; env.kvm_timer_state 8;
        part cpu/debug 2 2: env.trigger_cur w; env.tdata1 w x2; env.tdata2 w x2; env.tdata3 w x2;
        part cpu/envcfg 1 1: env.menvcfg 8; env.senvcfg w; env.henvcfg 8;
        struct cpu/pmp/entry 1 1: addr_reg w; cfg_reg 1;
        struct cpu/pmu 2 2: mhpmcounter_val w; mhpmcounterh_val w; mhpmcounter_prev w; mhpmcounterh_prev w;
        vmstate cpu 10 10: env.gpr w x32; env.fpr 8 x32; env.miprio 1 x64; env.siprio 1 x64; env.pc w;
          env.load_res w; env.load_val w; env.frm w; env.badaddr w; env.guest_phys_fault_addr w; env.priv_ver w;
          env.vext_ver w; env.misa_mxl 4; env.misa_ext 4; unused 4; env.misa_ext_mask 4; env.priv w;
          env.virt_enabled 1; env.resetvec 8; env.mhartid w; env.mstatus 8; env.mip 8; env.miclaim 8; env.mie 8;
          env.mvien 8; env.mvip 8; env.sie 8; env.mideleg 8; env.satp w; env.stval w; env.medeleg w;
          env.stvec w; env.sepc w; env.scause w; env.mtvec w; env.mepc w; env.mcause w; env.mtval w;
          env.miselect w; env.siselect w; env.scounteren 4; env.mcounteren 4; env.scountinhibit 4;
          env.mcountinhibit 4; env.pmu_ctrs {cpu/pmu} x32; env.mhpmevent_val w x32; env.mhpmeventh_val w x32;
          env.sscratch w; env.mscratch w; env.stimecmp 8;
        part cpu/pmp 1 1: env.pmp_state.pmp {cpu/pmp/entry} xpmps;
        part cpu/hyper 4 4: env.hstatus w; env.hedeleg w; env.hideleg 8; env.hcounteren 4; env.htval w;
          env.htinst w; env.hgatp w; env.hgeie w; env.hgeip w; env.hvien 8; env.hvip 8; env.htimedelta 8;
          env.vstimecmp 8; env.hvictl w; env.hviprio 1 x64; env.vsstatus 8; env.vstvec w; env.vsscratch w;
          env.vsepc w; env.vscause w; env.vstval w; env.vsatp w; env.vsiselect w; env.vsie 8; env.mtval2 w;
          env.mtinst w; env.stvec_hs w; env.sscratch_hs w; env.sepc_hs w; env.scause_hs w; env.stval_hs w;
          env.satp_hs w; env.mstatus_hs 8;
        part cpu/vector 2 2: env.vreg 8 x512; env.vxrm w; env.vxsat w; env.vl w; env.vstart w; env.vtype w;
          env.vill 1;
        part cpu/pointer_masking 2 2:
        part cpu/rv128 1 1: env.gprh w x32; env.mscratchh 8; env.sscratchh 8;
        part cpu/kvmtimer 1 1: env.kvm_timer_time 8; env.kvm_timer_compare 8; env.kvm_timer_state 8;
        part cpu/debug 2 2: env.trigger_cur w; env.tdata1 w x2; env.tdata2 w x2; env.tdata3 w x2;
        part cpu/smtateen 1 1: env.mstateen 8 x4; env.hstateen 8 x4; env.sstateen 8 x4;
        part cpu/envcfg 1 1: env.menvcfg 8; env.senvcfg w; env.henvcfg 8;
        part cpu/ctr 1 1: env.mctrctl 8; env.sctrdepth 4; env.sctrstatus 4; env.vsctrctl 8; env.ctr_src 8 x256;
          env.ctr_dst 8 x256; env.ctr_data 8 x256;
        part cpu/jvt 1 1: env.jvt w;
        part cpu/elp 1 1: env.elp 1;
        part cpu/ssp 1 1: env.ssp w;
        part cpu/timer 1 1: env.stimer 8; env.vstimer 8;
        part cpu/mseccfg 1 1: env.mseccfg w;
        struct cpu/pmp/entry 2 2: addr_reg 8; cfg_reg 1;
        struct cpu/pmu 3 3: mhpmcounter_val 8; mhpmcounter_prev 8;
        vmstate cpu 12 11: env.gpr 8 x32; env.fpr 8 x32; env.miprio 1 x64; env.siprio 1 x64; env.pc 8;
          env.load_res 8; env.load_val 8; env.frm 1; env.badaddr 8; env.guest_phys_fault_addr 8; env.priv_ver 4;
          env.vext_ver 4; env.misa_mxl 4; env.misa_ext 4; unused 4; env.misa_ext_mask 4; env.priv 1;
          env.virt_enabled 1; env.resetvec 8; env.mhartid 8; env.mstatus 8; env.mip 8; env.miclaim 8; env.mie 8;
          env.mvien 8; env.mvip 8; env.sie 8; env.mideleg 8; env.satp 8; env.stval 8; env.medeleg 8;
          env.stvec 8; env.sepc 8; env.scause 8; env.mtvec 8; env.mepc 8; env.mcause 8; env.mtval 8;
          env.miselect 2; env.siselect 2; env.scounteren 4; env.mcounteren 4; env.scountinhibit 4;
          env.mcountinhibit 4; env.pmu_ctrs {cpu/pmu} x32; env.mhpmevent_val 8 x32; env.sscratch 8;
          env.mscratch 8; env.stimecmp 8;
        part cpu/pmp 2 2: env.pmp_state.pmp {cpu/pmp/entry} xpmps;
        part cpu/hyper 5 5: env.hstatus 8; env.hedeleg 8; env.hideleg 8; env.hcounteren 4; env.htval 8;
          env.htinst 8; env.hgatp 8; env.hgeie 8; env.hgeip 8; env.hvien 8; env.hvip 8; env.htimedelta 8;
          env.vstimecmp 8; env.hvictl 4; env.hviprio 1 x64; env.vsstatus 8; env.vstvec 8; env.vsscratch 8;
          env.vsepc 8; env.vscause 8; env.vstval 8; env.vsatp 8; env.vsiselect 2; env.vsie 8; env.mtval2 8;
          env.mtinst 8; env.stvec_hs 8; env.sscratch_hs 8; env.sepc_hs 8; env.scause_hs 8; env.stval_hs 8;
          env.satp_hs 8; env.mstatus_hs 8;
        part cpu/vector 3 3: env.vreg 8 x512; env.vtype 8; env.vl 4; env.vstart 4; env.vxrm 1; env.vxsat 1;
          env.vill 1;
        part cpu/pointer_masking 2 2:
        part cpu/rv128 2 2: env.gprh 8 x32; env.mscratchh 8; env.sscratchh 8;
        part cpu/kvmtimer 1 1: env.kvm_timer_time 8; env.kvm_timer_compare 8; env.kvm_timer_state 8;
        part cpu/debug 4 4: env.mcontext 2; env.trigger_cur 1; env.tdata1 8 x2; env.tdata2 8 x2;
          env.tdata3 8 x2;
        part cpu/smtateen 1 1: env.mstateen 8 x4; env.hstateen 8 x4; env.sstateen 8 x4;
        part cpu/envcfg 2 2: env.menvcfg 8; env.senvcfg 8; env.henvcfg 8;
        part cpu/ctr 1 1: env.mctrctl 8; env.sctrdepth 4; env.sctrstatus 4; env.vsctrctl 8; env.ctr_src 8 x256;
          env.ctr_dst 8 x256; env.ctr_data 8 x256;
        part cpu/jvt 2 2: env.jvt 8;
        part cpu/elp 1 1: env.elp 1;
        part cpu/ssp 2 2: env.ssp 8;
        part cpu/timer 1 1: env.stimer 8; env.vstimer 8;
        part cpu/mseccfg 1 1: env.mseccfg 8;
        """
}
