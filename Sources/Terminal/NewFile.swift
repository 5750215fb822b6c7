import Bytes
import Glibc
import TUI

/// A new file: neither the input nor any other existing file is overwritten.
enum NewFile {
    /// Writes the bytes with mode 0600, since they may be guest memory. `~/` is the home directory.
    /// - Returns: a line for the user.
    static func write(_ bytes: StreamBytes, path: String) -> Event {
        var path = path
        if path.hasPrefix("~/"), let home = environment("HOME") { path = home + path.dropFirst() }
        do throws(PrivateFile.Failure) {
            let file = try PrivateFile(path: path, existing: .refused)
            var code: Int32 = 0
            var written = 0
            bytes.forEachPiece { piece in
                code = piece.withUnsafeBytes { file.write($0, at: written) }
                written += piece.count
                return code == 0
            }
            if code != 0 { throw PrivateFile.Failure(code: code) }
            try file.publish()
            return .reported("wrote \(bytes.count) bytes to \(path)", isError: false)
        } catch {
            let advice = error.code == EEXIST ? "already exists; use a new name" : error.reason
            return .reported("\(path): \(advice)", isError: true)
        }
    }

    /// Replaces a file of the program itself, with mode 0600.
    /// - Returns: 0 or the error number.
    static func replace(_ path: String, with bytes: [UInt8]) -> Int32 {
        do throws(PrivateFile.Failure) {
            let file = try PrivateFile(path: path, existing: .replaced)
            let code = bytes.withUnsafeBytes { file.write($0, at: 0) }
            if code != 0 { return code }
            try file.publish()
            return 0
        } catch {
            return error.code
        }
    }

    /// Writes all bytes; returns 0 or the error number.
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
