import Bytes
import Format
import Memory

/// Guest memory made of some pages at physical addresses; all other pages of its 16 MiB are absent.
package struct TestMemory {
    package static let size = 16 << 20
    private var pages: [Int: [UInt8]] = [:]

    package init() {}

    /// Puts an integer at an address, little-endian unless asked.
    package mutating func put<T: FixedWidthInteger>(_ value: T, at address: Int, bigEndian: Bool = false) {
        var page = pages[address / 4096] ?? [UInt8](repeating: 0, count: 4096)
        withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) {
            page.replaceSubrange(address % 4096..<address % 4096 + MemoryLayout<T>.size, with: $0)
        }
        pages[address / 4096] = page
    }

    package var memory: GuestMemory {
        var bytes: [UInt8] = []
        var blockPages = BlockPages(pageCount: Self.size / 4096)
        for (number, page) in pages {
            blockPages.insert(
                PageRun(firstPage: number, count: 1, kind: .raw, place: bytes.count, stride: 4096))
            bytes += page
        }
        return Self.memory(bytes, blockPages)
    }

    package static func memory(_ bytes: [UInt8], _ pages: BlockPages) -> GuestMemory {
        let block = RAMIndex.Block(name: .empty, size: pages.pageCount * 4096, pages: pages, mapped: nil)
        var map = GuestMap()
        map.place(block: 0, size: block.size, at: 0)
        let index = RAMIndex(pageSize: 4096, blocks: [block])
        return GuestMemory(map: map, pages: PageReader(region: MappedRegion(copying: bytes), index: index))
    }
}
