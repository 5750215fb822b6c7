import Bytes

/// `migscope explain` of a log alone: cause, meaning and advice.
package enum LogExplanation {
    /// Explains a report: its causes first, then their consequences.
    package static func explain(_ report: FailureReport) -> [Finding] {
        let meaning = MessageMeaning(report: report)
        let causes = meaning.causes
        let isBare = meaning.isBare
        let isSure = isBare || causes.first.map { $0.entry.role == .cause && !$0.isCommon } ?? false
        return (isBare ? [bare(report, meaning)] : [])
            + causes.enumerated().map { number, cause in
                let isFirst = number == 0 && !isBare
                return Finding(
                    severity(cause.entry.role, isFirst: isFirst), cause.entry.code, offset: 0,
                    message: meaning.words(cause), hint: meaning.advice(cause),
                    qemu: isFirst ? report.lines.joined(separator: "\n") : cause.line,
                    certainty: isSure ? .certain : .possible)
            }
    }

    // A consequence of another message is not an error of its own.
    package static func severity(_ role: CatalogueEntry.Role, isFirst: Bool) -> Finding.Severity {
        switch role {
        case .cause: .error
        case .symptom: isFirst ? .error : .note
        case .consequence, .wrapper: isFirst ? .warning : .note
        case .progress: .note
        }
    }

    private static func bare(_ report: FailureReport, _ meaning: MessageMeaning) -> Finding {
        let (words, advice) = meaning.bare()
        return Finding(
            .error, report.code, offset: 0, message: words,
            hint: advice,
            qemu: report.lines.joined(separator: "\n"))
    }

    /// Returns the notes after the causes: about warnings, repetitions, who stopped first, and the stream.
    package static func notes(_ log: FailureLog, _ reports: [FailureReport], hasStream: Bool) -> [Finding] {
        var notes: [Finding] = []
        // For a long log, only lines around failures are kept.
        let least = log.isWhole ? "" : "at least "
        for report in reports {
            if let words = story(report) { notes.append(note(.explainStory, words)) }
            if report.count > 1 {
                notes.append(note(.explainRepeated, "the log has this failure \(least)\(report.count) times"))
            }
        }
        if log.skippedCount > 0 {
            notes.append(
                note(.explainSkipped, "\(least)\(log.skippedCount) other failures in the log are not shown"))
        }
        if log.warningCount > 0 {
            let count = log.warningCount == 1 ? "a warning is" : "\(least)\(log.warningCount) warnings are"
            notes.append(note(.explainWarnings, "\(count) not the cause: \(log.firstWarning)"))
        }
        if !hasStream {
            notes.append(
                note(
                    .explainNoStream,
                    "with the stream, migscope can show the place: migscope explain STREAM LOG"
                ))
        }
        return notes
    }

    /// Describes a text that is a fragment of known messages, in one line; nil when it is not one.
    package static func part(_ text: String) -> String? {
        let known = Catalogue.cut(text)
        guard let first = known.first else { return nil }
        let cause = first.entry.cause(Array(repeating: "…", count: first.message.count { $0 == "…" }))
        var words = "this is a part of “\(first.message)”"
        if known.allSatisfy({ $0.entry.cause == first.entry.cause }) {
            if !cause.isEmpty { words += ": \(cause)" }
        } else {
            words += ", or of \(known.count == 2 ? "another message" : "\(known.count - 1) others")"
        }
        return words + "; try: give the whole line"
    }

    private static func note(_ code: FindingCode, _ words: String) -> Finding {
        Finding(.note, code, offset: 0, message: words)
    }

    // Says who stopped first, when the log has messages of both sides or also of libvirt.
    private static func story(_ report: FailureReport) -> String? {
        let causes = MessageMeaning(report: report).causes
        guard let first = causes.first, let follower = causes.first(where: { $0.entry.role == .consequence }),
            first.entry.role != .consequence, first.entry.side != .any
        else { return nil }
        let who = first.entry.side == .libvirt ? "libvirt" : "the \(first.entry.side.rawValue)"
        return "\(who) stopped first; “\(follower.line)” only follows from it"
    }
}
