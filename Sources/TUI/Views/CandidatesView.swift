import Bytes
import Query
import Stream

/// A possible completion of the prompt line, in a list above it that narrows as the user types.
struct Candidate: Equatable {
    /// The whole line.
    let line: String
    /// A short description; may be empty.
    let title: String
    /// The keys for the same action; may be empty.
    let keys: String
}

/// Draws candidates above the last line of the screen.
struct CandidatesView {
    private static let mostLines = 10

    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    func draw(_ grid: inout Grid) {
        guard let bottom = state.layout.statusY, let prompt = state.model.prompt else { return }
        let candidates = state.candidates(of: prompt)
        let height = min(Self.mostLines, candidates.count, bottom - 4)
        guard height > 0, grid.size.width >= 20 else { return }
        let selected = prompt.completion?.index
        let top = min(max((selected ?? 0) - height / 2, 0), candidates.count - height)
        let area = Rect(x: 0, y: bottom - height, width: grid.size.width, height: height)
        grid.fill(x: area.x, y: area.y, width: area.width, height: area.height, with: " ", style: .normal)
        let columns = min(candidates.map { CharacterWidth.columns(of: $0.line) }.max() ?? 0, area.width / 2)
        for row in 0..<height {
            let candidate = candidates[top + row]
            let y = area.y + row
            let line = ClippedText.clip(DisplayText.escaped(candidate.line), columns: columns, keeping: .end)
            grid.put(line, x: 1, y: y, style: theme.section, limit: columns)
            let keysWidth = CharacterWidth.columns(of: candidate.keys)
            let x = columns + 3
            let room = area.width - x - (keysWidth > 0 ? keysWidth + 3 : 1)
            grid.put(clipped: candidate.title, x: x, y: y, style: theme.label, limit: max(room, 0))
            if keysWidth > 0, room > 4 {
                grid.put(candidate.keys, x: area.width - keysWidth - 1, y: y, style: theme.key)
            }
            guard top + row == selected else { continue }
            if theme.hasMarks { grid[0, y] = Cell(">") }
            grid.restyle(x: 0, y: y, width: area.width) { theme.selection($0) }
        }
        // A rule separates the list and its count from the panes.
        if candidates.count > height, area.y > 0 {
            grid.fill(x: 0, y: area.y - 1, width: grid.size.width, height: 1, with: "─", style: theme.border)
            let text = " \(candidates.count) "
            grid.put(
                text, x: max(grid.size.width - text.utf8.count - 2, 0), y: area.y - 1,
                style: theme.borderTitle)
        }
    }
}

extension Update {
    /// The maximum number of candidates.
    private static let mostCandidates = 500

    /// Returns the possible completions of a prompt that completes.
    func candidates(of prompt: Prompt) -> [Candidate] {
        let lines: [String]
        if let completion = prompt.completion {
            lines = completion.lines
        } else {
            switch prompt.kind {
            case .command: lines = completions(of: prompt.text, prompt.kind)
            case .filter: lines = prompt.text.isEmpty ? [] : completions(of: prompt.text, prompt.kind)
            default: return []
            }
        }
        return lines.prefix(Self.mostCandidates).map(candidate)
    }

    private func candidate(_ line: String) -> Candidate {
        let word = String(line.prefix { $0 != " " })
        if let action = Action(name: word) {
            return Candidate(line: line, title: action.title, keys: keymap.keysText(action))
        }
        if let path = document.knownPath(text: line), path != .root {
            let node = document.tree.node(path)
            let texts = [
                model.notes[path].map(DisplayText.escaped) ?? "", document.tree.label(node),
                document.tree.versionText(node), document.tree.value(node).short,
            ]
            return Candidate(
                line: line, title: texts.filter { !$0.isEmpty }.joined(separator: "  "), keys: "")
        }
        let last = String(line.split(separator: " ").last ?? "")
        let title = Filter.Property(rawValue: last)?.title ?? Filter.Flag(rawValue: last)?.title ?? ""
        return Candidate(line: line, title: title, keys: "")
    }

    /// The maximum number of sections as candidates, so that a key press stays fast on the largest machines.
    private static let mostSections = 2000
    /// The maximum number of fields in the first processor that are searched for labels.
    private static let mostRegisterSteps = 4000

    /// Returns the lines that contain the letters of a text in order: actions, marks, notes, sections, registers
    /// and recent places. A note is a name of its node.
    func fuzzyLines(_ text: String) -> [String] {
        let wanted = Array(text.lowercased().unicodeScalars)
        guard !wanted.isEmpty else { return [] }
        var found: [(line: String, score: Int)] = []
        var seen: Set<String> = []
        func add(_ line: String, _ also: String = "") {
            guard !line.isEmpty, seen.insert(line).inserted else { return }
            let scores = [line, also].compactMap { Fuzzy.score(wanted, in: $0) }
            if let best = scores.min() { found.append((line, best)) }
        }
        for action in Action.allCases { add(action.name) }
        for (path, note) in model.notes { add(document.tree.pathText(path), note) }
        for entry in model.marks.values { add(document.tree.pathText(entry.selection)) }
        for entry in model.history.recent { add(document.tree.pathText(entry.selection)) }
        let root = document.tree.root
        for index in 0..<min(root.childCount, Self.mostSections) {
            add(document.tree.pathText(NodePath([index])))
        }
        for path in document.knownSections.prefix(Self.mostSections) {
            add(document.tree.pathText(path), document.tree.component(document.tree.node(path)))
        }
        for (path, label) in registerPlaces(for: text) { add(path, label) }
        return found.sorted {
            ($0.score, $0.line.utf8.count, $0.line) < ($1.score, $1.line.utf8.count, $1.line)
        }
        .map(\.line)
    }

    // Some machines number the first processor differently; cpu_common has no registers.
    private var otherProcessor: NodePath? {
        document.knownSections.first {
            let name = document.tree.name(document.tree.node($0))
            return name.hasPrefix("cpu") && name != "cpu_common"
        }
    }

    // The labeled fields of the section that the text begins with, or else of the first processor.
    private func registerPlaces(for text: String) -> [(path: String, label: String)] {
        let typed = text.firstIndex(of: "/").flatMap { document.knownPath(text: String(text[..<$0])) }
        guard let first = typed ?? document.knownPath(text: "cpu:0") ?? otherProcessor else { return [] }
        var walk = NodeWalk(document, reach: .fields, below: first)
        var places: [(path: String, label: String)] = []
        var steps = 0
        while steps < Self.mostRegisterSteps, walk.next() {
            steps += 1
            let label = document.tree.label(walk.node)
            if !label.isEmpty { places.append((walk.placedPath().text, label)) }
        }
        return places
    }
}

/// A match of letters in order, with others between them.
enum Fuzzy {
    /// Returns the distance of a text from the wanted letters, in lower case: 0 for its prefix; nil when a
    /// letter is missing. O(text).
    static func score(_ wanted: [Unicode.Scalar], in text: String) -> Int? {
        var score = 0
        var next = 0
        var last = -1
        for (place, scalar) in text.lowercased().unicodeScalars.enumerated() {
            guard next < wanted.count else { break }
            guard scalar == wanted[next] else { continue }
            // Adjacent letters, and those near the start, are the likely intention.
            score += last < 0 ? min(place, 8) : min((place - last - 1) * 2, 16)
            last = place
            next += 1
        }
        return next == wanted.count ? score : nil
    }
}
