import Bytes
import Format
import Memory

/// What the loader says to a RAM record that it can't read (migration/ram.c, 7.2 and 10.0).
package enum RAMFault {
    /// Lines inside a PART or END section.
    package static func text(
        _ lines: [String], _ record: SectionRecord, _ context: CheckContext,
        _ failure: QEMULog.Failure = .invalid
    ) -> QEMULog {
        let id = context.region.bigEndian(UInt32.self, at: record.offset + 1) ?? record.id
        return QEMULog(handler: lines, version: 4, in: .section(id: id, name: "ram"), failure)
    }

    // Up to 8.0 a record with RDMA's flag is refused without a word.
    private static let hook: UInt64 = 0x80

    package struct Fault {
        package var code: FindingCode
        package var offset: Int
        package var size: Int
        package var message: String
        package var lines: [String]
        package var failure = QEMULog.Failure.invalid
    }

    /// Says why no record can be at `position`.
    package static func report(
        at position: Int, _ record: SectionRecord, _ reader: RAMReader, _ context: inout CheckContext
    ) {
        var fault = fault(at: position, reader, context)
        let pageSize = context.document.state.pageSize
        var hint =
            fault.code == .ramCut
            ? "the file is cut: copy it again, or save again"
            : "these bytes, or some before them, are damaged"
        if reader.pageSize != pageSize {
            fault.message = "pages have \(pageSize) bytes, those of the destination \(reader.pageSize)"
            hint = "load with a QEMU whose target pages have \(pageSize) bytes (docs/breaks.md, avr-pages)"
        }
        context.add(
            .error, fault.code, at: fault.offset, size: fault.size, fault.message, hint: hint,
            qemu: text(fault.lines, record, context, fault.failure))
    }

    /// What is said to a word that is no record.
    package static func lines(at position: Int, _ reader: RAMReader, _ context: CheckContext) -> [String] {
        fault(at: position, reader, context).lines
    }

    private static func fault(at position: Int, _ reader: RAMReader, _ context: CheckContext) -> Fault {
        let region = context.region
        guard let word = region.bigEndian(UInt64.self, at: position) else {
            return headerCut(position, context)
        }
        let flags = word & UInt64(reader.pageSize - 1)
        if let line = unexpectedCompressed(flags, context) {
            return Fault(
                code: .ramFlags, offset: position, size: 8,
                message: "flags 0x\(Hex.digits(flags)) of a RAM record", lines: [line])
        }
        // A page is looked for before the flags as a whole.
        let pages = RAMFlag.zero | RAMFlag.page | RAMFlag.xbzrle | RAMFlag.compressPage
        let address = word & ~UInt64(reader.pageSize - 1)
        if flags & pages != 0, let fault = owner(flags, address, at: position, reader, context) {
            return fault
        }
        let kinds: Set<UInt64> = [RAMFlag.zero, RAMFlag.page, RAMFlag.xbzrle, RAMFlag.compressPage]
        guard kinds.contains(flags & ~RAMFlag.cont) else {
            if flags & pages != 0, isOutside(address, flags, at: position, reader, context) {
                return illegalOffset(address, at: position)
            }
            return Fault(
                code: .ramFlags, offset: position, size: 8,
                message: "flags 0x\(Hex.digits(flags)) of a RAM record",
                lines: context.isOldLoader && flags & hook != 0 ? [] : [RAMRecordRules.unknownFlags(flags)])
        }
        return content(flags, at: position, reader.pageSize, context) ?? illegalOffset(address, at: position)
    }

    // Whether the block that a record belongs to has no such page.
    private static func isOutside(
        _ address: UInt64, _ flags: UInt64, at position: Int, _ reader: RAMReader, _ context: CheckContext
    ) -> Bool {
        let blocks = context.document.state.blocks
        var number: Int? = reader.lastBlock
        if flags & RAMFlag.cont == 0 {
            let length = Int(context.region.byte(at: position + 8) ?? 0)
            let name = context.region.copy(position + 9..<position + 9 + length)
            number = blocks.firstIndex { context.table.names.bytes($0.name).elementsEqual(name) }
        }
        guard let number, blocks.indices.contains(number) else { return false }
        return address >= UInt64(blocks[number].usedLength)
    }

    /// Up to 8.2, without capability compress, the flag of compressed pages is looked at first.
    package static func unexpectedCompressed(_ flags: UInt64, _ context: CheckContext) -> String? {
        flags & RAMFlag.compressPage != 0 && context.isOldLoader && !context.hasCompressedPages
            ? "Received an unexpected compressed page" : nil
    }

    // Zeros are read past the end; only 8.1 and later look at the error first.
    package static func headerCut(_ position: Int, _ context: CheckContext) -> Fault {
        let count = context.region.count
        return context.isOldLoader
            ? Fault(
                code: .ramCut, offset: count, size: 0,
                message: "the stream ends where a RAM record should be",
                lines: [RAMRecordRules.unknownFlags(0)])
            : Fault(
                code: .ramCut, offset: count, size: 0,
                message: "the stream ends where a RAM record should be",
                lines: ["Getting RAM address failed"], failure: .inputOutput)
    }

    private static func owner(
        _ flags: UInt64, _ address: UInt64, at position: Int, _ reader: RAMReader, _ context: CheckContext
    ) -> Fault? {
        let illegal = "Illegal RAM offset \(Hex.digits(address))"
        if flags & RAMFlag.cont != 0 {
            guard reader.lastBlock < 0 else { return nil }
            return Fault(
                code: .ramContinue, offset: position, size: 8,
                message: "CONTINUE before the first block name",
                lines: ["Ack, bad migration stream!", illegal])
        }
        let region = context.region
        guard let length = region.byte(at: position + 8), Int(length) <= region.count - position - 9 else {
            return Fault(
                code: .ramCut, offset: region.count, size: 0,
                message: "the stream ends inside a block name",
                lines: ["Can't find block ", illegal])
        }
        let name = region.copy(position + 9..<position + 9 + Int(length))
        let isKnown = context.document.state.blocks.contains {
            context.table.names.bytes($0.name).elementsEqual(name)
        }
        guard !isKnown else { return nil }
        return Fault(
            code: .ramBlockUnknown, offset: position + 9, size: name.count,
            message:
                "a page of the RAM block \(DisplayText.escaped(bytes: name)), which the list does not have",
            lines: ["Can't find block \(DisplayText.escaped(bytes: name))", illegal])
    }

    private static func content(
        _ flags: UInt64, at position: Int, _ pageSize: Int, _ context: CheckContext
    ) -> Fault? {
        let region = context.region
        let name = flags & RAMFlag.cont != 0 ? 0 : 1 + Int(region.byte(at: position + 8) ?? 0)
        let body = position + 8 + name
        switch flags & ~RAMFlag.cont {
        case RAMFlag.page where region.count - body < pageSize, RAMFlag.zero where region.count - body < 1:
            return Fault(
                code: .ramCut, offset: region.count, size: 0, message: "the stream ends inside a page",
                lines: [],
                failure: .inputOutput)
        case RAMFlag.xbzrle:
            guard let length = region.bigEndian(UInt16.self, at: body + 1), Int(length) > pageSize else {
                return nil
            }
            return Fault(
                code: .ramXbzrle, offset: body + 1, size: 2,
                message: "\(length) bytes of XBZRLE in a page of \(pageSize)",
                lines: ["Failed to load XBZRLE page - len overflow!"])
        case RAMFlag.compressPage:
            guard let length = region.bigEndian(UInt32.self, at: body),
                Int(length) > pageSize + pageSize / 1000 + 64
            else {
                return nil
            }
            return Fault(
                code: .ramCompressed, offset: body, size: 4,
                message: "\(length) bytes of a compressed page",
                lines: ["Invalid compressed data length: \(Int32(bitPattern: length))"])
        default: return nil
        }
    }

    private static func illegalOffset(_ address: UInt64, at position: Int) -> Fault {
        Fault(
            code: .ramAddress, offset: position, size: 8,
            message: "offset 0x\(Hex.digits(address)) is beyond the end of its block",
            lines: ["Illegal RAM offset \(Hex.digits(address))"])
    }
}
