import Bytes

/// A statement of one program at one time: a line of a log, or the lines that it was wrapped into.
package struct LogStatement {
    package struct Message {
        package var entry: CatalogueEntry
        /// The values. Escaped.
        package var values: [String]
        package var range: Range<Int>
        /// The number of literal bytes.
        package var weight: Int
        /// Whether other programs also print it.
        package var isCommon = false

        /// Whether it is the last message of a load.
        package var isLast: Bool {
            switch entry.role {
            case .wrapper(.lastLine), .wrapper(.snapshot): true
            default: false
            }
        }

        /// Whether it is a wrapper, which old versions print as a warning when they give up.
        package var isWrapper: Bool {
            if case .wrapper = entry.role { true } else { false }
        }

        /// Returns the part of the statement that is the message, escaped.
        package func text(in statement: LogStatement) -> String {
            var end = range.upperBound
            if let last = values.last, statement.ends(with: last, at: end) { end += last.utf8.count }
            return DisplayText.escaped(
                bytes: statement.bytes[range.lowerBound..<min(end, statement.bytes.count)])
        }
    }

    package fileprivate(set) var bytes: [UInt8]
    package fileprivate(set) var messages: [Message] = []
    /// `qemu-system-x86_64`, `kvm`; empty when the line has none.
    package fileprivate(set) var program = ""
    package fileprivate(set) var isWarning = false
    /// The text without time stamps and similar prefixes, escaped.
    package fileprivate(set) var text = ""

    private func ends(with value: String, at offset: Int) -> Bool {
        offset < bytes.count && String(decoding: bytes[offset...], as: UTF8.self).hasPrefix(value)
    }

    package func isFirst(_ message: Message) -> Bool { messages.first?.range == message.range }

    /// Returns the strerror text after `load of migration failed: `.
    package func reason(after message: Message) -> String? {
        let end = min(message.range.upperBound, bytes.count)
        let inside = LogText.quoted(Array(bytes[end...]), after: bytes[..<message.range.lowerBound])
        let rest = String(decoding: inside, as: UTF8.self)
        if let known = FailureReason.texts.filter({ rest.hasPrefix($0) }).max(by: { $0.count < $1.count }) {
            return known
        }
        guard messages.last?.range == message.range, rest.contains(where: \.isLetter) else { return nil }
        return DisplayText.escaped(rest)
    }

    /// Whether a message is only strerror's text of the last line.
    package func isReason(_ message: Message) -> Bool {
        guard FailureReason.texts.contains(message.text(in: self)) else { return false }
        return messages.contains { last in
            last.isLast && last.range.upperBound == message.range.lowerBound
        }
    }

    /// The text after the last joint of 10.2 and later, if it is not a known message.
    package var rest: String? {
        guard let last = messages.last, case .wrapper(let wrapper) = last.entry.role else { return nil }
        switch wrapper {
        case .hook, .beforeHook, .device, .subsection, .lastLine: break
        default: return nil
        }
        let end = min(last.range.upperBound, bytes.count)
        let inside = LogText.quoted(Array(bytes[end...]), after: bytes[..<last.range.lowerBound])
        var words = String(decoding: inside, as: UTF8.self)
        for text in FailureReason.texts where words.hasPrefix(text) { words.removeFirst(text.count) }
        while let first = words.first, first == ":" || first == " " { words.removeFirst() }
        // The end of a JSON value.
        if words.hasPrefix("\"") { return nil }
        guard words.count >= 4, words.contains(where: \.isLetter) else { return nil }
        return DisplayText.escaped(words)
    }
}

// MARK: - Lines

extension LogStatement {
    /// The maximum number of lines that a message is wrapped into.
    private static let wrapLimit = 12
    private static let lineLimit = 1 << 14

    /// Returns the statements of a log, in order.
    package static func statements(_ lines: [[UInt8]]) -> [LogStatement] {
        let parts = lines.flatMap(split)
        var result: [LogStatement] = []
        var at = 0
        while at < parts.count {
            var end = at + 1
            while end < parts.count, end - at < wrapLimit, !isHead(parts[end]) { end += 1 }
            result += joined(Array(parts[at..<end]))
            at = end
        }
        return result
    }

