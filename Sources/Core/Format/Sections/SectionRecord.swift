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
    /// What a record is, with what only such a record has.
    package enum Content: Sendable {
        /// Magic and version; of a package, the command before its bytes.
        case header
        case configuration
        /// By the number in the stream, which may be none that is known (migration/savevm.c enum qemu_vm_cmd).
        case command(UInt16)
        case section(Section)
        /// Everything between the head and the device sections; its records are read when it is opened.
        case live
        /// Some records of a large RAM section.
        case pages(RAMPart)
        /// What a scan of the live part has not reached yet, and the block that CONTINUE refers to at its start.
        case unread(lastBlock: Int?)
        case endOfFile
        case description
        /// Zero bytes after the end.
        case padding
        /// Bytes that no section claims; `cut` is the section without an end that they begin with.
        case gap(cut: Section?)
        /// Another stream after this one. It is opened by its number.
        case stream
        /// A layer of what wraps the stream; its bytes are no bytes of the stream.
        case container
    }

    /// A section, by its header. That of a PART or END is the header of the START with the same id.
    package struct Section: Sendable {
        /// START, PART, END, or FULL.
        package var type: SectionType
        package var id: UInt32
        package var instance: UInt32 = 0
        package var version: UInt32 = 0
        /// How the pages of a PART or END of `ram` are read; nil for other sections.
        package var ram: RAMPart?
        /// Whether its end was not found: the gap after it may be part of it.
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

    /// What a record with pages of RAM is of its section.
    package struct RAMPart: Sendable {
        /// Whether the section's header, and its footer, are among its bytes.
        package var hasHeader = true
        package var hasFooter = true
        /// The block that CONTINUE refers to at its start; nil where none was named before.
        package var lastBlock: Int?

        package init(hasHeader: Bool = true, hasFooter: Bool = true, lastBlock: Int?) {
            self.hasHeader = hasHeader
            self.hasFooter = hasFooter
            self.lastBlock = lastBlock
        }
    }

    /// `Content` without what it has: to compare and to filter by.
    package enum RecordType: UInt8, Sendable {
        case header, configuration, command, start, part, end, full, live, pages, unread
        case endOfFile, description, padding, gap, stream, container
    }

    package var content: Content
    /// Bytes from the start of the stream, or of what `space` says.
    package var offset: Int
    /// Bytes, frames included.
    package var size: Int
    /// The idstr, or a word for records without one.
    package var name: NameID = .empty
    /// What the bytes are, once that is known.
    package var layout: LayoutID = .none
    /// Whether the layout is made when the record is first opened.
    package var isLazy = false
    /// The numbers of the records inside, in stream order.
    package var children: [Int] = []
    /// What `offset` counts in.
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

    /// nil for records that are no section.
    package var section: Section? { if case .section(let section) = content { section } else { nil } }

    package var isSection: Bool { section != nil }

    /// Whether it is a section whose end was not found.
    package var isCut: Bool { section?.isCut ?? false }

    /// nil for records that are no command, and for a number that is not known.
    package var command: CommandKind? {
        if case .command(let number) = content { CommandKind(rawValue: number) } else { nil }
    }

    /// How the pages of RAM in it are read; nil where there are none.
    package var ram: RAMPart? {
        switch content {
        case .pages(let part): part
        case .section(let section): section.ram
        case .gap(let cut): cut?.ram
        default: nil
        }
    }

    /// The block that CONTINUE refers to at its start; nil where none was named before.
    package var lastBlock: Int? { if case .unread(let block) = content { block } else { ram?.lastBlock } }
}
