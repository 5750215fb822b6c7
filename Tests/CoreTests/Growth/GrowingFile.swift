import Export
import Foundation
import Stream
import Testing

/// A file that a test writes piece by piece while a document is open on it.
final class GrowingFile {
    private let scratch: Scratch
    private let handle: FileHandle
    let path: String

    init(_ start: some Sequence<UInt8>) throws {
        scratch = try Scratch()
        path = try scratch.file("growing.mig", Array(start))
        handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seekToEnd()
    }

    func append(_ bytes: some Sequence<UInt8>) throws { try handle.write(contentsOf: Data(bytes)) }

    func truncate(_ count: Int) throws { try handle.truncate(atOffset: UInt64(count)) }

    func document() throws -> Document {
        var options = OpenOptions()
        options.isGrowing = true
        return try Document.open(path: path, options: options)
    }
}

extension Document {
    /// Reads all that is there.
    func readAll() { while openLivePart(budget: 100) {} }

    /// Opens what shows of a section that has begun.
    func openBegun() {
        guard let live = livePart, let last = children(tree.node(live)).last else { return }
        for child in children(last) where child.isLazy { open(child.path) }
    }

    private func children(_ parent: Node) -> [Node] {
        (0..<parent.childCount).map { tree.child($0, of: parent) }
    }

    func dump() -> [UInt8] {
        var sink = Collector()
        TSVExport(self).write(all: true, section: nil, to: &sink)
        return sink.bytes
    }
}
