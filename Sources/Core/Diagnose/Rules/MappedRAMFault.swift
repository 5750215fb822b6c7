import Bytes
import Format
import Stream

/// The loader's message for a block of a mapped-ram file that is cut, or whose pages exceed the destination's
/// block (migration/ram.c parse_ramblock_mapped_ram, 9.0 to 11.1).
struct MappedRAMFault {
    private var line: String
    private var message: String
    private var hint = "the file is cut: copy it again, or save again"
    /// The offset; nil means the end of the stream.
    private var offset: Int?

    /// The number of bytes that the loader reads at once from a run of pages (MAPPED_RAM_LOAD_BUF_SIZE).
    private static let pieceSize = 1 << 20
    private static let headerSize = 28

    /// Checks the block with that number in the list, whose length field ends at `offset`; nil when the file
    /// has all of it. O(pages).
    init?(block number: Int, at offset: Int, _ context: CheckContext) {
        let blocks = context.document.store.state.blocks
        guard blocks.indices.contains(number), let mapped = blocks[number].mapped else { return nil }
        let region = context.region
        let hasAddress = context.document.store.state.capabilities.contains {
            context.table.names.bytes($0).elementsEqual("x-ignore-shared".utf8)
        }
        let header = offset + (hasAddress ? 8 : 0)
        let size = max(region.count - header, 0)
        guard size >= Self.headerSize else {
            message = "the file ends inside a mapped-ram header"
            line =
                "Could not read whole mapped-ram migration header (expected \(Self.headerSize), got \(size) bytes)"
            return
        }
        let pageCount = blocks[number].usedLength / mapped.pageSize
        guard mapped.bitmap.count >= (pageCount + 63) / 64 * 8 else {
            message = "the file ends inside the bitmap of a block"
            line = "Error reading dirty bitmap"
            return
        }
        guard mapped.pages.count < blocks[number].usedLength,
            let missing = Self.missing(mapped, pageCount, region)
        else { return nil }
        let name = context.table.names.text(blocks[number].name)
        let place = (region.bigEndian(UInt64.self, at: header + 20) ?? 0) &+ UInt64(missing.address)
        let words =
            context.version < QEMUVersion(11, 0)
            ? "Partial read of size \(missing.there), expected \(missing.size)"
            : "Unexpected end-of-file before all data were read"
        message = "the file ends inside the pages of a block"
        line =
            "(\(name)) failed to read page \(String(missing.address, radix: 16))from file offset "
            + "\(String(place, radix: 16)): \(words)"
    }

    /// Checks a block that has `local` bytes on the destination: lengths are not compared, but each piece of
    /// a run of pages must begin inside the block. Nil when all do. O(pages).
    init?(block: RAMBlock, at offset: Int, holding local: UInt64, _ context: CheckContext) {
        guard let mapped = block.mapped, local < UInt64(clamping: block.usedLength) else { return nil }
        let piece = Self.runs(mapped, block.usedLength / mapped.pageSize, context.region) { start, end in
            let first =
                start + max(0, Int(clamping: local) - start + Self.pieceSize - 1) / Self.pieceSize
                * Self.pieceSize
            return first < end ? first : nil
        }
        guard piece != nil else { return nil }
        let name = context.table.names.text(block.name)
        message = "the destination has 0x\(Hex.digits(local)) bytes, but pages with content follow"
        line = "page outside of ramblock \(name) range"
        hint = "-m, or the size of the memory backend, is smaller than on the source"
        self.offset = offset
    }

    // Returns the first result of `wanted` over the runs of pages, given in bytes of the block.
    private static func runs<Result>(
        _ mapped: MappedPages, _ pageCount: Int, _ region: MappedRegion, _ wanted: (Int, Int) -> Result?
    ) -> Result? {
        var page = 0
        while page < pageCount {
            guard mapped.isPresent(page, in: region) == true else {
                page += 1
                continue
            }
            let start = page
            while page < pageCount, mapped.isPresent(page, in: region) == true { page += 1 }
            if let result = wanted(start * mapped.pageSize, page * mapped.pageSize) { return result }
        }
        return nil
    }

    // The first piece of a run of pages that is incomplete in the file: its offset in the block, its size,
    // and the size of the present part.
    private static func missing(
        _ mapped: MappedPages, _ pageCount: Int, _ region: MappedRegion
    ) -> (address: Int, size: Int, there: Int)? {
        runs(mapped, pageCount, region) { start, end in
            guard end > mapped.pages.count else { return nil }
            var address = start
            while address + min(end - address, pieceSize) <= mapped.pages.count { address += pieceSize }
            return (address, min(end - address, pieceSize), max(mapped.pages.count - address, 0))
        }
    }

    func report(_ name: [UInt8], _ section: CheckedSection, _ context: inout CheckContext) {
        context.add(
            .error, .mappedRAM, at: offset ?? context.region.count, size: offset == nil ? 0 : 8,
            message + " (\(DisplayText.escaped(bytes: name)))",
            hint: hint,
            qemu: QEMULog(handler: [line], version: 4, in: section.wrapper))
    }
}
