import Bytes

/// A qcow2 image with internal snapshots (`savevm`): the VM state of one of them is the stream.
package enum QCOW2Image: ContainerFormat {
    private static let shownLimit = 1024

    package static func recognizes(_ region: MappedRegion) -> Bool {
        region.matches(QCOW2Header.magic, at: 0) && (region.bigEndian(UInt32.self, at: 4) ?? 0) >= 2
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        let header = try QCOW2Header(region, path: request.path)
        var (entries, problem) = QCOW2Snapshot.table(region, header)
        let number = try choose(entries, header, region, request)
        entries[number].summary.isOpen = true
        let (map, content) = try state(region, header, entries[number], request)
        let name = "qcow2 snapshot \"\(entries[number].summary.name)\""
        var layer = ContainerLayer("qcow2", title: name, isUnpacked: content == nil)
        layer.snapshots = entries.map(\.summary)
        layer.parts = parts(region, header, entries)
        var findings = [problem, chosen(entries, number, request), damaged(header)].compactMap { $0 }
        findings += map.problems.map {
            Finding(
                .error, .qcow2Tables, offset: $0.offset, message: "qcow2 image: found \($0.words)",
                hint: "try: `qemu-img check`")
        }
        let packed = content == nil ? QCOW2ClusterReader(region, header, map) : nil
        let inside = packed.map { Peeled.Content.packed($0) } ?? content.map { .region($0) }
        guard let inside else { throw refusal(request, 0, "no state", "try: another snapshot") }
        return Peeled(layer: layer, content: inside, findings: findings)
    }

    private static func refusal(_ request: PeelRequest, _ offset: Int, _ words: String, _ advice: String)
        -> OpenError
    {
        .container(path: request.path, offset: offset, reason: "qcow2 image: \(words)", advice: advice)
    }

    // Explains why no snapshot can be used. Snapshots exist only in the image in which they were made, which
    // must be kept.
    private static func none(
        _ entries: [QCOW2Snapshot], _ header: QCOW2Header, _ region: MappedRegion, _ request: PeelRequest
    ) -> OpenError {
        if entries.isEmpty, header.snapshotCount > 0 {
            let place = header.snapshotsOffset
            let isBehind = place >= region.count
            return refusal(
                request, isBehind ? region.count : place,
                "its table of \(Quantity.text(header.snapshotCount, "snapshot")), at \(Hex.offset(place)), "
                    + (isBehind ? "is after the end of the file" : "is damaged"),
                isBehind
                    ? "the image is cut; try: copy it again from a complete copy"
                    : "keep the image; try: `qemu-img check` without -r, or an earlier copy")
        }
        if let backing = header.backingFile {
            return refusal(
                request, 60,
                entries.isEmpty
                    ? "it is an overlay without an internal snapshot"
                    : "it is an overlay with \(Quantity.text(entries.count, "disk-only snapshot"))",
                "snapshots stay in the image in which they were created; try: its backing file \"\(backing)\""
            )
        }
        let found =
            entries.isEmpty
            ? "no internal snapshot" : Quantity.text(entries.count, "disk-only snapshot")
        return refusal(
            request, 60, "it has \(found)",
            "one image of a guest with several disks has the VM state, and `qemu-img convert` drops snapshots "
                + "from its copies; try: the other images, or the original of this copy")
    }

    private static func choose(
        _ entries: [QCOW2Snapshot], _ header: QCOW2Header, _ region: MappedRegion, _ request: PeelRequest
    ) throws(OpenError) -> Int {
        let names = entries.filter { $0.summary.stateSize > 0 }.prefix(8)
            .map { "\($0.summary.id) \"\($0.summary.name)\"" }.joined(separator: ", ")
        guard let number = QCOW2Snapshot.choose(request.options.snapshot, of: entries) else {
            if let wanted = request.options.snapshot, !entries.isEmpty {
                let shown = DisplayText.escaped(wanted)
                throw refusal(
                    request, header.snapshotsOffset, "no snapshot \"\(shown)\"",
                    names.isEmpty ? "none has a VM state" : "try one of: \(names)")
            }
            throw none(entries, header, region, request)
        }
        guard entries[number].summary.stateSize > 0 else {
            throw refusal(
                request, entries[number].range.lowerBound,
                "snapshot \"\(entries[number].summary.name)\" is a disk-only snapshot",
                names.isEmpty ? "none has a VM state" : "try one of: \(names)")
        }
        return number
    }

    /// Returns the map of a state, and the state itself if it can be mapped in place.
    private static func state(
        _ region: MappedRegion, _ header: QCOW2Header, _ snapshot: QCOW2Snapshot, _ request: PeelRequest
    ) throws(OpenError) -> (QCOW2StateMap, MappedRegion?) {
        // Old writers did not store the size of the disk, which may have been resized since.
        var sizes = [snapshot.diskSize ?? header.diskSize]
        if sizes[0] != header.diskSize { sizes.append(header.diskSize) }
        var best: (QCOW2StateMap, MappedRegion?)?
        for size in sizes {
            let map = QCOW2StateMap(region, header, snapshot, diskSize: size)
            let content = map.mapped()
            guard let piece = map.pieces.first, piece.offset == 0 else { continue }
            let isStream = piece.isCompressed || region.matches("QEVM", at: piece.fileOffset)
            if isStream { return (map, content) }
            best = best ?? (map, content)
        }
        guard let best else {
            throw refusal(
                request, snapshot.tableOffset,
                "the VM state of \"\(snapshot.summary.name)\" is not in the image",
                "its tables are damaged; try: `qemu-img check`")
        }
        return best
    }

    private static func chosen(_ entries: [QCOW2Snapshot], _ number: Int, _ request: PeelRequest) -> Finding?
    {
        let count = entries.count { $0.summary.stateSize > 0 }
        guard request.options.snapshot == nil, count > 1 else { return nil }
        let summary = entries[number].summary
        return Finding(
            .note, .snapshotChosen, offset: 0,
            message:
                "expected the name of one of \(count) snapshots, took the newest: \(summary.id) \"\(summary.name)\"",
            hint: "--snapshot NAME opens another")
    }

    private static func damaged(_ header: QCOW2Header) -> Finding? {
        guard header.isMarkedCorrupt else { return nil }
        return Finding(
            .warning, .qcow2Corrupt, offset: 0, message: "the qcow2 image is marked as corrupt",
            hint: "try: `qemu-img check`")
    }

    private static func parts(
        _ region: MappedRegion, _ header: QCOW2Header, _ entries: [QCOW2Snapshot]
    ) -> [ContainerPart] {
        let fields = [
            ContainerPart("magic", 0..<4, text: "QFI\\xfb"),
            ContainerPart("version", 4..<8, text: String(header.version)),
            ContainerPart(
                "cluster_bits", 20..<24, text: "\(header.clusterBits) (\(header.clusterSize) bytes)"),
            ContainerPart("size", 24..<32, text: String(header.diskSize)),
            ContainerPart("nb_snapshots", 60..<64, text: String(header.snapshotCount)),
            ContainerPart("snapshots_offset", 64..<72, text: Hex.offset(header.snapshotsOffset)),
        ]
        let size = header.version == 3 ? Int(region.bigEndian(UInt32.self, at: 100) ?? 104) : 72
        // Each takes some KiB as nodes; QEMU allows 65,536, which does not occur in practice.
        let table = entries.prefix(Self.shownLimit).map { $0.part(region) }
        var parts = [ContainerPart("header", 0..<min(size, region.count), parts: fields)]
        if let first = entries.first, let last = entries.last {
            parts.append(
                ContainerPart("snapshots", first.range.lowerBound..<last.range.upperBound, parts: table))
        }
        return parts
    }
}
