import Bytes
import Export
import Stream

extension Document {
    /// Whether each byte is in exactly one row.
    func tiles() -> Bool {
        var next = 0
        var isTiled = true
        var sink = RowSink { row in
            isTiled = isTiled && row.offset == next
            next = row.end
        }
        TSVExport(self).write(all: true, section: nil, to: &sink)
        return isTiled && next == store.region.count && sink.malformed == 0
    }

    func isZero(_ range: Range<Int>) -> Bool { store.region.copy(range).allSatisfy { $0 == 0 } }

    func has(_ code: FindingCode) -> Bool { findings.contains { $0.code == code } }
}
