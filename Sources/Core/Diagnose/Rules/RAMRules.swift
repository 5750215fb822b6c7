import Bytes
import Format
import Memory
import Stream

/// The page records of `ram` (migration/ram.c ram_load_precopy, 7.2 and 10.0).
package enum RAMRecordRules: SteppedCheckRule {
    package static func begin(_ context: CheckContext) -> any CheckWork { RAMRecordCheck(context) }

    /// Returns the maximum size of a record in bytes: its word, the name of a block, and a page.
    package static func largest(_ pageSize: Int) -> Int { 8 + 256 + pageSize }

    package static func unknownFlags(_ flags: UInt64) -> String {
        "Unknown combination of migration flags: 0x\(Hex.digits(flags))"
    }

    // Sections that were read, and the one where reading has stopped.
    package static func isRAM(_ record: SectionRecord, _ document: Document) -> Bool {
        switch record.kind {
        case .part, .end: return document.store.table.names.bytes(record.name).elementsEqual("ram".utf8)
        case .gap:
            guard let type = document.store.region.byte(at: record.offset), type == 2 || type == 3,
                let id = document.store.region.bigEndian(UInt32.self, at: record.offset + 1),
                let handler = document.store.state.handlers[id]
            else { return false }
            return document.store.table.names.bytes(handler.name).elementsEqual("ram".utf8)
        default: return false
        }
    }

    package static func look(
        at page: RAMRecord, _ position: Int, isMapped: Bool, _ record: SectionRecord,
        _ context: inout CheckContext
    ) {
        let body = position + 8 + page.nameSize
        switch page.kind {
        case .zero: zero(body, record, &context)
        case .compressed: context.hasCompressedPages = true
        case .xbzrle:
            if context.region.byte(at: body) != 1 {
                context.add(
                    .error, .ramXbzrle, at: body, size: 1, "expected encoding 1 of XBZRLE",
                    qemu: RAMFault.text(
                        RAMFault.xbzrle(RAMFault.wrongEncoding, at: page.address), record, context))
            }
        case .raw where isMapped:
            context.add(
                .error, .ramFlags, at: position, size: 8, "page data in the stream of a mapped-ram file",
                hint: "set capability mapped-ram on both sides or on neither",
                qemu: RAMFault.text(["Unexpected RAM flags: 8"], record, context))
        default: break
        }
    }

    private static func zero(_ body: Int, _ record: SectionRecord, _ context: inout CheckContext) {
        guard let fill = context.region.byte(at: body), fill != 0 else { return }
        context.add(
            .error, .ramZero, at: body, size: 1, "a zero page has the value \(fill)",
            hint: "QEMU 8 and older fill the page with it; later versions refuse it",
            qemu: RAMFault.text(["Found a zero page with value \(fill)"], record, context))
    }
}

/// Reads through the records of all sections of `ram`.
private struct RAMRecordCheck: CheckWork {
    /// The RAM sections that are still to be read, the next one last.
    private var left: [SectionRecord]
    private var current: (record: SectionRecord, reader: RAMReader, position: Int)?
    /// The block that CONTINUE refers to after the sections so far.
    private var lastBlock: Int?
    private var coverage: Coverage
    private var words: GuestWords
    private let isMapped: Bool
    /// The target page size of the loader.
    private let pageSize: Int
    private let sectionCount: Int
    /// The blocks that the target shares, by number: it accepts no page of them.
    private let ignored: Set<Int>
    private var window: ForwardWindow
    package private(set) var isFinished = false

    package init(_ context: CheckContext) {
        let document = context.document
        isMapped = document.store.state.blocks.contains { $0.mapped != nil }
        pageSize = context.loaderPageSize
        // A loader with another page size stops before pages can be counted.
        coverage = Coverage(document.store.state, isCounted: pageSize == document.store.state.pageSize)
        words = GuestWords(context)
        left = context.records.filter { RAMRecordRules.isRAM($0, document) }.reversed()
        sectionCount = left.count
        let shared = context.target.map(SharedBlocks.names) ?? []
        let names = document.store.table.names
        ignored = Set(
            document.store.state.blocks.indices.filter {
                !shared.isEmpty
                    && shared.contains(
                        String(decoding: names.bytes(document.store.state.blocks[$0].name), as: UTF8.self))
            })
        window = ForwardWindow(context.region, from: 0, limit: context.region.count)
    }

