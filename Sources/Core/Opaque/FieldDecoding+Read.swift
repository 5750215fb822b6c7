extension FieldDecoding {
    /// Lays the field out with `body`; nil where `body` throws or leaves bytes.
    mutating func read(_ body: (inout LeafReader) throws(Mismatch) -> Void) -> LayoutID? {
        var reader = LeafReader(region, range, table: table)
        table = LayoutTable()
        defer { table = reader.takeTable() }
        do throws(Mismatch) {
            try body(&reader)
        } catch {
            return nil
        }
        return reader.finish()
    }
}

extension LeafReader {
    /// The layout of a body of plain big-endian integers: names, and bytes of each.
    mutating func integers(_ fields: [(name: String, size: Int)], prefix: String = "uint") -> LayoutID {
        var body = LayoutBuilder()
        for field in fields { body.leaf(field.name, "\(prefix)\(field.size * 8)", field.size, in: &table) }
        return body.body(in: &table)
    }
}
