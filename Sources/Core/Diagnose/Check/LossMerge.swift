import Bytes
import Format
import Stream

/// Withdraws findings about QEMU where the capture has lost bytes: they read as zero, but the destination may
/// have got them.
package enum LossMerge {
    /// Codes of loader findings that depend on an earlier section, which may be lost.
    private static let dependent: Set<FindingCode> = [
        .sectionUnopened, .sectionMissing, .sectionAbsent, .ramBlockAbsent, .configurationMissing,
    ]

    package static func merged(_ findings: [Finding], _ context: CheckContext) -> [Finding] {
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
