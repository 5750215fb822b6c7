import Bytes
import Edit
import Stream

/// A node as a row of the tree: glyph, name, value, type, offset, size.
struct TreeRowView {
    private static let sizeColumns = 6
    private static let typeColumns = 7
    private static let wideTypeColumns = 12
    /// `0x` and 16 digits.
    private static let registerColumns = 18
    private static let shortestName = 8

    private let state: Update
    private let theme: Theme
    private let node: Node
    // The number of rows that lead to it.
    private let level: Int
    private let document: Document

    init(_ state: Update, _ theme: Theme, _ node: Node, level: Int) {
        self.state = state
        self.theme = theme
        self.node = node
        self.level = level
        document = state.document
    }

    /// Returns the column of the open/close glyph, from the left of the pane. Deep nodes stay visible.
    static func glyphX(level: Int, width: Int) -> Int {
        1 + min(max(level - 1, 0) * 2, max(width / 3, 0))
    }

    func draw(_ grid: inout Grid, _ line: Rect) {
        let glyphX = Self.glyphX(level: level, width: line.width)
        grid.put(
            glyph, x: line.x + glyphX, y: line.y, style: isBad ? theme.error : theme.glyph,
            limit: line.width - glyphX)
        let nameX = glyphX + 2
        var end = line.width - 1
        if line.width >= 20, state.model.columns.contains(.size) {
            grid.put(
                SizeText.short(node.size), endingAt: line.x + end, y: line.y, style: theme.size,
                limit: Self.sizeColumns)
            end -= Self.sizeColumns + 1
        }
        if state.model.columns.contains(.offset) { end = drawOffset(&grid, line, end: end) }
        if state.model.showsShares { end = drawShare(&grid, line, end: end) }
        guard end > nameX else { return }
        drawText(&grid, line, nameX: nameX, end: end)
    }

    // Draws the node's offset, as in the details; returns the start of the column.
    private func drawOffset(_ grid: inout Grid, _ line: Rect, end: Int) -> Int {
        let columns = Hex.offset(document.store.region.count).utf8.count
        guard line.width >= 30, columns < line.width / 3 else { return end }
        grid.put(
            Hex.offset(node.offset), endingAt: line.x + end, y: line.y, style: theme.size, limit: columns)
        return end - columns - 1
    }

    // Draws the node's share of its parent; returns the start of the column.
    private func drawShare(_ grid: inout Grid, _ line: Rect, end: Int) -> Int {
        guard let parent = state.model.outline.parent(of: node.path, document), line.width >= 30 else {
            return end
        }
        let share = Share(node.size, of: document.tree.node(parent).size)
        grid.put(share.text, endingAt: line.x + end, y: line.y, style: theme.value, limit: Share.textColumns)
        let end = end - Share.textColumns - 1
        guard line.width >= 48 else { return end }
        let columns = min(line.width / 5, 20)
        grid.put(share.bar(columns), x: line.x + end - columns, y: line.y, style: theme.glyph)
        return end - columns - 1
    }

    private var isBad: Bool { node.role == .error || node.role == .gap }

    private var glyph: String {
        if state.hasRowsBelow(node) {
            return node.opensMeaning ? (state.isOpen(node) ? "▿" : "▹") : state.isOpen(node) ? "▾" : "▸"
        }
        return isBad ? "!" : node.role == .meaning ? "∙" : " "
    }

    // The name has priority, then the value, then the type.
    private func drawText(_ grid: inout Grid, _ line: Rect, nameX: Int, end: Int) {
        let room = end - nameX
        let label = labelColumns
        let type = state.model.columns.contains(.type) ? typeText : ""
        let typeColumns = line.width >= 60 ? Self.wideTypeColumns : Self.typeColumns
        var value = valueText
        if CharacterWidth.columns(of: value) > room - label - 2 { value = Self.withoutLeadingZeros(value) }
        let columns = CharacterWidth.columns(of: value)
        let valueColumns =
            node.isRecord ? Self.summaryColumns(columns, room - label - typeColumns - 3) : columns
        let hasType =
            !type.isEmpty && label + (valueColumns > 0 ? valueColumns + 2 : 0) + 1 + typeColumns <= room
            && (typeColumns > Self.typeColumns || type.utf8.count <= typeColumns)
        let valueEnd = hasType ? end - typeColumns - 1 : end
        var shown = Self.shownColumns(valueColumns, free: valueEnd - nameX - label - 2, room: room)
        let number = Self.numberColumns(value)
        if shown < min(number, valueColumns), room - number > Self.shortestName { shown = number }
        if hasType {
            grid.put(type, endingAt: line.x + end, y: line.y, style: theme.type, limit: typeColumns)
        }
        let isEdited = node.isLeaf && state.editKind(of: node) != nil
        grid.put(
            value, endingAt: line.x + valueEnd, y: line.y, style: isEdited ? theme.match : theme.value,
            limit: shown)
        let nameEnd = valueEnd - (shown > 0 ? shown + 1 : 0)
        drawLabel(&grid, x: line.x + nameX, y: line.y, limit: nameEnd - nameX)
    }

