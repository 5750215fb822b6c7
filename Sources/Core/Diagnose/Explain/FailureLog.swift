import Bytes

/// One failed load or migration in a log: the messages and who printed them, the innermost first. Text is
/// escaped.
package struct FailureReport: Sendable {
    /// A message of the catalogue with its values.
    package struct Cause: Sendable {
        package var entry: CatalogueEntry
        package var values: [String]
        package var line: String
        /// Whether any program may have printed it, and nothing on its line indicates QEMU or libvirt.
        package var isCommon = false
    }

    /// A message from QEMU that is not in the catalogue, just before QEMU gave up.
    package struct Unknown: Sendable {
        package var words: String
    }

    /// The code of a finding about a report without a known message.
    package var code: FindingCode { unknown == nil ? .loadFailed : .messageUnknown }

    package var causes: [Cause] = []
    /// `Failed to load STRUCT:FIELD`, the innermost first.
    package var fields: [FieldStep] = []
    /// `Failed to load element of type TYPE for FIELD`, the innermost first.
    package var elements: [(type: String, field: String)] = []
    /// The subsections around the cause, the innermost first.
    package var subsections: [String] = []
    /// The vmstates whose check before or after loading fails.
    package var hooks: [String] = []
    package var device: (name: String, instance: UInt32)?
    package var section: (id: UInt32, name: String)?
    package var unknown: Unknown?
    /// The strerror text of the last line.
    package var reason: String?
    /// Whether the failure was the load of a snapshot.
    package var isSnapshot = false
    /// The program that printed the lines, such as `qemu-system-aarch64`; empty when no line names it.
    package var program = ""
    /// The recognized lines.
    package var lines: [String] = []
    /// Words about the migration that the log has: `multifd`, `postcopy`, `--tls`, `restore domain` and others.
    package var mentions: Set<String> = []
    /// The number of occurrences of the same failure in the log.
    package var count = 1

    package var isEmpty: Bool { lines.isEmpty }

    // Codes of messages that say that QEMU ended, and not why.
    private static let endings: Set<FindingCode> = [.destinationAborts, .terminated, .libvirtMonitor]

    /// Whether it says that something failed elsewhere, or that QEMU ended, and nothing more.
    package var hasOnlyConsequences: Bool {
        !causes.isEmpty
            && causes.allSatisfy {
                $0.entry.role == .consequence
                    || $0.entry.role == .symptom && Self.endings.contains($0.entry.code)
            } && device == nil
            && section == nil && reason == nil && unknown == nil
    }

    /// Whether nothing in it indicates that it is about a guest.
    package var isVague: Bool {
        !causes.isEmpty && causes.allSatisfy(\.isCommon) && device == nil && section == nil && reason == nil
            && unknown == nil
    }
}

