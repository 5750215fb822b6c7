import Bytes

/// The VMState `virtio-iommu-device`, versions 1 (5.2 to 6.2) and 2 (7.0 to 11.1): a tree of domains, each with
/// a tree of mappings and a list of endpoints (hw/virtio/virtio-iommu.c). Elements are as in `ElementLists`.
package enum VirtIOIOMMU {
    package static func read(_ reader: inout LeafReader, version: Int) throws(Mismatch) {
        let hasBypass = version > 1
        try tree("domains", &reader) { reader throws(Mismatch) in
            try reader.integer("key", as: UInt64.self)
            reader.begin()
            try domain(&reader, hasBypass: hasBypass)
            reader.end("value")
        }
        if hasBypass { try reader.integer("config.bypass", as: UInt8.self) }
    }

    private static func domain(_ reader: inout LeafReader, hasBypass: Bool) throws(Mismatch) {
        try reader.integer("id", as: UInt32.self)
        let interval = reader.integers([("low", 8), ("high", 8)])
        let mapping = reader.integers([("phys_addr", 8), ("flags", 4)])
        try tree("mappings", &reader) { reader throws(Mismatch) in
            try reader.member("key", "struct", interval)
            try reader.member("value", "struct", mapping)
        }
        let endpoint = reader.integers([("id", 4)])
        reader.begin()
        _ = try ElementLists.marked("elements", &reader) { reader, _ throws(Mismatch) in
            try reader.member("value", "struct", endpoint)
        }
        reader.end("endpoint_list", "qlist")
        if hasBypass { try reader.integer("bypass", as: UInt8.self, type: "bool") }
    }

    private static func tree(
        _ name: String, _ reader: inout LeafReader,
        _ element: (inout LeafReader) throws(Mismatch) -> Void
    ) throws(Mismatch) {
        reader.begin()
        let count = try reader.integer("count", as: UInt32.self)
        let found = try ElementLists.marked("elements", &reader) { reader, _ throws(Mismatch) in
            try element(&reader)
        }
        guard found == count else { throw reader.mismatch("\(count) elements") }
        reader.end(name, "gtree")
    }
}
