import Bytes
import Container
import Stream

/// The target of a check.
package struct CheckTarget {
    /// A stream of the machine that is to load the checked one.
    package var like: Document?
    /// The output of `-dump-vmstate` from that machine's QEMU.
    package var dump: TargetDump?
    /// The version of that QEMU, if the user gives it.
    package var loader: QEMUVersion?

    package init(like: Document? = nil, dump: TargetDump? = nil) {
        self.like = like
        self.dump = dump
    }

    /// Opens the files at these paths.
    ///
    /// - Throws: `OpenError` when one can't be read or is of another kind.
    package init(like: String?, against dump: String?) throws(OpenError) {
        self.dump = try dump.map { path throws(OpenError) in try TargetDump(path: path) }
        self.like = try like.map { path throws(OpenError) in try Self.whole(path) }
    }

    // A lossy stream of the destination would make existing devices look absent.
    private static func whole(_ path: String) throws(OpenError) -> Document {
        let document = try Document.open(path: path)
        document.readMissing()
        guard let loss = document.machineLoss else { return document }
        throw .container(
            path: path, offset: loss.finding.offset,
            reason: "\(loss.text): it does not show the whole machine",
            advice:
                "try: a complete stream of that machine, or --against with its QEMU's output of -dump-vmstate"
        )
    }

    package var isEmpty: Bool { like == nil && dump == nil }
}

/// `migscope check`: the errors in a stream, and the reasons why a target would refuse it.
package struct Check {
    package let document: Document
    package let target: Document?
    package let dump: TargetDump?
    /// The version of the QEMU that loads, if given.
    package let loader: QEMUVersion?

    /// - Parameters:
    ///   - like: a stream of the machine that is to load this one.
    ///   - against: the output of `-dump-vmstate` from that machine's QEMU.
    ///
    /// A document without a description borrows that of `like`, and `like` borrows that of the document.
    package init(
        _ document: Document, like target: Document? = nil, against dump: TargetDump? = nil,
        loader: QEMUVersion? = nil
    ) {
        self.loader = loader
        self.document = Self.described(document, target)
        self.target = target.map { Self.fitting($0, document) }
        self.dump = dump
    }

    private static func described(_ document: Document, _ target: Document?) -> Document {
        guard document.store.description == nil, let target, target.store.description != nil else {
            return document
        }
        var options = OpenOptions()
        options.description = try? BorrowedDescription(
            region: target.store.region, path: target.overview.fileName)
        guard options.description != nil else { return document }
        return
            (try? Document.open(
                region: document.store.region, name: document.overview.fileName, options: options))
            ?? document
    }

    // Reads a target without a description with the document's, if each of its sections fits that: then both
    // have the same version, and their values can be compared.
    private static func fitting(_ target: Document, _ document: Document) -> Document {
        guard target.store.description == nil, target.store.machine == document.store.machine else {
            return target
        }
        let result = described(target, document)
        let isUnlike = result.findings.contains { $0.code == .sectionSize || $0.code == .sectionVersion }
        return isUnlike ? target : result
    }

    /// Returns the check of the first stream alone, which is what QEMU loads, if the live part has shown that
    /// others follow it; otherwise nil. O(open).
    package func firstStream() -> Check? {
        guard
            let next = document.findings.first(where: { $0.code == .secondStream })?.offset,
            next < document.store.region.count
        else { return nil }
        var options = document.options
        options.isGrowing = false
        let region = document.store.region.slice(0..<next)
        guard
            let first = try? Document.open(region: region, name: document.overview.fileName, options: options)
        else { return nil }
        return Check(first, like: target, against: dump, loader: loader)
    }

    /// Returns all findings, in stream order. O(stream): reads the headers of RAM records.
    package func findings() -> [Finding] {
        var run = CheckRun(self)
        while run.findings == nil { run.step(budget: .max) }
        return run.findings ?? []
    }

    /// Returns QEMU's message for a file that could not be opened because it is not a stream; nil when
    /// opening failed for another reason. It does not read the file again: the error has what was found
    /// inside its containers.
    package static func refusal(_ error: OpenError, _ target: CheckTarget = CheckTarget()) -> [Finding]? {
        guard let evidence = error.evidence else { return nil }
        let version = target.loader ?? target.like.map { CheckContext.loaderVersion(of: $0) }
        let findings = HeaderRules.refusal(evidence.region, QEMUWording(version ?? QEMUVersion(10, 0)))
        return findings.isEmpty ? nil : findings
    }
}

