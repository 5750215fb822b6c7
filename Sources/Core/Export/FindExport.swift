import Bytes
import Query
import Stream

/// `migscope find`: a line for each match, `offset TAB path TAB value`.
package struct FindExport {
    private let document: Document
    /// At most this many lines.
    private let limit: Int

    package init(_ document: Document, limit: Int = .max) {
        self.document = document
        self.limit = limit
    }

    /// Fields, sections and subsections whose name contains `text`, with or without regard to case as in the
    /// browser. Gives back the number of lines. O(lines × log nodes).
    package func writeNames(containing text: String, to sink: inout some ByteSink) -> Int {
        let search = Search(text, document)
        let count = min(search.count, limit)
        for ordinal in 0..<count {
            guard let path = search.path(ofOrdinal: ordinal + 1, document) else { return ordinal }
            let node = document.node(path)
            if node.space == .stream { write(node, to: &sink) }
        }
        return count
    }

    /// Nodes whose name, or with `values` also the value of a leaf, matches. Does not read RAM.
    /// Gives back the number of lines. O(nodes).
    package func writeNodes(matching pattern: TextPattern, values: Bool, to sink: inout some ByteSink) -> Int
    {
        var walk = Walk(pattern: pattern, values: values)
        visit(document.root, &walk, to: &sink)
        return walk.count
    }

    /// Places in the whole stream where `pattern` is, overlapping ones too.
    /// Gives back the number of lines. O(stream).
    package func writeBytes(matching pattern: BytePattern, to sink: inout some ByteSink) -> Int {
        var scan = ByteScan(pattern, in: document.region)
        var places = GuestPlaces(document)
        var count = 0
        while !scan.isFinished, count < limit {
            // No more matches than a scan may have.
            scan.step(budget: ScanLimit.matches)
            for offset in scan.takeOffsets().prefix(limit - count) {
                let node = document.node(document.path(atOffset: offset))
                let value = places.text(of: offset..<offset + pattern.count, in: node)
                write(node, offset: offset, value: value, to: &sink)
                count += 1
            }
        }
        return count
    }

    private struct Walk {
        package let pattern: TextPattern
        package let values: Bool
        package var count = 0
        // Names repeat: a device with 255 instances has each of its names 255 times.
        package var known: [String: Bool] = [:]

        package mutating func matches(name: String) -> Bool {
            if let answer = known[name] { return answer }
            let answer = pattern.matches(name)
            known[name] = answer
            return answer
        }
    }

    private func visit(_ node: Node, _ walk: inout Walk, to sink: inout some ByteSink) {
        // Containers are no part of the stream.
        for index in (node.path == .root ? document.containerCount : 0)..<node.childCount {
            guard walk.count < limit else { return }
            let child = document.child(index, of: node)
            if matches(child, &walk) {
                write(child, to: &sink)
                walk.count += 1
            }
            visit(child, &walk, to: &sink)
        }
    }

    private func matches(_ node: Node, _ walk: inout Walk) -> Bool {
        if walk.matches(name: document.name(node)) { return true }
        guard walk.values, node.isLeaf else { return false }
        return walk.pattern.matches(document.meantValue(node))
    }

    private func write(
        _ node: Node, offset: Int? = nil, value: String? = nil, to sink: inout some ByteSink
    ) {
        let place = Hex.offset(offset ?? node.offset)
        let value = value ?? document.meantValue(node)
        sink.write("\(place)\t\(document.pathText(node.path))\t\(value)\n")
    }
}
