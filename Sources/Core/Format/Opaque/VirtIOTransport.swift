import Bytes

/// How a virtio device is attached, which its state begins with.
package enum VirtIOTransport: Equatable {
    /// Bytes of configuration space; MSI-X vectors, nil without MSI-X.
    case pci(configSize: Int, vectorCount: Int?)
    case ccw
    case mmio

    /// Whether each queue has an interrupt vector.
    package var hasVectors: Bool {
        switch self {
        case .pci(_, let vectorCount): vectorCount != nil
        case .ccw: true
        case .mmio: false
        }
    }

    /// What may be at the reader's position in a section of that idstr, the likeliest first: bytes of one
    /// transport can be read as those of another.
    package static func candidates(_ reader: LeafReader, section: NameID) -> [VirtIOTransport] {
        let idstr = reader.table.names.bytes(section)
        if let header = PCIHeader(reader, isNamed: hasPCIAddress(idstr)) {
            let sizes = header.isExpress ? [4096, 256] : [256, 4096]
            return sizes.map { .pci(configSize: $0, vectorCount: header.vectorCount) }
        }
        // The idstr of a device on virtio-mmio has the bus in front: `virtio-mmio@000000000a000000/virtio-net`.
        let isMapped = idstr.starts(with: "virtio-mmio@".utf8)
        return isMapped ? [.mmio, .ccw] : [.ccw, .mmio]
    }

    // The idstr of a device on PCI has its address in front, of all buses on the way to it:
    // `0000:00:02.0/virtio-net` (hw/pci/pci.c pcibus_get_dev_path, 5.2 to 11.1).
    private static func hasPCIAddress(_ idstr: some Collection<UInt8>) -> Bool {
        let signs: [Int: UInt8] = [4: UInt8(ascii: ":"), 7: UInt8(ascii: ":"), 10: UInt8(ascii: ".")]
        let address = Array(idstr.prefix(12))
        return address.count == 12
            && address[..<11].enumerated().allSatisfy { place, byte in
                signs[place].map { $0 == byte } ?? (ASCII.hexValue(byte) != nil)
            }
    }

    package func read(_ reader: inout LeafReader) throws(Mismatch) {
        switch self {
        case .pci(let configSize, let vectorCount): try Self.pci(configSize, vectorCount, &reader)
        case .ccw: try ChannelDevice.read(&reader)
        case .mmio:
            try reader.integer("host_features_sel", as: UInt32.self)
            try reader.integer("guest_features_sel", as: UInt32.self)
            try reader.integer("guest_page_shift", as: UInt32.self)
        }
    }

    // vmstate_pci_device, then MSI-X (hw/virtio/virtio-pci.c virtio_pci_save_config).
    private static func pci(
        _ configSize: Int, _ vectorCount: Int?, _ reader: inout LeafReader
    ) throws(Mismatch) {
        try reader.integer("version_id", as: UInt32.self, type: "int32 le")
        try reader.bytes("config", "pci config", count: configSize)
        let levels = reader.position
        try reader.bytes("irq_state", "pci irq state", count: 16)
        for pin in 0..<4 {
            guard let level = reader.region.bigEndian(UInt32.self, at: levels + pin * 4), level <= 1 else {
                throw reader.mismatch("an interrupt level of 0 or 1")
            }
        }
        guard let vectorCount else { return }
        reader.begin()
        try MSIXTable.read(vectorCount: vectorCount, &reader)
        reader.end("msix")
        try reader.integer("config_vector", as: UInt16.self)
    }
}

/// What the configuration space of a virtio PCI device says about its own state.
private struct PCIHeader {
    package private(set) var isExpress = false
    package private(set) var vectorCount: Int?

    private static let virtioVendor: UInt16 = 0x1af4
    private static let headerSize = 64
    private static let configSize = 256

    /// nil where no PCI device of virtio's vendor is at the reader's position.
    /// - Parameter isNamed: whether the idstr says that the device is on PCI: then its vendor may be damaged.
    package init?(_ reader: LeafReader, isNamed: Bool) {
        let config = reader.position + 4
        guard reader.left >= 4 + Self.configSize,
            let version = reader.region.bigEndian(UInt32.self, at: reader.position),
            isNamed || (1...2).contains(version) && Self.word(reader, config) == Self.virtioVendor
        else { return nil }
        let hasCapabilities = Self.word(reader, config + 6) & 0x10 != 0
        var pointer = hasCapabilities ? Int(reader.region.byte(at: config + 0x34) ?? 0) & ~3 : 0
        // A list in 192 bytes has at most 48 capabilities.
        for _ in 0..<48 where pointer >= Self.headerSize {
            let capability = config + pointer
            switch reader.region.byte(at: capability) {
            case 0x10: isExpress = true
            case 0x11: vectorCount = Int(Self.word(reader, capability + 2) & 0x7ff) + 1
            default: break
            }
            pointer = Int(reader.region.byte(at: capability + 1) ?? 0) & ~3
        }
    }

    private static func word(_ reader: LeafReader, _ offset: Int) -> UInt16 {
        reader.region.bigEndian(UInt16.self, at: offset)?.byteSwapped ?? 0
    }
}