    /// Returns the number of columns for a section's summary: its name and version come first.
    private static func summaryColumns(_ columns: Int, _ free: Int) -> Int {
        min(columns, free >= min(columns, 12) ? free : 0)
    }

    /// Returns the number of columns for a value: what the name leaves free, and part of the room of a long
    /// name.
    private static func shownColumns(_ columns: Int, free: Int, room: Int) -> Int {
        let shown = min(columns, max(free, min(room / 3, 10)))
        // A register is shown whole, at the expense of a long name.
        if columns <= registerColumns, shown < columns, room - columns > shortestName { return columns }
        // A shorter part of a value is useless.
        return shown < min(columns, 5) ? 0 : shown
    }

    /// Returns the columns of a number at the start of a value, with a sign that more follows: a part of the
    /// number would be another number.
    private static func numberColumns(_ value: String) -> Int {
        guard value.hasPrefix("0x") else { return 0 }
        let number = value.utf8.prefix { $0 != 0x20 }.count
        return number > registerColumns ? 0 : number == value.utf8.count ? number : number + 2
    }

    private var labelColumns: Int {
        let decoration = CharacterWidth.columns(of: document.tree.decoration(node))
        return CharacterWidth.columns(of: document.tree.name(node)) + (decoration > 0 ? decoration + 1 : 0)
    }

    private func drawLabel(_ grid: inout Grid, x: Int, y: Int, limit: Int) {
        let name = document.tree.name(node)
        // The end of an idstr is more specific than the bus address before it.
        let end = node.isRecord && name.utf8.contains(UInt8(ascii: "/")) ? KeptEnd.end : .start
        let used = grid.put(
            clipped: name, x: x, y: y, style: nameStyle, limit: limit, keeping: end)
        let decoration = document.tree.decoration(node)
        var rest = x + used + 1
        if !decoration.isEmpty, limit - used > 2 {
            rest +=
                1
                + grid.put(
                    clipped: decoration, x: rest, y: y, style: theme.decoration, limit: limit - used - 1)
        }
        let hidden = state.hiddenMatches(in: node)
        guard hidden > 0, x + limit - rest > 3 else { return }
        let text = Quantity.text(hidden, "match", "matches")
        grid.put(clipped: text, x: rest, y: y, style: theme.match, limit: x + limit - rest)
    }

    private var nameStyle: Style {
        if state.isMatch(node) { return theme.match }
        if isBad { return theme.error }
        if let color = state.ruleColor(of: node) {
            return theme.rule(color, node.isRecord ? theme.section : theme.name)
        }
        return node.isRecord ? theme.section : theme.name
    }

    private var valueText: String {
        guard let (document, node) = state.shownNode(node) else { return "dropped" }
        let value = document.tree.value(node)
        let shown = state.model.base == .decimal ? value.decimal : value.short
        let meaning = document.tree.meaning(node)
        guard !meaning.isEmpty else { return shown }
        return [Self.withoutLeadingZeros(shown), meaning].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var typeText: String {
        let version = document.tree.versionText(node)
        if node.role == .subsection { return version.isEmpty ? "subsection" : "sub \(version)" }
        return version.isEmpty ? document.tree.typeName(node) : version
    }

    /// Returns `0x1f` for `0x0000001f`.
    private static func withoutLeadingZeros(_ text: String) -> String {
        guard text.hasPrefix("0x"), text.utf8.dropFirst(2).allSatisfy({ $0 != 0x20 }) else { return text }
        let digits = text.dropFirst(2).drop { $0 == "0" }
        return digits.isEmpty ? "0x0" : "0x" + digits
    }
}
