import Bytes
import Format
import Stream
import Testing

/// What follows a stream of a source with COLO is named, message by message, and is no part of the stream.
@Suite struct COLOTests {
    private static let stream: [UInt8] = {
        var stream = SmallStream()
        stream.early = body { $0.command(CommandKind.enableCOLO.rawValue) }
        return stream.bytes
    }()

    // What a stream has after its magic number and version.
    private static func body(_ write: (inout StreamWriter) -> Void) -> [UInt8] {
        var writer = StreamWriter()
        write(&writer)
        return Array(writer.bytes.dropFirst(8))
    }

    private static let live = body {
        $0.end(2, StreamWriter.page(0x1000, fill: 7, block: "pc.ram") + StreamWriter.endOfRAM)
        $0.endOfFile()
    }
    private static let devices = body {
        $0.full(10, "first".utf8, [0, 0, 0, 1])
        $0.endOfFile()
    }

    // One END section of RAM, and the devices.
    private static func checkpoint(_ live: [UInt8] = live, devices: [UInt8] = devices) -> [UInt8] {
        let messages: [[UInt8]] = [
            StreamWriter.be(UInt32(1)), StreamWriter.be(UInt32(3)), live, StreamWriter.be(UInt32(4)),
            StreamWriter.be(UInt64(devices.count)), devices,
        ]
        return Array(messages.joined())
    }

    private static let checkpoint: [UInt8] = checkpoint()

    private func opened(_ bytes: [UInt8]) throws -> Document {
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "colo.mig")
        document.readMissing()
        #expect(Tiling.rows(document).problems == [])
        return document
    }

    @Test func checkpoints() throws {
        let document = try opened(Self.stream + Self.checkpoint + Self.checkpoint)
        #expect(document.overview.sections.map(\.name) == ["ram", "first", "second", "third"])
        #expect(document.store.streamEnd == Self.stream.count)
        #expect(!document.findings.contains { $0.severity != .note })
        #expect(document.findings.contains { $0.message.contains("COLO: 2 complete checkpoints") })
        let rows = document.rows(all: true).filter { $0.offset >= Self.stream.count }
        #expect(
            rows.map(\.pathText)
                == [1, 2].flatMap { number in
                    Self.leaves.map {
                        "COLO@\(Hex.offset(Self.stream.count))/checkpoint \(number)/\($0)"
                    }
                })
    }

    private static let leaves: [String] = [
        "checkpoint-request", "vmstate-send", "live sections/ram:0/@header/type",
        "live sections/ram:0/@header/section_id", "live sections/ram:0/pc.ram/raw", "live sections/ram:0/eos",
        "live sections/ram:0/@footer/type", "live sections/ram:0/@footer/section_id", "EOF", "vmstate-size",
        "size", "device state/first:0/@header/type", "device state/first:0/@header/section_id",
        "device state/first:0/@header/idstr", "device state/first:0/@header/instance_id",
        "device state/first:0/@header/version_id", "device state/first:0/word",
        "device state/first:0/@footer/type", "device state/first:0/@footer/section_id", "device state/EOF",
    ]

    // QEMU 8.2 on announces the switch-over, and goes on with the block of the last page before.
    @Test func blockOfAnEarlierRecord() throws {
        let page = StreamWriter.be(UInt64(0x1000 | 0x28)) + [UInt8](repeating: 7, count: 4096)
        let live = Self.body {
            $0.command(CommandKind.switchoverStart.rawValue)
            $0.end(2, page + StreamWriter.endOfRAM)
            $0.endOfFile()
        }
        let document = try opened(Self.stream + Self.checkpoint(live) + Self.checkpoint)
        #expect(document.findings.contains { $0.message.contains("COLO: 2 complete checkpoints") })
        let paths = document.rows(all: true).map(\.pathText)
        #expect(paths.contains { $0.hasSuffix("checkpoint 1/live sections/SWITCHOVER_START/command") })
        #expect(paths.contains { $0.hasSuffix("checkpoint 1/live sections/ram:0/records") })
        #expect(paths.contains { $0.hasSuffix("checkpoint 1/device state/first:0/word") })
    }

    // A device that the description does not list, and bytes after the last section.
    @Test func otherDevices() throws {
        let devices = Self.body {
            $0.full(11, "unknown".utf8, [1, 2, 3])
            $0.full(10, "first".utf8, [0, 0, 0, 1])
        }
        let document = try opened(Self.stream + Self.checkpoint(devices: devices + [9, 9, 9]))
        #expect(!document.findings.contains { $0.severity != .note })
        let rows = document.rows(all: true).filter { $0.offset >= Self.stream.count }
        #expect(rows.contains { $0.pathText.hasSuffix("device state/unknown:0/data") && $0.size == 3 })
        #expect(rows.last?.pathText.hasSuffix("device state/rest") == true)
    }

    @Test func cutCheckpoint() throws {
        for lost in stride(from: 1, to: Self.checkpoint.count, by: 47) {
            let document = try opened(Self.stream + Self.checkpoint + Self.checkpoint.dropLast(lost))
            #expect(document.store.streamEnd == Self.stream.count)
            #expect(document.overview.sections.count == 4)
        }
    }

    @Test func otherBytes() throws {
        // Announced, but it is something else.
        let other = try opened(Self.stream + [1, 2, 3, 4, 5])
        #expect(other.rows(all: true).last?.pathText.hasPrefix("gap") == true)
        // The same bytes, which end as a stream does, where nothing has announced them and no section follows.
        let messages = StreamWriter.be(UInt32(1)) + StreamWriter.be(UInt32(3))
        for rest in [
            messages, messages + [3, 0, 0, 0, 99] + Self.checkpoint.dropFirst(13),
            messages + [8, 0, 4, 0, 0],
        ] {
            let plain = try opened(SmallStream().bytes + rest)
            #expect(plain.overview.sections.count == 4)
            #expect(plain.store.description != nil)
            #expect(plain.rows(all: true).last?.pathText.hasPrefix("gap") == true)
        }
    }

    /// QEMU 10.2 on announces no COLO: the messages and what follows them tell.
    @Test func unannounced() throws {
        let start = Self.body { $0.command(CommandKind.switchoverStart.rawValue) }
        for live in [Self.live, start + Self.live] {
            let document = try opened(SmallStream().bytes + Self.checkpoint(live) + Self.checkpoint)
            #expect(document.overview.sections.map(\.name) == ["ram", "first", "second", "third"])
            #expect(document.findings.contains { $0.message.contains("COLO: 2 complete checkpoints") })
        }
    }
}
