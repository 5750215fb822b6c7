import Bytes
import Glibc

/// The first bytes of a file that someone is about to write.
enum FileStart {
    /// Of the magic and the version.
    private static let size = 8

    /// Waits until the file is there and has a header, looking ten times a second. Returns at once for what is no regular
    /// file: opening it says why. Stops when nothing more can come.
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

    // Also when looking fails for another reason than that there is no such file yet.
    private static func isReady(_ path: String) -> Bool {
        var status = stat()
        guard stat(path.fileName, &status) == 0 else { return errno != ENOENT }
        return status.st_mode & S_IFMT != S_IFREG || status.st_size >= size
    }
}
