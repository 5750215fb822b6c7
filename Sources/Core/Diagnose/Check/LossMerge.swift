import Bytes
import Format
import Stream

/// Takes back what was said of QEMU where the capture has lost bytes, or ends: lost bytes read as zero, and the
/// destination may have had them.
package enum LossMerge {
    /// Codes of loader findings that depend on an earlier section, which may be lost.
    private static let dependent: Set<FindingCode> = [
        .sectionUnopened, .sectionMissing, .sectionAbsent, .ramBlockAbsent, .configurationMissing,
    ]

    /// Codes of a stream that ends too early.
    private static let cuts: Set<FindingCode> = [.streamCut, .sectionCut, .ramCut, .descriptionCut, .gap]

    package static func merged(_ findings: [Finding], _ context: CheckContext) -> [Finding] {
        afterLosses(afterEnd(findings, context), context)
    }

    private static func afterEnd(_ findings: [Finding], _ context: CheckContext) -> [Finding] {
        let store = context.document.store
        let end = store.streamEnd
        guard store.container.isCaptured, !store.records.contains(where: { $0.kind == .endOfFile }) else {
            return findings
        }
        let last = store.streamRecords().last(where: \.isCut)
        return findings.map { finding in
            let isAtEnd =
                finding.offset.addingSaturated(finding.size) >= end || finding.offset >= last?.offset ?? end
            let isCut =
                cuts.contains(finding.code) && isAtEnd || finding.offset >= end && !finding.qemu.isEmpty
            let isDependent = dependent.contains(finding.code) && !finding.qemu.isEmpty
            guard isCut || isDependent, finding.severity != .note else { return finding }
            return Finding(
                isCut ? finding.severity : .warning, finding.code, offset: finding.offset, size: finding.size,
                path: finding.path, message: finding.message,
                hint: "the capture ends here: the destination may have had the rest",
                certainty: isCut ? finding.certainty : .possible)
        }
    }

    private static func afterLosses(_ findings: [Finding], _ context: CheckContext) -> [Finding] {
        let lost = context.document.store.lost
        guard let first = lost.ranges.first else { return findings }
        let records = context.records.filter { $0.size > 0 && $0.kind != .live }.sorted {
            $0.offset < $1.offset
        }
        return findings.map { finding in
            guard finding.severity != .note, !finding.qemu.isEmpty, finding.offset >= first.lowerBound else {
                return finding
            }
            // The record that contains the finding, or ends there.
            let end = records.indices.binarySearch(first: { records[$0].offset > finding.offset })
            let owner = records[..<end].last
            let start = min(owner?.offset ?? finding.offset, finding.offset)
            let range = start..<max(owner?.end ?? 0, finding.offset.addingSaturated(max(finding.size, 1)))
            guard dependent.contains(finding.code) || !lost.touching(range).isEmpty else { return finding }
            return Finding(
                .warning, finding.code, offset: finding.offset, size: finding.size, path: finding.path,
                message: finding.message,
                hint: "bytes here were not captured: the destination may have had them",
                certainty: .possible)
        }
    }
}
