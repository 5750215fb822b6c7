import Bytes
import Container
import Format

/// Opens a stream from both ends.
package enum StreamOpener {
    /// - Throws: `OpenError.notAStream` unless the region begins with the magic number and a supported
    ///   version.
    package static func check(_ region: MappedRegion, path: String) throws(OpenError) {
        guard region.matches("QEVM", at: 0) else {
            let words = LookAlike.words(region)
            throw .notAStream(path: path, found: words.found, advice: words.advice)
        }
        guard let version = region.bigEndian(UInt32.self, at: 4) else {
            throw .notAStream(path: path, found: "\(region.count) bytes", advice: "the file is cut")
        }
        guard version == 3 else {
            let word = version == 2 ? " (obsolete since QEMU 0.13)" : ""
            throw .notAStream(
                path: path, found: "QEVM of version \(version)\(word)",
                advice: "only version 3 has readable sections")
        }
    }

    /// Reads head and tail. Never fails: what does not fit becomes a gap and a problem. `borrowed` replaces a
    /// missing description. If the stream `isGrowing`, its end is searched only at the end of the file.
    package static func open(
        _ region: MappedRegion, borrowed: BorrowedDescription? = nil, isGrowing: Bool = false,
        explains: Bool = true
    ) -> OpenedStream {
        var opened = OpenedStream(table: LayoutTable(), state: StreamState())
        let place = DescriptionReader.read(region, &opened, isGrowing: isGrowing)
        if opened.description == nil, let borrowed {
            opened.description = borrowed.parse(into: opened.table)
        }
        var head = HeadWalk(region, description: opened.description, table: opened.table)
        head.walk(limit: place?.end ?? region.count)
        head.state.measuredPageSize =
            PageSizeProbe(region, at: head.position, state: head.state, names: head.table.names).size
        opened.state = head.state
        if let mismatch = head.mismatch {
            // Bytes that have not arrived yet are not damaged.
            let isComing = isGrowing && place == nil
            opened.problems.append(
                .init(severity: isComing ? .note : .error, code: .head, mismatch: mismatch))
        }
        for note in head.notes {
            opened.problems.append(
                .init(severity: note.severity, code: note.code, mismatch: note.mismatch, hint: note.hint))
        }
        let mark =
            place == nil && !isGrowing
            ? EndMark.find(in: region, floor: head.position, state: head.state) : nil
        assemble(region, head, limit: place?.end ?? mark ?? region.count, explains: explains, &opened)
        if let place { DescriptionReader.addRecords(region, place, &opened) }
        if let mark { EndMark.addRecords(region, mark, &opened) }
        if let source = opened.description?.borrowedFrom, !opened.fit.isEmpty {
            opened.problems.append(opened.fit.problem(source))
        }
        return opened
    }

    private static func assemble(
        _ region: MappedRegion, _ head: HeadWalk, limit: Int, explains: Bool, _ opened: inout OpenedStream
    ) {
        var tail = TailWalk(
            region, table: opened.table, devices: opened.description?.devices ?? [], floor: head.position,
            end: limit, state: head.state)
        let listsAll = opened.description.map { $0.borrowedFrom == nil } ?? false
        if limit < region.count {
            tail.walk(
                from: head.earlyDevices.count, listsAll: listsAll,
                isCut: opened.description?.isCut ?? false)
        }
        opened.isTailWhole = limit < region.count && tail.missing.isEmpty && tail.isAnchored
        if let description = opened.description,
            description.borrowedFrom == nil || tail.hasFooters == false && !description.devices.isEmpty
        {
            opened.isTailExact =
                tail.missing.isEmpty
                && tail.sections.allSatisfy { section in
                    section.device.map {
                        opened.table[description.devices[$0].layout].size == section.bodySize
                    } ?? true
                }
        }
        if opened.state.hasFooters == nil { opened.state.hasFooters = tail.hasFooters }
        for mismatch in tail.missing where opened.description?.borrowedFrom == nil {
            opened.problems.append(
                .init(
                    severity: .error, code: .sectionMissing, mismatch: mismatch,
                    hint: "the sections after it are shown; the part before it is read from the start"))
        }
        for damage in tail.damages {
            opened.problems.append(
                .init(
                    severity: .error, code: damage.code, mismatch: damage.mismatch,
                    hint: "the section is shown at the place in the description", qemu: damage.qemu))
        }
        let early = Dictionary(uniqueKeysWithValues: head.earlyDevices.map { ($0.offset, $0) })
        var devices = DeviceRecords(region: region, opened: opened, explains: explains)
        for record in head.records {
            devices.opened.add(early[record.offset].map { devices.record($0) } ?? record)
        }
        if tail.start > head.position {
            devices.opened.add(livePart(head.position..<tail.start, tail, &devices.opened))
        }
        for section in tail.sections { devices.opened.add(devices.record(section)) }
        opened = devices.opened
    }

    // Without description and footers, the live part also contains devices.
    private static func livePart(
        _ range: Range<Int>, _ tail: TailWalk, _ opened: inout OpenedStream
    ) -> SectionRecord {
        var live = SectionRecord(
            .live, offset: range.lowerBound, size: range.count,
            name: opened.table.names.intern(tail.sections.isEmpty ? "sections" : "live sections"))
        live.isLazy = true
        return live
    }
}
