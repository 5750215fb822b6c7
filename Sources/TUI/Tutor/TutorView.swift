/// The result of the last step and the next task, below everything else.
struct TutorView {

    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    func draw(_ grid: inout Grid) {
        let rows = state.tutorRows
        guard rows > 0, let progress = state.model.tutor else { return }
        let top = grid.size.height - rows
        grid.fill(x: 0, y: top, width: grid.size.width, with: "─", style: theme.border)
        let steps = TutorStep.all
        let count = "step \(min(progress.step + 1, steps.count)) of \(steps.count)"
        let next = "\(state.keymap.hint(.tutor)) skips it, \(state.keymap.hint(.close)) ends"
        let title = progress.step < steps.count ? " first steps: \(count); \(next) " : " first steps: done "
        grid.put(clipped: title, x: 1, y: top, style: theme.activeTitle, limit: grid.size.width - 2)
        guard rows > 1 else { return }
        // When both do not fit, the task has priority.
        let task = wrapped(task(progress), width: grid.size.width - 2)
        let sight = wrapped(sight(progress), width: grid.size.width - 2)
        let lines = sight.count + task.count < rows ? sight + task : task
        for (row, line) in lines.prefix(rows - 1).enumerated() {
            let isHead = line == sight.first || line == task.first
            grid.put(line, x: 1, y: top + 1 + row, style: isHead ? theme.key : theme.text)
        }
    }

    private func sight(_ progress: TutorProgress) -> String {
        guard progress.hasDone, TutorStep.all.indices.contains(progress.step - 1) else { return "" }
        return "✓ You should see: " + TutorStep.all[progress.step - 1].sightText(state.keymap)
    }

    private func task(_ progress: TutorProgress) -> String {
        guard TutorStep.all.indices.contains(progress.step) else {
            let close = state.keymap.hint(.close)
            return "That is enough to get started. \(close) returns to where you were."
        }
        let step = TutorStep.all[progress.step]
        return "▸ \(step.title): " + step.task(state.keymap)
    }

    // Splits a text into lines between words.
    private func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ").map(String.init) {
            let columns = CharacterWidth.columns(of: word)
            if let last = lines.last, CharacterWidth.columns(of: last) + 1 + columns <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(word)
            }
        }
        return lines
    }
}
