import Glibc
import TUI

/// A file that did not exist before: neither the input nor anything else is ever overwritten.
enum NewFile {
    /// Writes the bytes; private (0600), for they may be guest memory. `~/` is the home folder.
    /// - Returns: a line for the user.
    static func write(_ bytes: StreamBytes, path: String) -> Event {
        var path = path
        if path.hasPrefix("~/"), let home = environment("HOME") { path = home + path.dropFirst() }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return failure(path, errno) }
        var code: Int32 = 0
        bytes.forEachPiece { piece in
            code = writeAll(piece, to: descriptor)
            return code == 0
        }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code != 0 { return failure(path, code) }
        return .reported("wrote \(bytes.count) bytes to \(path)", isError: false)
    }

    /// Writes a file of the program's own anew; private.
    /// - Returns: 0 or the error number.
    static func replace(_ path: String, with bytes: [UInt8]) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        let code = writeAll(bytes, to: descriptor)
        return close(descriptor) == 0 || code != 0 ? code : errno
    }

    private static func failure(_ path: String, _ code: Int32) -> Event {
        let advice = code == EEXIST ? "exists already; a new name is needed" : String(cString: strerror(code))
        return .reported("\(path): \(advice)", isError: true)
    }

    /// 0, or why not all could be written.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return errno }
            rest = rest.dropFirst(written)
        }
        return 0
    }
}
