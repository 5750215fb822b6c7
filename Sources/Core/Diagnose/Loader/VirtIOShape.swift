import Format
import Stream

/// The transport of the target's device and the contents of its state, from its own stream: the loader relies
/// on these, not on what it reads.
package struct VirtIOShape {
    package enum Transport { case pci, channel, mmio }

    /// The attachment of a device to a channel (hw/s390x/virtio-ccw.c and css.c, 7.2 to 11.1). Sizes are in
    /// bytes, without subsections.
    package struct Channel {
        /// A number of the subchannel that is part of the device's address: its name, its offset from the
        /// start, and the target's value.
        package struct Address {
            package let name: String
            package let range: Range<Int>
            package let local: UInt64
        }

        package let places: [Address]
        package let subchannelSize: Int
        /// The size between the subchannel's subsection and that of its adapter, and the size after that.
        package let indicatorSize: Int
        package let endSize: Int
    }

    package let transport: Transport
    /// The subchannel; nil for other transports.
    package let channel: Channel?
    /// The PCI configuration of the target's device.
    package let configuration: VisitedField?
    /// The sizes in bytes of the regions that its base addresses map, if known.
    package let regions: [Int: Int]
    /// The number of MSI-X vectors; nil without MSI-X.
    package let vectorCount: Int?
    /// The size of the device's configuration in bytes.
    package let configSize: Int
    /// The state that the device itself has saved.
    package let device: VirtIODeviceState
    package let target: Document
    /// The number of entries for which each queue was created.
    private let entries: [Int]
    private let isNetwork: Bool

    /// Returns nil when the target's bytes do not show it.
    ///
    /// - Parameter section: the idstr of the section with the field.
    package init?(_ field: VisitedField, _ target: Document, of section: [UInt8]) {
        let table = target.store.table
        self.target = target
        regions = PCIConfig.regions(of: section, in: target)
        guard !field.item.child.isNone else { return nil }
        guard let attachment = table.item("transport", in: field.item.child), !attachment.child.isNone,
            let length = table.item("config_len", in: field.item.child),
            let size = target.store.region.bigEndian(UInt32.self, at: field.offset + length.offset)
        else { return nil }
        configSize = Int(size)
        entries = Self.entries(field, target)
        isNetwork = field.chain.last?.structure == "virtio-net"
        device = VirtIODeviceState(field, target)
        let base = field.offset + attachment.offset
        if let config = table.item("config", in: attachment.child) {
            transport = .pci
            configuration = VisitedField(
                item: config, type: "pci config", offset: base + config.offset, size: config.size, chain: [],
                structure: .empty)
            vectorCount = table.item("msix", in: attachment.child).flatMap { msix in
                table.item("table", in: msix.child).map { table[$0.child].childCount }
            }
            channel = nil
        } else if table.item("guest_page_shift", in: attachment.child) != nil {
            transport = .mmio
            configuration = nil
            vectorCount = nil
            channel = nil
        } else if let subchannel = table.item("sch", in: attachment.child),
            let adapter = table.item("routes.adapter", in: attachment.child)
        {
            transport = .channel
            configuration = nil
            vectorCount = nil
            func size(_ layout: LayoutID) -> Int {
                table.items(of: layout).reduce(0) {
                    table[type: $1.type].name == "subsection" ? $0 : $0 + $1.size
                }
            }
            channel = Channel(
                places: ["cssid", "ssid", "devno"].compactMap { name in
                    table.item(name, in: subchannel.child).map { field in
                        let range = field.offset..<field.offset + field.size
                        let start = base + subchannel.offset
                        let local = target.store.region.bigEndian(
                            start + range.lowerBound..<start + range.upperBound)
                        return Channel.Address(name: name, range: range, local: local)
                    }
                },
                subchannelSize: size(subchannel.child),
                indicatorSize: adapter.offset - subchannel.offset - subchannel.size + size(adapter.child),
                endSize: attachment.size - adapter.offset - adapter.size)
        } else {
            return nil
        }
    }

    // The size of each ring; when the driver has chosen a smaller one, a subsection has the allocated size.
    private static func entries(_ field: VisitedField, _ target: Document) -> [Int] {
        let region = target.store.region
        let device = LayoutCursor(field.item.child, at: field.offset, in: target.store.table)
        func numbers(_ name: String, _ member: String, of structure: LayoutCursor) -> [Int]? {
            guard let array = structure.member(name), array.isArray else { return nil }
            var result: [Int] = []
            for element in array.elements.prefix(GuestWords.mostQueues) {
                guard let number = element.member(member) else { return nil }
                result.append(Int(region.bigEndian(UInt32.self, at: number.offset) ?? 0))
            }
            return result
        }
        let sizes = numbers("queues", "num", of: device) ?? []
        guard let saved = device.member("virtio/ringsize"),
            let defaults = numbers("vqs", "num_default", of: saved)
                ?? numbers("vq", "vring.num_default", of: saved)
        else { return sizes }
        return sizes.indices.map { $0 < defaults.count ? defaults[$0] : sizes[$0] }
    }

    /// Returns the maximum number of entries in queue `number` of `count`; nil when the target's stream does
    /// not show it.
    package func entries(of number: Int, among count: Int) -> Int? {
        guard !entries.isEmpty else { return nil }
        guard isNetwork, count != entries.count, entries.count >= 3 else {
            return number < entries.count ? entries[number] : 0
        }
        // hw/net/virtio-net.c virtio_net_change_num_queues: it creates the received number of queues, the
        // control queue last.
        return number == count - 1 ? 64 : entries[number % 2]
    }
}
