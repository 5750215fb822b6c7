import Bytes
import Stream
import Testing

@Suite struct PackageTests {
    private static func devices() -> [UInt8] {
        var inner = StreamWriter()
        inner.command(4)
        inner.full(7, "timer".utf8, [1, 2, 3])
        inner.full(8, "cpu".utf8, instance: 1, [4, 5])
        inner.command(2, StreamWriter.be(UInt32(3)))
        inner.command(5)
        return Array(inner.bytes.dropFirst(8))
    }

    private static func stream(package: [UInt8], claim: UInt32? = nil) -> [UInt8] {
        var writer = StreamWriter()
        writer.configuration()
        writer.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", 0x2000)]))
        writer.part(2, StreamWriter.page(0, block: "r") + StreamWriter.endOfRAM)
        writer.command(7, StreamWriter.be(claim ?? UInt32(package.count)))
        writer.append(package)
        writer.part(2, StreamWriter.page(0x1000) + StreamWriter.endOfRAM)
        writer.end(2, StreamWriter.endOfRAM)
        writer.endOfFile()
        return writer.bytes
    }

    private func children(_ document: Document) throws -> [String] {
        document.openLivePart()
        let record = try #require(document.store.records.first { $0.command == .packaged })
        return record.children.map { place in
            let inner = document.store.records[place]
            return "\(document.store.table.names.text(inner.name)) \(inner.size)"
        }
    }

    private let expected = [
        "package header 9", "POSTCOPY_LISTEN 5", "timer 27", "cpu 24", "PING 9", "POSTCOPY_RUN 5",
    ]

    @Test func isAStreamOfItsOwn() throws {
        let document = try Document.of(Self.stream(package: Self.devices()))
        #expect(document.expectTiling() == 0)
        #expect(document.findings.isEmpty)
        #expect(try children(document) == expected)
        let after = document.store.records.filter { $0.kind == .part || $0.kind == .end }
        #expect(after.count == 3)
    }

    /// The devices of a package are read by a borrowed description too.
    @Test func borrowedDescription() throws {
        let timer = SmallDevice(
            "timer", [], fields: #"{"name": "ticks", "array_len": 3, "type": "uint8", "size": 1}"#)
        let cpu = SmallDevice("cpu", instance: 1, [], fields: #"{"name": "pc", "type": "uint32", "size": 4}"#)
        let json = SmallStream([timer, cpu]).description
        var options = OpenOptions()
        options.description = try BorrowedDescription(
            region: MappedRegion(copying: Array(json.utf8)), path: "twin.json")
        let region = MappedRegion(copying: Self.stream(package: Self.devices()))
        let document = try Document.open(region: region, name: "test.mig", options: options)
        #expect(document.expectTiling() == 2)
        let places = try children(document)
        #expect(places == expected)
        let command = try #require(document.store.records.first { $0.command == .packaged })
        let path = document.tree.pathText(document.tree.knownPath(atOffset: command.offset)).split(
            separator: "/")
        let package = path.prefix(2).joined(separator: "/")
        #expect(
            try document.listing(package + "/timer:0") == [
                "@header frame 19", "ticks uint8 3", "@footer frame 5",
            ])
        // Four bytes by the description, two in the stream.
        #expect(document.findings.contains { $0.code == .sectionSize && $0.severity == .warning })
    }

    @Test func severalPackages() throws {
        var bytes = Self.stream(package: Self.devices())
        bytes.removeLast()
        var more = StreamWriter()
        more.command(7, StreamWriter.be(UInt32(Self.devices().count)))
        more.append(Self.devices())
        more.endOfFile()
        let document = try Document.of(bytes + more.bytes.dropFirst(8))
        #expect(document.expectTiling() == 0)
        #expect(document.findings.isEmpty)
    }

    /// A package that claims more than there is ends with POSTCOPY_RUN.
    @Test func tooLong() throws {
        let document = try Document.of(Self.stream(package: Self.devices(), claim: .max))
        #expect(document.expectTiling() == 0)
        #expect(document.findings.map(\.code) == [.command])
        #expect(try children(document) == expected)
        #expect(document.store.records.contains { $0.kind == .end })
    }

    @Test func packageInAPackage() throws {
        var inner = StreamWriter()
        inner.command(7, StreamWriter.be(UInt32(3)))
        inner.append([1, 2, 3])
        inner.command(5)
        let document = try Document.of(Self.stream(package: Array(inner.bytes.dropFirst(8))))
        #expect(document.expectTiling() == 3)
        #expect(document.findings.map(\.code) == [.command])
    }

    @Test func leftovers() throws {
        let document = try Document.of(Self.stream(package: Self.devices() + [0x55, 0x66]))
        #expect(document.expectTiling() == 2)
        #expect(document.findings.map(\.code) == [.command])
        #expect(document.store.records.contains { $0.kind == .end })
    }

    @Test func damaged() throws {
        let bytes = Self.stream(package: Self.devices())
        for length in 8..<bytes.count { try Document.of(Array(bytes.prefix(length))).expectTiling() }
        for place in 8..<bytes.count {
            var damaged = bytes
            damaged[place] ^= 0xff
            try Document.of(damaged).expectTiling()
        }
    }
}
