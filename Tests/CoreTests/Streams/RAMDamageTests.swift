import Bytes
import Diagnose
import Format
import Memory
import Stream
import Testing

/// RAM with damage among its records: what is before and after it is read, and nothing is taken for another block's.
@Suite struct RAMDamageTests {
    private static let small: UInt64 = 0x40000
    private static let large: UInt64 = 0x100000

    /// A first pass over two blocks, then pages of the larger one again. Each page is full of one byte, and its own.
    private struct Pass {
        var bytes: [UInt8]
        /// Where each record of the pass begins, by its number.
        var records: [Int] = []

        init() {
            var writer = StreamWriter()
            writer.configuration()
            writer.start(
                2, "ram", version: 4,
                StreamWriter.ramBlocks([("large", RAMDamageTests.large), ("small", RAMDamageTests.small)]))
            let start = writer.count + 5
            var body: [UInt8] = []
            var number = 0
            for (name, size) in [("large", RAMDamageTests.large), ("small", RAMDamageTests.small)] {
                for address in stride(from: 0, to: size, by: 4096) {
                    records.append(start + body.count)
                    body += StreamWriter.page(
                        address, fill: Self.fill(number), block: address == 0 ? name : nil)
                    number += 1
                }
            }
            writer.part(2, body + StreamWriter.endOfRAM)
            writer.end(2, StreamWriter.page(0, fill: 0xee, block: "large") + StreamWriter.endOfRAM)
            writer.full(3, "second".utf8, [1, 2, 3, 4])
            writer.endOfFile()
            bytes = writer.bytes
        }

        /// Every third page is zeros.
        static func fill(_ number: Int) -> UInt8 { number % 3 == 2 ? 0 : UInt8(1 + number % 200) }
    }

    private static let pageCounts = [Int(large) / 4096, Int(small) / 4096]

    /// Numbers of the pages, over both blocks, that are not in the index. Records an issue for one with other content.
    private func absent(_ document: Document) -> Set<Int> {
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        var absent: Set<Int> = []
        var number = 0
        for (block, count) in Self.pageCounts.enumerated() {
            for page in 0..<count {
                let fill = number == 0 ? 0xee : Pass.fill(number)
                switch reader.content(block: block, page: page) {
                case .absent: absent.insert(number)
                case .zero: #expect(fill == 0, "page \(number)")
                case .bytes(let bytes): #expect(bytes.allSatisfy { $0 == fill }, "page \(number)")
                }
                number += 1
            }
        }
        return absent
    }

