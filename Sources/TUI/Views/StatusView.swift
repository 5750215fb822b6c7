import Bytes
import Query

/// The last line: the prompt, messages, the search, and the available keys.
struct StatusView {
    private let state: Update
    private let theme: Theme
    private let model: Model

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
        model = state.model
    }

    /// - Returns: the position of the cursor while a prompt is open.
    func draw(_ grid: inout Grid, y: Int) -> (x: Int, y: Int)? {
        if let prompt = model.prompt { return drawPrompt(prompt, &grid, y) }
        let used = drawLeft(&grid, y)
        drawHints(&grid, y, from: used)
        return nil
    }

    // MARK: The prompt

    private func drawPrompt(_ prompt: Prompt, _ grid: inout Grid, _ y: Int) -> (x: Int, y: Int)? {
        let width = grid.size.width
        let sign = prompt.sign
        let x = grid.put(sign, x: width > 40 ? 1 : 0, y: y, style: theme.prompt) + (width > 40 ? 1 : 0)
        let count = count(on: prompt)
        let countColumns = count.isEmpty ? 0 : CharacterWidth.columns(of: count) + 3
        let room = max(1, width - x - 1 - (width > 30 ? countColumns : 0))
        let before = shown(prompt.textBeforeCursor)
        let text = shown(prompt.text)
        // A long line is scrolled left until its cursor is visible.
        let cursor = CharacterWidth.columns(of: before)
        let hidden = max(0, cursor - room)
        let shown = text.unicodeScalars.dropFirst(
            CharacterWidth.prefix(of: text, columns: hidden).unicodeScalars.count)
        let used = grid.put(String(String.UnicodeScalarView(shown)), x: x, y: y, limit: room)
        if text.isEmpty { grid.put(clipped: prompt.hint, x: x, y: y, style: theme.label, limit: room) }
        if countColumns > 0, x + used + countColumns <= width {
            let isVain = count == Self.noMatch || prompt.kind == .value && state.valueNote(prompt).isWrong
            grid.put(count, x: x + used + 3, y: y, style: isVain ? theme.error : theme.label)
        }
        return (min(x + cursor - hidden, width - 1), y)
    }

    // Do not show the line breaks of a pasted message as control characters.
    private func shown(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { DisplayText.escaped(String($0)) }
            .joined(separator: " / ")
    }

    private static let noMatch = "no match"

    private func count(on prompt: Prompt) -> String {
        if let completion = prompt.completion { return completion.text }
        switch prompt.kind {
        case .search, .searchBackward, .filter: return searchCount
        case .help:
            let found = state.helpLines(prompt.text).count { $0.isFound }
            return prompt.text.isEmpty ? "" : found == 0 ? Self.noMatch : matches("\(found)")
        case .value: return prompt.text.isEmpty ? "" : state.valueNote(prompt).text
        case .command, .goto, .write, .pipe, .explain, .note, .report: return ""
        }
    }

    private var searchCount: String {
        if let prompt = model.prompt, model.search == nil || prompt.text.isEmpty { return note(on: prompt) }
        guard let search = model.search else { return hitCount }
        if search.count == 0 {
            if state.document.needsReading { return "reading …" }
            let isWords = model.prompt?.text.contains(" ") ?? false
            return isWords ? "Enter searches the words in paths" : Self.noMatch
        }
        let ordinal = search.ordinal(of: model.selection, state.document)
        return ordinal.map { "\($0)/\(search.count)" } ?? matches("\(search.count)")
    }

    // The effect of Enter on a line that is not searched while it is typed, or the error in it.
    private func note(on prompt: Prompt) -> String {
        guard !prompt.text.isEmpty else { return "" }
        if prompt.kind == .filter, Filter.isFilter(prompt.text) { return filterNote(prompt.text) }
        do throws(SearchQuery.Failure) {
            switch try SearchQuery(prompt.text) {
            case .names: return ""
            case .values: return prompt.kind == .filter ? "no name" : "Enter searches values"
            case .bytes: return prompt.kind == .filter ? "no name" : "Enter searches bytes"
            }
        } catch {
            return ClippedText.clip(error.description, columns: 40)
        }
    }

    private func filterNote(_ text: String) -> String {
        do throws(FilterError) {
            _ = try Filter(text)
            return "Enter filters"
        } catch {
            return ClippedText.clip(error.description, columns: 60)
        }
    }

    private var hitCount: String {
        guard let hits = model.hits else { return "" }
        let more = model.job != nil || hits.offsets.count >= ScanLimit.matches ? "+" : ""
        let here = hits.index(from: model.selection)
        let isHere = hits.paths.indices.contains(here) && hits.paths[here] == model.selection
        let ordinal = hits.paths.isEmpty ? hits.ordinal(of: model.hexCursor) : isHere ? here + 1 : nil
        return ordinal.map { "\($0)/\(hits.offsets.count)\(more)" } ?? matches("\(hits.offsets.count)\(more)")
    }

    private func matches(_ count: String) -> String { count == "1" ? "1 match" : "\(count) matches" }

    // MARK: Messages

    /// - Returns: the number of columns used.
    private func drawLeft(_ grid: inout Grid, _ y: Int) -> Int {
        let width = grid.size.width
        let x = width > 20 ? 1 : 0
        let pending = model.pending.keys
        if !pending.isEmpty { return drawContinuations(of: pending, &grid, x, y) }
        if let message = model.message {
            let style = message.kind == .error ? theme.error : theme.status
            return x + grid.put(clipped: message.text, x: x, y: y, style: style, limit: width - x)
        }
        if let range = state.rangeText {
            return x + grid.put(clipped: range, x: x, y: y, style: theme.status, limit: width - x)
        }
        guard let pattern = model.search?.pattern ?? model.hits?.text else {
            guard !model.tags.isEmpty else { return 0 }
            return x + grid.put(state.tagText, x: x, y: y, style: theme.label, limit: width - x)
        }
        let isFilter = model.outline.filter.map { $0.search?.pattern == pattern || $0.set != nil } ?? false
        let sign = isFilter ? "&" : model.searchesBackward ? "?" : "/"
        let text = sign + DisplayText.escaped(pattern)
        let used = x + grid.put(clipped: text, x: x, y: y, style: theme.prompt, limit: width - x)
        return used + 3 + grid.put(searchCount, x: used + 3, y: y, style: theme.label)
    }

    // The possible keys after the first key of a sequence.
    private func drawContinuations(of keys: [Key], _ grid: inout Grid, _ x: Int, _ y: Int) -> Int {
        let view = ContinuationsView(state, theme)
        var x = x + grid.put(keys.map(\.name).joined(), x: x, y: y, style: theme.key) + 2
        if view.isList(width: grid.size.width) {
            return x + grid.put(ContinuationsView.hint, x: x, y: y, style: theme.label)
        }
        for entry in view.entries { x += view.draw(entry, &grid, x, y) + ContinuationsView.gap }
        return min(x, grid.size.width)
    }

    private func drawHints(_ grid: inout Grid, _ y: Int, from left: Int) {
        var right = grid.size.width - 1
        if let count = model.pending.count {
            let text = "\(count)"
            right -= text.utf8.count
            if right > left { grid.put(text, x: right, y: y, style: theme.key) }
            return
        }
        if let job = model.shownJob {
            right = drawProgress(job, &grid, y, left, right)
        } else if state.document.isGrowing {
            right = drawFollowing(&grid, y, left, right)
        }
        for (hint, place) in placedHints(from: left, to: right) {
            let key = self.hint(hint.action)
            grid.put(key, x: place.lowerBound, y: y, style: theme.key)
            grid.put(hint.word, x: place.lowerBound + key.utf8.count + 1, y: y, style: theme.label)
        }
    }

    // As many hints as fit; the first matter most, and the last always shows.
    private func placedHints(from left: Int, to right: Int) -> [(hint: Hint, place: Range<Int>)] {
        var shown = hints
        while columns(of: shown) > right - left - 2, !shown.isEmpty {
            shown.remove(at: max(shown.count - 2, 0))
        }
        var x = right - columns(of: shown)
        return shown.map { hint in
            let width = hint.word.utf8.count + 1 + self.hint(hint.action).utf8.count
            defer { x += width + 2 }
            return (hint, x..<x + width)
        }
    }

    /// Returns the hint at a column of the last line; nil when there is none.
    func hint(atX x: Int, width: Int) -> Hint? {
        guard model.prompt == nil, model.pending.keys.isEmpty, model.pending.count == nil else { return nil }
        var grid = Grid(Size(width: width, height: 1))
        let left = drawLeft(&grid, 0)
        var right = width - 1
        if let job = model.shownJob {
            right = drawProgress(job, &grid, 0, left, right)
        } else if state.document.isGrowing {
            right = drawFollowing(&grid, 0, left, right)
        }
        return placedHints(from: left, to: right).first { $0.place.contains(x) }?.hint
    }

    // Draws a bar on wide screens, otherwise only the number; returns the free column.
    private func drawProgress(_ job: Job, _ grid: inout Grid, _ y: Int, _ left: Int, _ right: Int) -> Int {
        let percent = Int(min(max(job.progress(state.document), 0), 1) * 100)
        let bar =
            String(repeating: "█", count: percent / 10) + String(repeating: "░", count: 10 - percent / 10)
        let pace = model.pace
        let rate = job.byteCount(state.document).flatMap { pace?.rate(of: $0) }
        let speed = [rate, pace?.rest].compactMap { $0 }.map { "  \($0)" }.joined()
        let rest = pace?.rest.map { "  \($0)" } ?? ""
        let texts = [
            "\(job.title) \(bar) \(percent) %\(speed)  \(hint(.cancel)) stops",
            "\(job.title) \(bar) \(percent) %\(rest)  \(hint(.cancel)) stops",
            "\(job.title) \(percent) %\(rest)", "\(percent) %",
        ]
        guard let text = texts.first(where: { CharacterWidth.columns(of: $0) < right - left - 1 }) else {
            return right
        }
        let x = right - CharacterWidth.columns(of: text)
        grid.put(text, x: x, y: y, style: theme.warning)
        return x - 2
    }

    // Draws the size so far of a stream that is still being written; returns the free column.
    private func drawFollowing(_ grid: inout Grid, _ y: Int, _ left: Int, _ right: Int) -> Int {
        let size = SizeText.long(state.document.overview.fileSize)
        guard
            let text = ["following: \(size) so far", "following"].first(where: {
                $0.utf8.count < right - left - 1
            })
        else { return right }
        let x = right - text.utf8.count
        grid.put(text, x: x, y: y, style: theme.warning)
        return x - 2
    }

    private func columns(of hints: [Hint]) -> Int {
        hints.reduce(-2) { $0 + hint($1.action).utf8.count + 1 + $1.word.utf8.count + 2 }
    }

    private var hints: [Hint] {
        let isLast =
            !model.isZoomed && model.overlay == nil && model.unfiltered == nil && model.tutor == nil
            && model.activePane != .details
        let last = Hint(.close, isLast ? "quit" : "close")
        let all =
            model.overlay == nil
            ? [Hint(.help, "help"), Hint(.command, "command"), Hint(.search, "search")] : []
        return all + state.front.hints + [last]
    }

    private func hint(_ action: Action) -> String { state.keymap.hint(action) }
}
