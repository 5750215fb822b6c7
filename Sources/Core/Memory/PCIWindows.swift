import Format

/// RAM blocks that a PCI device maps through a BAR: frame buffers and option ROMs.
package enum PCIWindows {
    package static func place(_ builder: inout GuestMapBuilder) {
        for (number, block) in builder.blocks.enumerated() {
            guard let slash = block.name.lastIndex(of: "/"), !block.name.hasPrefix("/") else { continue }
            let device = Array(block.name[...slash].utf8)
            let name = block.name[block.name.index(after: slash)...]
            let isROM = name.hasSuffix(".rom")
            guard isROM || name == "vga.vram" else { continue }
            let sections = StateField.sections(in: builder.document.store) { $0.starts(with: device) }
            for section in sections {
                guard let config = section.field.first(ofType: "pci config"),
                    let address = address(config, isROM: isROM), address % block.size == 0
                else { continue }
                builder.map.place(block: number, size: block.size, at: address)
                break
            }
        }
    }

    // Command bit 1 enables memory space; a ROM has its own enable bit. BAR 0 holds the frame buffer of all
    // of QEMU's VGA devices.
    private static func address(_ config: StateField, isROM: Bool) -> Int? {
        guard let command = config.byte(4), command & 2 != 0, let bar = word(config, isROM ? 0x30 : 0x10)
        else {
            return nil
        }
        if isROM { return bar & 1 == 1 && bar & ~0x7ff != 0 ? Int(bar & ~0x7ff) : nil }
        guard bar & 1 == 0, bar & ~0xf != 0 else { return nil }
        let high = bar & 6 == 4 ? word(config, 0x14) ?? 0 : 0
        return Int(bar & ~0xf) | Int(high) << 32
    }

    private static func word(_ config: StateField, _ offset: Int) -> UInt32? {
        let bytes = (0..<4).compactMap { config.byte(offset + $0) }
        return bytes.count == 4 ? bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } : nil
    }
}
