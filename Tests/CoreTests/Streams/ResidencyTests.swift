import Bytes
import Foundation
import Query
import Stream
import Testing

/// What of a file is read: the first screen of a stream must not touch its RAM.
@Suite(.serialized) struct ResidencyTests {
    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

    private static let streams =
        [
            Sample.fixture("sample-q35-10.0"), Sample.fixture("postcopy-switched-10.0"),
            Sample.fixture("mapped-ram-10.0"),
        ]
        + Sample.corpus.filter { sample in
            ["linux-256m-7.2", "q35-rich-10.0", "many-7.2", "q35-novmdesc-10.0"].contains {
                sample.name.hasPrefix($0)
            }
        }

    @Test(arguments: streams) func firstScreen(_ sample: Sample) throws {
        let scratch = try Scratch()
        let path = scratch.path("stream.mig")
        try sample.unpack(to: path)
        try evict(path)
        let document = try Document.open(path: path)
        look(at: document)
        let touched = document.store.region.residentPageCount(in: 0..<document.store.region.count)
        #expect(
            touched <= budget(document), "\(touched) of \(document.store.region.count / Self.pageSize) pages")
        // One page where it begins, a few where it ends: the footer, and the words before it.
        let live = liveRange(document)
        let inside = document.store.region.residentPageCount(in: live)
        #expect(inside <= 4, "\(inside) pages of RAM")
    }

    /// What a person sees first: the rows, one section open, and the bytes of a field.
    private func look(at document: Document) {
        var outline = Outline(document)
        let device = NodePath([document.tree.root.childCount / 2])
        if !document.tree.node(device).isLazy { outline.expandSubtree(device, document) }
        for row in 0..<min(50, outline.rowCount) {
            _ = Examination.texts(document.tree.node(outline.path(atRow: row, document)), document)
        }
        let first = outline.path(atRow: 0, document)
        #expect(document.tree.bytes(of: document.tree.node(first)).count == 8)
    }

    // Both ends of the file, the description, and two pages for the frames of each section.
    private func budget(_ document: Document) -> Int {
        let text = document.overview.description?.size ?? 0
        return 16 + text / Self.pageSize + 2 * document.overview.sections.count
    }

    private func liveRange(_ document: Document) -> Range<Int> {
        for index in 0..<document.tree.root.childCount {
            let node = document.tree.child(index, of: document.tree.root)
            if document.tree.record(of: node)?.kind == .live { return node.range }
        }
        return 0..<0
    }

    /// Puts the file out of the page cache.
    private func evict(_ path: String) throws {
        let descriptor = open(path, O_RDWR)
        defer { close(descriptor) }
        #expect(descriptor >= 0 && fsync(descriptor) == 0)
        #expect(posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) == 0)
        let region = try MappedRegion.open(path: path)
        let left = region.residentPageCount(in: 0..<region.count)
        guard left < 16 else { try Test.cancel("this file system keeps files in memory") }
    }
}
