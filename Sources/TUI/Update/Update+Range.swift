import Bytes
import Stream

extension Update {
    /// The bytes from the anchor to the hex cursor, inclusive; nil while no range is selected.
    var selectedBytes: Range<Int>? {
        guard let anchor = model.anchor, anchor.space == shownSpace, model.page == nil else { return nil }
        return min(anchor.offset, model.hexCursor)..<max(anchor.offset, model.hexCursor) + 1
    }

    /// The bytes to copy and write: the range, or else the node.
    var chosenBytes: Range<Int> { selectedBytes ?? selectedNode.range }

    /// Begins a range at the hex cursor, or with all bytes of the node; ends an existing range.
    mutating func toggleRange(ofNode: Bool) {
        guard model.page == nil else { return failOnPage() }
        guard selectedBytes == nil else { return model.anchor = nil }
        let bytes = selectedNode.range
        let isWhole = ofNode && !bytes.isEmpty
        beginRange(at: isWhole ? bytes.lowerBound : model.hexCursor)
        if isWhole { moveHexCursor(to: bytes.upperBound - 1) }
    }

    private mutating func failOnPage() {
        fail("only bytes of the stream can be selected: show the page as it was sent")
    }

    private mutating func beginRange(at offset: Int) {
        model.anchor = ByteAnchor(offset: offset, space: shownSpace)
        changeView { $0.activePane = .hex }
    }

    /// Selects bytes of the stream; the cursor is on the last.
    mutating func selectRange(_ bytes: Range<Int>) {
        let bytes = bytes.clamped(to: 0..<shownEnd)
        guard !bytes.isEmpty else { return }
        beginRange(at: bytes.lowerBound)
        moveHexCursor(to: bytes.lowerBound)
        moveHexCursor(to: bytes.upperBound - 1)
    }

    mutating func extendRange(bytes: Int = 0, rows: Int = 0) {
        guard model.page == nil else { return failOnPage() }
        if selectedBytes == nil { beginRange(at: model.hexCursor) }
        moveHexCursor(by: bytes)
        if rows != 0 { moveHexRows(rows) }
    }

    /// Selects from the byte of the mouse press to the current one; scrolls above and below the pane.
    mutating func dragRange(x: Int, y: Int) {
        guard let pressed = model.pressedByte, pressed.space == shownSpace, let hex = layout.hex else {
            return
        }
        let geometry = layout.hexGeometry
        let row = model.hexTop / geometry.bytesPerRow + min(max(y - hex.y, -1), hex.height)
        let byte = geometry.byte(atX: min(max(x - hex.x, 0), hex.width - 1)) ?? 0
        let offset = clampedOffset(max(row, 0) * geometry.bytesPerRow + byte)
        guard offset != model.hexCursor || model.anchor != nil else { return }
        model.anchor = pressed
        moveHexCursor(to: offset)
    }

    /// The text about the range in the status line: size, place, sum of the bytes, and position in its owner.
    var rangeText: String? {
        guard let range = selectedBytes else { return nil }
        var parts = [
            SizeText.long(range.count), "\(offsetText(range.lowerBound))…\(offsetText(range.upperBound - 1))",
        ]
        if let sum = sum(range) { parts.append("sum \(offsetText(sum))") }
        let path = document.tree.pathText(holder(of: range).path)
        if !path.isEmpty {
            parts.append("\(path) +\(offsetText(range.lowerBound - holder(of: range).offset))")
        }
        return parts.joined(separator: "  ")
    }

    private func offsetText(_ number: Int) -> String {
        model.base == .decimal ? "\(number)" : Hex.offset(number)
    }

    /// The maximum number of bytes for a sum: a larger one is not worth the wait.
    private static let largestSum = 1 << 20

    private func sum(_ range: Range<Int>) -> Int? {
        guard range.count <= Self.largestSum else { return nil }
        return document.store.region(of: shownSpace).copy(range).reduce(0) { $0 + Int($1) }
    }

    /// Returns the smallest node with more than one byte that contains the range.
    private func holder(of range: Range<Int>) -> Node {
        document.tree.nodes(along: model.selection).last {
            $0.space == shownSpace && $0.isExpandable && $0.offset <= range.lowerBound
                && $0.range.upperBound >= range.upperBound
        } ?? document.tree.root
    }
}
