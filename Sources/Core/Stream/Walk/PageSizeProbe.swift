import Bytes
import Format

/// Determines the target page size from the first RAM records.
///
/// A stream may not state it. The description at the end of the file can belong to another stream with
/// another target page size.
package struct PageSizeProbe {
    private let region: MappedRegion
    private let state: StreamState
    private let names: NameTable
    /// The offset of the first PART section.
    private let position: Int

    /// The maximum number of records read; those of a wrong size end in the first page that has content.
    private static let recordLimit = 64
    /// The maximum number of page bodies skipped, so that opening a stream touches little of its RAM.
    private static let pageLimit = 2
    /// The page sizes of all targets, the likely ones first (target/*/cpu-param.h, 7.2 to 11.1).
    private static let sizes = [4096, 8192, 1024, 65536, 16384, 2048, 32768, 512, 256]

    package init(_ region: MappedRegion, at position: Int, state: StreamState, names: NameTable) {
        self.region = region
        self.state = state
        self.names = names
        self.position = position
    }

    /// The page size of the records if it differs from that of `state`; nil if it does not, or no size fits.
    /// O(1).
    package var size: Int? {
        guard let id = sectionID, !state.blocks.isEmpty, state.blocks.allSatisfy({ $0.mapped == nil }),
            !fits(state.pageSize, id)
        else { return nil }
        return Self.sizes.first { $0 != state.pageSize && fits($0, id) }
    }

    // The id of the first section if it holds pages.
    private var sectionID: UInt32? {
        guard let byte = region.byte(at: position), [.part, .end].contains(SectionType(rawValue: byte)),
            let id = region.bigEndian(UInt32.self, at: position + 1), let handler = state.handlers[id],
            names.bytes(handler.name).elementsEqual("ram".utf8)
        else { return nil }
        return id
    }

    // Whether the records follow each other up to the limits of this probe, or lead to the end of the
    // section. Zero pages have the same length for all page sizes; then the first pass over RAM, which misses
    // no page, gives the size.
    private func fits(_ size: Int, _ id: UInt32) -> Bool {
        var reader = RAMReader(pageSize: size, blocks: state.blocks, names: names)
        var offset = position + 5
        var last: RAMRecord?
        var (shortest, longest) = (Int.max, 0)
        var pages = 0
        for _ in 0..<Self.recordLimit {
            guard let record = try? reader.read(region, at: offset, limit: region.count) else { return false }
            offset += record.size
            if record.kind == .eos { return isEnd(offset, id) }
            if let last, last.block == record.block {
                shortest = min(shortest, record.address - last.address)
                longest = max(longest, record.address - last.address)
            }
            last = record
            if record.size > size { pages += 1 }
            if pages == Self.pageLimit { return true }
        }
        return shortest != longest || shortest == size
    }

    // Whether the section's footer is at `offset`, or, without footers, something that may follow a section.
    private func isEnd(_ offset: Int, _ id: UInt32) -> Bool {
        guard state.hasFooters == false else {
            return region.byte(at: offset) == SectionType.footer.rawValue
                && region.bigEndian(UInt32.self, at: offset + 1) == id
        }
        return offset == region.count
            || FooterSearch(region: region, limit: region.count).canFollow(at: offset)
    }
}
