import Core

extension Update {
    /// Searches from the start of the line, while it is typed.
    mutating func searchWhileTyping() {
        guard let prompt = model.prompt else { return }
        restore(prompt.origin)
        guard !prompt.text.isEmpty else { return }
        let search = Search(prompt.text, document)
        model.search = search
        if let found = search.nextOrSelf(model.selection, document) { select(found, isJump: true) }
    }

    /// Keeps what was found.
    mutating func acceptSearch(_ prompt: Prompt) {
        guard !prompt.text.isEmpty else {
            restore(prompt.origin)
            return moveMatches(1)
        }
        guard let search = model.search, search.count > 0 else {
            restore(prompt.origin)
            return fail("no name contains \(DisplayText.escaped(prompt.text))")
        }
        model.history.push(.init(selection: prompt.origin.selection, offset: prompt.origin.hexCursor))
    }

    /// Searches for `pattern` from the selection on.
    mutating func find(_ pattern: String) {
        let search = Search(pattern, document)
        guard let found = search.nextOrSelf(model.selection, document) else {
            return fail("no name contains \(DisplayText.escaped(pattern))")
        }
        model.search = search
        select(found, isJump: true)
    }

    /// Goes forward, or for negative steps backward, by so many matches.
    mutating func moveMatches(_ steps: Int) {
        guard let search = lastSearch() else { return fail("nothing was searched yet; / searches") }
        guard search.count > 0,
            let near = steps > 0
                ? search.next(after: model.selection, document)
                : search.previous(before: model.selection, document),
            let ordinal = search.ordinal(of: near, document)
        else { return fail("no name contains \(DisplayText.escaped(search.pattern))") }
        model.search = search
        let more = (steps - steps.signum()) % search.count
        let wanted = (ordinal - 1 + more + search.count) % search.count + 1
        guard let found = search.path(ofOrdinal: wanted, document) else { return }
        remember()
        select(found, isJump: true)
    }

    private func lastSearch() -> Search? {
        // Lazy parts that were read since are searched too.
        if let search = model.search { return Search(search.pattern, document) }
        return model.typed[.search]?.last.map { Search($0, document) }
    }

    /// Searches the name of the selection; of an element, that of its array.
    mutating func searchName() {
        var path = model.selection
        while document.node(path).isElement, let parent = path.parent { path = parent }
        let name = document.name(document.node(path))
        let search = Search(name, document)
        guard let found = search.next(after: path, document) else {
            return fail("no other name contains \(name)")
        }
        model.search = search
        recall(name, .search)
        remember()
        select(found, isJump: true)
    }
}
