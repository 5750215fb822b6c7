import Bytes
import Container
import Edit
import Memory
import Stream
import Testing

/// Migrations in packet captures.
@Suite struct CaptureTests {
    private let scratch: Scratch
    private let stream = SmallStream().bytes

    init() throws { scratch = try Scratch() }

    private func open(_ writer: CaptureWriter, stream number: Int? = nil) throws -> Document {
        var options = OpenOptions()
        options.migration = number
        return try Document.open(path: scratch.file("capture", writer.bytes), options: options)
    }

    private func main(_ client: UInt16 = 50_000) -> CaptureWriter.Connection {
        .init(client: client, forward: stream, back: [0, 1, 0, 4, 0, 0, 0, 0])
    }

    @Test(arguments: CaptureWriter.Form.allCases, [UInt32(1), 101, 113, 276])
    func plain(_ form: CaptureWriter.Form, _ link: UInt32) throws {
        var writer = CaptureWriter(form, link: link)
        writer.add(main())
        let document = try open(writer)
        #expect(document.store.region.copy(0..<document.store.region.count) == stream)
        #expect(document.findings.isEmpty, "\(document.findings)")
        #expect(document.store.channels.map(\.kind) == [.returnPath])
        #expect(document.tiles())
    }

    @Test func reorderedAndRepeated() throws {
        var writer = CaptureWriter()
        writer.add(main()) { pieces in
            var pieces = pieces
            for index in stride(from: 1, to: pieces.count - 1, by: 3) { pieces.swapAt(index, index + 1) }
            return pieces + pieces.prefix(4)
        }
        let document = try open(writer)
        #expect(document.store.region.copy(0..<document.store.region.count) == stream)
        #expect(document.findings.isEmpty)
    }

    @Test func reversed() throws {
        var writer = CaptureWriter()
        writer.add(main()) { $0.reversed() }
        #expect(try open(writer).store.region.copy(0..<stream.count) == stream)
    }

