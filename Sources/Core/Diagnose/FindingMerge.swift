import Bytes
import Stream

/// Puts what opening found and what the rules found together.
package enum FindingMerge {
    /// A rule's finding at the same place, or in the same section, replaces one without QEMU's message.
    /// - Parameter isComplete: whether reading from the start found what reading from the end missed.
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

    // Codes of opening that the rules look at more closely.
    private static let refined: Set<FindingCode> = [
        .gap, .head, .sectionCut, .sectionFormat, .sectionVersion, .sectionSize,
        .sectionUndescribed, .command,
    ]

    // Codes whose whole range the rules look at.
    private static let gapCodes: Set<FindingCode> = [.gap, .sectionCut]
    private static let unknownCodes: Set<FindingCode> = [.sectionUnknown, .sectionUndescribed]

    private static func isKept(_ finding: Finding, _ rules: [Finding], _ sections: SectionRanges) -> Bool {
        if finding.code == .sectionMissing {
            // The section that stands in its place says more.
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

/// Tells which section owns a byte.
package struct SectionRanges {
    private let ranges: [Range<Int>]

    package init(_ sections: [CheckedSection]) {
        ranges = sections.map { $0.record.offset..<$0.record.end }.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// A number for the section that holds `offset`; nil between sections. O(log sections).
    package func number(at offset: Int) -> Int? {
        let index = ranges.index(endingAfter: offset)
        return index < ranges.count && ranges[index].contains(offset) ? index : nil
    }
}
