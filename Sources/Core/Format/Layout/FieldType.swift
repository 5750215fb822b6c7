/// The output format of QEMU's `analyze-migration.py` for a type (scripts/analyze-migration.py, 10.0).
package enum ReaderForm: UInt8, Sendable {
    /// `0x…`, with two digits per byte.
    case unsigned
    /// As `unsigned`, with the decimal after a negative value: `0xffffffff (-1)`.
    case signed
    /// JSON `true` or `false`.
    case bool
    /// The word `nullptr`.
    case null
    /// `null-ptr` or `valid-ptr` (11.1).
    case pointer
    /// Each byte as two digits, separated by spaces.
    case hex

    /// Whether it marks the presence of a pointer in an array.
    package var isMarker: Bool { self == .null || self == .pointer }
}

/// A value in display form.
package struct FieldValue: Sendable, Equatable {
    /// The short form for a cell: `0x0f`, `true`, `not armed`.
    package var short: String
    /// The full form: `0x0f = 15`, `0x3b9aca00 = 1.000000000 s`.
    package var full: String

    package init(_ short: String, full: String? = nil) {
        self.short = short
        self.full = full ?? short
    }
}

/// A VMState field type: how its bytes are read, and how QEMU's reader prints them.
///
/// `name` is the `name` of QEMU's `VMStateInfo` (migration/vmstate-types.c), as in a description.
package struct FieldType: Sendable {
    package let name: String
    package let readerForm: ReaderForm
    /// The unit of the number: `ns`, or empty.
    package let unit: String
    /// Reads a value. The span contains exactly the bytes of the field.
    package let value: @Sendable (RawSpan) -> FieldValue
    /// Decodes the content of a type that the description leaves opaque; nil for all others.
    package let decode: Decode?

    /// The complete value, for types whose `value` shows only its start in a form other than bytes.
    package var whole: (@Sendable (RawSpan) -> String)?

    /// The word that an overlay row adds to the line of its leaf: `ZF`, `IOPL 3`; nil for none.
    package var word: (@Sendable (RawSpan) -> String?)?
    /// Whether that word gets a line of its own in the details.
    package var isLine = false

    /// Returns a layout of `.decoded` items that tile the field; nil if its bytes make no sense.
    package typealias Decode = @Sendable (inout FieldDecoding) -> LayoutID?

    package init(
        _ name: String, reader: ReaderForm = .hex, unit: String = "", decode: Decode? = nil,
        value: @escaping @Sendable (RawSpan) -> FieldValue = ByteValue.bytes
    ) {
        self.name = name
        self.readerForm = reader
        self.unit = unit
        self.value = value
        self.decode = decode
    }

    /// Returns a type for an unknown name, which is shown as hex.
    package static func unknown(named name: String) -> FieldType { FieldType(name) }
}
