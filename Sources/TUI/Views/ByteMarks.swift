import Core

/// What each visible byte is to the selected node.
struct ByteMarks {
    enum Mark: Equatable {
        case selected
        /// Of a sibling with an even, or an odd, number.
        case sibling, otherSibling
        case foreign
    }

    private let range: Range<Int>
    private var marks: [Mark]

    /// O(bytes in `range` + siblings in it); `range` in bytes from the start of the stream.
    init(_ document: Document, selection: NodePath, range: Range<Int>) {
        self.range = range
        marks = Array(repeating: .foreign, count: range.count)
        let node = document.node(selection)
        guard let parent = node.path.parent.map({ document.node($0) }) else { return }
        markChildren(of: parent, document)
        mark(node.range, .selected)
    }

    /// The mark of a byte; bytes outside of the visible range are foreign.
    subscript(offset: Int) -> Mark {
        range.contains(offset) ? marks[offset - range.lowerBound] : .foreign
    }

    private mutating func mark(_ bytes: Range<Int>, _ mark: Mark) {
        for offset in bytes.clamped(to: range) { marks[offset - range.lowerBound] = mark }
    }

    private mutating func markChildren(of parent: Node, _ document: Document) {
        let visible = parent.range.clamped(to: range)
        var offset = visible.lowerBound
        var index = -1
        while offset < visible.upperBound {
            index += 1
            guard index < parent.childCount else { return }
            var child = document.child(index, of: parent)
            if !child.range.contains(offset) {
                guard let found = Self.child(at: offset, of: parent, document) else { return }
                index = found
                child = document.child(index, of: parent)
            }
            mark(child.range, index % 2 == 0 ? .sibling : .otherSibling)
            offset = max(child.range.upperBound, offset + 1)
        }
    }

    /// The last child that begins at or before `offset`. O(log children) lookups.
    private static func child(at offset: Int, of parent: Node, _ document: Document) -> Int? {
        var low = 0
        var high = parent.childCount
        while low < high {
            let middle = low + (high - low) / 2
            if document.child(middle, of: parent).offset <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
