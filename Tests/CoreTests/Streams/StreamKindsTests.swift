import Bytes
import Container
import Diagnose
import Format
import Memory
import Stream
import Testing

/// Kinds of streams that no sample has, written here.
@Suite struct StreamKindsTests {
    private static func be64(_ value: UInt64) -> [UInt8] { StreamWriter.be(value) }

    private func open(_ bytes: [UInt8]) throws -> Document {
        try Document.open(region: MappedRegion(copying: bytes), name: "kind.mig")
    }

    private func names(_ document: Document) -> [String] {
        document.overview.sections.map { "\($0.kind) \($0.name)" }
    }

    /// RAM, a device, the end, a description.
    private func finish(_ stream: inout StreamWriter) -> [UInt8] {
        stream.full(10, "first".utf8, [1, 2, 3, 4])
        stream.endOfFile()
        stream.description(SmallStream([.plain("first")]).description)
        return stream.bytes
    }

    private func index(_ document: Document) -> RAMIndex {
        document.ramIndex()
    }

    // MARK: RAM

    /// A block of hugetlb memory has a word for its page size; nothing but ADVISE tells of it.
    @Test func hugePages() throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.command(3, Self.be64(0x20_1000) + Self.be64(0x1000))
        let list =
            Self.be64(0x40_4000 | 4) + StreamWriter.counted("huge") + Self.be64(0x40_0000)
            + Self.be64(0x20_0000) + StreamWriter.counted("small") + Self.be64(0x4000)
            + Self.be64(0x10)
        stream.start(2, "ram", version: 4, list)
        stream.part(2, StreamWriter.page(0x3000, fill: 7, block: "small") + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        #expect(document.findings == [])
        #expect(document.overview.ramBlocks.map(\.size) == [0x40_0000, 0x4000])
        let word = try #require(document.path(text: "ram:0/huge/page_size"))
        #expect(document.tree.value(document.tree.node(word)).short == "0x0000000000200000")
        #expect(document.path(text: "ram:0/small/page_size") == nil)
        #expect(index(document).counts(block: 1, in: document.store.region).raw == 1)
        #expect(Examination.problems(document) == [])
    }

