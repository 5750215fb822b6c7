import Format

/// An Arm CPU (target/arm/machine.c vmstate_arm_cpu, version 22; 5.2 to 11.1), 32-bit or 64-bit.
package enum ArmCPUMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu", having: "cpreg_vmstate_indexes",
            fields: [
                .elements("env.regs", (0..<16).map { "R\($0)" }),
                .elements("env.xregs", (0..<31).map { "X\($0)" } + ["SP"]), .label("env.pc", "PC"),
                .overlay("cpsr", "PSTATE", ArmSystemRegisterBits.state(4)),
                .overlay("env.spsr", "SPSR", ArmSystemRegisterBits.state(4)),
                .elements("env.banked_spsr", banked("SPSR"), ArmSystemRegisterBits.state(8)),
                .elements("env.banked_r13", banked("SP")), .elements("env.banked_r14", banked("LR")),
                .elements("env.usr_regs", (8..<13).map { "R\($0)_usr" }),
                .elements("env.fiq_regs", (8..<13).map { "R\($0)_fiq" }),
                .elements("env.elr_el", (0..<4).map { "ELR_EL\($0)" }),
                .elements("env.sp_el", (0..<4).map { "SP_EL\($0)" }),
                .overlay("cpreg_vmstate_indexes", "", .whole(8, "register", .text(ArmSystemRegisters.name))),
                .overlay(
                    "power_state", "", .whole(1, "power", .names([0: "on", 1: "off", 2: "turning on"]))),
                .label("env.exception.syndrome", "ESR of the pending exception"),
                .label("env.exception.vaddress", "FAR of the pending exception"),
                .label("gt_timer[0]", "physical timer"), .label("gt_timer[1]", "virtual timer"),
                .label("gt_timer[GTIMER_PHYS]", "physical timer"),
                .label("gt_timer[GTIMER_VIRT]", "virtual timer"),
            ], interpret: systemRegisters),
        MeaningRules(
            "cpu/vfp",
            fields: (0..<32).map { .label("env.vfp.zregs[\($0)].d", "V\($0)") } + [
                .label("env.vfp.xregs[0]", "FPSID"),
                .elements(
                    "env.vfp.xregs",
                    numbered: [3: "MVFR2", 4: "MVFR1", 5: "MVFR0", 6: "FPEXC", 7: "FPINST", 8: "FPINST2"],
                    each: [6: .flags(4, [30: "EN", 31: "EX"])]),
                .overlay("fpscr", "FPSCR", floatingPoint),
            ]),
        // The lines of target/arm/cpu.h.
        MeaningRules(
            "cpu/irq-line-state",
            fields: [
                .overlay("env.irq_line_state", "", .flags(4, [1: "IRQ", 4: "FIQ", 6: "vIRQ", 9: "vFIQ"]))
            ]),
    ]

    // AArch64 stores SPSR_EL1 to EL3 in the banks of svc, hyp and mon.
    private static func banked(_ name: String) -> [String] {
        let suffixes = ["usr", "svc", "abt", "und", "irq", "fiq", "hyp", "mon"]
        let levels = ["svc": "EL1", "hyp": "EL2", "mon": "EL3"]
        return suffixes.map { suffix in
            let level = name == "SPSR" ? levels[suffix].map { "\(name)_\($0) " } ?? "" : ""
            return level + "\(name)_\(suffix)"
        }
    }

    private static let floatingPoint: Overlay = .word(
        4,
        BitField.flags([31: "N", 30: "Z", 29: "C", 28: "V", 27: "QC", 26: "AHP", 25: "DN", 24: "FZ"])
            + [BitField("rounding", 22...23, .names([0: "to nearest", 1: "up", 2: "down", 3: "to zero"]))]
            + BitField.flags([19: "FZ16", 7: "IDC", 4: "IXC", 3: "UFC", 2: "OFC", 1: "DZC", 0: "IOC"]))
}

// MARK: - System registers

extension ArmCPUMeaning {
    /// The key at an index identifies the register whose value is at the same index.
    private static let systemRegisters: MeaningRules.Interpretation = { context, items, offset in
        guard let keys = context.position(of: "cpreg_vmstate_indexes", in: items),
            let values = context.position(of: "cpreg_vmstate_values", in: items),
            let run = onlyRun(of: items[values], context.table), items[keys].size == items[values].size
        else { return }
        let place = offset + items[keys].offset
        let bytes = context.region.copy(place..<place + items[keys].size)
        guard bytes.count == run.count * 8 else { return }
        items[values].child = named(run, bytes, &context)
    }

    // The maximum number of registers; no processor has so many.
    private static let limit = 4096

    private static func onlyRun(of array: Item, _ table: LayoutTable) -> Item? {
        guard !array.child.isNone, table[array.child].kind == .array else { return nil }
        let runs = table.items(of: array.child)
        guard let run = runs.first, runs.count == 1, run.stride == 8, run.isLeaf, run.count <= limit else {
            return nil
        }
        return run
    }

    private static func named(_ run: Item, _ keys: [UInt8], _ context: inout MeaningContext) -> LayoutID {
        let key = Array("cpreg".utf8) + keys
        if let known = context.made[key] { return known }
        let values = (0..<run.count).map { number in
            let name = ArmSystemRegisters.name(
                keys[number * 8..<number * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) })
            var value = run
            value.count = 1
            value.base = run.base + number
            value.label = context.table.names.intern(name)
            if let bits = ArmSystemRegisterBits.overlay(name) { value.lay(context.table.layout(of: bits)) }
            return value
        }
        let array = context.table.layout(.array, values)
        context.made[key] = array
        return array
    }
}
