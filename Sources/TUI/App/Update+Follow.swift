import Stream

extension Update {
    /// The maximum number of siblings that are searched for a count or its array.
    private static let searchedSiblings = 10_000

    /// Goes to the target that the selection refers to.
    mutating func follow() {
        if let address = document.guestAddress(at: model.selection) { return go(to: address) }
        if document.isUnsetQueue(at: model.selection) {
            return fail("the queue is not set up: its address is 0")
        }
        if needsLivePart(selectedNode), !document.readOn(budget: Self.recordsAStep) { return reach(.follow) }
        synchronize()
        guard let target = target(of: selectedNode) else {
            let key = keymap.hint(.follow)
            return fail("nothing to follow here: \(key) follows ids, counts, START, END and guest addresses")
        }
        remember()
        select(target, isJump: true)
    }

    private mutating func target(of node: Node) -> NodePath? {
        if node.isRange { return node.path.parent.flatMap { count(of: document.tree.node($0)) } }
        if node.isRecord { return counterpart(of: node) }
        if document.tree.name(node) == "section_id" { return section(ofID: node) }
        return node.childCount > 0 && !node.isElement ? count(of: node) : array(countedBy: node)
    }

    // MARK: Sections

    // The type byte, then the id as be32 (migration/savevm.c save_section_header, 7.2 to 10.0).
    private func sectionID(_ record: Node) -> UInt32? {
        guard let type = document.store.region.byte(at: record.offset), (1...4).contains(type) else {
            return nil
        }
        return document.store.region.bigEndian(UInt32.self, at: record.offset + 1)
    }

    private func start(ofID id: UInt32) -> NodePath? {
        guard let section = document.overview.sections.first(where: { $0.id == id }) else { return nil }
        return record(at: section.offset)
    }

    /// Returns the outermost section that begins at an offset.
    private func record(at offset: Int) -> NodePath? {
        let path = document.path(atOffset: offset)
        return document.tree.nodes(along: path).last {
            $0.isRecord && $0.offset == offset && sectionID($0) != nil
        }?.path
    }

    // Whether the node is a START whose first PART is unread.
    private func needsLivePart(_ node: Node) -> Bool {
        node.isRecord && document.hasUnreadPart && document.store.region.byte(at: node.offset) == 1
            && sectionID(node).map { start(ofID: $0) == node.path } ?? false
    }

    // PART and END lead to START; START leads to the first PART, or to the END.
    private mutating func counterpart(of record: Node) -> NodePath? {
        guard let id = sectionID(record), let start = start(ofID: id) else { return nil }
        if start != record.path { return start }
        guard document.store.region.byte(at: record.offset) == 1 else { return nil }
        for index in 0..<document.tree.root.childCount {
            let group = document.tree.child(index, of: document.tree.root)
            guard document.tree.typeName(group) == "group" else { continue }
            for child in 0..<group.childCount where sectionID(document.tree.child(child, of: group)) == id {
                return group.path.appending(child)
            }
        }
        return nil
    }

    // In a footer, the section that it ends. In a header, the START with that id, or the section's footer.
    private mutating func section(ofID node: Node) -> NodePath? {
        guard let record = document.tree.nodes(along: node.path).last(where: \.isRecord),
            record.childCount > 0,
            let id = document.store.region.bigEndian(UInt32.self, at: node.offset)
        else { return nil }
        let isFooter = node.offset > record.offset + 1
        if let start = start(ofID: id), start != record.path { return start }
        return isFooter ? record.path : record.path.appending(record.childCount - 1)
    }

    // MARK: Arrays

    /// Returns the next sibling that has as many elements as this field says, or else the previous one.
    private func array(countedBy field: Node) -> NodePath? {
        guard (1...8).contains(field.size), let parent = field.path.parent, let own = field.path.indices.last,
            !field.isElement
        else { return nil }
        let count = document.tree.bytes(of: field).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return sibling(of: own, in: document.tree.node(parent), forwardFirst: true) {
            isArray($0) && UInt64($0.childCount) == count
        }
    }

    /// Returns the previous sibling that holds the number of elements, or else the next one.
    private func count(of array: Node) -> NodePath? {
        guard isArray(array), let parent = array.path.parent, let own = array.path.indices.last else {
            return nil
        }
        return sibling(of: own, in: document.tree.node(parent), forwardFirst: false) { field in
            field.childCount == 0 && (1...8).contains(field.size)
                && document.tree.bytes(of: field).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    == UInt64(array.childCount)
        }
    }

    private func isArray(_ node: Node) -> Bool {
        node.childCount > 0 && document.tree.child(0, of: node).isElement
    }

    private func sibling(of own: Int, in parent: Node, forwardFirst: Bool, _ isWanted: (Node) -> Bool)
        -> NodePath?
    {
        guard parent.childCount <= Self.searchedSiblings else { return nil }
        let before = Array((0..<own).reversed())
        let after = Array(own + 1..<max(parent.childCount, own + 1))
        let found = (forwardFirst ? after + before : before + after).first {
            isWanted(document.tree.child($0, of: parent))
        }
        return found.map { parent.path.appending($0) }
    }

    // MARK: Bytes for others

    mutating func write(to path: String) {
        guard !path.isEmpty else { return }
        if writesStream { return writeStream(to: path) }
        guard let bytes = chosenStreamBytes else { return fail(Self.severalSpaces) }
        emit(.write(bytes, path: path))
    }

    mutating func pipe(to command: String) {
        guard !command.isEmpty else { return }
        guard let bytes = chosenStreamBytes else { return fail(Self.severalSpaces) }
        emit(.pipe(bytes, command: command))
    }

    private static let severalSpaces = "tagged rows of the file and of the stream can't be written together"
}
