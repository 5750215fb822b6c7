import Bytes
import Stream

/// The first line: the open file.
struct TitleView {
    private let document: Document
    private let warnings: [Finding]
    private let theme: Theme
    private let name: String
    /// The text about edits; empty without edits.
    private let edits: String

    init(_ state: Update, _ theme: Theme) {
        document = state.document
        let fileName = state.document.overview.fileName
        name = state.diff == nil ? fileName : "\(state.side.letter) \(fileName)"
        warnings = state.findings.filter { $0.severity != .note }
        self.theme = theme
        edits = state.hasUnwrittenEdits ? "[\(state.editsText)]" : ""
    }

    func draw(_ grid: inout Grid, y: Int) {
        let width = grid.size.width
        var right = width
        if let worst = warnings.map(\.severity).first(where: { $0 == .error }) ?? warnings.first?.severity {
            let text = "⚠ \(warnings.count)"
            if text.utf8.count + 8 < width {
                right = width - CharacterWidth.columns(of: text) - 1
                grid.put(text, x: right, y: y, style: worst == .error ? theme.error : theme.warning)
            }
        }
        let used = grid.put(
            clipped: name, x: 1, y: y, style: theme.title, limit: right - 2)
        drawDetails(&grid, x: used + 1, y: y, right: right - 1)
    }

    // As many details as fit; the first matter most.
    private func drawDetails(_ grid: inout Grid, x: Int, y: Int, right: Int) {
        var x = x
        for text in details {
            let columns = CharacterWidth.columns(of: text)
            guard x + 2 + columns <= right else { return }
            x += 2
            grid.put(text, x: x, y: y, style: theme.titleDetail, limit: columns)
            x += columns
        }
    }

    private var details: [String] {
        let overview = document.overview
        var texts = edits.isEmpty ? [] : [edits]
        if overview.container != "none" { texts.append(overview.container) }
        if let machine = overview.machine { texts.append(machine) }
        texts.append(SizeText.long(overview.fileSize))
        if overview.nextStream != nil { texts.append("stream \(document.streamNumber), more follow") }
        guard !document.needsReading else { return texts + ["reading …"] }
        texts.append(Quantity.text(overview.sectionCount, "section"))
        if overview.processorCount > 0 {
            texts.append(Quantity.text(overview.processorCount, "CPU"))
        }
        return texts
    }
}
