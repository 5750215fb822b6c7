/// What the fields of one VMState mean: the tables of a family.
///
/// Rules find a field by the name of its VMState and its own, never by its place, and leave out what has
/// another size than they say.
struct MeaningRules: Sendable {
    /// Names of VMStates that the rules are for; `*` at the start stands for any text.
    let vmstates: [String]
    /// A member that the VMState must have, where other machines have one of the same name.
    let member: String?
    let fields: [String: FieldMeaning]
    /// What the values of some fields say of others. See `MeaningContext`.
    let interpret: Interpretation?

    /// Changes what is inside items, and labels; never sizes, names or children. `offset` is where the body
    /// begins, in bytes from the start of the stream.
    typealias Interpretation = @Sendable (inout MeaningContext, inout [Item], _ offset: Int) -> Void

    init(
        _ vmstates: String..., having member: String? = nil, fields: [FieldMeaning] = [],
        interpret: Interpretation? = nil
    ) {
        self.vmstates = vmstates
        self.member = member
        self.fields = Dictionary(fields.map { ($0.name, $0) }) { first, _ in first }
        self.interpret = interpret
    }
}

/// What fields of one type mean, by their values: for types that stand in many VMStates.
struct TypeMeaning: Sendable {
    /// QEMU's name of the type.
    let type: String
    /// As `MeaningRules.Interpretation`, for one field whose bytes begin at `offset`.
    let interpret: @Sendable (inout MeaningContext, inout Item, _ offset: Int) -> Void
}

/// What one field means: a label, and an overlay or labels of elements.
struct FieldMeaning: Sendable {
    /// As the description has it.
    let name: String
    let label: String
    /// Laid on the field when it is a leaf, on each element when it is an array of leaves.
    let overlay: Overlay?
    /// The bytes of the field or of each element; nil for any.
    let size: Int?
    /// Labels of an array's elements, by number.
    let elements: [Int: String]

    /// A field that only has another name.
    static func label(_ name: String, _ label: String, size: Int? = nil) -> FieldMeaning {
        FieldMeaning(name: name, label: label, overlay: nil, size: size, elements: [:])
    }

    /// A field, or an array of fields, that consists of what `overlay` says.
    static func overlay(_ name: String, _ label: String = "", _ overlay: Overlay) -> FieldMeaning {
        FieldMeaning(name: name, label: label, overlay: overlay, size: overlay.size, elements: [:])
    }

    /// An array whose elements have names.
    static func elements(
        _ name: String, _ labels: [String], size: Int? = nil, _ overlay: Overlay? = nil
    ) -> FieldMeaning {
        let numbered = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($0.offset, $0.element) })
        return elements(name, numbered: numbered, size: size, overlay)
    }

    /// An array some of whose elements have names.
    static func elements(
        _ name: String, numbered labels: [Int: String], size: Int? = nil, _ overlay: Overlay? = nil
    ) -> FieldMeaning {
        FieldMeaning(name: name, label: "", overlay: overlay, size: overlay?.size ?? size, elements: labels)
    }
}
