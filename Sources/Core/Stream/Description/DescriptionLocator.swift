import Bytes
import Format

/// Finds the description of a stream.
///
/// QEMU writes `00` (EOF), `06`, be32 length, JSON at the end (migration/savevm.c, 2.3 to 11.1). JSON bytes
/// are all printable, so one backward pass over the text finds that frame, without a window. Three other
/// forms that were proposed for the format are also read: a JSON object without a frame, an array `[
/// {description}, offset ]`, and a subsection of the configuration that points to the text.
package enum DescriptionLocator {
    /// The way in which a description was found.
    package enum Form: Sendable, Equatable {
        case framed, pointer, array, object
        /// The file ends inside the text.
        case cut
    }

    /// A possible place of a description.
    package struct Candidate: Equatable, Sendable {
        /// The JSON text: an object, or the array around it.
        package var text: Range<Int>
        /// The offset of the type byte of the VMDESCRIPTION section, if any.
        package var frame: Int?
        package var form: Form
        /// The end of the device sections: the EOF byte if `hasEndOfFile`, else the first byte of the text.
        package var end: Int
        package var hasEndOfFile: Bool

        package init(text: Range<Int>, frame: Int? = nil, form: Form, end: Int, hasEndOfFile: Bool) {
            self.text = text
            self.frame = frame
            self.form = form
            self.end = end
            self.hasEndOfFile = hasEndOfFile
        }
    }

    /// The distance from the end, in bytes, within which a description with bytes after it is searched.
    /// Descriptions farther away are found by reading the stream from its start, which happens after the
    /// first screen.
    package static let searchLimit = 1 << 20
    /// The maximum length in bytes of a text without a frame.
    package static let textLimit = 64 << 20

    /// Returns the description at the end of the region, in QEMU's form. O(its length).
    package static func atEnd(of region: MappedRegion) -> Candidate? {
        framed(in: region, end: region.count, form: .framed)
    }

    /// Returns the places to try, surest first. O(length of the description and of trailing zeros). Only if
    /// no frame fits at the end, up to `searchLimit` bytes are searched.
    package static func candidates(in region: MappedRegion) -> [Candidate] {
        if let place = atEnd(of: region) { return [place] }
        let end = trimmedEnd(region)
        if end < region.count, let place = framed(in: region, end: end, form: .framed) { return [place] }
        var found: [Candidate] = []
        if let start = DescriptionPointer.target(in: region) {
            found += [place(in: region, text: start..<end, form: .pointer)]
        }
        if let byte = region.byte(at: end - 1), byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]"),
            let start = UnframedJSON.start(in: region, end: end)
        {
            found += [
                place(in: region, text: start..<end, form: byte == UInt8(ascii: "]") ? .array : .object)
            ]
        }
        if !endsInMark(region), let place = searched(in: region) { found.append(place) }
        if let place = cut(in: region) { found.append(place) }
        return found
    }

    // Finds a text that the end of the file cuts.
    private static func cut(in region: MappedRegion) -> Candidate? {
        let bytes = region.span
        var last = region.count - 1
        while last >= 0, (0x20...0x7e).contains(bytes[byteAt: last]) { last -= 1 }
        for start in max(last + 1, 14)..<max(min(last + 5, region.count), last + 2, 15) {
            guard region.byte(at: start) == UInt8(ascii: "{"),
                let length = region.bigEndian(UInt32.self, at: start - 4),
                Int(length) >= region.count - start,
                region.byte(at: start - 5) == SectionType.description.rawValue,
                region.byte(at: start - 6) == SectionType.endOfFile.rawValue
            else { continue }
            return Candidate(
                text: start..<region.count, frame: start - 5, form: .cut, end: start - 6, hasEndOfFile: true)
        }
        return nil
    }

    // Returns the end without zero bytes and white space, which are not part of a JSON text.
    private static func trimmedEnd(_ region: MappedRegion) -> Int {
        var end = region.endOfContent()
        while let byte = region.byte(at: end - 1), [0x00, 0x20, 0x09, 0x0a, 0x0d].contains(byte) { end -= 1 }
        return end
    }

    // Finds a text that ends exactly at `end`, by going back to the first byte that JSON can't contain.
    private static func framed(in region: MappedRegion, end: Int, form: Form) -> Candidate? {
        guard let final = region.byte(at: end - 1), final == UInt8(ascii: "}") || final == UInt8(ascii: "]")
        else {
            return nil
        }
        let bytes = region.span
        var last = end - 1
        while last >= 0, (0x20...0x7e).contains(bytes[byteAt: last]) { last -= 1 }
        for start in (last + 1)..<min(last + 5, end) {
            if let place = framed(in: region, start: start), place.text.upperBound == end { return place }
        }
        return nil
    }

    // Whether the region ends in a footer and the end mark. Then the stream has no description, and a search
    // would read all of its RAM.
    private static func endsInMark(_ region: MappedRegion) -> Bool {
        let mark = region.count - 1
        return region.byte(at: mark) == SectionType.endOfFile.rawValue
            && region.byte(at: mark - SectionFrames.footerSize) == SectionType.footer.rawValue
    }

    // Finds the last brace whose frame fits and ends in a brace, when other bytes follow the text.
    private static func searched(in region: MappedRegion) -> Candidate? {
        let bytes = region.span
        var start = region.count - 1
        let floor = max(0, region.count - searchLimit)
        while start > floor {
            if bytes[byteAt: start] == UInt8(ascii: "{"), let place = framed(in: region, start: start) {
                return place
            }
            start -= 1
        }
        return nil
    }

    /// Returns the framed text at `start`; nil if it has no frame or is not complete. O(1).
    package static func framed(in region: MappedRegion, start: Int) -> Candidate? {
        guard start >= 14, let first = region.byte(at: start),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let length = region.bigEndian(UInt32.self, at: start - 4), length >= 2,
            region.byte(at: start - 5) == SectionType.description.rawValue,
            region.byte(at: start - 6) == SectionType.endOfFile.rawValue,
            Int(length) <= region.count - start,
            region.byte(at: start + Int(length) - 1) == (first == UInt8(ascii: "{") ? 0x7d : 0x5d)
        else { return nil }
        return Candidate(
            text: start..<start + Int(length), frame: start - 5, form: .framed, end: start - 6,
            hasEndOfFile: true)
    }

    private static func place(in region: MappedRegion, text: Range<Int>, form: Form) -> Candidate {
        if var framed = framed(in: region, start: text.lowerBound), framed.text.upperBound <= text.upperBound
        {
            framed.form = form
            return framed
        }
        // A frame gives the end of the sections even if its length is wrong.
        if region.byte(at: text.lowerBound - SectionFrames.descriptionHeaderSize)
            == SectionType.description.rawValue,
            region.byte(at: text.lowerBound - 6) == SectionType.endOfFile.rawValue
        {
            let start = text.lowerBound
            return Candidate(text: text, frame: start - 5, form: form, end: start - 6, hasEndOfFile: true)
        }
        let hasEnd = region.byte(at: text.lowerBound - 1) == SectionType.endOfFile.rawValue
        return Candidate(
            text: text, frame: nil, form: form, end: text.lowerBound - (hasEnd ? 1 : 0), hasEndOfFile: hasEnd)
    }
}

