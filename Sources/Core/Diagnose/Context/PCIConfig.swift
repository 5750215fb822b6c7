import Bytes
import Stream

/// The bytes of a PCI configuration space, and the bits that a target compares (hw/pci/pci.c, msi.c, msix.c,
/// pcie.c and virtio-pci.c, 7.2 and 10.0).
package struct PCIConfig {
    private let bytes: [UInt8]
    /// The sizes in bytes of the regions that base addresses map, by register offset; for RAM blocks, whose
    /// sizes are known.
    private let regions: [Int: Int]
    package var size: Int { bytes.count }

    /// The bits of a byte that the loader compares.
    package struct Mask {
        /// The `cmask` and `wmask` of QEMU's message.
        package var compared: UInt8
        package var written: UInt8 = 0
        /// The bits that may or may not be compared.
        package var unknown: UInt8 = 0
        package var certainty = Finding.Certainty.certain
        /// The capability that contains the byte, and the offset in it.
        package var capability: (id: UInt8, place: Int)?
        /// The extended capability, from 0x100 on, that contains the byte, and the offset in it.
        package var extended: (id: UInt16, place: Int)?

        package var bits: UInt8 { compared & ~written & ~unknown }
    }

    package init(_ region: MappedRegion, _ offset: Int, _ size: Int, regions: [Int: Int] = [:]) {
        bytes = region.copy(offset..<offset + min(size, 4096))
        self.regions = regions
    }

    /// The offset of the expansion ROM's address register; bridges have it elsewhere.
    fileprivate static let rom = 0x30

    /// Returns the sizes in bytes of a device's RAM blocks, by the registers with their addresses. O(blocks).
    ///
    /// - Parameter section: the device's section.
    package static func regions(of section: [UInt8], in document: Document) -> [Int: Int] {
        guard let end = section.lastIndex(of: UInt8(ascii: "/")) else { return [:] }
        let names = document.store.table.names
        let (place, device) = (section[...end], section[(end + 1)...])
        var result: [Int: Int] = [:]
        for block in document.store.state.blocks {
            let name = names.bytes(block.name)
            let size = block.usedLength
            guard name.count > place.count, name.starts(with: place), size >= 16, size & (size - 1) == 0
            else { continue }
            let own = name.dropFirst(place.count)
            if own.suffix(4).elementsEqual(".rom".utf8) {
                result[rom] = size
            } else if let register = registers(own, of: device) {
                result[register] = size
            }
        }
        return result
    }

    // hw/display/vga-pci.c, virtio-vga.c, vmware_vga.c and bochs-display.c; hw/misc/ivshmem-pci.c: 7.2 to 11.1.
    private static func registers(_ block: ArraySlice<UInt8>, of device: ArraySlice<UInt8>) -> Int? {
        func isDevice(_ names: String...) -> Bool { names.contains { device.elementsEqual($0.utf8) } }
        if block.elementsEqual("vga.vram".utf8) {
            return isDevice("vmware_vga") ? 0x14 : isDevice("vga", "virtio-gpu") ? 0x10 : nil
        }
        if block.elementsEqual("bochs-display-vram".utf8) { return isDevice("bochs-display") ? 0x10 : nil }
        return isDevice("ivshmem-plain", "ivshmem-doorbell") && !block.contains(UInt8(ascii: "/"))
            ? 0x18 : nil
    }

    package subscript(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    package var hasCapabilities: Bool { self[6] & 0x10 != 0 }

    /// The capabilities in the first 256 bytes: id and offset.
    package var capabilities: [(id: UInt8, place: Int)] {
        var result: [(id: UInt8, place: Int)] = []
        var place = hasCapabilities ? Int(self[0x34]) & ~3 : 0
        // A list in 192 bytes has at most 48 capabilities.
        while place >= 0x40, place < 0x100, result.count < 48 {
            result.append((self[place], place))
            place = Int(self[place + 1]) & ~3
        }
        return result
    }

    /// The offset of a capability whose pointer leads into the header or into a cycle; nil when the list ends
    /// with 0.
    package var brokenCapability: Int? {
        guard hasCapabilities else { return nil }
        var seen: Set<Int> = []
        var from = 0x34
        while self[from] & ~3 != 0 {
            let place = Int(self[from]) & ~3
            guard place >= 0x40, seen.insert(place).inserted else { return from }
            from = place + 1
        }
        return nil
    }

    /// Returns the first byte of the configuration at `offset` that this one, the target's, refuses; with
    /// QEMU's line.
    package func fault(_ region: MappedRegion, at offset: Int, size: Int) -> (
        index: Int, mask: Mask, line: String
    )? {
        let masks = checkedBits()
        for index in 0..<max(size, 0) {
            guard let read = region.byte(at: offset + index), let mask = masks[index] else { continue }
            guard (read ^ self[index]) & mask.bits != 0 else { continue }
            func hex(_ byte: UInt8) -> String { Hex.digits(UInt64(byte)) }
            let line =
                "get_pci_config_device: Bad config data: i=0x\(Hex.digits(UInt64(index))) read: \(hex(read)) "
                + "device: \(hex(self[index] & ~mask.written)) cmask: \(hex(mask.compared)) wmask: \(hex(mask.written)) w1cmask:0"
            return (index, mask, line)
        }
        return nil
    }

    private static let registers: [(range: Range<Int>, name: String, advice: String)] = [
        (0..<2, "vendor id", "a different device is at this address on the destination"),
        (2..<4, "device id", "a different device is at this address on the destination"),
        (6..<7, "status: capability list", "only one side's device has capabilities"),
        (8..<9, "revision", "the machine types differ"),
        (9..<10, "programming interface", "a different device is at this address on the destination"),
        (10..<12, "class", "a different device, or the machine types differ"),
        (14..<15, "header type", "use the same multifunction="),
        (16..<24, "base address register", "a BAR has a different kind or size"),
        (24..<40, "base address register or window", "a BAR has a different kind or size"),
        (48..<52, "expansion ROM", "use the same romfile="),
        (
            0x34..<0x35, "first capability",
            "only one side has a capability: use the same machine type, vectors= and disable-legacy="
        ),
    ]

    private static let capabilityNames: [UInt8: String] = [
        0x01: "power management", 0x05: "MSI", 0x09: "vendor specific", 0x0d: "subsystem",
        0x10: "PCI Express", 0x11: "MSI-X",
        0x12: "SATA", 0x13: "advanced features",
    ]

    // Only capabilities of QEMU's devices (include/standard-headers/linux/pci_regs.h).
    private static let extendedNames: [UInt16: String] = [
        0x01: "advanced error reporting", 0x03: "device serial number", 0x0d: "access control services",
        0x0e: "alternative routing", 0x0f: "address translation services", 0x10: "SR-IOV",
        0x13: "page requests", 0x1b: "PASID", 0x23: "designated vendor specific",
        0x2e: "data object exchange",
    ]

    package static func name(_ index: Int, _ mask: Mask) -> String {
        if let capability = mask.extended {
            let name =
                extendedNames[capability.id] ?? "extended id 0x" + Hex.digits(UInt64(capability.id), width: 2)
            return "capability \(name) +\(capability.place)"
        }
        if let capability = mask.capability {
            let name = capabilityNames[capability.id] ?? "id 0x" + Hex.digits(UInt64(capability.id), width: 2)
            return "capability \(name) +\(capability.place)"
        }
        return registers.first { $0.range.contains(index) }?.name ?? "register"
    }

    /// The advice for the capability "device serial number" of network cards.
    package static let serialAdvice =
        "the device's serial number depends on its MAC address: give the destination the source's mac="

    package static func advice(_ index: Int, _ mask: Mask) -> String {
        if mask.capability?.id == 0x11 {
            return "the number of MSI-X vectors differs: use the same vectors= and queues="
        }
        if mask.extended?.id == 0x03 { return serialAdvice }
        if mask.capability != nil || mask.extended != nil {
            return "a capability moved or changed: use the same machine type and properties"
        }
        return registers.first { $0.range.contains(index) }?.advice
            ?? "use the same machine type and properties"
    }

    /// Returns the register at a byte, without regard to capabilities.
    package static func register(_ index: Int) -> String? {
        registers.first { $0.range.contains(index) }?.name
    }

    /// Returns the name and the offset of the capability that contains a byte; nil in the header.
    package func capability(at index: Int) -> (name: String, place: Int)? {
        guard let found = capabilities.filter({ $0.place <= index }).max(by: { $0.place < $1.place }) else {
            return nil
        }
        return (
            Self.capabilityNames[found.id] ?? "id 0x" + Hex.digits(UInt64(found.id), width: 2),
            index - found.place
        )
    }
}

/// The bits of a configuration that the loader compares: the known part of QEMU's `cmask` and `wmask`
/// (hw/pci/pci.c, msi.c, msix.c, pcie.c and virtio-pci.c, 7.2 and 10.0).
extension PCIConfig {
    /// Returns the compared bits of each byte that has some. It does not know bits that a device itself makes
    /// writable.
    package func checkedBits() -> [Int: Mask] {
        var masks: [Int: Mask] = [:]
        // pci_init_cmask
        for index in [0, 1, 2, 3, 8, 9, 0xa, 0xb, 0xe, 0x34] { masks[index] = Mask(compared: 0xff) }
        masks[6] = Mask(compared: 0x10)
        addresses(&masks)
        for (id, place) in capabilities {
            for (offset, mask) in Self.checked(self, id, place) {
                var mask = mask
                mask.capability = (id, offset)
                masks[place + offset] = mask
            }
        }
        for (id, place) in extendedCapabilities {
            var places: [(Int, Mask)] = extended(id, place)
            for offset in 0..<4 { places.append((offset, Mask(compared: 0xff))) }
            for (offset, mask) in places where place + offset < size {
                masks[place + offset] = mask
                masks[place + offset]?.extended = (id, offset)
            }
        }
        return masks
    }

    // The mask of uncorrectable errors is writable only since 8.1, if it is not 0 initially
    // (hw/pci/pcie_aer.c pcie_aer_init, 7.2 and 10.0; x-pcie-err-unc-mask of older machine types).
    private func errorMask(_ place: Int) -> Range<Int> {
        let register = 8..<12
        return register.allSatisfy { self[place + $0] == 0 } ? register : 0..<0
    }

    // MARK: Base addresses

    private var isBridge: Bool { self[0xe] & 0x7f == 1 }

    // pci_register_bar compares all of a BAR except the address bits, whose number depends on the unknown
    // size: in memory BARs the low byte has none, and in I/O BARs they are above the size that the address
    // suggests. With a known size, an address that is not a multiple of it is refused.
    private func addresses(_ masks: inout [Int: Mask]) {
        var index = 0x10
        while index < (isBridge ? 0x18 : 0x28) {
            let low = self[index]
            let isWide = low & 7 == 4
            if let size = regions[index], low & 1 == 0 {
                sized(index, size, isWide: isWide, &masks)
            } else if low & 1 == 1 {
                let address = UInt16(self[index + 1]) << 8 | UInt16(low & 0xfc)
                let size = min(address & (~address &+ 1), 0x100)
                let written = UInt8(truncatingIfNeeded: ~(size &- 1))
                masks[index] = Mask(
                    compared: 0xff, written: address == 0 ? 0xfc : written, unknown: 0xfc)
            } else if (0..<(isWide ? 8 : 4)).contains(where: { self[index + $0] != 0 }) {
                masks[index] = Mask(compared: 0xff)
            }
            index += isWide ? 8 : 4
        }
        let rom = isBridge ? 0x38 : Self.rom
        if let size = regions[Self.rom] {
            sized(rom, size, isWide: false, &masks)
            masks[rom]?.written |= 1
        } else if (0..<4).contains(where: { self[rom + $0] != 0 }) {
            masks[rom] = Mask(compared: 0xff, written: 1)
        }
        // pci_init_mask_bridge
        guard isBridge else { return }
        for window in [0x1c, 0x1d, 0x24, 0x26] { masks[window] = Mask(compared: 0x0f, written: 0xf0) }
    }

    // pci_register_bar: the address bits are writable, those below the size are not.
    private func sized(_ register: Int, _ size: Int, isWide: Bool, _ masks: inout [Int: Mask]) {
        let written = ~UInt64(truncatingIfNeeded: size - 1)
        for byte in 0..<(isWide ? 8 : 4) {
            masks[register + byte] = Mask(
                compared: 0xff, written: UInt8(truncatingIfNeeded: written >> UInt64(8 * byte)))
        }
    }

    // MARK: Capabilities

    // From 0x100 on: id and version, and the offset of the next one in the upper 12 bits.
    private var extendedCapabilities: [(id: UInt16, place: Int)] {
        var result: [(id: UInt16, place: Int)] = []
        var place = 0x100
        while place >= 0x100, place <= size - 4, result.count < 48 {
            let header = (0..<4).reduce(UInt32(0)) { $0 | UInt32(self[place + $1]) << UInt32(8 * $1) }
            guard header != 0 else { break }
            result.append((UInt16(truncatingIfNeeded: header), place))
            place = Int(header >> 20) & ~3
        }
        return result
    }

    // After the header of each: pcie_add_capability compares everything except what is made writable later
    // (hw/pci/pcie.c, pcie_aer.c and pcie_sriov.c, 7.2 to 11.1).
    private func extended(_ id: UInt16, _ place: Int) -> [(Int, Mask)] {
        var result: [(Int, Mask)] = []
        func whole(_ range: Range<Int>) {
            for offset in range { result.append((offset, Mask(compared: 0xff))) }
        }
        func written(_ offset: Int, _ bits: UInt8) {
            result.append((offset, Mask(compared: 0xff, written: bits)))
        }
        switch id {
        case 0x01:
            for offset in errorMask(place) {
                result.append((offset, Mask(compared: 0xff, certainty: .likely)))
            }
            written(0x18, 0x40)
            written(0x19, 0x05)
        case 0x03: whole(4..<12)
        case 0x0d:
            // The guest can switch what a port supports.
            whole(4..<6)
            written(6, self[place + 4])
            written(7, self[place + 5])
        case 0x0e: whole(4..<8)
        case 0x0f:
            whole(4..<6)
            written(6, 0x0f)
            written(7, 0x80)
        case 0x10:
            whole(4..<8)
            written(8, 0x19)
            whole(9..<0x10)
            whole(0x14..<0x18)
            whole(0x1a..<0x20)
            // Addresses of the virtual functions: like those of the device, if present.
            for base in stride(from: 0x24, to: 0x3c, by: 4) where self[place + base] != 0 {
                whole(base..<base + 1)
            }
        case 0x13:
            written(4, 3)
            whole(5..<6)
            whole(7..<12)
        case 0x1b:
            whole(4..<6)
            written(6, 7)
            whole(7..<8)
        case 0x23: whole(4..<10)
        default: break
        }
        return result
    }

    // pci_add_capability: everything is compared, except what is made writable later or changes by itself.
    private static func checked(_ config: PCIConfig, _ id: UInt8, _ place: Int) -> [(Int, Mask)] {
        let whole = Mask(compared: 0xff)
        let probable = Mask(compared: 0xff, certainty: .likely)
        func all(_ range: Range<Int>, _ mask: Mask) -> [(Int, Mask)] { range.map { ($0, mask) } }
        switch id {
        case 0x01: return all(0..<4, whole)
        case 0x05: return all(0..<2, whole) + [(2, Mask(compared: 0xff, written: 0x71)), (3, whole)]
        case 0x09:
            // The guest writes the configuration access window, type 5.
            let isWindow = config[place + 3] == 5
            return all(0..<(isWindow ? 4 : max(min(Int(config[place + 2]), 64), 4)), whole)
        case 0x0d: return all(0..<8, whole)
        case 0x10:
            // Version 2 also has DEVCAP2, LNKCAP2 and LNKCTL2 (hw/pci/pcie.c pcie_cap_fill_slot_lnk, 7.2 to
            // 11.1).
            let second = config[place + 2] & 0xf >= 2 ? all(0x24..<0x28, whole) + all(0x2c..<0x32, whole) : []
            return all(0..<8, whole) + all(0x0c..<0x10, whole) + all(0x14..<0x18, probable) + second
        case 0x11: return all(0..<3, whole) + [(3, Mask(compared: 0xff, written: 0xc0))] + all(4..<12, whole)
        case 0x12: return all(0..<8, whole)
        case 0x13: return all(0..<4, whole)
        default: return all(0..<2, whole)
        }
    }
}
