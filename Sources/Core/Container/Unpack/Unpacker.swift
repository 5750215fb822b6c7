import Bytes
import Glibc

/// Why unpacking stopped before the end. What was unpacked until then can be opened.
package enum UnpackStop: Equatable, Sendable {
    /// The input ends too early.
    case truncated
    /// The input is damaged; what the library says.
    case corrupt(String)
    /// Unpacking the input needs this much memory, in bytes.
    case memory(Int)
    /// `ContainerOptions.maxUnpacked` was reached, in bytes.
    case limit(Int)
    /// The disk with this folder has no more room than the reserve that stays free.
    case noRoom(folder: String)
    /// Reading or writing failed with this errno.
    case system(Int32)
    /// The user did not want to wait.
    case cancelled
}

/// Unpacks into a private file without a name, in steps.
///
/// Used from one thread at a time, which need not be the one that made it. Nothing is left on the disk when the
/// object and the regions made from it are gone.
package final class Unpacker {
    /// What was done so far, in bytes.
    package struct Progress: Equatable, Sendable {
        package var consumed: Int
        /// Of the input; nil where its length is not known.
        package var total: Int?
        package var produced: Int
    }

    private let producer: any ByteProducer
    private let file: TemporaryFile
    private let limit: Int
    private let reserve: Int?
    private let buffer: UnsafeMutableRawBufferPointer
    // Written bytes at which the disk is looked at again.
    private var nextLook = 0
    /// Set when there is nothing more to do.
    package private(set) var isDone = false
    /// Set when that was before the end.
    package private(set) var stop: UnpackStop?

    // Bytes between two looks at the disk.
    private static let lookDistance = 16 << 20

    /// - Throws: `OpenError` when no file can be created.
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

    /// Where the file is, for messages.
    package var folder: String { file.folder }

    /// The pipe that the input comes from.
    package var descriptor: Int32? { producer.input?.descriptor }

    /// Whether a step has something to do without waiting for who writes the pipe.
    package var isReady: Bool { isDone || producer.input?.isReady ?? true }

    /// Unpacks some more: at most `budget` bytes, and at least a piece.
    ///
    /// - Returns: Whether there is more to do.
    package func step(budget: Int = 4 << 20) -> Bool {
        var rest = budget
        repeat { rest -= max(unpackPiece(), 1) } while !isDone && rest > 0 && isReady
        return !isDone
    }

    /// Ends the work here; what there is stays usable.
    package func cancel() {
        if !isDone { end(.cancelled) }
    }

    /// Ends the work here, where all that is wanted has come.
    package func finish() { isDone = true }

    /// What was unpacked until now, or nil when that is nothing. Also while there is more to do.
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

    /// The finding of a stream that was unpacked in part: `count` bytes of it.
    package func finding(format: String, count: Int) -> Finding {
        Finding(
            severity, code, offset: count, message: "\(format): unpacked \(count) bytes, then \(reason)",
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

    /// What happened, as the second half of a sentence.
    package var reason: String {
        switch self {
        case .truncated: "the input ended inside the compressed data"
        case .corrupt(let words): "found damaged data: \(DisplayText.escaped(words))"
        case .memory(let size): "unpacking needs \(size) bytes of memory"
        case .limit(let limit): "reached the limit of \(limit) bytes"
        case .noRoom(let folder):
            "the disk of \(FileName.shown(folder)) had no more room than its reserve"
        case .system(let code): String(cString: strerror(code))
        case .cancelled: "it was cancelled"
        }
    }

    /// What to try.
    package var hint: String {
        switch self {
        case .truncated, .corrupt: "try: copy the file again"
        case .memory: "try: unpack it with the program that wrote it"
        case .limit: "a larger --max-unpacked shows more"
        case .noRoom: "try: TMPDIR=FOLDER with more room"
        case .system: "try: TMPDIR=FOLDER on another disk"
        case .cancelled: "open it again to unpack all"
        }
    }
}
