import Bytes
import Glibc

/// Files of the program itself, read and written whole.
enum SmallFile {
    enum Content {
        case absent
        case bytes([UInt8])
        case failure(String)
    }

    /// Reads a regular file of at most `limit` bytes.
    static func read(_ path: String, limit: Int) -> Content {
        let descriptor = open(path.fileName, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return errno == ENOENT || errno == ENOTDIR ? .absent : failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failure("is not a file") }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes[count...].withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return failure(errno) }
            if got == 0 { break }
            count += got
        }
        guard count <= limit else { return .failure("is longer than \(limit) bytes") }
        return .bytes(Array(bytes[..<count]))
    }

    /// Writes a file with mode 0600, whole or not at all; creates its directory if necessary.
    /// - Returns: nil, or the error.
    static func write(_ bytes: [UInt8], to path: String) -> String? {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        let code = UserFolder.create(folder)
        guard code == 0 else { return reason(code) }
        do throws(PrivateFile.Failure) {
            let file = try PrivateFile(path: path, existing: .replaced)
            let code = bytes.withUnsafeBytes { file.write($0, at: 0) }
            if code != 0 { return reason(code) }
            try file.publish()
            return nil
        } catch {
            return error.reason
        }
    }

    private static func failure(_ code: Int32) -> Content { .failure(reason(code)) }
    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
