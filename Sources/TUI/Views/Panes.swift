extension Pane {
    /// The component that a pane is.
    var view: any PaneView {
        switch self {
        case .tree: TreePane()
        case .hex: HexPane()
        case .details: DetailsPane()
        }
    }
}

extension Update {
    /// Gives an action to the pane in front, then to the others. False when none of them knows it.
    mutating func performInPane(_ action: Action, _ count: Int?) -> Bool {
        let active = model.activePane
        if active.view.performMove(action, count, in: active, &self) { return true }
        return ([active] + Pane.allCases.filter { $0 != active }).contains {
            $0.view.perform(action, count, &self)
        }
    }

    /// What the keys go to: the view on top, else the pane in front.
    var front: any Component { model.overlay?.view ?? model.activePane.view }
}
