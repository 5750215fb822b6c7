extension Update {
    private static let wheelRows = 3

    mutating func handle(_ mouse: MouseEvent) {
        guard model.prompt == nil else { return }
        model.pending = PendingKeys()
        if pressHint(mouse) { return }
        if model.overlay != nil { return handleOnOverlay(mouse) }
        switch mouse.kind {
        case .press, .doubleClick: press(mouse)
        case .drag: drag(mouse)
        case .release:
            model.draggedDivider = nil
            model.pressedByte = nil
        case .wheelDown: scrollUnder(mouse, Self.wheelRows)
        case .wheelUp: scrollUnder(mouse, -Self.wheelRows)
        }
    }

    private mutating func handleOnOverlay(_ mouse: MouseEvent) {
        guard let view = model.overlay?.view else { return }
        switch mouse.kind {
        case .wheelDown: view.move(Self.wheelRows, &self)
        case .wheelUp: view.move(-Self.wheelRows, &self)
        case .press: pressOnOverlay(mouse)
        case .doubleClick:
            pressOnOverlay(mouse)
            model.overlay?.view.choose(&self)
        case .drag, .release: break
        }
    }

    // A click on a hint works like its key.
    private mutating func pressHint(_ mouse: MouseEvent) -> Bool {
        guard mouse.kind == .press || mouse.kind == .doubleClick, mouse.y == layout.statusY,
            let hint = StatusView(self, Theme()).hint(atX: mouse.x, width: size.width)
        else { return false }
        model.message = nil
        perform(hint.action, count: nil)
        return true
    }

    private mutating func scrollUnder(_ mouse: MouseEvent, _ rows: Int) {
        (layout.pane(atX: mouse.x, y: mouse.y) ?? model.activePane).view.scroll(rows, &self)
    }

    private mutating func press(_ mouse: MouseEvent) {
        model.message = nil
        if let x = layout.dividerX, mouse.x == x,
            layout.tree.map({ $0.y - 1 <= mouse.y && mouse.y < $0.bottom }) ?? false
        {
            model.draggedDivider = .beside
        } else if let y = layout.hexRuleY, mouse.y == y {
            model.draggedDivider = .stacked
        } else if let pane = layout.pane(atX: mouse.x, y: mouse.y), let rect = layout.rect(of: pane) {
            if pane == .details, model.activePane != pane { return toggleDetails() }
            model.activePane = pane
            pane.view.press(
                x: mouse.x - rect.x, row: mouse.y - rect.y, isDouble: mouse.kind == .doubleClick, &self)
        }
    }

    private mutating func drag(_ mouse: MouseEvent) {
        switch model.draggedDivider {
        case .beside:
            let wanted = share(mouse.x - 1, of: size.width - 3)
            changeView { $0.dividers.beside = wanted }
        case .stacked:
            guard let tree = layout.tree, let hex = layout.hex else { return }
            let wanted = share(mouse.y - tree.y, of: tree.height + hex.height)
            changeView { $0.dividers.stacked = wanted }
        case nil: dragRange(x: mouse.x, y: mouse.y)
        }
    }

    private func share(_ part: Int, of whole: Int) -> Int {
        // Rounded up, so that the layout, which rounds down, returns `part`.
        let whole = max(whole, 1)
        return (min(max(part, 0), whole) * Dividers.whole + whole - 1) / whole
    }

    /// Moves the divider by a number of columns or rows.
    mutating func moveDivider(_ steps: Int) {
        guard let tree = layout.tree, let hex = layout.hex else {
            return fail("there is no divider with one pane")
        }
        if layout.dividerX != nil {
            let wanted = share(tree.width.addingSaturated(steps), of: tree.width + hex.width)
            changeView { $0.dividers.beside = wanted }
        } else {
            let wanted = share(tree.height.addingSaturated(steps), of: tree.height + hex.height)
            changeView { $0.dividers.stacked = wanted }
        }
    }
}
