import Glibc

/// A read-only range of memory that holds a stream or a container: a mapped file, or a window into one.
///
/// The only type that hands out mapped bytes. Offsets are in bytes from the start of the region; every accessor
/// checks its range, so no offset that a stream claims can leave the region. When the file shrinks while
/// it is mapped, its lost pages read as zero and `lostPageCount` says how many there were.
package final class MappedRegion: @unchecked Sendable {
    // Safe: the memory is never written after init and stays mapped while the mapping lives.
    @usableFromInline package let base: UnsafeRawPointer
    /// Length in bytes.
    package let count: Int
    package let mapping: Mapping
    // Where the region begins in the mapping.
    package let start: Int

    /// The bytes of `range` of a mapping, which must be inside.
    package init(_ mapping: Mapping, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= max(mapping.count, 0))
        self.mapping = mapping
        start = range.lowerBound
        count = range.count
        base = UnsafeRawPointer(mapping.base) + range.lowerBound
    }

    /// The bytes of `range`, cut to the region, without a copy. O(1).
    package func slice(_ range: Range<Int>) -> MappedRegion {
        let clamped = range.clamped(to: 0..<count)
        return MappedRegion(mapping, start + clamped.lowerBound..<start + clamped.upperBound)
    }

    /// All bytes. O(1).
    package var span: RawSpan {
        @inlinable
        @_lifetime(borrow self)
        get {
            // Safe: base and count describe the mapping that self keeps alive.
            let span = RawSpan(_unsafeStart: base, byteCount: count)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// The bytes of `range`, cut to the region. O(1).
    @inlinable
    @_lifetime(borrow self)
    package func span(_ range: Range<Int>) -> RawSpan {
        let whole = self.span
        let clamped = range.clamped(to: 0..<count)
        return _overrideLifetime(whole.extracting(clamped), borrowing: self)
    }

    /// The byte at `offset`, or nil outside the region. O(1).
    @inlinable
    package func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < count else { return nil }
        return span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
    }

    /// The big-endian integer at `offset`, or nil when it does not lie inside the region. O(1).
    @inlinable
    package func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T? {
        guard offset >= 0, count - offset >= MemoryLayout<T>.size else { return nil }
        return T(bigEndian: span.unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// At most 8 bytes as one big-endian unsigned integer; `range` is cut to the region. O(1).
    @inlinable
    package func bigEndian(_ range: Range<Int>) -> UInt64 { span(range).bigEndianValue }

    /// A copy of the bytes of `range`, cut to the region. O(range).
    package func copy(_ range: Range<Int>) -> [UInt8] {
        span(range).bytes
    }

    /// Copies the bytes of `range`, cut to the region, to the front of `target`, which must hold them. O(range).
    package func copy(_ range: Range<Int>, to target: UnsafeMutableRawBufferPointer) {
        let bytes = span(range)
        bytes.withUnsafeBytes { target.copyMemory(from: $0) }
    }

    /// Whether the bytes at `offset` are `pattern`. O(pattern).
    package func matches(_ pattern: Span<UInt8>, at offset: Int) -> Bool {
        guard offset >= 0, count - offset >= pattern.count else { return false }
        return span.extracting(offset..<offset + pattern.count).isEqual(to: pattern.bytes)
    }

    package func matches(_ pattern: [UInt8], at offset: Int) -> Bool { matches(pattern.span, at: offset) }

    package func matches(_ pattern: ArraySlice<UInt8>, at offset: Int) -> Bool {
        matches(pattern.span, at: offset)
    }

    package func matches(_ pattern: String, at offset: Int) -> Bool { matches(pattern.utf8.span, at: offset) }

    /// The offset of the first byte of that value in `range`, cut to the region. O(range) at memory speed.
    package func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        let clamped = range.clamped(to: 0..<count)
        guard !clamped.isEmpty else { return nil }
        // Safe: the range is inside, and the mapping lives as long as self.
        let found = memchr(base + clamped.lowerBound, Int32(byte), clamped.count)
        return found.map { UnsafeRawPointer($0) - base }
    }

    /// How many pages of the mapping were lost because the file shrank.
    package var lostPageCount: Int { mapping.lostPageCount }

    /// Whether a page of `range` could not be read: the file has shrunk, or the disk fails. Known only of pages that
    /// someone has tried to read. O(1) while no page was lost.
    package func hasLostPage(in range: Range<Int>) -> Bool {
        let clamped = range.clamped(to: 0..<count)
        return !clamped.isEmpty && mapping.isLost(clamped.shifted(by: start))
    }

    /// How many pages of `range` are in memory now (mincore(2)).
    package func residentPageCount(in range: Range<Int>) -> Int {
        guard let pages = pages(of: range) else { return 0 }
        var states = [UInt8](repeating: 0, count: (pages.count + Mapping.pageSize - 1) / Mapping.pageSize)
        guard mincore(UnsafeMutableRawPointer(mutating: pages.start), pages.count, &states) == 0 else {
            return 0
        }
        return states.reduce(0) { $0 + Int($1 & 1) }
    }

    // The whole pages of the mapping that `range` touches; windows begin anywhere in a page.
    private func pages(of range: Range<Int>) -> (start: UnsafeRawPointer, count: Int)? {
        let clamped = range.clamped(to: 0..<count)
        guard !clamped.isEmpty else { return nil }
        let first = (start + clamped.lowerBound) / Mapping.pageSize * Mapping.pageSize
        return (UnsafeRawPointer(mapping.base) + first, start + clamped.upperBound - first)
    }

    /// What the kernel should expect of the pages of `range`.
    package enum Advice: Sendable {
        /// Read in order soon: read ahead.
        case sequential
        /// Read here and there: no read-ahead.
        case random
        /// Read after what is being read now: fetch it from the disk meanwhile.
        case soon
        /// Read next, all of it: map its pages at once (Linux 5.14; older kernels do it page by page).
        case now
        /// Not needed for now: give the memory back; the bytes stay readable.
        case done
    }

    /// Tells the kernel how `range` will be read. Never changes what the bytes are.
    package func advise(_ advice: Advice, _ range: Range<Int>) {
        // A copy in anonymous memory would be lost with MADV_DONTNEED.
        guard !mapping.extents.isEmpty, let pages = pages(of: range) else { return }
        let value =
            switch advice {
            case .sequential: MADV_SEQUENTIAL
            case .random: MADV_RANDOM
            case .soon: MADV_WILLNEED
            case .now: MADV_POPULATE_READ
            case .done: MADV_DONTNEED
            }
        madvise(UnsafeMutableRawPointer(mutating: pages.start), pages.count, Int32(value))
    }
}

extension MappedRegion {
    /// Maps the regular file at `path` for reading.
    ///
    /// - Throws: `OpenError` when there is no such file, it is no regular file, may not be read, or is empty.
    ///
    /// A file that `isGrowing` is mapped beyond its end, so that `grown` finds what is appended later.
    package static func open(path: String, isGrowing: Bool = false) throws(OpenError) -> MappedRegion {
        // A FIFO without a writer would block an ordinary open.
        let descriptor = Glibc.open(path.fileName, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw OpenError.system(path: path, code: errno) }
        do throws(OpenError) {
            return try adopt(descriptor: descriptor, path: path, reserve: isGrowing ? growthReserve : 0)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Maps the regular file that `descriptor` is open for; takes the descriptor over unless it throws.
    /// `reserve`: bytes of address space past the end of the file, for what is appended to it.
    package static func adopt(descriptor: Int32, path: String, reserve: Int = 0) throws(OpenError)
        -> MappedRegion
    {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, code: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG, S_IFBLK: break
        case S_IFDIR: throw .notAFile(path: path, kind: "a directory")
        case S_IFIFO: throw .notAFile(path: path, kind: "a FIFO")
        case S_IFSOCK: throw .notAFile(path: path, kind: "a socket")
        default: throw .notAFile(path: path, kind: "a character device")
        }
        guard let size = fileSize(of: descriptor), size > 0 else { throw .empty(path: path) }
        guard let mapping = Mapping(descriptor: descriptor, count: size.addingSaturated(reserve)) else {
            throw .system(path: path, code: errno)
        }
        return MappedRegion(mapping, 0..<size)
    }

    /// A region with a copy of `bytes`, for streams that are not in a file.
    package convenience init(copying bytes: [UInt8]) {
        let size = max(bytes.count, 1)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        // Safe: an anonymous mapping of `size` bytes fails only when memory is exhausted.
        let base = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)!
        precondition(base != MAP_FAILED, "no memory for \(size) bytes")
        bytes.withUnsafeBytes {
            base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
        }
        self.init(Mapping(adopting: base, count: size, descriptor: -1, extents: []), 0..<bytes.count)
    }
}
