import Bytes
import Stream

/// A check in steps, for a program that goes on meanwhile.
package struct CheckRun {
    private enum Phase {
        /// Reading the live part of the stream, then that of the target.
        case reading
        /// The number of the next rule, and its work where it is done in steps.
        case rules(CheckContext, next: Int, work: (any CheckWork)?)
        case done([Finding])
    }

    private var check: Check
    /// The whole file, where another stream follows the one that is checked.
    private var whole: Document?
    private var phase = Phase.reading

    package init(_ check: Check) { self.check = check }

    /// All findings in the order of the stream; nil before the last step.
    package var findings: [Finding]? { if case .done(let findings) = phase { findings } else { nil } }

    /// From 0 to 1. Reading is guessed to be half of it.
    package var progress: Double {
        switch phase {
        case .reading: 0.5 * check.document.livePartProgress
        case .rules(_, let next, let work):
            0.5 + 0.5 * (Double(next) + (work?.progress ?? 0)) / Double(CheckRules.all.count + 1)
        case .done: 1
        }
    }

    /// Reads about `budget` RAM records, or runs one rule.
    package mutating func step(budget: Int) {
        switch phase {
        case .reading:
            if check.document.openLivePart(budget: budget) { return }
            if let first = check.firstStream() {
                whole = check.document
                check = first
                return
            }
            // Without a description, or after the switch to postcopy, the devices are in the live part.
            // The commands of a machine without a version tell how old its QEMU is.
            if let target = check.target,
                !target.records.contains(where: { $0.kind == .full })
                    || CheckContext.version(ofMachine: target.overview.machine) == nil,
                target.openLivePart(budget: budget)
            {
                return
            }
            let context = CheckContext(
                document: check.document, target: check.target, dump: check.dump, loader: check.loader)
            phase = .rules(context, next: 0, work: nil)
        case .rules(let context, let next, let work):
            phase = .reading
            phase = Self.next(context, next, work, budget) ?? finished(context)
        case .done: break
        }
    }

    // Nil after the last rule.
    private static func next(
        _ context: CheckContext, _ next: Int, _ work: (any CheckWork)?, _ budget: Int
    ) -> Phase? {
        var context = context
        if var work, !work.isFinished {
            work.step(budget: budget, &context)
            return .rules(context, next: next, work: work)
        }
        guard next < CheckRules.all.count else { return nil }
        let rule = CheckRules.all[next]
        if let stepped = rule as? any SteppedCheckRule.Type {
            return .rules(context, next: next + 1, work: stepped.begin(context))
        }
        rule.check(&context)
        return .rules(context, next: next + 1, work: nil)
    }

    private func finished(_ context: CheckContext) -> Phase {
        let found = LoadMerge.merged(
            FindingMerge.merged(
                opening: check.document.findings, rules: context.findings, SectionRanges(context.sections),
                isComplete: context.hasAllDevices),
            context.outcome, isSure: check.target != nil)
        return .done(whole.map { Self.findings(found, in: $0) } ?? found)
    }

    // Places in the whole file, and where its other streams begin.
    private static func findings(_ found: [Finding], in whole: Document) -> [Finding] {
        let moved = found.map { finding in
            var finding = finding
            if !finding.path.isEmpty {
                finding.path = whole.pathText(whole.knownPath(atOffset: finding.offset))
            }
            return finding
        }
        return moved + whole.findings.filter { $0.code == .secondStream }
    }
}
