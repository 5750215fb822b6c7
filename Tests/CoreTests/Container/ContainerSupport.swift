import Bytes
import CZlib
import Container
import Export
import Foundation
import Stream
import Testing

/// Files with a container that tests open.
enum Containers {
    /// A fixture that is stored as it is, or with `.xz` around it.
    static func path(_ name: String) throws -> String {
        let plain = Places.fixtures.appending(path: name).path
        if FileManager.default.fileExists(atPath: plain) { return plain }
        return Sample.packed(name)
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        let region = try MappedRegion.open(path: try path(name))
        return region.copy(0..<region.count)
    }

    /// The stream that all libvirt and compressed fixtures wrap.
    static let bare = Sample.fixture("microvm-10.0")

    /// The bytes of a fixture stored with `.xz`, unpacked by this program's own codec.
    static func unpacked(_ name: String) throws -> [UInt8] {
        let opening = try Unpacker.all(of: try MappedRegion.open(path: Sample.packed(name)))
        return opening.copy(0..<opening.count)
    }
}

extension Sample {
    static func packed(_ name: String) -> String { Places.fixtures.appending(path: name + ".xz").path }
}

extension Unpacker {
    struct Incomplete: Error {}

    /// What the compressed data in `region` unpacks to.
    static func all(of region: MappedRegion) throws -> MappedRegion {
        let codec = try #require(CompressedStream.codec(region))
        let unpacker = try Unpacker(
            CodecProducer(codec.init(), InputWindow(region)), options: ContainerOptions())
        while unpacker.step() {}
        guard unpacker.stop == nil, let result = try unpacker.region() else { throw Incomplete() }
        return result
    }
}

extension OpenOptions {
    init(snapshot: String? = nil, maxUnpacked: Int? = nil, folder: String? = nil, reserve: Int? = nil) {
        self.init()
        self.snapshot = snapshot
        self.maxUnpacked = maxUnpacked
        self.temporaryFolder = folder
        self.reserve = reserve
    }
}

extension Document {
    /// Whether each byte is in exactly one row.
    func tiles() -> Bool {
        var next = 0
        var isTiled = true
        var sink = RowSink { row in
            isTiled = isTiled && row.offset == next
            next = row.end
        }
        TSVExport(self).write(all: true, section: nil, to: &sink)
        return isTiled && next == store.region.count && sink.malformed == 0
    }

    func isZero(_ range: Range<Int>) -> Bool { store.region.copy(range).allSatisfy { $0 == 0 } }

    func has(_ code: FindingCode) -> Bool { findings.contains { $0.code == code } }
}

/// Packs with the libraries, so that tests need no programs.
enum Pack {
    struct Failure: Error {}

    /// What the encoder of that name makes of bytes that it gets in pieces, with so much room for each of its own.
    static func encoded(_ bytes: [UInt8], with name: String, piece: Int, room: Int) throws -> [UInt8] {
        guard let type = Encoders.named(name) else { throw Failure() }
        let encoder = try type.init()
        var output = [UInt8](repeating: 0, count: room)
        var result: [UInt8] = []
        var rest = bytes[...]
        while true {
            let isLast = rest.count <= piece
            let step = try rest.prefix(piece).withUnsafeBytes { input in
                try output.withUnsafeMutableBytes { try encoder.encode(input, into: $0, isLast: isLast) }
            }
            result += output[..<step.produced]
            rest = rest.dropFirst(step.consumed)
            if step.isEnd { return result }
        }
    }

    static func gzip(_ bytes: [UInt8]) throws -> [UInt8] { try deflate(bytes, window: 15 + 16) }

    /// Deflate data without a header, as compressed clusters of qcow2 have it.
    static func rawDeflate(_ bytes: [UInt8]) throws -> [UInt8] { try deflate(bytes, window: -12) }

    private static func deflate(_ bytes: [UInt8], window: Int32) throws -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit2_(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else {
            throw Failure()
        }
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return CZlib.deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw Failure() }
        return Array(output.prefix(Int(stream.total_out)))
    }
}
