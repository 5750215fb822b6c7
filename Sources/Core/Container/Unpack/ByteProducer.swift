/// Makes the bytes that an unpacker writes, a piece at a time.
protocol ByteProducer: AnyObject {
    /// Writes bytes to the front of `buffer`.
    ///
    /// - Returns: Their number; 0 only at the end.
    /// - Throws: `UnpackFailure` where the input breaks off or is damaged; what came before stays valid.
    func produce(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int

    /// Input bytes used so far, and in all where that is known.
    var consumed: Int { get }
    var total: Int? { get }
    /// What was odd without stopping the work.
    var remarks: [Finding] { get }
}

/// Copies an input as it is.
final class CopyProducer: ByteProducer {
    private let input: InputWindow

    init(_ input: InputWindow) { self.input = input }

    var consumed: Int { input.consumed }
    var total: Int? { input.total }
    var remarks: [Finding] { [] }

    func produce(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int {
        try input.fill()
        let count = min(input.ready.count, buffer.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: input.ready.prefix(count)))
        input.consume(count)
        return count
    }
}

/// Unpacks an input with a codec, member after member.
final class CodecProducer: ByteProducer {
    private let codec: any Codec
    private let input: InputWindow
    private var isInMember = true
    private var produced = 0
    private var trailing: Int?

    init(_ codec: any Codec, _ input: InputWindow) {
        self.codec = codec
        self.input = input
    }

    var consumed: Int { input.consumed }
    var total: Int? { input.total }

    var remarks: [Finding] {
        var remarks = codec.remarks.map {
            Finding(.warning, "container-checksum", offset: 0, message: $0, hint: "the bytes may be damaged")
        }
        if let trailing {
            let text =
                "expected the end of \(type(of: codec).name), found other bytes at 0x\(Hex.digits(UInt64(trailing))) of it"
            remarks.append(
                Finding(
                    .note, "container-trailing", offset: produced, message: text, hint: "they are ignored"))
        }
        return remarks
    }

    func produce(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int {
        while true {
            if !isInMember, try !startMember() { return 0 }
            let count = try decode(into: buffer)
            if count > 0 { return count }
        }
    }

    private func decode(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int {
        try input.fill()
        let ready = input.ready
        let step = try codec.decode(ready, into: buffer)
        input.consume(step.consumed)
        produced += step.produced
        if step.isEnd {
            isInMember = false
        } else if step.consumed == 0, step.produced == 0 {
            if ready.isEmpty { throw .truncated }
            throw .corrupt("no progress at byte \(input.consumed)")
        }
        return step.produced
    }

    // Whether another member follows; zeros between members are padding.
    private func startMember() throws(UnpackFailure) -> Bool {
        if trailing != nil { return false }
        try input.fill(16)
        while let first = input.ready.first, first == 0 {
            input.consume(input.ready.prefix { $0 == 0 }.count)
            try input.fill(16)
        }
        if input.ready.isEmpty { return false }
        guard type(of: codec).recognizes(input.prefix(16)) else {
            trailing = input.consumed
            return false
        }
        try codec.reset()
        isInMember = true
        return true
    }
}
