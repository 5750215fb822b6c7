import Meaning

/// Help for the visible view: the keys of that view come first.
struct HelpPanel: CoveringView {
    /// The first visible line, and the words of the filter.
    var top = 0
    var filter = ""

    func title(_ state: Update) -> String { "help" }
    var hints: [Hint] { [Hint(.search, "search"), Hint(.moveDown, "down"), Hint(.moveUp, "up")] }
    var isList: Bool { false }
    var opener: Action? { .help }

    func move(_ rows: Int, _ state: inout Update) {
        let last = max(0, state.helpLines(filter).count - HelpView.height(state.layout))
        state.model.overlay = .help(top: min(max(top.addingSaturated(rows), 0), last), filter: filter)
    }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        guard action == .search else { return false }
        state.openPrompt(.help)
        return true
    }

    // Closing filtered help first shows all of it.
    func leaves(_ state: inout Update) -> Bool {
        guard !filter.isEmpty else { return false }
        state.model.overlay = .help()
        return true
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        HelpView(theme, state.keymap, state.helpLines(filter)).draw(&grid, state.layout, top: top)
    }
}

extension Overlay {
    static func help(top: Int = 0, filter: String = "") -> Overlay {
        Overlay(HelpPanel(top: top, filter: filter))
    }
}

extension Update {
    /// Returns the lines of the help, with those of the view below it first.
    func helpLines(_ filter: String) -> [HelpView.Line] {
        let beneath: any Component =
            model.views.last { !$0.is(HelpPanel.self) }?.view ?? model.activePane.view
        return HelpView.lines(filter, keymap, own: (beneath.helpTitle(self), beneath.keys))
    }
}

/// The keys from the list of actions, and the settings.
struct HelpView {
    enum Line: Equatable {
        case blank
        case heading(String)
        case action(Action, title: String)
        case setting(Setting)

        /// Whether a search covers the line.
        var isFound: Bool {
            switch self {
            case .blank, .heading: false
            case .action, .setting: true
            }
        }
    }

    static let settingsHeading = "Settings (:set NAME VALUE, or NAME = \"VALUE\" in config.toml)"

    /// Returns the lines that contain each word of the filter, with their headings.
    static func lines(
        _ filter: String = "", _ keymap: Keymap,
        own: (title: String, keys: [(action: Action, title: String)])? = nil
    ) -> [Line] {
        let words = filter.lowercased().split(separator: " ").map(String.init)
        var groups: [(String, [Line])] = []
        if let own, !own.keys.isEmpty {
            groups.append((own.title, own.keys.map { .action($0.action, title: $0.title) }))
        }
        groups += ActionGroup.allCases.map { group in
            (group.rawValue, group.actions.map { .action($0, title: $0.title) })
        }
        groups.append((settingsHeading, Setting.allCases.map { .setting($0) }))
        var lines: [Line] = []
        for (heading, members) in groups {
            let found = members.filter { line in
                let text = text(line, keymap)
                return words.allSatisfy { text.contains($0) }
            }
            guard !found.isEmpty else { continue }
            lines += (lines.isEmpty ? [] : [.blank]) + [.heading(heading)] + found
        }
        return lines
    }

    private static func text(_ line: Line, _ keymap: Keymap) -> String {
        switch line {
        case .blank, .heading: ""
        case .action(let action, let title):
            "\(keymap.keysText(action)) :\(action.name) \(title)".lowercased()
        case .setting(let setting): "\(setting.rawValue) \(setting.expected) setting".lowercased()
        }
    }

    private static let namesColumns = Action.allCases.map(\.name.utf8.count).max() ?? 0

    private let theme: Theme
    private let keymap: Keymap
    private let lines: [Line]
    private let keysColumns: Int

    init(_ theme: Theme, _ keymap: Keymap, _ lines: [Line]) {
        self.theme = theme
        self.keymap = keymap
        self.lines = lines
        keysColumns = Action.allCases.map { CharacterWidth.columns(of: keymap.keysText($0)) }.max() ?? 0
    }

    /// Returns the number of visible lines.
    static func height(_ layout: ScreenLayout) -> Int { max(layout.overlayArea.height, 1) }

    func draw(_ grid: inout Grid, _ layout: ScreenLayout, top: Int) {
        let area = layout.overlayArea
        let top = max(0, min(top, lines.count - Self.height(layout)))
        for row in 0..<max(0, min(area.height, lines.count - top)) {
            draw(&grid, lines[top + row], Rect(x: area.x, y: area.y + row, width: area.width, height: 1))
        }
    }

    private func draw(_ grid: inout Grid, _ line: Line, _ rect: Rect) {
        switch line {
        case .blank: break
        case .heading(let text):
            grid.put(clipped: text, x: rect.x + 1, y: rect.y, style: theme.section, limit: rect.width - 1)
        case .action(let action, let title):
            draw(&grid, keymap.keysText(action), title, name: action.name, rect)
        case .setting(let setting): draw(&grid, setting.rawValue, setting.expected, name: nil, rect)
        }
    }

    private func draw(_ grid: inout Grid, _ keys: String, _ title: String, name: String?, _ rect: Rect) {
        let margin = rect.width >= 40 ? 3 : 0
        let keysWidth = min(keysColumns, max(rect.width / 3, 1))
        grid.put(clipped: keys, x: rect.x + margin, y: rect.y, style: theme.key, limit: keysWidth)
        let titleX = margin + keysWidth + 2
        // A long title replaces the name, unless the name is the only way to the action.
        let wide = keys.isEmpty ? 20 : max(40, CharacterWidth.columns(of: title))
        let hasName = name != nil && rect.width - titleX >= wide + Self.namesColumns + 3
        let room = rect.width - titleX - (hasName ? Self.namesColumns + 3 : 0)
        grid.put(clipped: title, x: rect.x + titleX, y: rect.y, limit: room)
        if let name, hasName {
            grid.put(
                ":\(name)", x: rect.x + rect.width - Self.namesColumns - 2, y: rect.y, style: theme.label)
        } else if let name, keys.isEmpty {
            grid.put(clipped: ":\(name)", x: rect.x + margin, y: rect.y, style: theme.key, limit: keysWidth)
        }
    }
}
