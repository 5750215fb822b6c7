import Bytes
import Stream

/// `migscope explain`: what QEMU's messages mean in a stream, and where.
package struct Explainer {
    package let document: Document
    /// What check finds.
    private let findings: [Finding]
    private let sections: SectionRanges

    package init(_ document: Document) {
        self.init(document, findings: Check(document).findings())
    }

    /// `findings` are those of a check of this stream.
    package init(_ document: Document, findings: [Finding]) {
        self.document = document
        self.findings = findings
        sections = SectionRanges(document.checkedSections())
    }

    /// What is known of a report: its causes with their places, then what check finds in the same section.
    package func explain(_ report: FailureReport) -> [Finding] {
        var result = explained(report)
        let named = Set(result.compactMap { sections.number(at: $0.offset) })
        for finding in findings where finding.severity != .note {
            guard let section = sections.number(at: finding.offset), named.contains(section) else { continue }
            if !result.contains(where: { $0.offset == finding.offset && $0.code == finding.code }) {
                result.append(finding)
            }
        }
        return result
    }

    private func explained(_ report: FailureReport) -> [Finding] {
        let locator = FailureLocator(document: document, report: report)
        let causes = report.causes.map { cause in finding(cause, report, locator) }
        if !causes.isEmpty { return causes }
        return [bare(report, locator)]
    }

    private func finding(_ cause: FailureReport.Cause, _ report: FailureReport, _ locator: FailureLocator)
        -> Finding
    {
        // The stream itself may show what the message is about.
        if let same = findings.first(where: { isAbout(cause.line, $0) }) {
            return Finding(
                .error, same.code, offset: same.offset, size: same.size, path: same.path,
                message: same.message,
                hint: same.hint, qemu: report.lines.joined(separator: "\n"))
        }
        let place = locator.place(of: cause)
        var words = cause.entry.cause(cause.values)
        if let more = place.note { words += ": \(more)" }
        return Finding(
            .error, cause.entry.code, offset: place.range.lowerBound, size: place.range.count,
            path: place.path, message: words,
            hint: advice(cause), qemu: report.lines.joined(separator: "\n"),
            certainty: place.isSure ? .certain : .possible)
    }

    // What lacks a section tells best what to try.
    private func advice(_ cause: FailureReport.Cause) -> String {
        guard cause.entry.code == "section-unknown", let name = cause.values.first else {
            return cause.entry.advice(cause.values)
        }
        return DeviceAdvice.advice(name)
    }

    private func isAbout(_ line: String, _ finding: Finding) -> Bool {
        guard let first = finding.qemu.split(separator: "\n").first else { return false }
        return !first.hasPrefix("error while") && !first.hasPrefix("load of")
            && !first.hasPrefix("Failed to load")
            && line.hasSuffix(first)
    }

    // Only wrappers: the reason and the section are all that is told.
    private func bare(_ report: FailureReport, _ locator: FailureLocator) -> Finding {
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
        let reason = report.reason.map(FailureReason.meaning) ?? "a load that failed"
        var words = reason
        if report.reason == "No such file or directory", let listed = locator.subsections() {
            words += "; it has \(listed)"
        }
        if let more = place.note { words += ": \(more)" }
        return Finding(
            .error, "load-failed", offset: place.range.lowerBound, size: place.range.count, path: place.path,
            message: words,
            hint: report.device == nil && report.section == nil
                ? "the lines before this one tell more" : "compare with a stream of the target: check --like",
            qemu: text, certainty: place.isSure ? .certain : .possible)
    }

    // The same lines, apart from what stands before them in a log.
    private func matches(_ finding: Finding, _ report: FailureReport) -> Bool {
        let lines = finding.qemu.split(separator: "\n")
        let told = report.lines.filter { line in lines.contains { line.hasSuffix($0) } }
        return report.reason != "Invalid argument" ? told.count == report.lines.count : told.count >= 2
    }
}

extension Explainer {
    /// What can be said of a file that is no stream: QEMU's own words about its header.
    package static func explain(_ report: FailureReport, refused findings: [Finding]) -> [Finding] {
        findings.map {
            Finding(
                .error, $0.code, offset: $0.offset, size: $0.size, path: $0.path, message: $0.message,
                hint: $0.hint,
                qemu: report.lines.joined(separator: "\n"))
        }
    }
}
