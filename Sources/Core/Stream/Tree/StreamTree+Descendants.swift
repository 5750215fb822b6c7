import Format

extension StreamTree {
    /// Returns the first field below a node with this name from the description or from manuals: `env.eip`,
    /// `RIP`. An exact match precedes one that ignores case. Rows that explain bits count; nothing lazy is
    /// read. O(layouts below).
    package func descendant(named name: String, of node: Node) -> NodePath? {
        guard !name.isEmpty else { return nil }
        let exact = Array(name.utf8)
        if let found = first(below: node, { $0.elementsEqual(exact) }) { return found }
        let folded = exact.map(Self.lowercased)
        return first(below: node) { $0.count == folded.count && $0.map(Self.lowercased) == folded }
    }

    /// Returns the first field below a node whose dotted name ends in this one: `env.idt` for `idt`. Case is
    /// ignored. O(layouts below).
    package func descendant(ending name: String, of node: Node) -> NodePath? {
        guard !name.isEmpty else { return nil }
        let end = ".\(name)".utf8.map(Self.lowercased)
        return first(below: node) { $0.suffix(end.count).map(Self.lowercased) == end }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }

    private func first(below node: Node, _ isWanted: (ArraySlice<UInt8>) -> Bool) -> NodePath? {
        guard !node.layout.isNone else { return nil }
        var known: [LayoutID: Bool] = [:]
        var names: [NameID: Bool] = [:]
        func matches(_ name: NameID) -> Bool {
            if name == .empty { return false }
            if let answer = names[name] { return answer }
            let answer = isWanted(store.table.names.bytes(name))
            names[name] = answer
            return answer
        }
        func matches(_ item: Item) -> Bool {
            item.role != .frame && (matches(item.name) || matches(item.label))
        }
        func holds(_ layout: LayoutID) -> Bool {
            guard !layout.isNone else { return false }
            if let answer = known[layout] { return answer }
            known[layout] = false
            let answer = store.table.items(of: layout).contains {
                matches($0) || holds(store.table.opened($0))
            }
            known[layout] = answer
            return answer
        }
        var place = node
        while holds(place.layout) {
            guard
                let item = store.table.items(of: place.layout).first(where: {
                    $0.count > 0 && (matches($0) || holds(store.table.opened($0)))
                })
            else { return nil }
            place = child(item.firstChild, of: place)
            if matches(item) { return place.path }
        }
        return nil
    }
}
