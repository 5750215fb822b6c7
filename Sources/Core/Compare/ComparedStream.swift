import Bytes
import Format
import Stream

/// The sections of a stream by name and instance id, for a comparison.
package struct ComparedStream {
    /// A section that can have a counterpart.
    package struct Section {
        package let name: [UInt8]
        package let instance: UInt32
        package let version: UInt32
        package let layout: LayoutID
        /// The offset in bytes from the start of the stream.
        package let offset: Int
        /// The section's path component: `cpu:0`.
        package let label: String
        package var isDevice = true

        package init(
            name: [UInt8], instance: UInt32, version: UInt32, layout: LayoutID, offset: Int, label: String,
            isDevice: Bool = true
        ) {
            self.name = name
            self.instance = instance
            self.version = version
            self.layout = layout
            self.offset = offset
            self.label = label
            self.isDevice = isDevice
        }

        package func with(layout: LayoutID) -> Section {
            Section(
                name: name, instance: instance, version: version, layout: layout, offset: offset,
                label: label,
                isDevice: isDevice)
        }
    }

    /// A section's key. Sections with the same name and instance id are distinguished by their order.
    package struct OrderedKey: Hashable {
        package let name: [UInt8]
        package let instance: UInt32
        package let order: Int

        package init(name: [UInt8], instance: UInt32, order: Int) {
            self.name = name
            self.instance = instance
            self.order = order
        }
    }

    package let table: LayoutTable
    package let region: MappedRegion
    package private(set) var sections: [(key: OrderedKey, section: Section)] = []

    package init(_ document: Document) {
        table = document.store.table
        region = document.store.region
        for record in document.store.streamRecords() {
            guard record.kind == .full || record.kind == .start || record.kind == .configuration else {
                continue
            }
            let name = Array(document.store.table.names.bytes(record.name))
            let label = PathText.escaped(name) + (record.section.map { ":\($0.instance)" } ?? "")
            add(
                Section(
                    name: name, instance: record.section?.instance ?? 0,
                    version: record.section?.version ?? 0,
                    // A START section holds no device state.
                    layout: record.kind == .start ? .none : record.layout, offset: record.offset,
                    label: label, isDevice: record.kind == .full))
        }
    }

    private mutating func add(_ section: Section) {
        let order = sections.count {
            $0.section.name == section.name && $0.section.instance == section.instance
        }
        let key = OrderedKey(name: section.name, instance: section.instance, order: order)
        sections.append((key, section))
    }

    /// A description alone: its devices, without bytes.
    package init(_ description: BorrowedDescription) {
        let parsedTable = LayoutTable()
        let parsed = description.parse(into: parsedTable)
        table = parsedTable
        region = description.region
        for device in parsed.devices {
            let name = Array(table.names.bytes(device.name))
            add(
                Section(
                    name: name, instance: device.instance, version: device.version ?? 0,
                    layout: device.layout,
                    offset: device.text.lowerBound, label: PathText.escaped(name) + ":\(device.instance)"))
        }
    }

    /// The part of a document that a description can have: its devices, with the document's own description.
    package init(_ document: Document, of description: BorrowedDescription) {
        self.init(document)
        let devices = document.store.describedDevices()
        sections = sections.compactMap { key, section in
            guard section.isDevice else { return nil }
            let described = devices[SectionKey(name: section.name, instance: section.instance)]
            return (key, section.with(layout: described?.layout ?? section.layout))
        }
    }

    /// Returns the type of an item with its count or size: `uint32 4`, `struct [8]`, `buffer 128`.
    package func text(_ item: Item) -> String {
        let name = DisplayText.escaped(table[type: item.type].name)
        guard !item.isLeaf else { return "\(name) \(item.stride)" }
        return table[item.child].kind == .array ? "\(name) [\(table[item.child].childCount)]" : name
    }

    /// Whether the children of an item come from a decoder and not from the description.
    package func isOpaque(_ item: Item) -> Bool {
        guard !item.child.isNone, let first = table.items(of: item.child).first else { return false }
        return first.role == .decoded
    }
}
