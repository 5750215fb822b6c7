import Bytes
import Format
import Memory
import Stream

/// The page records of `ram` (migration/ram.c ram_load_precopy, 7.2 and 10.0).
package enum RAMRecordRules: SteppedCheckRule {
    package static func begin(_ context: CheckContext) -> any CheckWork { RAMRecordCheck(context) }

    package static func unknownFlags(_ flags: UInt64) -> String {
        "Unknown combination of migration flags: 0x\(Hex.digits(flags))"
    }

    // Sections that were read, and the one where reading has stopped.
    package static func isRAM(_ record: SectionRecord, _ document: Document) -> Bool {
        switch record.kind {
        case .part, .end: return document.table.names.bytes(record.name).elementsEqual("ram".utf8)
        case .gap:
            guard let type = document.region.byte(at: record.offset), type == 2 || type == 3,
                let id = document.region.bigEndian(UInt32.self, at: record.offset + 1),
                let handler = document.state.handlers[id]
            else { return false }
            return document.table.names.bytes(handler.name).elementsEqual("ram".utf8)
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
                    qemu: RAMFault.text(["Failed to load XBZRLE page - wrong compression!"], record, context))
            }
        case .raw where isMapped:
            context.add(
                .error, .ramFlags, at: position, size: 8, "page data in the stream of a mapped-ram file",
                hint: "capability mapped-ram differs",
                qemu: RAMFault.text(["Unexpected RAM flags: 8"], record, context))
        default: break
        }
    }

    private static func zero(_ body: Int, _ record: SectionRecord, _ context: inout CheckContext) {
        guard let fill = context.region.byte(at: body), fill != 0 else { return }
        context.add(
            .error, .ramZero, at: body, size: 1, "a zero page with the value \(fill)",
            hint: "QEMU 8 and older fill the page with it, later ones refuse it",
            qemu: RAMFault.text(["Found a zero page with value \(fill)"], record, context))
    }
}

/// Reads through the records of all sections of `ram`.
private struct RAMRecordCheck: CheckWork {
    /// Sections of RAM that are not looked at yet, the next one last.
    private var left: [SectionRecord]
    private var current: (record: SectionRecord, reader: RAMReader, position: Int)?
    private var coverage: Coverage
    private var rings: VirtIORings
    private let isMapped: Bool
    /// Of the loader.
    private let pageSize: Int
    private let sectionCount: Int
    private var window: ForwardWindow
    package private(set) var isFinished = false

    package init(_ context: CheckContext) {
        let document = context.document
        isMapped = document.state.blocks.contains { $0.mapped != nil }
        pageSize = context.loaderPageSize
        // A loader with other pages stops before pages can be counted.
        coverage = Coverage(document.state, isCounted: pageSize == document.state.pageSize)
        rings = VirtIORings(context)
        left = context.records.filter { RAMRecordRules.isRAM($0, document) }.reversed()
        sectionCount = left.count
        window = ForwardWindow(context.region, from: 0, limit: context.region.count)
    }

    package var progress: Double { 1 - Double(left.count) / Double(max(sectionCount, 1)) }

    package mutating func step(budget: Int, _ context: inout CheckContext) {
        var budget = budget
        while budget > 0 {
            guard current != nil || begin(context) else {
                coverage.report(&context)
                context.rings = rings
                window.close()
                isFinished = true
                return
            }
            read(&budget, &context)
        }
    }

    // The next section; false where there is none.
    private mutating func begin(_ context: CheckContext) -> Bool {
        guard let record = left.popLast() else { return false }
        let document = context.document
        let reader = RAMReader(
            pageSize: pageSize, blocks: document.state.blocks, names: document.table.names,
            lastBlock: record.lastBlock)
        current = (record, reader, record.offset + 5)
        return true
    }

    // To the end of the section, or of the budget.
    private mutating func read(_ budget: inout Int, _ context: inout CheckContext) {
        guard case (let record, var reader, var position)? = current else { return }
        current = nil
        let region = context.region
        while budget > 0 {
            budget -= 1
            window.move(to: position)
            do throws(Mismatch) {
                let page = try reader.read(region, at: position, limit: region.count)
                if page.kind == .eos { return }
                RAMRecordRules.look(at: page, position, isMapped: isMapped, record, &context)
                coverage.add(page)
                if !rings.isEmpty { rings.note(page, body: position + 8 + page.nameSize) }
                position += page.size
            } catch {
                return RAMFault.report(at: position, record, reader, &context)
            }
        }
        current = (record, reader, position)
    }
}

/// Which pages were sent at least once.
private struct Coverage {
    private let blocks: [RAMBlock]
    private let pageSize: Int
    private var seen: [[UInt64]]

    /// More pages than this are not counted.
    private static let limit = 1 << 28

    package init(_ state: StreamState, isCounted: Bool) {
        blocks = state.blocks
        pageSize = state.pageSize
        let total = blocks.reduce(0) { $0.addingSaturated($1.usedLength / state.pageSize + 1) }
        let isCounted = isCounted && total <= Self.limit && !blocks.contains { $0.mapped != nil }
        // Grown as pages come, for a block may claim more pages than the stream has.
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

    // Bytes of a virtio-mem device's memory that are plugged, by its early section; nil for other blocks. Of the rest
    // nothing is sent.
    private static func plugged(_ block: String, _ context: CheckContext) -> Int? {
        guard let slash = block.lastIndex(of: "/") else { return nil }
        let device = Array("\(block[..<slash])/virtio-mem-device-early".utf8)
        return StateField.sections(in: context.document) { $0.elementsEqual(device) }.first?.field["size"]?
            .unsigned.map { Int(clamping: $0) }
    }

    // Blocks of shared memory and the pages of other channels are not in the stream.
    package func report(_ context: inout CheckContext) {
        for (index, pages) in seen.enumerated() {
            let sent = pages.reduce(0) { $0 + $1.nonzeroBitCount }
            let all = blocks[index].usedLength / pageSize
            let name = context.table.names.text(blocks[index].name)
            guard sent < min(all, Self.plugged(name, context).map { $0 / pageSize } ?? all) else { continue }
            guard let place = context.sections.first(where: { $0.name == "ram" })?.record.offset else {
                return
            }
            context.add(
                .note, .ramCoverage, at: place, "\(name): \(sent) of \(all) pages are in the stream",
                hint: "the others are shared memory, on other channels, or lost", certainty: .possible)
        }
    }
}
