import Bytes
import Format
import Memory
import Stream

/// `migscope extract --block`: a RAM block with the content that the guest had.
package struct BlockExtract {
    private let reader: PageReader
    private let block: Int

    /// Returns nil when the stream has no block with this name.
    package init?(_ document: Document, block name: String, index: RAMIndex) {
        guard
            let block = index.blocks.firstIndex(where: {
                document.store.table.names.bytes($0.name).elementsEqual(name.utf8)
            })
        else { return nil }
        reader = PageReader(region: document.store.region, index: index)
        self.block = block
    }

    /// Writes the nonzero pages; skips zero pages and absent ones. O(pages sent).
    /// - Returns: the number of absent pages, whose content is not in the stream.
    package func write<Sink: RandomAccessSink>(to sink: inout Sink) throws(Sink.Failure) -> Int {
        let pageSize = reader.index.pageSize
        let pageCount = reader.index.pageCount(block: block)
        var absent = 0
        var page = 0
        var runs = RunWriter<Sink>()
        while page < pageCount {
            if page % BlockPages.chunkSize == 0 {
                let kept = min(reader.index.nextKept(block: block, from: page), pageCount)
                absent += kept - page
                page = kept
                guard page < pageCount else { break }
            }
            switch reader.content(block: block, page: page) {
            case .absent: absent += 1
            case .zero: break
            case .bytes(let bytes): try runs.write(bytes, at: page * pageSize, to: &sink)
            }
            page += 1
        }
        try runs.flush(to: &sink)
        reader.release()
        try sink.finish(length: reader.index.blocks[block].size)
        return absent
    }
}
