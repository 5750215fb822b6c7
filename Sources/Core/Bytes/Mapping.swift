import CGuard
import Glibc

/// The memory behind a region: the mapping, its descriptor, and the guard against a shrinking file.
///
/// Shared by a region and the windows into it; the memory is unmapped with the last of them.
package final class Mapping: @unchecked Sendable {
    // Safe: nothing changes after init, and the memory stays mapped until deinit.
    package let base: UnsafeMutableRawPointer
    /// The number of mapped bytes.
    package let count: Int
    package let descriptor: Int32
    /// The bytes that come from the file, in order of `offset`; bytes outside all extents are zero.
    package let extents: [FileExtent]
    private let guardSlot: Int32
    // The last modification time when the file was opened; nil if there is no file.
    private let written: FileTime?

    /// Takes ownership of mapped memory and, if it is not negative, an open descriptor.
    package init(adopting base: UnsafeMutableRawPointer, count: Int, descriptor: Int32, extents: [FileExtent])
    {
        self.base = base
        self.count = count
        self.descriptor = descriptor
        self.extents = extents
        guardSlot = extents.isEmpty ? -1 : migscope_guard_add(base, count)
        written = FileTime(descriptor)
    }

    /// Maps `count` bytes of a file from its start, possibly beyond its end; takes ownership of the
    /// descriptor. Nil if the kernel refuses.
    package convenience init?(descriptor: Int32, count: Int) {
        guard let base = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
            return nil
        }
        // The first reads are at both ends, and read-ahead would fetch megabytes of RAM pages.
        madvise(base, count, Int32(MADV_RANDOM))
        let extent = FileExtent(offset: 0, count: count, fileOffset: 0)
        self.init(adopting: base, count: count, descriptor: descriptor, extents: [extent])
    }

    deinit {
        migscope_guard_remove(guardSlot)
        if count > 0 { munmap(base, count) }
        if descriptor >= 0 { close(descriptor) }
    }

    /// The number of pages that were lost because the file shrank.
    package var lostPageCount: Int { Int(migscope_guard_lost_pages(guardSlot)) }

    /// Returns whether a page of `range`, which must not be empty, was lost.
    package func isLost(_ range: Range<Int>) -> Bool {
        migscope_guard_is_lost(guardSlot, range.lowerBound, range.count)
    }

    /// The current size of the file in bytes.
    package var fileSize: Int? {
        descriptor >= 0 ? MappedRegion.fileSize(of: descriptor) : nil
    }

    /// Whether the file was written to since it was opened.
    package var hasChanged: Bool { written != nil && FileTime(descriptor) != written }

    /// Returns the index of the first extent that ends after `offset`. O(log extents).
    package func extentIndex(endingAfter offset: Int) -> Int {
        extents.indices.binarySearch(first: { extents[$0].end > offset })
    }

    package static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// A part of a mapping that comes from the file.
package struct FileExtent: Equatable, Sendable {
    /// In bytes from the start of the mapping.
    package var offset: Int
    package var count: Int
    /// In bytes from the start of the file.
    package var fileOffset: Int

    package init(offset: Int, count: Int, fileOffset: Int) {
        self.offset = offset
        self.count = count
        self.fileOffset = fileOffset
    }

    package var end: Int { offset + count }
}

extension Range<Int> {
    package func shifted(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}

/// The last modification time of an open file.
private struct FileTime: Equatable {
    private let seconds: Int
    private let nanoseconds: Int

    init?(_ descriptor: Int32) {
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else { return nil }
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
