import Core

extension Update {
    /// In the order of the stream.
    var findings: [Finding] { document.findings.sorted { $0.offset < $1.offset } }

    mutating func moveFindings(_ steps: Int) {
        let findings = findings
        guard !findings.isEmpty else { return note("no findings") }
        let here = model.hexCursor
        let ahead = findings.firstIndex { $0.offset > here } ?? findings.count
        let behind = (findings.lastIndex { $0.offset < here } ?? -1)
        let wanted = steps > 0 ? ahead.addingClamped(steps - 1) : behind.addingClamped(steps + 1)
        guard findings.indices.contains(wanted) else { return fail("no more findings that way") }
        show(findings[wanted])
    }

    mutating func openFindings() {
        guard !document.findings.isEmpty else { return note("no findings") }
        model.overlay = .findings(selected: 0)
    }

    mutating func show(_ finding: Finding) {
        remember()
        moveHexCursor(to: finding.offset)
        note("\(finding.severity.rawValue): \(finding.message)")
    }
}
