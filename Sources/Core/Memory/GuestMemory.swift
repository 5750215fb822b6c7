import Bytes
import Format
import Stream

/// Guest-physical memory from the stream.
package struct GuestMemory: Sendable {
    package let map: GuestMap
    package let pages: PageReader

    /// `index` must be complete; `places` gives the addresses of blocks from the user. O(sections).
    package init(_ document: Document, index: RAMIndex, places: [BlockPlace] = []) {
        pages = PageReader(region: document.store.region, index: index)
        map = GuestMap(document, architecture: Architecture(document), pages: pages, places: places)
    }

    package init(map: GuestMap, pages: PageReader) {
        self.map = map
        self.pages = pages
    }

    /// Returns the little-endian integer at a physical address; nil if a byte of it is not in the stream.
    package func littleEndian<T: FixedWidthInteger>(_ type: T.Type, at physical: UInt64) -> T? {
        guard let bytes = bytes(at: physical, count: MemoryLayout<T>.size) else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }

    /// Returns the big-endian integer at a physical address; nil if a byte of it is not in the stream.
    package func bigEndian<T: FixedWidthInteger>(_ type: T.Type, at physical: UInt64) -> T? {
        guard let bytes = bytes(at: physical, count: MemoryLayout<T>.size) else { return nil }
        return bytes.reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }

    // Returns a few bytes inside one page.
    private func bytes(at physical: UInt64, count: Int) -> [UInt8]? {
        let piece = piece(at: physical, limit: UInt64(count))
        guard piece.count >= UInt64(count) else { return nil }
        return switch piece.content {
        case .bytes(let bytes): bytes
        case .zero: [UInt8](repeating: 0, count: count)
        case .absent, .nothing: nil
        }
    }
}

extension GuestMemory: MemorySource {
    package func piece(at address: UInt64, limit: UInt64) -> MemoryPiece {
        guard let start = Int(exactly: address), start < GuestMap.addressLimit,
            let number = map.index(atOrAbove: start)
        else { return MemoryPiece(.nothing(Self.nothingThere), count: limit) }
        let region = map.regions[number]
        guard region.physical <= start else {
            return MemoryPiece(
                .nothing(Self.nothingThere), count: min(limit, UInt64(region.physical - start)))
        }
        let left = min(Int(clamping: limit), region.end - start)
        return piece(block: region.block, offset: region.blockOffset + start - region.physical, left: left)
    }

    package func release() { pages.release() }

    private static let nothingThere = "no RAM is at this physical address"

    private func piece(block: Int, offset: Int, left: Int) -> MemoryPiece {
        let pageSize = pages.index.pageSize
        let inside = offset % pageSize
        let first = pages.content(
            block: block, page: offset / pageSize, inside..<min(pageSize, inside + left))
        guard first.isUniform else { return MemoryPiece(first, count: UInt64(min(pageSize - inside, left))) }
        // Adjacent pages of the same kind are combined, so that a hole of many pages takes one step.
        var count = pageSize - inside
        var page = offset / pageSize + 1
        while count < left, pages.kind(block: block, page: page) == first {
            let next = self.next(block, page, isAbsent: first == .absent)
            count += (next - page) * pageSize
            page = next
        }
        return MemoryPiece(first, count: UInt64(min(count, left)))
    }

    // Returns the next page to check. There may be any number of pages that were never sent.
    private func next(_ block: Int, _ page: Int, isAbsent: Bool) -> Int {
        isAbsent ? max(page + 1, pages.index.nextKept(block: block, from: page)) : page + 1
    }

    /// Returns whether the content at an address is known, and the number of bytes for which that is so.
    /// Reads no pages.
    package func extent(at address: UInt64, limit: UInt64) -> (isKnown: Bool, count: UInt64) {
        guard let start = Int(exactly: address), start < GuestMap.addressLimit,
            let number = map.index(atOrAbove: start), map.regions[number].physical <= start
        else { return (false, limit) }
        let region = map.regions[number]
        let left = min(Int(clamping: limit), region.end - start)
        let offset = region.blockOffset + start - region.physical
        let pageSize = pages.index.pageSize
        var page = offset / pageSize
        let isKnown = pages.kind(block: region.block, page: page) != .absent
        var count = pageSize - offset % pageSize
        page += 1
        while count < left, (pages.kind(block: region.block, page: page) != .absent) == isKnown {
            let next = next(region.block, page, isAbsent: !isKnown)
            count += (next - page) * pageSize
            page = next
        }
        return (isKnown, UInt64(min(count, left)))
    }
}

/// The content of a piece of memory.
package enum MemoryContent: Sendable, Equatable {
    case bytes([UInt8])
    case zero
    /// RAM whose content is not in the stream.
    case absent
    /// No memory, with the reason.
    case nothing(String)

    package var isUniform: Bool { self == .zero || self == .absent }
}

/// A stretch of memory of one kind.
package struct MemoryPiece: Sendable, Equatable {
    package var content: MemoryContent
    /// The size in bytes, at least 1.
    package var count: UInt64

    package init(_ content: MemoryContent, count: UInt64) {
        self.content = content
        self.count = count
    }
}

/// An address space that is read piece by piece.
package protocol MemorySource: Sendable {
    /// Returns the content at `address`, at most `limit` bytes. `limit` must be at least 1 and must not wrap.
    func piece(at address: UInt64, limit: UInt64) -> MemoryPiece
    /// Releases the mapped bytes that were read; they remain readable.
    func release()
}

/// Memory as seen through the page tables of a CPU.
package struct VirtualMemory: MemorySource {
    package let processor: any GuestProcessor
    package let memory: GuestMemory

    package init(processor: any GuestProcessor, memory: GuestMemory) {
        self.processor = processor
        self.memory = memory
    }

    package func release() { memory.release() }

    /// Returns whether the CPU has paging off, so that a virtual address is a physical one.
    package func isUntranslated(_ address: UInt64) -> Bool {
        (try? processor.translate(address, in: memory))?.isUntranslated ?? false
    }

    package func piece(at address: UInt64, limit: UInt64) -> MemoryPiece {
        do throws(PageFault) {
            let mapping = try processor.translate(address, in: memory)
            let piece = memory.piece(at: mapping.physical, limit: max(1, min(limit, mapping.remaining)))
            guard case .nothing = piece.content else { return piece }
            let reason =
                mapping.isUntranslated
                ? "paging is disabled in the CPU, and no RAM is at this address"
                : "the page tables map the address to physical 0x\(Hex.digits(mapping.physical)), where no RAM is"
            return MemoryPiece(.nothing(reason), count: piece.count)
        } catch {
            return MemoryPiece(.nothing(error.reason), count: max(1, min(limit, error.remaining)))
        }
    }
}
