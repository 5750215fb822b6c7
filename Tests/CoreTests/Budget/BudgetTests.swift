import Bytes
import CAllocations
import Export
import Format
import Glibc
import Query
import Stream
import Testing

/// What work may cost. Counted, never timed: allocations stand for steps, since each step over nodes makes some.
@Suite struct BudgetTests {
    /// How often `body` asks for memory.
    private func allocations(_ body: () -> Void) -> Int {
        let before = allocations_count()
        body()
        return Int(allocations_count() - before)
    }

    /// A device with an array of structs of two fields.
    private func document(elements: Int) throws -> Document {
        let element = #"{"name": "a", "type": "uint8", "size": 1}, {"name": "b", "type": "uint8", "size": 1}"#
        let fields =
            #"{"name": "list", "type": "struct", "size": 2, "array_len": \#(elements), "#
            + #""struct": {"vmsd_name": "element", "version": 1, "fields": [\#(element)]}}"#
        return try SmallStream([
            SmallDevice("table", [UInt8](repeating: 1, count: 2 * elements), fields: fields)
        ]).document()
    }

    private func device(_ document: Document) throws -> NodePath {
        let record = try #require(document.store.records.last { $0.kind == .full })
        return NodePath([try #require(document.path(atOffset: record.offset).indices.first)])
    }

    @Test func countsAllocations() {
        #expect(allocations { _ = [UInt8](repeating: 1, count: 1000) } >= 1)
    }

    @Test func openingANodeCostsTheSameHoweverLargeItIs() throws {
        let costs = try [100, 100_000].map { count in
            let document = try document(elements: count)
            let path = try device(document)
            var outline = Outline(document)
            let cost = allocations { outline.expandSubtree(path, document) }
            #expect(outline.rowCount > 3 * count)
            return cost
        }
        #expect(costs[1] <= costs[0] + 8)
        #expect(costs[1] < 400)
    }

    private struct Counter: ByteSink {
        var lines = 0

        mutating func write(_ bytes: [UInt8]) { lines += bytes.count { $0 == 0x0a } }
    }

    /// What the lines of all elements of an item have in common is made once.
    @Test func linesOfATreeShareTheirWords() throws {
        let document = try document(elements: 20_000)
        var line = NodeLine(document)
        var lines: [UInt8] = []
        var walk = NodeWalk(document, reach: .meanings)
        while walk.next() { line.append(walk.node, level: walk.level, value: true, to: &lines) }
        #expect(lines.count { $0 == 0x0a } > 60_000)
        #expect(line.work < 100)
        // And they are what a tree prints.
        var counter = Counter()
        TreeExport(document).write(values: true, to: &counter)
        #expect(counter.lines > 60_000)
    }

    @Test func aRowCostsTheSameWhereverItIs() throws {
        let document = try document(elements: 100_000)
        var outline = Outline(document)
        outline.expandSubtree(try device(document), document)
        let first = allocations { _ = outline.path(atRow: 20, document) }
        let last = allocations { _ = outline.path(atRow: outline.rowCount - 20, document) }
        #expect(last <= first + 32)
        let path = outline.path(atRow: outline.rowCount - 20, document)
        #expect(allocations { _ = outline.row(of: path, document) } < 400)
    }

    @Test func searchCostsTheLayoutsAndNotTheFields() throws {
        let costs = try [100, 100_000].map { count in
            let document = try document(elements: count)
            var found = 0
            let cost = allocations { found = Search("b", document).count }
            #expect(found >= count)
            return cost
        }
        #expect(costs[1] <= costs[0] + 16)
    }

    @Test func aJumpCostsTheDepth() throws {
        let costs = try [100, 100_000].map { count in
            let document = try document(elements: count)
            let record = try #require(document.store.records.last { $0.kind == .full })
            return allocations { _ = document.path(atOffset: record.end - 7) }
        }
        #expect(costs[1] <= costs[0] + 16)
        #expect(costs[1] < 200)
    }

    /// 64 GiB of guest RAM, whose index may take 172 MB at worst: that is 10 bytes a page. A part stands for the whole.
    @Test func theIndexOfAlternatingPagesIsBounded() {
        let pageCount = 1 << 18
        let before = allocations_live_bytes()
        var pages = BlockPages(pageCount: pageCount)
        for page in 0..<pageCount {
            let kind: PageEntry.Form = page % 2 == 0 ? .raw : .zero
            pages.insert(PageRun(firstPage: page, count: 1, kind: kind, place: 4113 * page, stride: 0))
        }
        let bytes = allocations_live_bytes() - before
        #expect(pages[pageCount - 1].kind == .zero)
        #expect(bytes <= 10 * pageCount, "\(bytes) bytes for \(pageCount) pages")
    }

    @Test func theIndexOfPagesInOrderTakesNoRoom() {
        let before = allocations_live_bytes()
        var pages = BlockPages(pageCount: 1 << 24)
        pages.insert(PageRun(firstPage: 0, count: 1 << 24, kind: .raw, place: 0, stride: 4104))
        let bytes = allocations_live_bytes() - before
        #expect(pages[1 << 23].place == 4104 << 23)
        #expect(bytes <= 1 << 23, "\(bytes) bytes for 64 GiB")
    }

    /// A stream with RAM of `mebibytes`, in a file that is not in the cache.
    private func evicted(_ scratch: Scratch, mebibytes: Int) throws -> String {
        var stream = StreamWriter()
        let size = mebibytes << 20
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", UInt64(size))]))
        let pages = stride(from: 0, to: size, by: 4096).flatMap {
            StreamWriter.page(UInt64($0), fill: 0x11, block: $0 == 0 ? "pc.ram" : nil)
        }
        stream.end(2, pages + StreamWriter.endOfRAM)
        let device = SmallDevice.plain("device")
        stream.full(3, device.name, device.body)
        stream.endOfFile()
        stream.description("{\"page_size\": 4096, \"devices\": [\(device.json)]}")
        let path = try scratch.file("cold.mig", stream.bytes)
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        fsync(descriptor)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        let region = try MappedRegion.open(path: path)
        guard region.residentPageCount(in: 0..<region.count) == 0 else {
            try Test.cancel("this file system keeps files in memory")
        }
        return path
    }

    @Test func openingReadsTheEndsOnly() throws {
        let scratch = try Scratch()
        let path = try evicted(scratch, mebibytes: 16)
        let document = try Document.open(path: path)
        let outline = Outline(document)
        for row in 0..<outline.rowCount {
            _ = document.tree.value(document.tree.node(outline.path(atRow: row, document)))
        }
        #expect(document.store.records.contains { $0.kind == .full })
        let resident = document.store.region.residentPageCount(in: 0..<document.store.region.count)
        #expect(resident > 0 && resident <= 64, "\(resident) pages of 4112")
    }

    @Test func readingRAMGivesItsMemoryBack() throws {
        let scratch = try Scratch()
        let path = try evicted(scratch, mebibytes: 16)
        let document = try Document.open(path: path)
        let index = document.ramIndex()
        #expect(index.counts(block: 0, in: document.store.region).raw == 4096)
        #expect(index.sentRunCount == 1)
    }
}
