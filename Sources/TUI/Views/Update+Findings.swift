import Bytes
import Diagnose

extension Update {
    /// The findings of check, or else those of opening, in stream order.
    var findings: [Finding] { model.checked ?? document.findings.sorted { $0.offset < $1.offset } }

    mutating func moveFindings(_ steps: Int) {
        if diff != nil { return moveDifferences(steps) }
        guard model.checked != nil else { return startCheck(.move(steps)) }
        let findings = findings
        guard !findings.isEmpty else { return note("no findings") }
        let here = model.hexCursor
        let ahead = findings.firstIndex { $0.offset > here } ?? findings.count
        let behind = (findings.lastIndex { $0.offset < here } ?? -1)
        let wanted = steps > 0 ? ahead.addingSaturated(steps - 1) : behind.addingSaturated(steps + 1)
        guard findings.indices.contains(wanted) else { return fail("no more findings that way") }
        show(findings[wanted])
    }

    /// Lists the findings so far, and checks the stream if that was not done yet.
    mutating func openFindings() {
        model.overlay = .findings(selected: 0)
        guard model.checked == nil else { return endList(nil) }
        selectNearestFinding()
        startCheck(.list)
    }

    /// Closes the list and goes to the byte of a finding. A finding without a place stays in the list with
    /// its full text.
    mutating func goTo(_ finding: Finding) {
        guard finding.hasPlace else {
            return fail("this finding is about the whole stream: it has no byte to go to")
        }
        showPanes()
        show(finding)
    }

    mutating func show(_ finding: Finding) {
        if finding.hasPlace { jump(toOffset: finding.offset) }
        note("\(finding.severity.rawValue): \(finding.message)")
    }

    // MARK: Check

    /// Begins a check, against the target if there is one.
    mutating func startCheck(_ aim: CheckJob.Aim) {
        if case .check(var job) = model.job {
            job.aim = aim
            model.job = .check(job)
            return
        }
        if case .ram = model.job { model.ramMap = nil }
        let check = Check(
            document, like: target.like, against: target.dump, loader: target.loader)
        model.job = .check(CheckJob(run: CheckRun(check), aim: aim))
    }

    mutating func step(_ job: CheckJob) {
        var job = job
        job.run.step(budget: Self.recordsAStep)
        synchronize()
        guard let findings = job.run.findings else {
            model.job = .check(job)
            return
        }
        model.job = nil
        let choice = choice
        model.checked = findings
        switch job.aim {
        case .list: endList(choice)
        case .move(let steps): moveFindings(steps)
        case .explain(let reports): explain(reports)
        }
    }

    /// What a person has selected in a list that another one replaces.
    private enum Choice {
        /// The top of the list, which stays the top whatever comes before the finding that was there.
        case top
        case finding(Finding)
    }

    /// What a person has selected in the list; nil where the list chose it.
    private var choice: Choice? {
        guard let list = model.overlay?.view as? FindingsList, list.isMoved else { return nil }
        if list.selected == 0 { return .top }
        return findings.indices.contains(list.selected) ? .finding(findings[list.selected]) : nil
    }

    /// Selects in the list of a finished check.
    ///
    /// - Parameter choice: What a person has selected in the list of before.
    private mutating func endList(_ choice: Choice?) {
        guard model.overlay?.is(FindingsList.self) ?? false else { return }
        guard !findings.isEmpty else {
            model.overlay = nil
            return note("no findings")
        }
        switch choice {
        case nil: selectNearestFinding()
        case .top: model.overlay = .findings(selected: 0)
        case .finding(let finding):
            let same = findings.firstIndex { Self.isSame($0, finding) }
            let next = findings.firstIndex { $0.offset >= finding.offset }
            model.overlay = .findings(selected: same ?? next ?? findings.count - 1)
        }
    }

    // A check may know more about a finding than opening did: other words, the same fault at the same place.
    private static func isSame(_ left: Finding, _ right: Finding) -> Bool {
        left.code == right.code && left.offset == right.offset && left.path == right.path
    }

    private mutating func selectNearestFinding() {
        guard !findings.isEmpty else { return }
        // Begin with the most severe finding, which the first screen has announced.
        let warning = findings.firstIndex { $0.severity == .warning } ?? 0
        let first = findings.firstIndex { $0.severity == .error } ?? warning
        let next = findings.firstIndex { $0.offset >= model.hexCursor } ?? findings.count - 1
        model.overlay = .findings(selected: model.hexCursor == 0 ? first : next)
    }

    // MARK: Explain

    /// Explains messages from QEMU, either plain or in a log with time stamps.
    mutating func explain(_ text: String) {
        guard !text.isEmpty else { return }
        let reports = FailureLog.reports(in: text)
        guard !reports.isEmpty else {
            return fail(
                LogExplanation.part(text)
                    ?? "no known message of a failed load; \(keymap.hint(.findings)) lists the findings of check"
            )
        }
        if model.checked == nil { startCheck(.explain(reports)) } else { explain(reports) }
    }

    private mutating func explain(_ reports: [FailureReport]) {
        let explainer = Explainer(document, findings: findings)
        model.explained = reports.flatMap { explainer.explain($0) }
        synchronize()
        guard let first = model.explained.first else { return fail("this message is unknown") }
        show(first)
        model.message = nil
        model.overlay = .explanation(selected: 0)
    }
}
