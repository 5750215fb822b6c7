import Bytes
import Format
import Meaning

/// System registers of Arm CPUs that the target does not have, or has with another value that nothing can write
/// (target/arm/machine.c cpu_post_load, helper.c write_list_to_cpustate, 7.2 and 10.0).
package enum ArmRegisterRules: CheckRule {
    package static let code = "cpu-registers"

    package static func check(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        let locals = Dictionary(
            StateField.sections(named: "cpu", in: target).map { ($0.instance, $0.field) },
            uniquingKeysWith: { first, _ in first })
        for (instance, cpu) in StateField.sections(named: "cpu", in: context.document) {
            guard let local = locals[instance], let place = fault(cpu, local) else { continue }
            context.add(
                .error, code, at: place.field.offset, size: place.field.size, "cpu: \(place.message)",
                hint: "use the CPU model and the QEMU version of the source",
                qemu: QEMULog.text([], in: .device(name: "cpu", instance: instance), .notPermitted))
        }
    }

    // The first register that is refused, as the loader goes through both lists. O(registers).
    private static func fault(_ cpu: StateField, _ local: StateField) -> (field: StateField, message: String)?
    {
        guard let keys = cpu["cpreg_vmstate_indexes"], let values = cpu["cpreg_vmstate_values"],
            keys.count == values.count
        else { return nil }
        let wanted = local.registers("cpreg_vmstate_values")
        var changed: (field: StateField, message: String)?
        var unset: (field: StateField, message: String)?
        var index = 0
        for (known, value) in zip(local.registers("cpreg_vmstate_indexes"), wanted) {
            guard let keyField = keys[index], let key = keyField.unsigned, let field = values[index],
                let found = field.unsigned
            else { break }
            // After a key above all others no register gets a value, and the constant ones refuse that.
            guard key <= known else {
                if unset == nil, value != 0, isConstant(known) {
                    unset = (keyField, "\(name(key)) hides the registers behind it, which get no value")
                }
                continue
            }
            unset = nil
            guard key == known else { return (keyField, "the target has no system register \(name(key))") }
            changed = changed ?? refusal(key, found, value).map { (field, "\(name(key)) is \($0)") }
            index += 1
        }
        return changed ?? unset
    }

    // Why a value does not read back as it was written.
    private static func refusal(_ key: UInt64, _ found: UInt64, _ local: UInt64) -> String? {
        if key >> 52 & 15 == 2, found >> 32 != 0 {
            return "0x\(Hex.digits(found)), more than its 32 bits hold"
        }
        guard found != local, isConstant(key) else { return nil }
        return "0x\(Hex.digits(found)), the target's is 0x\(Hex.digits(local)) for good"
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
            // CTR, TCMTR, TLBTR, REVIDR; CRm 1 to 15.
            return [0xe0000, 0xe0800, 0xe1000, 0xf0001, 0xf0002, 0xf0003, 0xf0006].contains(number)
                || (0xf0080...0xf0787).contains(number) && number & 0x78 == 0
        default: return false
        }
    }
}
