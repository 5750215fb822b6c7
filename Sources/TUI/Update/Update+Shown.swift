import Query
import Stream

/// The part of the tree that a filter shows.
extension Update {
    /// Shows only these nodes and their ancestors.
    mutating func showOnly(_ set: PathSet) {
        if model.unfiltered == nil { model.unfiltered = model.outline }
        model.outline = Outline(document, filter: TreeFilter(set))
        if model.outline.row(of: model.selection, document) == nil, let first = set.matches.first {
            let next = set.matches.first { !($0 < model.selection) }
            select(next ?? first, isJump: true)
        } else {
            revealSelection(isJump: true)
        }
    }

    /// Shows only the matches of a search and their ancestors.
    mutating func showOnly(_ search: Search) {
        if model.unfiltered == nil { model.unfiltered = model.outline }
        let order = model.outline.order
        model.outline = Outline(document, filter: TreeFilter(search, document))
        model.outline.sort(order, document)
        guard let found = search.nextOrSelf(model.selection, document) else { return }
        if model.outline.row(of: model.selection, document) == nil {
            select(found, isJump: true)
        } else {
            revealSelection(isJump: true)
        }
    }

    /// Shows the whole tree again, with its open nodes as before and the selection visible.
    mutating func endFilter() {
        guard let unfiltered = model.unfiltered else { return }
        let order = model.outline.order
        model.unfiltered = nil
        model.outline = unfiltered
        model.outline.sort(order, document)
        model.outline.refresh(document)
        model.outline.reveal(model.selection, document)
        revealSelection(isJump: true)
    }

    /// Ends a filter that hides the target of a jump.
    mutating func endFilter(hiding path: NodePath) {
        guard model.unfiltered != nil, !model.outline.shows(document.tree.node(path), document) else {
            return
        }
        endFilter()
        note("filter cleared: it hid this place")
    }

    /// Returns the color of the first rule that fits a row; nil when none does.
    func ruleColor(of node: Node) -> RuleColor? {
        guard !colorRules.isEmpty, !node.isRange else { return nil }
        return zip(colorRules, ruleColors).first { $0.0.matches(node) }?.1
    }

    /// Updates the color rules with the present differences and edits: once per event, not per row.
    func refreshColorRules() {
        for rule in colorRules where rule.filter.uses(.differs) { rule.differing = differingRanges }
        for rule in colorRules where rule.filter.uses(.changed) { rule.changed = changedRanges }
    }

    /// The differences from the other stream that the comparison has found so far.
    var differingRanges: [Range<Int>] {
        guard let diff else { return [] }
        let ranges: [Range<Int>] = diff.list.groups.flatMap(\.differences).compactMap {
            diff.range(of: $0, side)
        }
        return ranges.filter { !$0.isEmpty }.sorted {
            ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
        }
    }

    /// The bytes that edits change.
    var changedRanges: [Range<Int>] {
        let ranges: [Range<Int>] = model.edits?.steps.map(\.mark.range) ?? []
        return ranges.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    }
}
