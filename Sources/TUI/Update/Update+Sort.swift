import Query

extension Update {
    /// Goes on to the next order of sections and members; the selection stays.
    mutating func sort() { sort(model.outline.order.next) }

    private mutating func sort(_ order: TreeOrder) {
        guard model.outline.filter?.set == nil else {
            return fail(
                "what fulfills a condition keeps the order of the stream; \(keymap.hint(.cancel)) shows all")
        }
        model.outline.sort(order, document)
        revealSelection()
        note("sorted by \(order.title)")
    }

    /// Sorts by a column as somebody names it: a word or its start, after a minus sign the other way round. False for
    /// another word.
    mutating func sort(by word: String) -> Bool {
        let isReversed = word.hasPrefix("-")
        let name = word.drop { $0 == "-" }
        let columns: [TreeOrder.Column] = [.size, .name, .type, .value, .stream]
        guard !name.isEmpty, let column = columns.first(where: { $0.rawValue.hasPrefix(name) })
        else { return false }
        sort(TreeOrder(column, isReversed: isReversed))
        return true
    }

    /// Shows or hides shares. They come with the largest first, unless an order was chosen before.
    mutating func toggleShares() {
        model.showsShares.toggle()
        switch (model.showsShares, model.outline.order) {
        case (true, .stream) where model.outline.filter?.set == nil:
            sort(.size)
            remember()
            if let largest = model.outline.sibling(-.max, of: model.selection, document) { select(largest) }
        case (false, .size): sort(.stream)
        default: break
        }
    }
}