    /// AVR has pages of 256 bytes, so that bit 8 of a word is part of the address.
    @Test func smallestPages() throws {
        var stream = StreamWriter()
        stream.configuration("arduino-uno")
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("flash", 0x400)]))
        stream.part(
            2,
            StreamWriter.page(0, block: "flash") + StreamWriter.page(0x100)
                + StreamWriter.page(0x300, fill: 5, size: 256) + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        stream.endOfFile()
        stream.description(#"{"page_size": 256, "devices": []}"#)
        let document = try open(stream.bytes)
        let counts = index(document).counts(block: 0, in: document.store.region)
        #expect([counts.zero, counts.raw, counts.absent] == [2, 1, 1])
        #expect(document.findings == [])
        #expect(Tiling.rows(document).unclaimed == 0)
    }

    /// Blocks of no length are legal before the last.
    @Test func emptyBlock() throws {
        var stream = StreamWriter()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("none", 0), ("some", 0x1000)]))
        stream.end(2, StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        #expect(document.findings == [])
        #expect(document.overview.ramBlocks.map(\.size) == [0, 0x1000])
    }

    private func delta(_ address: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        Self.be64(address | 0x60) + [1] + StreamWriter.be(UInt16(bytes.count)) + bytes
    }

    /// A page as it was after each pass: deltas over a page of zeros, then a whole page, then a delta again.
    @Test func historyOfAPage() throws {
        var stream = StreamWriter()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", 0x2000)]))
        stream.part(2, StreamWriter.page(0, block: "r") + StreamWriter.endOfRAM)
        stream.part(2, delta(0, [2, 1, 0xaa]) + StreamWriter.endOfRAM)
        stream.part(2, delta(0, [3, 1, 0xbb]) + StreamWriter.endOfRAM)
        stream.part(2, StreamWriter.page(0, fill: 5) + StreamWriter.endOfRAM)
        stream.end(2, delta(0, [0, 1, 0xcc]) + StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        document.openLivePart()
        var heads: [[UInt8]] = []
        for record in document.store.ramRecords() {
            let path = document.path(atOffset: record.offset + 5)
            let page = try #require(document.tree.guestPage(document.tree.node(path)))
            #expect(page.blockName == "r" && page.address == 0 && page.size == 4096)
            var content = document.store.content(of: page)
            if content == nil {
                var builder = document.pageHistory(page)
                builder.finish()
                let reader = PageReader(region: document.store.region, index: builder.index)
                content = reader.content(block: page.block, page: 0)
            }
            switch content {
            case .bytes(let bytes): heads.append(Array(bytes.prefix(4)))
            case .zero: heads.append([0, 0, 0, 0])
            case .absent, nil: heads.append([])
            }
        }
        #expect(
            heads == [
                [0, 0, 0, 0], [0, 0, 0xaa, 0], [0, 0, 0xaa, 0xbb], [5, 5, 5, 5], [0xcc, 5, 5, 5],
            ])
    }

    /// RDMA's word has no body in the stream; what follows it is read, and that pages are missing is said.
    @Test func hook() throws {
        var stream = StreamWriter()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", 0x2000)]))
        let page = StreamWriter.page(0, fill: 1, block: "r")
        stream.part(2, Self.be64(0x80) + page + Self.be64(0x80) + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        document.openLivePart()
        #expect(document.findings.map(\.code) == [.ramHook])
        #expect(document.findings[0].severity == .warning)
        #expect(document.path(text: "live sections[0]") == nil)
        let hook = document.path(atOffset: document.findings[0].offset)
        #expect(document.tree.name(document.tree.node(hook)) == "hook")
        #expect(Examination.problems(document) == [])
        let counts = index(document).counts(block: 0, in: document.store.region)
        #expect(counts.raw == 1 && counts.absent == 1)
    }

    /// What RDMA has left that is no record ends at the footer.
    @Test func hookWithUnknownBytes() throws {
        var stream = StreamWriter()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", 0x2000)]))
        stream.part(2, Self.be64(0x80) + [0xff, 0xfe, 0xfd, 0xfc, 1, 2, 3, 4, 5])
        stream.end(2, StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        document.openLivePart()
        #expect(document.findings.map(\.code) == [.ramHook, .sectionFormat])
        #expect(document.store.records.contains { $0.kind == .end })
        #expect(Tiling.rows(document).problems == [])
    }

    /// The main channel of multifd has no pages.
    @Test(arguments: [true, false]) func multifd(_ inList: Bool) throws {
        var stream = StreamWriter()
        var list = StreamWriter.ramBlocks([("r", 0x2000)])
        if inList { list.insert(contentsOf: Self.be64(0x200), at: list.count - 8) }
        stream.start(2, "ram", version: 4, list)
        stream.part(2, Self.be64(0x200) + StreamWriter.endOfRAM)
        stream.end(2, Self.be64(0x200) + StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        document.openLivePart()
        #expect(document.findings.map(\.code) == [.multifdChannels])
        #expect(document.findings[0].severity == .note)
        #expect(index(document).counts(block: 0, in: document.store.region).absent == 2)
        #expect(Examination.problems(document) == [])
    }

    /// Sections of more records than a piece are opened piece by piece.
    @Test func largeSection() throws {
        let count = RAMSectionScan.chunkSize + 10
        var stream = StreamWriter()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", UInt64(count) << 12)]))
        var body = StreamWriter.page(0, block: "r")
        for page in 1..<count { body += StreamWriter.page(UInt64(page) << 12) }
        stream.part(2, body + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        let start = try #require(document.overview.sections.first).offset
        let last = start + 9 * RAMSectionScan.chunkSize
        // Each step reads its budget and no more.
        var steps = 0
        while !document.read(toward: last, budget: 1 << 14) { steps += 1 }
        #expect(steps >= count >> 14)
        let section = try #require(document.store.records.first { $0.kind == .part })
        #expect(section.children.count == 2)
        #expect(document.store.ramRecords().count == 3)
        #expect(index(document).counts(block: 0, in: document.store.region).zero == count)
        #expect(Tiling.nodes(document) == [])
        #expect(Tiling.rows(document).problems == [])
        let place = try document.place("r@\(UInt64(count - 1) << 12)", from: 0)
        #expect(document.tree.guestPage(document.tree.node(place.path))?.address == (count - 1) << 12)
    }

    // MARK: mapped-ram

    /// A mapped-ram stream of 70 pages whose first and last are present; `base` bytes are before it.
    private func mapped(base: Int = 0, isBigEndian: Bool = false, pagesAt: Int = 0x2000) -> [UInt8] {
        let capabilities = StreamWriter.be(UInt32(1)) + StreamWriter.counted("mapped-ram")
        var stream = StreamWriter()
        stream.configuration("none", [("configuration/capabilities", capabilities)])
        let used = UInt64(70 * 4096)
        let head = Self.be64(used | 4) + StreamWriter.counted("r") + Self.be64(used)
        // Type, id, counted name, instance, version come before the body.
        let header = base + stream.count + 17 + head.count
        let bitmap = header + 28
        let pages = pagesAt + base
        let words: [UInt64] = [1, 1 << 5]
        var list =
            head + StreamWriter.be(UInt32(1)) + Self.be64(0x1000) + Self.be64(UInt64(bitmap))
            + Self.be64(UInt64(pages))
        list += words.flatMap { isBigEndian ? Self.be64($0) : Self.be64($0.byteSwapped) }
        list += [UInt8](repeating: 0, count: pages - base - stream.count - 17 - list.count)
        list += [UInt8](repeating: 0x11, count: 4096) + [UInt8](repeating: 0x99, count: 68 * 4096)
        list += [UInt8](repeating: 0x22, count: 4096) + Self.be64(0x10)
        stream.start(2, "ram", version: 4, list)
        stream.end(2, StreamWriter.endOfRAM)
        return finish(&stream)
    }

    private func expectPages(_ document: Document, sourceLocation: SourceLocation = #_sourceLocation) {
        let reader = PageReader(region: document.store.region, index: index(document))
        func page(_ byte: UInt8) -> PageReader.Content { .bytes([UInt8](repeating: byte, count: 4096)) }
        #expect(reader.content(block: 0, page: 0) == page(0x11), sourceLocation: sourceLocation)
        // Stale bytes of a page whose bit is clear are not the page.
        #expect(reader.content(block: 0, page: 1) == .zero, sourceLocation: sourceLocation)
        #expect(reader.content(block: 0, page: 69) == page(0x22), sourceLocation: sourceLocation)
    }

    @Test(arguments: [false, true]) func mappedByHost(_ isBigEndian: Bool) throws {
        let document = try open(mapped(isBigEndian: isBigEndian))
        #expect(document.findings == [])
        expectPages(document)
        #expect(Examination.problems(document) == [])
        // Counts of whole words and of parts of them are those of page by page.
        let index = index(document)
        for pages in [0..<70, 0..<1, 1..<69, 60..<70, 64..<70] {
            var counts = RAMIndex.Counts()
            for page in pages {
                counts.add(index.entry(block: 0, page: page, in: document.store.region).kind, 1)
            }
            #expect(index.counts(block: 0, pages: pages, in: document.store.region) == counts)
        }
    }

    /// Inside a libvirt image of format sparse, offsets count in the file.
    @Test func mappedInALibvirtImage() throws {
        let size = 4096 - LibvirtImage.headerSize
        var image = Array(LibvirtImage.completeMagic.utf8)
        for word in [2, UInt32(size), 0, 6, 0] { image += StreamWriter.be(word.byteSwapped) }
        image += [UInt8](repeating: 0, count: LibvirtImage.headerSize - image.count)
        image += Array("<domain/>".utf8) + [UInt8](repeating: 0, count: size - 9)
        let scratch = try Scratch()
        let path = try scratch.file("sparse.save", image + mapped(base: image.count))
        let document = try Document.open(path: path)
        #expect(document.store.container.name == "libvirt (sparse)")
        #expect(document.findings == [])
        expectPages(document)
        // Cut out of the image, with offsets that are all too large.
        expectPages(try open(mapped(base: image.count)))
    }

    /// A file that ends among the pages: what is in it is shown, the rest is absent or zero.
    @Test(arguments: [0x2000, 0x2fff, 0x3000, 0x2000 + 69 * 4096]) func mappedCut(_ size: Int) throws {
        let document = try open(Array(mapped().prefix(size)))
        #expect(document.findings.contains { $0.code == .sectionCut && $0.severity == .error })
        #expect(document.overview.ramBlocks.map(\.name) == ["r"])
        let reader = PageReader(region: document.store.region, index: index(document))
        #expect(reader.content(block: 0, page: 1) == .zero)
        #expect(reader.content(block: 0, page: 69) == .absent)
        #expect((reader.content(block: 0, page: 0) == .absent) == (size < 0x3000))
        #expect(Tiling.rows(document).problems == [])
    }

    /// Where a file ends, in bytes from the header of its only block, and what QEMU says of it.
    private static let mappedCuts: [(place: Int, words: String)] = [
        (6, "Could not read whole mapped-ram migration header (expected 28, got 6 bytes)"),
        (28 + 7, "Error reading dirty bitmap"),
        (0x9000, "(r) failed to read page 0from file offset 100000: "),
        (0x10_1000, "(r) failed to read page 45000from file offset 145000: "),
    ]

    /// Cut before the pages and in them: the list and its section are there, and what QEMU says is told.
    @Test(arguments: mappedCuts) func mappedCutAnywhere(_ cut: (place: Int, words: String)) throws {
        let bytes = mapped(pagesAt: 0x10_0000)
        let words: [UInt8] = StreamWriter.be(UInt32(1)) + Self.be64(0x1000)
        let header = try #require(bytes.firstRange(of: words)).lowerBound
        let document = try open(Array(bytes.prefix(header + cut.place)))
        #expect(document.overview.ramBlocks.map(\.name) == ["r"])
        #expect(document.overview.sections.map(\.name) == ["ram"])
        #expect(document.loss != nil)
        #expect(Tiling.rows(document).problems == [])
        let index = index(document)
        var counts = RAMIndex.Counts()
        for page in 0..<70 {
            counts.add(index.entry(block: 0, page: page, in: document.store.region).kind, 1)
        }
        #expect(index.counts(block: 0, in: document.store.region) == counts)
        let errors = Check(document).findings().filter { $0.severity == .error && !$0.qemu.isEmpty }
        #expect(errors.first?.qemu.contains(cut.words) == true, "\(errors.map(\.qemu))")
    }

    /// With x-ignore-shared QEMU 11.1 writes neither bitmap nor pages of shared memory, and says so by zeros.
    @Test func mappedShared() throws {
        let names = StreamWriter.counted("mapped-ram") + StreamWriter.counted("x-ignore-shared")
        var stream = StreamWriter()
        stream.configuration("none", [("configuration/capabilities", StreamWriter.be(UInt32(2)) + names)])
        var list =
            Self.be64(0x4000 | 4) + StreamWriter.counted("r") + Self.be64(0x4000) + Self.be64(0x10_0000)
        list += StreamWriter.be(UInt32(1)) + Self.be64(0x1000) + Self.be64(0) + Self.be64(0)
        stream.start(2, "ram", version: 4, list + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        #expect(document.findings == [])
        #expect(document.overview.ramBlocks.map(\.name) == ["r"])
        #expect(index(document).counts(block: 0, in: document.store.region).absent == 4)
        #expect(Examination.problems(document) == [])
    }

    // MARK: Fields

    /// vstruct puts its body into the field object itself.
    @Test func versionedStruct() throws {
        let inner =
            #""vmsd_name": "ipmi-kcs", "version": 2, "fields": [{"name": "a", "type": "uint16", "size": 2}, {"name": "b", "type": "bool", "size": 1}]"#
        let device = SmallDevice(
            "ipmi", [1, 2, 1, 9],
            fields: """
                {"name": "kcs", "type": "vstruct", \(inner), "size": 3}, \
                {"name": "last", "type": "uint8", "size": 1}
                """)
        let document = try SmallStream([.plain("first"), device]).document()
        #expect(document.findings == [])
        let path = try #require(document.path(text: "ipmi:0/kcs/b"))
        #expect(document.tree.value(document.tree.node(path)).short == "true")
        #expect(Examination.problems(document) == [])
    }

    // MARK: Damage

    /// Garbage between sections of the live part is a gap; reading continues after the next footer.
    @Test(arguments: [1, 13, 5000]) func garbage(_ count: Int) throws {
        var stream = StreamWriter()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", 0x4000)]))
        stream.part(2, StreamWriter.page(0, fill: 1, block: "r") + StreamWriter.endOfRAM)
        stream.append([UInt8](repeating: 0xe5, count: count))
        stream.part(2, StreamWriter.page(0x1000, fill: 2) + StreamWriter.endOfRAM)
        stream.part(2, StreamWriter.page(0x2000, fill: 3, block: "r") + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        let document = try open(finish(&stream))
        document.openLivePart()
        let gaps = document.findings.filter { $0.code == .gap }
        #expect(gaps.count == 1)
        #expect(document.store.records.filter { $0.kind == .gap }.count == 1)
        #expect(document.store.records.contains { $0.kind == .end })
        #expect(Tiling.nodes(document) == [])
        let counts = index(document).counts(block: 0, in: document.store.region)
        #expect(counts.raw == 2 && counts.absent == 2)
    }

    @Test(arguments: [1, 4096, 1 << 20]) func paddingAfterTheEnd(_ count: Int) throws {
        let bytes = SmallStream().bytes
        let document = try open(bytes + [UInt8](repeating: 0, count: count))
        #expect(document.findings == [])
        let last = document.tree.child(document.tree.root.childCount - 1, of: document.tree.root)
        #expect(last.role == .padding && last.size == count)
        #expect(Tiling.rows(document).unclaimed == 0)
    }
}
