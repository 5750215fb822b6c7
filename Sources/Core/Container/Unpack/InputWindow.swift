import Bytes
import Glibc

/// The input of an unpacker in pieces: a range of a mapped file, or a pipe that is read once.
package final class InputWindow {
    private enum Source {
        case region(MappedRegion)
        case descriptor(Int32)
    }

    /// The number of bytes that are read at a time.
    package static let size = 1 << 18

    private let source: Source
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    private var filled = 0..<0
    private var taken = 0
    private var isEnded = false

    /// Reads all bytes of `region`.
    package init(_ region: MappedRegion) {
        source = .region(region)
        region.advise(.sequential, 0..<region.count)
    }

    /// Reads from `descriptor`, which the caller continues to own.
    package init(descriptor: Int32) {
        source = .descriptor(descriptor)
    }

    deinit { buffer.deallocate() }

    /// The number of bytes consumed so far.
    package var consumed: Int { taken - filled.count }

    /// The total number of bytes, if known.
    package var total: Int? {
        if case .region(let region) = source { region.count } else { nil }
    }

    /// The descriptor to wait for when nothing is ready; nil for a file.
    package var descriptor: Int32? {
        if case .descriptor(let descriptor) = source { descriptor } else { nil }
    }

    /// Whether `fill` returns without waiting for a writer.
    package var isReady: Bool {
        guard filled.isEmpty, !isEnded, let descriptor else { return true }
        return Waiting.isReadable(descriptor)
    }

    /// The bytes that are ready to be consumed. Valid until `fill`.
    package var ready: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[filled]) }

    /// Returns the first of the ready bytes.
    package func prefix(_ count: Int) -> ArraySlice<UInt8> { Array(ready.prefix(count))[...] }

    /// Makes at least `count` bytes ready, or fewer only at the end of the input.
    package func fill(_ count: Int = 1) throws(UnpackFailure) {
        guard filled.count < count, !isEnded else { return }
        if filled.lowerBound > 0 {
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<filled.count]).copyMemory(from: ready)
            filled = 0..<filled.count
        }
        while filled.count < count, !isEnded {
            let got = try read(into: filled.upperBound)
            isEnded = got == 0
            filled = 0..<filled.count + got
            taken += got
        }
    }

    /// Drops `count` of the ready bytes.
    package func consume(_ count: Int) {
        filled = min(filled.lowerBound + count, filled.upperBound)..<filled.upperBound
    }

    private func read(into start: Int) throws(UnpackFailure) -> Int {
        switch source {
        case .region(let region):
            let range = (taken..<taken + buffer.count - start).clamped(to: 0..<region.count)
            region.copy(range, to: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
            region.advise(.done, range)
            return range.count
        case .descriptor(let descriptor):
            while true {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
                let got = Glibc.read(descriptor, rest.baseAddress, rest.count)
                if got >= 0 { return got }
                let code = errno
                if code == EAGAIN {
                    Waiting.isReadable(descriptor, within: -1)
                } else if code != EINTR {
                    throw .input(code)
                }
            }
        }
    }
}
