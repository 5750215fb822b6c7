import Bytes
import CFileRange
import Edit
import Glibc

/// A stream that is verified before it gets its name: a `PrivateFile`, so it exists whole or not at all.
struct StreamFile: StreamOutput {
    private let file: PrivateFile
    private let path: String
    private var position = 0
    private var buffer: [UInt8] = []

    private static let bufferSize = 1 << 20

    /// - Parameters:
    ///   - inputs: the files that are read, none of which may be the output.
    ///   - replaces: whether to replace an existing file.
    init(path: String, inputs: [String], replaces: Bool) throws(CommandFailure) {
        self.path = path
        guard path != "-" else {
            throw CommandFailure(.unusable, "-: the output is read back; try: a file name")
        }
        try OutputFile.checkInputs(inputs, path)
        var status = stat()
        if stat(path.fileName, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw CommandFailure(.unusable, "\(path): it is not a regular file; try: another name")
        }
        file = try OutputFile.privateFile(path, replaces)
    }

    private func failed(_ code: Int32) -> EditError {
        EditError(OutputFile.failure(path, PrivateFile.Failure(code: code)).message)
    }

    mutating func put(_ bytes: [UInt8]) throws(EditError) {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private mutating func flush() throws(EditError) {
        let bytes = buffer
        buffer.removeAll(keepingCapacity: true)
        let code = bytes.withUnsafeBytes { file.write($0, at: position) }
        if code != 0 { throw failed(code) }
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

    // 0 when the kernel can't copy: between file systems, bytes not in a file, pieces.
    private func inKernel(_ region: MappedRegion, _ range: Range<Int>) -> Int {
        guard let (source, offset, count) = region.filePiece(range) else { return 0 }
        return max(
            Int(
                migscope_copy_range(
                    source, off_t(offset), file.descriptor, off_t(position), min(count, 1 << 30))),
            0)
    }

    mutating func skip(_ count: Int) throws(EditError) {
        try flush()
        position += count
    }

    /// Verifies the file with `verify`, and gives it its name.
    mutating func finish(_ verify: (MappedRegion) throws(EditError) -> Void) throws(CommandFailure) {
        do throws(EditError) {
            try verify(try written())
            try publish()
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }

    mutating func publish() throws(EditError) {
        if fsync(file.descriptor) != 0 { throw failed(errno) }
        do throws(PrivateFile.Failure) {
            try file.publish()
        } catch {
            throw failed(error.code)
        }
    }

    mutating func written() throws(EditError) -> MappedRegion {
        try flush()
        if ftruncate(file.descriptor, off_t(position)) != 0 { throw failed(errno) }
        let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw failed(errno) }
        do throws(OpenError) {
            return try MappedRegion.adopt(descriptor: copy, path: path)
        } catch {
            close(copy)
            throw EditError("\(error)")
        }
    }

    /// Writes, verifies and names a stream.
    static func write(
        _ path: String, inputs: [String], replaces: Bool, verify: (MappedRegion) throws(EditError) -> Void,
        _ write: (inout StreamFile) throws(EditError) -> Void
    ) throws(CommandFailure) {
        var file = try StreamFile(path: path, inputs: inputs, replaces: replaces)
        do throws(EditError) {
            try write(&file)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
        try file.finish(verify)
    }
}
