import Bytes
import Container
import Diagnose
import Format
import Glibc
import Memory
import Stream
import Testing

/// Migrations in postcopy whose connection broke, and that went on over another one.
@Suite struct RecoveryTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private let end = StreamWriter.endOfRAM

    // What came over the first connection, and where its last section begins: a device in a package, and eight pages, of
    // which the destination discards those that are sent again.
    private func first() -> (bytes: [UInt8], last: Int) {
        var stream = StreamWriter()
        stream.configuration()
        stream.command(3, [])
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x8000)]))
        let pages = (0..<8).flatMap { number in
            StreamWriter.page(UInt64(number) << 12, fill: 1, block: number == 0 ? "pc.ram" : nil)
        }
        stream.part(2, pages + end)
        let ranges = StreamWriter.be(UInt64(0x2000)) + StreamWriter.be(UInt64(0x6000))
        stream.command(6, [0] + StreamWriter.counted("pc.ram") + [0] + ranges)
        var package = StreamWriter()
        package.command(4)
        package.full(10, "first".utf8, [1, 2, 3, 4])
        package.command(5)
        let inner = Array(package.bytes.dropFirst(8))
        stream.command(7, StreamWriter.be(UInt32(inner.count)))
        stream.append(inner)
        let last = stream.count
        let more = [2, 3].flatMap { StreamWriter.page($0 << 12, fill: 2, block: $0 == 2 ? "pc.ram" : nil) }
        stream.part(2, more + end)
        return (stream.bytes, last)
    }

    // A connection after a recovery that sends pages; the last one ends the stream.
    private func resumed(_ pages: Range<Int>, fill: UInt8, isLast: Bool = true) -> [UInt8] {
        var stream = StreamWriter()
        stream.command(10, StreamWriter.counted("pc.ram"))
        stream.command(9)
        let records = pages.flatMap { number in
            StreamWriter.page(
                UInt64(number) << 12, fill: fill, block: number == pages.lowerBound ? "pc.ram" : nil)
        }
        stream.part(2, records + end)
        if isLast {
            stream.end(2, end)
            stream.endOfFile()
        }
        return Array(stream.bytes.dropFirst(8))
    }

    private func open(_ main: [UInt8], _ channels: [[UInt8]]) throws -> Document {
        var options = OpenOptions()
        options.channels = try channels.enumerated().map { try scratch.file("channel-\($0)", $1) }
        return try Document.open(path: scratch.file("main.mig", main), options: options)
    }

    /// Wherever the connection breaks, what came whole counts, and what came after it.
    @Test func brokenAnywhere() throws {
        let (whole, last) = first()
        for end in stride(from: last + 1, to: whole.count, by: 37) {
            let document = try open(Array(whole[..<end]), [resumed(2..<8, fill: 3)])
            #expect(fills(document) == [1, 1, 3, 3, 3, 3, 3, 3], "\(end)")
            #expect(document.tiles(), "\(end)")
            let findings = Check(document).findings()
            #expect(
                findings.allSatisfy { $0.code == .streamRecovered && $0.severity == .note }, "\(findings)")
            #expect(!findings.isEmpty)
        }
    }

    @Test func whatCameBeforeCounts() throws {
        let (whole, _) = first()
        let document = try open(whole, [resumed(4..<8, fill: 3)])
        #expect(fills(document) == [1, 1, 2, 2, 3, 3, 3, 3])
        #expect(document.tiles())
        #expect(document.findings.map(\.code) == [.streamRecovered])
    }

    /// The second connection breaks too, at each place.
    @Test func recoveredTwice() throws {
        let (whole, last) = first()
        let main = Array(whole[..<(last + 4000)])
        let second = resumed(2..<5, fill: 3, isLast: false)
        for end in stride(from: 40, to: second.count, by: 501) {
            let document = try open(main, [Array(second[..<end]), resumed(2..<8, fill: 4)])
            #expect(fills(document) == [1, 1, 4, 4, 4, 4, 4, 4], "\(end)")
            #expect(document.tiles())
            #expect(!document.findings.contains { $0.severity != .note }, "\(document.findings)")
        }
        let document = try open(main, [second, resumed(5..<8, fill: 4)])
        #expect(fills(document) == [1, 1, 3, 3, 3, 4, 4, 4])
    }

    /// A connection that is cut, after which none came, is damage as in any stream.
    @Test func brokenAtTheEnd() throws {
        let (whole, _) = first()
        let last = resumed(4..<8, fill: 3)
        let document = try open(whole, [Array(last.dropLast(5000))])
        document.readMissing()
        #expect(fills(document) == [1, 1, 2, 2, 3, 3, -1, -1])
        #expect(document.findings.contains { $0.severity == .error })
        #expect(document.tiles())
    }

    @Test(arguments: [false, true]) func inACapture(_ isElsewhere: Bool) throws {
        let (whole, last) = first()
        let answer: [UInt8] = [0, 5, 0, 7] + StreamWriter.counted("pc.ram")
        var writer = CaptureWriter()
        writer.add(
            .init(client: 5000, forward: Array(whole[..<(last + 4000)]), back: [0, 2, 0, 4, 0, 0, 0, 3]))
        writer.add(
            .init(
                client: 5001, server: isElsewhere ? 4445 : 4444, forward: resumed(2..<8, fill: 3),
                back: answer))
        // Another migration, which has nothing to do with it.
        writer.add(.init(client: 5002, forward: SmallStream([.plain("other")]).bytes))
        let document = try Document.open(path: scratch.file("capture", writer.bytes))
        #expect(fills(document) == [1, 1, 3, 3, 3, 3, 3, 3])
        #expect(document.store.channels.map(\.kind) == [.returnPath, .returnPath])
        #expect(document.store.container.members.filter(\.isOpen).count == 4)
        #expect(document.tiles())
        var options = OpenOptions()
        options.migration = 2
        options.stream = 2
        let second = try Document.open(path: scratch.path("capture"), options: options)
        #expect(!second.has(.streamRecovered))
        #expect(second.findings.isEmpty, "\(second.findings)")
    }

    /// Lost segments of the second connection are its gaps, and those alone.
    @Test func lostOfTheSecond() throws {
        let (whole, _) = first()
        var writer = CaptureWriter()
        writer.add(.init(client: 5000, forward: whole))
        writer.add(.init(client: 5001, forward: resumed(4..<8, fill: 3))) { pieces in
            pieces.enumerated().filter { $0.offset != 6 }.map(\.element)
        }
        let document = try Document.open(path: scratch.file("capture", writer.bytes))
        #expect(document.store.lost.byteCount == 1000)
        #expect(fills(document) == [1, 1, 2, 2, 3, -1, 3, 3])
    }

    @Test func withoutTheFirst() throws {
        let bytes = resumed(2..<8, fill: 3)
        let alone = #expect(throws: OpenError.self) { try Document.open(path: scratch.file("1.fwd", bytes)) }
        #expect(alone?.description.contains("--channel") == true)
        var writer = CaptureWriter()
        writer.add(.init(client: 5001, forward: bytes))
        let error = #expect(throws: OpenError.self) {
            try Document.open(path: scratch.file("capture", writer.bytes))
        }
        #expect(error?.description.contains("only connections of a postcopy recovery") == true)
    }

    private func folder(_ name: String, _ files: [(String, [UInt8])]) throws -> String {
        #expect(mkdir(scratch.path(name), 0o700) == 0)
        for (file, bytes) in files { _ = try scratch.file("\(name)/\(file)", bytes) }
        return scratch.path(name)
    }

    /// The preempt channel is opened anew too.
    @Test func recording() throws {
        let (whole, last) = first()
        let page = { (number: UInt64, fill: UInt8) in
            StreamWriter.page(number << 12, fill: fill, block: "pc.ram")
        }
        let path = try folder(
            "recording",
            [
                ("0.fwd", Array(whole[..<(last + 4000)])), ("0.back", [0, 2, 0, 4, 0, 0, 0, 3]),
                ("1.fwd", page(4, 5)), ("2.fwd", resumed(5..<8, fill: 3)),
                ("2.back", [0, 6, 0, 4, 0, 0, 0, 1]), ("3.fwd", page(2, 6) + page(3, 6)),
            ])
        let document = try Document.open(path: path)
        #expect(fills(document) == [1, 1, 6, 6, 5, 3, 3, 3])
        #expect(document.store.channels.map(\.kind) == [.preempt, .preempt, .returnPath, .returnPath])
    }

    /// A source that tried twice: each migration has the channels that were opened after its main one.
    @Test func twoMigrationsInAFolder() throws {
        func channel(_ fill: UInt8) throws -> [UInt8] {
            var writer = try MultifdWriter(channel: 0)
            writer.sync()
            writer.pages((0..<8).map { (UInt64($0) << 12, fill) })
            writer.sync()
            return writer.bytes
        }
        let main = MultifdMain.bytes(parts: [[]])
        let path = try folder(
            "twice",
            [
                ("0.fwd", main), ("1.fwd", try channel(7)), ("9.fwd", main),
                ("9.back", [0, 1, 0, 4, 0, 0, 0, 0]),
                ("10.fwd", try channel(8)),
            ])
        func open(_ number: Int?) throws -> Document {
            var options = OpenOptions()
            options.migration = number
            options.stream = number ?? 1
            return try Document.open(path: path, options: options)
        }
        let one = try open(nil)
        #expect(fills(one) == [Int](repeating: 7, count: 8))
        #expect(one.findings.map(\.code) == [.streamChosen])
        #expect(one.findings.first?.message.contains("\"0.fwd\", \"9.fwd\"") == true)
        #expect(fills(try open(1)) == fills(one))
        let two = try open(2)
        #expect(fills(two) == [Int](repeating: 8, count: 8))
        #expect(two.findings.isEmpty, "\(two.findings)")
        #expect(two.store.channels.map(\.kind) == [.multifd, .returnPath])
        #expect(throws: OpenError.self) { try open(3) }
    }
}
