import Bytes
import Format
import Meaning

/// System registers of Arm CPUs that the target does not have, or has with another value that nothing can write
/// (target/arm/machine.c cpu_post_load, helper.c write_list_to_cpustate, 7.2 and 10.0).
package enum ArmRegisterRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        let locals = Dictionary(
            StateField.sections(named: "cpu", in: target).map { ($0.instance, $0.field) },
            uniquingKeysWith: { first, _ in first })
        for (instance, cpu) in StateField.sections(named: "cpu", in: context.document) {
            guard let local = locals[instance], let lists = Lists(cpu, local),
                let fault = context.version >= QEMUVersion(11, 1) ? merged(lists) : fault(lists)
            else { continue }
            context.add(
                .error, .cpuRegisters, at: fault.field.offset, size: fault.field.size,
                "cpu: \(fault.message)",
                hint: "use the CPU model and the QEMU version of the source (arm-… in docs/breaks.md)",
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
        var lines: [String] = []
    }

    /// Keys and values of the stream, and those of the target.
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

    // The first register that is refused, as the loader goes through both lists. O(registers).
    private static func fault(_ lists: Lists) -> Fault? {
        var changed: Fault?
        var unset: Fault?
        var fixed: Fault?
        var index = 0
        for (known, value) in zip(lists.localKeys, lists.localValues) {
            guard let keyField = lists.keys[index], let key = keyField.unsigned,
                let field = lists.values[index], let found = field.unsigned
            else { break }
            // After a key above all others no register gets a value, and the constant ones refuse that.
            guard key <= known else {
                if fixed == nil, value != 0, known == resetManagement {
                    fixed = Fault(
                        field: keyField,
                        message:
                            "the stream has no \(name(known)), which is \(value) at the destination and not 0"
                    )
                }
                if unset == nil, value != 0, isConstant(known) {
                    unset = Fault(
                        field: keyField,
                        message: "\(name(key)) hides the registers after it, which get no value")
                }
                continue
            }
            unset = nil
            guard key == known else {
                return Fault(field: keyField, message: "the destination has no system register \(name(key))")
            }
            changed =
                changed
                ?? refusal(key, found, value).map { Fault(field: field, message: "\(name(key)) is \($0)") }
            index += 1
        }
        return changed ?? fixed ?? unset
    }

    /// RMR_EL3, which says in which state a CPU starts (target/arm/helper.c, from 8.0 on for all CPUs with EL3): what
    /// the stream does not have is written as 0, and this one does not take it.
    private static let resetManagement: UInt64 = 0x6030_0000_0013_f602

    // Since 11.1: registers that only the target has keep their value, each that only the stream has is told,
    // and the last of them decides. O(registers).
    private static func merged(_ lists: Lists) -> Fault? {
        var (place, index) = (0, 0)
        var unknown: Fault?
        var lines: [String] = []
        var hasFailed = false
        var changed: Fault?
        while let keyField = lists.keys[index], let key = keyField.unsigned {
            if place < lists.localKeys.count, lists.localKeys[place] < key {
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
                changed = Fault(field: field, message: "\(name(key)) is \(words)")
            }
            place += 1
        }
        var result = hasFailed ? unknown : changed
        result?.lines = lines
        return result
    }

    /// DBGDTRTX of AArch32 at a place where there is none, written up to 11.0 (target/arm/helper.c).
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

    // Why a value does not read back as it was written.
    private static func refusal(_ key: UInt64, _ found: UInt64, _ local: UInt64) -> String? {
        if key >> 52 & 15 == 2, found >> 32 != 0 {
            return "0x\(Hex.digits(found)), more than its 32 bits hold"
        }
        guard found != local, isConstant(key) else { return nil }
        return "0x\(Hex.digits(found)), the destination's is 0x\(Hex.digits(local)) for good"
    }

    private static func name(_ key: UInt64) -> String {
        let name = ArmSystemRegisters.name(key)
        return name.isEmpty ? "0x\(Hex.digits(key))" : name
    }

    /// Identification registers: what the CPU model is, not what the guest does.
    package static func isConstant(_ key: UInt64) -> Bool {
        let low = UInt16(truncatingIfNeeded: key)
        switch key >> 56 {
        case 0x60:
            // MDRAR, REVIDR, CLIDR, AIDR, CTR, PMCEID0 and 1; CRm 1 to 7 of ID space.
            return [0x8080, 0xc006, 0xc801, 0xc807, 0xd801, 0xdce6, 0xdce7].contains(low)
                || (0xc008...0xc03f).contains(low)
        case 0x40:
            let number = UInt32(truncatingIfNeeded: key) & 0xfffff
            // DBGDIDR, DBGDRAR, DBGDSAR.
            if key >> 52 & 15 == 3 { return number == 0xe0080 || number == 0xe0100 }
            // CTR, TCMTR, TLBTR, REVIDR, CLIDR, AIDR; CRm 1 to 15.
            return [0xe0000, 0xe0800, 0xe1000, 0xf0001, 0xf0002, 0xf0003, 0xf0006, 0xf0009, 0xf000f].contains(
                number)
                || (0xf0080...0xf0787).contains(number) && number & 0x78 == 0
        default: return false
        }
    }
}
