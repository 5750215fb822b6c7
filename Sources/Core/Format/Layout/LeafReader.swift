import Bytes

/// Reads the fields of a format in order and lays each one out.
///
/// For formats that no description covers. Bodies and arrays are nested with `begin` and `end`. Each read
/// checks the remaining bytes, so a count or a length from a stream can't lead outside. All items have the
/// role `.decoded`.
package struct LeafReader {
    package let region: MappedRegion
    /// The end of the bytes, from the start of the stream.
    package let limit: Int
    /// The next byte, from the start of the stream.
    package private(set) var position: Int
    package var table: LayoutTable
    private var open: [Level]

    /// An unfinished body or array.
    private struct Level {
        package var kind: Layout.Shape
        package var items: [Item] = []
        /// The number of the next element.
        package var next = 0
    }

    /// The maximum number of items in a body or an array. The rest becomes one leaf, so that hostile bytes
    /// can't make it large.
    package static let itemLimit = 1 << 16
    /// The maximum number of elements in a list of a field.
    package static let elementLimit = 1 << 16

    package init(_ region: MappedRegion, _ range: Range<Int>, table: LayoutTable) {
        self.region = region
        limit = range.upperBound
        position = range.lowerBound
        self.table = table
        open = [Level(kind: .body)]
    }

    /// The number of remaining bytes.
    package var left: Int { limit - position }

    /// The items of the outermost body so far.
    package var members: [Item] { open.first?.items ?? [] }
}

// MARK: - Trials

extension LeafReader {
    /// A state to return to.
    package struct Mark {
        fileprivate var position: Int
        fileprivate var depth: Int
        fileprivate var itemCount: Int

        package init(position: Int, depth: Int, itemCount: Int) {
            self.position = position
            self.depth = depth
            self.itemCount = itemCount
        }
    }

    /// The current state. `reset` restores only items of the innermost open body, so use it for bodies.
    package var mark: Mark { Mark(position: position, depth: open.count, itemCount: itemCount) }

    /// Discards what was read since `mark`.
    package mutating func reset(to mark: Mark) {
        position = mark.position
        open.removeLast(open.count - mark.depth)
        open[open.count - 1].items.removeLast(itemCount - mark.itemCount)
    }
}

// MARK: - Leaves

extension LeafReader {
    /// Reads a big-endian integer as a leaf.
    ///
    /// - Parameter type: The name of its type; by default QEMU's type for the width.
    @discardableResult
    package mutating func integer<T: UnsignedInteger & FixedWidthInteger & BitwiseCopyable>(
        _ name: String, as width: T.Type, type: String? = nil
    ) throws(Mismatch) -> T {
        guard left >= MemoryLayout<T>.size, let value = region.bigEndian(T.self, at: position) else {
            throw mismatch("\(MemoryLayout<T>.size) bytes of \(name)")
        }
        add(leaf(name, type ?? "uint\(T.bitWidth)", MemoryLayout<T>.size))
        return value
    }

    /// Reads `count` bytes as one leaf. Adds nothing if `count` is 0.
    package mutating func bytes(_ name: String, _ type: String = "buffer", count: Int) throws(Mismatch) {
        guard count >= 0, count <= left else { throw mismatch("\(count) bytes of \(name)") }
        if count > 0 { add(leaf(name, type, count)) }
    }

    /// Reads a text that follows a byte with its length.
    @discardableResult
    package mutating func text(_ name: String) throws(Mismatch) -> NameID {
        guard left >= 1, let length = region.byte(at: position), Int(length) < left else {
            throw mismatch("the text \(name)")
        }
        let characters = position + 1..<position + 1 + Int(length)
        add(leaf(name, "counted text", 1 + Int(length)))
        return table.names.intern(region.copy(characters))
    }

    /// Reads an array of `count` leaves of `stride` bytes. Adds nothing if `count` is 0.
    package mutating func array(_ name: String, _ type: String, count: Int, stride: Int) throws(Mismatch) {
        try array(name, type, count: count, of: .none, stride: stride)
    }

    /// Reads an array of `count` elements of one layout. Adds nothing if `count` is 0.
    package mutating func array(_ name: String, _ type: String, count: Int, of child: LayoutID)
        throws(Mismatch)
    {
        try array(name, type, count: count, of: child, stride: table[child].size)
    }

    private mutating func array(
        _ name: String, _ type: String, count: Int, of child: LayoutID, stride: Int
    ) throws(Mismatch) {
        guard count >= 0, count.multipliedSaturated(by: stride) <= left else {
            throw mismatch("\(count) × \(stride) bytes of \(name)")
        }
        guard count > 0 else { return }
        let type = table.type(named: type)
        let run = Item(type: type, role: .decoded, child: child, count: count, stride: stride)
        let elements = table.layout(.array, [run])
        add(
            Item(
                name: table.names.intern(name), type: type, role: .decoded, child: elements,
                stride: count * stride))
    }

