import Bytes
import Glibc

/// `-` and the names of open descriptors: input that may be a pipe.
package struct StandardInput {
    package enum Source {
        /// A regular file, or a block device.
        case file(MappedRegion)
        /// Can be read only once.
        case pipe
    }

    package let descriptor: Int32
    package let path: String

    /// Nil if `path` names a file in the file system.
    package init?(path: String) {
        self.path = path
        if path == "-" || path == "/dev/stdin" {
            descriptor = STDIN_FILENO
        } else if path.hasPrefix("/dev/fd/"), let number = Int32(path.dropFirst("/dev/fd/".utf8.count)) {
            descriptor = number
        } else {
            return nil
        }
    }

    /// - Throws: `OpenError` for a terminal, a folder or a closed descriptor.
    package func open() throws(OpenError) -> Source {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, code: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG, S_IFBLK:
            guard let size = MappedRegion.fileSize(of: descriptor) else {
                throw .system(path: path, code: errno)
            }
            return .file(try map(size: size))
        case S_IFIFO, S_IFSOCK: return .pipe
        case S_IFCHR where isatty(descriptor) == 0: return .pipe
        case S_IFCHR: throw .notAFile(path: path, kind: "a terminal")
        default: throw .notAFile(path: path, kind: "no file and no pipe")
        }
    }

    private func map(size: Int) throws(OpenError) -> MappedRegion {
        // A descriptor's name opens the file again; `-` continues at the descriptor's position.
        let position = path == "-" ? max(lseek(descriptor, 0, SEEK_CUR), 0) : 0
        guard position < size else { throw .empty(path: path) }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .system(path: path, code: errno) }
        do throws(OpenError) {
            let file = try MappedRegion.adopt(descriptor: copy, path: path)
            return file.slice(position..<file.count)
        } catch {
            close(copy)
            throw error
        }
    }
}
