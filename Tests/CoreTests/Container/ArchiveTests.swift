import Bytes
import Container
import Stream
import Testing

/// Streams in tar and zip archives.
@Suite struct ArchiveTests {
    private let scratch: Scratch
    private let stream = SmallStream().bytes

    init() throws { scratch = try Scratch() }

    private func open(_ bytes: [UInt8], member: String? = nil) throws -> Document {
        var options = OpenOptions()
        options.member = member
        return try Document.open(path: scratch.file("archive", bytes), options: options)
    }

    @Test(arguments: [Archive.tar, Archive.zip(packed: false), Archive.zip(packed: true)])
    func onlyStreamIsTaken(_ archive: Archive) throws {
        let bytes = try archive.bytes([("a/README", Array("words".utf8)), ("a/vm.mig", stream)])
        let document = try open(bytes)
        #expect(document.store.region.copy(0..<document.store.region.count) == stream)
        #expect(document.store.container.members.map(\.name) == ["a/README", "a/vm.mig"])
        #expect(document.store.container.members.map(\.isOpen) == [false, true])
        #expect(document.findings.isEmpty)
        #expect(document.tiles())
    }

    @Test(arguments: [Archive.tar, Archive.zip(packed: true)])
    func memberIsChosen(_ archive: Archive) throws {
        let other = SmallStream([.plain("other")]).bytes
        let bytes = try archive.bytes([("x/first.mig", stream), ("x/second.mig", other)])
        let first = try open(bytes)
        #expect(first.store.region.count == stream.count)
        #expect(first.findings.map(\.code) == [.memberChosen])
        for name in ["x/second.mig", "second.mig"] {
            let second = try open(bytes, member: name)
            #expect(second.store.region.count == other.count)
            #expect(second.findings.isEmpty)
        }
        let error = #expect(throws: OpenError.self) { try open(bytes, member: "third") }
        #expect(error?.description.contains("x/first.mig") == true)
    }

    @Test func packedArchive() throws {
        let bytes = try Pack.gzip(try Archive.tar.bytes([("vm.mig", stream)]))
        let document = try open(bytes)
        #expect(document.store.container.name == "gzip (tar member \"vm.mig\")")
        #expect(document.store.region.count == stream.count)
    }

    /// What is no stream is told of the member, not of the archive around it.
    @Test func aMemberThatIsNoStreamIsNamed() throws {
        let bytes = try Pack.gzip(try Archive.tar.bytes([("notes", Array("words and words".utf8))]))
        let error = try #require(throws: OpenError.self) { try open(bytes) }
        #expect(error.description.contains("found text in gzip (tar member \"notes\")"), "\(error)")
    }

    @Test func packedMember() throws {
        let document = try open(
            try Archive.tar.bytes([("vm.mig.gz", try Pack.gzip(stream)), ("log", [0x31])]))
        #expect(document.store.region.count == stream.count)
    }

    @Test func withoutAStream() throws {
        let bytes = try Archive.tar.bytes([("a", [1, 2, 3]), ("b", [4])])
        let error = #expect(throws: OpenError.self) { try open(bytes) }
        #expect(error?.description.contains("--member") == true)
        #expect(throws: OpenError.self) { try open([UInt8](repeating: 0x50, count: 600)) }
    }

    /// Cut anywhere, an archive is refused or its stream is as long as what is left of it.
    @Test(arguments: [Archive.tar, Archive.zip(packed: false), Archive.zip(packed: true)])
    func cut(_ archive: Archive) throws {
        let whole = try archive.bytes([("vm.mig", stream), ("note", [1])])
        for size in stride(from: 1, to: whole.count, by: 97) {
            guard let document = try? open(Array(whole.prefix(size))) else { continue }
            #expect(document.store.region.count <= stream.count)
            #expect(document.tiles())
        }
    }

    /// Any byte may lie; nothing traps.
    @Test(arguments: [Archive.tar, Archive.zip(packed: true)])
    func changed(_ archive: Archive) throws {
        let whole = try archive.bytes([("vm.mig", stream), ("note", [1])])
        for place in whole.indices where place < 512 || place >= whole.count - 200 {
            for value in [UInt8(0xff), 0x80, 0x00] {
                var bytes = whole
                bytes[place] = value
                _ = try? open(bytes)
            }
        }
    }

    @Test func hugeSizes() throws {
        var bytes = try Archive.zip(packed: false).bytes([("vm.mig", stream)])
        // The sizes in both headers, and the place of the list.
        for place in bytes.indices where place + 4 < bytes.count {
            guard bytes[place..<place + 4].elementsEqual([0x50, 0x4b, 0x01, 0x02]) else { continue }
            bytes.replaceSubrange(place + 20..<place + 28, with: [UInt8](repeating: 0xff, count: 8))
        }
        if let document = try? open(bytes) { #expect(document.store.region.count <= bytes.count) }
        var tar = try Archive.tar.bytes([("vm.mig", stream)])
        tar.replaceSubrange(
            124..<136,
            with: [0x80] + [UInt8](repeating: 0, count: 3) + [0x7f] + [UInt8](repeating: 0xff, count: 7))
        Archive.sign(&tar, at: 0)
        let document = try open(tar)
        #expect(document.has(.containerTruncated))
    }

    @Test func longNames() throws {
        let name = String(repeating: "n", count: 200) + "/vm.mig"
        let header = Archive.tarHeader("././@LongLink", size: name.utf8.count + 1, type: "L")
        let body = Array(name.utf8) + [UInt8](repeating: 0, count: 512 - name.utf8.count)
        let document = try open(header + body + Archive.tar.bytes([("short", stream)]))
        #expect(document.store.container.members.map(\.name) == [name])
    }
}
