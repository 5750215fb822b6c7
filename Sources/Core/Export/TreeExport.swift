import Bytes
import Query
import Stream

/// `migscope tree`: nodes as indented lines, in stream order.
package struct TreeExport {
    private let document: Document

    package init(_ document: Document) { self.document = document }

    /// Writes the nodes below `start`, and `start` itself unless it is the root.
    ///
    /// - Parameters:
    ///   - depth: the number of levels below `start`; nil for all.
    ///   - values: whether leaves show their value.
    ///
    /// Reads RAM only when `start` is inside it, and all of it for the live part. O(nodes written and RAM
    /// read); memory does not grow with the number of nodes.
    package func write(
        from start: NodePath = .root, depth: Int? = nil, values: Bool = false, to sink: inout some ByteSink
    ) {
        open(start, depth)
        var line = NodeLine(document)
        var lines: [UInt8] = []
        if start != .root { line.append(document.tree.node(start), level: 0, value: values, to: &lines) }
        let outermost = max(start.depth, 1)
        forEach(below: start, depth, values) { walk in
            line.append(walk.node, level: walk.level - outermost, value: values, to: &lines)
            guard lines.count > Self.piece else { return }
            sink.write(lines)
            lines.removeAll(keepingCapacity: true)
        }
        sink.write(lines)
    }

    private static let piece = 1 << 16

    /// Writes the same nodes as records. Returns their number.
    package func writeRecords(
        _ form: RecordForm, from start: NodePath = .root, depth: Int? = nil, values: Bool = false,
        where run: FilterRun? = nil, to sink: inout some ByteSink
    ) -> Int {
        open(start, depth)
        var count = 0
        var records = RecordWriter(document, form)
        let node = document.tree.node(start)
        if start != .root, run?.matches(node) ?? true {
            records.write(node, to: &sink)
            count += 1
        }
        forEach(below: start, depth, values) { walk in
            let (node, record) = (walk.node, walk.record)
            guard run?.matches(node, record: record, path: { walk.placedPath() }) ?? true else { return }
            records.write(&walk, to: &sink)
            count += 1
        }
        records.finish(to: &sink)
        return count
    }

    /// Writes the nodes that fulfill a filter and their ancestors. Returns the number of matches. O(nodes).
    package func write(
        where run: FilterRun, from start: NodePath = .root, depth: Int? = nil, values: Bool = false,
        to sink: inout some ByteSink
    ) -> Int {
        open(start, depth)
        var count = 0
        var line = NodeLine(document)
        // The ancestors of the walk's current node, and how many of them were written.
        var trail: [Node] = start == .root ? [] : [document.tree.node(start)]
        let base = trail.isEmpty ? 1 : start.depth
        var written = 0
        if let first = trail.first, run.matches(first) {
            sink.write(line.text(first, level: 0, value: values))
            (written, count) = (1, 1)
        }
        forEach(below: start, depth, values) { walk in
            let (node, record) = (walk.node, walk.record)
            trail.removeLast(trail.count - (walk.level - base))
            trail.append(node)
            written = min(written, trail.count - 1)
            guard run.matches(node, record: record, path: { walk.placedPath() }) else { return }
            count += 1
            while written < trail.count {
                sink.write(line.text(trail[written], level: written, value: values))
                written += 1
            }
        }
        return count
    }

    // A walk that begins in RAM reads all of it first, down to the wanted depth.
    private func open(_ start: NodePath, _ depth: Int?) {
        let node = document.tree.node(start)
        guard node.isLazy || node.role == .ram else { return }
        if start == document.livePart { document.openLivePart() } else { document.open(start) }
        openBelow(document.tree.node(start), depth ?? .max)
    }

    private func openBelow(_ parent: Node, _ depth: Int) {
        guard depth > 1, parent.layout.isNone else { return }
        for index in 0..<parent.childCount {
            let child = document.tree.child(index, of: parent)
            if child.isLazy { document.open(child.path) }
            openBelow(document.tree.node(child.path), depth - 1)
        }
    }

    private func forEach(
        below start: NodePath, _ depth: Int?, _ values: Bool, _ body: (inout NodeWalk) -> Void
    ) {
        let deepest = depth.map { start.depth.addingSaturated($0) } ?? .max
        guard deepest > start.depth else { return }
        var walk = NodeWalk(document, reach: values ? .meanings : .fields, below: start, hasContainers: true)
        while walk.next() {
            body(&walk)
            if walk.level >= deepest { walk.skip() }
        }
    }
}

/// `migscope at`: the path from the root to the leaf that owns a byte.
package struct AtExport {
    private let document: Document

    package init(_ document: Document) {
        self.document = document
    }

    /// Writes one line for each node on the path, the leaf with its value, then more details of the leaf.
    ///
    /// - Parameter offset: bytes from the start of the stream; must be inside it.
    package func write(offset: Int, to sink: inout some ByteSink) {
        write(Place(path: document.path(atOffset: offset), offset: offset), to: &sink)
    }

    /// Does the same for a place that may be in a container, outside the stream.
    package func write(_ place: Place, to sink: inout some ByteSink) {
        var line = NodeLine(document)
        let nodes = document.tree.nodes(along: place.path)
        for (level, node) in nodes.enumerated() {
            let isLeaf = level == nodes.count - 1
            sink.write(line.text(node, level: level, value: isLeaf))
        }
        guard let leaf = nodes.last else { return }
        let offset = place.offset ?? leaf.offset
        sink.write("\npath     \(document.tree.pathText(leaf.path))\n")
        sink.write("byte     \(offset - leaf.offset) of \(leaf.size)\n")
        if leaf.space == .stream, let place = document.store.fileOffset(ofStreamOffset: offset),
            place != offset
        {
            sink.write("file     \(Hex.offset(place))\n")
        }
        let names = document.tree.meaningNames(of: leaf, atOffset: offset)
        if !names.isEmpty { sink.write(Self.detail(("byte of", names.joined(separator: ", ")))) }
        for detail in document.details(leaf) { sink.write(Self.detail(detail)) }
    }

    /// Writes the nodes on the path as records, the leaf last.
    package func writeRecords(_ place: Place, _ form: RecordForm, to sink: inout some ByteSink) {
        var records = RecordWriter(document, form)
        for node in document.tree.nodes(along: place.path).dropFirst() { records.write(node, to: &sink) }
        records.finish(to: &sink)
    }

    private static func detail(_ detail: (label: String, text: String)) -> String {
        let blanks = max(8 - detail.label.count, 0)
        return detail.label + String(repeating: " ", count: blanks) + " " + detail.text + "\n"
    }
}

