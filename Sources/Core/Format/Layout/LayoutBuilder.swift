/// Collects the members of a body in order, for formats that no description covers.
package struct LayoutBuilder {
    package private(set) var members: [Item] = []
    /// The size so far, in bytes.
    package private(set) var size = 0

    package init() {}

    /// Adds a leaf of `size` bytes.
    package mutating func leaf(
        _ name: String, _ type: String, _ size: Int, role: ItemRole = .decoded, in table: LayoutTable
    ) {
        append(
            Item(
                name: table.names.intern(name), type: table.type(named: type), role: role, stride: size))
    }

    /// Adds a member with children; its size is that of the layout.
    package mutating func nested(
        _ name: String, _ type: String, _ child: LayoutID, role: ItemRole = .decoded,
        in table: LayoutTable
    ) {
        append(
            Item(
                name: table.names.intern(name), type: table.type(named: type), role: role, child: child,
                stride: table[child].size))
    }

    /// Adds an array of `count` elements of `stride` bytes. Adds nothing if `count` is 0.
    package mutating func array(
        _ name: String, _ type: String, count: Int, stride: Int, child: LayoutID = .none,
        role: ItemRole = .decoded, in table: LayoutTable
    ) {
        guard count > 0 else { return }
        let type = table.type(named: type)
        let run = Item(type: type, role: role, child: child, count: count, stride: stride)
        let elements = table.layout(.array, [run])
        append(
            Item(
                name: table.names.intern(name), type: type, role: role, child: elements,
                stride: table[elements].size))
    }

    package mutating func append(_ item: Item) {
        members.append(item)
        size = size.addingSaturated(item.size)
    }

    /// Returns the finished body.
    package func body(in table: LayoutTable, vmsdName: NameID = .empty, version: UInt32 = 0) -> LayoutID {
        table.layout(.body, members, vmsdName: vmsdName, version: version)
    }
}
