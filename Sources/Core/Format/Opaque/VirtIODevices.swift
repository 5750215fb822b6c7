import Bytes

/// What virtio devices save of their own, between the queues and the subsections of `virtio`: one entry for
/// each type that saves something, and for each version of it. Nothing gives the length but what follows.
package enum VirtIODevices {
    /// What precedes the device's part, and what follows it.
    package struct Part: Sendable {
        /// Where it ends, from the start of the stream.
        package var end: Int
        /// The queues that have entries.
        package var queueCount: Int
        /// What the guest has negotiated.
        package var features: UInt64
        /// Whether a request in flight is preceded by the number of its descriptors: where the device offers
        /// packed rings, which the stream does not say.
        package var countsDescriptors = false

        package init(end: Int, queueCount: Int, features: UInt64, countsDescriptors: Bool = false) {
            self.end = end
            self.queueCount = queueCount
            self.features = features
            self.countsDescriptors = countsDescriptors
        }
    }

    private struct Device: Sendable {
        /// The last part of the section's idstr.
        package var name: String
        /// The VMState of the device's part and its version, where there is one.
        package var vmstate = ""
        package var version: UInt32 = 0
        package var holdsRequests = false
        package var read: @Sendable (inout LeafReader, Part) throws(Mismatch) -> Void
    }

    private static let all: [Device] = [
        Device(name: "virtio-net", vmstate: "virtio-net-device", version: 11, read: VirtIONetwork.read),
        Device(name: "virtio-blk", holdsRequests: true, read: VirtIOBlock.read),
        Device(name: "virtio-console", holdsRequests: true, read: VirtIOSerial.read),
        Device(
            name: "virtio-balloon", vmstate: "virtio-balloon-device", version: 1, read: VirtIOBalloon.read),
        Device(name: "virtio-mem", vmstate: "virtio-mem-device", version: 1, read: VirtIOMemory.read),
        Device(
            name: "virtio-iommu", vmstate: "virtio-iommu-device", version: 2,
            read: { reader, _ throws(Mismatch) in try VirtIOIOMMU.read(&reader, version: 2) }),
        Device(
            name: "virtio-iommu", vmstate: "virtio-iommu-device", version: 1,
            read: { reader, _ throws(Mismatch) in try VirtIOIOMMU.read(&reader, version: 1) }),
    ]

    private static let packedRings: UInt64 = 1 << 34

    /// Lays out the part as `device`: its fields where the reader of the section's device comes out exactly at
    /// the end, else bytes. Nothing is added for no bytes.
    package static func read(_ part: Part, of section: NameID, _ reader: inout LeafReader) throws(Mismatch) {
        guard part.end > reader.position else { return }
        for device in devices(of: section, reader.table) {
            let isPacked = part.features & packedRings != 0
            for countsDescriptors in device.holdsRequests ? [isPacked, !isPacked] : [false] {
                var part = part
                part.countsDescriptors = countsDescriptors
                if read(part, of: device, &reader) { return }
            }
        }
        try reader.bytes("device", count: part.end - reader.position)
    }

    private static func read(_ part: Part, of device: Device, _ reader: inout LeafReader) -> Bool {
        let start = reader.mark
        reader.begin()
        do throws(Mismatch) {
            try device.read(&reader, part)
            guard reader.position == part.end else { throw reader.mismatch("the end of the device") }
        } catch {
            reader.reset(to: start)
            return false
        }
        reader.end("device", vmstate: device.vmstate, version: device.version)
        return true
    }

    private static func devices(of section: NameID, _ table: LayoutTable) -> [Device] {
        let idstr = table.names.bytes(section)
        let start = idstr.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? idstr.startIndex
        return all.filter { idstr[start...].elementsEqual($0.name.utf8) }
    }
}
