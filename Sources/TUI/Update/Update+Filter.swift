import Query
import Stream

extension Update {
    /// Filters what was shown before the line, while it is typed.
    mutating func filterWhileTyping() {
        guard let prompt = model.prompt else { return }
        restore(prompt.origin)
        guard let search = names(prompt.text) else { return }
        model.search = search
        model.hits = nil
        if search.count > 0 { showOnly(search) }
    }

    /// Keeps the filter that was typed; an empty line ends the one there was.
    mutating func acceptFilter(_ prompt: Prompt) {
        guard !prompt.text.isEmpty else {
            restore(prompt.origin)
            return endFilter()
        }
        guard names(prompt.text)?.count ?? 0 > 0 else {
            restore(prompt.origin)
            return filter(prompt.text)
        }
    }

    /// Filters by a line that was not typed at the prompt.
    mutating func filter(_ pattern: String) {
        do throws(SearchQuery.Failure) {
            guard case .names = try SearchQuery(pattern) else {
                return fail("a filter takes names: \(Prompt.Kind.filter.hint)")
            }
        } catch {
            return fail(error.description)
        }
        guard let search = names(pattern), search.count > 0 else { return fail(nothingFound(pattern)) }
        model.search = search
        model.hits = nil
        showOnly(search)
    }

    private mutating func showOnly(_ search: Search) {
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

    /// Shows the whole tree again, opened as it was, and the selection in it.
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

    /// What a jump leads to must be in sight: a filter that hides it ends.
    mutating func endFilter(hiding path: NodePath) {
        guard model.unfiltered != nil, !model.outline.shows(document.node(path), document) else { return }
        endFilter()
        note("the filter has ended: it hides this place")
    }
}
