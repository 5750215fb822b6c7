import Bytes
import Container
import Diagnose
import Edit
import Format
import Glibc
import Memory
import Stream
import Testing

/// Connections beside the main channel: multifd, preempt, return path, CPR.
@Suite struct ChannelTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func open(_ main: [UInt8], _ channels: [[UInt8]]) throws -> Document {
        var options = OpenOptions()
        options.channels = try channels.enumerated().map { try scratch.file("channel-\($0)", $1) }
        return try Document.open(path: scratch.file("main.mig", main), options: options)
    }

    // Two rounds over two channels; a page that changes channels between them.
    private func channels(isPacked: Bool = false, repeatsSizes: Bool = false) throws -> [[UInt8]] {
        var one = try MultifdWriter(channel: 0, isPacked: isPacked, repeatsSizes: repeatsSizes)
        var two = try MultifdWriter(channel: 1, isPacked: isPacked, repeatsSizes: repeatsSizes)
        one.sync()
        two.sync()
        one.pages([(0x0000, 1), (0x1000, 2), (0x2000, 0)])
        two.pages([(0x3000, 3), (0x4000, 4)])
        one.sync()
        two.sync()
        two.pages([(0x0000, 9), (0x5000, 0)])
        one.pages([(0x4000, 8)])
        one.sync()
        two.sync()
        return [one.bytes, two.bytes]
    }

    /// QEMU up to 7.2 does not reset the size of a packet when it has no pages.
    @Test(arguments: [true, false]) func sizesOfPacketsWithoutPages(_ isPacked: Bool) throws {
        let main = MultifdMain.bytes(parts: [[], []], hasFlush: false)
        let document = try open(main, try channels(isPacked: isPacked, repeatsSizes: true))
        #expect(fills(document) == [9, 2, 0, 3, 8, 0, -1, -1])
        #expect(document.findings.isEmpty, "\(document.findings)")
        #expect(document.tiles())
    }

    @Test(arguments: [true, false], [true, false])
    func pagesOfAllRounds(_ isPacked: Bool, _ hasFlush: Bool) throws {
        let main = MultifdMain.bytes(parts: [[], []], hasFlush: hasFlush)
        let document = try open(main, try channels(isPacked: isPacked))
        #expect(fills(document) == [9, 2, 0, 3, 8, 0, -1, -1])
        #expect(document.findings.isEmpty, "\(document.findings)")
        #expect(document.ramIndex().blocks[0].sent == 8)
        #expect(document.tiles())
    }

    @Test func orderOfChannelsIsOfNoInterest() throws {
        let document = try open(MultifdMain.bytes(parts: [[], []]), try channels().reversed())
        #expect(fills(document) == [9, 2, 0, 3, 8, 0, -1, -1])
    }

    /// Zero pages may come over the main channel (zero-page-detection=legacy): rounds decide what is last.
    @Test func joinedWithTheMainChannel() throws {
        let zero = StreamWriter.page(0x0000, block: "pc.ram")
        let main = MultifdMain.bytes(parts: [[], zero])
        var one = try MultifdWriter(channel: 0)
        one.sync()
        one.pages([(0x0000, 1)])
        one.sync()
        one.sync()
        #expect(try fills(open(main, [one.bytes]))[0] == 0)
        let first = MultifdMain.bytes(parts: [zero, []])
        var two = try MultifdWriter(channel: 0)
        two.sync()
        two.sync()
        two.pages([(0x0000, 1)])
        two.sync()
        #expect(try fills(open(first, [two.bytes]))[0] == 1)
    }

    @Test func withoutItsChannels() throws {
        let document = try open(MultifdMain.bytes(parts: [[], []]), [])
        #expect(fills(document) == [Int](repeating: -1, count: 8))
        #expect(document.has(.multifdChannels))
    }

    /// A stream that is written has the pages of all channels, or is not written.
    @Test(arguments: [true, false]) func plainStreamsHaveThePagesOfChannels(_ isPacked: Bool) throws {
        let document = try open(MultifdMain.bytes(parts: [[], []]), try channels(isPacked: isPacked))
        let conversion = Conversion(document, as: .plain)
        #expect(conversion.isRewritten)
        var sink = EditTests.Bytes()
        try conversion.write(to: &sink)
        let plain = try Document.open(region: MappedRegion(copying: sink.bytes), name: "plain")
        #expect(fills(plain) == [9, 2, 0, 3, 8, 0, -1, -1])
        #expect(throws: EditError.self) { try RepairTests.bytes(try StreamDraft(document)) }
        let alone = try open(MultifdMain.bytes(parts: [[], []]), [])
        #expect(throws: EditError.self) { try Conversion(alone, as: .plain).write(to: &sink) }
        #expect(throws: EditError.self) { try RepairTests.bytes(try StreamDraft(alone)) }
    }

    @Test func treeShowsPackets() throws {
        let document = try open(MultifdMain.bytes(parts: [[], []]), try channels())
        #expect(document.store.containerCount == 2)
        for number in 0..<2 {
            document.open(NodePath([number]))
            let channel = document.tree.child(number, of: document.tree.root)
            #expect(channel.childCount == 2)
            let packets = document.tree.child(1, of: channel)
            #expect(packets.childCount == 5)
            #expect(packets.range.upperBound == channel.range.upperBound)
        }
    }

    @Test func deviceState() throws {
        var one = try MultifdWriter(channel: 0)
        one.sync()
        one.deviceState("0000:00:02.0/vfio", instance: 3, [1, 2, 3])
        one.pages([(0x1000, 7)])
        one.sync()
        let document = try open(MultifdMain.bytes(parts: [[]]), [one.bytes])
        #expect(fills(document)[1] == 7)
        document.open(NodePath([0]))
        let packets = document.tree.child(1, of: document.tree.child(0, of: document.tree.root))
        #expect(packets.childCount == 4)
    }

    @Test func preemptChannel() throws {
        let record = StreamWriter.page(0x6000, fill: 6, block: "pc.ram") + StreamWriter.page(0x7000)
        let main = MultifdMain.bytes(parts: [StreamWriter.page(0x1000, fill: 1, block: "pc.ram")])
        let document = try open(main, [record])
        #expect(fills(document) == [-1, 1, -1, -1, -1, -1, 6, 0])
    }

    /// Cut or changed anywhere, a channel never makes a page of what it does not hold.
    @Test(arguments: [true, false]) func cut(_ isPacked: Bool) throws {
        let main = MultifdMain.bytes(parts: [[], []])
        let whole = try channels(isPacked: isPacked)
        let good = [9, 2, 0, 3, 8, 0, -1, -1]
        for size in stride(from: 64, to: whole[0].count, by: 701) {
            let found = fills(try open(main, [Array(whole[0].prefix(size)), whole[1]]))
            for (page, fill) in found.enumerated() where fill != good[page] {
                #expect(fill == -1 || page == 4, "page \(page) is \(fill)")
            }
        }
    }

    @Test func changed() throws {
        let main = MultifdMain.bytes(parts: [[], []])
        let whole = try channels()
        for place in stride(from: 8, to: 64 + 2 * 1344 + 8, by: 5) {
            var bytes = whole[0]
            bytes[place] = 0xff
            _ = fills(try open(main, [bytes, whole[1]]))
        }
    }

    /// What is recorded of the main channel may end before its first page: those of the channels came all the same.
    @Test(arguments: [true, false]) func mainChannelEndsBeforeItsPages(_ hasFlush: Bool) throws {
        let main = MultifdMain.bytes(parts: [[], []], hasFlush: hasFlush)
        let pages = try channels()
        let section = try #require((8..<main.count).first { main[$0] == 2 && main[$0 - 5] == 0x7e })
        for size in section...min(section + 40, main.count) {
            let document = try open(Array(main.prefix(size)), pages)
            #expect(fills(document) == [9, 2, 0, 3, 8, 0, -1, -1], "\(size)")
            #expect(!document.has(.channelMissing), "\(size)")
            let note = Check(document).findings().first { $0.code == .ramCoverage }
            #expect(note?.message == "pc.ram: 6 of 8 pages are in the stream", "\(size)")
            guard document.loss?.isCut == true else { continue }
            #expect(note?.hint.contains("shared memory") == false, "\(note?.hint ?? "") \(size)")
        }
    }

    /// A packed channel that ends inside a packet is not damaged.
    @Test func packedChannelEndsInsideAPacket() throws {
        let main = MultifdMain.bytes(parts: [[], []])
        let whole = try channels(isPacked: true)
        for size in stride(from: 64, to: whole[0].count, by: 211) {
            let document = try open(Array(main.prefix(120)), [Array(whole[0].prefix(size)), whole[1]])
            #expect(!document.has(.channelPacked), "\(size) \(document.findings)")
        }
    }

    /// The ids in the initial packets, the numbers of packets and the SYNC packets show what is not there.
    @Test func channelIsMissing() throws {
        let main = MultifdMain.bytes(parts: [[], []])
        var all = try channels()
        var last = try MultifdWriter(channel: 2)
        for _ in 0..<3 { last.sync() }
        all.append(last.bytes)
        #expect(try !open(main, all).has(.channelMissing))
        for missing in [[0], [1], [0, 1]] {
            let kept = all.indices.filter { !missing.contains($0) }.map { all[$0] }
            let document = try open(main, kept)
            let found = try #require(document.findings.first { $0.code == .channelMissing })
            let ids = missing.map(String.init).joined(separator: ", ")
            #expect(found.message.hasSuffix("not here: \(ids)"), "\(found.message)")
            #expect(document.memoryLoss?.finding.code == .channelMissing)
            let note = Check(document).findings().first { $0.code == .ramCoverage }
            #expect(note?.hint.contains("missing channels") == true)
        }
    }

    @Test func lastChannelIsMissing() throws {
        let main = MultifdMain.bytes(parts: [[], []])
        func bytes(_ channel: UInt8, _ numbers: [UInt64]) throws -> [UInt8] {
            var writer = try MultifdWriter(channel: channel)
            for number in numbers {
                writer.number = number
                if channel == 0, number == 2 { writer.pages([(0x1000, 2)]) } else { writer.sync() }
            }
            return writer.bytes
        }
        let first = try bytes(0, [0, 2, 4, 6])
        let document = try open(main, [first])
        #expect(fills(document)[1] == 2)
        let found = try #require(document.findings.first { $0.code == .channelMissing })
        #expect(found.message.contains("packets 0 to 6, 3 of them"), "\(found.message)")
        let whole = try open(main, [first, try bytes(1, [1, 3, 5])])
        _ = whole.ramIndex()
        #expect(whole.findings.isEmpty, "\(whole.findings)")
        // One number that is damaged shows nothing.
        let damaged = try open(main, [try bytes(0, [0, 2, 1, 1 << 40])])
        _ = damaged.ramIndex()
        #expect(!damaged.has(.channelMissing))
    }

    /// A channel that ends before the main channel's synchronization has lost pages, wherever it ends.
    @Test(arguments: [true, false]) func channelEndsEarly(_ isPacked: Bool) throws {
        let main = MultifdMain.bytes(parts: [[], []])
        let whole = try channels(isPacked: isPacked)
        for size in stride(from: 64, to: whole[0].count, by: 701) {
            let document = try open(main, [Array(whole[0].prefix(size)), whole[1]])
            _ = document.ramIndex()
            #expect(document.has(.channelMissing), "\(size)")
            #expect(document.memoryLoss != nil)
        }
        // Where the main channel ends too, nothing shows that the channel had more.
        let cut = try open(Array(main.prefix(120)), [Array(whole[0].prefix(2000)), whole[1]])
        _ = cut.ramIndex()
        #expect(!cut.has(.channelMissing))
    }

    @Test func returnPathAlone() throws {
        let messages: [UInt8] = [0, 2, 0, 4, 0, 0, 0, 1, 0, 7, 0, 0, 0, 1, 0, 4, 0, 0, 0, 0]
        let document = try Document.open(path: scratch.file("0.back", messages))
        #expect(document.has(.channelAlone))
        #expect(document.tiles())
        let path = document.tree.child(0, of: document.tree.root)
        #expect(
            (0..<path.childCount).map { document.tree.name(document.tree.child($0, of: path)) } == [
                "PONG", "SWITCHOVER_ACK", "SHUT",
            ])
    }

    /// After a postcopy migration was interrupted, the destination says what pages it has.
    @Test func bitmapOfReceivedPages() throws {
        var bytes: [UInt8] = [0, 5, 0, 7, 6] + Array("pc.ram".utf8)
        bytes += StreamWriter.be(UInt64(128)) + [UInt8](repeating: 0xff, count: 128)
        bytes += StreamWriter.be(UInt64(0x0123_4567_89ab_cdef))
        bytes += [0, 6, 0, 4, 0, 0, 0, 1, 0, 1, 0, 4, 0, 0, 0, 0]
        let document = try Document.open(path: scratch.file("1.back", bytes))
        #expect(document.tiles())
        let path = document.tree.child(0, of: document.tree.root)
        #expect(
            (0..<path.childCount).map { document.tree.name(document.tree.child($0, of: path)) } == [
                "RECV_BITMAP", "bitmap", "RESUME_ACK", "SHUT",
            ])
    }

    @Test func descriptorsOfCPR() throws {
        let name = Array("pc.ram".utf8) + [0]
        let entry = [1] + StreamWriter.be(UInt32(name.count)) + name + [0, 0, 0, 0, 0x20]
        let bytes = Array("QCPR".utf8) + [0, 0, 0, 1] + entry + entry + [0]
        let document = try Document.open(path: scratch.file("cpr", bytes))
        #expect(document.tree.child(0, of: document.tree.root).childCount == 5)
        #expect(document.tiles())
    }

    /// Pages of other channels count as sent, and those that none has do not.
    @Test func checkCountsAllChannels() throws {
        let main = MultifdMain.bytes(parts: [[], []])
        func coverage(_ channels: [[UInt8]]) throws -> String? {
            Check(try open(main, channels)).findings().first { $0.code == .ramCoverage }?.message
        }
        #expect(try coverage(try channels()) == "pc.ram: 6 of 8 pages are in the stream")
        var rest = try MultifdWriter(channel: 2)
        rest.sync()
        rest.pages([(0x6000, 0), (0x7000, 1)])
        rest.sync()
        rest.sync()
        #expect(try coverage(try channels() + [rest.bytes]) == nil)
    }

    @Test func channelAlone() throws {
        let document = try Document.open(path: scratch.file("1.fwd", try channels()[0]))
        #expect(document.has(.channelAlone))
        #expect(Check(document).findings().map(\.code) == [.channelAlone])
        #expect(document.tiles())
    }

    /// A recording of a migration over TLS is named as one.
    @Test func encryptedFolder() throws {
        let folder = scratch.path("encrypted")
        #expect(mkdir(folder, 0o700) == 0)
        for name in ["0.fwd", "0.back"] {
            _ = try scratch.file(
                "encrypted/\(name)", [0x16, 3, 1, 1, 0x50] + [UInt8](repeating: 0x77, count: 90))
        }
        let error = #expect(throws: OpenError.self) { try Document.open(path: folder) }
        #expect(error?.description.contains("2 of its 2 files are TLS data") == true)
    }

    @Test func folder() throws {
        let folder = scratch.path("recording")
        #expect(mkdir(folder, 0o700) == 0)
        let names = ["0.fwd", "1.fwd", "2.fwd", "0.back"]
        let back: [UInt8] = [0, 1, 0, 4, 0, 0, 0, 0]
        let files = [MultifdMain.bytes(parts: [[], []])] + (try channels()) + [back]
        for (name, bytes) in zip(names, files) { _ = try scratch.file("recording/\(name)", bytes) }
        let document = try Document.open(path: folder)
        #expect(fills(document) == [9, 2, 0, 3, 8, 0, -1, -1])
        #expect(document.store.container.members.map(\.isOpen) == [true, true, true, true])
        #expect(document.store.channels.map(\.kind) == [.multifd, .multifd, .returnPath])
        let archive = try Archive.tar.bytes(zip(names, files).map { (name: $0, bytes: $1) })
        let packed = try Document.open(path: scratch.file("recording.tar", archive))
        #expect(fills(packed) == fills(document))
        for isPacked in [false, true] {
            let members = zip(names, files).map { (name: $0, bytes: $1) }
            let whole = try Archive.zip(packed: isPacked).bytes(members)
            let document = try Document.open(path: scratch.file("recording.zip", whole))
            #expect(fills(document) == fills(packed), "\(isPacked)")
            #expect(document.store.channels.map(\.kind) == [.multifd, .multifd, .returnPath])
            #expect(document.tiles())
        }
        let missing = try Archive.zip(packed: true).bytes([(names[0], files[0]), (names[2], files[2])])
        #expect(try Document.open(path: scratch.file("missing.zip", missing)).has(.channelMissing))
    }
}