    private func read(_ bytes: [UInt8], budget: Int = 1 << 20) throws -> Document {
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "damaged.mig")
        while !document.readMissing(budget: budget) {}
        return document
    }

    /// One wrong bit in the header of a record costs its page: also where it names the block, and at the edges of blocks.
    @Test(arguments: [1, 2, 3, 100, 255, 256, 257, 300, 317]) func header(_ number: Int) throws {
        let pass = Pass()
        for bit in [60, 7, 6] {
            var bytes = pass.bytes
            bytes[pass.records[number] + 7 - bit / 8] ^= 1 << UInt8(bit % 8)
            let document = try read(bytes)
            #expect(absent(document) == [number], "bit \(bit)")
            #expect(document.findings.contains { $0.code == .gap && $0.severity == .error }, "bit \(bit)")
            #expect(document.loss != nil)
            #expect(Tiling.rows(document).problems == [])
            #expect(Examination.problems(document) == [])
            let names = document.overview.sections.map(\.name)
            #expect(names == ["ram", "second"])
        }
    }

    /// A hole, as of a file that was copied sparse: pages from its first header to the next whole one are gone, in any block
    /// and from one into the next.
    @Test(arguments: [(10, 12), (200, 280), (250, 258), (256, 300), (10, 318)], [3, 1 << 20])
    func hole(_ records: (Int, Int), _ budget: Int) throws {
        let pass = Pass()
        var bytes = pass.bytes
        for place in pass.records[records.0]..<pass.records[records.1] + 8 { bytes[place] = 0 }
        let document = try read(bytes, budget: budget)
        #expect(absent(document) == Set(records.0...records.1))
        #expect(Tiling.rows(document).problems == [])
        #expect(document.findings.filter { $0.code == .gap }.count == 1)
        // QEMU stops there, and of what was not read nothing is said.
        let check = Check(document).findings()
        #expect(check.contains { $0.code == .ramFlags })
        #expect(!check.contains { $0.code == .ramCoverage })
    }

    /// Where all after the damage could be of either block, it is of none.
    @Test func unsureBlock() throws {
        var writer = StreamWriter()
        writer.configuration()
        writer.start(2, "ram", version: 4, StreamWriter.ramBlocks([("a", 0x40000), ("b", 0x40000)]))
        // A later pass: the record that names the other block may be in the hole.
        var body = StreamWriter.page(0x1000, fill: 1, block: "a") + StreamWriter.page(0x3000, fill: 2)
        body += [UInt8](repeating: 0, count: 9000)
        for page in 8..<16 as Range<UInt64> { body += StreamWriter.page(page << 13, fill: 3) }
        writer.part(2, body + StreamWriter.endOfRAM)
        writer.part(2, StreamWriter.page(0x20000, fill: 4) + StreamWriter.endOfRAM)
        writer.end(2, StreamWriter.page(0x21000, fill: 5, block: "b") + StreamWriter.endOfRAM)
        writer.endOfFile()
        let document = try read(writer.bytes)
        let index = document.ramIndex()
        #expect(index.counts(block: 0, in: document.store.region).raw == 2)
        #expect(index.counts(block: 1, in: document.store.region).raw == 1)
        #expect(document.loss != nil)
        #expect(Tiling.rows(document).problems == [])
    }

    /// What was searched in vain is not searched again: much damage costs its length once.
    @Test func muchDamage() throws {
        let pass = Pass()
        var bytes = pass.bytes
        for number in stride(from: 4, to: 240, by: 4) { bytes[pass.records[number]] = 0xff }
        let document = try read(bytes)
        #expect(absent(document) == Set(stride(from: 4, to: 240, by: 4)))
        #expect(document.findings.filter { $0.code == .gap }.count == 59)
        #expect(Tiling.rows(document).problems == [])
    }

    /// Another target's stream after this one has pages of another size, and no say in the size of these.
    @Test(arguments: [true, false], [256, 1024, 8192, 65536]) func pagesOfAnotherStream(
        _ hasFooters: Bool, _ pageSize: Int
    ) throws {
        var first = SmallStream()
        first.hasFooters = hasFooters
        var other = SmallStream([.plain("other")])
        other.json = other.description.replacing("4096", with: "\(pageSize)")
        let document = try read(first.bytes + other.bytes)
        #expect(document.overview.sections.map(\.name) == ["ram", "first", "second", "third"])
        #expect(document.overview.streamSize == first.bytes.count)
        #expect(document.overview.pageSize == 4096)
        #expect(document.store.nextStream == first.bytes.count)
    }

    /// Records of zeros are as long with all sizes of pages; that none is left out tells the size.
    @Test(arguments: [256, 1024]) func zerosOfAnotherStream(_ pageSize: Int) throws {
        var writer = StreamWriter(footers: false)
        writer.configuration()
        writer.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", 0x100000)]))
        var body = StreamWriter.page(0, block: "r")
        for page in 1..<256 as Range<UInt64> {
            body += StreamWriter.page(page << 12, fill: page > 200 ? 9 : 0)
        }
        writer.part(2, body + StreamWriter.endOfRAM)
        writer.end(2, StreamWriter.endOfRAM)
        writer.full(3, "second".utf8, [1, 2, 3, 4])
        writer.endOfFile()
        var other = SmallStream([.plain("other")])
        other.json = other.description.replacing("4096", with: "\(pageSize)")
        let document = try read(writer.bytes + other.bytes)
        #expect(document.overview.pageSize == 4096)
        #expect(document.overview.sections.map(\.name) == ["ram", "second"])
        #expect(document.store.nextStream == writer.count)
        let counts = document.ramIndex().counts(block: 0, in: document.store.region)
        #expect(counts.raw == 55 && counts.absent == 0)
    }
}
