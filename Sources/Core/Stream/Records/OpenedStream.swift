import Bytes
import Format

/// What opening has found out about a stream.
package struct OpenedStream {
    /// A problem on the way, to become a finding.
    package struct Problem {
        package var severity: Finding.Severity
        package var code: FindingCode
        package var mismatch: Mismatch
        package var hint = ""
        /// What QEMU prints, where the problem makes it refuse the stream.
        package var qemu = ""

        package init(
            severity: Finding.Severity, code: FindingCode, mismatch: Mismatch, hint: String = "",
            qemu: String = ""
        ) {
            self.severity = severity
            self.code = code
            self.mismatch = mismatch
            self.hint = hint
            self.qemu = qemu
        }
    }

    package var description: Description?
    package var table: LayoutTable
    package var state: StreamState
    package var records: [SectionRecord] = []
    package var topLevel: [Int] = []
    package var problems: [Problem] = []
    /// Whether the description breaks off, or can't be read to its end: what it lacks then says nothing of the stream.
    package var isDescriptionBroken = false
    /// Whether all devices that the end names were found, and live sections are before them.
    package var isTailWhole = false
    /// Whether no section before the end is missing or has another size than the stream's own description says.
    package var isTailExact = true
    /// How the sections fit a borrowed description.
    package var fit = DescriptionFit()

    package mutating func add(_ record: SectionRecord) {
        topLevel.append(records.count)
        records.append(record)
    }
}
