import Bytes
import Memory
import Query
import Stream

/// `migscope find`: a line for each match, `offset TAB path TAB value`.
package struct FindExport {
    private let document: Document
    private let limit: Int
    private let offsets: OffsetForm
    private let hasContext: Bool
    private let map: GuestMap?
    private var records: RecordWriter?
    private let values: ValueReader
    // The current line.
    private var line: [UInt8] = []

    /// - Parameters:
    ///   - limit: the maximum number of lines.
    ///   - form: the form of records, instead of lines.
    ///   - hasContext: whether meaning, label and guest address follow the value.
    package init(
        _ document: Document, limit: Int = .max, form: RecordForm? = nil, offsets: OffsetForm = .hex,
        hasContext: Bool = false
    ) {
        self.document = document
        self.limit = limit
        self.offsets = offsets
        self.hasContext = hasContext
        map = hasContext ? document.guestMap : nil
        values = ValueReader(document)
        records = form.map { RecordWriter(document, $0) }
    }

    /// Writes the fields, sections and subsections whose name contains `text`; case counts as in the browser.
    /// Returns the number of lines. O(lines × log nodes).
    package mutating func writeNames(containing text: String, to sink: inout some ByteSink) -> Int {
        let search = Search(text, document)
        let count = min(search.count, limit)
        for ordinal in 0..<count {
            guard let path = search.path(ofOrdinal: ordinal + 1, document) else { return ordinal }
            let node = document.tree.node(path)
            write(node, to: &sink)
        }
        return count
    }

    /// Writes the nodes whose name matches, or with `values` also the value of a leaf. Does not read RAM.
    /// Returns the number of lines. O(nodes).
    package mutating func writeNodes(
        matching pattern: TextPattern, values searchesValues: Bool, to sink: inout some ByteSink
    ) -> Int {
        var walk = NodeWalk(document, reach: .meanings, hasContainers: true)
        var known: [Bool?] = Array(repeating: nil, count: document.store.table.names.count)
        var text: [UInt8] = []
        var count = 0
        while count < limit, walk.next() {
            let node = walk.node
            var isMatch: Bool
            if node.isElement {
                isMatch = pattern.matchesName(ofElement: node, document, &text)
            } else {
                let name = Int(document.tree.nameID(of: node).index)
                if known.indices.contains(name), let answer = known[name] {
                    isMatch = answer
                } else {
                    isMatch = pattern.matches(document.tree.name(node))
                    if known.indices.contains(name) { known[name] = isMatch }
                }
            }
            if !isMatch, searchesValues, node.isLeaf {
                text.removeAll(keepingCapacity: true)
                values.appendFull(node, to: &text)
                isMatch = pattern.matches(bytes: text)
                if !isMatch, node.opensMeaning { isMatch = pattern.matches(document.tree.meaning(node)) }
            }
            guard isMatch else { continue }
            writeMatch(&walk, to: &sink)
            count += 1
        }
        return count
    }

    /// Writes the nodes that fulfill a filter. Does not read RAM. Returns the number of lines. O(nodes).
    package mutating func writeNodes(where run: FilterRun, to sink: inout some ByteSink) -> Int {
        var walk = NodeWalk(document, reach: .meanings, hasContainers: true)
        var count = 0
        while count < limit, walk.next() {
            let (node, record) = (walk.node, walk.record)
            guard run.matches(node, record: record, path: { walk.placedPath() }) else { continue }
            writeMatch(&walk, to: &sink)
            count += 1
        }
        return count
    }

    /// Writes the places of `pattern` in the whole stream, including overlapping ones. Returns the number of
    /// lines. O(stream).
    package mutating func writeBytes(matching pattern: BytePattern, to sink: inout some ByteSink) -> Int {
        var scan = ByteScan(pattern, in: document.store.region)
        var places = GuestPlaces(document)
        var count = 0
        while !scan.isFinished, count < limit {
            // The budget limits the matches of a step to those that a scan may have.
            scan.step(budget: ScanLimit.matches)
            for offset in scan.takeOffsets().prefix(limit - count) {
                let node = document.tree.node(document.path(atOffset: offset))
                let value = places.text(of: offset..<offset + pattern.count, in: node)
                write(node, offset: offset, value: value, to: &sink)
                count += 1
            }
        }
        return count
    }

    private mutating func writeMatch(_ walk: inout NodeWalk, to sink: inout some ByteSink) {
        guard records == nil else {
            records?.write(&walk, to: &sink)
            return
        }
        beginLine(walk.node, offset: nil)
        walk.appendPath(to: &line)
        endLine(walk.node, offset: nil, to: &sink)
    }

    // `value` replaces the node's value.
    private mutating func write(
        _ node: Node, offset: Int? = nil, value: String? = nil, to sink: inout some ByteSink
    ) {
        guard records == nil else {
            records?.write(node, offset: offset, to: &sink)
            return
        }
        beginLine(node, offset: offset)
        line += document.tree.pathText(node.path).utf8
        endLine(node, offset: offset, value: value, to: &sink)
    }

    // Writes the offset; the path follows.
    private mutating func beginLine(_ node: Node, offset: Int?) {
        line.removeAll(keepingCapacity: true)
        // Outside the stream, the name of the address space precedes the offset, as in `at file:OFFSET`.
        if node.space != .stream {
            line += document.store.name(of: node.space).utf8
            line.append(UInt8(ascii: ":"))
        }
        offsets.append(offset ?? node.offset, to: &line)
        line.append(0x09)
    }

    // Writes value and context, after the path.
    private mutating func endLine(
        _ node: Node, offset: Int?, value: String? = nil, to sink: inout some ByteSink
    ) {
        line.append(0x09)
        if let value {
            line += value.utf8
        } else if values.appendShort(node, to: &line) == .unknown {
            let text = RecordText.text(of: node, document)
            if text.isEmpty { values.appendFull(node, isWhole: true, to: &line) }
            line += text.utf8
        }
        if hasContext {
            for text in [
                document.tree.meaning(node), document.tree.label(node), guestAddress(node, offset) ?? "",
            ] {
                line.append(0x09)
                line += text.utf8
            }
        }
        line.append(0x0a)
        sink.write(line)
    }

    // The guest address of a byte in a RAM page that the stream contains uncompressed.
    private func guestAddress(_ node: Node, _ offset: Int?) -> String? {
        map.flatMap {
            document.tree.physicalAddress(of: node, atOffset: offset ?? node.offset, in: $0)
        }.map(Hex.offset)
    }

    /// Writes the names of the columns.
    package func writeHeader(to sink: inout some ByteSink) {
        sink.write("offset\tpath\tvalue" + (hasContext ? "\tmeaning\tlabel\taddress" : "") + "\n")
    }

    /// Ends the output.
    package mutating func finish(to sink: inout some ByteSink) { records?.finish(to: &sink) }
}
