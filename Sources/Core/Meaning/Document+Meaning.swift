extension Document {
    /// What manuals call a field or an element; empty for most.
    public func label(_ node: Node) -> String {
        item(of: node).map { table.names.text($0.label) } ?? ""
    }

    /// What the bits of a leaf say, in one line: `ZF IF`; empty for most. O(rows).
    public func meaning(_ node: Node) -> String {
        guard node.isLeaf || node.role == .meaning, !node.layout.isNone,
            table[node.layout].kind == .overlay
        else { return "" }
        return words(node.layout, at: node.offset).joined(separator: " ")
    }

    private func words(_ overlay: LayoutID, at offset: Int) -> [String] {
        table.items(of: overlay).compactMap { item in
            guard item.child.isNone, let word = table[type: item.type].word else { return nil }
            let region = region
            let bytes = region.span(offset + item.offset..<offset + item.offset + item.stride)
            return word(bytes)
        }
    }
}
