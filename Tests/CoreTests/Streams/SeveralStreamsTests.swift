import Bytes
import Diagnose
import Stream
import Testing

/// Files in which one stream follows another: written over a longer one, or appended.
@Suite struct SeveralStreamsTests {
    private let first = SmallStream().bytes
    private let other = SmallStream([.plain("other"), .plain("last")]).bytes

    private func read(_ bytes: [UInt8]) throws -> Document {
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "several.mig")
        document.openLivePart()
        return document
    }

    private func hasRow(_ path: String, in document: Document) -> Bool {
        Tiling.rows(document, keep: 1).rows.contains { $0.pathText.hasSuffix(path) }
    }

    private func gaps(_ document: Document) -> [Range<Int>] {
        document.records.filter { $0.kind == .gap }.map { $0.offset..<$0.end }
    }

    private func nextStreams(_ document: Document) -> [Int] {
        document.findings.filter { $0.code == StreamNote.nextStreamCode }.map(\.offset)
    }

    /// The fields of each come from its own description, and their RAM is distinguished.
    @Test func bothAreDecoded() throws {
        let document = try read(first + other)
        #expect(nextStreams(document) == [first.count])
        #expect(gaps(document) == [])
        #expect(Tiling.rows(document).problems == [])
        #expect(Tiling.rows(document).unclaimed == 0)
        let word = try #require(document.path(text: "live sections/second:0/word"))
        #expect(document.node(word).offset < first.count)
        #expect(document.value(document.node(word)).short == "0x01020304")
        #expect(hasRow("last:0/word", in: document))
        let index = document.ramIndex()
        #expect(index.blocks[0].sent == 4)
        #expect(index.entry(block: 0, page: 0, in: document.region).place < first.count)
    }

    /// Each description is read, also when the sections are read in many small steps.
    @Test(arguments: [1, 3, 1 << 20]) func steps(_ budget: Int) throws {
        let document = try Document.open(
            region: MappedRegion(copying: first + other + first), name: "several.mig")
        while document.openLivePart(budget: budget) {}
        #expect(nextStreams(document) == [first.count, first.count + other.count])
        #expect(gaps(document) == [])
        #expect(Tiling.rows(document).unclaimed == 0)
        #expect(document.ramIndex().blocks[0].sent == 4)
    }

    /// What QEMU loads is the first stream, so the check is of that one.
    @Test func onlyTheFirstIsChecked() throws {
        let findings = Check(try read(first + other)).findings()
        #expect(findings.map(\.code) == [StreamNote.nextStreamCode])
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
        document.openLivePart()
        let check = try #require(Check(document).firstStream())
        #expect(check.document.region.count == bare.bytes.count)
        #expect(check.document.description?.borrowedFrom == "twin.mig")
    }

    /// A first stream that breaks off: what there is of it is shown, and the second is found by its magic.
    @Test(arguments: [40, 150, 4300, 8450, 8530, 8570, 8700]) func theFirstIsCut(_ length: Int) throws {
        let document = try read(Array(first.prefix(length)) + other)
        #expect(nextStreams(document) == [length])
        #expect(hasRow("last:0/word", in: document))
        #expect(Tiling.rows(document).problems == [])
        #expect(gaps(document).allSatisfy { $0.upperBound <= length })
    }

    /// A second stream that breaks off follows a whole one.
    @Test(arguments: [30, 150, 4300, 8450, 8530]) func theSecondIsCut(_ length: Int) throws {
        let document = try read(first + other.prefix(length))
        #expect(nextStreams(document) == [first.count])
        #expect(hasRow("third:0/word", in: document))
        #expect(Tiling.rows(document).problems == [])
        #expect(gaps(document).allSatisfy { $0.lowerBound > first.count })
        #expect(!Check(document).findings().contains { $0.severity != .note })
    }

    /// The file of a longer stream was written over.
    @Test func theEndOfAnOlderStreamIsBehindIt() throws {
        let document = try read(first + other.dropFirst(5000))
        #expect(hasRow("first:0/word", in: document))
        #expect(Tiling.rows(document).problems == [])
    }
}