/// A JSON text without a frame, found by walking back from its last brace.
package enum UnframedJSON {
    /// Returns the start of the value that ends at `end`, or nil. Ignores braces in strings. O(length of the
    /// text).
    package static func start(in region: MappedRegion, end: Int) -> Int? {
        let bytes = region.span
        let floor = max(0, end - DescriptionLocator.textLimit)
        var depth = 0
        var isInString = false
        var offset = end - 1
        while offset >= floor {
            switch bytes[byteAt: offset] {
            case UInt8(ascii: "\""):
                var slashes = 0
                while offset - 1 - slashes >= floor, bytes[byteAt: offset - 1 - slashes] == UInt8(ascii: "\\")
                {
                    slashes += 1
                }
                if slashes % 2 == 0 { isInString.toggle() }
                offset -= slashes
            case UInt8(ascii: "}"), UInt8(ascii: "]"): if !isInString { depth += 1 }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if !isInString { depth -= 1 }
                if depth == 0 { return offset }
            case 0x00..<0x20, 0x7f...0xff: return nil
            default: break
            }
            offset -= 1
        }
        return nil
    }
}

/// The subsection `configuration/vmdesc`: be64 offset of the description from the stream's start, be64 length.
package enum DescriptionPointer {
    package static let name = "configuration/vmdesc"
    /// The size of the body in bytes.
    package static let size = 16

    /// Returns the start of the text if the subsection exists and points to a text. O(1).
    package static func target(in region: MappedRegion) -> Int? {
        guard let offset = claimed(in: region), let byte = region.byte(at: offset) else { return nil }
        if byte == SectionType.description.rawValue { return offset + 5 < region.count ? offset + 5 : nil }
        return byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") ? offset : nil
    }

    /// Returns the offset in the subsection; nil without it, or if it is 0 (not known to the writer).
    package static func claimed(in region: MappedRegion) -> Int? {
        guard region.byte(at: 8) == SectionType.configuration.rawValue,
            let length = region.bigEndian(UInt32.self, at: 9), length <= SectionFrames.machineNameLimit
        else { return nil }
        let header = 13 + Int(length)
        guard region.byte(at: header) == SectionType.subsection.rawValue,
            Int(region.byte(at: header + 1) ?? 0) == name.utf8.count,
            region.matches(name, at: header + 2),
            let offset = region.bigEndian(UInt64.self, at: header + 6 + name.utf8.count), offset > 0
        else { return nil }
        return Int(exactly: offset)
    }
}