    /// Reads a member of a known layout.
    package mutating func member(_ name: String, _ type: String, _ child: LayoutID) throws(Mismatch) {
        guard table[child].size <= left else { throw mismatch("\(table[child].size) bytes of \(name)") }
        var item = leaf(name, type, table[child].size)
        item.child = child
        add(item)
    }

    private mutating func leaf(_ name: String, _ type: String, _ size: Int) -> Item {
        Item(name: table.names.intern(name), type: table.type(named: type), role: .decoded, stride: size)
    }

    private mutating func add(_ item: Item) {
        append(item)
        position += item.size
    }

    /// Adds an item with a known child, like `member`.
    package mutating func take(_ item: Item) throws(Mismatch) {
        guard item.size <= left else { throw mismatch("\(item.size) bytes") }
        add(item)
    }

    /// Returns a mismatch between the bytes at `position` and the format.
    package func mismatch(_ expected: String) -> Mismatch {
        let found = Hex.dump(region.copy(position..<min(position + 8, limit)))
        return Mismatch(
            offset: position, size: max(0, min(8, left)), expected: expected,
            found: found.isEmpty ? "the end" : found)
    }
}

// MARK: - Nesting

extension LeafReader {
    /// Opens a body or an array, which collects what is read until `end`.
    package mutating func begin(_ kind: Layout.Shape = .body) { open.append(Level(kind: kind)) }

    /// Opens an element of the current list; `end()` closes it.
    ///
    /// - Throws: `Mismatch` after `elementLimit` elements.
    package mutating func beginElement() throws(Mismatch) {
        guard let list = open.last, list.next < Self.elementLimit else { throw mismatch("fewer elements") }
        begin()
    }

    /// The number of items in the innermost open body or array.
    package var itemCount: Int { open.last?.items.count ?? 0 }

    /// Closes the innermost level: a member `name` of the enclosing level, or an element. Adds nothing if
    /// nothing was read.
    ///
    /// - Parameter number: The number of an element, if it is not one more than the last.
    package mutating func end(_ name: String = "", _ type: String = "struct", number: Int? = nil) {
        end(table.names.intern(name), type, number: number)
    }

    /// Like `end(_:_:)`, with a name from the stream.
    package mutating func end(_ name: NameID, _ type: String, number: Int? = nil) {
        guard let item = close(name, type) else { return }
        place(item, number: number)
    }

    /// Closes the innermost level for `place`; nil if nothing was read.
    package mutating func close(_ name: NameID = .empty, _ type: String = "struct") -> Item? {
        guard open.count > 1, let level = open.popLast(), !level.items.isEmpty else { return nil }
        let child = table.layout(level.kind, level.items)
        return Item(
            name: name, type: table.type(named: type), role: .decoded, child: child,
            stride: table[child].size)
    }

    /// Adds a closed item to the current level.
    package mutating func place(_ item: Item, number: Int? = nil) {
        var item = item
        if let number { item.base = number }
        append(item, isNumbered: number != nil)
    }

    /// Returns the outermost body if its items reach the limit; nil otherwise.
    package mutating func finish(vmsdName: NameID = .empty) -> LayoutID? {
        guard open.count == 1, left == 0 else { return nil }
        return table.layout(.body, open[0].items, vmsdName: vmsdName)
    }

    private mutating func append(_ item: Item, isNumbered: Bool = false) {
        let top = open.count - 1
        guard open[top].kind == .array else {
            if open[top].items.count < Self.itemLimit {
                open[top].items.append(item)
            } else {
                fold(item.size, into: top)
            }
            return
        }
        var element = item
        element.name = .empty
        if !isNumbered { element.base = open[top].next }
        let isNext = element.base == open[top].next
        open[top].next = element.base.addingSaturated(1)
        if let last = open[top].items.last, isNext, last.child == element.child, last.type == element.type,
            last.stride == element.stride
        {
            open[top].items[open[top].items.count - 1].count += 1
        } else if open[top].items.count >= Self.itemLimit {
            fold(element.size, into: top)
        } else {
            open[top].items.append(element)
        }
    }

    private mutating func fold(_ size: Int, into top: Int) {
        guard var last = open[top].items.popLast() else { return }
        last = Item(
            name: last.name, type: table.type(named: "buffer"), role: .decoded, stride: last.size + size,
            base: last.base)
        open[top].items.append(last)
    }
}
