import Bytes
import CLzo

/// The header of an lzop file: big-endian, with a length that is known only after reading it.
package struct LzopHeader {
    /// The checksums and other fields that are present.
    package struct Flags: OptionSet {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let adlerUnpacked = Flags(rawValue: 0x1)
        package static let adlerPacked = Flags(rawValue: 0x2)
        package static let extraField = Flags(rawValue: 0x40)
        package static let crcUnpacked = Flags(rawValue: 0x100)
        package static let crcPacked = Flags(rawValue: 0x200)
        package static let multipart = Flags(rawValue: 0x400)
        package static let filter = Flags(rawValue: 0x800)
    }

    package static let magic: [UInt8] = [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a]

    package var flags: Flags
    /// The size in bytes.
    package var size: Int

    /// Reads the header at the start of `bytes`; nil while bytes of it are missing.
    ///
    /// - Throws: `UnpackFailure.corrupt` for methods other than LZO1X and for filters.
    package static func parse(_ bytes: ArraySlice<UInt8>) throws(UnpackFailure) -> LzopHeader? {
        var rest = bytes.dropFirst(magic.count)
        // version, library version, version needed to unpack, method, level
        guard let version = take(2, &rest), take(2, &rest) != nil else { return nil }
        let isNew = version >= 0x0940
        if isNew, take(2, &rest) == nil { return nil }
        guard let method = take(1, &rest) else { return nil }
        guard (1...3).contains(method) else { throw .corrupt("lzop method \(method), expected 1 to 3") }
        if isNew, take(1, &rest) == nil { return nil }
        guard let word = take(4, &rest) else { return nil }
        let flags = Flags(rawValue: word)
        guard flags.isDisjoint(with: [.filter, .multipart]) else {
            throw .corrupt("lzop flags 0x\(Hex.digits(UInt64(word)))")
        }
        // mode, modification time (two words since 0.94), name, checksum
        guard take(4, &rest) != nil, take(4, &rest) != nil else { return nil }
        if isNew, take(4, &rest) == nil { return nil }
        guard let length = take(1, &rest), rest.count >= Int(length) + 4 else { return nil }
        rest = rest.dropFirst(Int(length) + 4)
        if flags.contains(.extraField) {
            guard let extra = take(4, &rest) else { return nil }
            guard extra <= 1 << 16 else { throw .corrupt("an extra field of \(extra) bytes") }
            guard rest.count >= Int(extra) + 4 else { return nil }
            rest = rest.dropFirst(Int(extra) + 4)
        }
        return LzopHeader(flags: flags, size: rest.startIndex - bytes.startIndex)
    }

    /// The header that `lzop -c` writes for a pipe: version 1.040, LZO1X-1, level 5, a checksum for each
    /// block.
    package static var written: [UInt8] {
        let unix: UInt32 = 3 << 24
        var header: [UInt8] = bytes(0x1040, 2) + bytes(0x20a0, 2) + bytes(0x0940, 2) + [1, 5]
        header += bytes(unix | Flags.adlerUnpacked.rawValue, 4)
        // mode, two words of time, no name
        header += [UInt8](repeating: 0, count: 13)
        return magic + header + bytes(UInt32(lzo_adler32(1, header, lzo_uint(header.count))), 4)
    }

    /// Returns the low `count` bytes of a number, big-endian.
    package static func bytes(_ number: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * (count - 1 - $0))) }
    }

    /// Returns the next `count` bytes as an integer; nil if they are missing.
    package static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> UInt32? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
