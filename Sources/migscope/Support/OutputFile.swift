import Bytes
import Export
import Glibc

/// The file that `-o` names, written at any place; what is never written stays a hole. `-` is standard output,
/// which takes places in order and zeros for holes.
///
/// The input is never written: a name that leads to it is refused. The file is private (0600), for it may
/// hold guest memory.
struct OutputFile: RandomAccessSink {
    private let descriptor: Int32
    private let path: String
    private var stream: (output: StandardOutput, position: Int)?

    init(path: String, input: String) throws(CommandFailure) {
        self.path = path
        guard path != "-" else {
            guard !StandardOutput.isTerminal else {
                throw CommandFailure(.unusable, "-: bytes are not for a terminal; try: a file, or a pipe")
            }
            descriptor = STDOUT_FILENO
            stream = (StandardOutput(), 0)
            return
        }
        guard !Self.isSame(path, input) else {
            throw CommandFailure(
                .unusable, "\(path): is the input, which is never written; try: another name")
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
    }

    private static func isSame(_ path: String, _ input: String) -> Bool {
        var (first, second) = (stat(), stat())
        let known = input == "-" ? fstat(STDIN_FILENO, &second) : stat(input, &second)
        return stat(path, &first) == 0 && known == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }

    mutating func write(_ bytes: [UInt8], at offset: Int) throws(CommandFailure) {
        guard stream == nil else {
            fill(upTo: offset)
            stream?.output.write(bytes)
            stream?.position += bytes.count
            return
        }
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, offset + done)
            }
            if written < 0, errno != EINTR { throw failure() }
            done += max(written, 0)
        }
    }

    private mutating func fill(upTo offset: Int) {
        while let position = stream?.position, position < offset {
            let count = min(offset - position, Self.fillSize)
            stream?.output.write([UInt8](repeating: 0, count: count))
            stream?.position += count
        }
    }

    private static let fillSize = 1 << 16

    mutating func finish(length: Int) throws(CommandFailure) {
        guard stream == nil else {
            fill(upTo: length)
            stream?.output.flush()
            return
        }
        // A device or a pipe has no length to set.
        if ftruncate(descriptor, length) != 0, errno != EINVAL { throw failure() }
        if close(descriptor) != 0 { throw failure() }
    }

    private func failure() -> CommandFailure {
        CommandFailure(
            .unusable, "\(path): \(String(cString: strerror(errno))); try: another place to write to")
    }
}

/// Bytes one after the other into an output file. The first failure is kept for `finish`.
struct FileSink: ByteSink {
    private var file: OutputFile
    private var length = 0
    private var failure: CommandFailure?

    init(_ file: OutputFile) { self.file = file }

    mutating func write(_ bytes: [UInt8]) {
        guard failure == nil else { return }
        do throws(CommandFailure) {
            try file.write(bytes, at: length)
            length += bytes.count
        } catch {
            failure = error
        }
    }

    mutating func finish() throws(CommandFailure) {
        if let failure { throw failure }
        try file.finish(length: length)
    }
}
