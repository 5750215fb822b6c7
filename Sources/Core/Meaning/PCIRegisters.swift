import Bytes

/// The registers below 0x40 of a configuration space.
package enum PCIRegisters {
    package static let common: [OverlayRow] = [
        .text("device", at: 0, size: 4, isLine: true, deviceText),
        .text("vendor id", at: 0, size: 2) { numbered($0, 2, PCINames.known.vendor) },
        .number("device id", at: 2, size: 2),
        .bits("command", at: 4, size: 2, command), .bits("status", at: 6, size: 2, status),
        .number("revision", at: 8, size: 1),
        .text("class", at: 9, size: 3) { bytes in
            let code = bytes.little(0, 3)
            return "0x" + Hex.digits(code, width: 6) + (className(code).map { " = " + $0 } ?? "")
        },
        .number("cache line size", at: 0x0c, size: 1), .number("latency", at: 0x0d, size: 1),
        .bits(
            "header type", at: 0x0e, size: 1,
            [
                BitField("type", 0...6, .names([0: "device", 1: "bridge", 2: "CardBus bridge"])),
                BitField("multifunction", 7...7, .flag),
            ]),
        .number("BIST", at: 0x0f, size: 1),
        .number("first capability", at: 0x34, size: 1), .number("interrupt line", at: 0x3c, size: 1),
        .text("interrupt pin", at: 0x3d, size: 1) { bytes in
            ["none", "INTA", "INTB", "INTC", "INTD"].enumerated().first { $0.offset == bytes.little(0, 1) }?
                .element ?? "reserved"
        },
    ]

    package static let ordinary: [OverlayRow] = [
        .number("CardBus CIS", at: 0x28, size: 4),
        .text("subsystem vendor id", at: 0x2c, size: 2) { numbered($0, 2, PCINames.known.vendor) },
        .number("subsystem id", at: 0x2e, size: 2), rom(0x30),
        .number("minimum grant", at: 0x3e, size: 1), .number("maximum latency", at: 0x3f, size: 1),
    ]

    package static let bridge: [OverlayRow] = [
        .number("primary bus", at: 0x18, size: 1), .number("secondary bus", at: 0x19, size: 1),
        .number("subordinate bus", at: 0x1a, size: 1), .number("secondary latency", at: 0x1b, size: 1),
        .text("I/O window", at: 0x1c, size: 2) { bytes in
            window((bytes.little(0, 1) >> 4) << 12, (bytes.little(1, 1) >> 4) << 12 | 0xfff)
        },
        .bits("secondary status", at: 0x1e, size: 2, status),
        .text("memory window", at: 0x20, size: 4) { bytes in
            window((bytes.little(0, 2) >> 4) << 20, (bytes.little(2, 2) >> 4) << 20 | 0xf_ffff)
        },
        .text("prefetchable window", at: 0x24, size: 12) { bytes in
            let high = (bytes.little(4, 4) << 32, bytes.little(8, 4) << 32)
            return window(
                (bytes.little(0, 2) >> 4) << 20 | high.0, (bytes.little(2, 2) >> 4) << 20 | 0xf_ffff | high.1)
        },
        rom(0x38),
        .bits(
            "bridge control", at: 0x3e, size: 2,
            BitField.flags([
                0: "ParErr", 1: "SERR", 2: "ISA", 3: "VGA", 4: "VGA16", 5: "MAbort", 6: "Reset", 7: "FastB2B",
            ])),
    ]

    private static let command = BitField.flags([
        0: "I/O", 1: "Mem", 2: "BusMaster", 3: "SpecCycle", 4: "MemWINV", 5: "VGASnoop", 6: "ParErr",
        8: "SERR", 9: "FastB2B", 10: "DisINTx",
    ])

    private static let status = BitField.flags([
        3: "INTx", 4: "Cap", 5: "66MHz", 7: "FastB2B", 8: "MDPErr", 11: "SigTAbort", 12: "RecTAbort",
        13: "RecMAbort", 14: "SigSERR", 15: "DetParErr",
    ])

    private static func rom(_ offset: Int) -> OverlayRow {
        .bits(
            "expansion ROM", at: offset, size: 4,
            [BitField("enabled", 0...0, .unless("off")), BitField("address", 11...31, .address)])
    }

    private static func numbered(_ bytes: RawSpan, _ size: Int, _ name: (UInt16) -> String?) -> String {
        let id = UInt16(truncatingIfNeeded: bytes.little(0, size))
        return "0x" + Hex.digits(UInt64(id), width: 4) + (name(id).map { " = " + $0 } ?? "")
    }

    @Sendable private static func deviceText(_ bytes: RawSpan) -> String {
        let vendor = UInt16(truncatingIfNeeded: bytes.little(0, 2))
        let device = UInt16(truncatingIfNeeded: bytes.little(2, 2))
        let list = PCINames.known
        let names = [list.vendor(vendor), list.device(vendor, device)]
        return names.compactMap(\.self).joined(separator: " ")
    }

    private static func window(_ base: UInt64, _ limit: UInt64) -> String {
        base > limit ? "closed" : "0x\(Hex.digits(base))-0x\(Hex.digits(limit))"
    }

    @Sendable package static func barText(_ bytes: RawSpan) -> String {
        let value = bytes.little(0, bytes.byteCount)
        guard value != 0 else { return "unused" }
        if value & 1 == 1 { return "I/O" + place(value & ~3) }
        let width = bytes.byteCount == 8 ? "64-bit" : value & 6 == 2 ? "below 1 MiB" : "32-bit"
        return "memory\(place(value & ~15)), \(width)" + (value & 8 != 0 ? " prefetchable" : "")
    }

    private static func place(_ address: UInt64) -> String {
        address == 0 ? " without address" : " 0x" + Hex.digits(address)
    }

    // Base class and subclass, for devices that virtual machines have.
    private static let classNames: [UInt64: String] = [
        0x00ff: "unclassified", 0x0100: "SCSI controller", 0x0101: "IDE controller",
        0x0104: "RAID controller",
        0x0106: "SATA controller", 0x0107: "SAS controller", 0x0108: "NVM controller",
        0x0180: "storage controller", 0x0200: "Ethernet controller", 0x0280: "network controller",
        0x0300: "VGA controller", 0x0380: "display controller", 0x0401: "audio controller",
        0x0403: "HD audio controller", 0x0480: "multimedia controller", 0x0500: "RAM controller",
        0x0502: "CXL memory", 0x0600: "host bridge", 0x0601: "ISA bridge", 0x0604: "PCI bridge",
        0x0680: "bridge", 0x0700: "serial controller", 0x0780: "communication controller",
        0x0805: "SD host controller", 0x0880: "system peripheral", 0x0980: "input controller",
        0x0c03: "USB controller", 0x0c05: "SMBus", 0x1000: "encryption controller",
    ]

    private static func className(_ code: UInt64) -> String? { classNames[code >> 8] }
}
