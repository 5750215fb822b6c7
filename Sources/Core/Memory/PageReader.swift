import Bytes
import CZlib
import Format

/// Returns the content of guest pages.
package struct PageReader: Sendable {
    package let region: MappedRegion
    package let index: RAMIndex
    // Maps the stream in windows ahead of sequential readers, and releases them.
    private let window: SharedWindow

    package init(region: MappedRegion, index: RAMIndex) {
        self.region = region
        self.index = index
        window = SharedWindow(region)
    }

    /// Releases what is mapped; it remains readable.
    package func release() { window.close() }

    /// Prepares the bytes of a page for reading from the region.
    package func prepare(_ entry: PageEntry) {
        guard entry.space == 0, entry.kind == .raw || entry.kind == .compressed else { return }
        window.move(to: entry.offset)
    }

    /// The content of a page.
    package enum Content: Sendable, Equatable {
        /// The content is not in the stream.
        case absent
        case zero
        case bytes([UInt8])
    }

    /// Returns the content of page number `page` of a block. O(page size · XBZRLE records of the page).
    package func content(block: Int, page: Int) -> Content {
        let entry = index.entry(block: block, page: page, in: region)
        return switch entry.kind {
        case .absent: .absent
        case .zero: .zero
        case .raw, .xbzrle, .compressed: bytes(entry).map(Content.bytes) ?? .absent
        }
    }

    /// Returns the bytes `range` of a page. O(range) for pages that were sent raw.
    package func content(block: Int, page: Int, _ range: Range<Int>) -> MemoryContent {
        let entry = index.entry(block: block, page: page, in: region)
        prepare(entry)
        if entry.kind == .raw {
            let start = entry.offset
            return .bytes(
                index.region(of: entry, stream: region).copy(
                    start + range.lowerBound..<start + range.upperBound))
        }
        return switch content(block: block, page: page) {
        case .absent: .absent
        case .zero: .zero
        case .bytes(let bytes): .bytes(Array(bytes[range]))
        }
    }

    /// Returns `.zero` or `.absent` for pages that are entirely so; nil for pages with bytes. O(1).
    package func kind(block: Int, page: Int) -> MemoryContent? {
        switch index.entry(block: block, page: page, in: region).kind {
        case .zero: .zero
        case .absent: .absent
        case .raw, .xbzrle, .compressed: nil
        }
    }

    private func bytes(_ entry: PageEntry) -> [UInt8]? {
        prepare(entry)
        return switch entry.kind {
        case .absent: nil
        case .zero: [UInt8](repeating: 0, count: index.pageSize)
        case .raw:
            index.region(of: entry, stream: region).copy(entry.offset..<entry.offset + index.pageSize)
        case .compressed: inflated(at: entry.place)
        case .xbzrle: patched(entry)
        }
    }

    // Applies all patches in order to the last full record.
    private func patched(_ entry: PageEntry) -> [UInt8]? {
        var chain: [Int] = []
        var current = entry
        while current.kind == .xbzrle, let patch = index.patches[current.place] {
            chain.append(patch.offset)
            current = patch.base
        }
        var page = bytes(current) ?? [UInt8](repeating: 0, count: index.pageSize)
        for offset in chain.reversed() {
            guard XBZRLE.apply(region, lengthAt: offset, to: &page) else { return nil }
        }
        return page
    }

    package func inflated(at offset: Int) -> [UInt8]? {
        guard let length = region.bigEndian(UInt32.self, at: offset) else { return nil }
        let packed = region.copy(offset + 4..<offset + 4 + Int(length))
        var page = [UInt8](repeating: 0, count: index.pageSize)
        var size = uLong(page.count)
        guard uncompress(&page, &size, packed, uLong(packed.count)) == Z_OK, Int(size) == page.count else {
            return nil
        }
        return page
    }
}

/// The delta encoding of pages (migration/xbzrle.c, 7.2): runs of kept bytes and runs of new bytes.
package enum XBZRLE {
    /// Applies the record whose be16 length is at `offset`. Returns false if it does not fit the page.
    package static func apply(_ region: MappedRegion, lengthAt offset: Int, to page: inout [UInt8]) -> Bool {
        guard let length = region.bigEndian(UInt16.self, at: offset) else { return false }
        let end = offset + 2 + Int(length)
        var input = offset + 2
        var output = 0
        while input < end {
            guard let kept = count(region, &input, end), kept > 0 || output == 0 else { return false }
            output += kept
            guard let changed = count(region, &input, end), changed > 0, changed <= end - input,
                changed <= page.count - output
            else { return false }
            page.replaceSubrange(output..<output + changed, with: region.copy(input..<input + changed))
            input += changed
            output += changed
        }
        return output <= page.count
    }

    // Reads a ULEB128 number of at most two bytes.
    private static func count(_ region: MappedRegion, _ input: inout Int, _ end: Int) -> Int? {
        guard input < end, let low = region.byte(at: input) else { return nil }
        input += 1
        guard low & 0x80 != 0 else { return Int(low) }
        guard input < end, let high = region.byte(at: input), high & 0x80 == 0 else { return nil }
        input += 1
        return Int(low & 0x7f) | Int(high) << 7
    }
}
