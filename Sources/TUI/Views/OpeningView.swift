import Container

/// The progress of unpacking: a bar if the end is known, bytes, rate, and the available keys.
struct OpeningView {
    private let name: String
    private let progress: ContainerOpening.Progress
    private let theme: Theme

    init(_ name: String, _ progress: ContainerOpening.Progress, _ theme: Theme) {
        self.name = name
        self.progress = progress
        self.theme = theme
    }

    func draw(_ grid: inout Grid) {
        let size = grid.size
        guard size.width > 0, size.height > 0 else { return }
        grid.put(clipped: name, x: margin(size), y: 0, style: theme.title, limit: size.width - margin(size))
        let texts = lines(width: size.width - 2 * margin(size))
        let top = max((size.height - texts.count) / 2, min(1, size.height - 1))
        for (row, text) in texts.enumerated() where top + row < size.height {
            grid.put(
                clipped: text, x: margin(size), y: top + row, style: row == 1 ? theme.warning : theme.text,
                limit: size.width - margin(size))
        }
        guard size.height > top + texts.count else { return }
        drawKeys(&grid, y: size.height - 1)
    }

    private func margin(_ size: Size) -> Int { size.width > 20 ? 1 : 0 }

    private func lines(width: Int) -> [String] {
        let work =
            switch progress.format {
            case "": "waiting for the first bytes"
            case "copy": "reading"
            default: "unpacking \(progress.format)"
            }
        return [work, bar(width: min(width, 60)), amounts]
    }

    // Without a known end there is no bar; the number of bytes is below it.
    private func bar(width: Int) -> String {
        guard let total = progress.total, total > 0, width > 0 else { return "" }
        let part = min(Double(progress.consumed) / Double(total), 1)
        let percent = " \(Int(part * 100)) %"
        let room = max(width - percent.utf8.count, 1)
        let full = Int(part * Double(room))
        return String(repeating: "█", count: full) + String(repeating: "░", count: room - full) + percent
    }

    private var amounts: String {
        let read = progress.total.map { " of \(SizeText.long($0))" } ?? ""
        var text = "\(SizeText.long(progress.consumed))\(read) read"
        if progress.format != "copy" { text += ", \(SizeText.long(progress.produced)) unpacked" }
        // The rate is unreliable at first.
        guard progress.elapsed >= 200 else { return text }
        let rate = Double(progress.produced) * 1000 / Double(progress.elapsed)
        return text + ", \(SizeText.long(Int(rate))) a second"
    }

    private func drawKeys(_ grid: inout Grid, y: Int) {
        var x = margin(grid.size)
        for (key, word) in [("Esc", "stop and browse the part read"), ("q", "quit")] {
            x += grid.put(key, x: x, y: y, style: theme.key) + 1
            x += grid.put(word, x: x, y: y, style: theme.label) + 3
        }
    }
}