    package var progress: Double { 1 - Double(left.count) / Double(max(sectionCount, 1)) }

    package mutating func step(budget: Int, _ context: inout CheckContext) {
        var budget = budget
        while budget > 0 {
            guard current != nil || begin(context) else {
                coverage.report(&context)
                context.guestWords = words
                window.close()
                isFinished = true
                return
            }
            read(&budget, &context)
        }
    }

    // Begins the next section; returns false when there is none.
    private mutating func begin(_ context: CheckContext) -> Bool {
        guard let record = left.popLast() else { return false }
        let document = context.document
        let reader = RAMReader(
            pageSize: pageSize, blocks: document.store.state.blocks, names: document.store.table.names,
            lastBlock: record.lastBlock ?? lastBlock)
        current = (record, reader, record.offset + 5)
        return true
    }

    // migration/ram.c ram_block_from_stream, 5.2 to 11.1.
    private mutating func refuse(
        _ page: RAMRecord, at position: Int, _ record: SectionRecord, _ context: inout CheckContext
    ) {
        let name = context.table.names.text(context.document.store.state.blocks[page.block].name)
        context.add(
            .error, .ramBlockUnknown, at: position, size: 8,
            "\(name) is shared memory on the destination, but the stream has pages of it",
            hint:
                "set capability x-ignore-shared on both sides or on neither, or share=off on the destination",
            qemu: RAMFault.text(
                [
                    "block \(name) should not be migrated !",
                    "Illegal RAM offset \(Hex.digits(UInt64(page.address)))",
                ], record, context))
        coverage.stop()
        left = []
    }

    // Reads to the end of the section, or of the budget.
    private mutating func read(_ budget: inout Int, _ context: inout CheckContext) {
        guard case (let record, var reader, var position)? = current else { return }
        current = nil
        let region = context.region
        let end = context.document.store.breakOfConnection(after: record.offset)
        while budget > 0 {
            budget -= 1
            window.move(to: position)
            do throws(Mismatch) {
                let page = try reader.read(region, at: position, limit: end ?? region.count)
                lastBlock = reader.lastBlock
                if page.kind == .eos { return }
                if page.nameSize > 0, ignored.contains(page.block) {
                    return refuse(page, at: position, record, &context)
                }
                RAMRecordRules.look(at: page, position, isMapped: isMapped, record, &context)
                coverage.add(page)
                if !words.isEmpty { words.note(page, body: position + 8 + page.nameSize) }
                position += page.size
            } catch {
                // The source resends an incomplete record over the next connection.
                if let end, end - position < RAMRecordRules.largest(pageSize) { return }
                // Pages after damage are not counted.
                if RAMFault.report(at: position, record, reader, &context) != .ramCut { coverage.stop() }
                return
            }
        }
        current = (record, reader, position)
    }
}

/// The pages that were sent at least once.
private struct Coverage {
    private let blocks: [RAMBlock]
    private let pageSize: Int
    private var seen: [[UInt64]]

    /// The maximum number of counted pages.
    private static let limit = 1 << 28

    package init(_ state: StreamState, isCounted: Bool) {
        blocks = state.blocks
        pageSize = state.pageSize
        let total = blocks.reduce(0) { $0.addingSaturated($1.usedLength / state.pageSize + 1) }
        let isCounted = isCounted && total <= Self.limit && !blocks.contains { $0.mapped != nil }
        // Grown as pages arrive, since a block may claim more pages than the stream has.
        seen = isCounted ? blocks.map { _ in [] } : []
    }

    package mutating func add(_ page: RAMRecord) {
        guard page.block >= 0, page.block < seen.count else { return }
        let number = page.address / pageSize
        let word = number / 64
        if word >= seen[page.block].count {
            seen[page.block] += [UInt64](repeating: 0, count: word + 1 - seen[page.block].count)
        }
        seen[page.block][word] |= 1 << UInt64(number % 64)
    }

    /// Stops counting, and reports nothing.
    package mutating func stop() { seen = [] }

    // The plugged memory of a virtio-mem device, in bytes, from its early section; nil for other blocks. The
    // rest is not sent.
    private static func plugged(_ block: String, _ context: CheckContext) -> Int? {
        guard let slash = block.lastIndex(of: "/") else { return nil }
        let device = Array("\(block[..<slash])/virtio-mem-device-early".utf8)
        return StateField.sections(in: context.document.store) { $0.elementsEqual(device) }.first?.field[
            "size"]?
            .unsigned.map { Int(clamping: $0) }
    }

