import Export
import Glibc

/// Standard output, written in pieces of 64 KiB.
///
/// When the reader is gone the program ends at once with status 0: the one who closed the pipe has what it wanted.
struct StandardOutput: ByteSink {
    private static let capacity = 1 << 16
    private var buffer: [UInt8] = []

    init() {
        buffer.reserveCapacity(Self.capacity)
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    mutating func write(_ bytes: [UInt8]) {
        if buffer.count + bytes.count > Self.capacity { flush() }
        if bytes.count >= Self.capacity {
            Self.writeAll(bytes)
        } else {
            buffer += bytes
        }
    }

    /// Writes what is left. Must be called once at the end.
    mutating func flush() {
        Self.writeAll(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private static func writeAll(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                stop(errno)
            }
        }
    }

    private static func stop(_ code: Int32) -> Never {
        if code == EPIPE { exit(ExitStatus.success.rawValue) }
        let reason = String(cString: strerror(code))
        exit(CommandFailure(.unusable, "standard output: \(reason); try: another place to write to").report())
    }
}
