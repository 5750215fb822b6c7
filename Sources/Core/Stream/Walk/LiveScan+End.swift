import Bytes
import Format

/// The place where a stream in a file ends.
package struct StreamLimit: Equatable, Sendable {
    /// The offset after its last byte, from its start.
    package var end: Int
    /// The offset of another stream after it; nil if there is none.
    package var next: Int?

    package init(end: Int, next: Int?) {
        self.end = end
        self.next = next
    }
}

extension LiveScan {
    /// Reads the end mark and the description after it. The stream ends there, whatever the file holds after
    /// it.
    ///
    /// A file or a volume may have held a longer stream before; QEMU stops reading here (migration/savevm.c
    /// qemu_loadvm_state_main, 7.2 to 11.1).
    package mutating func endOfFile() {
        let text = embeddedDescription(at: position + 1)
        guard !isSearching else { return }
        let end = text?.text.upperBound ?? position + 1
        guard scope == .stream, !isGrowing, isEnd(position + 1, hasDescription: text != nil) else {
            return isolatedMark(text, end)
        }
        let next = nextStream(from: end)
        guard !isSearching else { return }
        if end < limit || isBroken { return ending = StreamLimit(end: end, next: next) }
        appendMark(text)
    }

    private mutating func appendMark(_ text: EmbeddedDescription?) {
        let mark = SectionRecord(.endOfFile, offset: position, size: 1, name: table.names.intern("EOF"))
        append(mark)
        if let text { append(text) }
    }

    // An end mark does not end the stream in a package, in a growing stream, or where sections follow it.
    private mutating func isolatedMark(_ text: EmbeddedDescription?, _ end: Int) {
        // The rest of a description that has begun is still to come.
        let isComing = isGrowing && text?.isCut == true
        appendMark(isComing ? nil : text)
        let end = isComing ? position : end
        guard scope == .stream, end < limit else { return }
        mismatch = Mismatch(
            offset: end, size: limit - end, expected: "the end of the file", found: found(at: end))
    }

    // A zero byte where a section may begin ends the stream if devices precede it, or if the bytes after it
    // look like those after an end.
    private func isEnd(_ after: Int, hasDescription: Bool) -> Bool {
        hasDescription || !seen.isEmpty || after >= region.count || HeadWalk.begins(region, at: after)
            || region.slice(0..<limit).endOfContent(above: after) == after
    }

    package var isNextStream: Bool { scope == .stream && HeadWalk.begins(region, at: position) }

    /// A description before the end of the file. Offsets are in bytes from the start of the file.
    private struct EmbeddedDescription {
        package var text: Range<Int>
        /// Whether the file ends, or another stream begins, inside the text.
        package var isCut: Bool
    }

    // Finds the text of a description in its frame: 06, its length, and an object.
    private mutating func embeddedDescription(at offset: Int) -> EmbeddedDescription? {
        let start = offset + SectionFrames.descriptionHeaderSize
        guard region.byte(at: offset) == SectionType.description.rawValue,
            let length = region.bigEndian(UInt32.self, at: offset + 1), length > 1,
            start < limit, region.byte(at: start) == UInt8(ascii: "{")
        else { return nil }
        let text = start..<start + Int(length)
        if text.upperBound <= limit, region.byte(at: text.upperBound - 1) == UInt8(ascii: "}") {
            return EmbeddedDescription(text: text, isCut: false)
        }
        let next = nextStream(from: text.lowerBound)
        guard !isSearching else { return nil }
        if let next, next < text.upperBound {
            return EmbeddedDescription(text: text.lowerBound..<next, isCut: true)
        }
        guard text.upperBound > limit, limit == region.count else { return nil }
        return EmbeddedDescription(text: text.lowerBound..<limit, isCut: true)
    }

    private mutating func append(_ description: EmbeddedDescription) {
        let start = description.text.lowerBound - SectionFrames.descriptionHeaderSize
        var record = SectionRecord(
            .description, offset: start, size: description.text.upperBound - start,
            name: table.names.intern("description"))
        if description.isCut {
            record.content = .gap(cut: nil)
            record.name = table.names.intern("gap")
            note(.cutDescription(record))
        } else {
            var fields = LayoutBuilder()
            fields.leaf("type", "section type", 1, role: .frame, in: table)
            fields.leaf("length", "uint32", 4, role: .frame, in: table)
            fields.leaf("json", "json", description.text.count, role: .frame, in: table)
            record.layout = fields.body(in: table)
        }
        append(record)
    }
}
