import Bytes
import Format

/// The end of a stream without a description: a zero byte after the last footer.
package enum EndMark {
    /// Returns the offset of the EOF byte; nil if no footer precedes the trailing zeros or the rest of a
    /// description. O(trailing zeros or text); in a stream without footers O(device sections).
    package static func find(in region: MappedRegion, floor: Int, state: StreamState) -> Int? {
        guard state.hasFooters != false else {
            return [lastByte(of: region), beforeDescription(in: region, floor: floor, hasFooters: false)]
                .compactMap(\.self).first {
                    // Only the preceding devices distinguish a mark from other zeros.
                    HeaderSearch(region: region, limit: $0).firstDevice(above: floor, state: state) != nil
                }
        }
        return last(in: region, floor: floor)
            ?? beforeDescription(in: region, floor: floor, hasFooters: true)
    }

    private static func lastByte(of region: MappedRegion) -> Int? {
        region.byte(at: region.count - 1) == 0 ? region.count - 1 : nil
    }

    // Finds the mark before a cut description: at most five bytes of its frame, perhaps with text after them.
    private static func beforeDescription(in region: MappedRegion, floor: Int, hasFooters: Bool) -> Int? {
        var end = region.count
        while end > floor, let byte = region.byte(at: end - 1), (0x20...0x7e).contains(byte) { end -= 1 }
        for mark in stride(from: end, through: max(floor, end - 8), by: -1) {
            if region.byte(at: mark) == 0, region.byte(at: mark + 1) == SectionType.description.rawValue,
                hasFooters
                    ? region.byte(at: mark - SectionFrames.footerSize) == SectionType.footer.rawValue
                    : region.matches("{\"", at: mark + 1 + SectionFrames.descriptionHeaderSize)
            {
                return mark
            }
        }
        return nil
    }

    private static func last(in region: MappedRegion, floor: Int) -> Int? {
        let end = region.endOfContent(above: floor)
        // The footer's id may itself end in zeros.
        for mark in end...end + 4 where mark < region.count && region.byte(at: mark) == 0 {
            let footer = mark - SectionFrames.footerSize
            if footer >= floor, region.byte(at: footer) == SectionType.footer.rawValue { return mark }
        }
        return nil
    }

    /// Adds the end mark and the bytes after it.
    package static func addRecords(_ region: MappedRegion, _ offset: Int, _ opened: inout OpenedStream) {
        let mark = SectionRecord(.endOfFile, offset: offset, size: 1, name: opened.table.names.intern("EOF"))
        opened.add(mark)
        let after = offset + 1
        guard region.byte(at: after) == SectionType.description.rawValue else {
            if opened.state.hasFooters == false, opened.description == nil {
                noteUnsure(region, offset, &opened)
            }
            return addTrailing(region, from: after, &opened)
        }
        let rest = gap(after..<region.count, &opened)
        let mismatch = Mismatch(
            offset: after, size: rest.size, expected: "a complete description",
            found: "\(rest.size) bytes of it")
        opened.add(rest)
        opened.problems.append(
            .init(
                severity: .error, code: .descriptionCut, mismatch: mismatch,
                hint: "the file is cut; QEMU loads it anyway"))
    }

    // Most bytes of devices are zero, so a cut stream looks the same.
    private static func noteUnsure(_ region: MappedRegion, _ offset: Int, _ opened: inout OpenedStream) {
        let isZero = region.byte(at: offset) == 0
        let mismatch = Mismatch(
            offset: offset, size: 1, expected: "the end mark",
            found: isZero
                ? "a zero byte, which may belong to the last section"
                : "bytes of the last section, or of the file's old content")
        opened.problems.append(
            .init(
                severity: .note, code: .endUnsure, mismatch: mismatch,
                hint: "without a description, nothing shows for sure where a stream ends; "
                    + "try: --description with a stream of the same machine"))
    }

    /// Adds the bytes after a stream whose end was found by reading from its start.
    package static func addRest(_ region: MappedRegion, from limit: StreamLimit, _ opened: inout OpenedStream)
    {
        let before = opened.records.count
        addTrailing(region.slice(0..<(limit.next ?? region.count)), from: limit.end, &opened)
        if opened.description == nil, opened.records[before...].contains(where: { $0.kind == .gap }) {
            noteUnsure(region, limit.end - 1, &opened)
        }
        guard let next = limit.next else { return }
        let record = SectionRecord(
            .stream, offset: next, size: region.count - next, name: opened.table.names.intern("next stream"))
        opened.add(record)
        let note = StreamNote.nextStream(at: next)
        opened.problems.append(
            .init(severity: note.severity, code: note.code, mismatch: note.mismatch, hint: note.hint))
    }

    private static func gap(_ range: Range<Int>, _ opened: inout OpenedStream) -> SectionRecord {
        SectionRecord(
            .gap(cut: nil), offset: range.lowerBound, size: range.count,
            name: opened.table.names.intern("gap"))
    }

    /// Adds the rest of the region: padding if it is all zero, else a gap.
    package static func addTrailing(_ region: MappedRegion, from offset: Int, _ opened: inout OpenedStream) {
        guard offset < region.count else { return }
        let rest = offset..<region.count
        if let checkpoints = COLOCheckpoints(region, at: offset, &opened) {
            return add(checkpoints, rest, &opened)
        }
        let isPadding = region.endOfContent(above: offset) == offset
        let trailing = SectionRecord(
            isPadding ? .padding : .gap(cut: nil), offset: offset, size: rest.count,
            name: opened.table.names.intern(isPadding ? "padding" : "gap"))
        opened.add(trailing)
        guard !isPadding else { return }
        let found = Hex.dump(region.copy(rest.prefix(8)))
        let mismatch = Mismatch(
            offset: offset, size: rest.count, expected: "the end of the file", found: found)
        opened.problems.append(
            .init(
                severity: .note, code: .trailingBytes, mismatch: mismatch,
                hint: "QEMU does not read them: the stream ends before them"))
    }

    // Adds what a source continues to send to a COLO guest.
    private static func add(_ checkpoints: COLOCheckpoints, _ rest: Range<Int>, _ opened: inout OpenedStream)
    {
        var record = SectionRecord(
            .gap(cut: nil), offset: rest.lowerBound, size: rest.count, name: opened.table.names.intern("COLO")
        )
        record.layout = checkpoints.layout
        opened.add(record)
        let mismatch = Mismatch(
            offset: rest.lowerBound, size: rest.count, expected: "the end of the stream",
            found: "COLO: " + Quantity.text(checkpoints.count, "complete checkpoint"))
        opened.problems.append(
            .init(
                severity: .note, code: .trailingBytes, mismatch: mismatch,
                hint:
                    "the source keeps a second guest synchronized (x-colo); the state before the checkpoints is shown"
            ))
    }
}
