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

/// Where the bytes of a region are in the file.
extension MappedRegion {
    /// Where the byte at `offset` is in the file; nil outside the region and for zeros that are in no file.
    /// O(log extents).
    package func fileOffset(of offset: Int) -> Int? {
        guard offset >= 0, offset < count else { return nil }
        let place = start + offset
        let index = mapping.extentIndex(endingAfter: place)
        guard index < mapping.extents.count, mapping.extents[index].offset <= place else { return nil }
        return mapping.extents[index].fileOffset + place - mapping.extents[index].offset
    }

    /// The offset in the region of the byte at `fileOffset` of the file, or nil. O(extents).
    package func offset(ofFileOffset fileOffset: Int) -> Int? {
        for extent in mapping.extents
        where fileOffset >= extent.fileOffset && fileOffset - extent.fileOffset < extent.count {
            let offset = extent.offset + fileOffset - extent.fileOffset - start
            if offset >= 0, offset < count { return offset }
        }
        return nil
    }

    /// All of the file that the region is a window into; nil where it was put together from pieces.
    package var wholeFile: MappedRegion? {
        guard isContiguous, mapping.extents[0].fileOffset == 0, mapping.extents[0].count == mapping.count
        else { return nil }
        return MappedRegion(mapping, 0..<mapping.count)
    }

    /// Whether the region is one piece of the file.
    package var isContiguous: Bool { mapping.extents.count == 1 }

    // SEEK_DATA of <unistd.h>, which needs _GNU_SOURCE and so is not imported.
    private static var seekData: Int32 { 3 }

    /// The start of the next data at or after `offset` in a sparse file (SEEK_DATA), or nil when only a
    /// hole follows. A file system that knows no holes answers `offset`.
    package func nextData(atOrAfter offset: Int) -> Int? {
        guard offset < count else { return nil }
        guard mapping.descriptor >= 0 else { return max(offset, 0) }
        var index = mapping.extentIndex(endingAfter: start + max(offset, 0))
        while index < mapping.extents.count {
            let extent = mapping.extents[index]
            let from = max(extent.offset, start + max(offset, 0))
            if from - start >= count { return nil }
            if let found = data(from, in: extent) { return found - start < count ? found - start : nil }
            index += 1
        }
        return nil
    }

    private func data(_ from: Int, in extent: FileExtent) -> Int? {
        let found = lseek(mapping.descriptor, extent.fileOffset + from - extent.offset, Self.seekData)
        guard found >= 0 else { return errno == ENXIO ? nil : from }
        let place = found - extent.fileOffset + extent.offset
        return place < extent.end ? place : nil
    }

    /// The size of the file now, which may differ from what is mapped when someone writes to it.
    package var currentFileSize: Int? { mapping.fileSize }

    /// Whether somebody has written to the file since it was opened.
    package var hasChanged: Bool { mapping.hasChanged }

    /// A second descriptor for the same file, or nil for bytes that are in none.
    package func duplicateDescriptor() -> Int32? {
        guard mapping.descriptor >= 0 else { return nil }
        let descriptor = fcntl(mapping.descriptor, F_DUPFD_CLOEXEC, 0)
        return descriptor >= 0 ? descriptor : nil
    }

    /// Puts pieces of the file after this region one after the other, without a copy.
    ///
    /// - Parameters:
    ///   - extents: In order of `offset`, in whole pages on both sides; what is in none of them reads as zero.
    ///   - size: Length of the result in bytes.
    /// - Returns: nil when the region is in no file or the kernel refuses.
    package func assembled(_ extents: [FileExtent], size: Int) -> MappedRegion? {
        guard size > 0, let descriptor = duplicateDescriptor() else { return nil }
        // Zeros without memory; the pieces go over them.
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let base = mmap(nil, size, PROT_READ, flags, -1, 0), base != MAP_FAILED else {
            close(descriptor)
            return nil
        }
        for extent in extents {
            let piece = mmap(
                base + extent.offset, extent.count, PROT_READ, MAP_SHARED | MAP_FIXED, descriptor,
                extent.fileOffset)
            guard piece != MAP_FAILED else {
                munmap(base, size)
                close(descriptor)
                return nil
            }
        }
        let mapping = Mapping(adopting: base, count: size, descriptor: descriptor, extents: extents)
        return MappedRegion(mapping, 0..<size)
    }

