import Bytes
import Edit
import Meaning
import Query
import Stream

/// Checksums, entropy and histogram of a node or a range.
struct StatisticsPanel: CoveringView {
    var top = 0

    func title(_ state: Update) -> String { "bytes" }
    var hints: [Hint] { [Hint(.moveDown, "down"), Hint(.moveUp, "up")] }
    var isList: Bool { false }
    var opener: Action? { .statistics }

    func move(_ rows: Int, _ state: inout Update) {
        let last = max(lines(state).count - max(state.layout.overlayArea.height, 1), 0)
        state.model.overlay = Overlay(StatisticsPanel(top: min(max(top.addingSaturated(rows), 0), last)))
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        let area = state.layout.overlayArea
        for (row, line) in lines(state).dropFirst(top).prefix(area.height).enumerated() {
            let y = area.y + row
            grid.put(clipped: line.label, x: area.x + 1, y: y, style: theme.label, limit: area.width - 1)
            let x = area.x + 10
            let used = grid.put(clipped: line.text, x: x, y: y, style: theme.value, limit: area.right - x)
            let room = area.right - x - used - 2
            guard line.share > 0, room > 4 else { continue }
            let columns = max(Int(line.share * Double(min(room, 60))), 1)
            grid.put(String(repeating: "█", count: columns), x: x + used + 2, y: y, style: theme.glyph)
        }
    }

    private struct Line {
        var label: String
        var text: String
        /// The share of the most frequent byte; 0 for no bar.
        var share = 0.0
    }

    private func lines(_ state: Update) -> [Line] {
        guard let job = state.model.statistics else { return [] }
        let sums = job.statistics
        let place =
            "\(Hex.offset(job.range.lowerBound)) +\(job.range.count) (\(SizeText.long(job.range.count)))"
        var lines = [Line(label: "of", text: job.title), Line(label: "bytes", text: place)]
        guard job.isFinished else { return lines + [Line(label: "", text: "counting bytes …")] }
        let tenths = Int((sums.entropy * 1000).rounded())
        lines += [
            Line(label: "CRC-32", text: Hex.digits(UInt64(sums.crc32), width: 8)),
            Line(label: "SHA-256", text: Hex.dump(sums.sha256, separator: "")),
            Line(
                label: "entropy",
                text: "\(tenths / 1000).\(String(tenths % 1000 + 1000).dropFirst()) bits per byte"),
            Line(label: "", text: ""),
        ]
        let most = sums.histogram.max() ?? 1
        let kinds = sums.histogram.count { $0 > 0 }
        lines.append(Line(label: "values", text: "\(kinds) of 256, the most frequent first"))
        let order = sums.histogram.indices.filter { sums.histogram[$0] > 0 }.sorted {
            (sums.histogram[$1], $0) < (sums.histogram[$0], $1)
        }
        for value in order {
            let times = sums.histogram[value]
            let share = Share(times, of: max(job.range.count, 1)).text
            lines.append(
                Line(
                    label: "  " + Hex.digits(UInt64(value), width: 2), text: "\(share) \(times)",
                    share: Double(times) / Double(max(most, 1))))
        }
        return lines
    }
}

extension Update {
    private static let summedAStep = 1 << 20

    /// Computes statistics of the range, the node, or the guest page shown in its place.
    mutating func openStatistics() {
        let node = selectedNode
        let title = selectedBytes == nil ? document.tree.pathText(node.path) : "the range"
        let range = model.page == nil ? chosenBytes : 0..<shownRegion.count
        guard !range.isEmpty else { return fail("\(document.tree.name(node)) has no bytes") }
        let job = StatisticsJob(shownRegion, range, title: title.isEmpty ? "the whole stream" : title)
        model.statistics = job
        model.overlay = Overlay(StatisticsPanel())
        model.job = .statistics(job)
        step(job)
    }

    mutating func step(_ job: StatisticsJob) {
        var job = job
        job.step(budget: Self.summedAStep)
        model.statistics = job
        model.job = job.isFinished ? nil : .statistics(job)
    }

    /// The numbers of bytes per row of the hex pane that the user can cycle through.
    private static let hexWidths = [4, 8, 12, 16, 20, 24, 32]

    /// Sets the number of bytes per row, or goes to the next larger number; after the largest that fits, to
    /// as many as fit.
    mutating func nextHexColumns(_ count: Int?) {
        let wanted = count ?? Self.hexWidths.first { $0 > model.hexColumns ?? 0 }
        changeView { $0.hexColumns = wanted.map { min(max($0, 1), 64) } }
        if let bytes = model.hexColumns, layout.hexGeometry.bytesPerRow != bytes {
            changeView { $0.hexColumns = nil }
            if count != nil { return fail("\(bytes) bytes per row do not fit") }
        }
        note(model.hexColumns.map { "\($0) bytes per row" } ?? "as many bytes per row as fit")
    }

    // MARK: Comparing ranges

    /// The maximum number of bytes that are compared: nobody waits for more.
    private static let mostCompared = 256 << 20

    mutating func compareRange(with count: Int?) {
        guard let count else { return openPrompt(.command, Action.compareRange.name + " ") }
        compareRange(at: "\(count)")
    }

    /// Compares the range, or the node, with the same number of bytes at a place.
    mutating func compareRange(at text: String) {
        let range = chosenBytes
        guard range.count <= Self.mostCompared else {
            return fail(
                "\(SizeText.long(range.count)) is too much to compare; the limit is \(SizeText.long(Self.mostCompared))"
            )
        }
        guard shownSpace == .stream, model.page == nil else {
            return fail("only bytes of the stream can be compared")
        }
        do throws(PlaceError) {
            let place = try document.place(text, from: model.hexCursor)
            synchronize()
            let start = place.offset ?? document.tree.node(place.path).offset
            let count = min(range.count, document.store.region.count - start)
            let compared = range.lowerBound..<range.lowerBound + count
            let found = document.store.region.differingRuns(
                compared, to: document.store.region, at: start, limit: 100)
            // Runs count from the start of the range.
            guard let first = found.runs.first?.lowerBound else {
                return note("\(SizeText.long(count)) at \(Hex.offset(start)) are the same")
            }
            let here = range.lowerBound + first
            jump(toOffset: here)
            note(
                "\(found.byteCount) of \(Quantity.text(count, "byte")) "
                    + (found.byteCount == 1 ? "differs, at " : "differ, the first at ")
                    + "\(Hex.offset(here)): "
                    + "\(byteText(here)) here, \(byteText(start + first)) there")
        } catch {
            fail(error.description)
        }
    }

    private func byteText(_ offset: Int) -> String {
        document.store.region.byte(at: offset).map { Hex.digits(UInt64($0), width: 2) } ?? "-"
    }
}
