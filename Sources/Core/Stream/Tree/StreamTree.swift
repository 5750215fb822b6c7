import Format

/// The tree over a store: nodes, paths, names, values and meaning.
///
/// It reads nothing new: lazy nodes have no children until the document has read them.
package struct StreamTree {
    package let store: StreamStore

    package init(_ store: StreamStore) { self.store = store }
}

extension StreamTree {
    /// The root: the whole stream.
    package var root: Node {
        Node(
            path: .root, offset: 0, size: store.region.count, role: .frame, childCount: store.topLevel.count,
            isLazy: false, isLeaf: false, space: .stream, source: .root, layout: .none, opensMeaning: false)
    }

    /// Returns the node at `path`, or the nearest existing ancestor. O(depth · log items).
    package func node(_ path: NodePath) -> Node { nodes(along: path).last ?? root }

    /// Returns the existing nodes from the root to `path`. For a range's path, the last one is the range.
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

    /// Returns child number `index`, which must be less than `childCount`. O(log items).
    package func child(_ index: Int, of parent: Node) -> Node {
        let path = parent.path.appending(index)
        switch parent.source {
        case .root: return recordNode(store.topLevel[index], path)
        case .record(let number) where parent.layout.isNone:
            return recordNode(store.records[number].children[index], path)
        case .record, .member, .element: return itemNode(index, of: parent, at: parent.offset, path)
        case .range(let offset): return itemNode(path.indices.last ?? index, of: parent, at: offset, path)
        }
    }

    private func recordNode(_ number: Int, _ path: NodePath) -> Node {
        let record = store.records[number]
        let count = record.layout.isNone ? record.children.count : store.table[record.layout].childCount
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
        let number = store.table.itemIndex(ofChild: index, in: parent.layout)
        let run = ElementRun(number: number, isArray: store.table[parent.layout].kind == .array, store.table)
        return run.node(index - run.item.firstChild, layoutOffset: start, in: parent.space, path: path)
    }

    /// Whether all children of a node are elements of one byte. O(log items).
    package func isBytes(_ node: Node) -> Bool {
        guard node.childCount > 0, node.size == node.childCount else { return false }
        let first = child(0, of: node)
        return first.isElement && first.isLeaf && first.size == 1
    }

    /// Whether a leaf opens into bytes without names. O(1).
    package func opensPlainBytes(_ node: Node) -> Bool {
        node.isLeaf && store.table.isPlainBytes(node.layout)
    }

    /// Returns the deepest known node that owns the byte at `offset`.
    package func knownPath(atOffset offset: Int) -> NodePath {
        deepest(atOffset: min(max(offset, 0), store.region.count - 1), below: root)
    }

    package func deepest(atOffset offset: Int, below start: Node) -> NodePath {
        var node = start
        while let index = childIndex(atOffset: offset, of: node) { node = child(index, of: node) }
        return node.path
    }

    private func childIndex(atOffset offset: Int, of node: Node) -> Int? {
        switch node.source {
        case .root:
            return recordIndex(atOffset: offset, in: store.topLevel[store.containerCount...]).map {
                $0 + store.containerCount
            }
        case .record(let number) where node.layout.isNone:
            return recordIndex(atOffset: offset, in: store.records[number].children[...])
        default:
            guard !node.layout.isNone,
                let number = store.table.itemIndex(atOffset: offset - node.offset, in: node.layout)
            else { return nil }
            let item = store.table[item: number]
            guard item.stride > 0 else { return nil }
            return item.firstChild + min((offset - node.offset - item.offset) / item.stride, item.count - 1)
        }
    }

    // Returns the index in `numbers`, counted from its start.
    private func recordIndex(atOffset offset: Int, in numbers: ArraySlice<Int>) -> Int? {
        let index = numbers.indices.binarySearch(first: { store.records[numbers[$0]].end > offset })
        guard index < numbers.endIndex, store.records[numbers[index]].offset <= offset else { return nil }
        return index - numbers.startIndex
    }

    /// Returns the top-level nodes of the stream's records, without containers.
    package func streamRecordNodes() -> [Node] {
        (store.containerCount..<max(root.childCount, store.containerCount)).map { child($0, of: root) }
    }

    /// Returns all records below a node that were read, in stream order.
    package func recordNodes(below parent: Node) -> [Node] {
        guard parent.layout.isNone else { return [] }
        let first = parent.path == .root ? store.containerCount : 0
        return (first..<parent.childCount).flatMap { index in
            let node = child(index, of: parent)
            return [node] + recordNodes(below: node)
        }
    }

    /// Whether a node is a device section.
    package func isDevice(_ node: Node) -> Bool { record(of: node)?.kind == .full }

    /// Returns the bytes of a node.
    package func bytes(of node: Node) -> [UInt8] { store.region(of: node.space).copy(node.range) }

    /// Returns the node of a top-level section; nil for others. O(records).
    package func node(of section: CheckedSection) -> Node? {
        store.topLevel.firstIndex {
            store.records[$0].offset == section.record.offset && store.records[$0].kind == section.record.kind
        }
        .map { child($0, of: root) }
    }

    /// Returns the text that replaces the bytes of a container's part, if any.
    package func containerText(_ node: Node) -> String? {
        store.containerTexts[.init(space: node.space, range: node.range)]
    }

    /// Returns the container node that owns the byte at `offset` of the file; nil if there is none.
    package func containerPath(atFileOffset offset: Int) -> NodePath? {
        guard store.containerCount > 0, offset >= 0 else { return nil }
        // The innermost container that is stored directly in the file.
        let last = (0..<store.containerCount).last { number in
            store.name(of: .layer(number)) == "file" && child(number, of: root).range.contains(offset)
        }
        return last.map { deepest(atOffset: offset, below: child($0, of: root)) }
    }
}
// MARK: - Nodes without a path

extension StreamTree {
    /// Returns the number of a node's record; nil for other nodes.
    package func recordNumber(of node: Node) -> Int? {
        if case .record(let number) = node.source { number } else { nil }
    }

    /// Returns a record as a node without a path, for walks that need none.
    package func bareNode(ofRecord number: Int) -> Node { recordNode(number, .root) }
}

/// The elements of an item as nodes without paths. Their common properties are computed once.
package struct ElementRun: Sendable {
    package let item: Item
    private let number: Int
    private let isArray: Bool
    private let layout: LayoutID
    private let childCount: Int
    private let opensMeaning: Bool

    /// - Parameters:
    ///   - number: The number of the item in the table.
    ///   - isArray: Whether its layout is an array.
    package init(number: Int, isArray: Bool, _ table: borrowing LayoutTable) {
        self.number = number
        self.isArray = isArray
        item = table[item: number]
        layout = table.opened(item)
        childCount = layout.isNone ? 0 : table[layout].childCount
        opensMeaning = !layout.isNone && table[layout].kind == .overlay
    }

    /// Returns element number `place` of the item, whose layout begins at `layoutOffset`. O(1).
    package func node(_ place: Int, layoutOffset: Int, in space: ByteSpace, path: NodePath = .root) -> Node {
        Node(
            path: path, offset: layoutOffset + item.offset + place * item.stride, size: item.stride,
            role: item.role, childCount: childCount, isLazy: false, isLeaf: item.isLeaf, space: space,
            source: isArray ? .element(number, place) : .member(number), layout: layout,
            opensMeaning: opensMeaning)
    }
}