    // The stream does not contain blocks of shared memory and the pages of other channels.
    package func report(_ context: inout CheckContext) {
        let codes: Set<FindingCode> = [.ramCut, .sectionCut, .streamCut]
        let isCut =
            context.document.loss?.isCut == true
            || (context.findings + context.document.findings).contains { codes.contains($0.code) }
        let lacksChannels = context.document.findings.contains { $0.code == .channelMissing }
        let source = context.document.store.source
        // The pages of these channels are available.
        let hasChannels = source.channels.contains { $0.kind == .multifd || $0.kind == .preempt }
        let joined = hasChannels && !seen.isEmpty ? context.document.ramIndex() : nil
        for (index, pages) in seen.enumerated() {
            let all = blocks[index].usedLength / pageSize
            let sent =
                joined.map { all - $0.counts(block: index, in: context.region).absent }
                ?? pages.reduce(0) { $0 + $1.nonzeroBitCount }
            let name = context.table.names.text(blocks[index].name)
            guard sent < min(all, Self.plugged(name, context).map { $0 / pageSize } ?? all) else { continue }
            guard let place = context.sections.first(where: { $0.name == "ram" })?.record.offset else {
                return
            }
            context.add(
                .note, .ramCoverage, at: place, "\(name): \(sent) of \(all) pages are in the stream",
                hint: isCut
                    ? "the stream is cut before the others"
                    : lacksChannels
                        ? "the others are on missing channels, shared memory, or lost"
                        : hasChannels
                            ? "the others are shared memory, or lost"
                            : "the others are shared memory, on other channels, or lost", certainty: .possible
            )
        }
    }
}

