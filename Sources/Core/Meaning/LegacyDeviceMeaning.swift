import Bytes

/// Small legacy chips of a PC, and QEMU's own sections.
package enum LegacyDeviceMeaning {
    package static let rules: [MeaningRules] = [
        // hw/input/pckbd.c; the 8042.
        MeaningRules(
            "pckbd", having: "mode",
            fields: [
                .overlay("write_cmd", "", .whole(1, "next byte goes to", .names(writeCommands))),
                .overlay(
                    "status", "",
                    .flags(
                        1,
                        [
                            0: "OBF", 1: "IBF", 2: "self test", 3: "command", 4: "unlocked", 5: "mouse data",
                            6: "timeout", 7: "parity error",
                        ])),
                .overlay(
                    "mode", "command byte",
                    .flags(
                        1,
                        [
                            0: "keyboard interrupt", 1: "mouse interrupt", 2: "system", 3: "no key lock",
                            4: "keyboard off", 5: "mouse off", 6: "translate",
                        ])),
                .overlay("pending_tmp", "pending", .flags(1, [0: "keyboard", 1: "mouse"])),
            ]),
        MeaningRules(
            "ps2kbd",
            fields: [
                .label("scan_enabled", "scanning"), .label("translate", "translates to set 1"),
                .label("scancode_set", "scan code set"),
            ]),
        MeaningRules(
            "ps2mouse",
            fields: [
                .overlay(
                    "mouse_status", "status",
                    .word(
                        1,
                        [
                            BitField("right", 0...0, .flag), BitField("middle", 1...1, .flag),
                            BitField("left", 2...2, .flag),
                            BitField("scaling", 4...4, .names([0: "1:1", 1: "2:1"])),
                            BitField("reporting", 5...5, .unless("not reporting")),
                            BitField("mode", 6...6, .names([0: "stream", 1: "remote"])),
                        ])),
                .overlay("mouse_type", "", .whole(1, "type", .names([0: "PS/2", 3: "IMPS/2", 4: "IMEX"]))),
                .overlay(
                    "mouse_resolution", "",
                    .whole(1, "resolution", .text { $0 < 4 ? "\(1 << $0) counts/mm" : "" })),
                .overlay("mouse_buttons", "", .flags(1, [0: "left", 1: "right", 2: "middle"])),
            ]),
        MeaningRules(
            "PS2 Common State",
            fields: [
                .label("queue.rptr", "read index"), .label("queue.wptr", "write index"),
                .label("queue.count", "bytes waiting"),
            ]),
        // hw/dma/i8257.c; the 8237, instance 0 for channels 0 to 3.
        MeaningRules(
            "dma", having: "flip_flop",
            fields: [
                .overlay(
                    "command", "",
                    .flags(
                        1,
                        [
                            0: "memory to memory", 1: "address hold", 2: "disabled", 3: "compressed",
                            4: "rotating priority",
                        ])),
                .overlay(
                    "mask", "",
                    .word(1, [BitField("masked", 0...3, .text { "masked " + Overlay.bits(of: $0) })])),
            ]),
        MeaningRules(
            "dma_regs",
            fields: [
                .elements("now", ["current address", "current count"]),
                .elements("base", ["base address", "base count"]),
                .overlay(
                    "mode", "",
                    .word(
                        1,
                        [
                            BitField("channel", 0...1, .decimal),
                            BitField(
                                "transfer", 2...3, .names([0: "verify", 1: "to memory", 2: "from memory"])),
                            BitField("auto", 4...4, .flag), BitField("downwards", 5...5, .flag),
                            BitField(
                                "mode", 6...7, .names([0: "demand", 1: "single", 2: "block", 3: "cascade"])),
                        ])), .label("pageh", "high page"),
            ]),
        // hw/nvram/fw_cfg.c; include/standard-headers/linux/qemu_fw_cfg.h
        MeaningRules(
            "fw_cfg", fields: [.overlay("cur_entry", "selector", .whole(2, "entry", .text(firmwareEntry)))]),
        MeaningRules("fw_cfg/dma", fields: [.label("dma_addr", "DMA address")]),
        // hw/block/pflash_cfi01.c
        MeaningRules(
            "pflash_cfi01",
            fields: [
                .overlay("cmd", "command", .whole(1, "mode", .names(flashCommands))),
                .overlay(
                    "status", "",
                    .flags(1, [1: "locked", 3: "VPP low", 4: "program error", 5: "erase error", 7: "ready"])),
                .label("wcycle", "write cycle"),
            ]),
        // system/runstate.c, migration/global_state.c: the state of the source.
        MeaningRules(
            "globalstate", having: "has_vm_was_suspended", fields: [.overlay("runstate", "", state(32))]),
        MeaningRules("globalstate", fields: [.overlay("runstate", "", state(100))]),
    ]

    private static let writeCommands: [UInt64: String] = [
        0: "keyboard", 0x60: "command byte", 0xd1: "output port", 0xd2: "keyboard queue", 0xd3: "mouse queue",
        0xd4: "mouse",
    ]

    private static func firmwareEntry(_ key: UInt64) -> String {
        if let name = firmwareEntries[key] { return name }
        return (0x20..<0x4000).contains(key) ? "file \(key - 0x20)" : ""
    }

    private static let firmwareEntries: [UInt64: String] = [
        0x00: "signature", 0x01: "id", 0x02: "UUID", 0x03: "RAM size", 0x04: "no graphic", 0x05: "CPUs",
        0x06: "machine id", 0x07: "kernel address", 0x08: "kernel size", 0x09: "kernel command line",
        0x0a: "initrd address", 0x0b: "initrd size", 0x0c: "boot device", 0x0d: "NUMA", 0x0e: "boot menu",
        0x0f: "maximal CPUs", 0x10: "kernel entry", 0x11: "kernel data", 0x12: "initrd data",
        0x13: "command line address", 0x14: "command line size", 0x15: "command line data",
        0x16: "setup address",
        0x17: "setup size", 0x18: "setup data", 0x19: "file directory", 0x8000: "ACPI tables",
        0x8001: "SMBIOS",
        0x8002: "IRQ0 override", 0x8003: "E820 table", 0x8004: "HPET", 0xffff: "none",
    ]

    private static let flashCommands: [UInt64: String] = [
        0x00: "read array", 0x10: "program", 0x20: "block erase", 0x40: "program", 0x50: "clear status",
        0x60: "lock", 0x70: "read status", 0x90: "read identifier", 0x98: "CFI query",
        0xe8: "write to buffer",
        0xf0: "probe", 0xff: "read array",
    ]

    private static func state(_ size: Int) -> Overlay {
        Overlay(size: size, [.summary("state", at: 0, size: size, text)])
    }

    // Returns text that ends at a zero byte.
    private static func text(_ bytes: RawSpan) -> String {
        let text = bytes.bytes.prefix { $0 != 0 }
        return text.allSatisfy(ASCII.isPrintable) ? String(decoding: text, as: UTF8.self) : ""
    }
}
