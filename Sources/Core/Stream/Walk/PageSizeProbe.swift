import Bytes
import Format

/// Measures the target page size by the first RAM records.
///
/// A stream may not say it, or seem to: the description at the end of the file can be that of another stream, with the
/// pages of another target.
package struct PageSizeProbe {
    private let region: MappedRegion
    private let state: StreamState
    private let names: NameTable
    /// Where the first PART section begins.
    private let position: Int

    /// Records that are read at most: those of a wrong size end in the content of the first page that has any.
    private static let recordLimit = 64
    /// Pages that are stepped over at most, so that opening a stream touches little of its RAM.
    private static let pageLimit = 2
    /// The sizes of all targets, the likely ones first (target/*/cpu-param.h, 7.2 to 11.1).
    private static let sizes = [4096, 8192, 1024, 65536, 16384, 2048, 32768, 512, 256]

    package init(_ region: MappedRegion, at position: Int, state: StreamState, names: NameTable) {
        self.region = region
        self.state = state
        self.names = names
        self.position = position
    }

    /// The size that the records have, where they do not have that of `state`; nil where they do, or none fits. O(1).
    package var size: Int? {
        guard let id = sectionID, !state.blocks.isEmpty, state.blocks.allSatisfy({ $0.mapped == nil }),
            !fits(state.pageSize, id)
        else { return nil }
        return Self.sizes.first { $0 != state.pageSize && fits($0, id) }
    }

    // Of a first section that holds pages.
    private var sectionID: UInt32? {
        guard let byte = region.byte(at: position), [.part, .end].contains(SectionType(rawValue: byte)),
            let id = region.bigEndian(UInt32.self, at: position + 1), let handler = state.handlers[id],
            names.bytes(handler.name).elementsEqual("ram".utf8)
        else { return nil }
        return id
    }

    // Whether as many records as are looked at follow each other, or lead to the end of the section. Those of zeros have one
    // length for all sizes: then the first pass over RAM, which leaves no page out, gives the size.
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

    // Whether the section's footer is at `offset`, or where there are none what may follow the section.
    private func isEnd(_ offset: Int, _ id: UInt32) -> Bool {
        guard state.hasFooters == false else {
            return region.byte(at: offset) == SectionType.footer.rawValue
                && region.bigEndian(UInt32.self, at: offset + 1) == id
        }
        return offset == region.count
            || FooterSearch(region: region, limit: region.count).canFollow(at: offset)
    }
}
