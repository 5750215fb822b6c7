import Bytes

/// The place at which reading RAM continues after damage, and the block that CONTINUE refers to there.
package struct RAMResumption: Sendable, Equatable {
    package var offset: Int
    package var lastBlock: Int

    /// The last record before the damage.
    package struct Last: Sendable {
        package var record: RAMRecord
        /// The end of the record, in bytes from the start of the stream.
        package var end: Int

        package init(record: RAMRecord, end: Int) {
            self.record = record
            self.end = end
        }
    }

    /// The maximum number of closer looks at records without a name that may belong to several blocks.
    private static let closeLooks = 64

    /// Returns the first record in `range` that two others or the end of the section follow, and whose block
    /// is certain: it has a name, or only one block can have its page. Nil if there is none.
    ///
    /// `last` is nil if nothing was read before. O(range) time, O(1) memory.
    package static func first(
        _ reader: RAMReader, in range: Range<Int>, after last: Last?, _ region: MappedRegion, limit: Int
    ) -> RAMResumption? {
        var looks = 0
        return ForwardWindow.first(in: region, range) { part in
            first(reader, in: part, after: last, region, limit: limit, &looks)
        }
    }

    private static func first(
        _ reader: RAMReader, in range: Range<Int>, after last: Last?, _ region: MappedRegion, limit: Int,
        _ looks: inout Int
    ) -> RAMResumption? {
        let mask = UInt64(reader.pageSize - 1)
        let largest = reader.largestBlock
        let bytes = region.span(range.lowerBound..<min(range.upperBound.addingSaturated(7), limit))
        for index in 0..<max(bytes.byteCount - 7, 0) {
            let word = UInt64(
                bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            guard word != RAMFlag.eos, reader.mayBegin(word, largest) else { continue }
            let offset = range.lowerBound + index
            let blocks = candidates(reader, word, at: offset, region, limit)
            guard let first = blocks.first else { continue }
            if word & RAMFlag.cont == 0 || blocks.count == 1 {
                return RAMResumption(offset: offset, lastBlock: first)
            }
            guard let last, looks < closeLooks else { continue }
            looks += 1
            let address = Int(clamping: word & ~mask)
            let dense = blocks.filter { reader.isDense(from: last, to: address, of: $0, at: offset) }
            if dense.count == 1 { return RAMResumption(offset: offset, lastBlock: dense[0]) }
        }
        return nil
    }

    // Returns the blocks to which a record may belong, by what follows it.
    private static func candidates(
        _ reader: RAMReader, _ word: UInt64, at offset: Int, _ region: MappedRegion, _ limit: Int
    ) -> [Int] {
        let isNamed = word & RAMFlag.cont == 0
        let blocks = isNamed ? 0..<1 : reader.blocks.indices
        return blocks.compactMap { number in
            var trial = reader
            trial.resume(lastBlock: isNamed ? nil : number)
            guard let record = try? trial.read(region, at: offset, limit: limit),
                trial.isFollowed(record, at: offset, region, limit)
            else { return nil }
            return record.block
        }
    }
}

extension RAMReader {
    // Whether two records follow one, each with a later page or the name of another block, or the section's
    // end.
    fileprivate mutating func isFollowed(
        _ record: RAMRecord, at offset: Int, _ region: MappedRegion, _ limit: Int
    ) -> Bool {
        followers(record, offset + record.size, LostRanges(), region, limit).count == 2
    }

    // Whether consecutive raw or zero pages, without gaps, exactly fill the bytes from `last` to the page at
    // `address` of a block, as in a first pass.
    fileprivate func isDense(from last: RAMResumption.Last, to address: Int, of block: Int, at offset: Int)
        -> Bool
    {
        let from = last.record.block
        guard blocks.indices.contains(from), block >= from else { return false }
        var pages = address / pageSize
        var names = 0
        if block == from {
            pages -= last.record.address / pageSize + 1
        } else {
            pages += blocks[from].usedLength / pageSize - last.record.address / pageSize - 1
            for number in from + 1...block {
                names += 1 + nameLength(number)
                if number < block { pages += blocks[number].usedLength / pageSize }
            }
        }
        let rest = offset - last.end - names - 9 * pages
        return pages >= 0 && rest >= 0 && rest % (pageSize - 1) == 0 && rest / (pageSize - 1) <= pages
    }
}
