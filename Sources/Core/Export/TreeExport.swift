import Bytes
import Query
import Stream

/// `migscope tree`: nodes as indented lines, in stream order.
package struct TreeExport {
    private let document: Document

    package init(_ document: Document) { self.document = document }

    /// Writes what is below `start`, and `start` itself unless it is the root.
    ///
    /// - Parameters:
    ///   - depth: how many levels below `start`; nil for all.
    ///   - values: whether leaves show their value.
    ///
    /// RAM is read only when `start` lies in it, all of it for the live part. O(nodes written) and that; memory
    /// does not grow with the nodes.
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

    /// Writes the same nodes as records. Gives back how many.
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

    /// Writes the nodes that fulfill a filter, and what leads to them. Gives back how many fulfill it. O(nodes).
    package func write(
        where run: FilterRun, from start: NodePath = .root, depth: Int? = nil, values: Bool = false,
        to sink: inout some ByteSink
    ) -> Int {
        open(start, depth)
        var count = 0
        var line = NodeLine(document)
        // The nodes that lead to the one that the walk is at, and how many of them were written.
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

    // Where it begins in RAM, all of that is read before it is walked over, as far down as is asked for.
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

/// `migscope at`: the way from the root to the leaf that owns a byte.
package struct AtExport {
    private let document: Document

    package init(_ document: Document) {
        self.document = document
    }

    /// Writes one line for each node on the way, the leaf with its value, then what else is known of the leaf.
    ///
    /// - Parameter offset: bytes from the start of the stream; must lie inside it.
    package func write(offset: Int, to sink: inout some ByteSink) {
        write(Place(path: document.path(atOffset: offset), offset: offset), to: &sink)
    }

    /// The same for a place that may be in a container, outside of the stream.
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

    /// Writes the nodes on the way as records, the leaf last.
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
/// What all elements of an item have in common is worked out once: there may be millions of lines.
package struct NodeLine {
    private let document: Document
    private let values: ValueReader
    // Columns that hold each offset and each size of the stream.
    private let offsetWidth: Int
    private let sizeWidth: Int
    // By the last bits of the item's number.
    private var known: [Words?]
    /// Items whose words were made; for tests.
    package private(set) var work = 0

    /// What lines of the elements of an item have in common.
    private struct Words {
        var item: Int
        /// The name; nil for elements, whose number is theirs.
        var name: [UInt8]?
        /// What follows the name up to the value.
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

    /// The line of `node` in UTF-8, its line end included. Values are whole unless `isBrief`.
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
        ASCII.appendBlanks(2, to: &line)
        ASCII.appendDecimal(node.size, width: sizeWidth, to: &line)
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

    // Where it is not the stream's, what the offset counts in precedes it, as for `at file:OFFSET`.
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

    // Nothing where the text is empty.
    private static func append(_ text: String, after separator: String, to line: inout [UInt8]) {
        guard !text.isEmpty else { return }
        line += separator.utf8
        line += text.utf8
    }
}
