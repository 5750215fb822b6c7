import Compare
import Stream

extension Update {
    mutating func startDiff() {
        guard diff != nil else { return }
        model.overlay = .differences
        if let diff, !diff.run.isFinished { model.job = .diff(diff) }
    }

    mutating func stepDiff() {
        guard let diff else { return }
        diff.step(budget: Self.recordsAStep)
        synchronize()
        guard diff.run.isFinished else { return }
        model.job = nil
        let lost = diff.lossWords
        if diff.list.isEmpty {
            model.overlay = nil
            note("no differences" + (lost.map { "; \($0)" } ?? ""))
        } else if let lost {
            note(lost)
        }
    }

    mutating func openDifferences() {
        guard let diff else { return fail("only one stream is open; try: migscope --diff A B") }
        guard !diff.list.isEmpty else { return note("no differences") }
        model.overlay = .differences
    }

    /// Goes to the next or the previous difference in this stream.
    mutating func moveDifferences(_ steps: Int) {
        guard let diff else { return }
        guard diff.moveDifferences(steps) else { return fail("no more differences that way") }
        if model.overlay == nil { goToDifference() }
    }

    /// Goes to the selected difference in this stream, or to the nearest place.
    mutating func goToDifference() {
        guard let difference = diff?.selectedDifference, let place = place(of: difference) else {
            return fail("this stream has no such place")
        }
        remember()
        synchronize()
        endFilter(hiding: place.path)
        if let offset = place.offset, difference.subject == .ram || document.tree.node(place.path).size == 0 {
            moveHexCursor(to: offset, in: .stream)
        } else {
            select(place.path, isJump: true)
        }
        note(text(of: difference))
    }

    private func text(_ difference: Difference, _ side: DiffSide) -> String {
        let text = side == .left ? difference.left : difference.right
        return "\(side.letter): \(text.isEmpty ? "-" : text)"
    }

    private func text(of difference: Difference) -> String {
        "\(difference.subject.rawValue)  \(text(difference, .left))  \(text(difference, .right))"
    }

    /// Returns the place of a difference in this stream.
    private func place(of difference: Difference) -> (path: NodePath, offset: Int?)? {
        let range = side == .left ? difference.leftRange : difference.rightRange
        if difference.subject == .ram || range != nil, let range {
            let path = difference.subject == .ram ? nil : path(of: difference)
            return (path ?? document.path(atOffset: range.lowerBound), range.lowerBound)
        }
        return path(of: difference).map { ($0, nil) }
    }

    private func path(of difference: Difference) -> NodePath? {
        nearestPath(difference.path.replacing("[]", with: "[0]"))
    }

    // The node at this path, or its nearest existing ancestor.
    private func nearestPath(_ text: String) -> NodePath? {
        var text = text[...]
        while !text.isEmpty {
            if let path = document.path(text: String(text)), path != .root { return path }
            guard let slash = text.lastIndex(of: "/") else { return nil }
            text = text[..<slash]
        }
        return nil
    }

    // MARK: The other stream

    mutating func switchStream() {
        guard let diff else { return fail("only one stream is open; try: migscope --diff A B") }
        guard diff.hasRight else { return fail("\(diff.names.right) has no bytes to show") }
        wantsOtherStream = true
    }

    /// Transfers state when the other stream comes to the front.
    func handOver(to other: inout Update) {
        other.model.views = model.overlay == .differences ? [.differences] : []
        other.model.arrangement = model.arrangement
        other.model.activePane = model.activePane
        other.model.isZoomed = model.isZoomed
        other.model.dividers = model.dividers
        other.model.base = model.base
        other.model.look = model.look
        other.model.clipboard = model.clipboard
        other.model.typed = model.typed
        other.model.job = model.job
        other.resize(size)
        if other.model.overlay == nil { other.arrive(at: document.tree.pathText(model.selection)) }
    }

    // Goes to the node at this path, or to its nearest existing ancestor.
    private mutating func arrive(at path: String) {
        if let found = nearestPath(path) {
            synchronize()
            if found != model.selection { select(found, isJump: true) }
        }
        note("\(side.letter): \(document.overview.fileName)")
    }

    // MARK: Keys on the list

    /// Returns false for actions that every overlay handles.
    mutating func performOnDifferences(_ action: Action, _ count: Int?) -> Bool {
        guard let diff else { return false }
        let times = max(count ?? 1, 1)
        switch action {
        case .toggle:
            if diff.selectedDifference == nil {
                diff.toggle()
            } else {
                showPanes()
                goToDifference()
            }
        case .right: diff.open(true)
        case .left: diff.open(false)
        case .nextFinding: moveDifferences(times)
        case .previousFinding: moveDifferences(-times)
        case .otherPane, .otherStream: switchStream()
        default: return false
        }
        return true
    }
}
