import Core
import Glibc

/// `-` as FILE: standard input as a file that can be mapped.
enum StandardInput {
    /// The name under which a process opens its own standard input.
    static let path = "/dev/stdin"

    /// Makes `path` a regular file: a pipe is copied into a file without a name in `$TMPDIR`.
    static func makeMappable() throws(CommandFailure) {
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0 else { throw failure(errno) }
        if status.st_mode & S_IFMT == S_IFREG { return }
        if isatty(STDIN_FILENO) == 1 {
            throw CommandFailure(.unusable, "-: standard input is a terminal; try: migscope - < FILE")
        }
        let file = try temporaryFile()
        try copy(to: file)
        dup2(file, STDIN_FILENO)
        close(file)
    }

    private static func temporaryFile() throws(CommandFailure) -> Int32 {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((folder + "/migscope-XXXXXX").utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw failure(errno, "a file in \(folder)") }
        unlink(template)
        return file
    }

    private static func copy(to file: Int32) throws(CommandFailure) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(errno)
            }
            try write(buffer[..<count], to: file)
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to file: Int32) throws(CommandFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0, errno != EINTR { throw failure(errno, "the copy of standard input") }
            rest = rest.dropFirst(max(written, 0))
        }
    }

    private static func failure(_ code: Int32, _ what: String = "standard input") -> CommandFailure {
        CommandFailure(
            .unusable, "-: \(what): \(String(cString: strerror(code))); try: give the name of a file")
    }
}
