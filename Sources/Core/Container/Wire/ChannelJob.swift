import Bytes

/// Unpacks the pages of multifd channels, one channel after another, in steps.
///
/// zlib and zstd pack all pages of a channel as one stream that is flushed at the end of each packet; QPL and
/// UADK pack each page (multifd-zlib.c, multifd-zstd.c, multifd-qpl.c, multifd-uadk.c of QEMU 10.0). QATzip
/// is not supported.
package final class ChannelJob: ChannelWork {
    package let name = "multifd"
    private var channels: [WireChannel]
    private let options: ContainerOptions
    private var current = 0
    private var packets: MultifdPackets?
    private var pages: PageUnpacker?
    private var file: TemporaryFile?
    private var done = 0
    private var findings: [Finding] = []
    private var isCancelled = false

    /// Returns whether a channel has packed pages.
    package static func isNeeded(_ channels: [WireChannel]) -> Bool {
        channels.contains { method($0) != .none }
    }

    // The first packet with pages decides; a channel may have many SYNC packets before it.
    private static func method(_ channel: WireChannel) -> MultifdPackets.Method {
        guard channel.kind == .multifd, var packets = MultifdPackets(channel.region) else { return .none }
        for _ in 0..<1 << 20 {
            guard let packet = packets.next() else { break }
            if packet.normal > 0 { return packet.method ?? .none }
        }
        return .none
    }

    package init(_ channels: [WireChannel], options: ContainerOptions) {
        self.channels = channels
        self.options = options
    }

    package var progress: Unpacker.Progress {
        let before = channels[..<min(current, channels.count)].reduce(0) { $0 + $1.region.count }
        return Unpacker.Progress(
            consumed: before + (packets?.position ?? 0), total: channels.reduce(0) { $0 + $1.region.count },
            produced: done)
    }

    package func cancel() { isCancelled = true }

    /// The result of the work.
    package var result: (channels: [WireChannel], findings: [Finding]) { (channels, findings) }

    /// - Returns: Whether there is more to do.
    package func step(budget: Int) throws(OpenError) -> Bool {
        var left = budget
        while left > 0, current < channels.count, !isCancelled {
            if packets == nil, try !begin() {
                current += 1
                continue
            }
            left -= try unpackPacket()
        }
        if isCancelled { try end() }
        return current < channels.count && !isCancelled
    }

    private func begin() throws(OpenError) -> Bool {
        let method = Self.method(channels[current])
        guard method != .none, let packets = MultifdPackets(channels[current].region) else { return false }
        guard let pages = PageUnpacker(method) else {
            findings.append(
                Finding(
                    .warning, .channelMethod, offset: 0,
                    message: "\(channels[current].name): pages compressed by \(method.label) are not read",
                    hint: "they count as absent"))
            return false
        }
        self.packets = packets
        self.pages = pages
        file = try TemporaryFile(folder: options.temporaryFolder)
        return true
    }

    // Writes one packet's pages to the file as whole pages; pages that can't be unpacked become zeros.
    private func unpackPacket() throws(OpenError) -> Int {
        guard var packets, let pages, let file, let packet = packets.next() else {
            try end()
            return 1
        }
        self.packets = packets
        guard packet.normal > 0 else { return MultifdPackets.headerSize }
        // Zeros in place of packed bytes may unpack to pages that were never sent.
        guard channels[current].lost.touching(packet.offset..<packet.end).isEmpty else {
            stop(
                "bytes of packet \(packet.number) were not captured",
                hint: "the pages after that count as absent")
            try end()
            return 1
        }
        // What is recorded may end in a packet, which is no damage.
        guard packets.isWhole(packet) else {
            try end()
            return 1
        }
        let size = packet.normal * packets.pageSize
        let limit = options.maxUnpacked ?? Int.max
        guard file.count + size <= limit, file.room(reserve: options.reserve) > size else {
            stop(file.count + size > limit ? .limit(limit) : .noRoom(folder: file.folder))
            try end()
            return 1
        }
        var bytes = [UInt8](repeating: 0, count: size)
        let made = bytes.withUnsafeMutableBytes {
            pages.unpack(packets.region, packet, pageSize: packets.pageSize, into: $0)
        }
        if !made {
            stop(.corrupt("packet \(packet.number)"))
            try end()
            return size
        }
        let code = bytes.withUnsafeBytes { file.append($0) }
        done += size
        channels[current].region.advise(.done, packet.offset..<packet.end)
        guard code == 0 else {
            stop(.system(code))
            try end()
            return 1
        }
        return size
    }

    private func stop(_ stop: UnpackStop) { self.stop(stop.reason, hint: stop.hint) }

    private func stop(_ reason: String, hint: String) {
        findings.append(
            Finding(
                .error, .channelPacked, offset: 0,
                message:
                    "\(channels[current].name): \(file?.count ?? 0) bytes of pages decompressed, then \(reason)",
                hint: hint))
    }

    private func end() throws(OpenError) {
        if let file, current < channels.count { channels[current].unpacked = try file.region() }
        (packets, pages, file) = (nil, nil, nil)
        current += 1
    }
}

