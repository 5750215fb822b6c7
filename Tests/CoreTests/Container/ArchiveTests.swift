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

/// Writes archives.
enum Archive: Sendable, CustomTestStringConvertible {
    case tar
    case zip(packed: Bool)

    var testDescription: String { "\(self)" }

    func bytes(_ files: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
        switch self {
        case .tar:
            let members = files.flatMap { file in
                Self.tarHeader(file.name, size: file.bytes.count, type: "0") + file.bytes
                    + [UInt8](repeating: 0, count: (512 - file.bytes.count % 512) % 512)
            }
            return members + [UInt8](repeating: 0, count: 1024)
        case .zip(let packed): return try Self.zip(files, packed)
        }
    }

    static func tarHeader(_ name: String, size: Int, type: Character) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            block.replaceSubrange(offset..<offset + text.utf8.count, with: Array(text.utf8))
        }
        put(name, 0)
        put("0000644", 100)
        let digits = String(size, radix: 8)
        put(String(repeating: "0", count: 11 - digits.count) + digits, 124)
        put("00000000000", 136)
        put(String(type), 156)
        put("ustar", 257)
        put("00", 263)
        sign(&block, at: 0)
        return block
    }

    /// Writes the checksum of a header.
    static func sign(_ bytes: inout [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset + 148..<offset + 156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = bytes[offset..<offset + 512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let text = String(repeating: "0", count: 6 - digits.count) + digits
        bytes.replaceSubrange(offset + 148..<offset + 155, with: Array(text.utf8) + [0])
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func zip(_ files: [(name: String, bytes: [UInt8])], _ packed: Bool) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var list: [UInt8] = []
        for file in files {
            let data = packed ? try Pack.rawDeflate(file.bytes) : file.bytes
            let name = Array(file.name.utf8)
            let sizes = little(data.count, 4) + little(file.bytes.count, 4)
            let method = little(packed ? 8 : 0, 2)
            let offset = bytes.count
            bytes += [0x50, 0x4b, 3, 4, 20, 0, 0, 0] + method + [0, 0, 0, 0, 0, 0, 0, 0] + sizes
            bytes += little(name.count, 2) + [0, 0] + name + data
            list += [0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 0] + method + [0, 0, 0, 0, 0, 0, 0, 0] + sizes
            list += little(name.count, 2) + [UInt8](repeating: 0, count: 12) + little(offset, 4) + name
        }
        let end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + little(files.count, 2) + little(files.count, 2)
        return bytes + list + end + little(list.count, 4) + little(bytes.count, 4) + [0, 0]
    }
}
