import CZlib
import Container
import Foundation
import Testing

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