    /// Bytes of the file that `descriptor` is open for, now; of a block device, for which stat says 0, of the device.
    package static func fileSize(of descriptor: Int32) -> Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFBLK else { return Int(status.st_size) }
        // A descriptor of its own: seeking would move one that is shared.
        let own = Glibc.open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard own >= 0 else { return nil }
        defer { close(own) }
        let end = lseek(own, 0, SEEK_END)
        return end >= 0 ? end : nil
    }
}

extension MappedRegion {
    /// Where the first bytes of `range` are in the file, and how many of them in a row; nil for bytes in no file.
    /// The descriptor is the mapping's own. O(log extents).
    package func filePiece(_ range: Range<Int>) -> (descriptor: Int32, offset: Int, count: Int)? {
        guard mapping.descriptor >= 0, let offset = fileOffset(of: range.lowerBound) else { return nil }
        let index = mapping.extentIndex(endingAfter: start + range.lowerBound)
        let extent = mapping.extents[index]
        return (mapping.descriptor, offset, min(range.count, extent.end - start - range.lowerBound))
    }
}

/// Files that someone still writes.
extension MappedRegion {
    /// Address space for what is appended: more than any guest's RAM, and it costs no memory.
    package static var growthReserve: Int { 1 << 42 }

    /// Whether `grown` can find what is appended to the file: it was opened so, and the region is one piece of it.
    package var canGrow: Bool { isContiguous && mapping.descriptor >= 0 && start + count < mapping.count }

    /// The region with all that the file has now; nil when it has no more than before. O(1).
    package func grown() -> MappedRegion? {
        guard canGrow, let size = mapping.fileSize else { return nil }
        let end = min(size - mapping.extents[0].fileOffset, mapping.count)
        return end > start + count ? MappedRegion(mapping, start..<end) : nil
    }

    /// The region in a new mapping of the file as it is now, for a file that was cut and written again; nil when
    /// nothing of the region is left.
    package func mappedAgain() -> MappedRegion? {
        guard canGrow, let size = mapping.fileSize, size > start, let descriptor = duplicateDescriptor()
        else {
            return nil
        }
        guard let fresh = Mapping(descriptor: descriptor, count: size.addingSaturated(Self.growthReserve))
        else {
            close(descriptor)
            return nil
        }
        return MappedRegion(fresh, start..<size)
    }

    /// The first byte of the region that the file does not have any more; nil while it has all. O(extents).
    package var firstByteBehindFile: Int? {
        guard let size = mapping.fileSize else { return nil }
        return mapping.extents.lazy.filter {
            $0.fileOffset + min($0.count, self.start + self.count - $0.offset) > size
        }
        .map { max($0.offset + max(size - $0.fileOffset, 0) - self.start, 0) }
        .filter { $0 < self.count }.min()
    }
}

extension MappedRegion {
    // Bytes that are looked at, and given back, at a time.
    private static var window: Int { 16 << 20 }

    /// The end of the last byte at or above `floor` that is not zero; `floor` when all are zero. Holes of a
    /// sparse file are not read. O(trailing zeros) at memory speed.
    package func endOfContent(above floor: Int = 0) -> Int {
        var end = count
        while end > floor {
            let start = max(floor, end - Self.window)
            if let data = nextData(atOrAfter: start), data < end {
                if let last = lastNonZero(in: start..<end) { return last + 1 }
                advise(.done, start..<end)
            }
            end = start
        }
        return max(floor, 0)
    }

    private func lastNonZero(in range: Range<Int>) -> Int? {
        var end = range.upperBound
        while end > range.lowerBound {
            let start = max(range.lowerBound, end - 4096)
            let bytes = span(start..<end)
            if !bytes.isAllZero {
                return (0..<bytes.byteCount).last { bytes[byteAt: $0] != 0 }.map { start + $0 }
            }
            end = start
        }
        return nil
    }
}
