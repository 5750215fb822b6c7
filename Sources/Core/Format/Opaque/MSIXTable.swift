import Bytes

/// `msix state`: the vector table, as the guest sees it, and the pending bits (hw/pci/msix.c, 5.2 to 11.1).
package enum MSIXTable {
    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? {
        guard let count = vectorCount(size: field.range.count) else { return nil }
        return field.read { reader throws(Mismatch) in try read(vectorCount: count, &reader) }
    }

    /// How many vectors take `size` bytes: 16 each, and a pending bit each in whole bytes.
    package static func vectorCount(size: Int) -> Int? {
        guard size > 0 else { return nil }
        let nearest = size.multipliedSaturated(by: 8) / 129
        return (nearest...nearest + 1).first { $0 > 0 && self.size(vectorCount: $0) == size }
    }

    package static func size(vectorCount: Int) -> Int { vectorCount * 16 + (vectorCount + 7) / 8 }

    package static func read(vectorCount: Int, _ reader: inout LeafReader) throws(Mismatch) {
        let entry = reader.integers(
            [("address_low", 4), ("address_high", 4), ("data", 4), ("vector_control", 4)], prefix: "le")
        try reader.array("table", "struct", count: vectorCount, of: entry)
        try reader.bytes("pending", count: (vectorCount + 7) / 8)
    }
}
