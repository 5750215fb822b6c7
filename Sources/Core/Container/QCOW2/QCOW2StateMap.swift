import Bytes

/// The places of a snapshot's VM state in a qcow2 image, from a walk over its L1 and L2 tables.
///
/// Tables and offsets may be wrong. The walk visits no L2 table twice and maps no more clusters than the file
/// can have, so it ends after O(file size / 8) steps in any case.
package struct QCOW2StateMap {
    /// Consecutive bytes of the state. Bytes outside all pieces are zero.
    package struct Piece: Equatable {
        /// In bytes from the start of the state.
        package var offset: Int
        package var count: Int
        /// In bytes from the start of the image.
        package var fileOffset: Int
        /// The size of a compressed cluster in the image in bytes; 0 for plain data.
        package var packedCount = 0

        package var end: Int { offset + count }
        package var isCompressed: Bool { packedCount > 0 }
    }

    package private(set) var pieces: [Piece] = []
    /// The length of the state in bytes.
    package private(set) var size: Int
    /// The problems, with offsets in the state.
    package private(set) var problems: [(offset: Int, words: String)] = []

    private let region: MappedRegion
    private let header: QCOW2Header
    private var visited: Set<Int> = []
    private var clusterCount = 0
    private var problemCount = 0

    // QEMU leaves no holes in a state; a larger one would only waste address space.
    private static let holeLimit = 1 << 30
    // A larger state can't be mapped in one address space.
    private static let sizeLimit = 1 << 46
    private static let problemLimit = 8
    private static let offsetMask: UInt64 = 0x00ff_ffff_ffff_fe00

    package init(_ region: MappedRegion, _ header: QCOW2Header, _ snapshot: QCOW2Snapshot, diskSize: Int) {
        self.region = region
        self.header = header
        size = min(snapshot.summary.stateSize, Self.sizeLimit)
        walk(snapshot, diskSize: diskSize)
        let end = pieces.last?.end ?? 0
        if end < size {
            note(end, "the state has \(end) of \(size) bytes in the image")
            size = end
        }
        if problemCount > problems.count {
            problems.append(
                (0, "\(problemCount - problems.count) more entries in the image's tables are wrong"))
        }
    }

    private mutating func note(_ offset: Int, _ words: String) {
        problemCount += 1
        if problems.count < Self.problemLimit { problems.append((offset, words)) }
    }

    private mutating func walk(_ snapshot: QCOW2Snapshot, diskSize: Int) {
        // The state begins after the disk, at the next entry of the L1 table.
        let first = diskSize / header.span + (diskSize % header.span == 0 ? 0 : 1)
        var offset = 0
        var index = first
        while offset < size {
            guard index < snapshot.tableCount,
                let place = placeOf(entry: index, in: snapshot.tableOffset),
                let entry = region.bigEndian(UInt64.self, at: place)
            else { return note(offset, "the L1 table ends before the state") }
            guard isNear(offset), walkTable(entry, from: offset) else { return }
            index += 1
            offset += header.span
        }
    }

    private func placeOf(entry index: Int, in table: Int) -> Int? {
        let (place, isTooLarge) = table.addingReportingOverflow(index * 8)
        return isTooLarge ? nil : place
    }

    private mutating func isNear(_ offset: Int) -> Bool {
        let hole = offset - (pieces.last?.end ?? 0)
        if hole > Self.holeLimit { note(offset, "a hole of \(hole) bytes in the state") }
        return hole <= Self.holeLimit
    }

    // Walks an L2 table; returns whether the walk continues after it.
    private mutating func walkTable(_ entry: UInt64, from start: Int) -> Bool {
        let table = Int(entry & Self.offsetMask)
        if table == 0 { return true }
        guard table % header.clusterSize == 0, table < region.count else {
            note(start, "an L2 table at \(Hex.offset(table)), outside the image")
            return true
        }
        guard visited.insert(table).inserted else {
            note(start, "the L2 table at \(Hex.offset(table)) is used twice")
            return true
        }
        for index in 0..<header.entriesPerTable {
            let offset = start + index * header.clusterSize
            guard offset < size else { return false }
            guard let entry = region.bigEndian(UInt64.self, at: table + index * header.entrySize) else {
                return true
            }
            guard entry != 0 else { continue }
            guard isNear(offset) else { return false }
            if entry & 1 << 62 != 0 {
                addCompressed(entry, at: offset)
            } else if !addPlain(entry, table + index * header.entrySize, at: offset) {
                return false
            }
        }
        return true
    }

    private mutating func addCompressed(_ entry: UInt64, at offset: Int) {
        let bits = UInt64(62 - (header.clusterBits - 8))
        let place = Int(entry & ((1 << bits) - 1))
        let sectors = Int((entry & ((1 << 62) - 1)) >> bits)
        guard place < region.count else {
            return note(offset, "a compressed cluster at \(Hex.offset(place)), outside the image")
        }
        let packed = min((sectors + 1) * 512 - place % 512, region.count - place)
        pieces.append(
            Piece(
                offset: offset, count: min(header.clusterSize, size - offset), fileOffset: place,
                packedCount: packed))
    }

    // Adds a plain cluster; returns whether the walk may continue.
    private mutating func addPlain(_ entry: UInt64, _ place: Int, at offset: Int) -> Bool {
        let cluster = Int(entry & Self.offsetMask)
        let isZero = header.version >= 3 && !header.hasExtendedL2 && entry & 1 != 0
        if cluster == 0 || isZero { return true }
        guard cluster % header.clusterSize == 0, cluster < region.count else {
            note(offset, "a cluster at \(Hex.offset(cluster)), outside the image")
            return true
        }
        clusterCount += 1
        guard clusterCount <= region.count / header.clusterSize + 1 else {
            note(offset, "more clusters in the tables than in the image")
            return false
        }
        guard header.hasExtendedL2 else {
            addPiece(offset, header.clusterSize, cluster)
            return true
        }
        let bitmap = region.bigEndian(UInt64.self, at: place + 8) ?? 0
        // Low half: allocated; high half: reads as zero.
        let present = UInt32(truncatingIfNeeded: bitmap & ~(bitmap >> 32))
        let size = header.clusterSize / 32
        for number in 0..<32 where present & 1 << number != 0 {
            addPiece(offset + number * size, size, cluster + number * size)
        }
        return true
    }

    // Adds a piece, which extends the last one if it follows it.
    private mutating func addPiece(_ offset: Int, _ count: Int, _ fileOffset: Int) {
        let count = min(count, size - offset, region.count - fileOffset)
        guard count > 0 else { return }
        if let last = pieces.last, !last.isCompressed, last.end == offset,
            last.fileOffset + last.count == fileOffset
        {
            pieces[pieces.count - 1].count += count
        } else {
            pieces.append(Piece(offset: offset, count: count, fileOffset: fileOffset))
        }
    }
}

extension QCOW2StateMap {
    // The kernel allows 65530 mappings in a process.
    private static let mappingLimit = 30_000

    /// Returns the state as one region of the image's own bytes; nil if that is not possible: compressed or
    /// small clusters, or too many pieces.
    package func mapped() -> MappedRegion? {
        guard pieces.count <= Self.mappingLimit, size > 0, region.isContiguous else { return nil }
        let page = Mapping.pageSize
        var extents: [FileExtent] = []
        for piece in pieces {
            guard !piece.isCompressed, let place = region.fileOffset(of: piece.fileOffset),
                piece.offset % page == 0, place % page == 0
            else { return nil }
            // Only the last bytes of the state or of the file may end inside a page.
            let isWhole = piece.count % page == 0 || piece.end == size
            guard isWhole || piece.fileOffset + piece.count == region.count else { return nil }
            extents.append(FileExtent(offset: piece.offset, count: piece.count, fileOffset: place))
        }
        return region.assembled(extents, size: size)
    }
}
