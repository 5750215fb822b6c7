import Stream

extension Update {
    mutating func moveSiblings(_ steps: Int) {
        let target = model.outline.sibling(steps, of: model.selection, document)
        if let target, target != model.selection { select(target) }
    }

    mutating func moveToParent(_ times: Int) {
        var path = model.selection
        for _ in 0..<min(times, path.depth) {
            if let parent = model.outline.parent(of: path, document), parent != .root { path = parent }
        }
        if path != model.selection { select(path) }
    }

    mutating func moveSections(_ times: Int, step: Int) {
        var path = model.selection
        for _ in 0..<times {
            guard let next = shownSection(path, step) else { break }
            path = next
        }
        if path != model.selection { select(path) }
    }

    /// The records that lead to a path: the outermost first.
    private func records(_ path: NodePath) -> [Node] {
        document.nodes(along: path).filter(\.isRecord)
    }

    /// The next or previous section that a filter does not hide.
    private func shownSection(_ path: NodePath, _ step: Int) -> NodePath? {
        var next = step > 0 ? nextSection(path) : previousSection(path)
        while let found = next, !model.outline.shows(document.node(found), document) {
            next = step > 0 ? nextSection(found) : previousSection(found)
        }
        return next
    }

    private func nextSection(_ path: NodePath) -> NodePath? {
        let records = records(path)
        if let group = records.last, group.path == path, isOpenGroup(group) { return path.appending(0) }
        for record in records.reversed() {
            guard let parent = record.path.parent, let index = record.path.indices.last else { continue }
            if index + 1 < document.node(parent).childCount { return parent.appending(index + 1) }
        }
        return nil
    }

    private func previousSection(_ path: NodePath) -> NodePath? {
        guard let record = records(path).last else { return nil }
        if record.path != path { return record.path }
        guard let parent = path.parent, let index = path.indices.last else { return nil }
        if index == 0 { return parent == .root ? nil : parent }
        let previous = document.node(parent.appending(index - 1))
        return isOpenGroup(previous) ? previous.path.appending(previous.childCount - 1) : previous.path
    }

    /// Whether sections are below this node, in sight.
    private func isOpenGroup(_ node: Node) -> Bool {
        isOpen(node) && document.child(0, of: node).isRecord
    }

    // MARK: History

    /// Notes the present place before a jump.
    mutating func remember() { model.history.push(here) }

    private var here: History.Entry { .init(selection: model.selection, offset: model.hexCursor) }

    mutating func moveInHistory(
        _ times: Int, _ step: (inout History, History.Entry) -> History.Entry?
    ) {
        for _ in 0..<times {
            guard let entry = step(&model.history, here) else { return fail("no more places that way") }
            go(to: entry)
        }
    }
}

extension Int {
    /// The sum, or the end of the range that it would cross.
    func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
