import Glibc

/// A file for this user only (0600) that gets its name when it is complete.
///
/// Until `publish`, its bytes are in an unnamed file in the same folder (O_TMPFILE) or, if the file system
/// does not support that, in a file with a temporary name that is removed with the object. If anything fails
/// before that, an existing file of that name is unchanged, and no part of the new one is left.
package final class PrivateFile {
    /// The treatment of an existing file of that name.
    package enum Existing: Sendable {
        case refused
        /// The name then refers to the new file. A link is replaced, and its target is not written.
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
    // The name before it is published; nil if there is none.
    private var temporary: String?
    private var isOpen = true

    /// Creates a file for `path`.
    ///
    /// - Throws: `Failure`; with EEXIST if the name exists and `existing` is `refused`.
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

    // O_TMPFILE of <fcntl.h>, which is not imported because it needs _GNU_SOURCE.
    private static let noName = 0o20000000 | O_DIRECTORY

    // Returns -1 also if the file could not be given a name later.
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

    /// Writes bytes at an offset in the file; bytes that are never written are a hole.
    ///
    /// - Returns: 0, or the errno.
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

    /// Gives the file its name, and the `length` if it differs. Nothing can be written afterward.
    package func publish(length: Int? = nil) throws(Failure) {
        if let length, ftruncate(descriptor, off_t(length)) != 0 { throw Failure(code: errno) }
        let code = existing == .replaced ? replace() : claim()
        guard code == 0 else { throw Failure(code: code) }
        temporary = nil
        isOpen = false
        // Some file systems report only now that the disk is full.
        guard close(descriptor) == 0 else { throw Failure(code: errno) }
    }

    // Takes the name, which must not exist.
    private func claim() -> Int32 {
        guard let temporary else { return link(as: path) }
        // A placeholder, because rename(2) would replace a file that was created meanwhile.
        let holder = open(path.fileName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard holder >= 0 else { return errno }
        close(holder)
        return rename(temporary.fileName, path.fileName) == 0 ? 0 : errno
    }

    // Takes the name, even if it exists.
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
