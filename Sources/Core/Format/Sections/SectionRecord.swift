/// The bytes to which offsets refer.
package enum ByteSpace: Hashable, Sendable {
    case stream
    /// The bytes of a container, by the number of its layer from the outside: those of the file, or those
    /// unpacked from the enclosing layer.
    case layer(Int)
}

/// A top-level piece of a stream or of its live part, which the tree shows below the root.
///
/// Records tile the stream. `layout` describes the bytes inside.
package struct SectionRecord: Sendable {
    /// The kind of a record, with its specific data.
    package enum Content: Sendable {
        /// The magic number and version; for a package, the command before its bytes.
        case header
        case configuration
        /// By the number in the stream, which may be unknown (migration/savevm.c enum qemu_vm_cmd).
        case command(UInt16)
        case section(Section)
        /// Everything between the head and the device sections; its records are read when it is opened.
        case live
        /// Some records of a large RAM section.
        case pages(RAMPart)
        /// The part of the live part that a scan has not reached, and the block that CONTINUE refers to at
        /// its start.
        case unread(lastBlock: Int?)
        case endOfFile
        case description
        /// Zero bytes after the end.
        case padding
        /// Bytes that no section claims; `cut` is the section without an end at their start.
        case gap(cut: Section?)
        /// Another stream after this one. It is opened by its number.
        case stream
        /// A layer around the stream; its bytes are not those of the stream.
        case container
    }

    /// A section, by its header. For a PART or END, it is the header of the START with the same id.
    package struct Section: Sendable {
        /// START, PART, END, or FULL.
        package var type: SectionType
        package var id: UInt32
        package var instance: UInt32 = 0
        package var version: UInt32 = 0
        /// How the pages of a PART or END of `ram` are read; nil for other sections.
        package var ram: RAMPart?
        /// Whether its end was not found, so that the following gap may belong to it.
        package var isCut = false

        package init(_ type: SectionType, id: UInt32, instance: UInt32 = 0, version: UInt32 = 0) {
            self.type = type
            self.id = id
            self.instance = instance
            self.version = version
        }

        package init(_ type: SectionType, _ header: SectionHeader) {
            self.init(type, id: header.id, instance: header.instance, version: header.version)
        }
    }

    /// The part of a RAM section in a record.
    package struct RAMPart: Sendable {
        /// Whether it includes the section's header, and its footer.
        package var hasHeader = true
        package var hasFooter = true
        /// The block that CONTINUE refers to at its start; nil if none was named before.
        package var lastBlock: Int?

        package init(hasHeader: Bool = true, hasFooter: Bool = true, lastBlock: Int?) {
            self.hasHeader = hasHeader
            self.hasFooter = hasFooter
            self.lastBlock = lastBlock
        }
    }

    /// The case of `Content` without its data, for comparing and filtering.
    package enum RecordType: UInt8, Sendable {
        case header, configuration, command, start, part, end, full, live, pages, unread
        case endOfFile, description, padding, gap, stream, container
    }

    package var content: Content
    /// In bytes from the start of the stream, or of `space`.
    package var offset: Int
    /// The size in bytes, including header and footer.
    package var size: Int
    /// The idstr, or a word for records without one.
    package var name: NameID = .empty
    /// The layout of the bytes, once known.
    package var layout: LayoutID = .none
    /// Whether the layout is built when the record is first opened.
    package var isLazy = false
    /// The numbers of the nested records, in stream order.
    package var children: [Int] = []
    /// The bytes to which `offset` refers.
    package var space = ByteSpace.stream

    package init(_ content: Content, offset: Int, size: Int, name: NameID = .empty) {
        self.content = content
        self.offset = offset
        self.size = size
        self.name = name
    }
}

extension SectionRecord {
    package var end: Int { offset + size }

    package var kind: RecordType {
        switch content {
        case .header: .header
        case .configuration: .configuration
        case .command: .command
        case .section(let section):
            switch section.type {
            case .start: .start
            case .part: .part
            case .end: .end
            default: .full
            }
        case .live: .live
        case .pages: .pages
        case .unread: .unread
        case .endOfFile: .endOfFile
        case .description: .description
        case .padding: .padding
        case .gap: .gap
        case .stream: .stream
        case .container: .container
        }
    }

    /// Nil for records that are not sections.
    package var section: Section? { if case .section(let section) = content { section } else { nil } }

    package var isSection: Bool { section != nil }

    /// Whether it is a section whose end was not found.
    package var isCut: Bool { section?.isCut ?? false }

    /// Nil for records that are not commands, and for unknown numbers.
    package var command: CommandKind? {
        if case .command(let number) = content { CommandKind(rawValue: number) } else { nil }
    }

    /// How the RAM pages in it are read; nil if there are none.
    package var ram: RAMPart? {
        switch content {
        case .pages(let part): part
        case .section(let section): section.ram
        case .gap(let cut): cut?.ram
        default: nil
        }
    }

    /// The block that CONTINUE refers to at its start; nil if none was named before.
    package var lastBlock: Int? { if case .unread(let block) = content { block } else { ram?.lastBlock } }
}