/// The loader's message for a RAM record that it can't read (migration/ram.c, 7.2 and 10.0).
package enum RAMFault {
    /// Returns the lines for a failure inside a PART or END section.
    package static func text(
        _ lines: [String], _ record: SectionRecord, _ context: CheckContext,
        _ failure: QEMULog.Failure = .invalid
    ) -> QEMULog {
        let id = context.region.bigEndian(UInt32.self, at: record.offset + 1) ?? record.section?.id ?? 0
        return QEMULog(handler: lines, version: 4, in: .section(id: id, name: "ram"), failure)
    }

    // Up to 8.0 a record with the RDMA flag is refused without a message.
    private static let hook: UInt64 = 0x80

    package struct Fault {
        package var code: FindingCode
        package var offset: Int
        package var size: Int
        package var message: String
        package var lines: [String]
        package var failure = QEMULog.Failure.invalid
    }

    /// Reports why no record can be at `position`, and returns the code.
    package static func report(
        at position: Int, _ record: SectionRecord, _ reader: RAMReader, _ context: inout CheckContext
    ) -> FindingCode {
        var fault = fault(at: position, reader, context)
        let pageSize = context.document.store.state.pageSize
        var hint =
            fault.code == .ramCut
            ? "the file is cut: copy it again, or save again"
            : "these bytes, or earlier ones, are damaged"
        if reader.pageSize != pageSize {
            fault.message = "pages have \(pageSize) bytes, but \(reader.pageSize) on the destination"
            hint = "load with a QEMU whose target pages have \(pageSize) bytes (docs/breaks.md, avr-pages)"
        }
        context.add(
            .error, fault.code, at: fault.offset, size: fault.size, fault.message, hint: hint,
            qemu: text(fault.lines, record, context, fault.failure))
        return fault.code
    }

    /// Returns the message for a word that is not a record.
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
                message: "a RAM record has the unknown flags 0x\(Hex.digits(flags))", lines: [line])
        }
        // The loader looks up the page before it checks the flags.
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
                message: "a RAM record has the unknown flags 0x\(Hex.digits(flags))",
                lines: context.isOldLoader && flags & hook != 0 ? [] : [RAMRecordRules.unknownFlags(flags)])
        }
        return content(flags, address, at: position, reader.pageSize, context)
            ?? illegalOffset(address, at: position)
    }

    // Whether the record's block has no such page.
    private static func isOutside(
        _ address: UInt64, _ flags: UInt64, at position: Int, _ reader: RAMReader, _ context: CheckContext
    ) -> Bool {
        let blocks = context.document.store.state.blocks
        var number = reader.lastBlock
        if flags & RAMFlag.cont == 0 {
            let length = Int(context.region.byte(at: position + 8) ?? 0)
            let name = context.region.copy(position + 9..<position + 9 + length)
            number = blocks.firstIndex { context.table.names.bytes($0.name).elementsEqual(name) }
        }
        guard let number, blocks.indices.contains(number) else { return false }
        return address >= UInt64(blocks[number].usedLength)
    }

    /// Up to 8.2, without the capability compress, the loader checks the flag of compressed pages first.
    package static func unexpectedCompressed(_ flags: UInt64, _ context: CheckContext) -> String? {
        flags & RAMFlag.compressPage != 0 && context.isOldLoader && !context.hasCompressedPages
            ? "Received an unexpected compressed page" : nil
    }

    // Reads past the end return zeros; only 8.1 and later check the error first.
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
            guard reader.lastBlock == nil else { return nil }
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
        let isKnown = context.document.store.state.blocks.contains {
            context.table.names.bytes($0.name).elementsEqual(name)
        }
        guard !isKnown else { return nil }
        return Fault(
            code: .ramBlockUnknown, offset: position + 9, size: name.count,
            message:
                "a page belongs to RAM block \(DisplayText.escaped(bytes: name)), which is not in the list",
            lines: ["Can't find block \(DisplayText.escaped(bytes: name))", illegal])
    }

    private static func content(
        _ flags: UInt64, _ address: UInt64, at position: Int, _ pageSize: Int, _ context: CheckContext
    ) -> Fault? {
        let region = context.region
        let name = flags & RAMFlag.cont != 0 ? 0 : 1 + Int(region.byte(at: position + 8) ?? 0)
        let body = position + 8 + name
        let left = region.count - body
        switch flags & ~RAMFlag.cont {
        case RAMFlag.page where left < pageSize, RAMFlag.zero where left < 1: return cut(context)
        case RAMFlag.xbzrle:
            // Missing bytes are read as zeros.
            let bytes = region.copy(body..<body + max(min(left, 3), 0)) + [0, 0, 0]
            let length = Int(bytes[1]) << 8 | Int(bytes[2])
            if left < 1 { return cut(context, xbzrle(wrongEncoding, at: Int(clamping: address)), .invalid) }
            guard length <= pageSize else {
                return Fault(
                    code: .ramXbzrle, offset: body + 1, size: 2,
                    message: "a page of \(pageSize) bytes has \(length) bytes of XBZRLE",
                    lines: xbzrle("len overflow!", at: Int(clamping: address)))
            }
            if length == 0, left < 3 { return cut(context) }
            guard left < 3 + length else { return nil }
            return cut(context, xbzrle("decode error!", at: Int(clamping: address)), .invalid)
        case RAMFlag.compressPage:
            guard left >= 4, let length = region.bigEndian(UInt32.self, at: body) else { return cut(context) }
            guard Int(length) > pageSize + pageSize / 1000 + 64 else {
                return left < 4 + Int(length) ? cut(context) : nil
            }
            return Fault(
                code: .ramCompressed, offset: body, size: 4,
                message: "a compressed page has the invalid length \(length)",
                lines: ["Invalid compressed data length: \(Int32(bitPattern: length))"])
        default: return nil
        }
    }

    private static func cut(
        _ context: CheckContext, _ lines: [String] = [], _ failure: QEMULog.Failure = .inputOutput
    ) -> Fault {
        Fault(
            code: .ramCut, offset: context.region.count, size: 0, message: "the stream ends inside a page",
            lines: lines, failure: failure)
    }

    static let wrongEncoding = "wrong compression!"

    /// Returns the message for a delta page that does not decode (migration/ram.c load_xbzrle,
    /// ram_load_precopy, 7.2 to 11.1).
    static func xbzrle(_ reason: String, at address: Int) -> [String] {
        [
            "Failed to load XBZRLE page - \(reason)",
            "Failed to decompress XBZRLE page at \(Hex.digits(UInt64(max(address, 0))))",
        ]
    }

    private static func illegalOffset(_ address: UInt64, at position: Int) -> Fault {
        Fault(
            code: .ramAddress, offset: position, size: 8,
            message: "offset 0x\(Hex.digits(address)) is after the end of its block",
            lines: ["Illegal RAM offset \(Hex.digits(address))"])
    }
}