/// Writes nodes as lines of text: offset, size, then the name indented by its depth, type and value.
///
/// The text that all elements of an item share is made once, since there may be millions of lines.
package struct NodeLine {
    private let document: Document
    private let values: ValueReader
    // Wide enough for each offset and each size in the stream.
    private let offsetWidth: Int
    private let sizeWidth: Int
    // Indexed by the low bits of the item number.
    private var known: [Words?]
    /// The number of items whose text was made; for tests.
    package private(set) var work = 0

    /// The text that the lines of an item's elements share.
    private struct Words {
        var item: Int
        /// The name; nil for elements, which have numbers instead.
        var name: [UInt8]?
        /// The text between the name and the value.
        var rest: [UInt8]
        var hasValue: Bool
        var mayMean: Bool
    }

    private static let mostKnown = 4096

    package init(_ document: Document) {
        self.document = document
        values = ValueReader(document)
        offsetWidth = max(Hex.digits(UInt64(document.store.region.count)).utf8.count, 4)
        sizeWidth = max(String(document.store.region.count).utf8.count, 4)
        known = Array(repeating: nil, count: Self.mostKnown)
    }

    /// Returns the line of `node` in UTF-8, including the line end. Values are whole unless `isBrief` is
    /// true.
    package mutating func text(_ node: Node, level: Int, value: Bool, isBrief: Bool = false) -> [UInt8] {
        var line: [UInt8] = []
        append(node, level: level, value: value, isBrief: isBrief, to: &line)
        return line
    }

    /// Appends the line of `node`.
    package mutating func append(
        _ node: Node, level: Int, value: Bool, isBrief: Bool = false, to line: inout [UInt8]
    ) {
        appendPlace(node, to: &line)
        ASCII.appendDecimal(node.size, width: 2 + sizeWidth, to: &line)
        ASCII.appendBlanks(2 + 2 * level, to: &line)
        let item: Int
        switch node.source {
        case .member(let number), .element(let number, _): item = number
        case .root, .record, .range:
            line += document.tree.name(node).utf8
            line += words(node, item: 0).rest
            if value { appendValue(node, isBrief, hasValue: true, mayMean: true, to: &line) }
            return line.append(UInt8(ascii: "\n"))
        }
        let slot = item & (Self.mostKnown - 1)
        if known[slot]?.item != item {
            known[slot] = words(node, item: item)
            work += 1
        }
        guard let words = known[slot] else { return }
        if let name = words.name {
            line += name
        } else if node.role == .ram {
            line += document.tree.name(node).utf8
        } else {
            document.tree.appendElementName(node, to: &line)
        }
        line += words.rest
        if value {
            appendValue(node, isBrief, hasValue: words.hasValue, mayMean: words.mayMean, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
    }

    // Outside the stream, the name of the address space precedes the offset, as in `at file:OFFSET`.
    private func appendPlace(_ node: Node, to line: inout [UInt8]) {
        var width = offsetWidth
        if node.space != .stream {
            let place = document.store.name(of: node.space)
            line += place.utf8
            line.append(UInt8(ascii: ":"))
            width = max(offsetWidth - place.utf8.count - 1, 1)
        }
        line.append(UInt8(ascii: "0"))
        line.append(UInt8(ascii: "x"))
        ASCII.appendHex(UInt64(node.offset), width: width, to: &line)
    }

    private func words(_ node: Node, item: Int) -> Words {
        var rest: [UInt8] = []
        Self.append(document.tree.decoration(node), after: " ", to: &rest)
        Self.append(document.tree.versionText(node), after: " ", to: &rest)
        Self.append(document.tree.typeName(node), after: "  ", to: &rest)
        return Words(
            item: item, name: node.isElement ? nil : Array(document.tree.name(node).utf8), rest: rest,
            hasValue: document.tree.mayHaveValue(node), mayMean: document.tree.mayMean(node))
    }

    private func appendValue(
        _ node: Node, _ isBrief: Bool, hasValue: Bool, mayMean: Bool, to line: inout [UInt8]
    ) {
        if hasValue {
            let end = line.count
            line += Self.sign
            let start = line.count
            values.appendFull(node, isWhole: !isBrief, to: &line)
            if line.count == start { line.removeSubrange(end...) }
        }
        if mayMean { Self.append(document.tree.meaning(node), after: ": ", to: &line) }
    }

    private static let sign: [UInt8] = Array("  = ".utf8)

    // Appends nothing when the text is empty.
    private static func append(_ text: String, after separator: String, to line: inout [UInt8]) {
        guard !text.isEmpty else { return }
        line += separator.utf8
        line += text.utf8
    }
}
