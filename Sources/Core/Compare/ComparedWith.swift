import Bytes
import Stream

/// What a stream is compared with.
package enum ComparedWith {
    case stream(Document)
    /// The fields that a machine has, without values.
    case description(BorrowedDescription)
    /// The fields that a binary knows.
    case dump(TargetDump)

    /// The stream; nil for what has no bytes.
    package var stream: Document? { if case .stream(let document) = self { document } else { nil } }

    /// What it is called in a title. Escaped.
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

    /// Opens a stream, a description (`migscope desc`) or what `-dump-vmstate` prints, by what the file holds.
    ///
    /// - Throws: `OpenError` when it is none of them.
    package static func open(path: String, options: OpenOptions = OpenOptions()) throws(OpenError) -> Self {
        guard path != "-", isJSON(try MappedRegion.open(path: path)) else {
            return .stream(try Document.open(path: path, options: options))
        }
        if let dump = try? TargetDump(path: path) { return .dump(dump) }
        return .description(try BorrowedDescription(path: path))
    }

    /// What `-dump-vmstate` has printed; nil where the file at `path` is something else, or can't be read.
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
