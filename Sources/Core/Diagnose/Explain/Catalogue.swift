import Bytes
import Stream

/// The registry of messages: a new one is one line in a family's list.
///
/// It has texts of QEMU 5.2 to 11.1 and of libvirt 7.0 to 11.3, without the program names before them. The
/// initializers of entries are never inlined: copies in each entry would double the compile time.
package enum Catalogue {
    package static let all: [CatalogueEntry] = families.flatMap { $0 }

    private static let families: [[CatalogueEntry]] = [
        stream, sections, structures, ram, devices, features, source, setup, hosts, refusals, libvirt,
        platforms, managers,
        wrappers,
    ]

    private static let patterns: [(entry: Int, pattern: MessagePattern, isCommon: Bool)] =
        all.enumerated().flatMap { entry in
            entry.element.wordings.map { (entry.offset, $0.pattern, $0.isCommon) }
        }
    private static let index = MessageIndex(patterns.map(\.pattern))
    /// The scanner for logs of any size.
    package static let scanner = LogScanner(patterns.map(\.pattern))

    /// A message of the catalogue in a line.
    package struct Found {
        package var entry: CatalogueEntry
        package var values: [[UInt8]]
        /// The range of its literal texts and its values, without a value that extends to the end of the
        /// line.
        package var range: Range<Int>
        /// The number of literal bytes.
        package var weight: Int
        /// Whether other programs also print it.
        package var isCommon = false
    }

    /// The maximum length of a value before the first literal text of a message.
    private static let reach = 300

    /// Returns the messages in a line, in order, without nested ones. O(line) for lines without a message.
    package static func messages(_ line: [UInt8]) -> [Found] {
        var found: [Found] = []
        var seen: Set<MessageIndex.Candidate> = []
        for candidate in index.candidates(line) {
            let pattern = patterns[candidate.pattern].pattern
            guard let match = place(of: pattern, around: candidate.offset, in: line),
                seen.insert(.init(pattern: candidate.pattern, offset: match.range.lowerBound)).inserted
            else { continue }
            found.append(message(candidate.pattern, match))
        }
        return resolved(found, line)
    }

    // The last match that covers the four bytes of the index: a value before them is as short as possible.
    private static func place(of pattern: MessagePattern, around offset: Int, in line: [UInt8])
        -> MessagePattern.Match?
    {
        var start = max(0, offset - reach)
        var last: MessagePattern.Match?
        while start <= offset, let match = pattern.match(line, in: start..<offset + 1) {
            if match.range.contains(offset) { last = match }
            start = match.range.lowerBound + 1
        }
        return last
    }

    /// Returns the messages of which a text is only a fragment, as people copy them, with dots for values;
    /// the messages with the largest matching share first. O(text · catalogue).
    package static func cut(_ text: String) -> [(message: String, entry: CatalogueEntry)] {
        var line = Array(text.utf8)
        while let last = line.last, " \t\r\n.".utf8.contains(last) { line.removeLast() }
        if line.suffix(3).elementsEqual("…".utf8) { line.removeLast(3) }
        return patterns.filter { $0.pattern.isCut(line) }
            .map { ($0.pattern.outline, all[$0.entry]) }
            .sorted { $0.0.utf8.count < $1.0.utf8.count }
    }

    private static func message(_ number: Int, _ match: MessagePattern.Match) -> Found {
        let pattern = patterns[number].pattern
        var range = match.range
        if pattern.endsWithText, let last = match.values.last {
            range = range.lowerBound..<range.upperBound - last.count
        }
        return Found(
            entry: all[patterns[number].entry], values: match.values.map(unquoted), range: range,
            weight: pattern.literals.reduce(0) { $0 + $1.count }, isCommon: patterns[number].isCommon)
    }

    // Among overlapping messages, the one with the most literal bytes remains.
    private static func resolved(_ found: [Found], _ line: [UInt8]) -> [Found] {
        var kept: [Found] = []
        for one in found.sorted(by: { ($1.weight, $0.range.lowerBound) < ($0.weight, $1.range.lowerBound) })
        where !kept.contains(where: { $0.range.overlaps(one.range) }) {
            kept.append(one)
        }
        kept.sort { $0.range.lowerBound < $1.range.lowerBound }
        for number in kept.indices {
            trimLast(&kept[number], kept[(number + 1)...].first?.range.lowerBound, line)
        }
        return kept
    }

    // A value that extends to the end of the line ends before the next message.
    private static func trimLast(_ one: inout Found, _ next: Int?, _ line: [UInt8]) {
        guard var last = one.values.last, one.range.upperBound + last.count > line.count - 1, !last.isEmpty,
            line.count == one.range.upperBound + last.count
        else { return }
        if let next { last = Array(line[one.range.upperBound..<max(one.range.upperBound, next)]) }
        last = LogText.quoted(last, after: line[..<one.range.lowerBound])
        while let end = last.last, " \t:;,\"'`})]".utf8.contains(end) { last.removeLast() }
        // A quote without its end.
        if let first = last.first, "'\"".utf8.contains(first), !last.dropFirst().contains(first) {
            last.removeFirst()
        }
        one.values[one.values.count - 1] = last
    }

    // Quotes inside quotes are doubled in a table cell.
    private static func unquoted(_ value: [UInt8]) -> [UInt8] {
        guard value.count > 2, value.first == UInt8(ascii: "\""), value.last == value.first else {
            return value
        }
        return Array(value.dropFirst().dropLast())
    }

    package typealias Entry = CatalogueEntry
}

