import Glibc

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

    /// Puts pieces of the file behind this region one after the other, without a copy.
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
