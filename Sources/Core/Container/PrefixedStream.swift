import Bytes

/// A stream that does not begin at the first byte: after a header that nobody knows, or after lost bytes.
package enum PrefixedStream: ContainerFormat {
    /// Bytes in which a stream is looked for.
    package static let searchLimit = 1 << 20

    package static func recognizes(_ region: MappedRegion) -> Bool {
        LookAlike.of(region) == nil && base(region, in: 0..<searchLimit) != nil
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        guard let base = base(region, in: 0..<searchLimit) else {
            throw .notAStream(path: request.path, found: "other bytes", advice: "try: another file")
        }
        var layer = ContainerLayer("unknown", title: "unknown bytes before the stream")
        layer.parts = [ContainerPart("unknown", 0..<base), ContainerPart("stream", base..<region.count)]
        let note = Finding(
            .note, "stream-base", offset: 0,
            message: "expected QEVM at byte 0 of the file, found it at \(Hex.offset(base))",
            hint: "offsets count from there")
        return Peeled(layer: layer, content: .region(region.slice(base..<region.count)), findings: [note])
    }

    /// Where the first stream of a live version begins in `range`. O(range).
    package static func base(_ region: MappedRegion, in range: Range<Int>) -> Int? {
        let bytes = region.span(range)
        guard bytes.byteCount >= 8 else { return nil }
        let first = range.clamped(to: 0..<region.count).lowerBound
        for offset in 0...bytes.byteCount - 8 where bytes[byteAt: offset] == UInt8(ascii: "Q") {
            let word = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if UInt64(bigEndian: word) == 0x5145_564d_0000_0003 { return first + offset }
        }
        return nil
    }
}

/// A Xen image of libxl: QEMU's stream, devices only, is a record near its end.
package enum XenStream: ContainerFormat {
    private static let magics = ["LinuxGuestRecord", "Xen saved domain"]
    private static let searchLimit = 64 << 20

    package static func recognizes(_ region: MappedRegion) -> Bool {
        magics.contains { region.matches($0.utf8, at: 0) } && base(region) != nil
    }

    private static func base(_ region: MappedRegion) -> Int? {
        PrefixedStream.base(region, in: max(region.count - searchLimit, 0)..<region.count)
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        guard let base = base(region) else {
            throw .notAStream(path: request.path, found: "a Xen image", advice: "no QEVM in its last 64 MiB")
        }
        var layer = ContainerLayer("Xen")
        layer.parts = [ContainerPart("records", 0..<base), ContainerPart("stream", base..<region.count)]
        return Peeled(layer: layer, content: .region(region.slice(base..<region.count)))
    }
}
