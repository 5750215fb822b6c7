import Bytes
import Diagnose
import Format
import Memory
import Stream
import Testing

/// Files in which one stream follows another: written over a longer one, or appended. QEMU loads the first.
@Suite struct SeveralStreamsTests {
    private let first = SmallStream().bytes
    private let other = SmallStream([.plain("other"), .plain("last")]).bytes

    private func read(_ bytes: [UInt8], budget: Int = 1 << 20) throws -> Document {
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "several.mig")
        while !document.readMissing(budget: budget) {}
        return document
    }

    private func names(_ document: Document) -> [String] { document.overview.sections.map(\.name) }

    private func gaps(_ document: Document) -> [Range<Int>] {
        document.store.records.filter { $0.kind == .gap }.map { $0.offset..<$0.end }
    }

    private func nextStreams(_ document: Document) -> [Int] {
        document.findings.filter { $0.code == .secondStream }.map(\.offset)
    }

    /// The fields and the pages are those of the first, by its own description; the second is a node.
    @Test(arguments: [1, 3, 1 << 20]) func theFirstIsTheStream(_ budget: Int) throws {
        let document = try read(first + other + first, budget: budget)
        #expect(nextStreams(document) == [first.count])
        #expect(gaps(document) == [])
        #expect(Tiling.rows(document).problems == [])
        #expect(Tiling.rows(document).unclaimed == 0)
        #expect(names(document) == ["ram", "first", "second", "third"])
        let word = try #require(document.path(text: "second:0/word"))
        #expect(document.tree.node(word).offset < first.count)
        #expect(document.tree.value(document.tree.node(word)).short == "0x01020304")
        let index = document.ramIndex()
        #expect(index.blocks[0].sent == 4)
        #expect(index.entry(block: 0, page: 0, in: document.store.region).place < first.count)
        #expect(document.overview.streamSize == first.count)
    }

    /// What opens the live part without reading what is missing first comes to the same.
    @Test func theLivePartEndsWithTheStream() throws {
        let document = try Document.open(region: MappedRegion(copying: first + other), name: "several.mig")
        document.openLivePart()
        #expect(nextStreams(document) == [first.count])
        #expect(Set(names(document)) == ["ram", "first", "second", "third"])
    }

    /// What QEMU loads is the first stream, so the check is of that one.
    @Test func onlyTheFirstIsChecked() throws {
        let findings = Check(try read(first + other)).findings()
        #expect(findings.map(\.code) == [.secondStream])
        #expect(findings.map(\.severity) == [.note])
    }

    /// What was borrowed for the file serves the first stream, which has no description of its own.
    @Test func theCheckKeepsABorrowedDescription() throws {
        var bare = SmallStream()
        bare.hasDescription = false
        var options = OpenOptions()
        options.description = try BorrowedDescription(region: MappedRegion(copying: first), path: "twin.mig")
        let document = try Document.open(
            region: MappedRegion(copying: bare.bytes + other), name: "several.mig", options: options)
        document.readMissing()
        #expect(document.store.description?.borrowedFrom == "twin.mig")
        #expect(names(document) == ["ram", "first", "second", "third"])
        let check = try #require(Check(document).firstStream())
        #expect(check.document.store.region.count == bare.bytes.count)
        #expect(check.document.store.description?.borrowedFrom == "twin.mig")
    }

    /// A first stream that breaks off: what there is of it is shown, and the second is found by its magic.
    @Test(arguments: [40, 150, 4300, 8450, 8530, 8570, 8700]) func theFirstIsCut(_ length: Int) throws {
        let document = try read(Array(first.prefix(length)) + other)
        #expect(nextStreams(document) == [length])
        #expect(document.store.nextStream == length)
        #expect(!names(document).contains("last"))
        #expect(document.loss != nil)
        #expect(Tiling.rows(document).problems == [])
        #expect(gaps(document).allSatisfy { $0.upperBound <= length })
    }

    /// A second stream that breaks off follows a whole one.
    @Test(arguments: [30, 150, 4300, 8450, 8530]) func theSecondIsCut(_ length: Int) throws {
        let document = try read(first + other.prefix(length))
        #expect(nextStreams(document) == [first.count])
        #expect(names(document).last == "third")
        #expect(document.loss == nil)
        #expect(Tiling.rows(document).problems == [])
        #expect(!Check(document).findings().contains { $0.severity != .note })
    }

    /// The file of a longer stream was written over.
    @Test func theEndOfAnOlderStreamIsBehindIt() throws {
        let document = try read(first + other.dropFirst(5000))
        #expect(names(document) == ["ram", "first", "second", "third"])
        #expect(document.store.streamEnd == first.count)
        #expect(Tiling.rows(document).problems == [])
    }
}
