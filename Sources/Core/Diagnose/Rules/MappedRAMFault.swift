import Bytes
import Format
import Stream

/// What the loader says to a block of a mapped-ram file that is cut (migration/ram.c parse_ramblock_mapped_ram, 9.0 to
/// 11.1).
struct MappedRAMFault {
    private var line: String
    private var message: String

    /// The loader reads this much of a run of pages at once (MAPPED_RAM_LOAD_BUF_SIZE).
    private static let pieceSize = 1 << 20
    private static let headerSize = 28

    /// Of the block of that number in the list, whose length ends at `offset`; nil where the file has all of it. O(pages).
    init?(block number: Int, at offset: Int, _ context: CheckContext) {
        let blocks = context.document.state.blocks
        guard blocks.indices.contains(number), let mapped = blocks[number].mapped else { return nil }
        let region = context.region
        let hasAddress = context.document.state.capabilities.contains {
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

    // The first piece of a run of pages that the file does not have whole: its offset in the block, its size, and how much
    // of it there is.
    private static func missing(
        _ mapped: MappedPages, _ pageCount: Int, _ region: MappedRegion
    ) -> (address: Int, size: Int, there: Int)? {
        var page = 0
        while page < pageCount {
            guard mapped.isPresent(page, in: region) == true else {
                page += 1
                continue
            }
            let start = page
            while page < pageCount, mapped.isPresent(page, in: region) == true { page += 1 }
            let end = page * mapped.pageSize
            guard end > mapped.pages.count else { continue }
            var address = start * mapped.pageSize
            while address + min(end - address, pieceSize) <= mapped.pages.count { address += pieceSize }
            return (address, min(end - address, pieceSize), max(mapped.pages.count - address, 0))
        }
        return nil
    }

    func report(_ name: [UInt8], _ section: CheckedSection, _ context: inout CheckContext) {
        context.add(
            .error, .mappedRAM, at: context.region.count, message + " (\(DisplayText.escaped(bytes: name)))",
            hint: "the file is cut: copy it again, or save again",
            qemu: QEMULog(handler: [line], version: 4, in: section.wrapper))
    }
}
