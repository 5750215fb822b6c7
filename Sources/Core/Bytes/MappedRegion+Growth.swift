import Glibc

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
