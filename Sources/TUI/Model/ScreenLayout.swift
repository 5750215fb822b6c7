/// The positions of all parts of a screen of one size. Rectangles never leave the screen; they may be empty.
struct ScreenLayout: Equatable, Sendable {
    /// The inputs of the layout besides the size.
    struct Request: Equatable, Sendable {
        var arrangement = Arrangement.automatic
        var isZoomed = false
        var activePane = Pane.tree
        var dividers = Dividers()
        var hasPrompt = false
        var hasInspector = false
        /// The number of lines of the details, while they are in front.
        var detailsLines = 0
        /// The size of the stream in bytes.
        var streamSize = 0
        /// The number of bytes per row of the hex pane; nil: as many as fit.
        var hexColumns: Int?
    }

    let size: Size
    private(set) var titleY: Int?
    private(set) var statusY: Int?
    /// The area between title and status, frames included.
    private(set) var body: Rect
    /// Whether a box surrounds the panes; otherwise only rules separate them.
    let isBoxed: Bool
    private(set) var topRuleY: Int?
    private(set) var bottomRuleY: Int?
    /// The line between tree and hex when they are side by side.
    private(set) var dividerX: Int?
    /// The rule above the hex pane when it is below the tree.
    private(set) var hexRuleY: Int?
    private(set) var detailsRuleY: Int?
    private(set) var tree: Rect?
    private(set) var hex: Rect?
    private(set) var details: Rect?
    private(set) var hexGeometry = HexGeometry(width: 1, streamSize: 0)

    init(_ size: Size, _ request: Request) {
        self.size = size
        isBoxed = Self.isBoxed(size)
        body = Rect(x: 0, y: 0, width: size.width, height: size.height)
        placeBars(hasPrompt: request.hasPrompt)
        var area = body
        if isBoxed {
            topRuleY = area.y
            bottomRuleY = area.bottom - 1
            area = Rect(x: 1, y: area.y + 1, width: area.width - 2, height: area.height - 2)
        } else if size.height >= 6, !isStacked(request) {
            topRuleY = area.y
            area.y += 1
            area.height -= 1
        }
        if request.activePane == .details,
            request.isZoomed || request.arrangement == .single || area.height < 6
        {
            details = area
            hexGeometry = HexGeometry(
                width: area.width, streamSize: request.streamSize, bytes: request.hexColumns)
            return
        }
        if request.hasInspector {
            placeInspector(&area)
        } else if request.activePane == .details {
            let usual = min(max(size.height / 8, 3), 6)
            placeDetails(&area, lines: min(max(request.detailsLines, usual), max((area.height - 1) / 2, 3)))
        } else if !request.isZoomed {
            placeDetails(&area)
        }
        placePanes(area, request)
        hexGeometry = HexGeometry(
            width: hex?.width ?? area.width, streamSize: request.streamSize, bytes: request.hexColumns)
    }

    static func isBoxed(_ size: Size) -> Bool { size.width >= 60 && size.height >= 8 }

    /// The area of a list over the panes: the body without its frame.
    var overlayArea: Rect {
        var area = body
        if isBoxed {
            area = Rect(x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2)
        } else if topRuleY != nil {
            area.y += 1
            area.height -= 1
        }
        return area
    }

    /// Returns the pane at a cell.
    func pane(atX x: Int, y: Int) -> Pane? {
        Pane.allCases.first { rect(of: $0)?.contains(x, y) ?? false }
    }

    func rect(of pane: Pane) -> Rect? {
        switch pane {
        case .tree: tree
        case .hex: hex
        case .details: details
        }
    }

    private mutating func placeBars(hasPrompt: Bool) {
        if size.height >= 4 {
            titleY = 0
            body.y = 1
            body.height -= 1
        }
        if size.height >= 2 || hasPrompt {
            statusY = size.height - 1
            body.height -= 1
        }
    }

    private mutating func placeDetails(_ area: inout Rect) {
        guard size.height >= (isBoxed ? 12 : 14) else { return }
        placeDetails(&area, lines: size.height < 18 ? 1 : min(max(size.height / 8, 3), 6))
    }

    // The panes keep three lines.
    private mutating func placeInspector(_ area: inout Rect) {
        let lines = min(ByteInspection.lineCount, area.height - 4)
        if lines > 0 { placeDetails(&area, lines: lines) }
    }

    private mutating func placeDetails(_ area: inout Rect, lines: Int) {
        details = Rect(x: area.x, y: area.bottom - lines, width: area.width, height: lines)
        detailsRuleY = area.bottom - lines - 1
        area.height -= lines + 1
    }

    private mutating func placePanes(_ area: Rect, _ request: Request) {
        if let width = treeWidthBeside(area, request) {
            dividerX = area.x + width
            tree = Rect(x: area.x, y: area.y, width: width, height: area.height)
            hex = Rect(x: area.x + width + 1, y: area.y, width: area.width - width - 1, height: area.height)
        } else if isStacked(request), area.height >= 3 {
            let share = request.dividers.stacked ?? Dividers.whole * 11 / 20
            let wanted = ((area.height - 1) * share + Dividers.whole / 2) / Dividers.whole
            let height = min(max(wanted, 1), area.height - 2)
            tree = Rect(x: area.x, y: area.y, width: area.width, height: height)
            hexRuleY = area.y + height
            hex = Rect(x: area.x, y: area.y + height + 1, width: area.width, height: area.height - height - 1)
        } else if request.activePane == .hex {
            hex = area
        } else {
            tree = area
        }
    }

    private func isStacked(_ request: Request) -> Bool {
        guard !request.isZoomed, size.height >= 10 else { return false }
        switch request.arrangement {
        case .automatic, .beside: return size.width >= 20 && !isBeside(request)
        case .stacked: return true
        case .single: return false
        }
    }

    private func isBeside(_ request: Request) -> Bool {
        guard !request.isZoomed, isBoxed else { return false }
        switch request.arrangement {
        case .automatic: return Self.treeWidth(size.width - 3, request) != nil
        case .beside: return true
        case .stacked, .single: return false
        }
    }

    private func treeWidthBeside(_ area: Rect, _ request: Request) -> Int? {
        guard isBeside(request) else { return nil }
        let room = area.width - 1
        if let share = request.dividers.beside { return min(max(room * share / Dividers.whole, 8), room - 8) }
        return Self.treeWidth(room, request) ?? room / 2
    }

    /// Returns the width of the tree beside the hex pane with the most bytes that leave the tree enough room;
    /// nil when even eight bytes do not.
    private static func treeWidth(_ room: Int, _ request: Request) -> Int? {
        let digits = HexGeometry.digits(for: request.streamSize)
        // Values have priority: the text beside eight bytes goes before the tree becomes too narrow for
        // registers.
        let wanted = request.hexColumns.map { [($0, true, 30), ($0, false, 30)] } ?? []
        let shapes: [(bytes: Int, hasText: Bool, smallestTree: Int)] =
            wanted + [
                (32, true, 64), (16, true, 46), (8, true, 46), (8, false, 39), (8, true, 30),
            ]
        for (bytes, hasText, smallestTree) in shapes {
            let hex = HexGeometry.smallestWidth(bytes, hasText, digits) + 1
            guard room - hex >= smallestTree else { continue }
            // The room that the hex pane can use for full offsets and gaps, once the tree has plenty.
            let comfort = max(0, 8 - digits) + 2 + bytes / 8 - 1
            return room - hex - min(comfort, max(0, room - hex - 60))
        }
        return nil
    }
}
