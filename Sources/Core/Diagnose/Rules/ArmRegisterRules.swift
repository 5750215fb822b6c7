import Bytes
import Format
import Meaning

/// System registers of Arm CPUs that the target lacks, or has with another value that nothing can write
/// (target/arm/machine.c cpu_post_load, helper.c write_list_to_cpustate, 7.2 and 10.0).
package enum ArmRegisterRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        let locals = Dictionary(
            StateField.sections(named: "cpu", in: target.store).map { ($0.instance, $0.field) },
            uniquingKeysWith: { first, _ in first })
        for (instance, cpu) in StateField.sections(named: "cpu", in: context.document.store) {
            guard let local = locals[instance], let lists = Lists(cpu, local),
                let fault = context.version >= QEMUVersion(11, 1) ? merged(lists) : fault(lists)
            else { continue }
            context.add(
                .error, .cpuRegisters, at: fault.field.offset, size: fault.field.size,
                "cpu: \(fault.message)",
                hint: fault.hint,
                qemu: QEMULog(
                    fault.lines,
                    cause: .hook(
                        structure: "cpu", version: context.targetVersion(of: "cpu", instance),
                        minimum: context.targetVersion(of: "cpu", instance), text: "", isInLines: false),
                    in: .device(name: "cpu", instance: instance), .notPermitted))
        }
    }

    private struct Fault {
        var field: StateField
        var message: String
        var hint = "use the CPU model and the QEMU version of the source (arm-… in docs/breaks.md)"
        var lines: [String] = []

        init(field: StateField, message: String) {
            self.field = field
            self.message = message
        }

        /// Creates the fault for a value that does not read back as written.
        init(field: StateField, key: UInt64, _ words: String) {
            self.init(field: field, message: "\(name(key)) is \(words)")
            if processorCounts.contains(key) {
                hint =
                    "give the destination the same number of CPUs as the source: -smp (arm-processors in docs/breaks.md)"
            }
        }
    }

    /// L2CTLR_EL1, and L2CTLR of AArch32: bits 25 and 24 are the number of CPUs minus 1.
    private static let processorCounts: Set<UInt64> = [0x6030_0000_0013_cd82, 0x4020_0000_000f_480a]

    /// The keys and values of the stream and of the target.
    private struct Lists {
        let keys: StateField
        let values: StateField
        let localKeys: [UInt64]
        let localValues: [UInt64]

        init?(_ cpu: StateField, _ local: StateField) {
            guard let keys = cpu["cpreg_vmstate_indexes"], let values = cpu["cpreg_vmstate_values"],
                keys.count == values.count
            else { return nil }
            self.keys = keys
            self.values = values
            localKeys = local.registers("cpreg_vmstate_indexes")
            localValues = local.registers("cpreg_vmstate_values")
        }
    }

    // The first refused register, in the order in which the loader walks both lists. O(registers).
    private static func fault(_ lists: Lists) -> Fault? {
        var changed: Fault?
        var unset: Fault?
        var fixed: Fault?
        var index = 0
        for (known, value) in zip(lists.localKeys, lists.localValues) {
            guard let keyField = lists.keys[index], let key = keyField.unsigned,
                let field = lists.values[index], let found = field.unsigned
            else {
                fixed = fixed ?? unwritable(known, value, at: lists.keys)
                continue
            }
            // After a key above all others no register gets a value, and the constant ones refuse that.
            guard key <= known else {
                fixed = fixed ?? unwritable(known, value, at: keyField)
                if unset == nil, value != 0, isConstant(known) {
                    unset = Fault(
                        field: keyField,
                        message: "\(name(key)) hides the registers after it, so they get no value")
                }
                continue
            }
            unset = nil
            guard key == known else {
                return Fault(field: keyField, message: "the destination has no system register \(name(key))")
            }
            changed =
                changed
                ?? refusal(key, found, value).map { Fault(field: field, key: key, $0) }
            index += 1
        }
        return changed ?? fixed ?? unset
    }

    private static func unwritable(_ key: UInt64, _ value: UInt64, at field: StateField) -> Fault? {
        guard isFixed(key), value != 0 else { return nil }
        return Fault(
            field: field,
            message: "the stream has no \(name(key)), which is \(value) on the destination and not 0")
    }

    /// Whether a register accepts only its own value. A register that the stream lacks is written with the
    /// uninitialized content of the loader's list: RMR_EL3, the initial execution state of a CPU
    /// (target/arm/helper.c, from 8.0 on for all CPUs with EL3); DBGDEVID and DBGDEVID1 (debug_helper.c, in
    /// 7.2 and not in 5.2).
    private static func isFixed(_ key: UInt64) -> Bool {
        key == 0x6030_0000_0013_f602 || key >> 56 == 0x40 && [0xe3801, 0xe3802].contains(key & 0xfffff)
    }

    // Since 11.1: each register that only the stream has is reported, and the last of them decides. Registers
    // that only the target has are written from the uninitialized list. O(registers).
    private static func merged(_ lists: Lists) -> Fault? {
        var (place, index) = (0, 0)
        var unknown: Fault?
        var lines: [String] = []
        var hasFailed = false
        var changed: Fault?
        var fixed: Fault?
        while let keyField = lists.keys[index], let key = keyField.unsigned {
            if place < lists.localKeys.count, lists.localKeys[place] < key {
                fixed = fixed ?? unset(lists.localKeys[place], lists.localValues[place], at: keyField)
                place += 1
                continue
            }
            defer { index += 1 }
            guard place < lists.localKeys.count, lists.localKeys[place] == key else {
                hasFailed = !tolerated.contains(key)
                guard hasFailed else { continue }
                lines.append(unknownLine(key))
                unknown =
                    unknown
                    ?? Fault(field: keyField, message: "the destination has no system register \(name(key))")
                continue
            }
            if changed == nil, let field = lists.values[index], let found = field.unsigned,
                let words = refusal(key, found, lists.localValues[place])
            {
                changed = Fault(field: field, key: key, words)
            }
            place += 1
        }
        while place < lists.localKeys.count {
            fixed = fixed ?? unset(lists.localKeys[place], lists.localValues[place], at: lists.keys)
            place += 1
        }
        var result = hasFailed ? unknown : changed ?? fixed
        result?.lines = lines
        return result
    }

    // Since 11.1 a list is allocated in used memory, so that it does not contain zeros: constant registers
    // that the stream lacks refuse any value in it (each of three boards with Cortex-A9 from 5.2 and 7.2).
    private static func unset(_ key: UInt64, _ value: UInt64, at field: StateField) -> Fault? {
        if let fault = unwritable(key, value, at: field) { return fault }
        guard isConstant(key) else { return nil }
        return Fault(
            field: field,
            message: "the stream lacks the constant register \(name(key))")
    }

    /// DBGDTRTX of AArch32 at an encoding where it does not exist, written up to 11.0 (target/arm/helper.c).
    private static let tolerated: Set<UInt64> = [0x4020_0000_000e_0298]

    private static func unknownLine(_ key: UInt64) -> String {
        // target/arm/cpregs.h kvm_to_cpreg_id
        var number = key & 0xffff_ffff
        if key >> 56 == 0x60 {
            number |= 1 << 28
        } else {
            if key >> 52 & 15 == 3 { number |= 1 << 15 }
            number |= 1 << 29
        }
        return
            "handle_cpreg_only_in_incoming_stream: system register 0x\(Hex.digits(number)) in the incoming "
            + "stream but unknown on the destination: fail migration"
    }

    // The reason why a value does not read back as written.
    private static func refusal(_ key: UInt64, _ found: UInt64, _ local: UInt64) -> String? {
        // A constant register reads as in the CPU model, perhaps with more bits than the guest sees (CTR of
        // Neoverse V1 and N2).
        guard found != local || !isConstant(key) else { return nil }
        if key >> 52 & 15 == 2, found >> 32 != 0 {
            return "0x\(Hex.digits(found)), more than its 32 bits can hold"
        }
        let missing = alwaysSet(key) & local & ~found
        if missing != 0 {
            return
                "0x\(Hex.digits(found)), without 0x\(Hex.digits(missing)), a fixed bit pattern on the destination"
        }
        guard isConstant(key) else { return nil }
        return "0x\(Hex.digits(found)), fixed to 0x\(Hex.digits(local)) on the destination"
    }

    // FW and AW of SCR_EL3 when EL3 is AArch64; 5.2 resets them to 0 (target/arm/helper.c scr_write, 7.2 to
    // 11.1).
    private static func alwaysSet(_ key: UInt64) -> UInt64 { key == 0x6030_0000_0013_f088 ? 0x30 : 0 }

    /// Returns the value of the stream's register in a form that the destination accepts.
    ///
    /// - Parameter local: the destination's value after a reset.
    package static func accepted(_ key: UInt64, _ own: UInt64, local: UInt64) -> UInt64 {
        isConstant(key) ? local : own | alwaysSet(key) & local
    }

    private static func name(_ key: UInt64) -> String {
        let name = ArmSystemRegisters.name(key)
        return name.isEmpty ? "0x\(Hex.digits(key))" : name
    }

    /// Whether nothing can write a register: the CPU model or the board determines its value, not the guest
    /// (ARM_CP_CONST and arm_cp_write_ignore in target/arm, 7.2 to 11.1).
    package static func isConstant(_ key: UInt64) -> Bool {
        let low = UInt16(truncatingIfNeeded: key)
        switch key >> 56 {
        case 0x60:
            // CRm 1 to 7 of the ID space; implementation-defined registers (CRn 15).
            return (0xc008...0xc03f).contains(low) || low & 0xc780 == 0xc780 || constants64.contains(low)
        case 0x40:
            let number = UInt32(truncatingIfNeeded: key) & 0xfffff
            if key >> 52 & 15 == 3 { return doubles.contains(number) }
            // CRm 1 to 15 of the ID space.
            return (0xf0080...0xf0787).contains(number) && number & 0x78 == 0 || constants32.contains(number)
        default: return false
        }
    }

    /// AArch64: op0, op1, CRn, CRm, op2 as in the low half of the key.
    private static let constants64: Set<UInt16> = [
        // OSDTRRX, MDCCINT, OSDTRTX, OSECCR, MDRAR, MDCCSR, DBGDTR, DBGDTRTX, DBGVCR32.
        0x8002, 0x8010, 0x801a, 0x8032, 0x8080, 0x9808, 0x9820, 0x9828, 0xa038,
        // REVIDR, CLIDR, GMID, SMIDR, AIDR, CTR.
        0xc006, 0xc801, 0xc804, 0xc806, 0xc807, 0xd801,
        // PMMIR, PMCEID0 and 1. ERRIDR.
        0xc4f6, 0xdce6, 0xdce7, 0xc298,
        // SMPRI, SMPRIMAP. LORSA to LORC, LORID.
        0xc094, 0xe095, 0xc520, 0xc521, 0xc522, 0xc523, 0xc527,
        // L2CTLR, which has the number of CPUs, and L2ECTLR.
        0xcd82, 0xcd83,
        // ACTLR, AFSR0 and 1, AMAIR, AMAIR2, RMR of EL1; the same and HACR of EL2; those of EL3.
        0xc081, 0xc288, 0xc289, 0xc518, 0xc519, 0xc602,
        0xe081, 0xe288, 0xe289, 0xe518, 0xe519, 0xe602, 0xe08f,
        0xf081, 0xf288, 0xf289, 0xf518, 0xf519, 0xf602,
    ]

    /// AArch32: coprocessor, CRn, CRm, opc1, opc2 as in the low bits of the key. Encodings that are constant
    /// in one CPU and not in another (those of Cortex-R5 and R52, and of XScale and Cortex-A9) are omitted.
    private static let constants32: Set<UInt32> = [
        // DBGDIDR, OSDTRRX, JIDR, OSDTRTX, DBGDTRTX, OSECCR, DBGVCR, DBGDRAR, JOSCR, DBGDSAR, JMCR, DBGDEVID2 to 0.
        0xe0000, 0xe0002, 0xe0038, 0xe0182, 0xe0280, 0xe0302, 0xe0380, 0xe0800, 0xe0838, 0xe1000, 0xe1038,
        0xe3800, 0xe3801, 0xe3802,
        // CTR, TCMTR, TLBTR, MPUIR, REVIDR, HMPUIR, CLIDR, AIDR.
        0xf0001, 0xf0002, 0xf0003, 0xf0004, 0xf0006, 0xf0024, 0xf0009, 0xf000f,
        // ACTLR, ACTLR2, HACTLR, HACTLR2, HACR. AFSR0 and 1 of EL1 to EL3. ERRIDR.
        0xf0801, 0xf0803, 0xf0821, 0xf0823, 0xf08a7, 0xf2880, 0xf2881, 0xf28a0, 0xf28a1, 0xf28b0, 0xf28b1,
        0xf2980,
        // L2LOCKDOWN; L2AUXCR or, with the number of CPUs, L2CTLR; L2ECTLR.
        0xf4808, 0xf480a, 0xf480b,
        // PMCEID0 to 3, PMMIR. AMAIR0 and 1, HAMAIR0 and 1. RMR. L2ACTLR, CBAR.
        0xf4e06, 0xf4e07, 0xf4f04, 0xf4f05, 0xf4f06, 0xf5180, 0xf5181, 0xf51a0, 0xf51a1, 0xf6002, 0xf7808,
        0xf7988,
    ]

    /// AArch32 with 64 bits: DBGDRAR, DBGDSAR, CPUACTLR, CPUECTLR, CPUMERRSR, L2MERRSR.
    private static let doubles: Set<UInt32> = [0xe0080, 0xe0100, 0xf0780, 0xf0788, 0xf0790, 0xf0798]
}
