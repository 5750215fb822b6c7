/// Converts a log in any common form to lines of plain text: escaped or quoted, colored, in UTF-16, as HTML
/// or mail, inside JSON, with the prefixes of other programs.
package enum LogText {
    /// Returns the lines of `bytes`, without line ends. O(n).
    package static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var text = isWide(bytes) ? narrowed(bytes) : bytes
        if text.contains(0x1b) { text = withoutColors(text) }
        if contains(Array("^[[".utf8), in: text) { text = withoutColors(withEscapes(text)) }
        if isHTML(text) { text = plain(text) }
        if isQuotedPrintable(text) {
            text = unquoted(text)
        } else if hasSoftBreaks(text) {
            text = joinedSoftBreaks(text)
        }
        if text.contains(0xe2) || text.contains(0xc2) { text = straightened(text) }
        var lines: [[UInt8]] = []
        let mark = endMark(text)
        for line in text.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
            let line = line.dropLast(!mark.isEmpty && line.suffix(mark.count) == mark[...] ? mark.count : 0)
            lines += unescapedLines(withSingleQuotes(Array(line))).map(withoutMarks).filter { !$0.isEmpty }
        }
        return lines
    }

    // `^M$`, `^M`, or `$` on each line: the line ends in the output of `cat -A` and editors.
    private static func endMark(_ text: [UInt8]) -> [UInt8] {
        for mark in ["^M$", "^M"] where contains(Array("\(mark)\n".utf8), in: text) {
            return Array(mark.utf8)
        }
        guard text.contains(UInt8(ascii: "$")) else { return [] }
        let lines = text.split(separator: 0x0a)
        return lines.allSatisfy { $0.last == UInt8(ascii: "$") } ? [UInt8(ascii: "$")] : []
    }

    // MARK: UTF-16

    /// Whether the text is UTF-16, judging by its byte order mark or by zeros in every other byte.
    package static func isWide(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { return true }
        let head = bytes.prefix(64)
        let zeros = head.indices.filter { head[$0] == 0 }
        return zeros.count * 3 > head.count && Set(zeros.map { $0 & 1 }).count == 1
    }

    private static func narrowed(_ bytes: [UInt8]) -> [UInt8] {
        let isBig = bytes[0] == 0xfe || bytes[0] == 0
        var units: [UInt16] = []
        for at in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (first, second) = (UInt16(bytes[at]), UInt16(bytes[at + 1]))
            units.append(isBig ? first << 8 | second : second << 8 | first)
        }
        if units.first == 0xfeff { units.removeFirst() }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    // MARK: Colors

    // ESC [ … letter, ESC ] … BEL, and ESC with one byte.
    private static func withoutColors(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            guard bytes[at] == 0x1b else {
                result.append(bytes[at])
                at += 1
                continue
            }
            at = endOfEscape(bytes, at)
        }
        return result
    }

    // `^[[`, which `cat -v` and terminals show for ESC [.
    private static func withEscapes(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            let isShown =
                bytes[at] == UInt8(ascii: "^") && at + 2 < bytes.count
                && bytes[at + 1] == UInt8(ascii: "[") && bytes[at + 2] == UInt8(ascii: "[")
            result.append(isShown ? 0x1b : bytes[at])
            at += isShown ? 2 : 1
        }
        return result
    }

    private static func endOfEscape(_ bytes: [UInt8], _ start: Int) -> Int {
        guard start + 1 < bytes.count else { return bytes.count }
        switch bytes[start + 1] {
        case UInt8(ascii: "["):
            let end = bytes[(start + 2)...].prefix(64).firstIndex { (0x40...0x7e).contains($0) }
            return end.map { $0 + 1 } ?? start + 2
        case UInt8(ascii: "]"):
            let end = bytes[(start + 2)...].prefix(512).firstIndex { $0 == 0x07 || $0 == 0x1b }
            return end.map { bytes[$0] == 0x07 ? $0 + 1 : $0 } ?? start + 2
        default: return start + 2
        }
    }

    // MARK: HTML

    private static let htmlMarks = [
        "&quot;", "&#39;", "&#039;", "&#x27;", "&lt;", "&gt;", "&amp;", "&apos;", "&#10;", "&#xa;", "&#xA;",
        "<br",
        "<pre", "<code", "&nbsp;", "&#34;", "</span>", "</div>", "</p>", "</td>", "</li>",
    ].map { Array($0.utf8) }

    private static func isHTML(_ text: [UInt8]) -> Bool {
        guard text.contains(UInt8(ascii: "&")) || text.contains(UInt8(ascii: "<")) else { return false }
        return htmlMarks.contains { contains($0, in: text) }
    }

    private static let entities: [String: String] = [
        "quot": "\"", "apos": "'", "lt": "<", "gt": ">", "amp": "&", "nbsp": " ", "lsquo": "'", "rsquo": "'",
        "ldquo": "\"", "rdquo": "\"", "NewLine": "\n", "Tab": " ", "colon": ":", "lpar": "(", "rpar": ")",
    ]

    private static let breaking: Set<String> = [
        "br", "p", "/p", "div", "/div", "pre", "/pre", "li", "/li", "tr", "/tr", "td", "/td", "blockquote",
        "/blockquote", "hr", "h1", "h2", "h3", "/h1", "/h2", "/h3", "body", "html", "/body", "/html", "ul",
        "/ul",
    ]
    private static let inline: Set<String> = [
        "code", "/code", "span", "/span", "a", "/a", "b", "/b", "i", "/i", "em", "/em", "strong", "/strong",
        "tt",
        "/tt", "font", "/font", "samp", "/samp", "mark", "/mark", "u", "/u", "wbr", "cite", "/cite", "kbd",
        "/kbd",
    ]

    private static func plain(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var at = 0
        while at < text.count {
            if text[at] == UInt8(ascii: "&"), let (words, end) = entity(text, at) {
                // `&amp;quot;` is escaped twice.
                if words == "&", let (more, second) = entity([UInt8(ascii: "&")] + text[end...].prefix(12), 0)
                {
                    result += Array(more.utf8)
                    at = end + second - 1
                } else {
                    result += Array(words.utf8)
                    at = end
                }
            } else if text[at] == UInt8(ascii: "<"), let (isBreak, end) = tag(text, at) {
                if isBreak { result.append(0x0a) }
                at = end
            } else {
                result.append(text[at])
                at += 1
            }
        }
        return result
    }

    private static func entity(_ text: [UInt8], _ start: Int) -> (String, Int)? {
        guard let end = text[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: text[(start + 1)..<end], as: UTF8.self)
        if name.hasPrefix("#") {
            let isHex = name.hasPrefix("#x") || name.hasPrefix("#X")
            guard let number = UInt32(name.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10),
                let scalar = Unicode.Scalar(number)
            else { return nil }
            return (String(Character(scalar)), end + 1)
        }
        return entities[name].map { ($0, end + 1) }
    }

    private static func tag(_ text: [UInt8], _ start: Int) -> (Bool, Int)? {
        guard let end = text[start...].prefix(400).firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let name = text[(start + 1)..<end].prefix { $0 != 0x20 && $0 != 0x0a }
        var word = String(decoding: name, as: UTF8.self).lowercased()
        if word.count > 1, word.hasSuffix("/") { word.removeLast() }
        if breaking.contains(word) { return (true, end + 1) }
        return inline.contains(word) ? (false, end + 1) : nil
    }

    // MARK: Mail

    private static func isQuotedPrintable(_ text: [UInt8]) -> Bool {
        contains(Array("=\n".utf8), in: text) && contains(Array("=3D".utf8), in: text)
            || contains(Array("=20\n".utf8), in: text) || contains(Array("=27".utf8), in: text)
    }

    /// The range of line lengths, including the `=` of a soft break, in quoted-printable text (RFC 2045,
    /// 6.7).
    private static let softBreaks = 70...76

    private static func isSoftBreak(_ line: ArraySlice<UInt8>) -> Bool {
        softBreaks.contains(line.count) && line.last == UInt8(ascii: "=")
    }

    // A mail without quoted characters, recognized by its soft breaks.
    private static func hasSoftBreaks(_ text: [UInt8]) -> Bool {
        contains(Array("=\n".utf8), in: text) && text.split(separator: 0x0a).contains(where: isSoftBreak)
    }

    private static func joinedSoftBreaks(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if isSoftBreak(line) {
                result += line.dropLast()
            } else {
                result += line
                result.append(0x0a)
            }
        }
        return result
    }

    private static func unquoted(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at < text.count {
            if text[at] == UInt8(ascii: "="), at + 1 < text.count {
                if text[at + 1] == 0x0a {
                    at += 2
                    continue
                }
                if at + 2 < text.count,
                    let byte = UInt8(String(decoding: text[(at + 1)...(at + 2)], as: UTF8.self), radix: 16)
                {
                    result.append(byte)
                    at += 3
                    continue
                }
            }
            result.append(text[at])
            at += 1
        }
        return result
    }

    // Typographic quotes and spaces of word processors, and table frames.
    private static let straight: [Unicode.Scalar: String] = [
        "\u{2018}": "'", "\u{2019}": "'", "\u{201c}": "\"", "\u{201d}": "\"", "\u{a0}": " ", "\u{2502}": "|",
        "\u{2026}": "...", "\u{200b}": "", "\u{feff}": "", "\u{2028}": "\n", "\u{2503}": "|", "\u{2011}": "-",
        "\u{2013}": "-",
    ]

    private static func straightened(_ text: [UInt8]) -> [UInt8] {
        var result = String.UnicodeScalarView()
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if let words = straight[scalar] {
                result.append(contentsOf: words.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return Array(String(result).utf8)
    }

    // MARK: Escapes

    /// Returns the lines inside one line: line ends, quotes and colors that JSON, syslog or a shell has
    /// escaped.
    package static func unescapedLines(_ line: [UInt8]) -> [[UInt8]] {
        let line = numbersAsText(line)
        guard line.contains(UInt8(ascii: "\\")) || line.contains(UInt8(ascii: "#")) else { return [line] }
        var result: [[UInt8]] = [[]]
        var at = 0
        while at < line.count {
            if let (bytes, end) = escape(line, at) {
                for byte in bytes {
                    if byte == 0x0a || byte == 0x0d {
                        result.append([])
                    } else {
                        result[result.count - 1].append(byte)
                    }
                }
                at = end
            } else {
                result[result.count - 1].append(line[at])
                at += 1
            }
        }
        return result.map { $0.contains(0x1b) ? withoutColors($0) : $0 }
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x20, UInt8(ascii: "\""): 0x22,
        UInt8(ascii: "'"): 0x27, UInt8(ascii: "/"): 0x2f, UInt8(ascii: "e"): 0x1b,
    ]

    // A backslash, or several after repeated escaping, and the character that it represents; `#012` of
    // rsyslog.
    private static func escape(_ line: [UInt8], _ start: Int) -> ([UInt8], Int)? {
        if line[start] == UInt8(ascii: "#") {
            guard let number = number(line, start + 1, count: 3, radix: 8),
                [0o12, 0o15, 0o11, 0o33].contains(number)
            else { return nil }
            return ([number == 0o11 ? 0x20 : UInt8(number)], start + 4)
        }
        guard line[start] == UInt8(ascii: "\\") else { return nil }
        var at = start
        while at < line.count, line[at] == UInt8(ascii: "\\") { at += 1 }
        guard at < line.count else { return nil }
        switch line[at] {
        case UInt8(ascii: "u"):
            guard let number = number(line, at + 1, count: 4, radix: 16), let scalar = Unicode.Scalar(number)
            else {
                return nil
            }
            return (Array(String(Character(scalar)).utf8), at + 5)
        case UInt8(ascii: "x"):
            guard let number = number(line, at + 1, count: 2, radix: 16) else { return nil }
            return ([UInt8(number)], at + 3)
        case UInt8(ascii: "0"):
            guard let number = number(line, at, count: 3, radix: 8), number < 256 else { return nil }
            return ([UInt8(number)], at + 3)
        default: return simple[line[at]].map { ([$0], at + 1) }
        }
    }

    private static func number(_ line: [UInt8], _ start: Int, count: Int, radix: Int) -> UInt32? {
        guard start + count <= line.count else { return nil }
        return UInt32(String(decoding: line[start..<start + count], as: UTF8.self), radix: radix)
    }

    private static let messageKey = Array("\"MESSAGE\"".utf8)

    // journald writes a message with unprintable bytes as a list of numbers.
    private static func numbersAsText(_ line: [UInt8]) -> [UInt8] {
        guard let key = firstIndex(of: messageKey, in: line),
            let open = line[key...].prefix(16).firstIndex(of: UInt8(ascii: "[")),
            let close = line[open...].firstIndex(of: UInt8(ascii: "]"))
        else { return line }
        let numbers = line[(open + 1)..<close].split(separator: UInt8(ascii: ","))
            .map { UInt8(String(decoding: $0, as: UTF8.self).filter { $0 != " " }) }
        guard !numbers.isEmpty, !numbers.contains(nil) else { return line }
        return numbers.compactMap { $0 }
    }

    // In a single-quoted YAML string, an apostrophe is doubled: `doesn''t`.
    private static func withSingleQuotes(_ line: [UInt8]) -> [UInt8] {
        let quote = UInt8(ascii: "'")
        let pairs = line.indices.dropLast().filter { line[$0] == quote && line[$0 + 1] == quote }
        guard !pairs.isEmpty, pairs.contains(where: { isBesideWord(line, $0) }) else { return line }
        var result: [UInt8] = []
        var at = 0
        while at < line.count {
            result.append(line[at])
            at += line[at] == quote && at + 1 < line.count && line[at + 1] == quote ? 2 : 1
        }
        return result
    }

    // With a letter or digit on one side, the quotes are not an empty string.
    private static func isBesideWord(_ line: [UInt8], _ pair: Int) -> Bool {
        let sides = [pair > 0 ? line[pair - 1] : 0x20, pair + 2 < line.count ? line[pair + 2] : 0x20]
        return sides.contains { (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0) }
    }

    // MARK: Marks

    /// The ends of quoted text in XML, forums and trackers.
    private static let closings: [[UInt8]] = [
        "]]>", "[/code]", "[/CODE]", "[/quote]", "{noformat}", "{code}",
    ]
    .map { Array($0.utf8) }
    /// The maximum distance of such an end from the end of a line.
    private static let closingLimit = 40

    // Removes the marks of quoted mail, tables, code and lists.
    private static func withoutMarks(_ line: [UInt8]) -> [UInt8] {
        var line = line[...]
        for end in closings {
            guard let place = firstIndex(of: end, in: Array(line.suffix(closingLimit))) else { continue }
            line.removeLast(min(line.count, closingLimit) - place)
        }
        while let last = line.last, last == 0x20 || last == 0x09 || last == UInt8(ascii: "`") {
            line.removeLast()
        }
        var isFramed = false
        while let first = line.first {
            if first == UInt8(ascii: "|") { isFramed = true }
            guard
                first == 0x20 || first == 0x09 || first == UInt8(ascii: ">") || first == UInt8(ascii: "|")
                    || first == UInt8(ascii: "`")
            else { break }
            line.removeFirst()
        }
        if isFramed {
            while let last = line.last, last == 0x20 || last == UInt8(ascii: "|") { line.removeLast() }
        }
        return Array(line)
    }

    /// Returns the part of a text inside the quotes that `before` leaves open, such as a value of JSON or
    /// logfmt, or Markdown code; all of it when no quote is open.
    package static func quoted(_ text: [UInt8], after before: ArraySlice<UInt8>) -> [UInt8] {
        var text = text
        if let end = ["\",\"", "\"}", "\", \""].compactMap({ firstIndex(of: Array($0.utf8), in: text) }).min()
        {
            text.removeSubrange(end...)
        }
        // libvirt-go's `virError(Code=9, Domain=31, Message='…')`.
        if contains(Array("Message='".utf8), in: Array(before)),
            let end = firstIndex(of: Array("')".utf8), in: text)
        {
            text.removeSubrange(end...)
        }
        for quote in [UInt8(ascii: "\""), UInt8(ascii: "`")]
        where before.count(where: { $0 == quote }) & 1 == 1 {
            let end = text.indices.first { at in
                text[at] == quote && (at + 1 == text.count || " ,;})]".utf8.contains(text[at + 1]))
            }
            if let end { text.removeSubrange(end...) }
        }
        return text
    }

    // MARK: Search

    package static func contains(_ needle: [UInt8], in text: [UInt8]) -> Bool {
        firstIndex(of: needle, in: text) != nil
    }

    package static func firstIndex(of needle: [UInt8], in text: [UInt8]) -> Int? {
        guard let first = needle.first, text.count >= needle.count else { return nil }
        let (bytes, last) = (text.span, text.count - needle.count)
        var at = 0
        while at <= last {
            if bytes[at] == first, text[at..<at + needle.count].elementsEqual(needle) { return at }
            at += 1
        }
        return nil
    }
}
