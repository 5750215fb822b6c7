import Bytes
import Meaning

/// The list of the findings of check.
struct FindingsList: ListedView {
    var selected = 0

    func title(_ state: Update) -> String { "findings" }
    var opener: Action? { .findings }
    var keys: [(action: Action, title: String)] {
        [(.toggle, "go to its byte, and close the list"), (.explain, "explain what QEMU printed")]
    }

    func rowCount(_ state: Update) -> Int { state.findings.count }

    func choose(_ state: inout Update) {
        let findings = state.findings
        guard findings.indices.contains(selected) else { return }
        state.goTo(findings[selected])
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        FindingsView(theme, state.findings).draw(&grid, state.layout, selected: selected)
    }
}

/// The findings that explain a message.
struct ExplanationList: ListedView {
    var selected = 0

    func title(_ state: Update) -> String { "explanation" }
    var keys: [(action: Action, title: String)] { [(.toggle, "go to its byte, and close the list")] }

    func rowCount(_ state: Update) -> Int { state.model.explained.count }

    func choose(_ state: inout Update) {
        guard state.model.explained.indices.contains(selected) else { return }
        state.goTo(state.model.explained[selected])
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        FindingsView(theme, state.model.explained).draw(&grid, state.layout, selected: selected)
    }
}

extension Overlay {
    static func findings(selected: Int) -> Overlay { Overlay(FindingsList(selected: selected)) }
    static func explanation(selected: Int) -> Overlay { Overlay(ExplanationList(selected: selected)) }
}

/// A list of findings, and the full text of the selected one.
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
            // A short list leaves its unused lines to the details.
            let lines = min(
                max(area.height - findings.count - 1, Self.leastDetailLines), area.height * 2 / 3)
            area.height -= lines + 1
            drawWhole(
                &grid, findings[selected], Rect(x: area.x, y: area.bottom, width: area.width, height: lines))
        }
        ListView(theme).draw(&grid, area, count: findings.count, selected: selected) { number in
            let finding = findings[number]
            let place = finding.hasPlace ? Hex.offset(finding.offset) : ""
            // The message matters more than the place, which the details repeat.
            let used = finding.severity.rawValue.utf8.count + place.utf8.count + 6
            let room = area.width - used - CharacterWidth.columns(of: finding.message) - 2
            let path =
                room < 12 ? "" : ClippedText.clip(finding.path, columns: room, keeping: .end)
            return [
                (finding.severity.rawValue, style(finding)), (place, theme.offset),
                (finding.message, theme.text), (path, theme.section),
            ]
        }
    }

    // Draws a rule at the top of `area`, then the finding: what, where, what to try, and QEMU's lines.
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
            (finding.code.rawValue, style(finding)), (certainty, theme.label),
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
