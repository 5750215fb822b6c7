import Bytes
import Format

/// Finds and reads the description of a stream, and makes the records of the stream's end.
package enum DescriptionReader {
    /// Tries the candidates. The faults of rejected framed ones are kept as problems.
    package static func read(
        _ region: MappedRegion, _ opened: inout OpenedStream, isGrowing: Bool = false
    ) -> DescriptionLocator.Candidate? {
        let candidates =
            isGrowing
            ? [DescriptionLocator.atEnd(of: region)].compactMap(\.self)
            : DescriptionLocator.candidates(in: region)
        for place in candidates where parse(region, place, &opened) {
            report(region, place, &opened)
            return place
        }
        return nil
    }

    private static func parse(
        _ region: MappedRegion, _ place: DescriptionLocator.Candidate, _ opened: inout OpenedStream
    ) -> Bool {
        let text = region.span(place.text)
        let tape = JSONTape(prefixOf: text)
        // Without a frame the text was a guess. With one it is a description, however damaged.
        if tape.failure != nil, place.frame == nil { return false }
        let isArray = tape.tokens.first?.kind == .array
        guard let root = isArray ? tape.elements(of: 0).first(where: { _ in true }) : 0,
            isDescription(tape, root, text)
        else {
            if place.frame != nil {
                problem(place.text.lowerBound, "a description (devices, page_size)", "other bytes", &opened)
            }
            return false
        }
        var parser = DescriptionParser(tape: tape, base: place.text.lowerBound, table: opened.table)
        let description = parser.parse(text, root: root)
        opened.description = description
        if let failure = tape.failure {
            problem(place.text.lowerBound + failure.offset, failure.expected, failure.found, &opened)
        }
        for found in description.problems {
            let mismatch = Mismatch(
                offset: found.offset, size: 0, expected: found.expected, found: found.found)
            opened.problems.append(.init(severity: .warning, code: .descriptionValue, mismatch: mismatch))
        }
        checkIndex(tape, place, description, text, &opened)
        return true
    }

    private static func isDescription(_ tape: JSONTape, _ root: Int, _ text: RawSpan) -> Bool {
        !tape.tokens.isEmpty
            && (tape.value("devices", of: root, in: text) ?? tape.value("page_size", of: root, in: text))
                != nil
    }

    private static func problem(
        _ offset: Int, _ expected: String, _ found: String, _ opened: inout OpenedStream
    ) {
        let mismatch = Mismatch(offset: offset, size: 0, expected: expected, found: found)
        opened.isDescriptionBroken = true
        opened.problems.append(
            .init(
                severity: .error, code: .descriptionJSON, mismatch: mismatch,
                hint: "devices listed before this place are shown with their fields"))
    }

    // The number in `[ {description}, offset ]` is the offset of the object from the stream's start.
    private static func checkIndex(
        _ tape: JSONTape, _ place: DescriptionLocator.Candidate, _ description: Description, _ text: RawSpan,
        _ opened: inout OpenedStream
    ) {
        guard tape.tokens.first?.kind == .array else { return }
        let number = tape.elements(of: 0).dropFirst().first { _ in true }
        let claimed = number.flatMap { tape.integer($0, in: text) }
        let accepted: [Int?] = [description.text.lowerBound, place.text.lowerBound, place.frame]
        if claimed != nil, accepted.contains(claimed) { return }
        let offset =
            number.map { place.text.lowerBound + tape.range(of: $0).lowerBound } ?? place.text.lowerBound
        let mismatch = Mismatch(
            offset: offset, size: 0,
            expected: "\(description.text.lowerBound), the offset of the description",
            found: claimed.map(String.init) ?? "no number")
        opened.problems.append(.init(severity: .warning, code: .descriptionIndex, mismatch: mismatch))
    }

    private static func report(
        _ region: MappedRegion, _ place: DescriptionLocator.Candidate, _ opened: inout OpenedStream
    ) {
        if place.frame == nil {
            let mismatch = Mismatch(
                offset: place.text.lowerBound, size: place.text.count,
                expected: "06 and the length before the description", found: "no frame")
            opened.problems.append(.init(severity: .note, code: .descriptionUnframed, mismatch: mismatch))
        }
        if !opened.isDescriptionBroken, let frame = place.frame,
            let length = region.bigEndian(UInt32.self, at: frame + 1), Int(length) != place.text.count
        {
            let mismatch = Mismatch(
                offset: frame + 1, size: 4, expected: "\(place.text.count), the length of the description",
                found: "\(length)")
            opened.problems.append(.init(severity: .error, code: .descriptionLength, mismatch: mismatch))
        }
        if let claimed = DescriptionPointer.claimed(in: region),
            ![place.text.lowerBound, opened.description?.text.lowerBound, place.frame].contains(claimed)
        {
            let mismatch = Mismatch(
                offset: 13, size: 0, expected: "\(place.text.lowerBound), the offset of the description",
                found: "\(claimed) in \(DescriptionPointer.name)")
            opened.problems.append(.init(severity: .warning, code: .descriptionIndex, mismatch: mismatch))
        }
    }

    /// Adds the end mark, the description and the bytes after it.
    package static func addRecords(
        _ region: MappedRegion, _ place: DescriptionLocator.Candidate, _ opened: inout OpenedStream
    ) {
        if place.hasEndOfFile {
            let mark = SectionRecord(
                .endOfFile, offset: place.end, size: 1, name: opened.table.names.intern("EOF"))
            opened.add(mark)
        }
        opened.add(description(place, &opened))
        EndMark.addTrailing(region, from: place.text.upperBound, &opened)
    }

    private static func description(
        _ place: DescriptionLocator.Candidate, _ opened: inout OpenedStream
    ) -> SectionRecord {
        var fields = LayoutBuilder()
        if place.frame != nil {
            fields.leaf("type", "section type", 1, role: .frame, in: opened.table)
            fields.leaf("length", "uint32", 4, role: .frame, in: opened.table)
        }
        let object = opened.description?.text ?? place.text
        if object.lowerBound > place.text.lowerBound {
            fields.leaf(
                "array", "text", object.lowerBound - place.text.lowerBound, role: .frame, in: opened.table)
        }
        fields.leaf("json", "json", object.count, role: .frame, in: opened.table)
        if object.upperBound < place.text.upperBound {
            fields.leaf(
                "index", "text", place.text.upperBound - object.upperBound, role: .frame, in: opened.table)
        }
        let start = place.frame ?? place.text.lowerBound
        var record = SectionRecord(
            .description, offset: start, size: fields.size, name: opened.table.names.intern("description"))
        record.layout = fields.body(in: opened.table)
        return record
    }
}
