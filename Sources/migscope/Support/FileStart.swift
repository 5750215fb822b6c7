import Bytes
import Glibc

/// The first bytes of a file that is about to be written.
enum FileStart {
    /// The size of magic and version.
    private static let size = 8

    /// Waits until the file exists and has a header, with ten checks per second. Returns at once for anything
    /// but a regular file, whose opening reports the error. Stops when no more data can arrive.
    static func wait(for path: String, name: String? = nil, until isAtEnd: () -> Bool = { false }) {
        var isTold = false
        while !isReady(path), !isAtEnd() {
            if !isTold {
                _ = CommandFailure(.success, "\(name ?? path): waiting for the stream to begin; Ctrl-C stops")
                    .report()
                isTold = true
            }
            usleep(100_000)
        }
    }

    // True also when the check fails for another reason than a missing file.
    private static func isReady(_ path: String) -> Bool {
        var status = stat()
        guard stat(path.fileName, &status) == 0 else { return errno != ENOENT }
        return status.st_mode & S_IFMT != S_IFREG || status.st_size >= size
    }
}
