import Bytes
import Glibc

/// Which file a name leads to, through links of both kinds.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    /// Nil for what is no file: a terminal is input and output, and the two ends of a pipe have one number.
    private init?(_ status: stat) {
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFBLK else { return nil }
        device = status.st_dev
        number = status.st_ino
    }

    private init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    init?(path: String) {
        var status = stat()
        guard stat(path.fileName, &status) == 0 else { return nil }
        self.init(status)
    }

    /// `-` is standard input.
    init?(input: String) {
        if input == "-" { self.init(descriptor: STDIN_FILENO) } else { self.init(path: input) }
    }

    static var output: FileIdentity? { FileIdentity(descriptor: STDOUT_FILENO) }
}
