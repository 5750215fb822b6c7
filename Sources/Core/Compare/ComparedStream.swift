/// What is compared of a stream: its sections by name and instance.
struct ComparedStream {
    /// A section that can have a counterpart.
    struct Section {
        let name: [UInt8]
        let instance: UInt32
        let version: UInt32
        let layout: LayoutID
        /// Bytes from the start of the stream.
        let offset: Int
        /// As it stands in paths: `cpu:0`.
        let label: String
    }

    /// Sections of one name and instance are told apart by their order.
    struct Key: Hashable {
        let name: [UInt8]
        let instance: UInt32
        let order: Int
    }

    let table: LayoutTable
    let region: MappedRegion
    private(set) var sections: [(key: Key, section: Section)] = []

    init(_ document: Document) {
        table = document.table
        region = document.region
        var seen: [Key: Int] = [:]
        for number in document.topLevel {
            let record = document.records[number]
            guard record.kind == .full || record.kind == .start || record.kind == .configuration else {
                continue
            }
            let name = Array(document.table.names.bytes(record.name))
            let label = PathText.escaped(name) + (record.isSection ? ":\(record.instance)" : "")
            let first = Key(name: name, instance: record.instance, order: 0)
            let order = seen[first, default: 0]
            seen[first] = order + 1
            let section = Section(
                name: name, instance: record.instance, version: record.version,
                // A START section holds no device state.
                layout: record.kind == .start ? .none : record.layout, offset: record.offset, label: label)
            sections.append((Key(name: name, instance: record.instance, order: order), section))
        }
    }

    /// The type of an item with its count or size: `uint32 4`, `struct [8]`, `buffer 128`.
    func text(_ item: Item) -> String {
        let name = DisplayText.escaped(table[type: item.type].name)
        guard !isLeaf(item) else { return "\(name) \(item.stride)" }
        return table[item.child].kind == .array ? "\(name) [\(table[item.child].childCount)]" : name
    }

    /// Whether an item is compared as a whole: it has no members, or is plain bytes.
    func isLeaf(_ item: Item) -> Bool { item.child.isNone || table.isBytes(item.child) }

    /// Whether the inside of an item is what a decoder made of its bytes, not what the description says.
    func isOpaque(_ item: Item) -> Bool {
        guard !item.child.isNone, let first = table.items(of: item.child).first else { return false }
        return first.role == .decoded
    }
}
