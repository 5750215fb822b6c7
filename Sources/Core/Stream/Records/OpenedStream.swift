import Bytes
import Format

/// The result of opening a stream.
package struct OpenedStream {
    /// A problem that becomes a finding.
    package struct Problem {
        package var severity: Finding.Severity
        package var code: FindingCode
        package var mismatch: Mismatch
        package var hint = ""
        /// The message that QEMU prints, if the problem makes it refuse the stream.
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
    /// Whether the description is cut or not readable to its end. Its gaps then prove nothing about the
    /// stream.
    package var isDescriptionBroken = false
    /// Whether all devices of the description were found, with live sections before them.
    package var isTailWhole = false
    /// Whether no section before the end is missing or differs in size from the stream's own description.
    package var isTailExact = true
    /// How well the sections fit a borrowed description.
    package var fit = DescriptionFit()

    package mutating func add(_ record: SectionRecord) {
        topLevel.append(records.count)
        records.append(record)
    }
}
