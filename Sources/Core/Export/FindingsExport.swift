import Bytes

/// `migscope check` and `explain`: findings as text or JSON.
package struct FindingsExport {
    package let findings: [Finding]

    package init(_ findings: [Finding]) {
        self.findings = findings
    }

    /// Writes a line for each finding, and below it the hint and what QEMU prints.
    package func write(to sink: inout some ByteSink) {
        for finding in findings {
            let grade = finding.certainty == .certain ? "" : " (\(finding.certainty.rawValue))"
            let place = finding.hasPlace ? " at \(Hex.offset(finding.offset)) \(finding.path)" : ""
            sink.write(
                "\(finding.severity.rawValue): \(finding.message)\(grade) [\(finding.code)]\(place)\n")
            if !finding.hint.isEmpty { sink.write("  \(finding.hint)\n") }
            for line in finding.qemu.split(separator: "\n") { sink.write("  qemu: \(line)\n") }
        }
    }

    /// Writes one JSON array.
    package func writeJSON(to sink: inout some ByteSink) {
        var json = JSONWriter()
        json.beginArray()
        for finding in findings { json.finding(finding) }
        json.endArray()
        json.endLine()
        sink.write(json.take())
    }
}
