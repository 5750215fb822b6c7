import Format
import Stream

/// How the target's device is attached and what it saves, as its own stream shows it: the loader goes by that,
/// not by what it reads.
package struct VirtIOShape {
    package enum Transport { case pci, mmio }

    package let transport: Transport
    /// The PCI configuration of the target's device, and where it is.
    package let configuration: VisitedField?
    /// MSI-X vectors; nil without MSI-X.
    package let vectorCount: Int?
    /// Bytes of the device's configuration.
    package let configSize: Int
    /// What the device itself has saved.
    package let device: VirtIODeviceState
    package let target: Document

    /// Nil where the target's bytes do not tell: not decoded, or attached to a channel.
    package init?(_ field: VisitedField, _ target: Document) {
        let table = target.table
        self.target = target
        guard !field.item.child.isNone else { return nil }
        func item(_ name: String, in layout: LayoutID) -> Item? {
            table.items(of: layout).first { table.names.bytes($0.name).elementsEqual(name.utf8) }
        }
        guard let attachment = item("transport", in: field.item.child), !attachment.child.isNone,
            let length = item("config_len", in: field.item.child),
            let size = target.region.bigEndian(UInt32.self, at: field.offset + length.offset)
        else { return nil }
        configSize = Int(size)
        device = VirtIODeviceState(field, target)
        let base = field.offset + attachment.offset
        if let config = item("config", in: attachment.child) {
            transport = .pci
            configuration = VisitedField(
                item: config, type: "pci config", offset: base + config.offset, size: config.size, chain: [],
                structure: .empty)
            vectorCount = item("msix", in: attachment.child).flatMap { msix in
                item("table", in: msix.child).map { table[$0.child].childCount }
            }
        } else if item("guest_page_shift", in: attachment.child) != nil {
            transport = .mmio
            configuration = nil
            vectorCount = nil
        } else {
            return nil
        }
    }
}
