import Bytes
import Format
import Stream

extension ComparisonRun {
    /// Returns the differing pages of a block, one difference per run, and the pages that only one stream
    /// has.
    package func differences(of block: RAMComparison.Block) -> [Difference] {
        var result = block.runs.map { run in
            let count = run.count / pageSize
            let text = Quantity.text(count, "page")
            var difference = Difference(
                .ram, .changed, "\(block.name)@\(Hex.offset(run.lowerBound))", text, text)
            let page = run.lowerBound / pageSize
            difference.leftRange = leftIndex.flatMap { place($0, left, block.first, page) }
            difference.rightRange = rightIndex.flatMap { index in
                right.flatMap { place(index, $0, block.second, page) }
            }
            return difference
        }
        let lost = block.runCount - block.runs.count
        if lost > 0 {
            result.append(Difference(.ram, .changed, block.name, "\(lost) more runs", "\(lost) more runs"))
        }
        if block.onlyLeft > 0 {
            result.append(Difference(.ram, .removed, block.name, "\(block.onlyLeft) pages"))
        }
        if block.onlyRight > 0 {
            result.append(Difference(.ram, .added, block.name, "", "\(block.onlyRight) pages"))
        }
        return result
    }

    private var pageSize: Int { leftIndex?.pageSize ?? 1 }

    // The bytes of a page that the stream contains uncompressed; the record's place for other pages.
    private func place(_ index: RAMIndex, _ document: Document, _ block: Int, _ page: Int) -> Range<Int>? {
        guard let offset = index.bodyOffset(block: block, page: page, in: document.store.region) else {
            return nil
        }
        let isRaw = index.entry(block: block, page: page, in: document.store.region).kind == .raw
        return offset..<offset + (isRaw ? index.pageSize : 0)
    }
}
