import Format

extension Document {
    /// The root: the whole stream.
    package var root: Node {
        Node(
            path: .root, offset: 0, size: region.count, role: .frame, childCount: topLevel.count,
            isLazy: false, isLeaf: false, space: .stream, source: .root, layout: .none, opensMeaning: false)
    }

    /// The node at `path`; where there is none, the nearest existing ancestor. O(depth · log items).
    package func node(_ path: NodePath) -> Node { nodes(along: path).last ?? root }

    /// The nodes from the root to `path`, as far as they exist; in place of the last the range, for that of one.
    package func nodes(along path: NodePath) -> [Node] {
        var result = [root]
        for index in path.indices {
            guard let last = result.last, index >= 0, index < last.childCount else { break }
            result.append(child(index, of: last))
        }
        if path.isRange, path.depth > 0, result.count == path.depth + 1,
            let range = range(path, of: result[path.depth - 1])
        {
            result[path.depth] = range
        }
        return result
    }

    /// Child number `index`, which must be below `childCount`. O(log items).
    package func child(_ index: Int, of parent: Node) -> Node {
        let path = parent.path.appending(index)
        switch parent.source {
        case .root: return recordNode(topLevel[index], path)
        case .record(let number) where parent.layout.isNone:
            return recordNode(records[number].children[index], path)
        case .record, .member, .element: return itemNode(index, of: parent, at: parent.offset, path)
        case .range(let offset): return itemNode(path.indices.last ?? index, of: parent, at: offset, path)
        }
    }

    private func recordNode(_ number: Int, _ path: NodePath) -> Node {
        let record = records[number]
        let count = record.layout.isNone ? record.children.count : table[record.layout].childCount
        return Node(
            path: path, offset: record.offset, size: record.size, role: role(of: record), childCount: count,
            isLazy: record.isLazy, isLeaf: count == 0 && !record.isLazy, space: record.space,
            source: .record(number),
            layout: record.layout, opensMeaning: false)
    }

    private func role(of record: SectionRecord) -> ItemRole {
        switch record.kind {
        case .gap, .stream: .gap
        case .padding: .padding
        case .full, .configuration: .field
        case .live, .unread, .start, .part, .end, .pages: .ram
        case .container: .decoded
        case .header, .command, .endOfFile, .description: .frame
        }
    }

    // `index` counts in the layout, which begins at `start`.
    private func itemNode(_ index: Int, of parent: Node, at start: Int, _ path: NodePath) -> Node {
        let number = table.itemIndex(ofChild: index, in: parent.layout)
        let item = table[item: number]
        let place = index - item.firstChild
        let isArray = table[parent.layout].kind == .array
        let opened = table.opened(item)
        return Node(
            path: path, offset: start + item.offset + place * item.stride, size: item.stride,
            role: item.role, childCount: opened.isNone ? 0 : table[opened].childCount, isLazy: false,
            isLeaf: item.isLeaf, space: parent.space,
            source: isArray ? .element(number, place) : .member(number), layout: opened,
            opensMeaning: !opened.isNone && table[opened].kind == .overlay)
    }

    /// Whether a node is nothing but elements of a byte each. O(log items).
    package func isBytes(_ node: Node) -> Bool {
        guard node.childCount > 0, node.size == node.childCount else { return false }
        let first = child(0, of: node)
        return first.isElement && first.isLeaf && first.size == 1
    }

    /// Whether a leaf opens into bytes of which none has a name. O(1).
    package func opensPlainBytes(_ node: Node) -> Bool {
        node.isLeaf && table.isPlainBytes(node.layout)
    }

    /// The leaf that owns the byte at `offset`. Reads the lazy parts on the way.
    package func path(atOffset offset: Int) -> NodePath {
        while true {
            let path = knownPath(atOffset: offset)
            guard node(path).isLazy, open(path) else { return path }
        }
    }

    /// The deepest node known now that owns the byte at `offset`.
    package func knownPath(atOffset offset: Int) -> NodePath {
        deepest(atOffset: min(max(offset, 0), region.count - 1), below: root)
    }

    /// The deepest node that owns the byte at `offset` of the stream or of a container.
    package func path(atOffset offset: Int, in space: ByteSpace) -> NodePath {
        guard case .layer(let number) = space, containerCount > number else { return path(atOffset: offset) }
        if name(of: space) == "file", let path = containerPath(atFileOffset: offset) { return path }
        let layer = child(number, of: root)
        let last = max(layer.range.upperBound - 1, layer.offset)
        return deepest(atOffset: min(max(offset, layer.offset), last), below: layer)
    }

    package func deepest(atOffset offset: Int, below start: Node) -> NodePath {
        var node = start
        while let index = childIndex(atOffset: offset, of: node) { node = child(index, of: node) }
        return node.path
    }

    private func childIndex(atOffset offset: Int, of node: Node) -> Int? {
        switch node.source {
        case .root:
            return recordIndex(atOffset: offset, in: topLevel[containerCount...]).map { $0 + containerCount }
        case .record(let number) where node.layout.isNone:
            return recordIndex(atOffset: offset, in: records[number].children[...])
        default:
            guard !node.layout.isNone,
                let number = table.itemIndex(atOffset: offset - node.offset, in: node.layout)
            else { return nil }
            let item = table[item: number]
            guard item.stride > 0 else { return nil }
            return item.firstChild + min((offset - node.offset - item.offset) / item.stride, item.count - 1)
        }
    }

    // The place in `numbers`, counted from its start.
    private func recordIndex(atOffset offset: Int, in numbers: ArraySlice<Int>) -> Int? {
        let index = numbers.indices.binarySearch(first: { records[numbers[$0]].end > offset })
        guard index < numbers.endIndex, records[numbers[index]].offset <= offset else { return nil }
        return index - numbers.startIndex
    }

    /// The bytes of a node.
    package func bytes(of node: Node) -> [UInt8] { region(of: node.space).copy(node.range) }
}
// MARK: - Nodes without a path

extension Document {
    /// The number of the record that a node is.
    package func recordNumber(of node: Node) -> Int? {
        if case .record(let number) = node.source { number } else { nil }
    }

    /// A record as a node without a path: for walks that ask for no path.
    package func bareNode(ofRecord number: Int) -> Node { recordNode(number, .root) }

    /// An element of an item as a node without a path.
    package func bareNode(
        of item: Item, number: Int, _ place: Int, layoutOffset: Int, isElement: Bool, in space: ByteSpace
    ) -> Node {
        let opened = table.opened(item)
        return Node(
            path: .root, offset: layoutOffset + item.offset + place * item.stride, size: item.stride,
            role: item.role, childCount: opened.isNone ? 0 : table[opened].childCount, isLazy: false,
            isLeaf: item.isLeaf, space: space,
            source: isElement ? .element(number, place) : .member(number), layout: opened,
            opensMeaning: !opened.isNone && table[opened].kind == .overlay)
    }
}
