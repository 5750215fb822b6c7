import Format

extension StreamTree {
    /// Returns the name of a field or an element in manuals; empty for most.
    package func label(_ node: Node) -> String {
        item(of: node).map { store.table.names.text($0.label) } ?? ""
    }

    /// Returns the meaning of a node in one line: `ZF IF`; empty for most. O(rows).
    package func meaning(_ node: Node) -> String {
        if let overlay = overlay(of: node) {
            return words(overlay, at: node.offset, in: node.space).joined(separator: " ")
        }
        return summary(of: node).first?.text ?? ""
    }

    /// Returns the whole value of a node and its meaning: `0x0246 = 582: ZF IF`.
    package func meantValue(_ node: Node) -> String {
        [wholeValue(node).full, meaning(node)].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// Returns the meaning of a node in labeled lines. O(layouts below).
    package func meaningLines(_ node: Node) -> [(label: String, text: String)] {
        if let overlay = overlay(of: node) {
            let own = (label(node).isEmpty ? "meaning" : label(node), meaning(node))
            return ([own] + rowLines(overlay, at: node.offset, in: node.space)).filter { !$0.1.isEmpty }
        }
        let lines = summary(of: node).map { line in
            (line.label.isEmpty ? (label(node).isEmpty ? "meaning" : label(node)) : line.label, line.text)
        }
        return lines + (node.isRecord ? deviceLines(node) : [])
    }

    /// Returns the names of the rows for a byte of a leaf, from outer to inner; empty if there are none.
    package func meaningNames(of leaf: Node, atOffset offset: Int) -> [String] {
        guard let overlay = overlay(of: leaf) else { return [] }
        var names: [String] = []
        for item in store.table.items(of: overlay) {
            let start = leaf.offset + item.offset
            guard start..<start + item.stride ~= offset else { continue }
            let name = store.table.names.text(item.name)
            guard !item.child.isNone else {
                names.append(name)
                continue
            }
            let inner = store.table.items(of: item.child).filter {
                start + $0.offset..<start + $0.offset + $0.stride ~= offset
            }
            names += inner.isEmpty ? [name] : inner.map { name + "/" + store.table.names.text($0.name) }
        }
        return names
    }

    private func overlay(of node: Node) -> LayoutID? { node.opensMeaning ? node.layout : nil }

    private func words(_ overlay: LayoutID, at offset: Int, in space: ByteSpace) -> [String] {
        store.table.items(of: overlay).compactMap { item in
            item.child.isNone && !store.table[type: item.type].isLine
                ? word(item, at: offset + item.offset, in: space) : nil
        }
    }

    private func word(_ item: Item, at offset: Int, in space: ByteSpace) -> String? {
        guard let word = store.table[type: item.type].word else { return nil }
        let region = store.region(of: space)
        let bytes = region.span(offset..<offset + item.stride)
        return word(bytes)
    }

    // Rows with nested rows get a line each, and so do rows whose type requests one.
    private func rowLines(
        _ overlay: LayoutID, at offset: Int, in space: ByteSpace
    ) -> [(label: String, text: String)] {
        store.table.items(of: overlay).filter { !$0.child.isNone || store.table[type: $0.type].isLine }.map {
            item in
            let place = offset + item.offset
            let text =
                store.table[type: item.type].word == nil
                ? words(item.child, at: place, in: space).joined(separator: " ")
                : word(item, at: place, in: space) ?? ""
            return (store.table.names.text(item.name), text)
        }
    }

    /// Whether a node may have a meaning. If not, no element of its item has one. O(rules).
    package func mayMean(_ node: Node) -> Bool {
        node.opensMeaning
            || hasSummary(node)
                && store.table.meaningRules(for: node.layout).contains { $0.summary != nil }
    }

    private func hasSummary(_ node: Node) -> Bool {
        node.space == .stream && !node.isLeaf && !node.layout.isNone
    }

    private func summary(of node: Node) -> [(label: String, text: String)] {
        guard hasSummary(node) else { return [] }
        return store.table.meaningRules(for: node.layout).lazy.compactMap(\.summary).first?(
            StateField(self, node)) ?? []
    }

    // Describes the kind of a PCI device and its interrupts.
    private func deviceLines(_ node: Node) -> [(label: String, text: String)] {
        guard !node.layout.isNone,
            let config = StateField(self, node).first(ofType: "pci config"), !config.inside.isNone,
            store.table[config.inside].kind == .overlay
        else { return [] }
        return rowLines(config.inside, at: config.offset, in: .stream).filter {
            ["device", "command", "MSI", "MSI-X"].contains($0.label) && !$0.text.isEmpty
        }
    }
}
