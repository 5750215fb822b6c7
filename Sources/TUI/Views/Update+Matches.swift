import Stream

extension Update {
    /// The number of matches so far.
    var matchTotal: Int { model.search?.count ?? model.hits?.offsets.count ?? 0 }

    /// Returns the path of a match, counted from 0, and the offset of its first byte.
    func match(_ number: Int) -> (path: NodePath, offset: Int)? {
        if let search = model.search {
            return search.path(ofOrdinal: number + 1, document).map { ($0, document.tree.node($0).offset) }
        }
        guard let hits = model.hits, hits.offsets.indices.contains(number) else { return nil }
        if hits.paths.indices.contains(number) { return (hits.paths[number], hits.offsets[number]) }
        return (document.tree.knownPath(atOffset: hits.offsets[number]), hits.offsets[number])
    }

    /// Whether a node is a match, or a leaf that contains one.
    func isMatch(_ node: Node) -> Bool {
        if let search = model.search { return search.matches(node, document) }
        if let hits = model.hits, !hits.paths.isEmpty {
            let place = hits.index(from: node.path)
            return place < hits.paths.count && hits.paths[place] == node.path
        }
        return node.isLeaf && hitCount(in: node) > 0
    }

    /// Returns the number of matches hidden in a closed node.
    func hiddenMatches(in node: Node) -> Int {
        guard node.isExpandable, !isOpen(node) else { return 0 }
        if let search = model.search { return search.count(below: node, document) }
        if let hits = model.hits, !hits.paths.isEmpty {
            let end = node.path.parent.map { $0.appending((node.path.indices.last ?? 0) + 1) }
            let last = end.map { hits.index(from: $0) } ?? hits.paths.count
            return max(last - hits.index(from: node.path.appending(0)), 0)
        }
        return node.isLeaf ? 0 : hitCount(in: node)
    }

    private func hitCount(in node: Node) -> Int {
        guard let hits = model.hits, node.space == .stream else { return 0 }
        return hits.index(from: node.range.upperBound) - hits.index(from: node.offset)
    }

    // MARK: Unread RAM

    /// Begins to read the RAM of the matches that the list shows: their pages and guest addresses are known
    /// only then.
    mutating func beginMatches() {
        guard model.overlay?.is(MatchesList.self) ?? false, model.hits?.areBytes ?? false else { return }
        if model.guestMap == nil { model.guestMap = document.guestMap }
        if model.job == nil, unreadMatch != nil { model.job = .places }
    }

    /// Does one step of that.
    mutating func readMatches() {
        if let offset = unreadMatch, document.read(toward: offset, budget: Self.recordsAStep) {
            // What can't be read stays as it is.
            model.hits?.known.insert(offset)
        }
        synchronize()
        if unreadMatch == nil { model.job = document.unreadPath == nil ? nil : .live }
    }

    // The first byte of the first visible match in a part that was not read.
    private var unreadMatch: Int? {
        guard let list = model.overlay?.view as? MatchesList, let hits = model.hits, hits.areBytes else {
            return nil
        }
        let shown = ListView.shown(
            of: hits.offsets.count, selected: list.selected, height: layout.overlayArea.height)
        return hits.offsets[shown].first {
            !hits.known.contains($0) && document.tree.node(document.tree.knownPath(atOffset: $0)).isLazy
        }
    }

    /// Lists the matches, from the one at the selection on.
    mutating func openMatches() {
        if model.search == nil, model.hits == nil { moveMatches(searchDirection) }
        guard matchTotal > 0 else { return }
        model.overlay = .matches(selected: min(nearMatch, matchTotal - 1))
    }

    private var nearMatch: Int {
        if let hits = model.hits {
            return hits.paths.isEmpty
                ? hits.index(from: model.hexCursor) : hits.index(from: model.selection) % hits.paths.count
        }
        guard let search = model.search,
            let near = search.nextOrSelf(model.selection, document),
            let ordinal = search.ordinal(of: near, document)
        else { return 0 }
        return ordinal - 1
    }

    /// Goes to a match in the list.
    mutating func goToMatch(_ number: Int) {
        guard let found = match(number) else { return }
        if let hits = model.hits, hits.paths.isEmpty { return jump(toOffset: found.offset) }
        remember()
        select(found.path, isJump: true)
    }
}
