import Glibc

/// A private unnamed file for unpacked bytes. It disappears when its last user closes it.
package final class TemporaryFile {
    package let descriptor: Int32
    package let folder: String
    /// The size so far in bytes, including holes.
    package private(set) var count = 0
    // The number of bytes actually written.
    package private(set) var stored = 0

    /// Creates it in `folder`, or else in `$TMPDIR`, or else in /var/tmp, because unpacked guests are too
    /// large for a /tmp in memory.
    package init(folder: String?) throws(OpenError) {
        self.folder = folder ?? Self.environmentFolder ?? "/var/tmp"
        descriptor = try Self.create(in: self.folder)
    }

    deinit { close(descriptor) }

    private static var environmentFolder: String? {
        guard let value = getenv("TMPDIR") else { return nil }
        let folder = FileName.text(value)
        return folder.isEmpty ? nil : folder
    }

    // O_TMPFILE of <fcntl.h>, which is not imported because it needs _GNU_SOURCE.
    private static let unnamed = 0o20000000 | O_DIRECTORY

    private static func create(in folder: String) throws(OpenError) -> Int32 {
        let opened = Glibc.open(folder.fileName, unnamed | O_RDWR | O_EXCL | O_CLOEXEC, 0o600)
        if opened >= 0 { return opened }
        // Some file systems can't create unnamed files.
        var template = (folder + "/migscope-XXXXXX").fileName
        let named = mkstemp(&template)
        guard named >= 0 else { throw .system(path: folder, code: errno) }
        unlink(template)
        _ = fcntl(named, F_SETFD, FD_CLOEXEC)
        return named
    }

    /// Appends `bytes`; aligned blocks of zeros become holes.
    ///
    /// - Returns: 0, or the errno of the failed write.
    package func append(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        var done = 0
        while done < bytes.count {
            let piece = min(Self.grain - count % Self.grain, bytes.count - done)
            let chunk = UnsafeRawBufferPointer(rebasing: bytes[done..<done + piece])
            // Safe: the span does not outlive the buffer.
            if !RawSpan(_unsafeBytes: chunk).isAllZero {
                let code = write(chunk)
                if code != 0 { return code }
                stored += piece
            }
            count += piece
            done += piece
        }
        return ftruncate(descriptor, count) == 0 ? 0 : errno
    }

    private static let grain = 1 << 16

    /// Writes `bytes` at any `offset`; bytes that are never written read as zero.
    ///
    /// - Returns: 0, or the errno of the failed write.
    package func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        var done = 0
        while done < bytes.count {
            let written = pwrite(
                descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
            if written < 0, errno != EINTR { return errno }
            done += max(written, 0)
        }
        stored += bytes.count
        count = max(count, offset + bytes.count)
        return 0
    }

    /// Makes the file at least `size` bytes long.
    package func extend(to size: Int) {
        guard size > count, ftruncate(descriptor, size) == 0 else { return }
        count = size
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        var done = 0
        while done < bytes.count {
            let written = pwrite(
                descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, count + done)
            if written < 0, errno != EINTR { return errno }
            done += max(written, 0)
        }
        return 0
    }

    /// Returns the current content of the file as a mapping; nil if it is empty. Bytes appended later are not
    /// in it.
    package func region() throws(OpenError) -> MappedRegion? {
        guard count > 0 else { return nil }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .system(path: folder, code: errno) }
        do throws(OpenError) {
            return try MappedRegion.adopt(descriptor: copy, path: folder)
        } catch {
            close(copy)
            throw error
        }
    }

    /// Returns the number of bytes that may be written before less than the reserve is free.
    package func room(reserve: Int?) -> Int {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { return Int.max }
        let block = Int(clamping: status.f_frsize)
        let (free, tooMuch) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: block)
        guard !tooMuch else { return Int.max }
        let size = Int(clamping: status.f_blocks).multipliedReportingOverflow(by: block).partialValue
        return free - (reserve ?? max(256 << 20, size / 20))
    }
}
