import Bytes
import Format

/// Searches for the last record of a page in steps, from the last RAM section to the first.
package struct PageSearch: Sendable {
    private let region: MappedRegion
    private let block: Int
    private let address: Int
    private let usedLength: Int
    private let mapped: MappedPages?
    private let name: String
    // In stream order; the last one is searched first.
    private var sections: [Range<Int>] = []
    private var lastBlocks: [Int?] = []
    private let count: Int
    private var reader: RAMReader
    private var position: Int?
    private var found: (offset: Int, record: RAMRecord)?
    private var window: ForwardWindow

    /// Starts the search for a page text such as `pc.ram@0x1000`; nil if the text names no page. The live
    /// part must have been read.
    package init?(_ text: String, _ document: Document) {
        guard let page = document.page(Substring(text).trimmingSpaces()) else { return nil }
        self.init(document, block: page.block, address: page.address)
    }

    package init(_ document: Document, block: Int, address: Int) {
        region = document.store.region
        window = ForwardWindow(document.store.region, from: 0, limit: document.store.region.count)
        self.block = block
        self.address = address
        let entry = document.store.state.blocks[block]
        name = document.store.table.names.text(entry.name)
        usedLength = entry.usedLength
        mapped = entry.mapped
        reader = RAMReader(
            pageSize: document.store.state.pageSize, blocks: document.store.state.blocks,
            names: document.store.table.names)
        if mapped == nil, (0..<usedLength).contains(address) {
            for record in document.store.ramRecords() {
                sections.append(record.offset + (record.ram?.hasHeader ?? true ? 5 : 0)..<record.end)
                lastBlocks.append(record.lastBlock)
            }
        }
        count = sections.count
    }

    package var isFinished: Bool { sections.isEmpty }

    /// The offset of the requested byte in its page.
    package var offsetInPage: Int { address % reader.pageSize }

    /// The fraction of the sections that was searched, from 0 to 1.
    package var progress: Double { count == 0 ? 1 : Double(count - sections.count) / Double(count) }

    /// Reads at most `budget` more records.
    package mutating func step(budget: Int) {
        let page = address / reader.pageSize * reader.pageSize
        var left = budget
        while left > 0, let section = sections.last, let lastBlock = lastBlocks.last {
            let offset = position ?? section.lowerBound
            if position == nil { reader.resume(lastBlock: lastBlock) }
            left -= 1
            window.move(to: offset)
            guard let record = try? reader.read(region, at: offset, limit: section.upperBound),
                record.kind != .eos
            else {
                sections.removeLast()
                lastBlocks.removeLast()
                position = nil
                if found != nil { sections = [] }
                continue
            }
            if record.block == block, record.address == page { found = (offset, record) }
            position = offset + record.size
        }
        if sections.isEmpty { window.close() }
    }

    /// Returns the offset of the page's byte, or of the record that represents it.
    ///
    /// - Throws: `PlaceError` if the block is shorter, or the stream has no record of the page.
    package func offset(in document: Document) throws(PlaceError) -> Int {
        guard (0..<usedLength).contains(address) else {
            throw PlaceError(
                description:
                    "\(name) has no byte \(Hex.offset(address)): it ends at \(Hex.offset(usedLength))")
        }
        if let mapped { return mapped.pages.lowerBound + address }
        guard let found else {
            throw PlaceError(description: "\(name)@\(Hex.offset(address)) is not in the stream")
        }
        let inside = found.record.kind == .raw ? address % reader.pageSize : 0
        return found.offset + 8 + found.record.nameSize + inside
    }
}