/// A check in steps, so that the program can do other work in between.
package struct CheckRun {
    private enum Phase {
        /// Reads the live part of the stream, then that of the target.
        case reading
        /// The number of the next rule, and its work when it runs in steps.
        case rules(CheckContext, next: Int, work: (any CheckWork)?)
        case done([Finding])
    }

    private var check: Check
    /// The whole file, when another stream follows the checked one.
    private var whole: Document?
    private var phase = Phase.reading

    package init(_ check: Check) {
        self.check = check
        // QEMU loads nothing from a channel that has only messages or pages.
        let found = check.document.findings
        if found.contains(where: { $0.code == .channelAlone }) { phase = .done(found) }
    }

    /// All findings in stream order; nil before the last step.
    package var findings: [Finding]? { if case .done(let findings) = phase { findings } else { nil } }

    /// The progress, from 0 to 1. Reading counts as half of it.
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
            // Without a description, or after the switch to postcopy, the devices are in the live part. For a
            // machine without a version, the commands show the age of its QEMU.
            if let target = check.target,
                !target.store.records.contains(where: { $0.kind == .full })
                    || CheckContext.version(ofMachine: target.store.machine) == nil,
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
        let found = LossMerge.merged(
            LoadMerge.merged(
                FindingMerge.merged(
                    opening: check.document.findings, rules: context.findings,
                    SectionRanges(context.sections),
                    isComplete: context.hasAllDevices),
                context.outcome, isSure: check.target != nil), context)
        return .done(whole.map { Self.findings(found, in: $0) } ?? found)
    }

    // Converts places to the whole file, and adds the starts of its other streams.
    private static func findings(_ found: [Finding], in whole: Document) -> [Finding] {
        let moved = found.map { finding in
            var finding = finding
            if !finding.path.isEmpty {
                finding.path = whole.tree.pathText(whole.tree.knownPath(atOffset: finding.offset))
            }
            return finding
        }
        return moved + whole.findings.filter { $0.code == .secondStream }
    }
}

/// Merges the findings of opening with those of the rules.
package enum FindingMerge {
    /// A rule's finding at the same place, or in the same section, replaces one without QEMU's message.
    /// - Parameter isComplete: whether reading from the start found everything that reading from the end
    ///   missed.
    package static func merged(
        opening: [Finding], rules: [Finding], _ sections: SectionRanges, isComplete: Bool
    ) -> [Finding] {
        let opening = isComplete ? opening.filter { $0.code != .sectionMissing } : opening
        var seen: Set<String> = []
        var result: [Finding] = []
        for finding in rules + opening.filter({ isKept($0, rules, sections) }).map(completed)
        where seen.insert("\(finding.offset) \(finding.code)").inserted {
            result.append(finding)
        }
        return result.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map(\.element)
    }

    private static func completed(_ finding: Finding) -> Finding {
        Finding(
            finding.severity, finding.code, offset: finding.offset, size: finding.size, path: finding.path,
            message: finding.message, hint: finding.hint, qemu: QEMULog.completed(finding.qemu),
            certainty: finding.certainty)
    }

    // Codes of opening that the rules examine in more detail.
    private static let refined: Set<FindingCode> = [
        .gap, .head, .sectionCut, .sectionFormat, .sectionVersion, .sectionSize,
        .sectionUndescribed, .command,
    ]

    // Codes whose whole range the rules examine.
    private static let gapCodes: Set<FindingCode> = [.gap, .sectionCut]
    private static let unknownCodes: Set<FindingCode> = [.sectionUnknown, .sectionUndescribed]

    private static func isKept(_ finding: Finding, _ rules: [Finding], _ sections: SectionRanges) -> Bool {
        if finding.code == .sectionMissing {
            // A finding about the section in its place is more specific.
            return !rules.contains {
                unknownCodes.contains($0.code) && $0.offset > finding.offset
                    && sections.number(at: $0.offset) == sections.number(at: finding.offset)
            }
        }
        guard refined.contains(finding.code) else { return true }
        if gapCodes.contains(finding.code), finding.size > 0 {
            let range = finding.offset...finding.offset + finding.size
            return !rules.contains { $0.severity == .error && range.contains($0.offset) }
        }
        let section = sections.number(at: finding.offset)
        return !rules.contains {
            $0.severity == .error
                && ($0.offset == finding.offset
                    || (section != nil && sections.number(at: $0.offset) == section))
        }
    }
}

/// The sections by byte range.
package struct SectionRanges {
    private let ranges: [Range<Int>]

    package init(_ sections: [CheckedSection]) {
        ranges = sections.map { $0.record.offset..<$0.record.end }.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Returns a number for the section that contains `offset`; nil between sections. O(log sections).
    package func number(at offset: Int) -> Int? {
        let index = ranges.index(endingAfter: offset)
        return index < ranges.count && ranges[index].contains(offset) ? index : nil
    }
}
