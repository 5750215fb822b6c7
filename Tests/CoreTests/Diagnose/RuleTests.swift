import Bytes
import Diagnose
import Stream
import Testing

/// Rules on streams written for them.
@Suite struct RuleTests {
    private func findings(
        _ bytes: [UInt8], like target: [UInt8]? = nil, loader: QEMUVersion? = nil
    ) throws -> [Finding] {
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "small.mig")
        let like = try target.map { try Document.open(region: MappedRegion(copying: $0), name: "target.mig") }
        return Check(document, like: like, loader: loader).findings().filter { $0.severity != .note }
    }

    private func codes(_ bytes: [UInt8], like target: [UInt8]? = nil) throws -> [FindingCode] {
        try findings(bytes, like: target).map(\.code)
    }

    @Test func wholeStream() throws {
        #expect(try codes(SmallStream().bytes, like: SmallStream().bytes).isEmpty)
    }

    @Test func doubledSection() throws {
        var stream = SmallStream([.plain("first"), .plain("first")])
        stream.json = SmallStream([.plain("first")]).description
        #expect(try codes(stream.bytes).contains(.sectionDoubled))
    }

    /// Some handlers write one section for each of their devices, all of one name and instance.
    @Test func doubledAsDescribed() throws {
        let longer = SmallDevice("first", [1], fields: #"{"name": "byte", "type": "uint8", "size": 1}"#)
        let stream = SmallStream([.plain("first"), longer, .plain("first")])
        #expect(try codes(stream.bytes) == [])
        #expect(try codes(stream.bytes, like: stream.bytes) == [])
    }

    @Test func backgroundSnapshot() throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x1000)]))
        stream.part(2, StreamWriter.page(0, block: "pc.ram") + StreamWriter.endOfRAM)
        stream.full(10, "first".utf8, [1, 2, 3, 4])
        stream.endOfFile()
        #expect(try codes(stream.bytes) == [])
    }

    @Test func absentSection() throws {
        let few = SmallStream([.plain("first"), .plain("third")])
        // QEMU loads it: what only the destination has is a note.
        #expect(try codes(few.bytes, like: SmallStream().bytes) == [])
        let document = try Document.open(region: MappedRegion(copying: few.bytes), name: "few.mig")
        let like = try Document.open(region: MappedRegion(copying: SmallStream().bytes), name: "all.mig")
        let notes = Check(document, like: like).findings()
        #expect(notes.contains { $0.code == .sectionAbsent && $0.severity == .note })
        #expect(
            notes.allSatisfy { $0.code != .sectionAbsent || $0.message.hasSuffix(" that the stream lacks") })
    }

    @Test func unknownSection() throws {
        let few = SmallStream([.plain("first"), .plain("third")])
        let finding = try #require(try findings(SmallStream().bytes, like: few.bytes).first)
        #expect(finding.code == .sectionUnknown)
        #expect(finding.qemu.hasPrefix("Unknown savevm section or instance 'second' 0. Make sure"))
    }

    @Test func startWithoutEnd() throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x1000)]))
        stream.part(2, StreamWriter.page(0, block: "pc.ram") + StreamWriter.endOfRAM)
        stream.endOfFile()
        #expect(try codes(stream.bytes) == [.sectionNoEnd])
    }

    /// A source with the capability dirty-bitmaps and no bitmap opens the section and never closes it; with a bitmap it does.
    @Test(arguments: [true, false]) func bitmapsWithoutEnd(_ isEmpty: Bool) throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x1000)]))
        // The start of a bitmap of a node.
        let name = StreamWriter.counted("a")
        stream.start(3, "dirty-bitmap", isEmpty ? [1] : [0x1c] + name + name + [0, 0, 2, 0, 0, 1])
        stream.part(2, StreamWriter.page(0, block: "pc.ram") + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        stream.endOfFile()
        #expect(try codes(stream.bytes).contains(.sectionNoEnd) == !isEmpty)
    }

    /// QEMU 7.2 with postcopy-ram and dirty-bitmaps, and no bitmap.
    @Test func postcopyClosesOnlyWhatSends() throws {
        var package = StreamWriter()
        package.command(4)
        package.full(10, "first".utf8, [1, 2, 3, 4])
        package.command(5)
        var stream = StreamWriter()
        stream.configuration()
        stream.start(1, "dirty-bitmap", [1])
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x1000)]))
        stream.command(7, StreamWriter.be(UInt32(package.count - 8)))
        stream.append(Array(package.bytes.dropFirst(8)))
        stream.end(2, StreamWriter.endOfRAM)
        stream.endOfFile()
        #expect(try codes(stream.bytes) == [])
    }

    @Test(arguments: [
        (UInt64(0x800), FindingCode.ramFlags, "Unknown combination of migration flags: 0x800"),
        (0x8022, .ramAddress, "Illegal RAM offset 8000"),
        (0x28, .ramContinue, "Ack, bad migration stream!"),
    ]) func ramRecord(_ word: UInt64, _ code: FindingCode, _ line: String) throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x4000)]))
        let first = code == .ramContinue ? [] : StreamWriter.page(0, block: "pc.ram")
        let rest = [UInt8](repeating: 0, count: 0x1000)
        stream.part(2, first + StreamWriter.be(word) + rest + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        stream.endOfFile()
        let finding = try #require(try findings(stream.bytes).first)
        #expect(finding.code == code)
        #expect(finding.qemu.hasPrefix(line))
        #expect(finding.qemu.contains("error while loading state section id 2(ram)"))
    }

    @Test func zeroPageWithAValue() throws {
        var bytes = SmallStream().bytes
        let record = StreamWriter.be(UInt64(0x1022)) + [0]
        let place = try #require((0..<bytes.count - 9).first { Array(bytes[$0..<$0 + 9]) == record })
        bytes[place + 8] = 7
        let finding = try #require(try findings(bytes).first)
        #expect(finding.offset == place + 8)
        #expect(finding.qemu.hasPrefix("Found a zero page with value 7"))
    }

    @Test func pingWithoutReturnPath() throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.command(2, StreamWriter.be(UInt32(1)))
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x1000)]))
        stream.end(2, StreamWriter.endOfRAM)
        stream.endOfFile()
        let finding = try #require(try findings(stream.bytes).first)
        #expect(finding.qemu.hasPrefix("CMD_PING (0x1) received with no return path"))
    }

    @Test func capabilities() throws {
        let name = "x-ignore-shared"
        let listed = [("configuration/capabilities", StreamWriter.be(UInt32(1)) + StreamWriter.counted(name))]
        func stream(_ subsections: [(String, [UInt8])]) -> [UInt8] {
            var stream = StreamWriter()
            stream.configuration("none", subsections)
            stream.endOfFile()
            return stream.bytes
        }
        let finding = try #require(try findings(stream(listed), like: stream([])).first)
        #expect(finding.qemu.hasPrefix("Capability x-ignore-shared is off, but received capability is on"))
    }

    /// The list of RAM blocks breaks off: what QEMU 7.2 was seen to say, zeros read and stale names and all.
    @Test(arguments: [
        (4, "Unknown combination of migration flags: 0x0"),
        (8, #"Unknown ramblock "", cannot accept migration"#),
        (14, #"Unknown ramblock "first", cannot accept migration"#),
        (20, "Size mismatch: first.ram: 0x0 != 0x8000: Invalid argument"),
        (30, "Size mismatch: first.ram: 0x0 != 0x8000: Invalid argument"),
        (36, "Size mismatch: first.tcm: 0x0 != 0x1000: Invalid argument"),
        (42, "Size mismatch: first.tcm: 0x0 != 0x1000: Invalid argument"),
        (43, "Unknown combination of migration flags: 0x0"),
        (44, "Unknown combination of migration flags: 0x0"),
        (50, "Unknown combination of migration flags: 0x0"),
    ])
    func listOfBlocksIsCut(_ length: Int, _ line: String) throws {
        var stream = StreamWriter()
        stream.configuration("pc-q35-7.2")
        let start = stream.bytes.count + 17
        stream.start(
            2, "ram", version: 4, StreamWriter.ramBlocks([("first.ram", 0x8000), ("first.tcm", 0x1000)]))
        stream.end(2, StreamWriter.endOfRAM)
        stream.endOfFile()
        let found = try findings(
            Array(stream.bytes.prefix(start + length)), like: stream.bytes, loader: QEMUVersion(7, 2)
        )
        .filter { $0.severity == .error && !$0.qemu.isEmpty }
        #expect(found.map { $0.qemu.prefix { $0 != "\n" } } == [line[...]])
    }

    /// A cut anywhere gives a finding, and nothing crashes.
    @Test func cuts() throws {
        let bytes = SmallStream().bytes
        for length in stride(from: 9, to: bytes.count - SmallStream().description.utf8.count - 6, by: 1) {
            let found = try findings(Array(bytes[..<length]), like: SmallStream().bytes)
            #expect(found.contains { $0.severity == .error }, "cut at \(length)")
        }
    }

    /// A flipped bit anywhere does not crash.
    @Test func flips() throws {
        let bytes = SmallStream().bytes
        for offset in 8..<bytes.count where bytes[offset] != 0xaa && bytes[offset] != 0x55 {
            var damaged = bytes
            damaged[offset] ^= 0x81
            _ = try findings(damaged, like: bytes)
        }
    }
}