/// A message that QEMU or libvirt prints around a load, a save or a migration: its meaning, and the place to
/// look at.
package struct CatalogueEntry: Sendable {
    /// The place that the message refers to. Numbers are indexes of values in the pattern.
    package enum Pointer: Sendable {
        case nowhere
        /// A byte of the header.
        case header(Int)
        case path(String)
        /// A section by its idstr; with its instance id if the message has it.
        case section(name: Int, instance: Int?)
        case sectionNamed(String)
        case sectionID(Int)
        /// The footer of the section with that idstr.
        case footer(Int)
        case ramBlock(Int)
        case ram
        /// A vmstate: that of a section, or a subsection.
        case structure(Int)
        /// Fields that must be equal, by the stream's value.
        case equalField(Int)
        case limitedField(Int)
        /// A byte of a PCI configuration: offset and value.
        case configuration(Int, Int)
        /// The features of a virtio device; a field inside `virtio`.
        case virtioFeatures
        case virtioField(String)
        case end
        case commands
    }

    /// The part of a message in a failure.
    package enum Role: Sendable, Equatable {
        case cause
        /// It says what failed and not why: the cause is another message, if there is one.
        case symptom
        /// It follows from an action of the other side.
        case consequence
        case wrapper(Wrapper)
        /// The progress of a migration; it matters only when there is no other message.
        case progress
    }

    /// The content of a message around a cause.
    package enum Wrapper: Sendable {
        case lastLine, snapshot, device, section, field, element, subsection, hook, beforeHook, footer,
            oldStyle
        case stream
        /// libvirt's last line about a guest that ended as intended.
        case ended
    }

    /// One spelling of the message.
    package struct Wording: Sendable {
        package var pattern: MessagePattern
        /// Whether any program may print it: it counts only if something else shows that it is about a guest.
        package var isCommon: Bool
    }

    /// The program that prints it.
    package enum Side: String, Sendable {
        case destination, source, libvirt
        /// Either side, or a QEMU that neither saves nor loads yet.
        case any
    }

    package var code: FindingCode
    package var wordings: [Wording]
    /// The explanation for findings and the man page; `%1` is the first value.
    package var cause: String
    package var advice: String
    package var place: Pointer
    package var role = Role.cause
    package var side = Side.destination

    @inline(never)
    package init(
        _ code: FindingCode, _ pattern: String, _ cause: String, try advice: String = "",
        at place: Pointer = .nowhere, as role: Role = .cause, by side: Side = .destination
    ) {
        self.init(code, [pattern], cause, try: advice, at: place, as: role, by: side)
    }

    /// Several messages with the same meaning; `common` are those that other programs also print.
    @inline(never)
    package init(
        _ code: FindingCode, _ patterns: [String] = [], common: [String] = [], _ cause: String,
        try advice: String = "", at place: Pointer = .nowhere, as role: Role = .cause,
        by side: Side = .destination
    ) {
        self.code = code
        wordings =
            patterns.map { Wording(pattern: MessagePattern($0), isCommon: false) }
            + common.map { Wording(pattern: MessagePattern($0), isCommon: true) }
        self.cause = cause
        self.advice = advice
        self.place = place
        self.role = role
        self.side = side
    }

    @inline(never)
    package init(around wrapper: Wrapper, _ patterns: [String]) {
        self.init(.loadFailed, patterns, "", as: .wrapper(wrapper))
    }

    package var patterns: [MessagePattern] { wordings.map(\.pattern) }

    /// Whether a stream can show more than the place of the failure.
    package var hasPlace: Bool { side == .destination }

    /// Returns `cause` with the values inserted.
    package func cause(_ values: [String]) -> String { Self.filled(cause, values) }
    package func advice(_ values: [String]) -> String { Self.filled(advice, values) }

    private static func filled(_ text: String, _ values: [String]) -> String {
        var result = ""
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            let next = rest.index(after: percent)
            guard next < rest.endIndex, let number = rest[next].wholeNumberValue, number >= 1 else {
                result += "%"
                rest = rest[next...]
                continue
            }
            let value = number <= values.count ? values[number - 1] : nil
            if result.hasSuffix(": "), value?.isEmpty ?? true {
                // Omit an empty value together with its colon.
                result.removeLast(2)
            } else if let value {
                // The value is missing at the end of a truncated line.
                result += value.isEmpty ? "…" : value
            } else {
                result += "it"
            }
            rest = rest[rest.index(after: next)...]
        }
        return result + rest
    }
}

