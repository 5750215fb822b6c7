import Bytes
import Export
import Stream
import Testing

extension Document {
    /// The children of the node that `text` names, as `name type size`, or `name value` for short leaves.
    func listing(_ text: String) throws -> [String] {
        openLivePart()
        let found = self.path(text: text)
        let place = try #require(found, "no node \(text)")
        if tree.node(place).isLazy { open(place) }
        let parent = tree.node(place)
        return (0..<parent.childCount).map { index in
            let child = tree.child(index, of: parent)
            let isGroup = child.isExpandable && tree.item(of: child)?.isLeaf != true
            return "\(tree.name(child)) "
                + (isGroup ? "\(tree.typeName(child)) \(child.size)" : tree.value(child).short)
        }
    }

    /// Checks that the leaves tile the stream: each byte in one, in order.
    ///
    /// - Returns: How many bytes are in gaps and errors.
    @discardableResult
    func expectTiling(_ location: SourceLocation = #_sourceLocation) -> Int {
        var end = 0
        var unclaimed = 0
        var problem: String?
        var sink = RowSink { row in
            if row.offset != end, problem == nil {
                problem = "\(row.pathText) at \(row.offset), expected \(end)"
            }
            end = row.end
            if row.typeText == "gap" || row.typeText == "error" { unclaimed += row.size }
        }
        TSVExport(self).write(all: true, section: nil, to: &sink)
        #expect(problem == nil, sourceLocation: location)
        #expect(end == store.region.count, sourceLocation: location)
        return unclaimed
    }

    /// A stream of these bytes.
    static func of(_ bytes: [UInt8]) throws -> Document {
        try Document.open(region: MappedRegion(copying: bytes), name: "test.mig")
    }
}
