import Foundation
import Stream
import Testing

/// Files that lose bytes while they are open.
@Suite struct LossTests {
    private static let kept = 8192

    /// A stream of which all but the first pages are cut away.
    private func cutStream() throws -> (GrowingFile, Document) {
        let file = try GrowingFile(SmallStream((0..<64).map { .plain("device\($0)") }).bytes)
        let document = try Document.open(path: file.path)
        #expect(document.noteLosses() == nil)
        try file.truncate(Self.kept)
        return (file, document)
    }

    @Test func aCutFileIsToldOnce() throws {
        let (file, document) = try cutStream()
        let finding = try #require(document.noteLosses())
        #expect(finding.code == .fileShrank && finding.severity == .error)
        #expect(finding.offset == Self.kept && finding.size == document.store.region.count - Self.kept)
        #expect(document.noteLosses() == nil)
        #expect(document.findings.filter { $0.code == .fileShrank }.count == 1)
        try file.truncate(100)
        #expect(try #require(document.noteLosses()).offset == 100)
        #expect(document.findings.filter { $0.code == .fileShrank }.count == 1)
    }

    /// What is overwritten in place has no other size, only another time.
    @Test func anOverwrittenFileIsToldOnce() throws {
        let scratch = try Scratch()
        let path = try scratch.file("stream.mig", SmallStream().bytes)
        let document = try Document.open(path: path)
        #expect(document.noteLosses() == nil)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seek(toOffset: 20)
        try handle.write(contentsOf: Data([1]))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        #expect(try #require(document.noteLosses()).code == .fileChanged)
        #expect(document.noteLosses() == nil)
    }

    @Test func valuesThatAreLostSaySo() throws {
        let (file, document) = try cutStream()
        _ = document.noteLosses()
        let end = try #require(document.store.records.filter { $0.kind == .full }.map(\.end).max())
        let last = document.path(atOffset: end - 6)
        #expect(document.tree.value(document.tree.node(last)).short == "lost")
        #expect(document.store.isLost(Self.kept..<Self.kept + 1))
        #expect(!document.store.isLost(0..<Self.kept))
        #expect(Examination.problems(document) == [])
        withExtendedLifetime(file) {}
    }

    /// All ways to read are open to the signal; none may end the program.
    @Test func everythingCanStillBeRead() throws {
        let (file, document) = try cutStream()
        #expect(document.dump().count > 0)
        #expect(document.store.region.lostPageCount > 0)
        #expect(document.store.region.hasLostPage(in: Self.kept..<document.store.region.count))
        #expect(!document.store.region.hasLostPage(in: 0..<Self.kept))
        withExtendedLifetime(file) {}
    }

    /// However many files are open at a time, each may lose bytes.
    @Test func eachOfManyFilesIsGuarded() throws {
        let open = try (0..<100).map { _ in try cutStream() }
        for (_, document) in open {
            _ = document.dump()
            #expect(document.store.region.lostPageCount > 0)
        }
        withExtendedLifetime(open) {}
    }
}
