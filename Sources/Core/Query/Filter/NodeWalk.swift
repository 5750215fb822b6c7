import Bytes
import Format
import Stream

/// A walk over nodes in the order of the tree, which makes no path and no text unless somebody asks.
///
/// Each node comes before what is below it. What is lazy is visited as far as it was read; the walk reads nothing.
/// It keeps the table that it began with, so that it can go on in steps. O(1) a node.
package struct NodeWalk {
    /// How far the walk goes.
    package enum Reach {
        /// The fields that the description lists and what opaque fields consist of; it ends at leaves.
        case fields
        /// What leaves show when they are opened too: rows of bits and registers, and bytes that have names.
        case meanings
    }

    package let document: Document
    private let table: LayoutTable
    private let reach: Reach
    private let start: NodePath
    private let hasContainers: Bool
    private var frames: [Frame] = []
    private var descends = false

    /// The records below a node, or the items of a layout, and how far the walk is in them.
    private struct Frame {
        var numbers: [Int] = []
        var layout = LayoutID.none
        var isArray = false
        var offset = 0
        var space = ByteSpace.stream
        /// The next record by its place, or the item that is visited by its number in the table.
        var index: Int
        let end: Int
        /// The next element of the item.
        var place = 0
        /// The item by `index` and what its elements open to: long arrays differ in their places only.
        var run: ElementRun?

        /// The next element of the items; nil after the last.
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

    /// The node that is visited, without its path: enough for its name, type, value and meaning.
    package private(set) var node: Node
    /// The record that the node is, or belongs to; nil for the root.
    package private(set) var record: Int?
    /// How many nodes lead to the one that is visited: 1 below the root.
    package var level: Int { start.depth + frames.count }

    // Texts of components by name, of records, and which of its name an item is: few beside the nodes.
    private var components: [[UInt8]?]
    private var ordinals: [[Int]?] = []
    private var plain: [LayoutID: Bool] = [:]
    private var stem: Stem?
    // The path of the node above, while the walk is among its members.
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

    /// A walk over what is below `start`, where that is a leaf, over what shows when it is opened. Below the root
    /// the containers are left out unless they are asked for.
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

    /// Goes to the next node; false after the last.
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

    /// Leaves out what is below the node that is visited.
    package mutating func skip() { descends = false }

    // True when there was a record or an element left in the frame.
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

    /// The way to the node. O(depth).
    package var path: NodePath { path(frames.count) }

    private func path(_ depth: Int) -> NodePath {
        NodePath(
            start.indices
                + frames.prefix(depth).map { frame in
                    frame.layout.isNone
                        ? frame.index - 1 : table[item: frame.index].firstChild + frame.place - 1
                })
    }

    /// Appends the text of the path, as `Document.pathText` has it, to an empty text. O(its length).
    ///
    /// - Returns: how many bytes of it name the record.
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

    // Of the frames before number `count`.
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

    /// The path as text, and where in it the section ends.
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

    // Which of the siblings of its name an item is, counted once for each layout.
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

/// The text of a path, and how many bytes of it name the record.
package struct PlacedPath: Sendable {
    package let text: String
    package let sectionEnd: Int

    /// What is below the record; empty for the record itself.
    package var field: String { String(decoding: text.utf8.dropFirst(sectionEnd + 1), as: UTF8.self) }
}

extension StreamTree {
    /// The text of a path, and where in it the record ends. O(depth · siblings).
    package func placedPath(_ path: NodePath) -> PlacedPath {
        let record = nodes(along: path).last { $0.isRecord }?.path ?? .root
        return PlacedPath(text: pathText(path), sectionEnd: pathText(record).utf8.count)
    }
}
