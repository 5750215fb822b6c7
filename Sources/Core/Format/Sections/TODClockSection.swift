import Bytes

/// `todclock`: the time-of-day clock of s390x (hw/s390x/tod.c, 2.5 to 11.1); a FULL section.
package struct TODClockSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("todclock".utf8) }

    package mutating func body(_ kind: SectionRecord.Kind, _ reader: inout LeafReader) throws(Mismatch) {
        guard kind == .full else { throw reader.mismatch("a FULL section") }
        guard try reader.integer("present", as: UInt8.self, type: "bool") != 0 else { return }
        try reader.integer("high", as: UInt8.self)
        try reader.integer("low", as: UInt64.self)
    }
}
