import Bytes
import Format
import Stream

/// Main memory and firmware of x86 machines (hw/i386/pc.c, pc_piix.c, pc_q35.c, microvm.c, 7.2 and 10.0).
package enum PCMemory {
    private static let gigabyte = 1 << 30
    private static let high = 1 << 32

    @Sendable package static func place(_ builder: inout GuestMapBuilder) {
        let size = builder.mainSize
        let low = lowSize(&builder, size)
        builder.placeMain(0..<low, at: 0)
        builder.placeMain(low..<size, at: high)
        // With a VGA, the bus maps this range to it, and the RAM there is SMRAM; without one, the RAM is
        // visible.
        if let screen = LegacyVGA(builder.document) {
            builder.map.remove(0xa_0000..<0xc_0000)
            screen.placeWindow(&builder)
        }
        placeFirmware(&builder)
        // hw/i386/pc.c pc_get_device_memory_range.
        builder.deviceBase = (high + size - low + gigabyte - 1) / gigabyte * gigabyte
        if high.addingSaturated(size - low) > 0xfd_0000_0000, size > low {
            builder.assume(
                "memory above 4 GiB begins at 4 GiB; with an AMD CPU and 1 TiB, it may be 0x10000000000")
        }
    }

    @Sendable package static func placeMicroVM(_ builder: inout GuestMapBuilder) {
        let size = builder.mainSize
        let low = min(size, 3 * gigabyte)
        builder.placeMain(0..<low, at: 0)
        builder.placeMain(low..<size, at: high)
        builder.place("pc.bios", endingAt: high)
        placeTop(of: "pc.bios", over: [0xe_0000..<0x10_0000], &builder)
    }

    // MARK: The split at 4 GiB

    private static func lowSize(_ builder: inout GuestMapBuilder, _ size: Int) -> Int {
        // CMOS counts from 16 MiB, and no machine splits below that.
        if size <= 16 << 20 { return size }
        if let told = toldByCMOS(builder.document), told.low.addingSaturated(told.high) == size {
            return told.low
        }
        let low = byRule(builder.machine, size)
        builder.assume(
            "\(Hex.offset(low)) bytes of RAM are below 4 GiB, by the rule of the machine type: CMOS does not show it"
        )
        return low
    }

    /// Returns the size of main memory below and above 4 GiB in bytes, from the registers that firmware
    /// reads.
    // hw/i386/pc.c pc_cmos_init: 64 KiB units above 16 MiB, and above 4 GiB; 1 KiB units above 1 MiB.
    package static func toldByCMOS(_ document: Document) -> (low: Int, high: Int)? {
        guard let cmos = StateField.section("mc146818rtc", in: document.store)?["cmos_data"], cmos.size == 128
        else {
            return nil
        }
        let byte = { (index: Int) in Int(cmos.byte(index) ?? 0) }
        let units = byte(0x35) << 8 | byte(0x34)
        let extended = byte(0x18) << 8 | byte(0x17)
        guard units > 0 || extended > 0 else { return nil }
        let low = units > 0 ? units << 16 + 16 << 20 : extended << 10 + 1 << 20
        return (low, (byte(0x5b) | byte(0x5c) << 8 | byte(0x5d) << 16) << 16)
    }

    private static func byRule(_ machine: String, _ size: Int) -> Int {
        if machine.hasPrefix("pc-q35") { return size >= 0xb000_0000 ? 0x8000_0000 : size }
        if size < 0xe000_0000 { return size }
        // gigabyte_align exists since machine type 2.0.
        let isOld = ["pc-i440fx-1.", "pc-0.", "pc-1."].contains { machine.hasPrefix($0) }
        return isOld ? 0xe000_0000 : 0xc000_0000
    }

    // MARK: Firmware

    private static func placeFirmware(_ builder: inout GuestMapBuilder) {
        builder.place("pc.bios", endingAt: high)
        let flash = builder.place("system.flash0", endingAt: high)
        builder.place("system.flash1", endingAt: flash)
        let roms = romRanges(&builder)
        placeOptionROMs(over: roms, &builder)
        for name in ["pc.bios", "isa-bios"] { placeTop(of: name, over: roms, &builder) }
        // Since 9.1, the top of the flash itself is mapped; before, a copy of it.
        if builder.block("pc.bios") == nil, builder.block("isa-bios") == nil {
            placeTop(of: "system.flash0", over: roms, isDevice: true, &builder)
        }
    }

    private static func placeOptionROMs(over ranges: [Range<Int>], _ builder: inout GuestMapBuilder) {
        guard let block = builder.block("pc.rom") else { return }
        let window = 0xc_0000..<min(0xc_0000 + builder.blocks[block].size, 0xe_0000)
        for range in ranges.map({ $0.clamped(to: window) }) where !range.isEmpty {
            builder.map.place(
                block: block, from: range.lowerBound - 0xc_0000, size: range.count, at: range.lowerBound)
        }
    }

    // At most the last 128 KiB are also mapped below 1 MiB (hw/i386/x86-common.c x86_isa_bios_init).
    private static func placeTop(
        of name: String, over ranges: [Range<Int>], isDevice: Bool = false, _ builder: inout GuestMapBuilder
    ) {
        guard let block = builder.block(name) else { return }
        let size = builder.blocks[block].size
        let window = 0x10_0000 - min(size, 128 << 10)..<0x10_0000
        for range in ranges.map({ $0.clamped(to: window) }) where !range.isEmpty {
            builder.map.place(
                block: block, from: size - (0x10_0000 - range.lowerBound), size: range.count,
                at: range.lowerBound, isDevice: isDevice)
        }
    }

    /// Returns the ranges between 768 KiB and 1 MiB in which reads go to ROM, by the chipset's PAM registers:
    /// 13 areas, bit 0 of each nibble directs reads to RAM (hw/pci-host/pam.c, 7.2 and 10.0).
    private static func romRanges(_ builder: inout GuestMapBuilder) -> [Range<Int>] {
        guard let registers = pamRegisters(builder.document) else {
            builder.assume("firmware has copied itself to RAM: 0xc0000 to 0xfffff is RAM")
            return []
        }
        return (0...12).compactMap { area in
            let nibble = registers[(area + 1) / 2] >> (area % 2 == 0 ? 4 : 0)
            guard nibble & 1 == 0 else { return nil }
            return area == 0 ? 0xf_0000..<0x10_0000 : 0xc_0000 + (area - 1) << 14..<0xc_0000 + area << 14
        }
    }

    private static func pamRegisters(_ document: Document) -> [UInt8]? {
        for (name, offset) in [("0000:00:00.0/mch", 0x90), ("0000:00:00.0/I440FX", 0x59)] {
            guard let config = StateField.section(name, in: document.store)?.first(ofType: "pci config")
            else {
                continue
            }
            let registers = (0..<7).compactMap { config.byte(offset + $0) }
            if registers.count == 7 { return registers }
        }
        return nil
    }
}

