extension FieldTypes {
    /// The registry of field types: a new type is one line in the list of its family.
    package static let known = FieldTypes(
        [FieldType("unknown")] + IntegerFields.types + TimeFields.types + OpaqueFields.types
            + ProcessorFields.types + FrameFields.types + SectionFields.types)
}

extension LayoutTable {
    /// Creates an empty table with the known types.
    package convenience init() { self.init(.known) }
}
