import Bytes
import Glibc

/// The reason why unpacking stopped before the end. What was unpacked before can be opened.
package enum UnpackStop: Equatable, Sendable {
    /// The input ends too early.
    case truncated
    /// The input is damaged, with the library's message.
    case corrupt(String)
    /// Unpacking the input requires this much memory, in bytes.
    case memory(Int)
    /// `ContainerOptions.maxUnpacked` was reached, in bytes.
    case limit(Int)
    /// The disk with this folder has only the reserve left, which stays free.
    case noRoom(folder: String)
    /// Reading or writing failed with this errno.
    case system(Int32)
    /// The user canceled it.
    case cancelled
}

/// Unpacks into a private unnamed file, in steps.
///
/// Used from one thread at a time, which need not be the one that created it. Nothing remains on the disk
/// when the object and the regions made from it are gone.
package final class Unpacker {
    /// The progress so far, in bytes.
    package struct Progress: Equatable, Sendable {
        package var consumed: Int
        /// The size of the input; nil if unknown.
        package var total: Int?
        package var produced: Int
    }

    private let producer: any ByteProducer
    private let file: TemporaryFile
    private let limit: Int
    private let reserve: Int?
    private let buffer: UnsafeMutableRawBufferPointer
    // The number of written bytes at which the disk is checked again.
    private var nextLook = 0
    /// Whether the work is complete or was ended.
    package private(set) var isDone = false
    /// The reason for ending before the end of the input.
    package private(set) var stop: UnpackStop?

    // The number of bytes between two checks of the disk.
    private static let lookDistance = 16 << 20

    /// - Throws: `OpenError` if no file can be created.
    package init(_ producer: any ByteProducer, options: ContainerOptions) throws(OpenError) {
        self.producer = producer
        file = try TemporaryFile(folder: options.temporaryFolder)
        limit = max(options.maxUnpacked ?? Int.max, 0)
        reserve = options.reserve
        buffer = .allocate(byteCount: 1 << 18, alignment: 16)
    }

    deinit { buffer.deallocate() }

    package var progress: Progress {
        Progress(consumed: producer.consumed, total: producer.total, produced: file.count)
    }

    package var remarks: [Finding] { producer.remarks }

    /// The folder of the file, for messages.
    package var folder: String { file.folder }

    /// The pipe from which the input comes.
    package var descriptor: Int32? { producer.input?.descriptor }

    /// Whether a step can make progress without waiting for the writer of the pipe.
    package var isReady: Bool { isDone || producer.input?.isReady ?? true }

    /// Unpacks at most `budget` more bytes, but at least one piece.
    ///
    /// - Returns: Whether there is more to do.
    package func step(budget: Int = 4 << 20) -> Bool {
        var rest = budget
        repeat { rest -= max(unpackPiece(), 1) } while !isDone && rest > 0 && isReady
        return !isDone
    }

    /// Ends the work here as canceled; what was unpacked remains usable.
    package func cancel() {
        if !isDone { end(.cancelled) }
    }

    /// Ends the work here because everything needed has arrived.
    package func finish() { isDone = true }

    /// Returns what was unpacked so far; nil if that is nothing. May be called while there is more to do.
    package func region() throws(OpenError) -> MappedRegion? {
        try file.region()
    }

    private func unpackPiece() -> Int {
        guard !isDone else { return 0 }
        do throws(UnpackFailure) {
            let count = try producer.produce(into: buffer)
            if count == 0 { end(nil) } else { write(count) }
            return count
        } catch {
            end(UnpackStop(error))
            return 0
        }
    }

    private func write(_ count: Int) {
        let allowed = min(count, limit - file.count)
        if file.stored + allowed > nextLook {
            guard file.room(reserve: reserve) > Self.lookDistance + allowed else {
                return end(.noRoom(folder: file.folder))
            }
            nextLook = file.stored + Self.lookDistance
        }
        let code = file.append(UnsafeRawBufferPointer(rebasing: buffer[..<allowed]))
        if code == ENOSPC || code == EDQUOT {
            end(.noRoom(folder: file.folder))
        } else if code != 0 {
            end(.system(code))
        } else if allowed < count {
            end(.limit(limit))
        }
    }

    private func end(_ stop: UnpackStop?) {
        isDone = true
        self.stop = stop
    }
}

extension UnpackStop {
    package init(_ failure: UnpackFailure) {
        switch failure {
        case .truncated: self = .truncated
        case .corrupt(let words): self = .corrupt(words)
        case .memory(let size): self = .memory(size)
        case .input(let code): self = .system(code)
        }
    }

    /// Returns the finding for a stream of which only `count` bytes were unpacked.
    package func finding(format: String, count: Int) -> Finding {
        Finding(
            severity, code, offset: count, message: "\(format): decompressed \(count) bytes, then \(reason)",
            hint: hint)
    }

    private var severity: Finding.Severity {
        switch self {
        case .limit, .cancelled: .warning
        default: .error
        }
    }

    private var code: FindingCode {
        switch self {
        case .truncated: .containerTruncated
        case .corrupt: .containerCorrupt
        case .memory: .containerMemory
        case .limit: .containerLimit
        case .noRoom: .containerRoom
        case .system: .containerSystem
        case .cancelled: .containerCancelled
        }
    }

    /// The reason, as the second half of a sentence.
    package var reason: String {
        switch self {
        case .truncated: "the input ended inside the compressed data"
        case .corrupt(let words): "found damaged data: \(DisplayText.escaped(words))"
        case .memory(let size): "decompression needs \(size) bytes of memory"
        case .limit(let limit): "reached the limit of \(limit) bytes"
        case .noRoom(let folder):
            "the disk of \(FileName.shown(folder)) has no more space than its reserve"
        case .system(let code): String(cString: strerror(code))
        case .cancelled: "it was canceled"
        }
    }

    /// A suggestion.
    package var hint: String {
        switch self {
        case .truncated, .corrupt: "try: copy the file again"
        case .memory: "try: decompress it with the program that wrote it"
        case .limit: "use a larger --max-unpacked to see more"
        case .noRoom: "try: TMPDIR=FOLDER with more space"
        case .system: "try: TMPDIR=FOLDER on another disk"
        case .cancelled: "open it again to unpack all"
        }
    }
}
