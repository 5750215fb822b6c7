import Bytes
import CFileRange
import Edit
import Glibc

/// A stream that is written beside its name, private (0600), read back, and given its name at last: whole, or not there.
struct StreamFile: PieceSink {
    private let descriptor: Int32
    private let path: String
    private let temporary: String
    private var position = 0
    private var buffer: [UInt8] = []

    private static let bufferSize = 1 << 20

    /// - Parameters:
    ///   - inputs: files that are read; OUT must be none of them.
    ///   - replaces: whether a file of that name may be replaced.
    init(path: String, inputs: [String], replaces: Bool) throws(CommandFailure) {
        self.path = path
        guard path != "-" else {
            throw CommandFailure(.unusable, "-: what is written is read back; try: the name of a file")
        }
        let identity = FileIdentity(path: path)
        for input in inputs where identity != nil && identity == FileIdentity(input: input) {
            throw CommandFailure(
                .unusable, "\(path): is the input, which is never written; try: another name")
        }
        var status = stat()
        if stat(path.fileName, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw CommandFailure(.unusable, "\(path): is no regular file; try: another name")
        }
        if !replaces, lstat(path.fileName, &status) == 0 {
            throw CommandFailure(.unusable, "\(path): exists already; try: another name, or --force")
        }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        var template = Array("\(folder).\(name).XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            .unusable, "\(path): \(String(cString: strerror(code))); try: another place to write to")
    }

    private func failed(_ code: Int32) -> EditError {
        EditError("\(path): \(String(cString: strerror(code))); try: another place to write to")
    }

    mutating func put(_ bytes: [UInt8]) throws(EditError) {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private mutating func flush() throws(EditError) {
        let bytes = buffer
        buffer.removeAll(keepingCapacity: true)
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, position + done)
            }
            if written < 0, errno != EINTR { throw failed(errno) }
            done += max(written, 0)
        }
        position += bytes.count
    }

    mutating func copy(_ region: MappedRegion, _ range: Range<Int>) throws(EditError) {
        guard range.count >= Self.bufferSize else { return try put(region.copy(range)) }
        try flush()
        var done = range.lowerBound
        while done < range.upperBound {
            let copied = inKernel(region, done..<range.upperBound)
            if copied == 0 {
                let piece = done..<min(done + Self.bufferSize, range.upperBound)
                try put(region.copy(piece))
                try flush()
                region.advise(.done, piece)
                done = piece.upperBound
            } else {
                position += copied
                done += copied
            }
        }
    }

    // 0 where the kernel can't: other file systems, bytes in no file, pieces.
    private func inKernel(_ region: MappedRegion, _ range: Range<Int>) -> Int {
        guard let (source, offset, count) = region.filePiece(range) else { return 0 }
        return max(
            Int(migscope_copy_range(source, off_t(offset), descriptor, off_t(position), min(count, 1 << 30))),
            0)
    }

    mutating func skip(_ count: Int) throws(EditError) {
        try flush()
        position += count
    }

    /// Reads the file back by `verify`, and gives it its name.
    mutating func finish(_ verify: (MappedRegion) throws(EditError) -> Void) throws(CommandFailure) {
        do throws(EditError) {
            try flush()
            if ftruncate(descriptor, off_t(position)) != 0 { throw failed(errno) }
            try verify(try mapped())
            if fsync(descriptor) != 0 { throw failed(errno) }
            if rename(temporary, path) != 0 { throw failed(errno) }
        } catch {
            abandon()
            throw CommandFailure(.unusable, error.description)
        }
        close(descriptor)
    }

    private func mapped() throws(EditError) -> MappedRegion {
        do throws(OpenError) {
            return try MappedRegion.open(path: temporary)
        } catch {
            throw EditError("\(error)")
        }
    }

    /// Leaves nothing behind.
    func abandon() {
        unlink(temporary)
        close(descriptor)
    }

    /// Writes, reads back and names a stream.
    static func write(
        _ path: String, inputs: [String], replaces: Bool, verify: (MappedRegion) throws(EditError) -> Void,
        _ write: (inout StreamFile) throws(EditError) -> Void
    ) throws(CommandFailure) {
        var file = try StreamFile(path: path, inputs: inputs, replaces: replaces)
        do throws(EditError) {
            try write(&file)
        } catch {
            file.abandon()
            throw CommandFailure(.unusable, error.description)
        }
        try file.finish(verify)
    }
}