    // Lines below one head: each on its own, plus messages that appear only when the lines are joined.
    private static func joined(_ parts: [[UInt8]]) -> [LogStatement] {
        let single = parts.map(statement)
        guard parts.count > 1,
            single.contains(where: \.mayBeWrapped) || !single.contains(where: { !$0.messages.isEmpty })
        else { return single }
        let score = single.reduce(0) { $0 + $1.score }
        let spaced = statement(Array(parts.map(trimmed).joined(separator: [0x20])))
        let glued = statement(Array(parts.joined()))
        // A terminal breaks lines at a fixed width, even inside words.
        let isCut =
            parts.dropLast().allSatisfy { $0.count == parts[0].count }
            && parts[parts.count - 1].count <= parts[0].count
        if parts.count <= openLimit, single[0].isOpen,
            let whole = [spaced, glued].first(where: { $0.completes(single) })
        {
            return [whole]
        }
        let best =
            isCut
            ? (glued.score >= spaced.score ? glued : spaced) : (spaced.score >= glued.score ? spaced : glued)
        guard best.score > score else { return single }
        return [best]
    }

    /// The maximum number of lines that a name or a strerror text is wrapped into.
    private static let openLimit = 3

    // Whether its last message ends before its value, or inside a strerror text.
    private var isOpen: Bool {
        guard let last = messages.last else { return false }
        if last.range.upperBound >= bytes.count, last.values.last?.isEmpty ?? false { return true }
        return last.isLast && reason(after: last).map { !FailureReason.texts.contains($0) } ?? false
    }

    // Whether the joined lines have at least as many messages, and complete an open one.
    private func completes(_ single: [LogStatement]) -> Bool {
        score == single.reduce(0) { $0 + $1.score } && !isOpen
            && single.dropFirst().allSatisfy { $0.messages.isEmpty }
    }

    private static func trimmed(_ line: [UInt8]) -> [UInt8] {
        var line = line[...]
        while line.first == 0x20 || line.first == 0x09 { line.removeFirst() }
        while line.last == 0x20 { line.removeLast() }
        return Array(line)
    }

    // A line that may end inside a message, or before a reason.
    private var mayBeWrapped: Bool { bytes.count >= 24 }

    // The number of literal bytes, without spaces inside values.
    private var score: Int { messages.reduce(0) { $0 + $1.weight } }

    // Splits a line with statements of several programs.
    private static func split(_ line: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var start = 0
        var from = 1
        while let next = programStart(line, from: from) {
            // A prefix of the program name that is no more than a time belongs to the program.
            if hasWords(line[start..<next.lowerBound]) {
                let end = withoutOpening(line[start..<next.lowerBound]).endIndex
                parts.append(Array(line[start..<end]))
                start = end
            }
            from = next.upperBound
        }
        parts.append(Array(line[start...].prefix(lineLimit)))
        return parts
    }

    // A quote before the program name, or before a time there, belongs to the following text.
    private static func withoutOpening(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isQuoted =
            bytes.count > 1 && (bytes.last == UInt8(ascii: "\"") || bytes.last == UInt8(ascii: "`"))
        return isQuoted ? bytes.dropLast() : withoutTime(bytes)
    }

    private static func withoutTime(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while true {
            var rest = bytes
            while rest.last == 0x20 { rest.removeLast() }
            let start = rest.lastIndex(of: 0x20).map { $0 + 1 } ?? rest.startIndex
            guard start > bytes.startIndex, isTime(Array(rest[start...])) else { return bytes }
            bytes = bytes[..<start]
        }
    }

    private static let programNames = ["qemu-system-", "qemu-kvm: ", "kvm: "].map { Array($0.utf8) }

    // Finds `qemu-system-x86_64: `.
    private static func programStart(_ line: [UInt8], from: Int) -> Range<Int>? {
        guard from < line.count else { return nil }
        for at in from..<line.count where line[at] == UInt8(ascii: "q") || line[at] == UInt8(ascii: "k") {
            if let end = programEnd(line, at) { return at..<end }
        }
        return nil
    }

