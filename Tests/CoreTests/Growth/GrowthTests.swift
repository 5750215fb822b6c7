import Bytes
import Foundation
import Stream
import Testing

/// Streams that are still being written.
@Suite struct GrowthTests {
    /// Grows a file to `bytes`, with a look at each of `cuts`.
    private func grow(_ bytes: [UInt8], _ cuts: [Int]) throws -> (document: Document, results: [Growth]) {
        let first = try #require(cuts.first)
        let file = try GrowingFile(bytes[..<first])
        let document = try file.document()
        var results: [Growth] = []
        for (start, end) in zip(cuts, cuts.dropFirst() + [bytes.count]) {
            document.readAll()
            #expect(Examination.problems(document) == [], "\(start) bytes")
            #expect(document.findings.filter { $0.severity == .error }.map(\.message) == [], "\(start) bytes")
            document.openBegun()
            #expect(Examination.problems(document) == [], "\(start) bytes")
            try file.append(bytes[start..<end])
            results.append(document.catchUp())
        }
        document.readAll()
        return (document, results)
    }

    private func expectWhole(_ document: Document, _ bytes: [UInt8]) throws {
        let whole = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        let isSame = document.dump() == whole.dump()
        #expect(isSame)
        #expect(document.findings.map(\.code) == whole.findings.map(\.code))
        #expect(document.ramIndex().blocks.map(\.sent) == whole.ramIndex().blocks.map(\.sent))
        #expect(!document.isGrowing)
    }

