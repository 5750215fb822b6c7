import Bytes

/// `qtailq`, `qlist` and `gtree`: elements with a marker before each (migration/vmstate-types.c, 5.2 to
/// 11.1).
///
/// The description gives a body for each element; the bodies form the field's template.
package enum ElementLists {
    /// The maximum nesting of lists that are decoded.
    private static let depthLimit = 32

    @Sendable package static func list(_ field: inout FieldDecoding) -> LayoutID? {
        // One byte is an empty list, which its value shows.
        guard field.range.count > 1 else { return nil }
        let bodies = self.bodies(field)
        return field.read { reader throws(Mismatch) in
            try elements(bodies.map { [("value", $0)] }, hasDirectKey: false, &reader)
        }
    }

    @Sendable package static func tree(_ field: inout FieldDecoding) -> LayoutID? {
        let bodies = self.bodies(field)
        return field.read { reader throws(Mismatch) in
            let count = Int(try reader.integer("count", as: UInt32.self))
            if bodies.count == count {
                try elements(bodies.map { [("value", $0)] }, hasDirectKey: true, &reader)
            } else if bodies.count == count.multipliedSaturated(by: 2) {
                let pairs = stride(from: 0, to: bodies.count, by: 2).map {
                    [("key", bodies[$0]), ("value", bodies[$0 + 1])]
                }
                try elements(pairs, hasDirectKey: false, &reader)
            } else {
                throw reader.mismatch("\(bodies.count) bodies")
            }
        }
    }

    private static func bodies(_ field: FieldDecoding) -> [LayoutID] {
        guard !field.template.isNone, field.table[field.template].kind == .body else { return [] }
        let children = field.table.items(of: field.template).map(\.child)
        // A hostile description may give plain fields instead of bodies.
        return children.contains(.none) ? [] : children
    }

    private static func elements(
        _ elements: [[(name: String, body: LayoutID)]], hasDirectKey: Bool, _ reader: inout LeafReader
    ) throws(Mismatch) {
        let count = try marked("elements", &reader) { reader, number throws(Mismatch) in
            guard number < elements.count else { throw reader.mismatch("\(elements.count) elements") }
            if hasDirectKey { try reader.integer("key", as: UInt64.self) }
            for part in elements[number] {
                let body = decoded(part.body, &reader, at: reader.position, depth: 0)
                if reader.table[body].size > 0 { try reader.member(part.name, "struct", body) }
            }
        }
        guard count == elements.count else { throw reader.mismatch("\(elements.count) elements") }
    }

    /// Reads elements with a marker of 1 before each as the array `name`, and the 0 after them.
    ///
    /// - Parameter element: Reads the content after the marker of the element with that number.
    /// - Returns: The number of elements.
    package static func marked(
        _ name: String, _ reader: inout LeafReader,
        _ element: (inout LeafReader, Int) throws(Mismatch) -> Void
    ) throws(Mismatch) -> Int {
        var count = 0
        reader.begin(.array)
        while reader.region.byte(at: reader.position) == 1 {
            try reader.beginElement()
            try reader.integer("mark", as: UInt8.self)
            try element(&reader, count)
            reader.end()
            count += 1
        }
        reader.end(name)
        guard try reader.integer("end", as: UInt8.self) == 0 else { throw reader.mismatch("0") }
        return count
    }

    private static func isArray(_ layout: LayoutID, _ table: LayoutTable) -> Bool {
        !layout.isNone && table[layout].kind == .array
    }

    /// Returns the body with its opaque fields decoded, because a resolver handles only described fields.
    private static func decoded(
        _ body: LayoutID, _ reader: inout LeafReader, at offset: Int, depth: Int
    ) -> LayoutID {
        guard depth < depthLimit, reader.table[body].kind == .body else { return body }
        var items = Array(reader.table.items(of: body))
        var hasChanged = false
        for index in items.indices where items[index].count == 1 {
            let item = items[index]
            let start = offset.addingSaturated(item.offset)
            guard item.stride <= reader.limit - start else { return body }
            var child = item.child
            if let decode = reader.table[type: item.type].decode, !isArray(child, reader.table) {
                var field = FieldDecoding(
                    region: reader.region, range: start..<start + item.stride, template: item.child,
                    section: .empty, table: reader.table)
                let layout = decode(&field)
                child = layout.flatMap { reader.table[$0].size == item.stride ? $0 : nil } ?? .none
            } else if !child.isNone {
                child = decoded(child, &reader, at: start, depth: depth + 1)
            }
            hasChanged = hasChanged || child != item.child
            items[index].child = child
        }
        guard hasChanged else { return body }
        let layout = reader.table[body]
        return reader.table.layout(
            .body, items, vmsdName: layout.vmsdName, version: layout.version, needsResolution: false)
    }
}
