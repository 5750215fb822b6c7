import Bytes
import Glibc

/// The file that a name leads to, through hard and symbolic links.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    /// Nil for other objects: a terminal is both input and output, and both ends of a pipe have the same
    /// number.
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

    /// Identifies an input; `-` is standard input.
    init?(input: String) {
        if input == "-" { self.init(descriptor: STDIN_FILENO) } else { self.init(path: input) }
    }

    static var output: FileIdentity? { FileIdentity(descriptor: STDOUT_FILENO) }
}
