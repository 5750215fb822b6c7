import Stream

/// The relation of each visible byte to the selected node.
struct ByteMarks {
    enum Mark: Equatable {
        case selected
        /// A byte of a sibling with an even or an odd number.
        case sibling, otherSibling
        case foreign
    }

    private let range: Range<Int>
    private var marks: [Mark]
    // Numbers below `fieldNumbers` that differ between neighboring fields, or `gap`.
    private var fields: [Int]
    private static let gap = -1
    private var lastField = -1

    static let fieldNumbers = 4

    /// Marks bytes in `range`, which counts from the start of the stream. O(bytes in `range` × depth).
    init(_ document: Document, selection: NodePath, range: Range<Int>) {
        self.range = range
        marks = Array(repeating: .foreign, count: range.count)
        fields = Array(repeating: 0, count: range.count)
        let node = document.tree.node(selection)
        if case .layer(let layer) = node.space {
            number(document.tree.child(layer, of: document.tree.root), document)
        } else {
            number(document.tree.root, document)
        }
        guard let parent = node.path.parent.map({ document.tree.node($0) }) else { return }
        if parent.space == node.space { markChildren(of: parent, document) }
        mark(node.range, .selected)
    }

    /// Marks bytes of a guest page, which has no fields.
    init(page range: Range<Int>) {
        self.range = range
        marks = Array(repeating: .foreign, count: range.count)
        fields = Array(repeating: 0, count: range.count)
    }

    /// The mark of a byte; bytes outside the visible range are foreign.
    subscript(offset: Int) -> Mark {
        range.contains(offset) ? marks[offset - range.lowerBound] : .foreign
    }

    /// Returns a number below `fieldNumbers` that differs from those of neighboring fields.
    func field(_ offset: Int) -> Int {
        range.contains(offset) ? max(fields[offset - range.lowerBound], 0) : 0
    }

    /// Whether a byte belongs to a gap.
    func isGap(_ offset: Int) -> Bool {
        range.contains(offset) && fields[offset - range.lowerBound] == Self.gap
    }

    /// Whether a field ends with this byte and another begins after it.
    func isBorder(after offset: Int) -> Bool {
        range.contains(offset) && range.contains(offset + 1)
            && fields[offset - range.lowerBound] != fields[offset + 1 - range.lowerBound]
    }

    private mutating func number(_ node: Node, _ document: Document) {
        for child in visibleChildren(of: node, document) {
            // A buffer counts as one field, and so does an array of bytes.
            if child.childCount > 0, !child.isLeaf, !document.tree.isBytes(child) {
                number(child, document)
            } else if child.role == .gap || child.role == .error {
                fill(child, Self.gap)
            } else {
                // The number depends on the place in the tree, so that scrolling changes no colors.
                var number = ((child.path.indices.last ?? 0) + child.path.depth) % Self.fieldNumbers
                if number == lastField { number = (number + 1) % Self.fieldNumbers }
                lastField = number
                fill(child, number)
            }
        }
    }

    private mutating func fill(_ node: Node, _ number: Int) {
        for offset in node.range.clamped(to: range) { fields[offset - range.lowerBound] = number }
    }

    private mutating func mark(_ bytes: Range<Int>, _ mark: Mark) {
        for offset in bytes.clamped(to: range) { marks[offset - range.lowerBound] = mark }
    }

    private mutating func markChildren(of parent: Node, _ document: Document) {
        for child in visibleChildren(of: parent, document) {
            mark(child.range, (child.path.indices.last ?? 0) % 2 == 0 ? .sibling : .otherSibling)
        }
    }

    /// Returns the children that have visible bytes. O(their number + log children).
    private func visibleChildren(of parent: Node, _ document: Document) -> [Node] {
        let visible = parent.range.clamped(to: range)
        var children: [Node] = []
        var offset = visible.lowerBound
        let first = parent.path == .root ? document.store.containerCount : 0
        var index = first - 1
        while offset < visible.upperBound {
            index += 1
            guard index < parent.childCount else { break }
            var child = document.tree.child(index, of: parent)
            if !child.range.contains(offset) {
                guard let found = Self.child(at: offset, of: parent, from: first, document) else { break }
                index = found
                child = document.tree.child(index, of: parent)
            }
            children.append(child)
            offset = max(child.range.upperBound, offset + 1)
        }
        return children
    }

    /// Returns the last child that begins at or before `offset`. O(log children) lookups.
    private static func child(
        at offset: Int, of parent: Node, from first: Int, _ document: Document
    ) -> Int? {
        var low = first
        var high = parent.childCount
        while low < high {
            let middle = low + (high - low) / 2
            if document.tree.child(middle, of: parent).offset <= offset {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low > first ? low - 1 : nil
    }
}
