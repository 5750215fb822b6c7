import Stream
import Testing

/// A virtio device on virtio-mmio, as its section holds it.
struct VirtIOCase: Sendable, CustomTestStringConvertible {
    /// The last part of the idstr.
    var device: String
    var features: UInt64 = 0
    var queueCount = 1
    var config: [UInt8] = [0xaa, 0xbb]
    /// What the device itself saves.
    var bytes: [UInt8]
    /// The subsections of `virtio` in front of its features.
    var subsections: [UInt8] = []
    /// The device in front of it.
    var first = SmallDevice.plain("first")

    var testDescription: String { "\(device), \(bytes.count) bytes" }

    /// The bytes but the middle of a card's table of VLANs, which is like its ends.
    var places: [Int] { bytes.indices.filter { $0 < 60 || $0 >= bytes.count - 100 } }

    var path: String { "virtio-mmio@000000000a000000/\(device):0/virtio" }

    var field: [UInt8] {
        let zeros = [UInt8](repeating: 0, count: 12)
        let queue = Self.be32(256) + Self.be32(4096) + Self.be64(0x8_0000) + Self.be16(5)
        let queues = [[UInt8]](repeating: queue, count: queueCount).joined()
        let all = StreamWriter.subsection("virtio/64bit_features", Self.be64(features))
        return Self.join(
            zeros, [7, 1, 0, 0], Self.be32(UInt32(truncatingIfNeeded: features)),
            Self.be32(UInt32(config.count)), config, Self.be32(UInt32(queueCount)), Array(queues), bytes,
            subsections, all)
    }

    /// A stream with the device between two others.
    func stream(_ bytes: [UInt8]? = nil) -> [UInt8] {
        var changed = self
        changed.bytes = bytes ?? self.bytes
        let field = changed.field
        let device = SmallDevice(
            "virtio-mmio@000000000a000000/\(self.device)", field,
            fields: "{\"name\": \"virtio\", \"type\": \"virtio\", \"size\": \(field.count)}",
            structure: self.device)
        return SmallStream([first, device, .plain("third")]).bytes
    }

    func document() throws -> Document { try Document.of(stream()) }
}

// MARK: - Devices

