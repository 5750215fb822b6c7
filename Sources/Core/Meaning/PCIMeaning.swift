/// PCI: configuration spaces, interrupt pins, MSI-X, buses (PCI Local Bus 3.0 chapter 6; hw/pci/pci.c,
/// vmstate_pci_device, 5.2 to 11.1).
package enum PCIMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules("PCIDevice", fields: [pins]),
        MeaningRules("msix", inside: "msix", fields: messages),
        MeaningRules("PCIHost", fields: [.overlay("config_reg", "CONFIG_ADDRESS", address)]),
    ]

    package static let pins = FieldMeaning.overlay(
        "irq_state", "",
        Overlay(
            size: 16,
            (0..<4).map { pin in
                let name = "INT" + ["A", "B", "C", "D"][pin]
                let asserted = BitField(name, 0...0, .flag).row(in: 4, .big)
                return OverlayRow(name, at: pin * 4 + asserted.offset, size: 1, type: asserted.type)
            }))

    /// An MSI-X table; `address_low` is interpreted as on x86.
    package static let messages: [FieldMeaning] = [
        .overlay("vector_control", "", .word(4, .little, BitField.flags([0: "masked"]))),
        .overlay(
            "address_low", "",
            .word(
                4, .little,
                [
                    BitField(
                        "target", 0...31,
                        .text { $0 >> 20 == 0xfee ? "APIC \($0 >> 12 & 0xff)" : "" })
                ])),
    ]

    /// The value last written to port CF8.
    private static let address: Overlay = .word(
        4, .big,
        [
            BitField("register", 2...7, .address), BitField("function", 8...10, .decimal),
            BitField("device", 11...15, .decimal), BitField("bus", 16...23, .decimal),
            BitField("enabled", 31...31, .unless("off")),
        ])

    package static let config = TypeMeaning(type: "pci config") { context, item, offset in
        guard item.isLeaf, item.stride == 256 || item.stride == 4096, offset >= 0,
            item.stride <= context.region.count - offset
        else { return }
        let space = PCISpace(context.region.copy(offset..<offset + item.stride))
        let key = space.shape
        if context.made[key] == nil {
            context.made[key] = context.table.layout(of: Overlay(size: item.stride, space.rows))
        }
        if let made = context.made[key] { item.lay(made) }
    }
}

/// The rows of a configuration space.
package struct PCISpace {
    private let bytes: [UInt8]
    private let capabilities: [(place: Int, id: Int, kind: PCICapability)]
    private let extended: [(place: Int, id: Int)]

    /// The maximum number of capabilities: a list in 192 bytes, at least 4 bytes apart.
    private static let capabilityLimit = 48
    /// The maximum number of extended capabilities; a longer list is invalid.
    private static let extendedLimit = 64

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        capabilities = Self.capabilities(bytes)
        extended = Self.extended(bytes)
    }

    private var isBridge: Bool { bytes[14] & 0x7f == 1 }
    private var isOrdinary: Bool { bytes[14] & 0x7f == 0 }

    private static func capabilities(_ bytes: [UInt8]) -> [(place: Int, id: Int, kind: PCICapability)] {
        var result: [(place: Int, id: Int, kind: PCICapability)] = []
        var seen: Set<Int> = []
        var place = bytes[6] & 0x10 == 0 ? 0 : Int(bytes[0x34]) & 0xfc
        while place >= 0x40, seen.insert(place).inserted, result.count < capabilityLimit {
            let id = Int(bytes[place])
            let head = Array(bytes[place..<place + 4])
            let isVirtIO = bytes[0] == 0xf4 && bytes[1] == 0x1a
            var kind = PCICapability.kind(id, head: head, isVirtIO: isVirtIO)
            if place + kind.overlay.size > 256 { kind = .unknown }
            result.append((place, id, kind))
            place = Int(bytes[place + 1]) & 0xfc
        }
        return result
    }

    private static func extended(_ bytes: [UInt8]) -> [(place: Int, id: Int)] {
        guard bytes.count == 4096 else { return [] }
        var result: [(place: Int, id: Int)] = []
        var seen: Set<Int> = []
        var place = 0x100
        while place >= 0x100, place + 4 <= bytes.count, seen.insert(place).inserted,
            result.count < extendedLimit
        {
            let id = Int(bytes[place]) | Int(bytes[place + 1]) << 8
            guard id != 0, id != 0xffff else { break }
            result.append((place, id))
            place = Int(bytes[place + 2]) >> 4 | Int(bytes[place + 3]) << 4
            place &= 0xffc
        }
        return result
    }

    /// The properties on which the rows depend; equal for spaces with the same rows.
    package var shape: [UInt8] {
        var shape = Array("pci".utf8) + [UInt8(bytes.count >> 8), bytes[14] & 0x7f]
        shape += (0..<6).map { bytes[0x10 + $0 * 4] & 7 }
        for capability in capabilities {
            shape += [1, UInt8(capability.place), UInt8(capability.id)] + capability.kind.shape
        }
        for capability in extended {
            let (place, id) = (capability.place, capability.id)
            shape += [2, UInt8(place >> 8), UInt8(place & 0xff), UInt8(id >> 8), UInt8(id & 0xff)]
        }
        return shape
    }

    package var rows: [OverlayRow] {
        var rows = PCIRegisters.common
        if isOrdinary { rows += bars(6) + PCIRegisters.ordinary }
        if isBridge { rows += bars(2) + PCIRegisters.bridge }
        for (place, id, kind) in capabilities {
            let text = kind.text
            rows.append(
                .text(
                    PCICapability.name(id), at: place, size: kind.overlay.size, isLine: true,
                    inside: kind.overlay, text))
        }
        for (place, id) in extended {
            let size = PCICapability.extendedOverlay(id)
            let fits = place + size.size <= bytes.count
            let overlay = fits ? size : PCICapability.extendedHeader
            rows.append(
                .text(
                    PCICapability.extendedName(id), at: place, size: overlay.size, inside: overlay
                ) { "version \($0.little(2, 2) & 0xf)" })
        }
        return rows.sorted { ($0.offset, -$0.size) < ($1.offset, -$1.size) }
    }

    // A 64-bit BAR takes two slots.
    private func bars(_ count: Int) -> [OverlayRow] {
        var rows: [OverlayRow] = []
        var number = 0
        while number < count {
            let isWide = bytes[0x10 + number * 4] & 7 == 4 && number + 1 < count
            rows.append(
                .text("BAR\(number)", at: 0x10 + number * 4, size: isWide ? 8 : 4, PCIRegisters.barText))
            number += isWide ? 2 : 1
        }
        return rows
    }
}
