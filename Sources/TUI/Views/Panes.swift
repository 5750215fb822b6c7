extension Pane {
    /// The component of a pane.
    var view: any PaneView {
        switch self {
        case .tree: TreePane()
        case .hex: HexPane()
        case .details: DetailsPane()
        }
    }
}

extension Update {
    /// Offers an action to the pane in front, then to the others. Returns false when none handles it.
    mutating func performInPane(_ action: Action, _ count: Int?) -> Bool {
        let active = model.activePane
        if active.view.performMove(action, count, in: active, &self) { return true }
        return ([active] + Pane.allCases.filter { $0 != active }).contains {
            $0.view.perform(action, count, &self)
        }
    }

    /// The receiver of keys: the topmost view, or else the pane in front.
    var front: any Component { model.overlay?.view ?? model.activePane.view }
}
