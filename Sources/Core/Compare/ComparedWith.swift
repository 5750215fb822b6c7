import Bytes
import Stream

/// The second operand of a comparison.
package enum ComparedWith {
    case stream(Document)
    /// The fields of a machine, without values.
    case description(BorrowedDescription)
    /// The fields of a binary.
    case dump(TargetDump)

    /// The stream; nil for an operand without bytes.
    package var stream: Document? { if case .stream(let document) = self { document } else { nil } }

    /// The name in titles. Escaped.
    package var name: String {
        switch self {
        case .stream(let document): document.overview.fileName
        case .description(let description): Self.fileName(description.source)
        case .dump(let dump): Self.fileName(dump.source)
        }
    }

    private static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Opens a stream, a description (`migscope desc`) or the output of `-dump-vmstate`, depending on the
    /// content.
    ///
    /// - Throws: `OpenError` for any other content.
    package static func open(path: String, options: OpenOptions = OpenOptions()) throws(OpenError) -> Self {
        guard path != "-", isJSON(try MappedRegion.open(path: path)) else {
            return .stream(try Document.open(path: path, options: options))
        }
        if let dump = try? TargetDump(path: path) { return .dump(dump) }
        return .description(try BorrowedDescription(path: path))
    }

    /// Reads the output of `-dump-vmstate`; nil for another or an unreadable file.
    package static func dump(path: String) -> TargetDump? {
        guard path != "-", let region = try? MappedRegion.open(path: path), isJSON(region) else { return nil }
        return try? TargetDump(path: path)
    }

    private static func isJSON(_ region: MappedRegion) -> Bool {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
        let start = region.copy(0..<min(region.count, 64)).first { !blanks.contains($0) }
        return start == UInt8(ascii: "{") || start == UInt8(ascii: "[")
    }
}
