import Bytes

/// `spapr/htab`: the hash page table of a pseries guest (hw/ppc/spapr.c, 2.x to 11.1).
package struct HashTableSection: LiveSection {
    package init() {}

    /// The base-2 logarithm of the table's size in bytes; nil before START and for a guest without a table.
    private var shift: UInt32?

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("spapr/htab".utf8) }

    /// The value for a radix guest, which has no table.
    private static let noTable = UInt32.max
    private static let shifts: ClosedRange<UInt32> = 18...46
    private static let entrySize = 16

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        switch type {
        case .start:
            let value = try reader.integer("shift", as: UInt32.self)
            guard value == Self.noTable || Self.shifts.contains(value) else {
                throw reader.mismatch("a shift of 18 to 46")
            }
            shift = value == Self.noTable ? nil : value
        case .part, .end:
            let value = try reader.integer("section_header", as: UInt32.self)
            if value == Self.noTable { return }
            guard value == 0 else { throw reader.mismatch("a header of 0") }
            try chunks(&reader)
        default: throw reader.mismatch("a live section")
        }
    }

    private func chunks(_ reader: inout LeafReader) throws(Mismatch) {
        reader.begin(.array)
        for _ in 0..<LiveSections.chunkLimit {
            guard reader.left >= 8 else { throw reader.mismatch("a chunk") }
            if reader.region.bigEndian(UInt64.self, at: reader.position) == 0 {
                reader.end("chunks", "struct")
                return try reader.bytes("end", count: 8)
            }
            reader.begin()
            try chunk(&reader)
            reader.end("", "chunk")
        }
        throw reader.mismatch("the end of the chunks")
    }

    private func chunk(_ reader: inout LeafReader) throws(Mismatch) {
        let index = try reader.integer("index", as: UInt32.self)
        let valid = try reader.integer("n_valid", as: UInt16.self)
        let invalid = try reader.integer("n_invalid", as: UInt16.self)
        let count = shift.map { UInt64(1) << UInt64($0) / UInt64(Self.entrySize) } ?? 0
        guard UInt64(index) + UInt64(valid) + UInt64(invalid) <= count else {
            throw reader.mismatch("entries below \(count)")
        }
        guard valid > 0 else { return }
        let entry = Self.entry(reader.table)
        try reader.array("hptes", "struct", count: Int(valid), of: entry)
    }

    // Returns the layout of a hash page table entry: two doublewords.
    private static func entry(_ table: LayoutTable) -> LayoutID {
        var fields = LayoutBuilder()
        fields.leaf("v", "uint64", 8, in: table)
        fields.leaf("r", "uint64", 8, in: table)
        return fields.body(in: table)
    }
}