    @Test(arguments: [7, 100, 4000])
    func aStreamThatComesInPiecesIsTheWholeOneInTheEnd(_ step: Int) throws {
        let bytes = SmallStream().bytes
        let cuts = Array(stride(from: 8, to: bytes.count, by: step))
        // Many cuts are in one file, and each of the last bytes.
        for tail in [0, 1, 3] {
            let (document, results) = try grow(
                bytes, cuts + [bytes.count - tail].filter { $0 > cuts.last ?? 0 })
            if tail > 0 { #expect(results.last == .complete) }
            #expect(!results.contains(.restarted))
            try expectWhole(document, bytes)
        }
    }

    @Test func aRealStreamToo() throws {
        let bytes = try Sample.fixture("xbzrle-10.0").bytes()
        let (document, results) = try grow(bytes, Array(stride(from: 300, to: bytes.count, by: 170_003)))
        #expect(results.dropLast().allSatisfy { $0 == .more })
        #expect(results.last == .complete)
        try expectWhole(document, bytes)
    }

    /// What has arrived of a section has its name.
    @Test(arguments: [("cpu:1", "cpu #1"), ("live sections/ram@0xe0", "ram #0 PART")])
    func whatHasBegunIsNamed(_ path: String, _ name: String) throws {
        let bytes = try Sample.fixture("sample-q35-10.0").bytes()
        let whole = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        whole.openLivePart()
        let section = whole.tree.node(try #require(whole.path(text: path)))
        let document = try GrowingFile(bytes[..<(section.offset + section.size / 2)]).document()
        document.readAll()
        let nodes = document.tree.nodes(along: document.path(atOffset: section.offset + section.size / 2 - 1))
        let last = try #require(nodes.first { document.tree.name($0) == name })
        #expect(document.tree.typeName(last) == "incomplete")
        #expect(last.offset == section.offset && last.size == section.size / 2)
        #expect(last.childCount > 1 && !last.isLazy)
    }

    /// Pages of a section are there before its end is, in the tree and where they are looked for.
    @Test func pagesOfASectionThatHasBegunShow() throws {
        let bytes = try Sample.fixture("sample-q35-10.0").bytes()
        let whole = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        whole.openLivePart()
        let section = whole.tree.node(try #require(whole.path(text: "live sections/ram@0xe0")))
        let half = section.offset + section.size / 2
        let file = try GrowingFile(bytes[..<half])
        let document = try file.document()
        document.readAll()
        let leaf = whole.tree.node(whole.path(atOffset: half - 10_000))
        let found = document.tree.node(document.path(atOffset: half - 10_000))
        #expect(found.range == leaf.range && document.tree.typeName(found) == whole.tree.typeName(leaf))
        let pages = document.tree.nodes(along: found.path).first { document.tree.typeName($0) == "pages" }
        #expect(pages?.offset == section.offset)
        #expect(document.store.ramRecords().map(\.offset) == [section.offset])
        let before = document.ramIndexSoFar.blocks.map(\.sent)
        #expect(before.contains { $0 > 0 })

        // What was opened stays where it is while more comes.
        try file.append(bytes[half..<half + 20_000])
        #expect(document.catchUp() == .more)
        document.readAll()
        #expect(document.tree.node(found.path).range == found.range)
        #expect(document.store.ramRecords().map(\.offset).count == 2)
        #expect(Examination.problems(document) == [])
        try file.append(bytes[(half + 20_000)...(section.offset + section.size)])
        #expect(document.catchUp() == .more)
        document.readAll()
        #expect(document.tree.node(found.path).range == found.range)
        let complete = document.tree.nodes(along: found.path).first {
            document.tree.typeName($0) == "section"
        }
        #expect(complete?.range == section.range)
        #expect(Examination.problems(document) == [])
    }

    /// Of a device the fields that have come are there where a description is.
    @Test func fieldsOfADeviceThatHasBegunShow() throws {
        let bytes = try Sample.fixture("sample-q35-10.0").bytes()
        let whole = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        let field = whole.tree.node(try #require(whole.path(text: "cpu:1/env.eip")))
        let device = whole.tree.node(try #require(whole.path(text: "cpu:1")))
        let file = try GrowingFile(bytes[..<(device.offset + device.size / 2)])
        var options = OpenOptions()
        options.isGrowing = true
        options.description = try BorrowedDescription(region: MappedRegion(copying: bytes), path: "whole.mig")
        let document = try Document.open(path: file.path, options: options)
        document.readAll()
        let found = document.tree.node(document.path(atOffset: field.offset))
        #expect(found.range == field.range && document.tree.name(found) == whole.tree.name(field))
        #expect(document.tree.value(found).short == whole.tree.value(field).short)
        #expect(Examination.problems(document) == [])
    }

    @Test func whatIsNotThereYetIsNoDamage() throws {
        let bytes = SmallStream().bytes
        let file = try GrowingFile(bytes[..<(bytes.count / 2)])
        let document = try file.document()
        document.readAll()
        #expect(document.isGrowing)
        #expect(document.findings.filter { $0.severity == .error }.isEmpty)
        #expect(document.catchUp() == .nothing)
    }

    @Test func noRecordIsReadTwice() throws {
        let bytes = SmallStream().bytes
        let (document, _) = try grow(bytes, Array(stride(from: 200, to: bytes.count - 10, by: 1000)))
        #expect(document.ramIndexSoFar.blocks.map(\.sent) == [4])
    }

    @Test func aFileThatIsCutAndWrittenAgainIsReadAgain() throws {
        let bytes = SmallStream().bytes
        let file = try GrowingFile(bytes[..<5000])
        let document = try file.document()
        document.readAll()
        try file.truncate(0)
        #expect(document.catchUp() == .nothing)
        try file.append([])
        let other = SmallStream([.plain("other")]).bytes
        let handle = try #require(FileHandle(forUpdatingAtPath: file.path))
        try handle.write(contentsOf: Data(other[..<200]))
        #expect(document.catchUp() == .restarted)
        try handle.write(contentsOf: Data(other[200...]))
        document.readAll()
        #expect(document.catchUp() == .complete)
        document.readAll()
        try expectWhole(document, other)
    }

    @Test func aFileThatIsNotFollowedStaysAsItWas() throws {
        let bytes = SmallStream().bytes
        let file = try GrowingFile(bytes)
        let document = try Document.open(path: file.path)
        try file.append([1, 2, 3])
        #expect(document.catchUp() == .nothing)
        #expect(document.store.region.count == bytes.count)
        #expect(!document.canFollow)
    }
}