    private static func programEnd(_ line: [UInt8], _ start: Int) -> Int? {
        guard start < line.count, line[start] == UInt8(ascii: "q") || line[start] == UInt8(ascii: "k") else {
            return nil
        }
        for name in programNames where line[start...].starts(with: name) {
            if name.last == 0x20 {
                // `kvm: ` is also the end of many words.
                if start > 0, !isSeparator(line[start - 1]) { return nil }
                return start + name.count
            }
            let end = line[start...].prefix(40).firstIndex {
                $0 == UInt8(ascii: ":") || $0 == 0x20 || $0 == UInt8(ascii: "[")
            }
            guard let end, end + 1 < line.count else { return nil }
            if line[end] == UInt8(ascii: ":"), line[end + 1] == 0x20 { return end + 2 }
            return nil
        }
        return nil
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { " /:;,\"'()[]=\t".utf8.contains(byte) }

    // Whether some bytes are more than a time, a level and punctuation.
    private static func hasWords(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count >= 24 || !Catalogue.messages(Array(bytes)).isEmpty
    }

    // MARK: Heads

    // A line that begins a statement: with a time, a program, a JSON bracket, or the start of a message.
    private static func isHead(_ line: [UInt8]) -> Bool {
        guard let first = line.first else { return true }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return true }
        if programEnd(line, 0) != nil || isTime(line) { return true }
        // After a line number, a container name and the like.
        if programStart(Array(line.prefix(headLimit)), from: 1) != nil { return true }
        for name in heads where line.starts(with: name) { return true }
        return false
    }

    /// The maximum length of a prefix before the program name.
    private static let headLimit = 64

    private static let heads: [[UInt8]] = [
        "error:", "Error:", "libvirt", "virsh", "warning:", "qemu-img:", "qemu:", "load of migration failed",
        "error while loading state", "Missing section footer", "Unknown savevm section",
        "get_pci_config_device: ",
        "Failed to load ", "internal error:", "operation failed:", "ERROR", "WARN", "INFO", "DEBUG",
        "TASK ERROR",
        "/usr/", "main-", "---", "###",
    ].map { Array($0.utf8) }

    private static let months: [[UInt8]] = [
        "Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec ",
    ].map { Array($0.utf8) }

    // `2024-05-01`, `May  1 10:00:00`, `10:00:00`.
    private static func isTime(_ line: [UInt8]) -> Bool {
        if months.contains(where: { line.starts(with: $0) }) { return true }
        guard line.count >= 8, isDigit(line[0]) else { return false }
        let isDate =
            isDigit(line[3]) && line[4] == UInt8(ascii: "-")
            || isDigit(line[3]) && line[4] == UInt8(ascii: "/")
        return isDate || line[2] == UInt8(ascii: ":") && line[5] == UInt8(ascii: ":")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    // MARK: Messages

    private static func statement(_ bytes: [UInt8]) -> LogStatement {
        var result = LogStatement(bytes: bytes)
        result.messages = Catalogue.messages(bytes).map { found in
            Message(
                entry: found.entry, values: found.values.map { DisplayText.escaped(bytes: $0) },
                range: found.range, weight: found.weight, isCommon: found.isCommon)
        }
        var start = 0
        if let program = programEnd(bytes, 0).map({ 0..<$0 }) ?? programStart(bytes, from: 0) {
            start = program.upperBound
            result.program = DisplayText.escaped(bytes: bytes[program].dropLast(2))
        }
        if let first = result.messages.first?.range.lowerBound, first < start { start = 0 }
        result.isWarning =
            !result.messages.contains { $0.isWrapper }
            && isWarning(bytes, start, result.messages.first?.range.lowerBound)
        result.text = DisplayText.escaped(bytes: shown(bytes, start, result.messages.first?.range.lowerBound))
        return result
    }

    private static let warning = Array("warning: ".utf8)

    // QEMU's `warning: ` before the first message; in `-accel kvm: warning: ` an option precedes it.
    private static func isWarning(_ bytes: [UInt8], _ start: Int, _ first: Int?) -> Bool {
        guard let found = LogText.firstIndex(of: warning, in: bytes) else { return false }
        guard found >= start || start == 0 else { return false }
        return found <= first ?? found
    }

    // From the program's text on; if the text before the message is long, from the message on.
    private static func shown(_ bytes: [UInt8], _ start: Int, _ first: Int?) -> ArraySlice<UInt8> {
        let from = start > 0 ? start : first ?? 0
        return bytes[from...].prefix(1024)
    }
}