extension VirtIOCase {
    fileprivate static func be16(_ value: UInt16) -> [UInt8] { StreamWriter.be(value) }
    fileprivate static func be32(_ value: UInt32) -> [UInt8] { StreamWriter.be(value) }
    fileprivate static func be64(_ value: UInt64) -> [UInt8] { StreamWriter.be(value) }
    fileprivate static func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }
    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    /// A card with a number of addresses in its table, and what follows `has_ufo`.
    static func network(features: UInt64 = 0, macs: Int = 0, _ rest: [UInt8] = []) -> VirtIOCase {
        let head = join([0x52, 0x54, 0, 0x12, 0x34, 0x56], be32(0), be32(1), be16(1), [1, 0])
        let table = (0..<macs).map { number -> [UInt8] in [0x33, 0x33, 0, 0, 0, UInt8(number)] }
        let vlans = join([0x03], zeros(511))
        return VirtIOCase(
            device: "virtio-net", features: features, queueCount: 3,
            bytes: join(
                head, be32(UInt32(macs)), Array(table.joined()), vlans, be32(1), zeros(7), rest))
    }

    /// `max` pairs, some of which are in use.
    static func pairs(_ max: UInt16, _ current: UInt16) -> [UInt8] {
        join(be16(max), be16(current), zeros(4 * (Int(current) - 1)))
    }

    /// Hashing over two queues.
    static func hashing(version: UInt32) -> [UInt8] {
        let types = version > 1 ? join(be32(0x3f), be32(0x1ff)) : be32(0x3f)
        let key = [UInt8](repeating: 0x6d, count: 40)
        return StreamWriter.subsection(
            "virtio-net-device/rss", version: version,
            join([1, 1, 0], types, be16(2), be16(0), key, be16(0), be16(1)))
    }

    static let backend = StreamWriter.subsection(
        "virtio-net-device/backend", version: 0, join(be32(2), [1, 2], be32(0)))

    /// A request of one readable and two writable descriptors, in the memory of a host.
    static func request(isBigEndian: Bool = false) -> [UInt8] {
        func word(_ value: UInt32) -> [UInt8] { be32(isBigEndian ? value : value.byteSwapped) }
        func long(_ value: UInt64) -> [UInt8] { be64(isBigEndian ? value : value.byteSwapped) }
        let head = join(word(7), word(1), word(2), zeros(4))
        let into = join(long(0x1000), long(0x2000), zeros(8 * 1022))
        let out = join(long(0x3000), zeros(8 * 1023))
        let pieces = join(long(0), long(512), zeros(16 * 1023))
        return join(head, into, out, pieces, pieces)
    }

    /// A throttled port, and one that is not.
    static func ports(count: UInt32, mapWords: Int = 1) -> VirtIOCase {
        let map = join(be32(3), zeros(4 * (mapWords - 1)))
        let first = join(be32(0), [1, 1], be32(0))
        let second = join(be32(1), [1, 0], be32(1), be32(0), be64(100), request())
        return VirtIOCase(
            device: "virtio-console", bytes: join(zeros(4), be32(count), map, be32(2), first, second))
    }

    static let balloon = VirtIOCase(
        device: "virtio-balloon",
        bytes: join(
            be32(0x1080), be32(0x1000),
            StreamWriter.subsection("virtio-balloon-device/free-page-report", join(be32(2), be32(3))),
            StreamWriter.subsection("virtio-balloon-device/page-poison", be32(0xaaaa_aaaa))))

    /// 100 blocks of 2 MiB, three of them plugged; in one section or in two.
    static func memory(isEarly: Bool) -> VirtIOCase {
        let block: UInt64 = 2 << 20
        let (region, plugged) = (be64(100 * block), be64(3 * block))
        let head = join(be64(0x1_0000_0000), region, be64(block), be32(0))
        return VirtIOCase(
            device: "virtio-mem",
            bytes: isEarly
                ? join(region, plugged) : join(head, region, plugged, plugged, be64(7), be64(0)))
    }

    /// A domain of one mapping and two endpoints, and one that is empty.
    static func iommu(hasBypass: Bool) -> VirtIOCase {
        let bypass: [UInt8] = hasBypass ? [0] : []
        let mapping = join([1], be64(0x1000), be64(0x1fff), be64(0x8000_0000), be32(3))
        let endpoints = join([1], be32(8), [1], be32(16), [0])
        let full = join(be32(1), be32(1), mapping, [0], endpoints, bypass)
        let empty = join(be32(2), be32(0), [0], [0], bypass)
        return VirtIOCase(
            device: "virtio-iommu",
            bytes: join(be32(2), [1], be64(1), full, [1], be64(2), empty, [0], bypass))
    }

    /// Devices without a request, whose every byte may be damaged in turn.
    static let small = [
        network(), network(macs: 2, pairs(4, 3)), network(features: 1 << 2, join(pairs(2, 2), be64(3))),
        network(features: 1 << 60, hashing(version: 1)), network(join(hashing(version: 2), backend)),
        balloon, memory(isEarly: true), memory(isEarly: false), iommu(hasBypass: true),
        iommu(hasBypass: false), VirtIOCase(device: "virtio-blk", bytes: [0]),
    ]

    static let large = [
        VirtIOCase(device: "virtio-blk", bytes: join([1], request(), [1], request(), [0])),
        VirtIOCase(
            device: "virtio-blk", queueCount: 4,
            bytes: join([1], be32(2), request(isBigEndian: true), [0])),
        VirtIOCase(
            device: "virtio-blk", features: 1 << 34, bytes: join([1], be32(3), request(), [0])),
        ports(count: 31), ports(count: UInt32(40).byteSwapped, mapWords: 2),
    ]
}
