import Format

/// What the fields of one VMState mean: the tables of a family.
///
/// Rules find a field by the name of its VMState and its own, never by its place, and leave out what has
/// another size than they say.
package struct MeaningRules: Sendable {
    /// Names of VMStates that the rules are for; `*` at the start represents any text.
    package let vmstates: [String]
    /// A member that the VMState must have, where other machines have one of the same name.
    package let member: String?
    /// The member that the rules are for, at any depth: what a decoder makes of opaque fields has no names of
    /// VMStates. nil for the VMState's own members.
    package let opaque: String?
    package let fields: [String: [FieldMeaning]]
    /// What the values of some fields say of others. See `MeaningContext`.
    package let interpret: Interpretation?
    /// What a person asks first of such a structure, in lines with a label; an empty label for the first line.
    package let summary: Summary?

    /// Changes what is inside items, and labels; never sizes, names or children. `offset` is where the body
    /// begins, in bytes from the start of the stream.
    package typealias Interpretation = @Sendable (inout MeaningContext, inout [Item], _ offset: Int) -> Void
    package typealias Summary = @Sendable (StateField) -> [(label: String, text: String)]

    @inline(never)
    package init(
        _ vmstates: String..., having member: String? = nil, inside opaque: String? = nil,
        fields: [FieldMeaning] = [], interpret: Interpretation? = nil, summary: Summary? = nil
    ) {
        self.vmstates = vmstates
        self.member = member
        self.opaque = opaque
        self.fields = Dictionary(grouping: fields) { $0.name }
        self.interpret = interpret
        self.summary = summary
    }
}

/// What fields of one type mean, by their values: for types that occur in many VMStates.
package struct TypeMeaning: Sendable {
    /// QEMU's name of the type.
    package let type: String
    /// As `MeaningRules.Interpretation`, for one field whose bytes begin at `offset`.
    package let interpret: @Sendable (inout MeaningContext, inout Item, _ offset: Int) -> Void
}

/// What one field means: a label, and an overlay or labels of elements.
package struct FieldMeaning: Sendable {
    /// As the description has it.
    package let name: String
    package var label = ""
    /// Laid on the field when it is a leaf, on each element when it is an array of leaves.
    package var overlay: Overlay?
    /// The bytes of the field or of each element; nil for any.
    package var size: Int?
    /// Whether the overlay may be longer or shorter than the field: rows that fit are laid on it.
    package var isOpenEnded = false
    /// Labels of elements by number, for an array of this many.
    package var elements: (@Sendable (_ count: Int) -> [Int: String])?
    /// Overlays of elements by number, before `overlay`.
    package var elementOverlays: [Int: Overlay] = [:]

    /// A field that only has another name.
    @inline(never)
    package static func label(_ name: String, _ label: String, size: Int? = nil) -> FieldMeaning {
        FieldMeaning(name: name, label: label, size: size)
    }

    /// A field, or an array of fields, that consists of what `overlay` says.
    @inline(never)
    package static func overlay(_ name: String, _ label: String = "", _ overlay: Overlay) -> FieldMeaning {
        FieldMeaning(name: name, label: label, overlay: overlay, size: overlay.size)
    }

    /// A buffer that may end before the overlay does, or go on after it.
    @inline(never)
    package static func start(_ name: String, _ overlay: Overlay) -> FieldMeaning {
        FieldMeaning(name: name, overlay: overlay, isOpenEnded: true)
    }

    /// An array whose elements have names.
    @inline(never)
    package static func elements(
        _ name: String, _ labels: [String], size: Int? = nil, _ overlay: Overlay? = nil
    ) -> FieldMeaning {
        let numbered = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($0.offset, $0.element) })
        return elements(name, numbered: numbered, size: size, overlay)
    }

    /// An array some of whose elements have names.
    @inline(never)
    package static func elements(
        _ name: String, numbered labels: [Int: String], size: Int? = nil, _ overlay: Overlay? = nil
    ) -> FieldMeaning {
        FieldMeaning(name: name, overlay: overlay, size: overlay?.size ?? size, elements: { _ in labels })
    }

    /// Whether it is about elements of an array, and no other field of that name.
    private var needsArray: Bool { elements != nil || !elementOverlays.isEmpty }

    /// Whether a field, or elements of an array, of this many bytes can mean this.
    package func fits(_ size: Int, isArray: Bool) -> Bool {
        (isArray || !needsArray) && (self.size.map { $0 == size } ?? true)
    }
}

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
