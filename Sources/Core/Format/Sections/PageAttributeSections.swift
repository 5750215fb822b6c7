import Bytes

/// `s390-storage_attributes`: one CMMA attribute per guest page (hw/s390x/s390-stattrib.c, 2.10 to 11.1).
package struct StorageAttributesSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool {
        idstr.elementsEqual("s390-storage_attributes".utf8)
    }

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        guard type != .full else { throw reader.mismatch("a live section") }
        try PageAttributes.read(data: 0x02, end: 0x01, known: 0x0f, type: "attributes word", &reader)
    }
}

/// `s390-skeys`: one storage key per guest page (hw/s390x/s390-skeys.c, 2.5 to 11.1); a FULL section.
package struct StorageKeysSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("s390-skeys".utf8) }

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        guard type == .full else { throw reader.mismatch("a FULL section") }
        try PageAttributes.read(data: 0x02, end: 0x05, known: 0x07, type: "storage keys word", &reader)
    }
}

/// The records of both sections: a guest address with flags in its low 12 bits, then a count and one byte per
/// page.
package enum PageAttributes {
    private static let flagMask: UInt64 = 0xfff

    /// Reads records until one has a flag of `end`.
    package static func read(
        data: UInt64, end: UInt64, known: UInt64, type: String, _ reader: inout LeafReader
    ) throws(Mismatch) {
        reader.begin(.array)
        for _ in 0..<LiveSections.chunkLimit {
            guard reader.left >= 8, let word = reader.region.bigEndian(UInt64.self, at: reader.position)
            else {
                throw reader.mismatch("a record of page attributes")
            }
            let flags = word & flagMask
            guard flags != 0, flags & ~known == 0, flags.nonzeroBitCount == 1 || flags & end != 0 else {
                throw reader.mismatch("the flags of page attributes")
            }
            if flags & end != 0 {
                reader.end("records", "struct")
                try reader.integer("eos", as: UInt64.self, type: type)
                return
            }
            reader.begin()
            try reader.integer("address", as: UInt64.self, type: type)
            if flags & data != 0 {
                let count = try reader.integer("count", as: UInt64.self)
                try reader.bytes("pages", count: Int(clamping: count))
            }
            reader.end("", "chunk")
        }
        throw reader.mismatch("the end of the page attributes")
    }

    /// Returns the address and flags of a record as text.
    package static func label(_ word: UInt64, _ names: [(UInt64, String)]) -> String {
        let words = names.filter { word & $0.0 != 0 }.map(\.1).joined(separator: " ")
        let address = word & ~flagMask
        return address == 0 ? words : "\(Hex.offset(Int(clamping: address))) \(words)"
    }
}
