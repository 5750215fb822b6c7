import Bytes
import Format

/// A command: type, be16 command, be16 length, payload; no id and no footer (migration/savevm.c, 2.5 to
/// 11.1).
package struct CommandSection {
    package private(set) var record: SectionRecord
    /// The kind; nil for a number that no known version writes.
    package let kind: CommandKind?
    /// The range of a package's bytes, cut at `limit`; nil for other commands.
    package private(set) var package: Range<Int>?
    /// Whether the package claims more bytes than the stream has.
    package private(set) var isPackageCut = false
    package private(set) var note: StreamNote?

    /// The size of the header before the payload, in bytes.
    package static let headerSize = 5

    /// Reads the command at `offset`; nil if its payload ends after `limit`. O(payload).
    package init?(
        _ region: MappedRegion, at offset: Int, limit: Int, state: inout StreamState, table: LayoutTable
    ) {
        guard limit - offset >= Self.headerSize, let number = region.bigEndian(UInt16.self, at: offset + 1),
            let length = region.bigEndian(UInt16.self, at: offset + 3),
            Int(length) <= limit - offset - Self.headerSize
        else { return nil }
        let end = offset + Self.headerSize + Int(length)
        kind = CommandKind(rawValue: number)
        // An unknown number can be a misreading, so what follows must make sense.
        guard kind != nil || FooterSearch(region: region, limit: limit).canFollow(at: end) else { return nil }
        record = SectionRecord(.command(number), offset: offset, size: end - offset)
        var frame = LayoutBuilder()
        frame.leaf("type", "section type", 1, role: .frame, in: table)
        frame.leaf("command", "command", 2, role: .frame, in: table)
        frame.leaf("length", "uint16", 2, role: .frame, in: table)
        var payload = LeafReader(region, offset + Self.headerSize..<end, table: table)
        do throws(Mismatch) {
            try Self.read(kind, &payload)
        } catch {
            note = .command(error)
        }
        for item in payload.members { frame.append(item) }
        let rest = payload.left
        if rest > 0 { frame.leaf("payload", "buffer", rest, in: table) }
        record.name = table.names.intern(kind?.label ?? "COMMAND_\(number)")
        record.layout = frame.body(in: table)
        checkLength(rest, number)
        learn(region, &state)
        if kind == .packaged, length == 4 { findPackage(region, at: end, limit: limit) }
    }

    private static func read(_ kind: CommandKind?, _ payload: inout LeafReader) throws(Mismatch) {
        switch kind {
        case .ping: try payload.integer("cookie", as: UInt32.self)
        case .postcopyAdvise:
            guard payload.left > 0 else { return }
            try payload.integer("page_sizes", as: UInt64.self)
            try payload.integer("target_page_size", as: UInt64.self)
        case .packaged: try payload.integer("package_length", as: UInt32.self)
        case .postcopyRAMDiscard:
            try payload.integer("version", as: UInt8.self)
            try payload.text("block")
            try payload.integer("terminator", as: UInt8.self)
            let range = Self.discardedRange(payload.table)
            try payload.array("ranges", "struct", count: payload.left / 16, of: range)
        case .receiveBitmap: try payload.text("block")
        case .invalid, .openReturnPath, .postcopyListen, .postcopyRun, .enableCOLO, .postcopyResume,
            .switchoverStart, nil:
            break
        }
    }

    // A range of a block whose pages were sent before and are stale.
    private static func discardedRange(_ table: LayoutTable) -> LayoutID {
        var fields = LayoutBuilder()
        fields.leaf("start", "uint64", 8, in: table)
        fields.leaf("length", "uint64", 8, in: table)
        return fields.body(in: table)
    }

    private mutating func checkLength(_ rest: Int, _ number: UInt16) {
        let expected =
            if kind == nil || kind == .invalid {
                "a command of 1 to \(CommandKind.switchoverStart.rawValue)"
            } else if rest > 0 {
                "\(record.size - Self.headerSize - rest) bytes of payload"
            } else { "" }
        guard note == nil, !expected.isEmpty else { return }
        let found = rest > 0 && kind != nil ? "\(rest) more" : "command \(number)"
        note = .command(Mismatch(offset: record.offset, size: record.size, expected: expected, found: found))
    }

    private func learn(_ region: MappedRegion, _ state: inout StreamState) {
        guard kind == .postcopyAdvise, record.size == Self.headerSize + 16 else { return }
        state.advisedPageSizes = region.bigEndian(UInt64.self, at: record.offset + 5) ?? 0
        state.advisedPageSize = region.bigEndian(UInt64.self, at: record.offset + 13).flatMap {
            Int(exactly: $0)
        }
    }

    private mutating func findPackage(_ region: MappedRegion, at start: Int, limit: Int) {
        let size = Int(region.bigEndian(UInt32.self, at: start - 4) ?? 0)
        package = start..<start + min(size, limit - start)
        guard size > limit - start else { return }
        isPackageCut = true
        let mismatch = Mismatch(
            offset: start, size: limit - start, expected: "a package of \(size) bytes",
            found: "\(limit - start) bytes")
        note = .command(mismatch)
    }
}
