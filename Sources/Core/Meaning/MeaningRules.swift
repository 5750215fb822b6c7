import Format

/// The meaning of the fields of one VMState: the tables of a family.
///
/// Rules find a field by the names of its VMState and its own, never by position, and ignore a field of
/// another size.
package struct MeaningRules: Sendable {
    /// The names of the VMStates; a `*` at the start matches any text.
    package let vmstates: [String]
    /// A member that the VMState must have, if other machines have one of the same name.
    package let member: String?
    /// The member to which the rules apply, at any depth, because decoded fields have no VMState names. Nil
    /// for the VMState's own members.
    package let opaque: String?
    package let fields: [String: [FieldMeaning]]
    /// Derives the meaning of fields from the values of others. See `MeaningContext`.
    package let interpret: Interpretation?
    /// A summary of such a structure in labeled lines; the first line has an empty label.
    package let summary: Summary?

    /// Changes the `inside` and the labels of items; never sizes, names or children. `offset` is where the
    /// body begins, in bytes from the start of the stream.
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

/// The meaning of fields of one type by their values, for types that occur in many VMStates.
package struct TypeMeaning: Sendable {
    /// QEMU's name of the type.
    package let type: String
    /// Like `MeaningRules.Interpretation`, for one field whose bytes begin at `offset`.
    package let interpret: @Sendable (inout MeaningContext, inout Item, _ offset: Int) -> Void
}

/// The meaning of one field: a label, and an overlay or labels of elements.
package struct FieldMeaning: Sendable {
    /// The name in the description.
    package let name: String
    package var label = ""
    /// The overlay of a leaf, or of each element in an array of leaves.
    package var overlay: Overlay?
    /// The size of the field or of each element in bytes; nil for any size.
    package var size: Int?
    /// Whether the overlay may be longer or shorter than the field; then only the rows that fit are used.
    package var isOpenEnded = false
    /// Returns the labels of elements by number, for an array of `count` elements.
    package var elements: (@Sendable (_ count: Int) -> [Int: String])?
    /// The overlays of elements by number, which take precedence over `overlay`.
    package var elementOverlays: [Int: Overlay] = [:]

    /// Returns the meaning of a field that only has another name.
    @inline(never)
    package static func label(_ name: String, _ label: String, size: Int? = nil) -> FieldMeaning {
        FieldMeaning(name: name, label: label, size: size)
    }

    /// Returns the meaning of a field, or of each element of an array, with an overlay.
    @inline(never)
    package static func overlay(_ name: String, _ label: String = "", _ overlay: Overlay) -> FieldMeaning {
        FieldMeaning(name: name, label: label, overlay: overlay, size: overlay.size)
    }

    /// Returns the meaning of a buffer that may be shorter or longer than the overlay.
    @inline(never)
    package static func start(_ name: String, _ overlay: Overlay) -> FieldMeaning {
        FieldMeaning(name: name, overlay: overlay, isOpenEnded: true)
    }

    /// Returns the meaning of an array with named elements.
    @inline(never)
    package static func elements(
        _ name: String, _ labels: [String], size: Int? = nil, _ overlay: Overlay? = nil
    ) -> FieldMeaning {
        let numbered = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($0.offset, $0.element) })
        return elements(name, numbered: numbered, size: size, overlay)
    }

    /// Returns the meaning of an array of which some elements have names.
    @inline(never)
    package static func elements(
        _ name: String, numbered labels: [Int: String], size: Int? = nil, _ overlay: Overlay? = nil
    ) -> FieldMeaning {
        FieldMeaning(name: name, overlay: overlay, size: overlay?.size ?? size, elements: { _ in labels })
    }

    /// Whether it applies only to the elements of an array.
    private var needsArray: Bool { elements != nil || !elementOverlays.isEmpty }

    /// Returns whether it applies to a field, or array elements, of this many bytes.
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

    /// The types whose values give the meaning, wherever they occur.
    package static let types: [TypeMeaning] = [PCIMeaning.config]

    private static let byType = Dictionary(uniqueKeysWithValues: types.map { ($0.type, $0) })

    /// Returns the meaning for the values of a type, or nil.
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

    /// Returns the rules for a VMState whose members have these names.
    package static func rules(for vmstate: String, members: (String) -> Bool) -> [MeaningRules] {
        let found =
            byName[vmstate, default: []] + bySuffix.filter { vmstate.hasSuffix($0.suffix) }.map(\.rules)
        return found.filter { $0.member.map(members) ?? true }
    }
}

extension LayoutTable {
    /// Returns the rules for a body that comes from a VMState; none for others. O(members).
    package func meaningRules(for id: LayoutID) -> [MeaningRules] {
        guard !id.isNone, self[id].kind == .body, self[id].vmsdName != .empty else { return [] }
        let name = String(decoding: names.bytes(self[id].vmsdName), as: UTF8.self)
        return MeaningFamilies.rules(for: name) { member in
            names.known(member).map { known in items(of: id).contains { $0.name == known } } ?? false
        }
    }
}
