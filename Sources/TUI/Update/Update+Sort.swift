import Query

extension Update {
    /// Goes on to the next order of sections and members; the selection stays.
    mutating func sort() { sort(model.outline.order.next) }

    private mutating func sort(_ order: TreeOrder) {
        model.outline.sort(order, document)
        revealSelection()
        note("sorted by \(order.rawValue)")
    }

    /// Shows or hides shares. They come with the largest first, unless an order was chosen before.
    mutating func toggleShares() {
        model.showsShares.toggle()
        switch (model.showsShares, model.outline.order) {
        case (true, .stream):
            sort(.size)
            remember()
            if let largest = model.outline.sibling(-.max, of: model.selection, document) { select(largest) }
        case (false, .size): sort(.stream)
        default: break
        }
    }
}
