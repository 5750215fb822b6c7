/// Compares guest RAM page by page, whatever the records were in which it was sent.
public struct RAMComparison {
    /// What differs in one block.
    public struct Block: Sendable, Equatable {
        /// Escaped.
        public var name: String
        public var pageCount = 0
        /// Pages that both streams have, with other bytes.
        public var changed = 0
        /// Pages that only one of the streams has.
        public var onlyLeft = 0
        public var onlyRight = 0
        /// The first runs of changed pages, as offsets in the block in bytes.
        public var runs: [Range<Int>] = []
        /// All runs of changed pages.
        public var runCount = 0

        public var isEqual: Bool { changed == 0 && onlyLeft == 0 && onlyRight == 0 }
    }

    /// So many runs are kept of a block.
    public static let runLimit = 1000

    private let left: PageReader
    private let right: PageReader

    public init(_ left: PageReader, _ right: PageReader) {
        self.left = left
        self.right = right
    }

    /// Compares one block of each. O(pages), and the bytes of pages that both have.
    func compare(_ first: Int, _ second: Int, name: String) -> Block {
        var block = Block(name: name)
        let pageSize = left.index.pageSize
        block.pageCount = min(left.index.blocks[first].size, right.index.blocks[second].size) / pageSize
        var open: Int?
        var read = 0
        for page in 0..<block.pageCount {
            let isChanged = look(first, second, page, &block, &read)
            if isChanged { block.changed += 1 }
            if isChanged, open == nil { open = page }
            if let start = open, !isChanged {
                Self.close(start..<page, pageSize, &block)
                open = nil
            }
            if read >= Self.releaseSize {
                release()
                read = 0
            }
        }
        if let start = open { Self.close(start..<block.pageCount, pageSize, &block) }
        release()
        return block
    }

    private static func close(_ pages: Range<Int>, _ pageSize: Int, _ block: inout Block) {
        block.runCount += 1
        guard block.runs.count < runLimit else { return }
        block.runs.append(pages.lowerBound * pageSize..<pages.upperBound * pageSize)
    }

    private func look(_ first: Int, _ second: Int, _ page: Int, _ block: inout Block, _ read: inout Int)
        -> Bool
    {
        let pageSize = left.index.pageSize
        let one = left.index.entry(block: first, page: page, in: left.region)
        let two = right.index.entry(block: second, page: page, in: right.region)
        switch (one.kind, two.kind) {
        case (.absent, .absent), (.zero, .zero): return false
        case (.absent, _):
            block.onlyRight += 1
            return false
        case (_, .absent):
            block.onlyLeft += 1
            return false
        case (.raw, .raw):
            read += 2 * pageSize
            return !left.region.isEqual(
                one.place..<one.place + pageSize, to: right.region, two.place..<two.place + pageSize)
        default:
            read += pageSize
            return bytes(left, first, page) != bytes(right, second, page)
        }
    }

    private func bytes(_ reader: PageReader, _ block: Int, _ page: Int) -> [UInt8]? {
        switch reader.content(block: block, page: page) {
        case .absent: nil
        case .zero: [UInt8](repeating: 0, count: reader.index.pageSize)
        case .bytes(let bytes): bytes
        }
    }

    /// The mappings are given back after so many bytes, so that the program stays small.
    private static let releaseSize = 16 << 20

    private func release() {
        left.region.advise(.done, 0..<left.region.count)
        right.region.advise(.done, 0..<right.region.count)
    }
}
