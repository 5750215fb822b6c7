import Glibc

extension RawSpan {
    /// A copy of the bytes. O(n).
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            }
            initialized = byteCount
        }
    }

    /// Returns the byte at `index`, which must be inside. O(1).
    @inlinable @inline(__always)
    package subscript(byteAt index: Int) -> UInt8 {
        unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self)
    }

    /// All bytes as one big-endian unsigned integer. The span must hold at most 8 bytes.
    @inlinable
    package var bigEndianValue: UInt64 {
        switch byteCount {
        case 1: UInt64(self[byteAt: 0])
        case 2: UInt64(UInt16(bigEndian: unsafeLoadUnaligned(as: UInt16.self)))
        case 4: UInt64(UInt32(bigEndian: unsafeLoadUnaligned(as: UInt32.self)))
        case 8: UInt64(bigEndian: unsafeLoadUnaligned(as: UInt64.self))
        default: (0..<min(byteCount, 8)).reduce(0) { $0 << 8 | UInt64(self[byteAt: $1]) }
        }
    }

    /// Whether all bytes are printable ASCII. O(n).
    package var isPrintable: Bool { (0..<byteCount).allSatisfy { ASCII.isPrintable(self[byteAt: $0]) } }

    /// Whether all bytes are zero. O(n) at memory speed: it combines words with OR, without a branch inside a
    /// block.
    package var isAllZero: Bool {
        var offset = 0
        while byteCount - offset >= 64 {
            var accumulated: UInt64 = 0
            for word in 0..<8 {
                accumulated |= unsafeLoadUnaligned(fromByteOffset: offset + word * 8, as: UInt64.self)
            }
            if accumulated != 0 { return false }
            offset += 64
        }
        while offset < byteCount {
            if self[byteAt: offset] != 0 { return false }
            offset += 1
        }
        return true
    }
}

extension RawSpan {
    /// Returns whether two spans hold the same bytes. O(n) at memory speed.
    package func isEqual(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                // Safe: both have `byteCount` bytes.
                return memcmp(first, second, left.count) == 0
            }
        }
    }
}

extension Span<UInt8> {
    /// Returns whether the bytes are those of `other`. O(n) at memory speed.
    package func isEqual(to other: Span<UInt8>) -> Bool { bytes.isEqual(to: other.bytes) }
}
