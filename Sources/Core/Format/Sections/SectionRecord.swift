/// The bytes that offsets count in.
package enum ByteSpace: Hashable, Sendable {
    case stream
    /// Those of a container, by the number of its layer from the outside: the file's, or what was unpacked
    /// from the layer around it.
    case layer(Int)
}

/// One top-level piece of a stream, or of its live part: what the tree shows below the root.
///
/// Records tile the stream. `layout` says what the bytes inside are.
package struct SectionRecord: Sendable {
    package enum Kind: UInt8, Sendable {
        /// Magic and version.
        case header
        case configuration, command, start, part, end, full
        /// Everything between the head and the device sections; its records are read when it is opened.
        case live
        /// Some records of a large RAM section.
        case pages
        /// What a scan of the live part has not reached yet.
        case unread
        case endOfFile, description
        /// Zero bytes after the end.
        case padding
        /// Bytes that no section claims.
        case gap
        /// Another stream after this one. It is opened by its number.
        case stream
        /// A layer of what wraps the stream; its bytes are no bytes of the stream.
        case container
    }

    /// What a record with pages of RAM is of its section.
    package struct RAMPart: Sendable {
        /// Whether the section's header, and its footer, are among its bytes.
        package var hasHeader = true
        package var hasFooter = true
        /// The block that CONTINUE refers to at its start; nil where none was named before.
        package var lastBlock: Int?
    }

    package var kind: Kind
    /// Bytes from the start of the stream, or of what `space` says.
    package var offset: Int
    /// Bytes, frames included.
    package var size: Int
    /// The section id; 0 for records without one.
    package var id: UInt32 = 0
    /// The idstr, or a word for records without one.
    package var name: NameID = .empty
    package var instance: UInt32 = 0
    package var version: UInt32 = 0
    /// What the bytes are, once that is known.
    package var layout: LayoutID = .none
    /// Whether the layout is made when the record is first opened.
    package var isLazy = false
    /// The numbers of the records inside, in stream order.
    package var children: [Int] = []
    /// Whether its end was not found: the gap after it may be part of it.
    package var isCut = false
    /// What `offset` counts in.
    package var space = ByteSpace.stream
    /// Of records with pages of RAM.
    package var ram = RAMPart()

    package var end: Int { offset + size }

    package init(_ kind: Kind, offset: Int, size: Int) {
        self.kind = kind
        self.offset = offset
        self.size = size
    }

    /// Whether the record is a section with an idstr.
    package var isSection: Bool {
        switch kind {
        case .start, .part, .end, .full: true
        default: false
        }
    }
}
