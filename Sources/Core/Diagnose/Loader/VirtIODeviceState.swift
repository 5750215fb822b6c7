import Format
import Stream

/// The state that a device has saved between its queues and the subsections of `virtio`, in one of two
/// streams.
package struct VirtIODeviceState {
    /// A field of the device that the loader compares with its own.
    package struct Field {
        package var name: String
        package var type: String
        /// The offset in bytes from the start of the stream.
        package var offset: Int
        package var bytes: [UInt8]

        package init(name: String, type: String, offset: Int, bytes: [UInt8]) {
            self.name = name
            self.type = type
            self.offset = offset
            self.bytes = bytes
        }
    }

    /// The offset in bytes from the start of the stream; nil when the device has saved nothing.
    package private(set) var offset: Int?
    /// The size in bytes.
    package private(set) var size = 0
    /// Whether its fields are known.
    package private(set) var isDecoded = false
    /// The name of its VMState. Escaped; empty when it has none.
    package private(set) var structure = ""
    package private(set) var compared: [Field] = []
    /// The ports of a virtio-serial device, by number.
    package private(set) var ports: [Field] = []
    /// The size in bytes of the guest's offloads, which only a network device that has negotiated them saves.
    package private(set) var offloadSize = 0

    /// Reads the opaque field `virtio`.
    package init(_ field: VisitedField, _ document: Document) {
        let table = document.store.table
        guard !field.item.child.isNone,
            let item = table.items(of: field.item.child).first(where: {
                table.names.bytes($0.name).elementsEqual("device".utf8)
            })
        else { return }
        let start = field.offset + item.offset
        offset = start
        size = item.size
        guard !item.child.isNone else { return }
        isDecoded = true
        structure = table.names.text(table[item.child].vmsdName)
        compared = Self.fields(of: item.child, at: start, document)
        if compared.contains(where: { $0.name == "ports_map" }) {
            ports = Self.ports(of: item.child, at: start, document)
        }
        offloadSize =
            table.items(of: item.child).first {
                table.names.bytes($0.name).elementsEqual("curr_guest_offloads".utf8)
            }?.size ?? 0
    }

    // Includes fields of inner structures.
    private static func fields(of layout: LayoutID, at start: Int, _ document: Document) -> [Field] {
        let table = document.store.table
        return table.items(of: layout).flatMap { field in
            let (name, type) = (table.names.text(field.name), table[type: field.type].name)
            let place = start + field.offset
            guard VirtIOComparison.of(name, type: type) != nil else {
                return !field.child.isNone && table[field.child].kind == .body && field.role != .frame
                    ? fields(of: field.child, at: place, document) : []
            }
            return [
                Field(
                    name: name, type: type, offset: place,
                    bytes: document.store.region.copy(place..<place + field.size))
            ]
        }
    }

    private static func ports(of layout: LayoutID, at start: Int, _ document: Document) -> [Field] {
        let table = document.store.table
        guard let list = LayoutCursor(layout, at: start, in: table).member("ports") else { return [] }
        return list.elements.compactMap { port in
            guard let number = port.member("id"), let item = number.item else { return nil }
            return Field(
                name: "id", type: table[type: item.type].name, offset: number.offset,
                bytes: document.store.region.copy(number.offset..<number.offset + item.size))
        }
    }

    /// Whether a device that has saved `other` also reads this number of bytes: the bytes contain the counts.
    package func isAlike(_ other: VirtIODeviceState) -> Bool {
        isDecoded && other.isDecoded
            && compared.map { [$0.name, "\($0.bytes.count)"] }
                == other.compared.map { [$0.name, "\($0.bytes.count)"] }
    }
}
