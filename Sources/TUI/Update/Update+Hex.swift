import Bytes
import Format

extension Update {
    /// Moves the hex cursor by bytes.
    mutating func moveHexCursor(by bytes: Int) {
        if moveInPage(to: shownCursor.addingSaturated(bytes)) { return }
        moveHexCursor(to: model.hexCursor.addingSaturated(bytes))
    }

    /// Moves the hex cursor by rows, and keeps its column within the stream.
    mutating func moveHexRows(_ rows: Int) {
        let width = layout.hexGeometry.bytesPerRow
        let (step, isFar) = rows.multipliedReportingOverflow(by: width)
        if moveInPage(to: shownCursor.addingSaturated(isFar ? (rows < 0 ? .min : .max) : step)) { return }
        let row = model.hexCursor / width
        let lastRow = lastOffset / width
        let target = min(max(row.addingSaturated(rows), 0), lastRow)
        if target != row { moveHexCursor(to: target * width + model.hexCursor % width) }
    }

    /// Moves the hex cursor to a byte, or to the nearest existing one, and selects the leaf that owns it: a
    /// byte of the stream, or of the hex pane's content.
    mutating func moveHexCursor(to offset: Int, in space: ByteSpace? = nil) {
        let space = space ?? shownSpace
        let offset = min(max(offset, 0), max(document.store.region(of: space).count - 1, 0))
        if space == .stream, !document.read(toward: offset, budget: Self.recordsAStep) {
            return reach(.offset(offset))
        }
        let path = document.path(atOffset: offset, in: space)
        synchronize()
        model.hexCursor = offset
        model.selection = path
        model.outline.reveal(path, document)
        revealSelection()
        revealHexCursor()
    }

    /// The address space of the offsets in the hex pane.
    var shownSpace: ByteSpace { selectedNode.space }

    /// The bytes of the hex pane.
    var shownRegion: MappedRegion { model.page?.region ?? document.store.region(of: shownSpace) }

    /// The end of the offsets in the hex pane.
    var shownEnd: Int {
        shownRegion.count.addingSaturated(model.page?.page.address ?? 0)
    }

    private var lastOffset: Int { max(document.store.region(of: shownSpace).count - 1, 0) }

    func clampedOffset(_ offset: Int) -> Int { min(max(offset, 0), lastOffset) }

    /// Scrolls the hex pane without moving the cursor.
    mutating func scrollHex(_ rows: Int) {
        if scrollPage(rows) { return }
        setHexTop(row: (model.hexTop / layout.hexGeometry.bytesPerRow).addingSaturated(rows))
    }

    /// Scrolls to make the hex cursor visible, and as much of `range` after it as fits.
    mutating func revealHexCursor(_ range: Range<Int>? = nil) {
        let width = layout.hexGeometry.bytesPerRow
        let height = max(layout.hex?.height ?? 1, 1)
        let row = model.hexCursor / width
        var top = model.hexTop / width
        if row < top || row >= top + height {
            let isNear = row >= top - height / 2 && row < top + height + height / 2
            let minimal = row < top ? row : row - height + 1
            // After a jump, keep some of the preceding bytes visible.
            top = isNear ? minimal : row - min(2, height / 4)
        }
        if let range, !range.isEmpty {
            let last = (range.upperBound - 1) / width
            if last >= top + height { top = min(row - min(2, height / 4), last - height + 1) }
            top = max(top, row - height + 1)
        }
        setHexTop(row: top)
    }

    private mutating func setHexTop(row: Int) {
        let width = layout.hexGeometry.bytesPerRow
        let height = max(layout.hex?.height ?? 1, 1)
        let highest = max(0, lastOffset / width - height + 1)
        model.hexTop = min(max(row, 0), highest) * width
    }
}
