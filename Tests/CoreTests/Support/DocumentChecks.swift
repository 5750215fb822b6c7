import Bytes
import Export
import Memory
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

/// The fill of each of the first eight pages of RAM: its first byte, 0 for zeros, -1 for a page that never came, -2 for
/// different bytes.
func fills(_ document: Document) -> [Int] {
    let reader = PageReader(region: document.store.region, index: document.ramIndex())
    return (0..<8).map { page in
        switch reader.content(block: 0, page: page) {
        case .absent: -1
        case .zero: 0
        case .bytes(let bytes): bytes.allSatisfy { $0 == bytes[0] } ? Int(bytes[0]) : -2
        }
    }
}
