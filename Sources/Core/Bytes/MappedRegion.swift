import Glibc

/// A read-only range of memory that holds a stream or a container: a mapped file, or a window into one.
///
/// The only type that hands out mapped bytes. Offsets are in bytes from the start of the region. Every
/// accessor checks its range, so no offset from a stream can leave the region. If the file shrinks while it
/// is mapped, the lost pages read as zero and `lostPageCount` counts them.
package final class MappedRegion: @unchecked Sendable {
    // Safe: the memory is never written after init and stays mapped while the mapping lives.
    @usableFromInline package let base: UnsafeRawPointer
    /// The length in bytes.
    package let count: Int
    package let mapping: Mapping
    // The offset of the region in the mapping.
    package let start: Int

    /// Creates a region for `range` of a mapping, which must be inside it.
    package init(_ mapping: Mapping, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= max(mapping.count, 0))
        self.mapping = mapping
        start = range.lowerBound
        count = range.count
        base = UnsafeRawPointer(mapping.base) + range.lowerBound
    }

    /// Returns the bytes of `range`, cut to the region, without a copy. O(1).
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

    /// Returns the bytes of `range`, cut to the region. O(1).
    @inlinable
    @_lifetime(borrow self)
    package func span(_ range: Range<Int>) -> RawSpan {
        let whole = self.span
        let clamped = range.clamped(to: 0..<count)
        return _overrideLifetime(whole.extracting(clamped), borrowing: self)
    }

    /// Returns the byte at `offset`; nil outside the region. O(1).
    @inlinable
    package func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < count else { return nil }
        return span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
    }

    /// Returns the big-endian integer at `offset`; nil if it is not completely inside the region. O(1).
    @inlinable
    package func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T? {
        guard offset >= 0, count - offset >= MemoryLayout<T>.size else { return nil }
        return T(bigEndian: span.unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Returns at most 8 bytes as one big-endian unsigned integer; `range` is cut to the region. O(1).
    @inlinable
    package func bigEndian(_ range: Range<Int>) -> UInt64 { span(range).bigEndianValue }

    /// Returns a copy of the bytes of `range`, cut to the region. O(range).
    package func copy(_ range: Range<Int>) -> [UInt8] {
        span(range).bytes
    }

    /// Copies the bytes of `range`, cut to the region, to the start of `target`, which must be large enough.
    /// O(range).
    package func copy(_ range: Range<Int>, to target: UnsafeMutableRawBufferPointer) {
        let bytes = span(range)
        bytes.withUnsafeBytes { target.copyMemory(from: $0) }
    }

    /// Returns whether the bytes at `offset` are `pattern`. O(pattern).
    package func matches(_ pattern: Span<UInt8>, at offset: Int) -> Bool {
        guard offset >= 0, count - offset >= pattern.count else { return false }
        return span.extracting(offset..<offset + pattern.count).isEqual(to: pattern.bytes)
    }

    package func matches(_ pattern: [UInt8], at offset: Int) -> Bool { matches(pattern.span, at: offset) }

    package func matches(_ pattern: ArraySlice<UInt8>, at offset: Int) -> Bool {
        matches(pattern.span, at: offset)
    }

    package func matches(_ pattern: String, at offset: Int) -> Bool { matches(pattern.utf8.span, at: offset) }

    /// Returns the offset of the first byte of that value in `range`, cut to the region. O(range) at memory
    /// speed.
    package func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        let clamped = range.clamped(to: 0..<count)
        guard !clamped.isEmpty else { return nil }
        // Safe: the range is inside, and the mapping lives as long as self.
        let found = memchr(base + clamped.lowerBound, Int32(byte), clamped.count)
        return found.map { UnsafeRawPointer($0) - base }
    }

    /// The number of pages of the mapping that were lost because the file shrank.
    package var lostPageCount: Int { mapping.lostPageCount }

    /// Returns whether a page of `range` could not be read, because the file has shrunk or the disk fails.
    /// Only read attempts reveal this. O(1) while no page is lost.
    package func hasLostPage(in range: Range<Int>) -> Bool {
        let clamped = range.clamped(to: 0..<count)
        return !clamped.isEmpty && mapping.isLost(clamped.shifted(by: start))
    }

    /// Returns the number of pages of `range` that are in memory now (mincore(2)).
    package func residentPageCount(in range: Range<Int>) -> Int {
        guard let pages = pages(of: range) else { return 0 }
        var states = [UInt8](repeating: 0, count: (pages.count + Mapping.pageSize - 1) / Mapping.pageSize)
        guard mincore(UnsafeMutableRawPointer(mutating: pages.start), pages.count, &states) == 0 else {
            return 0
        }
        return states.reduce(0) { $0 + Int($1 & 1) }
    }

    // Returns the whole pages of the mapping that `range` touches; windows may begin anywhere in a page.
    private func pages(of range: Range<Int>) -> (start: UnsafeRawPointer, count: Int)? {
        let clamped = range.clamped(to: 0..<count)
        guard !clamped.isEmpty else { return nil }
        let first = (start + clamped.lowerBound) / Mapping.pageSize * Mapping.pageSize
        return (UnsafeRawPointer(mapping.base) + first, start + clamped.upperBound - first)
    }

    /// The expected use of a range of pages.
    package enum Advice: Sendable {
        /// Read in order soon: read ahead.
        case sequential
        /// Read at random places: no read-ahead.
        case random
        /// Read after the current range: fetch it from the disk meanwhile.
        case soon
        /// Read completely next: map its pages at once (Linux 5.14; older kernels map page by page).
        case now
        /// Not needed for now: release the memory; the bytes remain readable.
        case done
    }

    /// Tells the kernel how `range` will be read. Never changes the bytes.
    package func advise(_ advice: Advice, _ range: Range<Int>) {
        // MADV_DONTNEED would discard a copy in anonymous memory.
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
    /// - Throws: `OpenError` if the file does not exist, is not regular, may not be read, or is empty.
    ///
    /// A file that `isGrowing` is mapped beyond its end, so that `grown` finds what is appended later.
    package static func open(path: String, isGrowing: Bool = false) throws(OpenError) -> MappedRegion {
        // An ordinary open would block on a FIFO without a writer.
        let descriptor = Glibc.open(path.fileName, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw OpenError.system(path: path, code: errno) }
        do throws(OpenError) {
            return try adopt(descriptor: descriptor, path: path, reserve: isGrowing ? growthReserve : 0)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Maps the open regular file `descriptor`; takes ownership of the descriptor unless it throws. `reserve`
    /// is the number of bytes of address space after the end of the file, for appended bytes.
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

    /// Creates a region with a copy of `bytes`, for streams that are not in a file.
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

/// The file offsets of a region.
extension MappedRegion {
    /// Returns the file offset of the byte at `offset`; nil outside the region and for zeros that are not in
    /// a file. O(log extents).
    package func fileOffset(of offset: Int) -> Int? {
        guard offset >= 0, offset < count else { return nil }
        let place = start + offset
        let index = mapping.extentIndex(endingAfter: place)
        guard index < mapping.extents.count, mapping.extents[index].offset <= place else { return nil }
        return mapping.extents[index].fileOffset + place - mapping.extents[index].offset
    }

    /// Returns the offset in the region of the byte at `fileOffset` of the file, or nil. O(extents).
    package func offset(ofFileOffset fileOffset: Int) -> Int? {
        for extent in mapping.extents
        where fileOffset >= extent.fileOffset && fileOffset - extent.fileOffset < extent.count {
            let offset = extent.offset + fileOffset - extent.fileOffset - start
            if offset >= 0, offset < count { return offset }
        }
        return nil
    }

    /// The whole file around the region; nil if the region was assembled from pieces.
    package var wholeFile: MappedRegion? {
        guard isContiguous, mapping.extents[0].fileOffset == 0, mapping.extents[0].count == mapping.count
        else { return nil }
        return MappedRegion(mapping, 0..<mapping.count)
    }

    /// Whether the region is one piece of the file.
    package var isContiguous: Bool { mapping.extents.count == 1 }

    // SEEK_DATA of <unistd.h>, which is not imported because it needs _GNU_SOURCE.
    private static var seekData: Int32 { 3 }

    /// Returns the start of the next data at or after `offset` in a sparse file (SEEK_DATA); nil if only a
    /// hole follows. A file system without holes returns `offset`.
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

    /// The current size of the file, which differs from the mapped size if someone writes to the file.
    package var currentFileSize: Int? { mapping.fileSize }

    /// Whether the file was written to since it was opened.
    package var hasChanged: Bool { mapping.hasChanged }

    /// Returns a second descriptor for the same file; nil for bytes that are not in a file.
    package func duplicateDescriptor() -> Int32? {
        guard mapping.descriptor >= 0 else { return nil }
        let descriptor = fcntl(mapping.descriptor, F_DUPFD_CLOEXEC, 0)
        return descriptor >= 0 ? descriptor : nil
    }

    /// Returns a new region of consecutive pieces of the file, without a copy.
    ///
    /// - Parameters:
    ///   - extents: In order of `offset`, in whole pages on both sides; bytes outside them read as zero.
    ///   - size: The length of the result in bytes.
    /// - Returns: nil if the region is not in a file or the kernel refuses.
    package func assembled(_ extents: [FileExtent], size: Int) -> MappedRegion? {
        guard size > 0, let descriptor = duplicateDescriptor() else { return nil }
        // Zeros that take no memory; the pieces are mapped over them.
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

    /// Returns the current size in bytes of an open file, or of a block device, for which stat reports 0.
    package static func fileSize(of descriptor: Int32) -> Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFBLK else { return Int(status.st_size) }
        // A separate descriptor, because seeking would move a shared one.
        let own = Glibc.open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard own >= 0 else { return nil }
        defer { close(own) }
        let end = lseek(own, 0, SEEK_END)
        return end >= 0 ? end : nil
    }
}

extension MappedRegion {
    /// Returns the file offset of the first bytes of `range` and the number of contiguous bytes; nil for
    /// bytes that are not in a file. The descriptor is the mapping's own. O(log extents).
    package func filePiece(_ range: Range<Int>) -> (descriptor: Int32, offset: Int, count: Int)? {
        guard mapping.descriptor >= 0, let offset = fileOffset(of: range.lowerBound) else { return nil }
        let index = mapping.extentIndex(endingAfter: start + range.lowerBound)
        let extent = mapping.extents[index]
        return (mapping.descriptor, offset, min(range.count, extent.end - start - range.lowerBound))
    }
}

/// Files that are still being written.
extension MappedRegion {
    /// The address space for appended bytes: more than any guest's RAM, without memory cost.
    package static var growthReserve: Int { 1 << 42 }

    /// Whether `grown` can find appended bytes: the file was opened for that, and the region is one piece of
    /// it.
    package var canGrow: Bool { isContiguous && mapping.descriptor >= 0 && start + count < mapping.count }

    /// Returns the region extended to the file's current end; nil if the file has not grown. O(1).
    package func grown() -> MappedRegion? {
        guard canGrow, let size = mapping.fileSize else { return nil }
        let end = min(size - mapping.extents[0].fileOffset, mapping.count)
        return end > start + count ? MappedRegion(mapping, start..<end) : nil
    }

    /// Returns the region in a new mapping of the file, for a file that was truncated and rewritten; nil if
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

    /// The first byte of the region that is no longer in the file; nil while all are. O(extents).
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
    // The number of bytes that are scanned and released at a time.
    private static var window: Int { 16 << 20 }

    /// Returns the offset after the last nonzero byte at or above `floor`; `floor` if all are zero. Holes of
    /// a sparse file are not read. O(trailing zeros) at memory speed.
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