    /// A capture of several interfaces, or of a card with several queues, has no order: connections may begin late in it.
    @Test(arguments: 0..<4) func anyOrder(_ seed: UInt64) throws {
        var writer = CaptureWriter()
        writer.add(main())
        for number in 0..<3 {
            var channel = try MultifdWriter(channel: UInt8(number))
            for page in 0..<5 {
                channel.pages([(UInt64(number * 5 + page) << 12, UInt8(number * 5 + page + 1))])
                channel.sync()
            }
            writer.add(.init(client: UInt16(50_001 + number), forward: channel.bytes))
        }
        writer.add(.init(client: 7, server: 80, forward: Array("GET / HTTP/1.0\r\n\r\n".utf8)))
        writer.change { packets in
            guard seed > 0 else { return packets.reversed() }
            var generator = SmallGenerator(state: seed)
            return packets.shuffled(using: &generator)
        }
        let document = try open(writer)
        #expect(document.store.region.copy(0..<stream.count) == stream)
        #expect(
            document.store.channels.map(\.kind.label).sorted() == [
                "multifd channel", "multifd channel", "multifd channel", "return path",
            ])
        #expect(!document.store.channels.contains { !$0.lost.isEmpty })
        let sizes = document.store.channels.filter { $0.kind == .multifd }.map(\.region.count)
        #expect(Set(sizes).count == 1)
        #expect(!document.has(.wireLost) && !document.has(.wireConnections))
    }

    private struct SmallGenerator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    /// The first segment comes after more than is held in memory: the capture is read twice.
    @Test(arguments: [true, false]) func firstBytesComeLast(_ hasSYN: Bool) throws {
        let long = stream + [UInt8](repeating: 0x51, count: 3 << 20)
        var writer = CaptureWriter()
        var connection = main()
        connection.forward = long
        connection.segmentSize = 1200
        writer.add(connection) { Array($0.dropFirst() + $0.prefix(1)) }
        if !hasSYN { writer.change { Array($0.dropFirst()) } }
        let document = try open(writer)
        #expect(document.store.region.copy(0..<stream.count) == stream)
        #expect(document.store.source.region.count == long.count)
        #expect(document.store.lost.isEmpty)
        #expect(!document.has(.wireLost))
    }

    /// Many small segments before the first bytes.
    @Test func manySegmentsComeFirst() throws {
        var writer = CaptureWriter()
        var connection = main()
        connection.forward = stream + [UInt8](repeating: 0, count: 40_000)
        connection.segmentSize = 8
        writer.add(connection) { $0.reversed() }
        #expect(try open(writer).store.region.copy(0..<stream.count) == stream)
    }

    /// A channel whose first segment was not captured has its other pages; what can't be told is said.
    @Test func firstBytesOfAChannelAreLost() throws {
        var channel = try MultifdWriter(channel: 0)
        channel.sync()
        channel.pages([(0x1000, 5)])
        channel.sync()
        var writer = CaptureWriter()
        writer.add(.init(client: 50_000, forward: MultifdMain.bytes(parts: [[]])))
        var connection = CaptureWriter.Connection(client: 50_001, forward: channel.bytes)
        connection.segmentSize = 64
        writer.add(connection) { Array($0.dropFirst()) }
        connection.client = 50_002
        connection.forward = [UInt8](repeating: 9, count: 500)
        writer.add(connection) { Array($0.dropFirst()) }
        let document = try open(writer)
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        #expect(reader.content(block: 0, page: 1) == .bytes([UInt8](repeating: 5, count: 4096)))
        #expect(document.has(.wireLost))
        #expect(document.findings.contains { $0.code == .wireConnections && $0.message.contains("50002") })
    }

    /// Of two migrations over the same ports, whose second SYN was not captured, each has its bytes.
    @Test func portUsedAgainWithoutSYN() throws {
        var writer = CaptureWriter()
        writer.add(main())
        var again = main()
        again.first = 0x8000_0000
        again.forward = SmallStream([.plain("other")]).bytes
        var second = CaptureWriter()
        second.add(again)
        second.change { Array($0.dropFirst()) }
        writer.change { packets in
            var all = packets
            second.change {
                all += $0; return $0
            }
            return all
        }
        let first = try open(writer)
        #expect(first.store.region.copy(0..<stream.count) == stream)
        let other = try open(writer, stream: 2)
        #expect(other.store.region.copy(0..<again.forward.count) == again.forward)
    }

    @Test func lostSegments() throws {
        var writer = CaptureWriter()
        writer.add(main()) { pieces in
            let lost = [2, 3, pieces.count - 1]
            return pieces.indices.filter { !lost.contains($0) }.map { pieces[$0] }
        }
        let document = try open(writer)
        #expect(document.store.region.count == stream.count)
        let last = (stream.count - 1) / 1000 * 1000
        #expect(document.store.lost.ranges == [2000..<4000, last..<stream.count])
        #expect(document.has(.wireLost))
        #expect(document.isZero(2000..<4000))
        #expect(document.tiles())
        // The zeros in their place are none of the stream's, and are not written for it.
        #expect(document.loss?.finding.code == .wireLost)
        var sink = EditTests.Bytes()
        #expect(throws: EditError.self) { try Conversion(document, as: .plain).write(to: &sink) }
        #expect(sink.bytes.isEmpty)
    }

    /// Nothing is looked for in what was not captured, which may be longer than all that was.
    @Test func aLongHoleCostsNothing() throws {
        let hole = 0x3000_0000
        var writer = CaptureWriter()
        writer.add(main()) { pieces in
            pieces.enumerated().map { number, piece in
                number < 3 ? piece : CaptureWriter.moved(piece, by: UInt32(hole))
            }
        }
        let document = try open(writer)
        #expect(document.store.lost.ranges.first == 3000..<3000 + hole)
        var steps = 0
        while steps < 200, !document.readMissing(budget: 1000) { steps += 1 }
        #expect(steps < 200)
        #expect(!document.needsReading)
    }

    /// Of more migrations than are kept no number is told that opens nothing.
    @Test func moreMigrationsThanAreKept() throws {
        var writer = CaptureWriter()
        for client in 0..<602 {
            writer.add(.init(client: UInt16(20_000 + client), forward: Array(stream.prefix(200))))
        }
        let document = try open(writer, stream: 600)
        #expect(document.has(.wireConnections))
        let error = try #require(throws: OpenError.self) { try open(writer, stream: 601) }
        #expect("\(error)".contains("it has 600"), "\(error)")
    }

    /// What is lost of memory is not needed where no memory is written.
    @Test func lostPagesAreNotWritten() throws {
        let lost = try #require((5..<50).first { $0 * 1000 > 300 })
        var writer = CaptureWriter()
        writer.add(main()) { pieces in pieces.indices.filter { $0 != lost }.map { pieces[$0] } }
        let document = try open(writer)
        document.readMissing()
        var draft = try StreamDraft(document)
        try #require(draft.live.contains(lost * 1000))
        var sink = EditTests.Bytes()
        #expect(throws: EditError.self) { try draft.write(to: &sink) }
        var share = Share(draft, Share.Options())
        try share.run()
        draft = share.draft
        sink = EditTests.Bytes()
        try draft.write(to: &sink)
        #expect(!sink.bytes.isEmpty)
    }

    /// Pages around lost segments are right, those in them absent, and what follows is read.
    @Test(arguments: [0, 1, 2, 3]) func lostInMemory(_ phase: Int) throws {
        var writer = StreamWriter()
        writer.configuration()
        writer.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x40000)]))
        var records: [UInt8] = []
        for page in 0..<64 {
            let fill: UInt8 = page % 5 == 4 ? 0 : UInt8(page + 1)
            records += StreamWriter.page(UInt64(page) << 12, fill: fill, block: page == 0 ? "pc.ram" : nil)
        }
        writer.end(2, records + StreamWriter.endOfRAM)
        let device = SmallDevice.plain("first")
        writer.full(10, device.name, version: device.version, device.body)
        writer.endOfFile()
        writer.description("{\"page_size\": 4096, \"devices\": [\(device.json)]}")
        var capture = CaptureWriter()
        capture.add(.init(client: 50_000, forward: writer.bytes)) { pieces in
            var kept: [[UInt8]] = []
            for (number, piece) in pieces.enumerated() {
                let isLost = (3...200).contains(number) && number % 16 == phase * 4
                if !isLost { kept.append(piece) }
            }
            return kept
        }
        let document = try open(capture)
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        var absent = 0
        for page in 0..<64 {
            switch reader.content(block: 0, page: page) {
            case .absent: absent += 1
            case .zero: #expect(page % 5 == 4)
            case .bytes(let bytes): #expect(bytes.allSatisfy { $0 == UInt8(page + 1) }, "page \(page)")
            }
        }
        // 13 segments of 1000 bytes are lost: none is in more than two pages.
        #expect(absent > 8 && absent < 32, "\(absent) of 64 pages")
        #expect(document.overview.sectionCount == 2)
        document.openLivePart()
        #expect(document.tiles())
    }

    /// Among small records, the header of one is half in what was not captured: reading goes on behind it.
    @Test(arguments: 0..<9) func lostInAHeader(_ phase: Int) throws {
        let count = 2000
        var writer = StreamWriter()
        writer.configuration()
        let blocks = StreamWriter.ramBlocks([("pc.ram", 0x80_0000), ("other", 0x1000)])
        writer.start(2, "ram", version: 4, blocks)
        var records: [UInt8] = []
        for page in 0..<count {
            records += StreamWriter.page(UInt64(page) << 12, fill: 0, block: page == 0 ? "pc.ram" : nil)
        }
        writer.end(2, records + StreamWriter.endOfRAM)
        writer.endOfFile()
        var capture = CaptureWriter()
        var connection = CaptureWriter.Connection(client: 50_000, forward: writer.bytes)
        connection.segmentSize = 1448 + phase
        capture.add(connection) { Array($0.prefix(3) + $0.dropFirst(4)) }
        let document = try open(capture)
        var steps = 0
        while steps < 1000, !document.readMissing(budget: 1000) { steps += 1 }
        #expect(steps < 1000)
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        let known = (0..<count).count { reader.content(block: 0, page: $0) == .zero }
        #expect(known > count - 400, "\(known) of \(count)")
        #expect(document.tiles())
    }

    /// Losses close to each other, among pages that are far from each other as in a later pass, cost the pages that they
    /// are in and no others.
    @Test(arguments: 0..<6) func lossesCloseToEachOther(_ seed: Int) throws {
        let count = 300
        var writer = StreamWriter()
        writer.configuration()
        writer.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x4000_0000)]))
        let pages = (0..<count).map { $0 * 700 + $0 % 3 }
        var records: [UInt8] = []
        for (number, page) in pages.enumerated() {
            let fill = UInt8(number % 250 + 1)
            records += StreamWriter.page(
                UInt64(page) << 12, fill: fill, block: number == 0 ? "pc.ram" : nil)
        }
        writer.end(2, records + StreamWriter.endOfRAM)
        writer.endOfFile()
        writer.description(#"{"page_size": 4096, "devices": []}"#)
        var capture = CaptureWriter()
        var lostCount = 0
        capture.add(.init(client: 50_000, forward: writer.bytes)) { pieces in
            let kept = pieces.indices.filter { number in
                let isLost = number % 41 == 7 + seed || number % 41 == 11 + seed || number % 123 == 15 + seed
                return !(isLost && (3..<pieces.count - 20).contains(number))
            }
            lostCount = pieces.count - kept.count
            return kept.map { pieces[$0] }
        }
        let document = try open(capture)
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        var absent = 0
        for (number, page) in pages.enumerated() {
            switch reader.content(block: 0, page: page) {
            case .absent: absent += 1
            case .zero: Issue.record("page \(page) is zero")
            case .bytes(let bytes):
                #expect(bytes.allSatisfy { $0 == UInt8(number % 250 + 1) }, "page \(page)")
            }
        }
        #expect(lostCount > 50)
        #expect(absent <= 2 * lostCount, "\(absent) of \(count) pages, \(lostCount) segments")
        #expect(!document.has(.sectionFormat))
        document.openLivePart()
        #expect(document.tiles())
    }

    @Test func packed() throws {
        var writer = CaptureWriter()
        writer.add(main())
        let document = try Document.open(path: scratch.file("capture.gz", try Pack.gzip(writer.bytes)))
        #expect(document.store.region.copy(0..<document.store.region.count) == stream)
    }

    @Test func channelsAreFound() throws {
        var writer = CaptureWriter()
        var channel = try MultifdWriter(channel: 0)
        channel.sync()
        channel.pages([(0x1000, 5)])
        channel.sync()
        writer.add(.init(client: 1, server: 80, forward: Array("GET / HTTP/1.0\r\n\r\n".utf8)))
        writer.add(.init(client: 50_000, forward: MultifdMain.bytes(parts: [[]])))
        writer.add(.init(client: 50_001, forward: channel.bytes))
        let document = try open(writer)
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        #expect(reader.content(block: 0, page: 1) == .bytes([UInt8](repeating: 5, count: 4096)))
        #expect(document.store.container.members.count == 2)
    }

    /// A page that was sent anew, and whose last bytes were not captured, is not what it was before.
    @Test(arguments: [true, false]) func lostOfAChannel(_ isPacked: Bool) throws {
        var channel = try MultifdWriter(channel: 0, isPacked: isPacked)
        channel.sync()
        channel.pages([(0x1000, 5), (0x2000, 6)])
        channel.sync()
        let start = channel.bytes.count
        channel.pages([(0x1000, 7), (0x3000, 8)])
        channel.sync()
        var writer = CaptureWriter()
        writer.add(.init(client: 50_000, forward: MultifdMain.bytes(parts: [[], []])))
        // In the first page behind the table of the packet, or in what both are packed to.
        let lost = start + 320 + 8 * 128 + 8
        var connection = CaptureWriter.Connection(client: 50_001, forward: channel.bytes)
        connection.segmentSize = 8
        writer.add(connection) { pieces in
            pieces.indices.filter { $0 != lost / 8 }.map { pieces[$0] }
        }
        let document = try open(writer)
        document.readMissing()
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        #expect(reader.content(block: 0, page: 1) == .absent)
        #expect(reader.content(block: 0, page: 2) == .bytes([UInt8](repeating: 6, count: 4096)))
        let other = reader.content(block: 0, page: 3)
        #expect(isPacked ? other == .absent : other == .bytes([UInt8](repeating: 8, count: 4096)))
    }

    /// Pages of a preempt channel that were not captured are absent, and those behind them are read.
    @Test func lostOfAPreemptChannel() throws {
        var records: [UInt8] = []
        for page in 0..<8 {
            records += StreamWriter.page(
                UInt64(page) << 12, fill: UInt8(page + 1), block: page == 0 ? "pc.ram" : nil)
        }
        var writer = CaptureWriter()
        writer.add(.init(client: 50_000, forward: MultifdMain.bytes(parts: [[]])))
        writer.add(.init(client: 50_001, forward: records)) { pieces in
            // Inside of the third page, and at the header of the sixth.
            let lost = [2 * 4104 + 2000, 5 * 4104 + 7].map { $0 / 1000 }
            return pieces.indices.filter { !lost.contains($0) }.map { pieces[$0] }
        }
        let document = try open(writer)
        document.readMissing()
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        var absent: [Int] = []
        for page in 0..<8 {
            switch reader.content(block: 0, page: page) {
            case .absent: absent.append(page)
            case .zero: Issue.record("page \(page) is zero")
            case .bytes(let bytes): #expect(bytes.allSatisfy { $0 == UInt8(page + 1) }, "page \(page)")
            }
        }
        #expect(absent.contains(2))
        #expect(absent.contains(5) || absent.contains(4))
        #expect(absent.count <= 4)
        #expect(!absent.contains(0) && !absent.contains(7))
    }

    /// Datagrams that were cut on the way, in order, backwards, and without their first parts.
    @Test(arguments: [0, 1, 2], [false, true]) func fragments(_ order: Int, _ isVersion6: Bool) throws {
        var writer = CaptureWriter()
        writer.add(main()) { pieces in
            pieces.enumerated().flatMap { number, piece in
                var parts = CaptureWriter.fragments(piece, id: UInt16(number), size: 400)
                if order == 1 { parts.reverse() }
                if order == 2, number == 3 { parts.removeFirst() }
                return isVersion6 ? parts.map(CaptureWriter.version6) : parts
            }
        }
        let document = try open(writer)
        guard order < 2 else { return #expect(document.store.lost.ranges == [3000..<4000]) }
        #expect(document.store.lost.isEmpty)
        #expect(document.store.region.copy(0..<stream.count) == stream)
    }

    /// What networks put around the packets of a host.
    private enum Wrapping: CaseIterable {
        case vlan, doubleTagged, tripleTagged, labelled, pseudowire, plainPseudowire, pppoe, vxlan, oldVXLAN,
            taggedVXLAN
        case vxlanInIPv6, geneve, gre, greWithKey, greWithAll, mirrored, ipInIP, nested

        private static let network: [UInt8] = [8, 0, 0, 0, 0, 0, 42, 0]

        /// An Ethernet frame of IPv4 with this around it.
        func wrap(_ frame: [UInt8]) -> [UInt8] {
            switch self {
            case .vlan: Self.tagged(frame, [0x81, 0, 0, 7])
            case .doubleTagged: Self.tagged(frame, [0x88, 0xa8, 0, 9, 0x81, 0, 0, 7])
            case .tripleTagged: Self.tagged(frame, [0x92, 0, 0, 1, 0x91, 0, 0, 9, 0x81, 0, 0, 7])
            case .labelled: Self.outer(0x8847, [0, 1, 0, 64, 0, 2, 1, 64], Array(frame[14...]))
            case .pseudowire: Self.outer(0x8847, [0, 1, 1, 64, 0, 0, 0, 0], frame)
            case .plainPseudowire: Self.outer(0x8847, [0, 1, 1, 64], frame)
            case .pppoe: Self.outer(0x8864, [0x11, 0, 0, 3, 0x04, 0, 0, 0x21], Array(frame[14...]))
            case .vxlan: Self.udp(4789, Self.network, frame)
            case .oldVXLAN: Self.udp(8472, Self.network, frame)
            case .taggedVXLAN: Self.udp(4789, Self.network, Self.tagged(frame, [0x81, 0, 0, 7]))
            case .vxlanInIPv6: Self.udp(4789, Self.network, frame, isVersion6: true)
            case .geneve: Self.udp(6081, [2, 0, 0x65, 0x58, 0, 0, 42, 0, 1, 2, 3, 1, 9, 9, 9, 9], frame)
            case .gre: Self.ip(47, [0, 0, 8, 0], Array(frame[14...]))
            case .greWithKey: Self.ip(47, [0x20, 0, 0x65, 0x58, 0, 0, 0, 5], frame)
            case .greWithAll:
                Self.ip(47, [0xb0, 0, 8, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], Array(frame[14...]))
            case .mirrored: Self.ip(47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 3, 3, 3, 3, 3, 3, 3, 3], frame)
            case .ipInIP: Self.ip(4, [], Array(frame[14...]))
            case .nested: Self.udp(4789, Self.network, Self.udp(4789, Self.network, frame))
            }
        }

        private static func tagged(_ frame: [UInt8], _ tags: [UInt8]) -> [UInt8] {
            var frame = frame
            frame.insert(contentsOf: tags, at: 12)
            return frame
        }

        private static func outer(_ type: UInt16, _ head: [UInt8], _ body: [UInt8]) -> [UInt8] {
            var frame = [UInt8](repeating: 4, count: 12)
            frame += StreamWriter.be(type)
            return frame + head + body
        }

        private static func ip(_ next: UInt8, _ head: [UInt8], _ body: [UInt8], isVersion6: Bool = false)
            -> [UInt8]
        {
            let size = UInt16(head.count + body.count)
            var header: [UInt8]
            if isVersion6 {
                header = [0x60, 0, 0, 0] + StreamWriter.be(size)
                header += [next, 64] + [UInt8](repeating: 0xfc, count: 32)
            } else {
                header = [0x45, 0] + StreamWriter.be(20 + size)
                header += [0, 0, 0x40, 0, 64, next, 0, 0, 192, 168, 0, 1, 192, 168, 0, 2]
            }
            return outer(isVersion6 ? 0x86dd : 0x0800, header + head, body)
        }

        private static func udp(
            _ port: UInt16, _ head: [UInt8], _ body: [UInt8], isVersion6: Bool = false
        ) -> [UInt8] {
            var header = StreamWriter.be(UInt16(40_000))
            header += StreamWriter.be(port)
            header += StreamWriter.be(UInt16(8 + head.count + body.count))
            return ip(17, header + [0, 0] + head, body, isVersion6: isVersion6)
        }
    }

    @Test(arguments: Wrapping.allCases) private func wrapped(_ wrapping: Wrapping) throws {
        var writer = CaptureWriter(.pcapng)
        writer.add(main()) { $0.map(wrapping.wrap) }
        let document = try open(writer)
        #expect(document.store.region.copy(0..<document.store.region.count) == stream)
        #expect(document.findings.isEmpty, "\(document.findings)")
    }

    /// Tags on the "any" device, of both kinds of cooked captures.
    @Test(arguments: [UInt32(113), 276]) func taggedCooked(_ link: UInt32) throws {
        var writer = CaptureWriter(link: link)
        writer.add(main()) { pieces in
            pieces.map { piece in
                var piece = piece
                let place = link == 113 ? 14 : 0
                piece.replaceSubrange(place..<place + 2, with: [0x81, 0])
                piece.insert(contentsOf: [0, 7, 8, 0], at: link == 113 ? 16 : 20)
                return piece
            }
        }
        #expect(try open(writer).store.region.copy(0..<stream.count) == stream)
    }

    @Test func severalMigrations() throws {
        let second = SmallStream([.plain("other")]).bytes
        var writer = CaptureWriter()
        writer.add(main())
        writer.add(.init(client: 50_007, forward: second))
        let first = try open(writer)
        #expect(first.store.region.count == stream.count)
        #expect(first.has(.streamChosen))
        #expect(try open(writer, stream: 2).store.region.count == second.count)
        #expect(throws: OpenError.self) { try open(writer, stream: 3) }
    }

    // The same ends again, after the first connection.
    @Test func portUsedAgain() throws {
        var writer = CaptureWriter()
        writer.add(main())
        var again = main()
        again.first = 77
        again.forward = SmallStream([.plain("other")]).bytes
        writer.add(again)
        #expect(try open(writer, stream: 2).store.region.copy(0..<again.forward.count) == again.forward)
    }

    @Test func encrypted() throws {
        var writer = CaptureWriter()
        writer.add(.init(client: 9, forward: [0x16, 3, 1, 2, 0] + [UInt8](repeating: 1, count: 100)))
        let error = #expect(throws: OpenError.self) { try open(writer) }
        #expect(error?.description.contains("TLS") == true)
    }

    @Test(arguments: [CaptureWriter.Form.pcap, .pcapng]) func cutAndChanged(_ form: CaptureWriter.Form) throws
    {
        var writer = CaptureWriter(form)
        writer.add(main())
        let whole = writer.bytes
        for size in stride(from: 1, to: whole.count, by: 89) {
            guard let document = try? Document.open(path: scratch.file("cut", Array(whole.prefix(size))))
            else {
                continue
            }
            #expect(document.tiles())
        }
        for place in stride(from: 0, to: min(whole.count, 3000), by: 3) {
            for value in [UInt8(0xff), 0] {
                var bytes = whole
                bytes[place] = value
                _ = try? Document.open(path: scratch.file("changed", bytes))
            }
        }
    }
}
