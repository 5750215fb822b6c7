import Bytes

/// The bytes of a stream as QEMU's loader reads them: past the end there are zeros, and an error is kept
/// (migration/qemu-file.c, 7.2 and 10.0).
package struct LoaderInput {
    package let region: MappedRegion
    /// Bytes from the start of the stream.
    package var position: Int
    /// Whether something was read past the end.
    package private(set) var isPastEnd = false

    package init(_ region: MappedRegion, at position: Int) {
        self.region = region
        self.position = position
    }

    /// The next byte without taking it; nil past the end.
    package func peek(_ distance: Int = 0) -> UInt8? { region.byte(at: position.addingSaturated(distance)) }

    package mutating func byte() -> UInt8 {
        guard let byte = region.byte(at: position) else {
            isPastEnd = true
            return 0
        }
        position += 1
        return byte
    }

    /// A big-endian number of this many bytes, at most 8.
    package mutating func number(_ size: Int) -> UInt64 {
        (0..<size).reduce(0) { value, _ in value << 8 | UInt64(byte()) }
    }

    /// At most `size` bytes.
    package mutating func bytes(_ size: Int) -> [UInt8] {
        let start = position
        skip(size)
        return region.copy(start..<position)
    }

    package mutating func skip(_ size: Int) {
        let left = region.count - position
        isPastEnd = isPastEnd || size > left
        position += max(0, min(size, left))
    }
}
