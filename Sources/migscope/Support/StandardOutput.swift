import Export
import Glibc

/// Standard output, or another sequential descriptor, written in pieces of 64 KiB.
///
/// When the reader of standard output is gone, the program exits at once with status 0: the reader has all
/// that it wanted. For a descriptor named by `-o`, a closed pipe is a failure.
struct StandardOutput: ByteSink {
    private static let capacity = 1 << 16
    private var buffer: [UInt8] = []
    private let descriptor: Int32
    private let name: String
    /// The number of bytes that the reader has taken.
    private var taken = 0

    init(descriptor: Int32 = STDOUT_FILENO, name: String = "standard output") {
        self.descriptor = descriptor
        self.name = name
        buffer.reserveCapacity(Self.capacity)
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether the output goes into the file that `input` names: `>> input`.
    static func leads(to input: String) -> Bool {
        guard let output = FileIdentity.output else { return false }
        return output == FileIdentity(input: input)
    }

    mutating func write(_ bytes: [UInt8]) {
        if buffer.count + bytes.count > Self.capacity { flush() }
        if bytes.count >= Self.capacity {
            writeAll(bytes)
        } else {
            buffer += bytes
        }
    }

    /// Writes the rest. Call it once at the end.
    mutating func flush() {
        let full = buffer
        writeAll(full)
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func writeAll(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
                taken += written
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                stop(errno)
            }
        }
    }

    private func stop(_ code: Int32) -> Never {
        if code == EPIPE, descriptor == STDOUT_FILENO { exit(ExitStatus.success.rawValue) }
        let reason = code == EPIPE ? "the reader is gone" : String(cString: strerror(code))
        let text = "\(name): \(reason): only \(taken) bytes were written; try: another location"
        exit(CommandFailure(.unusable, text).report())
    }
}
