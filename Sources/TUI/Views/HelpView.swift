/// The keys, from the list of actions.
struct HelpView {
    enum Line: Equatable {
        case blank
        case heading(String)
        case action(Action)
    }

    /// All lines.
    static let lines: [Line] = ActionGroup.allCases.enumerated().flatMap { index, group in
        (index == 0 ? [] : [Line.blank]) + [.heading(group.rawValue)] + group.actions.map { .action($0) }
    }

    private static let keysColumns =
        Action.allCases.map { CharacterWidth.columns(of: $0.keysText) }.max() ?? 0
    private static let namesColumns = Action.allCases.map(\.name.utf8.count).max() ?? 0

    private let theme: Theme

    init(_ theme: Theme) { self.theme = theme }

    static func area(_ layout: ScreenLayout) -> Rect {
        var area = layout.body
        if layout.isBoxed {
            area = Rect(x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2)
        } else if layout.topRuleY != nil {
            area.y += 1
            area.height -= 1
        }
        return area
    }

    /// How many lines are in sight.
    static func height(_ layout: ScreenLayout) -> Int { max(area(layout).height, 1) }

    func draw(_ grid: inout Grid, _ layout: ScreenLayout, top: Int) {
        let area = Self.area(layout)
        let top = max(0, min(top, Self.lines.count - Self.height(layout)))
        for row in 0..<max(0, min(area.height, Self.lines.count - top)) {
            draw(&grid, Self.lines[top + row], Rect(x: area.x, y: area.y + row, width: area.width, height: 1))
        }
    }

    private func draw(_ grid: inout Grid, _ line: Line, _ rect: Rect) {
        switch line {
        case .blank: break
        case .heading(let text):
            grid.put(clipped: text, x: rect.x + 1, y: rect.y, style: theme.section, limit: rect.width - 1)
        case .action(let action): draw(&grid, action, rect)
        }
    }

    private func draw(_ grid: inout Grid, _ action: Action, _ rect: Rect) {
        let margin = rect.width >= 40 ? 3 : 0
        let keys = min(Self.keysColumns, max(rect.width / 3, 1))
        grid.put(clipped: action.keysText, x: rect.x + margin, y: rect.y, style: theme.key, limit: keys)
        let titleX = margin + keys + 2
        // The name gives way to a long title, which says more.
        let hasName =
            rect.width - titleX >= max(40, CharacterWidth.columns(of: action.title)) + Self.namesColumns + 3
        let room = rect.width - titleX - (hasName ? Self.namesColumns + 3 : 0)
        grid.put(clipped: action.title, x: rect.x + titleX, y: rect.y, limit: room)
        if hasName {
            grid.put(
                ":\(action.name)", x: rect.x + rect.width - Self.namesColumns - 2, y: rect.y,
                style: theme.label)
        }
    }
}
