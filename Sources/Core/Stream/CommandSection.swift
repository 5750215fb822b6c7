/// A command: type, be16 command, be16 length, payload; no id and no footer (migration/savevm.c, 2.5 to 11.1).
enum CommandSection {
    /// The command at `offset`, or nil where it does not end at `limit` or before.
    static func read(
        _ region: MappedRegion, at offset: Int, limit: Int, state: inout StreamState, table: inout LayoutTable
    ) -> SectionRecord? {
        guard let number = region.bigEndian(UInt16.self, at: offset + 1),
            let kind = CommandKind(rawValue: number), let length = region.bigEndian(UInt16.self, at: offset + 3),
            Int(length) <= limit - offset - 5
        else { return nil }
        var fields = LayoutBuilder()
        fields.leaf("type", "section type", 1, role: .frame, in: &table)
        fields.leaf("command", "command", 2, role: .frame, in: &table)
        fields.leaf("length", "uint16", 2, role: .frame, in: &table)
        if kind == .postcopyAdvise, length == 16 {
            fields.leaf("page_sizes", "uint64", 8, role: .frame, in: &table)
            fields.leaf("target_page_size", "uint64", 8, role: .frame, in: &table)
            state.advisedPageSizes = region.bigEndian(UInt64.self, at: offset + 5) ?? 0
            state.advisedPageSize = region.bigEndian(UInt64.self, at: offset + 13).flatMap { Int(exactly: $0) }
        } else if length > 0 {
            fields.leaf("payload", "buffer", Int(length), role: .frame, in: &table)
        }
        var record = SectionRecord(.command, offset: offset, size: fields.size)
        record.id = UInt32(number)
        record.name = table.names.intern(kind.label)
        record.layout = fields.body(in: &table)
        return record
    }
}
