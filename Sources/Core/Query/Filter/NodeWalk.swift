import Bytes
import Format
import Stream

/// A walk over nodes in tree order that makes paths and texts only on request.
///
/// Each node comes before its children. The walk visits lazy nodes as far as they were read, and reads
/// nothing itself. It keeps the layout table from its start, so that it can continue in steps. O(1) a node.
package struct NodeWalk {
    /// The depth of the walk.
    package enum Reach {
        /// Fields of the description and the decoded parts of opaque fields; the walk ends at leaves.
        case fields
        /// Also the rows below opened leaves: bits, registers and named bytes.
        case meanings
    }

    package let document: Document
    private let table: LayoutTable
    private let reach: Reach
    private let start: NodePath
    private let hasContainers: Bool
    private var frames: [Frame] = []
    private var descends = false

    /// The records below a node, or the items of a layout, and the position of the walk among them.
    private struct Frame {
        var numbers: [Int] = []
        var layout = LayoutID.none
        var isArray = false
        var offset = 0
        var space = ByteSpace.stream
        /// The position of the next record, or the table index of the current item.
        var index: Int
        let end: Int
        /// The index of the next element of the item.
        var place = 0
        /// The item at `index` and the layout of its elements: the elements of a long array differ only in
        /// their offsets.
        var run: ElementRun?

        /// Returns the next element of the items; nil after the last.
        mutating func nextElement(_ table: borrowing LayoutTable) -> Node? {
            while index < end {
                let run: ElementRun
                if let known = self.run {
                    run = known
                } else {
                    run = ElementRun(number: index, isArray: isArray, table)
                    self.run = run
                }
                guard place < run.item.count else {
                    index += 1
                    place = 0
                    self.run = nil
                    continue
                }
                place += 1
                return run.node(place - 1, layoutOffset: offset, in: space)
            }
            return nil
        }
    }

    /// The current node, without its path; sufficient for its name, type, value and meaning.
    package private(set) var node: Node
    /// The number of the record that is or contains the current node; nil for the root.
    package private(set) var record: Int?
    /// The depth of the current node: 1 below the root.
    package var level: Int { start.depth + frames.count }

    // Cached path components by name and by record, and ordinals among items of the same name: few compared
    // with the nodes.
    private var components: [[UInt8]?]
    private var ordinals: [[Int]?] = []
    private var plain: [LayoutID: Bool] = [:]
    private var stem: Stem?
    // The path of the parent, while the walk is among its members.
    private var above: Above?

    private struct Above {
        let text: [UInt8]
        let sectionEnd: Int
    }

    private struct Stem {
        let record: Int?
        let text: [UInt8]
        let sectionEnd: Int
    }

    /// Starts a walk over the descendants of `start`; when `start` is a leaf, over the rows that it opens to.
    /// At the root, the walk omits the containers unless `hasContainers` is true.
    package init(
        _ document: Document, reach: Reach, below start: NodePath = .root, hasContainers: Bool = false
    ) {
        self.document = document
        self.reach = reach
        self.start = start
        self.hasContainers = hasContainers
        table = document.store.table
        components = Array(repeating: nil, count: document.store.table.names.count)
        let trail = document.tree.nodes(along: start)
        node = trail.last ?? document.tree.root
        record = trail.last { $0.isRecord }.flatMap { document.tree.recordNumber(of: $0) }
        descends = true
    }

    /// Advances to the next node; false after the last.
    package mutating func next() -> Bool {
        if descends { descend() }
        descends = false
        while let top = frames.indices.last {
            if visit(top) {
                descends = true
                return true
            }
            frames.removeLast()
            above = nil
        }
        return false
    }

    /// Skips the descendants of the current node.
    package mutating func skip() { descends = false }

    // Returns true when the frame had another record or element.
    private mutating func visit(_ top: Int) -> Bool {
        if frames[top].layout.isNone {
            guard frames[top].index < frames[top].end else { return false }
            let number = frames[top].numbers[frames[top].index]
            frames[top].index += 1
            record = number
            node = document.tree.bareNode(ofRecord: number)
            return true
        }
        guard let next = frames[top].nextElement(table) else { return false }
        node = next
        return true
    }

    private mutating func descend() {
        guard node.childCount > 0, !node.isLeaf || frames.isEmpty || opens(node) else { return }
        above = nil
        guard node.layout.isNone else {
            let items = table[node.layout].items
            return frames.append(
                Frame(
                    layout: node.layout, isArray: table[node.layout].kind == .array, offset: node.offset,
                    space: node.space, index: items.lowerBound, end: items.upperBound))
        }
        let isRoot = start == .root && frames.isEmpty
        let numbers =
            isRoot ? document.store.topLevel : record.map { document.store.records[$0].children } ?? []
        frames.append(
            Frame(
                numbers: numbers, index: isRoot && !hasContainers ? document.store.containerCount : 0,
                end: numbers.count))
    }

    private mutating func opens(_ leaf: Node) -> Bool {
        guard reach == .meanings else { return false }
        if let known = plain[leaf.layout] { return !known }
        let isPlain = document.tree.opensPlainBytes(leaf)
        plain[leaf.layout] = isPlain
        return !isPlain
    }

    // MARK: Where the node is

    /// The path of the current node. O(depth).
    package var path: NodePath { path(frames.count) }

    private func path(_ depth: Int) -> NodePath {
        NodePath(
            start.indices
                + frames.prefix(depth).map { frame in
                    frame.layout.isNone
                        ? frame.index - 1 : table[item: frame.index].firstChild + frame.place - 1
                })
    }

    /// Appends the text of the path, as `Document.pathText` gives it, to an empty buffer. O(its length).
    ///
    /// - Returns: the number of bytes that name the record.
    @discardableResult
    package mutating func appendPath(to text: inout [UInt8]) -> Int {
        guard let last = frames.last, !last.layout.isNone else { return appendPath(frames.count, to: &text) }
        if above == nil {
            var made: [UInt8] = []
            let end = appendPath(frames.count - 1, to: &made)
            above = Above(text: made, sectionEnd: end)
        }
        if let above { text += above.text }
        appendComponent(last, to: &text)
        return above?.sectionEnd ?? 0
    }

    // Covers only the first `count` frames.
    private mutating func appendPath(_ count: Int, to text: inout [UInt8]) -> Int {
        let frames = frames.prefix(count)
        let depth = frames.firstIndex { !$0.layout.isNone } ?? frames.count
        if let stem, stem.record == record {
            text += stem.text
        } else {
            let way = path(depth)
            let made = Array(document.tree.pathText(way).utf8)
            let end = depth == 0 ? document.tree.placedPath(way).sectionEnd : made.count
            stem = Stem(record: record, text: made, sectionEnd: end)
            text += made
        }
        for frame in frames[depth...] { appendComponent(frame, to: &text) }
        return stem?.sectionEnd ?? 0
    }

    /// Returns the path as text, with the position where the record's part ends.
    package mutating func placedPath() -> PlacedPath {
        var text: [UInt8] = []
        let end = appendPath(to: &text)
        return PlacedPath(text: String(decoding: text, as: UTF8.self), sectionEnd: end)
    }

    private mutating func appendComponent(_ frame: Frame, to text: inout [UInt8]) {
        let item = table[item: frame.index]
        if frame.isArray {
            text.append(UInt8(ascii: "["))
            ASCII.appendDecimal(item.base + frame.place - 1, to: &text)
            return text.append(UInt8(ascii: "]"))
        }
        if !text.isEmpty { text.append(UInt8(ascii: "/")) }
        let name = Int(item.name.index)
        if let known = components.indices.contains(name) ? components[name] : nil {
            text += known
        } else {
            let made = Array(PathText.escaped(table.names.bytes(item.name)).utf8)
            if components.indices.contains(name) { components[name] = made }
            text += made
        }
        let ordinal = ordinal(frame.layout, frame.index)
        guard ordinal > 1 else { return }
        text.append(UInt8(ascii: "~"))
        ASCII.appendDecimal(ordinal, to: &text)
    }

    // The ordinal of an item among the siblings with its name, counted once for each layout.
    private mutating func ordinal(_ layout: LayoutID, _ index: Int) -> Int {
        let first = table[layout].items.lowerBound
        let number = Int(layout.index)
        if ordinals.indices.contains(number), let known = ordinals[number] { return known[index - first] }
        var counts: [NameID: Int] = [:]
        let numbers: [Int] = table.items(of: layout).map { item in
            counts[item.name, default: 0] += 1
            return counts[item.name] ?? 1
        }
        if ordinals.count <= number { ordinals += Array(repeating: nil, count: number + 1 - ordinals.count) }
        ordinals[number] = numbers
        return numbers[index - first]
    }
}

/// The text of a path, and the number of bytes in it that name the record.
package struct PlacedPath: Sendable {
    package let text: String
    package let sectionEnd: Int

    /// The part below the record; empty for the record itself.
    package var field: String { String(decoding: text.utf8.dropFirst(sectionEnd + 1), as: UTF8.self) }
}

extension StreamTree {
    /// Returns the text of a path, with the position where the record's part ends. O(depth · siblings).
    package func placedPath(_ path: NodePath) -> PlacedPath {
        let record = nodes(along: path).last { $0.isRecord }?.path ?? .root
        return PlacedPath(text: pathText(path), sectionEnd: pathText(record).utf8.count)
    }
}
