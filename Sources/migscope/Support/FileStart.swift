import Bytes
import Glibc

/// The first bytes of a file that someone is about to write.
enum FileStart {
    /// Of the magic and the version.
    private static let size = 8

    /// Waits until the file has a header, looking ten times a second. Returns at once for what is no regular file:
    /// opening it says why.
    static func wait(for path: String) throws(CommandFailure) {
        var isTold = false
        var status = stat()
        while stat(path.fileName, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < size {
            if !isTold {
                _ = CommandFailure(.success, "\(path): waiting for the stream to begin; Ctrl-C stops")
                    .report()
                isTold = true
            }
            usleep(100_000)
        }
    }
}
