import Bytes
import Memory

/// `migscope memory`: guest memory as a hex dump, or as bytes in a file.
package struct MemoryExport {
    /// The bytes that could not be written.
    package struct Missing: Sendable, Equatable {
        /// The number of bytes of RAM that the stream does not have.
        package var absent: UInt64 = 0
        /// The number of bytes at addresses without memory.
        package var nothing: UInt64 = 0
        /// The first address of either kind, and the reason.
        package var first: (address: UInt64, reason: String)?

        package static func == (left: Missing, right: Missing) -> Bool {
            left.absent == right.absent && left.nothing == right.nothing
                && left.first?.address == right.first?.address
        }

        package mutating func add(_ piece: MemoryPiece, at address: UInt64) {
            switch piece.content {
            case .bytes, .zero: return
            case .absent: absent += piece.count
            case .nothing: nothing += piece.count
            }
            if first == nil { first = (address, Self.reason(piece.content)) }
        }

        package static func reason(_ content: MemoryContent) -> String {
            if case .nothing(let reason) = content { reason } else { "not in the stream" }
        }
    }

    private let source: any MemorySource
    private let start: UInt64
    private let count: UInt64

    /// Exports `count` bytes from `start`; the range must not wrap.
    package init(_ source: any MemorySource, start: UInt64, count: UInt64) {
        self.source = source
        self.start = start
        self.count = count
    }

    /// Writes lines in the format of xxd(1). Unknown bytes give a line that says so, never zeros; more than
    /// 64 KiB of zeros also give a single line. O(present bytes).
    package func writeHex(to sink: inout some ByteSink) -> Missing {
        var missing = Missing()
        var dump = HexDump(start: start, isWide: start + (count - 1) > 0xffff_ffff)
        forEach { piece, address in
            missing.add(piece, at: address)
            switch piece.content {
            case .bytes(let bytes): dump.add(bytes, to: &sink)
            case .zero where piece.count > HexDump.zeroLimit:
                // RAM that was never touched would give gigabytes of lines.
                dump.skip(piece.count, "zeros", to: &sink)
            case .zero: dump.addZeros(piece.count, to: &sink)
            case .absent, .nothing: dump.skip(piece.count, Missing.reason(piece.content), to: &sink)
            }
        }
        dump.flush(to: &sink)
        return missing
    }

    /// Writes records of the present ranges and of the missing ones. O(count).
    package func writeRecords(_ form: RecordForm, to sink: inout some ByteSink) -> Missing {
        var missing = Missing()
        var isFirst = true
        if form == .json { sink.write("[") }
        forEach { piece, address in
            missing.add(piece, at: address)
            var text = Array((isFirst ? (form == .json ? "\n  " : "") : form == .json ? ",\n  " : "\n").utf8)
            isFirst = false
            let (state, reason) = Self.state(piece.content)
            text +=
                "{\"address\": \(address), \"size\": \(piece.count), \"state\": \"\(state)\", \"raw\": ".utf8
            if case .bytes(let bytes) = piece.content {
                text.append(UInt8(ascii: "\""))
                for byte in bytes { ASCII.appendHex(byte, to: &text) }
                text.append(UInt8(ascii: "\""))
            } else {
                text += "null".utf8
            }
            text += ", \"reason\": ".utf8
            if let reason { JSONWriter.appendQuoted(reason, to: &text) } else { text += "null".utf8 }
            text.append(UInt8(ascii: "}"))
            sink.write(text)
        }
        sink.write(form == .json ? (isFirst ? "]\n" : "\n]\n") : isFirst ? "" : "\n")
        return missing
    }

    private static func state(_ content: MemoryContent) -> (state: String, reason: String?) {
        switch content {
        case .bytes: ("bytes", nil)
        case .zero: ("zero", nil)
        case .absent: ("absent", Missing.reason(content))
        case .nothing(let reason): ("nothing", reason)
        }
    }

    /// Writes the bytes from offset 0 on; zero and unknown bytes remain holes. O(count).
    package func write<Sink: RandomAccessSink>(to sink: inout Sink) throws(Sink.Failure) -> Missing {
        var missing = Missing()
        var done: UInt64 = 0
        var runs = RunWriter<Sink>()
        while done < count {
            let piece = source.piece(at: start + done, limit: count - done)
            missing.add(piece, at: start + done)
            if case .bytes(let bytes) = piece.content { try runs.write(bytes, at: Int(done), to: &sink) }
            done += piece.count
        }
        try runs.flush(to: &sink)
        source.release()
        try sink.finish(length: Int(count))
        return missing
    }

    private func forEach(_ body: (MemoryPiece, UInt64) -> Void) {
        var done: UInt64 = 0
        while done < count {
            let piece = source.piece(at: start + done, limit: count - done)
            body(piece, start + done)
            done += piece.count
        }
        source.release()
    }
}

/// Writes lines of 16 bytes, which begin at multiples of 16 from the start of the dump.
private struct HexDump {
    // Wraps to 0 after the last byte of the address space; nothing is printed then.
    private var address: UInt64
    private var line: [UInt8] = []
    private let isWide: Bool

    /// The maximum run of zeros that is written as lines of zeros.
    static let zeroLimit: UInt64 = 1 << 16

    package init(start: UInt64, isWide: Bool) {
        address = start
        self.isWide = isWide
    }

    package mutating func add(_ bytes: [UInt8], to sink: inout some ByteSink) {
        for byte in bytes {
            line.append(byte)
            if line.count == 16 { flush(to: &sink) }
        }
    }

    package mutating func addZeros(_ count: UInt64, to sink: inout some ByteSink) {
        for _ in 0..<count {
            line.append(0)
            if line.count == 16 { flush(to: &sink) }
        }
    }

    package mutating func skip(_ count: UInt64, _ reason: String, to sink: inout some ByteSink) {
        flush(to: &sink)
        sink.write("\(label(address)): -- \(count) bytes: \(reason)\n")
        address &+= count
    }

    package mutating func flush(to sink: inout some ByteSink) {
        guard !line.isEmpty else { return }
        var text = label(address) + ":"
        for index in 0..<16 {
            if index % 2 == 0 { text += " " }
            text += index < line.count ? Hex.digits(UInt64(line[index]), width: 2) : "  "
        }
        text += "  " + String(decoding: ASCII.dotted(line), as: UTF8.self)
        sink.write(text + "\n")
        address &+= UInt64(line.count)
        line.removeAll(keepingCapacity: true)
    }

    private func label(_ address: UInt64) -> String { Hex.digits(address, width: isWide ? 16 : 8) }
}
