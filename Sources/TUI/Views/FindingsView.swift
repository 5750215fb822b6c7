import Core

/// The list of findings, and the whole of the one that is selected.
struct FindingsView {
    private static let detailLines = 4

    private let theme: Theme
    private let findings: [Finding]

    init(_ theme: Theme, _ findings: [Finding]) {
        self.theme = theme
        self.findings = findings
    }

    func draw(_ grid: inout Grid, _ layout: ScreenLayout, selected: Int) {
        var area = HelpView.area(layout)
        if area.height >= 2 * Self.detailLines, findings.indices.contains(selected) {
            area.height -= Self.detailLines + 1
            drawWhole(
                &grid, findings[selected], Rect(x: area.x, y: area.bottom, width: area.width, height: 0))
        }
        ListView(theme).draw(&grid, area, count: findings.count, selected: selected) { number in
            let finding = findings[number]
            return [
                (finding.severity.rawValue, style(finding)), (Hex.offset(finding.offset), theme.offset),
                (finding.path, theme.section), (finding.message, theme.text),
            ]
        }
    }

    // Below a rule at the top of `area`.
    private func drawWhole(_ grid: inout Grid, _ finding: Finding, _ area: Rect) {
        grid.fill(x: area.x, y: area.y, width: area.width, with: "─", style: theme.border)
        var flow = TextFlow(width: area.width - 2, height: Self.detailLines)
        flow.append(finding.code, style(finding))
        flow.append("@\(Hex.offset(finding.offset)) +\(finding.size)", theme.offset)
        flow.append(finding.message, theme.text)
        for (label, text) in [("hint:", finding.hint), ("QEMU:", finding.qemu)] where !text.isEmpty {
            flow.append(label, theme.label, following: CharacterWidth.columns(of: text))
            flow.append(text, theme.text, isJoined: true)
        }
        flow.draw(&grid, x: area.x + 1, y: area.y + 1)
    }

    private func style(_ finding: Finding) -> Style {
        switch finding.severity {
        case .error: theme.error
        case .warning: theme.warning
        case .note: theme.label
        }
    }
}
