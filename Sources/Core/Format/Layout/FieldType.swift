/// What QEMU's `analyze-migration.py` prints for a field of a type (scripts/analyze-migration.py, 10.0).
package enum ReaderForm: UInt8, Sendable {
    /// `0x…`, two digits a byte.
    case unsigned
    /// As `unsigned`; a negative value with its decimal after it: `0xffffffff (-1)`.
    case signed
    /// JSON `true` or `false`.
    case bool
    /// The word `nullptr`.
    case null
    /// `null-ptr` or `valid-ptr` (11.1).
    case pointer
    /// Each byte as two digits, joined by spaces.
    case hex

    /// Whether it says if a pointer of an array is there.
    package var isMarker: Bool { self == .null || self == .pointer }
}

/// A value as people read it.
package struct FieldValue: Sendable, Equatable {
    /// One short cell: `0x0f`, `true`, `not armed`.
    package var short: String
    /// The value in full: `0x0f = 15`, `0x3b9aca00 = 1.000000000 s`.
    package var full: String

    package init(_ short: String, full: String? = nil) {
        self.short = short
        self.full = full ?? short
    }
}

/// One VMState field type: how its bytes are read, and what QEMU's reader makes of it.
///
/// `name` is the `name` of QEMU's `VMStateInfo` (migration/vmstate-types.c), as a description gives it.
package struct FieldType: Sendable {
    package let name: String
    package let readerForm: ReaderForm
    /// What the number counts: `ns`, or empty.
    package let unit: String
    /// Reads a value. The span holds exactly the bytes of the field.
    package let value: @Sendable (RawSpan) -> FieldValue
    /// What the bytes consist of, for types that the description leaves opaque; nil for all others.
    package let decode: Decode?

    /// The value with nothing left out, for types whose `value` is but the start of it in another form than bytes.
    package var whole: (@Sendable (RawSpan) -> String)?

    /// What a row of an overlay adds to the one line that its leaf shows: `ZF`, `IOPL 3`; nil for nothing.
    package var word: (@Sendable (RawSpan) -> String?)?
    /// Whether that is a line of its own among the details.
    package var isLine = false

    /// Gives a layout of `.decoded` items that tile the field, or nil when its bytes make no sense.
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

    /// A type that no one knows: shown as hex, never a failure.
    package static func unknown(named name: String) -> FieldType { FieldType(name) }
}
