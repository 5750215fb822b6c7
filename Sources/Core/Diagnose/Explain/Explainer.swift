import Bytes
import Stream

/// `migscope explain`: the meaning of QEMU's messages for a stream, and their places.
package struct Explainer {
    package let document: Document
    /// The findings of check.
    private let findings: [Finding]
    private let sections: SectionRanges

    package init(_ document: Document) {
        self.init(document, findings: Check(document).findings())
    }

    /// `findings` are those of a check of this stream.
    package init(_ document: Document, findings: [Finding]) {
        self.document = document
        self.findings = findings
        sections = SectionRanges(document.store.checkedSections())
    }

    /// Explains a report: its causes with their places, then the findings of check in the same section, and,
    /// when the stream was compared with a target, also the first finding of check.
    package func explain(_ report: FailureReport, isCompared: Bool = false) -> [Finding] {
        var result = explained(report)
        let named = Set(result.compactMap { $0.hasPlace ? sections.number(at: $0.offset) : nil })
        for finding in findings where finding.severity != .note {
            guard let section = sections.number(at: finding.offset), named.contains(section) else { continue }
            add(finding, to: &result)
        }
        if isCompared, let first = findings.first(where: { $0.severity == .error }) {
            add(first, to: &result)
        }
        return result
    }

    private func add(_ finding: Finding, to result: inout [Finding]) {
        if !result.contains(where: { $0.offset == finding.offset && $0.code == finding.code }) {
            result.append(finding)
        }
    }

    private func explained(_ report: FailureReport) -> [Finding] {
        let locator = FailureLocator(document: document, report: report)
        let meaning = MessageMeaning(report: report)
        let causes = meaning.causes
        let isBare = meaning.isBare
        return (isBare ? [bare(report, meaning, locator)] : [])
            + causes.enumerated().map { number, cause in
                finding(cause, report, meaning, locator, isFirst: number == 0 && !isBare)
            }
    }

    private func finding(
        _ cause: FailureReport.Cause, _ report: FailureReport, _ meaning: MessageMeaning,
        _ locator: FailureLocator, isFirst: Bool
    ) -> Finding {
        let text = isFirst ? report.lines.joined(separator: "\n") : cause.line
        // The stream itself may show the reason for the message.
        if let same = findings.first(where: { isAbout(cause.line, $0) }) {
            return Finding(
                .error, same.code, offset: same.offset, size: same.size, path: same.path,
                message: same.message,
                hint: same.hint, qemu: text)
        }
        let place = cause.entry.hasPlace ? locator.place(of: cause) : .none
        // The bytes name the register better than its number does.
        let isNamed = place.note != nil && cause.entry.code == .pciConfig
        var words = isNamed ? cause.entry.cause(cause.values) : meaning.words(cause)
        if let more = place.note { words += ": \(more)" }
        return Finding(
            LogExplanation.severity(cause.entry.role, isFirst: isFirst), cause.entry.code,
            offset: place.range.lowerBound, size: place.range.count, path: place.path, message: words,
            hint: meaning.advice(cause), qemu: text, certainty: place.isSure ? .certain : .possible)
    }

    private func isAbout(_ line: String, _ finding: Finding) -> Bool {
        guard let first = finding.qemu.split(separator: "\n").first else { return false }
        return !first.hasPrefix("error while") && !first.hasPrefix("load of")
            && !first.hasPrefix("Failed to load")
            && line.hasSuffix(first)
    }

    // Only wrappers, or messages that are not in the catalogue: explains the context.
    private func bare(_ report: FailureReport, _ meaning: MessageMeaning, _ locator: FailureLocator)
        -> Finding
    {
        let text = report.lines.joined(separator: "\n")
        if let same = findings.first(where: {
            !$0.qemu.isEmpty && $0.severity == .error && matches($0, report)
        }) {
            return Finding(
                .error, same.code, offset: same.offset, size: same.size, path: same.path,
                message: same.message,
                hint: same.hint, qemu: text)
        }
        let place = locator.place()
        var (words, advice) = meaning.bare()
        if report.unknown == nil, report.reason == QEMULog.Failure.noEntry.rawValue,
            let listed = locator.subsections()
        {
            words += "; it has \(listed)"
        }
        if let more = place.note { words += ": \(more)" }
        return Finding(
            .error, report.code, offset: place.range.lowerBound,
            size: place.range.count, path: place.path, message: words, hint: advice, qemu: text,
            certainty: place.isSure ? .certain : .possible)
    }

    // Whether the lines are the same, apart from their prefixes in a log.
    private func matches(_ finding: Finding, _ report: FailureReport) -> Bool {
        let lines = finding.qemu.split(separator: "\n")
        // libvirt's message about QEMU's end is not one of QEMU's messages.
        let own = report.lines.filter { line in
            !report.causes.contains { $0.entry.side == .libvirt && $0.line == line }
        }
        let told = own.filter { line in lines.contains { line.hasSuffix($0) } }
        return report.reason != "Invalid argument" ? told.count == own.count : told.count >= 2
    }
}

extension Explainer {
    /// Explains a file that is not a stream: QEMU's own messages about its header.
    package static func explain(_ report: FailureReport, refused findings: [Finding]) -> [Finding] {
        findings.map {
            Finding(
                .error, $0.code, offset: $0.offset, size: $0.size, path: $0.path, message: $0.message,
                hint: $0.hint,
                qemu: report.lines.joined(separator: "\n"))
        }
    }
}
