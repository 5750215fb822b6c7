import Bytes

/// Reads the fields of a format one after the other and lays each one out.
///
/// For formats that no description covers. Bodies and arrays nest between `begin` and `end`. Each read checks
/// the bytes that are left, so a count or a length that a stream claims can't lead outside. All items have
/// the role `.decoded`.
package struct LeafReader {
    package let region: MappedRegion
    /// Where the bytes end, from the start of the stream.
    package let limit: Int
    /// The next byte, from the start of the stream.
    package private(set) var position: Int
    package var table: LayoutTable
    private var open: [Level]

    /// A body or an array that is not finished.
    private struct Level {
        package var kind: Layout.Kind
        package var items: [Item] = []
        /// The number of the next element.
        package var next = 0
    }

    /// Bodies and arrays with more items than this keep the rest as one leaf: hostile bytes can't make them
    /// large.
    package static let itemLimit = 1 << 16
    /// No list of a field has more elements than this.
    package static let elementLimit = 1 << 16

    package init(_ region: MappedRegion, _ range: Range<Int>, table: LayoutTable) {
        self.region = region
        limit = range.upperBound
        position = range.lowerBound
        self.table = table
        open = [Level(kind: .body)]
    }

    /// Bytes left.
    package var left: Int { limit - position }

    /// The items of the outermost body so far.
    package var members: [Item] { open.first?.items ?? [] }
}

// MARK: - Trials

extension LeafReader {
    /// A state to come back to.
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

    /// The state now. Only items of the innermost open body come back: use it for bodies.
    package var mark: Mark { Mark(position: position, depth: open.count, itemCount: itemCount) }

    /// Forgets what was read since `mark`.
    package mutating func reset(to mark: Mark) {
        position = mark.position
        open.removeLast(open.count - mark.depth)
        open[open.count - 1].items.removeLast(itemCount - mark.itemCount)
    }
}

// MARK: - Leaves

extension LeafReader {
    /// A big-endian integer, as a leaf.
    ///
    /// - Parameter type: the name of its type; QEMU's by its width when none is given.
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

    /// `count` bytes as one leaf. Nothing is added for no bytes.
    package mutating func bytes(_ name: String, _ type: String = "buffer", count: Int) throws(Mismatch) {
        guard count >= 0, count <= left else { throw mismatch("\(count) bytes of \(name)") }
        if count > 0 { add(leaf(name, type, count)) }
    }

    /// A byte with the length, then this many characters.
    @discardableResult
    package mutating func text(_ name: String) throws(Mismatch) -> NameID {
        guard left >= 1, let length = region.byte(at: position), Int(length) < left else {
            throw mismatch("the text \(name)")
        }
        let characters = position + 1..<position + 1 + Int(length)
        add(leaf(name, "counted text", 1 + Int(length)))
        return table.names.intern(region.copy(characters))
    }

    /// An array of `count` leaves of `stride` bytes. Nothing is added for none.
    package mutating func array(_ name: String, _ type: String, count: Int, stride: Int) throws(Mismatch) {
        try array(name, type, count: count, of: .none, stride: stride)
    }

    /// An array of `count` elements of one layout. Nothing is added for none.
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

    /// A member with a layout that is known already.
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

    /// Adds an item whose child is known already, as `member` does.
    package mutating func take(_ item: Item) throws(Mismatch) {
        guard item.size <= left else { throw mismatch("\(item.size) bytes") }
        add(item)
    }

    /// What is at `position` is not what the format has there.
    package func mismatch(_ expected: String) -> Mismatch {
        let found = Hex.dump(region.copy(position..<min(position + 8, limit)))
        return Mismatch(
            offset: position, size: max(0, min(8, left)), expected: expected,
            found: found.isEmpty ? "the end" : found)
    }
}

// MARK: - Nesting

extension LeafReader {
    /// Opens a body or an array; what is read belongs to it until `end`.
    package mutating func begin(_ kind: Layout.Kind = .body) { open.append(Level(kind: kind)) }

    /// Opens an element of the list that is open; `end()` closes it.
    ///
    /// - Throws: `Mismatch` after `elementLimit` elements.
    package mutating func beginElement() throws(Mismatch) {
        guard let list = open.last, list.next < Self.elementLimit else { throw mismatch("fewer elements") }
        begin()
    }

    /// How many items the innermost open body or array has.
    package var itemCount: Int { open.last?.items.count ?? 0 }

    /// Closes what was opened last: a member called `name` of what is open around it, or an element.
    /// Nothing is added when nothing was read.
    ///
    /// - Parameter number: the number of an element, where it is not one more than the last.
    package mutating func end(_ name: String = "", _ type: String = "struct", number: Int? = nil) {
        end(table.names.intern(name), type, number: number)
    }

    /// As `end(_:_:)`, with a name from the stream.
    package mutating func end(_ name: NameID, _ type: String, number: Int? = nil) {
        guard let item = close(name, type) else { return }
        place(item, number: number)
    }

    /// Closes what was opened last, for `place`; nil when nothing was read.
    package mutating func close(_ name: NameID = .empty, _ type: String = "struct") -> Item? {
        guard open.count > 1, let level = open.popLast(), !level.items.isEmpty else { return nil }
        let child = table.layout(level.kind, level.items)
        return Item(
            name: name, type: table.type(named: type), role: .decoded, child: child,
            stride: table[child].size)
    }

    /// Puts a closed item into what is open now.
    package mutating func place(_ item: Item, number: Int? = nil) {
        var item = item
        if let number { item.base = number }
        append(item, isNumbered: number != nil)
    }

    /// The finished outermost body, when its items reach the limit; nil otherwise.
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