/// The meaning of the last line's strerror text in a failed load.
package enum FailureReason {
    /// Returns the strerror text of a negative errno, which `loadvm` prints; the number itself when it is not
    /// one of a load.
    package static func text(_ number: String) -> String { failures[number]?.rawValue ?? number }

    private static let failures: [String: QEMULog.Failure] = [
        "-1": .notPermitted, "-2": .noEntry, "-5": .inputOutput, "-11": .unavailable, "-12": .noMemory,
        "-22": .invalid, "-34": .outOfRange, "-95": .notSupported,
    ]

    /// The strerror texts that can end a line from QEMU, or begin the wrapped rest of the last one.
    package static let texts: [String] = [
        "Invalid argument", "Input/output error", "No such file or directory", "Operation not supported",
        "Operation not permitted", "Cannot allocate memory", "Numerical result out of range",
        "Resource temporarily unavailable", "Success", "Connection reset by peer", "Broken pipe",
        "Permission denied",
        "No space left on device", "Connection timed out", "Connection refused", "No route to host",
        "Transport endpoint is not connected", "Address already in use", "Bad file descriptor", "File exists",
        "Channel error", "Protocol error", "Bad message", "Device or resource busy", "No such device",
        "Bad address", "Function not implemented", "File too large", "Network is unreachable",
        "Interrupted system call",
        "Cannot assign requested address", "Inappropriate ioctl for device", "Exec format error",
        "Argument list too long",
        "No such device or address", "No data available", "Illegal seek", "Software caused connection abort",
        "Stale file handle",
        "Operation canceled", "Invalid cross-device link", "Unknown error 524",
    ]

    package static func meaning(_ text: String) -> String {
        switch QEMULog.Failure(rawValue: text) {
        case .notPermitted: "a check of a device failed (not a permission problem)"
        case .noEntry: "a subsection that the destination does not know (not a file problem)"
        case .inputOutput: "the stream ended, or could not be read"
        case .invalid: "a check failed"
        case .notSupported: "the version in the header is not 3"
        case .noMemory: "the destination does not have enough memory"
        case .unavailable: "a package of postcopy is shorter than it says"
        case .outOfRange, .aborted, nil: text
        }
    }
}
