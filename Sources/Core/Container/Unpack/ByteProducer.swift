import Bytes

/// Produces the bytes that an unpacker writes, piece by piece.
package protocol ByteProducer: AnyObject {
    /// Writes bytes to the start of `buffer`.
    ///
    /// - Returns: Their number; 0 only at the end.
    /// - Throws: `UnpackFailure` if the input breaks off or is damaged; earlier bytes remain valid.
    func produce(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int

    /// The number of input bytes used so far, and their total if known.
    var consumed: Int { get }
    var total: Int? { get }
    /// The problems that did not stop the work.
    var remarks: [Finding] { get }
    /// The source of the input; nil if it is not read piece by piece.
    var input: InputWindow? { get }
}

extension ByteProducer {
    package var input: InputWindow? { nil }
}

/// Copies an input unchanged.
package final class CopyProducer: ByteProducer {
    private let window: InputWindow

    package init(_ input: InputWindow) { window = input }

    package var input: InputWindow? { window }
    package var consumed: Int { window.consumed }
    package var total: Int? { window.total }
    package var remarks: [Finding] { [] }

    package func produce(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int {
        try window.fill()
        let count = min(window.ready.count, buffer.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: window.ready.prefix(count)))
        window.consume(count)
        return count
    }
}

/// Unpacks an input with a codec, one member after another.
package final class CodecProducer: ByteProducer {
    private let codec: any Codec
    private let window: InputWindow
    private var isInMember = true
    private var produced = 0
    private var trailing: Int?
    // The failure after the bytes that were returned last.
    private var failure: UnpackFailure?

    package init(_ codec: any Codec, _ input: InputWindow) {
        self.codec = codec
        window = input
    }

    package var input: InputWindow? { window }
    package var consumed: Int { window.consumed }
    package var total: Int? { window.total }

    package var remarks: [Finding] {
        var remarks = codec.remarks.map {
            Finding(.warning, .containerChecksum, offset: 0, message: $0, hint: "the bytes may be damaged")
        }
        if let trailing {
            let text =
                "expected the end of \(type(of: codec).name), found other bytes at 0x\(Hex.digits(UInt64(trailing))) of it"
            remarks.append(
                Finding(
                    .note, .containerTrailing, offset: produced, message: text, hint: "they are ignored"))
        }
        return remarks
    }

    package func produce(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int {
        while true {
            if let failure { throw failure }
            if !isInMember, try !startMember() { return 0 }
            let count = try decode(into: buffer)
            if count > 0 { return count }
        }
    }

    private func decode(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int {
        try window.fill()
        let ready = window.ready
        let step = try codec.decode(ready, into: buffer)
        window.consume(step.consumed)
        produced += step.produced
        failure = step.failure
        if step.isEnd {
            isInMember = false
        } else if step.consumed == 0, step.produced == 0 {
            if ready.isEmpty { throw .truncated }
            throw .corrupt("no progress at byte \(window.consumed)")
        }
        return step.produced
    }

    // Whether another member follows; zeros between members are padding.
    private func startMember() throws(UnpackFailure) -> Bool {
        if trailing != nil { return false }
        try window.fill(16)
        while let first = window.ready.first, first == 0 {
            window.consume(window.ready.prefix { $0 == 0 }.count)
            try window.fill(16)
        }
        if window.ready.isEmpty { return false }
        guard type(of: codec).recognizes(window.prefix(16)) else {
            trailing = window.consumed
            return false
        }
        try codec.reset()
        isInMember = true
        return true
    }
}
