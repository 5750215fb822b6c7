/// What a decoder of an opaque field has to work with.
struct FieldDecoding {
    let region: MappedRegion
    /// The field's bytes, from the start of the stream.
    let range: Range<Int>
    /// The bodies that a list's description gives, one a child; `.none` for other types.
    let template: LayoutID
    /// The idstr of the section.
    let section: NameID
    var table: LayoutTable
}
