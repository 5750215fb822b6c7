/// The part of an ELF core before its memory: file header, program headers, notes.
package struct ELFHead {
    package private(set) var bytes: [UInt8]
    /// The offset of the memory in the file.
    package let dataOffset: Int

    private static let pageSize = 4096
    /// The value of e_phnum if the count is in section header 0 (PN_XNUM).
    private static let extendedCount = 0xffff

    package init(
        format: ELFFormat, notes: [CoreNote], guestNote: [UInt8] = [], loads: [ELFCore.Load]
    ) {
        var noteWriter = ELFWriter(isBigEndian: format.isBigEndian)
        for note in notes { noteWriter.append(note) }
        noteWriter.append(guestNote)
        let count = loads.count + 1
        let isExtended = count >= Self.extendedCount
        let fileHeader = format.is64Bit ? 64 : 52
        let sectionHeader = isExtended ? (format.is64Bit ? 64 : 40) : 0
        let noteOffset = fileHeader + sectionHeader + count * (format.is64Bit ? 56 : 32)
        dataOffset = (noteOffset + noteWriter.bytes.count + Self.pageSize - 1) / Self.pageSize * Self.pageSize

        bytes = []
        var writer = ELFWriter(isBigEndian: format.isBigEndian)
        writer.fileHeader(
            format, count: isExtended ? Self.extendedCount : count, sections: isExtended ? 1 : 0)
        if isExtended { writer.sectionHeader(format, count: count) }
        writer.programHeader(
            format, type: 4, offset: noteOffset,
            ELFCore.Load(physical: 0, size: UInt64(noteWriter.bytes.count)))
        for load in loads {
            writer.programHeader(format, type: 1, offset: dataOffset + Int(load.place), load)
        }
        writer.append(noteWriter.bytes)
        bytes = writer.bytes
    }
}

extension ELFWriter {
    // Section headers, if any, immediately follow the file header.
    fileprivate mutating func fileHeader(_ format: ELFFormat, count: Int, sections: Int) {
        append([0x7f] + Array("ELF".utf8) + [format.is64Bit ? 2 : 1, format.isBigEndian ? 2 : 1, 1])
        pad(to: 16)
        append(UInt16(4))
        append(format.machine)
        append(UInt32(1))
        let size = format.is64Bit ? 64 : 52
        let sectionSize = format.is64Bit ? 64 : 40
        append(word: 0, format)
        append(word: UInt64(size + sections * sectionSize), format)
        append(word: UInt64(sections == 0 ? 0 : size), format)
        append(UInt32(0))
        for value in [size, format.is64Bit ? 56 : 32, count, sections == 0 ? 0 : sectionSize, sections, 0] {
            append(UInt16(value))
        }
    }

    // Section header 0: sh_info holds the number of program headers.
    fileprivate mutating func sectionHeader(_ format: ELFFormat, count: Int) {
        let start = bytes.count
        pad(to: start + (format.is64Bit ? 44 : 28))
        append(UInt32(count))
        pad(to: start + (format.is64Bit ? 64 : 40))
    }

    fileprivate mutating func programHeader(
        _ format: ELFFormat, type: UInt32, offset: Int, _ load: ELFCore.Load
    ) {
        append(type)
        if format.is64Bit { append(UInt32(0)) }
        for value in [UInt64(offset), load.virtual, load.physical, load.size, load.size] {
            append(word: value, format)
        }
        if !format.is64Bit { append(UInt32(0)) }
        append(word: 0, format)
    }

    private mutating func append(word: UInt64, _ format: ELFFormat) {
        if format.is64Bit { append(word) } else { append(UInt32(truncatingIfNeeded: word)) }
    }
}
