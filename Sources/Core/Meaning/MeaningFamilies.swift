import Format

/// The registry of overlays: a new family is one line here.
package enum MeaningFamilies {
    package static let all: [MeaningRules] = [
        ProcessorMeaning.rules, X86CPUMeaning.rules, PCIMeaning.rules, VirtIOMeaning.rules,
        LocalAPICMeaning.rules, InterruptControllerMeaning.rules, TimerChipMeaning.rules,
        RealTimeClockMeaning.rules, ACPIMeaning.rules, LegacyDeviceMeaning.rules, SerialMeaning.rules,
        VGAMeaning.rules, IntelNICMeaning.rules, DiskControllerMeaning.rules, USBControllerMeaning.rules,
        ArmCPUMeaning.rules, GICMeaning.rules, RISCVMeaning.rules, S390Meaning.rules, PowerPCMeaning.rules,
        LoongArchMeaning.rules, M68KMeaning.rules, HPPAMeaning.rules, MIPSMeaning.rules, SPARCMeaning.rules,
        AlphaMeaning.rules,
    ].flatMap { $0 }

    /// Types whose values say what they mean, wherever they are.
    package static let types: [TypeMeaning] = [PCIMeaning.config]

    private static let byType = Dictionary(uniqueKeysWithValues: types.map { ($0.type, $0) })

    /// What the values of a type mean, or nil.
    package static func meaning(ofType name: String) -> TypeMeaning? { byType[name] }

    private static let byName: [String: [MeaningRules]] = {
        var result: [String: [MeaningRules]] = [:]
        for rules in all {
            for name in rules.vmstates { result[name, default: []].append(rules) }
        }
        return result
    }()

    private static let bySuffix: [(suffix: String, rules: MeaningRules)] = all.flatMap { rules in
        rules.vmstates.filter { $0.hasPrefix("*") }.map { (String($0.dropFirst()), rules) }
    }

    /// The rules for a VMState whose members have these names.
    package static func rules(for vmstate: String, members: (String) -> Bool) -> [MeaningRules] {
        let found =
            byName[vmstate, default: []] + bySuffix.filter { vmstate.hasSuffix($0.suffix) }.map(\.rules)
        return found.filter { $0.member.map(members) ?? true }
    }
}

extension LayoutTable {
    /// The rules for a body that comes from a VMState; none for others. O(members).
    package func meaningRules(for id: LayoutID) -> [MeaningRules] {
        guard !id.isNone, self[id].kind == .body, self[id].vmsdName != .empty else { return [] }
        let name = String(decoding: names.bytes(self[id].vmsdName), as: UTF8.self)
        return MeaningFamilies.rules(for: name) { member in
            names.known(member).map { known in items(of: id).contains { $0.name == known } } ?? false
        }
    }
}