/// Reads logs piece by piece and keeps the messages about failed loads: QEMU's standard error at either side,
/// libvirt's log, and the logs that contain them. Memory use does not depend on the length of the log.
package struct FailureLog {
    /// The maximum numbers of lines in a failure, and of failures: the first and the last ones suffice.
    package static let groupLimit = 64
    private static let reportLimit = 64

    private var excerpt = LogExcerpt(Catalogue.scanner)
    private var current = FailureReport()
    /// Whether QEMU has given up: later messages of the same side belong to another failure.
    private var isClosed = false
    /// Whether libvirt has reported that the guest ended as intended.
    private var hasEnded = false
    private var reports: [FailureReport] = []
    /// The previous line, if it is from QEMU and contains no known message.
    private var previous: String?
    /// The progress of a migration; nil when it is complete.
    private var progress: FailureReport.Cause?
    /// The number of failures that were seen and not kept.
    package private(set) var skippedCount = 0
    /// The number of warning lines, which are not causes, and the first of them.
    package private(set) var warningCount = 0
    package private(set) var firstWarning = ""

    /// Whether the whole log was read, so that its counts are exact.
    package var isWhole: Bool { excerpt.isWhole }

    package init() {}

    /// Reads more of the log. O(bytes), and O(bytes · catalogue) for lines that resemble a message.
    package mutating func read(_ bytes: ArraySlice<UInt8>) { excerpt.read(bytes) }

    /// Returns the failures, in log order.
    package mutating func finish() -> [FailureReport] {
        let lines = LogText.lines(excerpt.finish())
        let statements = LogStatement.statements(lines)
        for statement in statements { take(statement) }
        endReport()
        // A web server's log has refused connections too; a line that a user asks about has nothing else in it.
        if reports.contains(where: \.isVague), !lines.contains(where: GuestMarks.areIn) {
            reports.removeAll { $0.isVague && !(lines.count == 1 && Self.isWhole($0, of: lines[0])) }
        }
        takeReason(lines, statements)
        if reports.isEmpty, let progress {
            current.causes = [progress]
            keep(progress.line)
            endReport()
        }
        noteMentions(lines)
        return reports
    }

    private mutating func noteMentions(_ lines: [[UInt8]]) {
        for name in ["multifd", "postcopy", "--tls", "restore domain", "revert requires force"] {
            let bytes = Array(name.utf8)
            guard !reports.isEmpty, lines.contains(where: { LogText.contains(bytes, in: $0) }) else {
                continue
            }
            for number in reports.indices { reports[number].mentions.insert(name) }
        }
    }

    // Where nothing is known, or only that something failed, what the programs themselves give as the reason counts.
    private mutating func takeReason(_ lines: [[UInt8]], _ statements: [LogStatement]) {
        guard progress == nil || !reports.isEmpty, reports.allSatisfy(\.hasOnlyConsequences),
            let cause = ReportedReason.cause(lines, statements)
        else { return }
        if reports.isEmpty {
            current.causes = [cause]
            keep(cause.line)
            endReport()
        } else if !reports.contains(where: { $0.lines.contains { $0.contains(cause.line) } }) {
            reports[reports.count - 1].causes.insert(cause, at: 0)
            reports[reports.count - 1].lines.append(cause.line)
        }
    }

    // Whether a line consists of a message alone.
    private static func isWhole(_ report: FailureReport, of line: [UInt8]) -> Bool {
        let prefix = Array("error: ".utf8)
        let length = line.count - (line.starts(with: prefix) ? prefix.count : 0)
        return report.causes.contains { $0.line.utf8.count + 1 >= length }
    }

    /// Returns the failed loads in a text.
    package static func reports(in text: String) -> [FailureReport] {
        var log = FailureLog()
        log.read(Array(text.utf8)[...])
        return log.finish()
    }

    /// Whether a text contains a message of a failed load.
    package static func isReport(_ text: String) -> Bool { !reports(in: text).isEmpty }

    // MARK: Statements

    private mutating func take(_ statement: LogStatement) {
        if statement.isWarning {
            warningCount += 1
            if firstWarning.isEmpty { firstWarning = statement.text }
            return
        }
        guard !statement.messages.isEmpty else {
            previous = statement.program.isEmpty || statement.text.isEmpty ? nil : statement.text
            return
        }
        if statement.messages.contains(where: { $0.entry.role == .wrapper(.ended) }) { return endNormally() }
        // The signal and libvirt's line about the end come in either order.
        if hasEnded, statement.messages.allSatisfy({ $0.entry.code == .terminated }) { return }
        hasEnded = false
        for message in statement.messages where message.entry.role == .progress { note(message, statement) }
        if statement.messages.allSatisfy({ $0.entry.role == .progress }) { return }
        begin(statement)
        if current.program.isEmpty { current.program = statement.program }
        for message in statement.messages
        where message.entry.role != .progress && !statement.isReason(message) {
            take(message, statement)
        }
        keep(statement.text)
        takeRest(of: statement)
        previous = nil
        if statement.messages.contains(where: { $0.isLast }) { isClosed = true }
    }

    // virsh prints the progress repeatedly, also for successful migrations.
    private mutating func note(_ message: LogStatement.Message, _ statement: LogStatement) {
        let digits = (message.values.first ?? "").drop { $0 == " " }.prefix { $0.isWholeNumber }
        guard let share = Int(digits), share < 100 else {
            progress = nil
            return
        }
        progress = FailureReport.Cause(
            entry: message.entry, values: ["\(share)"], line: message.text(in: statement))
    }

    // A destination that starts again after it gave up is another failure; messages of others belong to the
    // same one.
    private mutating func begin(_ statement: LogStatement) {
        guard isClosed, !current.lines.contains(statement.text) else { return }
        let isNew = statement.messages.contains { message in
            guard message.entry.side == .destination else { return false }
            return !current.lines.contains { $0.contains(message.text(in: statement)) }
        }
        if isNew { endReport() }
    }

    private mutating func take(_ message: LogStatement.Message, _ statement: LogStatement) {
        guard case .wrapper(let wrapper) = message.entry.role else {
            let line = message.text(in: statement)
            let isCommon =
                message.isCommon && statement.program.isEmpty && !GuestMarks.areIn(statement.bytes)
            let cause = FailureReport.Cause(
                entry: message.entry, values: message.values, line: line, isCommon: isCommon)
            let isKnown = current.causes.contains {
                $0.line == cause.line || $0.entry.cause($0.values) == cause.entry.cause(cause.values)
            }
            if !isKnown { keep(cause) }
            return
        }
        take(wrapper, message.values, message, statement)
    }

    private mutating func take(
        _ wrapper: CatalogueEntry.Wrapper, _ values: [String], _ message: LogStatement.Message,
        _ statement: LogStatement
    ) {
        if let previous, !hasCause, current.unknown == nil, statement.isFirst(message) {
            current.unknown = FailureReport.Unknown(words: previous)
            keep(previous)
        }
        switch wrapper {
        case .lastLine: current.reason = current.reason ?? statement.reason(after: message)
        case .snapshot:
            current.isSnapshot = true
            current.reason = values.first.map { FailureReason.text($0.hasPrefix("-") ? $0 : "-" + $0) }
        case .device:
            guard values.count == 2, current.device == nil else { return }
            current.device = (values[1], UInt32(values[0], radix: 16) ?? 0)
        case .section:
            guard values.count == 2 else { return }
            current.section = (UInt32(values[0]) ?? 0, values[1])
        case .field:
            guard values.count == 2, current.fields.count < Self.groupLimit else { return }
            current.fields.append(FieldStep(structure: values[0], field: values[1], type: ""))
        case .element:
            guard values.count >= 2, current.elements.count < Self.groupLimit else { return }
            current.elements.append((values[0], values[1]))
        case .subsection:
            if let name = values.first, current.subsections.count < Self.groupLimit {
                current.subsections.insert(name, at: 0)
            }
        case .hook, .beforeHook: if let name = values.first { current.hooks.append(name) }
        case .footer, .oldStyle, .stream, .ended: break
        }
    }

    // Takes the text after the last known part of a line.
    private mutating func takeRest(of statement: LogStatement) {
        guard !hasCause, current.unknown == nil, let words = statement.rest else { return }
        current.unknown = FailureReport.Unknown(words: words)
    }

    private var hasCause: Bool { current.causes.contains { $0.entry.role == .cause } }

    private mutating func keep(_ line: String) {
        if current.lines.count < Self.groupLimit, !current.lines.contains(line) { current.lines.append(line) }
    }

    private mutating func keep(_ cause: FailureReport.Cause) {
        if current.causes.count < Self.groupLimit { current.causes.append(cause) }
    }

    // The program that ends a saved or migrated guest sends it a signal, which is not a failure.
    private mutating func endNormally() {
        for cause in current.causes where cause.entry.code == .terminated {
            current.lines.removeAll { $0.contains(cause.line) }
        }
        current.causes.removeAll { $0.entry.code == .terminated }
        endReport()
        previous = nil
        hasEnded = true
    }

    private mutating func endReport() {
        defer {
            current = FailureReport()
            isClosed = false
        }
        guard !current.isEmpty else { return }
        if let same = reports.firstIndex(where: { $0.lines == current.lines }) {
            reports[same].count += 1
            return
        }
        if reports.count >= Self.reportLimit {
            skippedCount += 1
            reports.remove(at: Self.reportLimit / 2)
        }
        reports.append(current)
    }

    package static func text(_ bytes: [UInt8]) -> String { DisplayText.escaped(bytes: bytes) }
}
