import Bytes
import Meaning

/// The list of the findings of check.
struct FindingsList: ListedView {
    var selected = 0 { didSet { isMoved = true } }
    /// Whether a key or the mouse has selected a row. The end of a check then keeps that finding selected.
    private(set) var isMoved = false

    init(selected: Int = 0) { self.selected = selected }

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
    private static let mostLines = 1_000

    private let theme: Theme
    private let findings: [Finding]

    init(_ theme: Theme, _ findings: [Finding]) {
        self.theme = theme
        self.findings = findings
    }

    func draw(_ grid: inout Grid, _ layout: ScreenLayout, selected: Int) {
        var area = layout.overlayArea
        if area.height >= 2 * Self.leastDetailLines, findings.indices.contains(selected) {
            // A short list leaves its unused lines to the details. A long one leaves what QEMU's words need.
            let lines = min(
                max(
                    area.height - findings.count - 1, Self.leastDetailLines,
                    lineCount(findings[selected], width: area.width - 2)), area.height * 2 / 3)
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

    // What, where, what to try, and QEMU's lines: each in lines of its own.
    private func paragraphs(_ finding: Finding) -> [[(text: String, style: Style)]] {
        let certainty = finding.certainty == .certain ? "" : finding.certainty.rawValue
        let head = [
            (text: finding.code.rawValue, style: style(finding)), (text: certainty, style: theme.label),
            (
                text: finding.hasPlace ? "@\(Hex.offset(finding.offset)) +\(finding.size)" : "",
                style: theme.offset
            ),
            (text: finding.path, style: theme.section),
        ]
        let lines = finding.qemu.split(separator: "\n").map { [(text: "QEMU: " + $0, style: theme.value)] }
        let hint = finding.hint.isEmpty ? [] : [[(text: "hint: " + finding.hint, style: theme.label)]]
        return [head, [(text: finding.message, style: theme.text)]] + hint + lines
    }

    private func flow(_ parts: [(text: String, style: Style)], width: Int, height: Int) -> (TextFlow, Int) {
        var flow = TextFlow(width: width, height: height)
        for part in parts where !part.text.isEmpty { flow.append(part.text, part.style) }
        return (flow, (flow.runs.map(\.y).max() ?? -1) + 1)
    }

    // The lines of all paragraphs.
    private func lineCount(_ finding: Finding, width: Int) -> Int {
        paragraphs(finding).map { flow($0, width: width, height: Self.mostLines).1 }.reduce(0, +)
    }

    // Draws a rule at the top of `area`, then the finding.
    private func drawWhole(_ grid: inout Grid, _ finding: Finding, _ area: Rect) {
        grid.fill(x: area.x, y: area.y, width: area.width, with: "─", style: theme.border)
        var y = area.y + 1
        let bottom = y + area.height
        for parts in paragraphs(finding) where y < bottom {
            let (flow, count) = flow(parts, width: area.width - 2, height: bottom - y)
            flow.draw(&grid, x: area.x + 1, y: y)
            y += count
        }
    }

    private func style(_ finding: Finding) -> Style {
        switch finding.severity {
        case .error: theme.error
        case .warning: theme.warning
        case .note: theme.label
        }
    }
}
