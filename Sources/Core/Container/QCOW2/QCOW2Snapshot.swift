import Bytes

/// An entry of a qcow2 snapshot table.
package struct QCOW2Snapshot {
    package var summary: SnapshotSummary
    /// The range of the entry in the image.
    package var range: Range<Int>
    package var tableOffset: Int
    /// The number of entries in the L1 table.
    package var tableCount: Int
    /// The size of the disk at the time of the snapshot; nil if the entry does not contain it.
    package var diskSize: Int?

    // QEMU does not write more (block/qcow2.h).
    package static let countLimit = 65536
    private static let extraLimit = 1024

    /// Reads the table up to the first invalid entry. O(snapshots).
    ///
    /// - Returns: The entries, and the problem with the table.
    package static func table(_ region: MappedRegion, _ header: QCOW2Header) -> (
        entries: [QCOW2Snapshot], problem: Finding?
    ) {
        var entries: [QCOW2Snapshot] = []
        var offset = header.snapshotsOffset
        for _ in 0..<min(header.snapshotCount, countLimit) {
            guard let entry = QCOW2Snapshot(region, at: offset) else { break }
            entries.append(entry)
            // Entries begin at multiples of 8.
            offset = (entry.range.upperBound + 7) & ~7
        }
        guard entries.count < header.snapshotCount else { return (entries, nil) }
        let problem = Finding(
            .error, .qcow2Snapshots, offset: 0,
            message: "expected \(header.snapshotCount) snapshots in the qcow2 image, found \(entries.count)",
            hint: "the table at \(Hex.offset(header.snapshotsOffset)) of the file is damaged")
        return (entries, problem)
    }

    private init?(_ region: MappedRegion, at offset: Int) {
        guard offset >= 0, offset <= region.count, region.count - offset >= 40 else { return nil }
        let extra = Int(region.bigEndian(UInt32.self, at: offset + 36) ?? 0)
        let idLength = Int(region.bigEndian(UInt16.self, at: offset + 12) ?? 0)
        let nameLength = Int(region.bigEndian(UInt16.self, at: offset + 14) ?? 0)
        let size = 40 + extra + idLength + nameLength
        // QEMU gives each snapshot an id; without one, the bytes are zeros and not an entry.
        guard idLength > 0 || nameLength > 0 else { return nil }
        guard extra <= Self.extraLimit, region.count - offset >= size else { return nil }
        range = offset..<offset + size
        tableOffset = Int(clamping: region.bigEndian(UInt64.self, at: offset) ?? 0)
        tableCount = Int(region.bigEndian(UInt32.self, at: offset + 8) ?? 0)
        let wide = extra >= 8 ? region.bigEndian(UInt64.self, at: offset + 40).map { Int(clamping: $0) } : nil
        diskSize =
            extra >= 16 ? region.bigEndian(UInt64.self, at: offset + 48).map { Int(clamping: $0) } : nil
        let id = offset + 40 + extra
        summary = SnapshotSummary(
            id: DisplayText.escaped(bytes: region.copy(id..<id + idLength)),
            name: DisplayText.escaped(bytes: region.copy(id + idLength..<id + idLength + nameLength)),
            date: Int(region.bigEndian(UInt32.self, at: offset + 16) ?? 0),
            nanoseconds: Int(region.bigEndian(UInt32.self, at: offset + 20) ?? 0),
            guestClock: region.bigEndian(UInt64.self, at: offset + 24) ?? 0,
            stateSize: wide ?? Int(region.bigEndian(UInt32.self, at: offset + 32) ?? 0))
    }

    /// Returns the entry's fields for the tree (docs/interop/qcow2.txt, "Snapshots").
    package func part(_ region: MappedRegion) -> ContainerPart {
        let start = range.lowerBound
        let extra = Int(region.bigEndian(UInt32.self, at: start + 36) ?? 0)
        func field(_ name: String, _ offset: Int, _ size: Int, _ text: String) -> ContainerPart {
            ContainerPart(name, start + offset..<start + offset + size, text: text)
        }
        func number(_ offset: Int, _ size: Int) -> String {
            String(region.span(start + offset..<start + offset + size).bigEndianValue)
        }
        var fields = [
            field("l1_table_offset", 0, 8, Hex.offset(tableOffset)), field("l1_size", 8, 4, number(8, 4)),
            field("id_str_size", 12, 2, number(12, 2)), field("name_size", 14, 2, number(14, 2)),
            field("date_sec", 16, 4, number(16, 4)), field("date_nsec", 20, 4, number(20, 4)),
            field("vm_clock_nsec", 24, 8, number(24, 8)), field("vm_state_size", 32, 4, number(32, 4)),
            field("extra_data_size", 36, 4, String(extra)),
        ]
        for (index, name) in ["vm_state_size_large", "disk_size", "icount"].enumerated()
        where extra >= index * 8 + 8 {
            fields.append(field(name, 40 + index * 8, 8, number(40 + index * 8, 8)))
        }
        let names = summary
        let idSize = Int(region.bigEndian(UInt16.self, at: start + 12) ?? 0)
        fields.append(field("id", 40 + extra, idSize, names.id))
        fields.append(field("name", 40 + extra + idSize, range.count - 40 - extra - idSize, names.name))
        return ContainerPart(
            "snapshot \(names.id)", range,
            text: "\"\(names.name)\", \(names.stateSize) bytes of state\(names.isOpen ? ", open" : "")",
            parts: fields)
    }

    /// Returns whether one snapshot was made before another; equal times mean false, so that the table's
    /// order counts.
    package func isOlder(than other: QCOW2Snapshot) -> Bool {
        (summary.date, summary.nanoseconds) < (other.summary.date, other.summary.nanoseconds)
    }

    /// Returns the number of the snapshot named `name`, or else with that id; for nil, of the newest with a
    /// state.
    package static func choose(_ name: String?, of entries: [QCOW2Snapshot]) -> Int? {
        let wanted = name.map { DisplayText.escaped($0) }
        var candidates = entries.indices.filter { wanted == nil || entries[$0].summary.name == wanted }
        if candidates.isEmpty { candidates = entries.indices.filter { entries[$0].summary.id == wanted } }
        let withState = candidates.filter { entries[$0].summary.stateSize > 0 }
        if withState.isEmpty { return name == nil ? nil : candidates.last }
        return withState.reduce(withState[0]) { entries[$1].isOlder(than: entries[$0]) ? $0 : $1 }
    }
}