/// Unpacks the pages of one channel.
private final class PageUnpacker {
    private enum State {
        case zlib(Inflater)
        case zstd(ZstdCodec)
        // Each page by itself: its length, then deflate data or, if the length is a page's, the page itself.
        case single(Inflater)
    }

    private let state: State

    /// Nil for an unsupported method, or without memory.
    init?(_ method: MultifdPackets.Method) {
        do throws(UnpackFailure) {
            switch method {
            case .zlib: state = .zlib(try Inflater(.zlib))
            case .zstd: state = .zstd(try ZstdCodec())
            case .qpl: state = .single(try Inflater(.raw))
            case .uadk: state = .single(try Inflater(.zlib))
            case .none, .qatzip: return nil
            }
        } catch {
            return nil
        }
    }

    /// Unpacks the data of `packet`; returns whether it fills `output`.
    func unpack(
        _ region: MappedRegion, _ packet: MultifdPackets.Packet, pageSize: Int,
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let data = region.copy(packet.data)
        return data.withUnsafeBytes { input in
            switch state {
            case .zlib(let inflater):
                Self.fill(input, output) { (i, o) throws(UnpackFailure) in try inflater.decode(i, into: o) }
            case .zstd(let codec):
                Self.fill(input, output) { (i, o) throws(UnpackFailure) in try codec.decode(i, into: o) }
            case .single(let inflater): Self.pages(input, output, pageSize, inflater)
            }
        }
    }

    private static func fill(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ decode: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> CodecStep
    ) -> Bool {
        var (used, made) = (0, 0)
        while made < output.count {
            guard
                let step = try? decode(
                    UnsafeRawBufferPointer(rebasing: input[used...]),
                    UnsafeMutableRawBufferPointer(rebasing: output[made...])),
                step.failure == nil, step.consumed > 0 || step.produced > 0
            else { return false }
            used += step.consumed
            made += step.produced
        }
        // The rest of the packet's data must be a flush, which produces no bytes.
        var rest = [UInt8](repeating: 0, count: 64)
        while used < input.count {
            let step = rest.withUnsafeMutableBytes {
                try? decode(UnsafeRawBufferPointer(rebasing: input[used...]), $0)
            }
            guard let step, step.produced == 0, step.consumed > 0 else { return step?.produced == 0 }
            used += step.consumed
        }
        return true
    }

    private static func pages(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, _ pageSize: Int,
        _ inflater: Inflater
    ) -> Bool {
        let count = output.count / pageSize
        guard input.count >= 4 * count else { return false }
        var used = 4 * count
        for page in 0..<count {
            let length = Int(
                UInt32(bigEndian: input.loadUnaligned(fromByteOffset: 4 * page, as: UInt32.self)))
            guard length <= input.count - used else { return false }
            let packed = UnsafeRawBufferPointer(rebasing: input[used..<used + length])
            let target = UnsafeMutableRawBufferPointer(
                rebasing: output[page * pageSize..<(page + 1) * pageSize])
            used += length
            if length == pageSize {
                target.copyMemory(from: packed)
                continue
            }
            inflater.reset()
            guard fill(packed, target, { (i, o) throws(UnpackFailure) in try inflater.decode(i, into: o) })
            else {
                return false
            }
        }
        return true
    }
}
