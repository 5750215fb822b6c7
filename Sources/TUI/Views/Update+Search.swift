import Bytes
import Query
import Stream

extension Update {
    /// Searches from the start position while the user types. Searches for values and bytes wait for Enter.
    mutating func searchWhileTyping() {
        guard let prompt = model.prompt else { return }
        restore(prompt.origin)
        guard let search = names(prompt.text) else { return }
        show(search)
        let isBackward = prompt.kind == .searchBackward
        if let found = nearest(search, isBackward: isBackward) { select(found, isJump: true) }
    }

    // The selection if it matches, or the nearest match in a direction.
    private func nearest(_ search: Search, isBackward: Bool) -> NodePath? {
        guard isBackward, !search.matches(selectedNode, document) else {
            return search.nextOrSelf(model.selection, document)
        }
        return search.previous(before: model.selection, document)
    }

    /// 1, or -1 after a backward search.
    var searchDirection: Int { model.searchesBackward ? -1 : 1 }

    /// Returns a search for names; nil for other lines.
    func names(_ text: String) -> Search? {
        guard !text.isEmpty, case .names(_, let test) = try? SearchQuery(text) else { return nil }
        return Search(text, document, test: test)
    }

    private mutating func show(_ search: Search) {
        model.search = search
        model.hits = nil
    }

    /// Keeps the matches of names, or begins a search for values or bytes.
    mutating func acceptSearch(_ prompt: Prompt) {
        model.searchesBackward = prompt.kind == .searchBackward
        guard !prompt.text.isEmpty else {
            restore(prompt.origin)
            return moveMatches(searchDirection)
        }
        guard names(prompt.text) != nil else {
            restore(prompt.origin)
            return find(prompt.text)
        }
        guard let search = model.search, search.count > 0 else {
            restore(prompt.origin)
            if let words = Filter.acrossPath(prompt.text) { return scan(filter: words, .go) }
            return missed(prompt.text, nothingFound(prompt.text))
        }
        model.history.push(.init(selection: prompt.origin.selection, offset: prompt.origin.hexCursor))
        readHidden(prompt.text)
    }

    /// Reports that nothing was found, or reads on when the unread part may contain a match.
    mutating func missed(_ text: String, _ failure: String, _ goal: Goal? = nil) {
        guard document.needsReading || mayHide(text) else { return fail(failure) }
        reach(goal ?? .find(text))
    }

    // Whether the part that was not read may have a match of a search.
    private func mayHide(_ text: String) -> Bool {
        guard case .names(_, let test) = try? SearchQuery(text) else { return false }
        return document.mayHide(test)
    }

    // Reads the live part beside the matches so far, if it may have more.
    private mutating func readHidden(_ text: String) {
        if model.job == nil, mayHide(text) { model.job = .live }
    }

    func nothingFound(_ text: String) -> String {
        if document.needsReading || mayHide(text) { return stillReading }
        let failure =
            text.hasPrefix("~")
            ? "no name matches \(DisplayText.escaped(text).dropFirst())"
            : "no name contains \(DisplayText.escaped(text))\(otherSearch(text))"
        return failure + document.lossWords
    }

    // A number was most likely meant as a value; after x without a blank, as bytes.
    private func otherSearch(_ text: String) -> String {
        let sign = keymap.hint(.search)
        if text.hasPrefix("0x") || ByteCount.parse(text) != nil {
            return "; \(sign)=\(DisplayText.escaped(text)) finds values"
        }
        let digits = String(text.dropFirst())
        guard text.hasPrefix("x"), BytePattern(digits) != nil else { return "" }
        return "; \(sign)x \(digits) finds bytes"
    }

    /// Runs the search of a line, from the selection on.
    mutating func find(_ text: String) {
        do throws(SearchQuery.Failure) {
            let query = try SearchQuery(text)
            guard case .names(_, let test) = query else { return scan(query, text) }
            let search = Search(text, document, test: test)
            guard let found = nearest(search, isBackward: model.searchesBackward) else {
                if let words = Filter.acrossPath(text) { return scan(filter: words, .go) }
                return missed(text, nothingFound(text))
            }
            show(search)
            select(found, isJump: true)
            readHidden(text)
        } catch {
            fail(error.description)
        }
    }

    /// Goes forward by a number of matches, or backward when it is negative.
    mutating func moveMatches(_ steps: Int) {
        if model.hits != nil { return moveHits(steps) }
        guard let search = lastSearch() else {
            guard let text = model.typed[.search]?.last else {
                return fail("no search yet; \(keymap.hint(.search)) searches")
            }
            return find(text)
        }
        guard search.count > 0,
            let near = steps > 0
                ? search.next(after: model.selection, document)
                : search.previous(before: model.selection, document),
            let ordinal = search.ordinal(of: near, document)
        else { return missed(search.pattern, nothingFound(search.pattern)) }
        model.search = search
        let more = (steps - steps.signum()) % search.count
        let wanted = (ordinal - 1 + more + search.count) % search.count + 1
        guard let found = search.path(ofOrdinal: wanted, document) else { return }
        remember()
        select(found, isJump: true)
    }

    private func lastSearch() -> Search? {
        // Include lazy parts that were read since.
        model.search?.again(document) ?? model.typed[.search]?.last.flatMap(names)
    }

    /// Searches for the name of the selection; for an element, the name of its array.
    mutating func searchName(backward: Bool = false) {
        var path = model.selection
        while document.tree.node(path).isElement || path.isRange, let parent = path.parent { path = parent }
        let name = document.tree.name(document.tree.node(path))
        let search = Search(name, document)
        let found = backward ? search.previous(before: path, document) : search.next(after: path, document)
        guard let found else {
            return fail(document.needsReading ? stillReading : "no other name contains \(name)")
        }
        model.searchesBackward = backward
        show(search)
        recall(name, .search)
        remember()
        select(found, isJump: true)
    }
}
