import Bytes

/// The codes of findings and what they mean.
package struct CodesExport {
    private let codes: [FindingCode]

    /// - Parameter codes: the codes to print, in this order.
    package init(_ codes: [FindingCode] = FindingCode.allCases) {
        self.codes = codes
    }

    /// Writes a line for each code, under the headings of what they are about.
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

    /// Writes an array of objects with the keys of the man page.
    package func writeJSON(to sink: inout some ByteSink) {
        let lines: [String] = codes.map { code in
            "{\"code\": \(JSONWriter.quoted(code.rawValue)), "
                + "\"subject\": \(JSONWriter.quoted(code.entry.subject.rawValue)), "
                + "\"meaning\": \(JSONWriter.quoted(code.entry.meaning))}"
        }
        sink.write("[\n  " + lines.joined(separator: ",\n  ") + "\n]\n")
    }

    /// Writes them in the language of man pages. Neighbors that mean the same share an entry.
    package func writeManual(to sink: inout some ByteSink) {
        for subject in subjects {
            sink.write(".SS \(Manual.escaped(subject.rawValue))\n")
            var rest = codes.filter { $0.entry.subject == subject }[...]
            while let first = rest.first {
                let shared = rest.prefix { $0.entry == first.entry }
                let names = shared.map { Manual.escaped($0.rawValue) }.joined(separator: "\\fR, \\fB")
                sink.write(".TP 24\n.B \(names)\n\(Manual.escaped(first.entry.meaning))\n")
                rest = rest.dropFirst(shared.count)
            }
        }
    }

    private var subjects: [FindingCode.Subject] {
        FindingCode.Subject.allCases.filter { subject in codes.contains { $0.entry.subject == subject } }
    }
}

/// Text in the language of man pages.
package enum Manual {
    /// Escapes what roff reads as its own: the backslash, quotes in an argument, a hyphen that must stay a minus.
    package static func escaped(_ text: String) -> String {
        text.map { special[$0] ?? String($0) }.joined()
    }

    private static let special: [Character: String] = [
        "\\": "\\(rs", "\"": "\\(dq", "'": "\\(aq", "-": "\\-", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga",
        "…": "\\&...",
    ]
}
