import Bytes

/// A list of findings, and the whole of the one that is selected.
struct FindingsView {
    private static let leastDetailLines = 4

    private let theme: Theme
    private let findings: [Finding]

    init(_ theme: Theme, _ findings: [Finding]) {
        self.theme = theme
        self.findings = findings
    }

    func draw(_ grid: inout Grid, _ layout: ScreenLayout, selected: Int) {
        var area = layout.overlayArea
        if area.height >= 2 * Self.leastDetailLines, findings.indices.contains(selected) {
            // A short list leaves its lines to the details.
            let lines = min(
                max(area.height - findings.count - 1, Self.leastDetailLines), area.height * 2 / 3)
            area.height -= lines + 1
            drawWhole(
                &grid, findings[selected], Rect(x: area.x, y: area.bottom, width: area.width, height: lines))
        }
        ListView(theme).draw(&grid, area, count: findings.count, selected: selected) { number in
            let finding = findings[number]
            return [
                (finding.severity.rawValue, style(finding)),
                (finding.hasPlace ? Hex.offset(finding.offset) : "", theme.offset),
                (finding.path, theme.section), (finding.message, theme.text),
            ]
        }
    }

    // Below a rule at the top of `area`: what it is, where, what to try, then QEMU's lines.
    private func drawWhole(_ grid: inout Grid, _ finding: Finding, _ area: Rect) {
        grid.fill(x: area.x, y: area.y, width: area.width, with: "─", style: theme.border)
        let width = area.width - 2
        var y = area.y + 1
        let bottom = y + area.height
        func flow(_ parts: [(text: String, style: Style)]) {
            guard y < bottom else { return }
            var flow = TextFlow(width: width, height: bottom - y)
            for part in parts where !part.text.isEmpty { flow.append(part.text, part.style) }
            flow.draw(&grid, x: area.x + 1, y: y)
            y += (flow.runs.map(\.y).max() ?? -1) + 1
        }
        let certainty = finding.certainty == .certain ? "" : finding.certainty.rawValue
        flow([
            (finding.code, style(finding)), (certainty, theme.label),
            (finding.hasPlace ? "@\(Hex.offset(finding.offset)) +\(finding.size)" : "", theme.offset),
            (finding.path, theme.section),
        ])
        flow([(finding.message, theme.text)])
        if !finding.hint.isEmpty { flow([("hint: " + finding.hint, theme.label)]) }
        for line in finding.qemu.split(separator: "\n") { flow([("QEMU: " + line, theme.value)]) }
    }

    private func style(_ finding: Finding) -> Style {
        switch finding.severity {
        case .error: theme.error
        case .warning: theme.warning
        case .note: theme.label
        }
    }
}
