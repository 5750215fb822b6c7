import Bytes

/// `migscope check` and `explain`: findings as text or JSON.
package struct FindingsExport {
    package let findings: [Finding]

    package init(_ findings: [Finding]) {
        self.findings = findings
    }

    /// Writes a line for each finding, followed by the hint and QEMU's messages.
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

    /// Writes each finding as a record.
    package func writeRecords(_ form: RecordForm, to sink: inout some ByteSink) {
        var records = RecordList(form)
        for finding in findings { records.add(to: &sink) { $0.findingMembers(finding) } }
        records.finish(to: &sink)
    }
}

/// The codes of findings and their meanings.
package struct CodesExport {
    private let codes: [FindingCode]

    /// - Parameter codes: the codes to print, in this order.
    package init(_ codes: [FindingCode] = FindingCode.allCases) {
        self.codes = codes
    }

    /// Writes a line for each code, under a heading for each subject.
    package func write(to sink: inout some ByteSink) {
        let width = codes.reduce(0) { max($0, $1.rawValue.utf8.count) }
        for (number, subject) in subjects.enumerated() {
            sink.write("\(number == 0 ? "" : "\n")\(subject.rawValue)\n")
            for code in codes where code.entry.subject == subject {
                let padding = String(repeating: " ", count: width - code.rawValue.utf8.count)
                sink.write("  \(code)\(padding)  \(code.entry.meaning)\n")
            }
        }
    }

    /// Writes each code as a record.
    package func writeRecords(_ form: RecordForm, to sink: inout some ByteSink) {
        var records = RecordList(form)
        for code in codes {
            records.add(to: &sink) { json in
                json.member("code", code.rawValue)
                json.member("subject", code.entry.subject.rawValue)
                json.member("meaning", code.entry.meaning)
            }
        }
        records.finish(to: &sink)
    }

    /// Writes the codes in man page format.
    package func writeManual(to sink: inout some ByteSink) {
        for subject in subjects {
            sink.write(".SS \(Manual.escaped(subject.rawValue))\n")
            for code in codes where code.entry.subject == subject {
                sink.write(
                    ".TP 24\n.B \(Manual.escaped(code.rawValue))\n\(Manual.escaped(code.entry.meaning))\n")
            }
        }
    }

    private var subjects: [FindingCode.Subject] {
        FindingCode.Subject.allCases.filter { subject in codes.contains { $0.entry.subject == subject } }
    }
}

/// Text in man page format.
package enum Manual {
    /// Escapes characters that are special in roff: the backslash, quotes in an argument, a hyphen that must
    /// stay a minus.
    package static func escaped(_ text: String) -> String {
        text.map { special[$0] ?? String($0) }.joined()
    }

    private static let special: [Character: String] = [
        "\\": "\\(rs", "\"": "\\(dq", "'": "\\(aq", "-": "\\-", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga",
        "…": "\\&...",
    ]
}
