import Bytes
import Export
import Glibc

/// The file that `-o` names: written at any offset; unwritten parts remain holes.
///
/// All output follows one policy. The file has mode 0600 and gets its name when it is complete, so that a
/// failed run leaves the previous file. An existing name is refused unless `replaces` is true; a name that
/// leads to an input is always refused. `-`, pipes, FIFOs and devices receive the bytes in order, and zeros
/// for holes.
struct OutputFile: RandomAccessSink {
    private enum Target {
        case file(PrivateFile)
        case stream(StandardOutput, position: Int)
    }

    private var target: Target
    private let path: String

    /// - Parameters:
    ///   - inputs: all files that the command reads; `-` is standard input.
    ///   - replaces: whether to replace an existing file.
    init(path: String, inputs: [String], replaces: Bool) throws(CommandFailure) {
        self.path = path
        try Self.checkInputs(inputs, path)
        target = try Self.target(path, replaces)
    }

    /// Refuses a name that leads to an input.
    static func checkInputs(_ inputs: [String], _ path: String) throws(CommandFailure) {
        let identity = path == "-" ? FileIdentity.output : FileIdentity(path: path)
        for input in inputs where identity != nil && identity == FileIdentity(input: input) {
            throw CommandFailure(
                .unusable, "\(path): is the input, which is never overwritten; try: another name")
        }
    }

    /// Creates a file that has no name yet.
    static func privateFile(_ path: String, _ replaces: Bool) throws(CommandFailure) -> PrivateFile {
        do throws(PrivateFile.Failure) {
            return try PrivateFile(path: path, existing: replaces ? .replaced : .refused)
        } catch {
            throw failure(path, error)
        }
    }

    private static func target(_ path: String, _ replaces: Bool) throws(CommandFailure) -> Target {
        if path == "-" {
            guard !StandardOutput.isTerminal else {
                throw CommandFailure(
                    .unusable, "-: binary data is not written to a terminal; try: a file, or a pipe")
            }
            return .stream(StandardOutput(), position: 0)
        }
        if let descriptor = try streamDescriptor(path, replaces) {
            return .stream(StandardOutput(descriptor: descriptor, name: path), position: 0)
        }
        return .file(try privateFile(path, replaces))
    }

    // Opens anything but a regular file, such as `>(command)` or a FIFO; nil for files and for nonexistent
    // names.
    private static func streamDescriptor(_ path: String, _ replaces: Bool) throws(CommandFailure) -> Int32? {
        var status = stat()
        guard stat(path.fileName, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return nil
        case S_IFREG:
            // A descriptor of the shell has no name here, and the shell decides about its content.
            guard let number = ownDescriptor(path) else { return nil }
            let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { throw failure(path, PrivateFile.Failure(code: errno)) }
            return copy
        case S_IFBLK where !replaces: throw failure(path, PrivateFile.Failure(code: EEXIST))
        default:
            let opened = open(path.fileName, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            guard opened >= 0 else { throw failure(path, PrivateFile.Failure(code: errno)) }
            return opened
        }
    }

    private static func ownDescriptor(_ path: String) -> Int32? {
        if path == "/dev/stdout" { return STDOUT_FILENO }
        if path == "/dev/stderr" { return STDERR_FILENO }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            return Int32(path.dropFirst(folder.count))
        }
        return nil
    }

    mutating func write(_ bytes: [UInt8], at offset: Int) throws(CommandFailure) {
        switch target {
        case .file(let file):
            let code = bytes.withUnsafeBytes { file.write($0, at: offset) }
            if code != 0 { throw Self.failure(path, PrivateFile.Failure(code: code)) }
        case .stream(var output, let position):
            // Move the buffer instead of copying it; it returns at the end.
            target = .stream(StandardOutput(), position: 0)
            Self.fill(&output, offset - position)
            output.write(bytes)
            target = .stream(output, position: max(position, offset) + bytes.count)
        }
    }

    private static func fill(_ output: inout StandardOutput, _ count: Int) {
        var left = count
        while left > 0 {
            output.write([UInt8](repeating: 0, count: min(left, fillSize)))
            left -= fillSize
        }
    }

    private static let fillSize = 1 << 16

    /// Sets the length to `length` bytes and gives the file its name.
    mutating func finish(length: Int) throws(CommandFailure) {
        switch target {
        case .file(let file):
            do throws(PrivateFile.Failure) {
                try file.publish(length: length)
            } catch {
                throw Self.failure(path, error)
            }
        case .stream(var output, let position):
            Self.fill(&output, length - position)
            output.flush()
        }
    }

    static func failure(_ path: String, _ failure: PrivateFile.Failure) -> CommandFailure {
        let advice =
            switch failure.code {
            case EEXIST: "already exists; try: another name, or --force"
            default: "\(failure.reason); try: another location"
            }
        return CommandFailure(.unusable, "\(path): \(advice)")
    }
}

/// Writes bytes sequentially to an output file. Keeps the first failure for `finish`.
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