/// The adapter that owns 0xa0000 to 0xbffff on a PC, with the registers that map video memory there
/// (hw/display/vga.c vga_update_memory_access, 7.2 to 11.1).
private struct LegacyVGA {
    private let state: StateField?
    private let block: String?

    /// Nil if the machine has none; other displays have no legacy range.
    init?(_ document: Document) {
        for (name, section) in StateField.all(in: document.store) {
            let state = section["vga"] ?? section.first(ofStructure: "vga")
            if let config = section.first(ofType: "pci config") {
                // Class VGA: base class 3, subclass 0.
                guard config.byte(11) == 3, config.byte(10) == 0 else { continue }
            } else if state == nil {
                continue
            }
            self.state = state
            // The name of the section identifies the device's block.
            block = name.lastIndex(of: "/").map { name[...$0] + "vga.vram" }
            return
        }
        return nil
    }

    // Bit 0 of the fifth register enables VBE, which has its own sequencer registers that select chain-4
    // mode.
    private var isInVBEMode: Bool { (state?["vbe_regs"]?[4]?.unsigned ?? 0) & 1 == 1 }

    /// Places the window on video memory, whose bytes are directly visible in chain-4 mode.
    func placeWindow(_ builder: inout GuestMapBuilder) {
        guard let state, let sequencer = state["sr"], let graphics = state["gr"],
            isInVBEMode || (sequencer.byte(2) ?? 0) & 15 == 15 && (sequencer.byte(4) ?? 0) & 8 != 0,
            let mode = graphics.byte(6), let block = block.flatMap({ builder.block($0) })
        else { return }
        let window: Range<Int> =
            switch mode >> 2 & 3 {
            case 0: 0xa_0000..<0xc_0000
            case 1: 0xa_0000..<0xb_0000
            case 2: 0xb_0000..<0xb_8000
            default: 0xb_8000..<0xc_0000
            }
        let bank = mode >> 2 & 3 == 1 ? Int(state.register("bank_offset")) : 0
        guard bank + window.count <= builder.blocks[block].size else { return }
        builder.map.place(block: block, from: bank, size: window.count, at: window.lowerBound)
    }
}
