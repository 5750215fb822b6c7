/// The prompt line.
extension Update {
    private static let recalledLines = 100

    /// Opens a prompt with an initial text.
    mutating func openPrompt(_ kind: Prompt.Purpose, _ text: String = "") {
        let origin = Prompt.Origin(
            outline: model.outline, unfiltered: model.unfiltered, selection: model.selection,
            treeTop: model.treeTop,
            hexCursor: model.hexCursor, hexTop: model.hexTop, search: model.search,
            hits: model.hits)
        model.prompt = Prompt(kind, origin: origin)
        model.prompt?.insert(text)
    }

    /// Restores the screen from before the prompt.
    mutating func restore(_ origin: Prompt.Origin) {
        model.outline = origin.outline
        model.unfiltered = origin.unfiltered
        model.selection = origin.selection
        model.treeTop = origin.treeTop
        model.hexCursor = origin.hexCursor
        model.hexTop = origin.hexTop
        model.search = origin.search
        model.hits = origin.hits
    }

    /// Stores a typed line.
    mutating func recall(_ text: String, _ kind: Prompt.Purpose) {
        guard !text.isEmpty else { return }
        var lines = model.typed[kind] ?? []
        lines.removeAll { $0 == text }
        lines.append(text)
        model.typed[kind] = lines.suffix(Self.recalledLines)
    }
}
