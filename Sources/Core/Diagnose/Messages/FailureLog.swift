import Bytes

/// One failed load in a log: its lines, innermost first, as QEMU prints them. Text is escaped.
package struct FailureReport: Sendable {
    /// A message of the catalogue with its values.
    package struct Cause: Sendable {
        package var entry: CatalogueEntry
        package var values: [String]
        package var line: String
    }

    package var causes: [Cause] = []
    /// `Failed to load STRUCT:FIELD`, the innermost first.
    package var fields: [FieldStep] = []
    package var device: (name: String, instance: UInt32)?
    package var section: (id: UInt32, name: String)?
    /// strerror's text of the last line.
    package var reason: String?
    /// The lines that were recognized.
    package var lines: [String] = []

    package var isEmpty: Bool { lines.isEmpty }
}

/// Reads logs piece by piece and keeps what speaks of failed loads: QEMU's standard error, or libvirt's log with
/// time stamps. Memory does not depend on the length of the log.
package struct FailureLog {
    /// Longer lines are cut.
    private static let lineLimit = 4096
    /// Lines of one failure, and failures: the first and the last ones tell the story.
    private static let groupLimit = 64
    private static let reportLimit = 64

    private var line: [UInt8] = []
    private var current = FailureReport()
    private var reports: [FailureReport] = []
    /// Failures that were seen and not kept.
    package private(set) var skippedCount = 0

    package init() {}

    /// Reads more of the log. O(bytes), and O(bytes · catalogue) for lines that look like a message.
    package mutating func read(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0a) {
            take(rest[..<end])
            endLine()
            rest = rest[(end + 1)...]
        }
        take(rest)
    }

    private mutating func take(_ part: ArraySlice<UInt8>) {
        line.append(contentsOf: part.prefix(Self.lineLimit - line.count))
    }

    /// What was found, in the order of the log.
    package mutating func finish() -> [FailureReport] {
        endLine()
        endReport()
        return reports
    }

    /// What a text says of failed loads.
    package static func reports(in text: String) -> [FailureReport] {
        var log = FailureLog()
        log.read(Array(text.utf8)[...])
        return log.finish()
    }

    /// Whether a text has a message of a failed load.
    package static func isReport(_ text: String) -> Bool { !reports(in: text).isEmpty }

    // Syslog writes ends of lines as numbers.
    private mutating func endLine() {
        guard let mark = Self.mark(in: line) else { return readLine() }
        let whole = line
        line = Array(whole[..<mark])
        readLine()
        line = Array(whole[(mark + Self.newline.count)...])
        endLine()
    }

    private static let newline = Array("#012".utf8)

    private static func mark(in line: [UInt8]) -> Int? {
        guard let start = line.firstIndex(of: newline[0]) else { return nil }
        return line.indices[start...].first { line[$0...].starts(with: newline) }
    }

    private mutating func readLine() {
        defer { line.removeAll(keepingCapacity: true) }
        guard !Self.messages.candidates(line).isEmpty else { return }
        while let last = line.last, last == 0x0d || last == 0x20 { line.removeLast() }
        if !Self.wrappers.candidates(line).isEmpty, wrapper() { return }
        guard let cause = Catalogue.cause(line) else { return }
        keep()
        keep(cause)
    }

    // The lines around a cause; false where it is none of them.
    private mutating func wrapper() -> Bool {
        if let values = Self.lastLine.match(line) ?? Self.snapshotLine.match(line) {
            keep()
            current.reason = values.first.map { FailureReason.text(Self.text($0)) }
            endReport()
        } else if let values = Self.deviceLine.match(line), values.count == 2 {
            keep()
            // A device may print its reason without an end of line (hw/net/e1000e.c).
            if let cause = Catalogue.cause(line) { keep(cause) }
            current.device = (Self.text(values[1]), UInt32(Self.text(values[0]), radix: 16) ?? 0)
        } else if let values = Self.sectionLine.match(line), values.count == 2 {
            keep()
            current.section = (UInt32(Self.text(values[0])) ?? 0, Self.text(values[1]))
        } else if Catalogue.cause(line) == nil, let values = Self.fieldLine.match(line), values.count == 2 {
            keep()
            let step = FieldStep(structure: Self.text(values[0]), field: Self.text(values[1]), type: "")
            if current.fields.count < Self.groupLimit { current.fields.append(step) }
        } else {
            return false
        }
        return true
    }

    private static let wrapperLines = [lastLine, snapshotLine, deviceLine, sectionLine, fieldLine]
    private static let wrappers = MessageIndex(wrapperLines)
    // All that is looked for, so that most lines cost one pass.
    private static let messages = MessageIndex(wrapperLines + Catalogue.all.map(\.pattern))
    private static let lastLine = MessagePattern("load of migration failed: %s")
    private static let snapshotLine = MessagePattern("Error %d while loading VM state")
    private static let deviceLine = MessagePattern(
        "error while loading state for instance 0x%x of device '%s'")
    private static let sectionLine = MessagePattern("error while loading state section id %d(%s)")
    private static let fieldLine = MessagePattern("Failed to load %s:%s")

    private mutating func keep() {
        if current.lines.count < Self.groupLimit { current.lines.append(DisplayText.escaped(bytes: line)) }
    }

    private mutating func keep(_ cause: FailureReport.Cause) {
        if current.causes.count < Self.groupLimit { current.causes.append(cause) }
    }

    private mutating func endReport() {
        defer { current = FailureReport() }
        guard !current.isEmpty else { return }
        if reports.count >= Self.reportLimit {
            skippedCount += 1
            reports.remove(at: Self.reportLimit / 2)
        }
        reports.append(current)
    }

    package static func text(_ bytes: [UInt8]) -> String { DisplayText.escaped(bytes: bytes) }
}
