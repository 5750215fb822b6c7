/// Which bytes of a configuration the loader compares: what is known of QEMU's `cmask` and `wmask`
/// (hw/pci/pci.c, msi.c, msix.c, pcie.c and virtio-pci.c, 7.2 and 10.0).
extension PCIConfig {
    /// The compared bits of each byte that has some. Bits that a device makes writable by itself are not known.
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
        for place in extendedCapabilities {
            for offset in 0..<4 { masks[place + offset] = Mask(compared: 0xff) }
        }
        return masks
    }

    // MARK: Base addresses

    private var isBridge: Bool { self[0xe] & 0x7f == 1 }

    // pci_register_bar compares all of a BAR but the address bits, of which the size is not known here: the low
    // byte holds none of them in memory, and in ports those above the size that the address suggests.
    private func addresses(_ masks: inout [Int: Mask]) {
        var index = 0x10
        while index < (isBridge ? 0x18 : 0x28) {
            let low = self[index]
            let isWide = low & 7 == 4
            if low & 1 == 1 {
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
        let rom = isBridge ? 0x38 : 0x30
        if (0..<4).contains(where: { self[rom + $0] != 0 }) { masks[rom] = Mask(compared: 0xff, written: 1) }
        // pci_init_mask_bridge
        guard isBridge else { return }
        for window in [0x1c, 0x1d, 0x24, 0x26] { masks[window] = Mask(compared: 0x0f, written: 0xf0) }
    }

    // MARK: Capabilities

    // From 0x100 on: id and version, and the place of the next one in the upper 12 bits.
    private var extendedCapabilities: [Int] {
        var result: [Int] = []
        var place = 0x100
        while place >= 0x100, place <= size - 4, result.count < 48 {
            let header = (0..<4).reduce(UInt32(0)) { $0 | UInt32(self[place + $1]) << UInt32(8 * $1) }
            guard header != 0 else { break }
            result.append(place)
            place = Int(header >> 20) & ~3
        }
        return result
    }

    // pci_add_capability: all of it is compared, but what is made writable then or changes by itself.
    private static func checked(_ config: PCIConfig, _ id: UInt8, _ place: Int) -> [(Int, Mask)] {
        let whole = Mask(compared: 0xff)
        let probable = Mask(compared: 0xff, certainty: .likely)
        func all(_ range: Range<Int>, _ mask: Mask) -> [(Int, Mask)] { range.map { ($0, mask) } }
        switch id {
        case 0x01: return all(0..<4, whole)
        case 0x05: return all(0..<2, whole) + [(2, Mask(compared: 0xff, written: 0x71)), (3, whole)]
        case 0x09:
            // The window to the configuration, type 5, is written by the guest.
            let isWindow = config[place + 3] == 5
            return all(0..<(isWindow ? 4 : max(min(Int(config[place + 2]), 64), 4)), whole)
        case 0x0d: return all(0..<8, whole)
        case 0x10: return all(0..<8, whole) + all(0x0c..<0x10, whole) + all(0x14..<0x18, probable)
        case 0x11: return all(0..<3, whole) + [(3, Mask(compared: 0xff, written: 0xc0))] + all(4..<12, whole)
        case 0x12: return all(0..<8, whole)
        case 0x13: return all(0..<4, whole)
        default: return all(0..<2, whole)
        }
    }
}
