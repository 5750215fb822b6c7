import Bytes
import Query
import Stream

/// `migscope tree`: nodes as indented lines, in stream order.
package struct TreeExport {
    private let document: Document
    private let line: NodeLine

    package init(_ document: Document) {
        self.document = document
        line = NodeLine(document)
    }

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
        let readsLazyNodes = document.node(start).isLazy || document.node(start).role == .ram
        if start == document.livePart {
            document.openLivePart()
        } else if readsLazyNodes {
            document.open(start)
        }
        let node = document.node(start)
        let isRoot = start == .root
        if !isRoot { sink.write(line.text(node, in: document, level: 0, value: values)) }
        var walk = Walk(depth: depth ?? .max, values: values, readsLazyNodes: readsLazyNodes)
        walk.level = isRoot ? 0 : 1
        writeChildren(of: node, walk, to: &sink)
    }

    /// Writes the same nodes as records. Gives back how many.
    package func writeRecords(
        _ form: RecordForm, from start: NodePath = .root, depth: Int? = nil, values: Bool = false,
        where run: FilterRun? = nil, to sink: inout some ByteSink
    ) -> Int {
        open(start)
        var count = 0
        var records = RecordWriter(document, form)
        let node = document.node(start)
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
        open(start)
        var count = 0
        // The nodes that lead to the one that the walk is at, and how many of them were written.
        var trail: [Node] = start == .root ? [] : [document.node(start)]
        let base = trail.isEmpty ? 1 : start.depth
        var written = 0
        if let first = trail.first, run.matches(first) {
            sink.write(line.text(first, in: document, level: 0, value: values))
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
                sink.write(line.text(trail[written], in: document, level: written, value: values))
                written += 1
            }
        }
        return count
    }

    // Nodes that RAM has are read before they are walked over.
    private func open(_ start: NodePath) {
        if start == document.livePart {
            document.openLivePart()
        } else if document.node(start).isLazy || document.node(start).role == .ram {
            document.open(start)
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

    private struct Walk {
        package var depth: Int
        package let values: Bool
        package let readsLazyNodes: Bool
        package var level = 0
    }

    // Below a field are its bits and bytes. What they mean says nothing without their values, and the bytes
    // of a buffer that mean nothing by themselves are wanted only of that buffer.
    private func isWorthLines(_ node: Node, _ walk: Walk) -> Bool {
        !node.isLeaf || walk.values && !document.opensPlainBytes(node)
    }

    private func writeChildren(of node: Node, _ walk: Walk, to sink: inout some ByteSink) {
        guard walk.depth > 0 else { return }
        var below = walk
        below.depth -= 1
        below.level += 1
        for index in 0..<node.childCount {
            var child = document.child(index, of: node)
            sink.write(line.text(child, in: document, level: walk.level, value: walk.values))
            if child.isLazy, walk.readsLazyNodes, below.depth > 0, document.open(child.path) {
                child = document.node(child.path)
            }
            if isWorthLines(child, walk) { writeChildren(of: child, below, to: &sink) }
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
        let line = NodeLine(document)
        let nodes = document.nodes(along: place.path)
        for (level, node) in nodes.enumerated() {
            let isLeaf = level == nodes.count - 1
            sink.write(line.text(node, in: document, level: level, value: isLeaf))
        }
        guard let leaf = nodes.last else { return }
        let offset = place.offset ?? leaf.offset
        sink.write("\npath     \(document.pathText(leaf.path))\n")
        sink.write("byte     \(offset - leaf.offset) of \(leaf.size)\n")
        if leaf.space == .stream, let place = document.fileOffset(ofStreamOffset: offset), place != offset {
            sink.write("file     \(Hex.offset(place))\n")
        }
        let names = document.meaningNames(of: leaf, atOffset: offset)
        if !names.isEmpty { sink.write(Self.detail(("byte of", names.joined(separator: ", ")))) }
        for detail in document.details(leaf) { sink.write(Self.detail(detail)) }
    }

    /// Writes the nodes on the way as records, the leaf last.
    package func writeRecords(_ place: Place, _ form: RecordForm, to sink: inout some ByteSink) {
        var records = RecordWriter(document, form)
        for node in document.nodes(along: place.path).dropFirst() { records.write(node, to: &sink) }
        records.finish(to: &sink)
    }

    private static func detail(_ detail: (label: String, text: String)) -> String {
        let blanks = max(8 - detail.label.count, 0)
        return detail.label + String(repeating: " ", count: blanks) + " " + detail.text + "\n"
    }
}

/// One node as a line of text: offset, size, then the name indented by its depth, type and value.
package struct NodeLine {
    // Columns that hold each offset and each size of the stream.
    private let offsetWidth: Int
    private let sizeWidth: Int

    package init(_ document: Document) {
        offsetWidth = max(Hex.digits(UInt64(document.region.count)).utf8.count, 4)
        sizeWidth = max(String(document.region.count).utf8.count, 4)
    }

    /// The line of `node` in UTF-8, its line end included. Values are whole unless `isBrief`.
    package func text(
        _ node: Node, in document: Document, level: Int, value: Bool, isBrief: Bool = false
    ) -> [UInt8] {
        // Millions of lines are made: in one buffer, without a string for each part.
        var line: [UInt8] = []
        line.reserveCapacity(128)
        // Where it is not the stream's, what the offset counts in precedes it, as for `at file:OFFSET`.
        let place = document.name(of: node.space)
        append(place, after: "", to: &line)
        append("0x", after: place.isEmpty ? "" : ":", to: &line)
        ASCII.appendHex(
            UInt64(node.offset), width: max(offsetWidth - place.utf8.count - 1, 1), to: &line)
        ASCII.appendBlanks(2, to: &line)
        ASCII.appendDecimal(node.size, width: sizeWidth, to: &line)
        ASCII.appendBlanks(2 + 2 * level, to: &line)
        append(document.name(node), after: "", to: &line)
        append(document.decoration(node), after: " ", to: &line)
        append(document.versionText(node), after: " ", to: &line)
        append(document.typeName(node), after: "  ", to: &line)
        if value {
            append(
                isBrief ? document.value(node).full : document.wholeValue(node).full, after: "  = ", to: &line
            )
            append(document.meaning(node), after: ": ", to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    // Nothing where the text is empty.
    private func append(_ text: String, after separator: String, to line: inout [UInt8]) {
        guard !text.isEmpty else { return }
        line += separator.utf8
        line += text.utf8
    }
}
