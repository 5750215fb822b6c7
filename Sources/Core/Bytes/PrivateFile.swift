import Glibc

/// A file for this user alone (0600) that gets its name when it is whole.
///
/// Until `publish` its bytes are in a file without a name in the same folder (O_TMPFILE) or, where the file system knows
/// none, in one with a temporary name that goes with the object. Whatever fails before that, a file that has the name
/// already stays as it is, and no part of a new one is left.
package final class PrivateFile {
    /// What happens to a file that has the name already.
    package enum Existing: Sendable {
        case refused
        /// The name then leads to the new file. A link is replaced, and what it leads to is not written.
        case replaced
    }

    /// A system call that failed.
    package struct Failure: Error, Equatable {
        package let code: Int32
        package var reason: String { String(cString: strerror(code)) }

        package init(code: Int32) { self.code = code }
    }

    package let descriptor: Int32
    private let path: String
    private let existing: Existing
    // The name that it has until it is published; nil: none.
    private var temporary: String?
    private var isOpen = true

    /// Begins a file at `path`.
    ///
    /// - Throws: `Failure`; with EEXIST where the name is taken and `existing` is `refused`.
    package init(path: String, existing: Existing) throws(Failure) {
        self.path = path
        self.existing = existing
        var status = stat()
        if lstat(path.fileName, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { throw Failure(code: EISDIR) }
            if existing == .refused { throw Failure(code: EEXIST) }
        }
        let opened = Self.unnamed(in: Self.folder(of: path))
        if opened >= 0 {
            descriptor = opened
            return
        }
        (descriptor, temporary) = try Self.named(beside: path)
    }

    deinit { abandon() }

    // O_TMPFILE of <fcntl.h>, which needs _GNU_SOURCE and so is not imported.
    private static let noName = 0o20000000 | O_DIRECTORY

    // -1 where it could not be given a name later, too.
    private static func unnamed(in folder: String) -> Int32 {
        guard access(selfDescriptors, X_OK) == 0 else { return -1 }
        return open(folder.fileName, noName | O_RDWR | O_CLOEXEC, 0o600)
    }

    private static let selfDescriptors = "/proc/self/fd"

    private static func named(beside path: String) throws(Failure) -> (Int32, String) {
        var template = "\(folder(of: path))/.migscope-XXXXXX".fileName
        let opened = mkstemp(&template)
        guard opened >= 0 else { throw Failure(code: errno) }
        _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
        return (opened, FileName.text(template))
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Writes bytes at an offset in the file; what is never written is a hole.
    ///
    /// - Returns: 0, or the error number.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        var done = 0
        while done < bytes.count {
            let written = pwrite(
                descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            if written < 0, errno != EINTR { return errno }
            done += max(written, 0)
        }
        return 0
    }

    /// Gives the file its name, and `length` bytes where it has another length. Nothing can be written after.
    package func publish(length: Int? = nil) throws(Failure) {
        if let length, ftruncate(descriptor, off_t(length)) != 0 { throw Failure(code: errno) }
        let code = existing == .replaced ? replace() : claim()
        guard code == 0 else { throw Failure(code: code) }
        temporary = nil
        isOpen = false
        // Some file systems notice only now that the disk is full.
        guard close(descriptor) == 0 else { throw Failure(code: errno) }
    }

    // Under the name, which nobody must have.
    private func claim() -> Int32 {
        guard let temporary else { return link(as: path) }
        // A place holder: rename(2) would replace whatever somebody has made meanwhile.
        let holder = open(path.fileName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard holder >= 0 else { return errno }
        close(holder)
        return rename(temporary.fileName, path.fileName) == 0 ? 0 : errno
    }

    // Under the name, whoever has it.
    private func replace() -> Int32 {
        if temporary == nil {
            for attempt in 0..<100 {
                let name = "\(Self.folder(of: path))/.migscope-\(getpid())-\(attempt)"
                let code = link(as: name)
                if code == EEXIST { continue }
                guard code == 0 else { return code }
                temporary = name
                break
            }
        }
        guard let temporary else { return EEXIST }
        return rename(temporary.fileName, path.fileName) == 0 ? 0 : errno
    }

    private func link(as name: String) -> Int32 {
        linkat(AT_FDCWD, "\(Self.selfDescriptors)/\(descriptor)", AT_FDCWD, name.fileName, AT_SYMLINK_FOLLOW)
            == 0
            ? 0 : errno
    }

    private func abandon() {
        guard isOpen else { return }
        if let temporary { unlink(temporary.fileName) }
        close(descriptor)
    }
}
