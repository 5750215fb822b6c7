import Bytes

/// `slirp`: user networking (libslirp, state version 4); a FULL section.
///
/// Only a state without open connections is read: those are libslirp's own structs.
package struct SlirpSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("slirp".utf8) }

    private static let clientCount = 16

    package mutating func body(_ kind: SectionRecord.Kind, _ reader: inout LeafReader) throws(Mismatch) {
        guard kind == .full else { throw reader.mismatch("a FULL section") }
        guard try reader.integer("socket", as: UInt8.self) == 0 else {
            throw reader.mismatch("no connection")
        }
        try reader.integer("ip_id", as: UInt16.self)
        var client = LayoutBuilder()
        client.leaf("allocated", "uint16", 2, in: &reader.table)
        client.leaf("macaddr", "buffer", 6, in: &reader.table)
        try reader.array(
            "bootp_clients", "struct", count: Self.clientCount, of: client.body(in: &reader.table))
    }
}
