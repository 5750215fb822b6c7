import Bytes

/// A capability of a configuration space (PCI 3.0, PCI Express 3.0 chapter 7, virtio 1.3 section 4.1.4).
/// Words are little-endian, and offsets are relative to the capability's start.
package enum PCICapability {
    case unknown
    case power
    case msi(isWide: Bool, hasMask: Bool)
    case msix
    case virtio(length: Int)
    case express(length: Int)
    case subsystem
    case sata

    package static func kind(_ id: Int, head: [UInt8], isVirtIO: Bool) -> PCICapability {
        switch id {
        case 0x01: .power
        case 0x05: .msi(isWide: head[2] & 0x80 != 0, hasMask: head[3] & 1 != 0)
        case 0x09 where isVirtIO && (16...20).contains(head[2]): .virtio(length: Int(head[2]))
        case 0x0d: .subsystem
        case 0x10: .express(length: head[2] & 0xf >= 2 ? 0x3c : 0x14)
        case 0x11: .msix
        case 0x12: .sata
        default: .unknown
        }
    }

    /// The properties that distinguish its rows from those of others with its id.
    package var shape: [UInt8] {
        switch self {
        case .unknown: [0]
        case .power, .msix, .subsystem, .sata: [1]
        case .msi(let isWide, let hasMask): [isWide ? 1 : 0, hasMask ? 1 : 0]
        case .virtio(let length), .express(let length): [UInt8(length)]
        }
    }

    package static func name(_ id: Int) -> String {
        names[id] ?? "capability 0x" + Hex.digits(UInt64(id), width: 2)
    }

    package static func extendedName(_ id: Int) -> String {
        extendedNames[id] ?? "extended capability 0x" + Hex.digits(UInt64(id), width: 4)
    }

    private static let names: [Int: String] = [
        0x01: "Power Management", 0x02: "AGP", 0x03: "VPD", 0x04: "Slot ID", 0x05: "MSI",
        0x06: "CompactPCI Hot Swap", 0x07: "PCI-X", 0x08: "HyperTransport", 0x09: "Vendor Specific",
        0x0c: "SHPC", 0x0d: "Subsystem", 0x10: "PCI Express", 0x11: "MSI-X", 0x12: "SATA",
        0x13: "Advanced Features", 0x14: "Enhanced Allocation",
    ]

    private static let extendedNames: [Int: String] = [
        0x01: "AER", 0x02: "Virtual Channel", 0x03: "Device Serial Number", 0x04: "Power Budgeting",
        0x0b: "Vendor Specific Extended", 0x0d: "ACS", 0x0e: "ARI", 0x0f: "ATS", 0x10: "SR-IOV", 0x13: "PRI",
        0x15: "Resizable BAR", 0x17: "TPH", 0x18: "LTR", 0x19: "Secondary PCI Express", 0x1b: "PASID",
        0x1e: "L1 PM Substates", 0x1f: "PTM", 0x23: "DVSEC", 0x25: "Data Link Feature", 0x2e: "DOE",
    ]

    // MARK: Rows

    package var overlay: Overlay {
        switch self {
        case .unknown: Self.headerOnly
        case .power: Self.powerRows
        case .msi(let isWide, let hasMask): Self.msiRows[(isWide ? 1 : 0) + (hasMask ? 2 : 0)]
        case .msix: Self.msixRows
        case .virtio(let length): length == 20 ? Self.virtioNotifyRows : Self.virtioRows
        case .express(let length): length == 0x14 ? Self.expressOneRows : Self.expressRows
        case .subsystem: Self.subsystemRows
        case .sata: Self.sataRows
        }
    }

    private static let header: [OverlayRow] = [
        .number("id", at: 0, size: 1), .number("next", at: 1, size: 1),
    ]

    private static let headerOnly = Overlay(size: 2, header)

    private static let powerRows = Overlay(
        size: 8,
        header + [
            .bits(
                "capabilities", at: 2, size: 2,
                [BitField("version", 0...2, .decimal)] + BitField.flags([9: "D1", 10: "D2"])),
            .bits(
                "control/status", at: 4, size: 2,
                [
                    BitField("state", 0...1, .names([0: "D0", 1: "D1", 2: "D2", 3: "D3hot"])),
                    BitField("NoSoftRst", 3...3, .flag), BitField("PME enable", 8...8, .flag),
                    BitField("PME status", 15...15, .flag),
                ]),
        ])

    private static let msiControl = OverlayRow.bits(
        "control", at: 2, size: 2,
        [
            BitField("enable", 0...0, .unless("disabled")), BitField("capable log2", 1...3),
            BitField("allocated log2", 4...6), BitField("64-bit", 7...7, .flag),
            BitField("maskable", 8...8, .flag),
        ])

    private static let msiRows = [(false, false), (true, false), (false, true), (true, true)].map {
        isWide, hasMask in
        let data = isWide ? 12 : 8
        var rows =
            header + [
                msiControl, .number("address", at: 4, size: isWide ? 8 : 4),
                .number("data", at: data, size: 2),
            ]
        if hasMask {
            rows += [.number("mask", at: data + 4, size: 4), .number("pending", at: data + 8, size: 4)]
        }
        return Overlay(size: data + (hasMask ? 12 : 2), rows)
    }

    private static let msixRows = Overlay(
        size: 12,
        header + [
            .bits(
                "control", at: 2, size: 2,
                [
                    BitField("vectors", 0...10, .text { $0 == 0 ? "1 vector" : "\($0 + 1) vectors" }),
                    BitField("masked", 14...14, .flag),
                    BitField("enable", 15...15, .unless("disabled")),
                ]),
            .text("table", at: 4, size: 4, placeText), .text("pending bits", at: 8, size: 4, placeText),
        ])

    private static let virtioRows = Overlay(size: 16, virtioCommon)
    private static let virtioNotifyRows = Overlay(
        size: 20, virtioCommon + [.number("multiplier or offset high", at: 16, size: 4)])

    private static let virtioCommon =
        header + [
            .number("length", at: 2, size: 1),
            .text("kind", at: 3, size: 1) { virtioKind($0.little(0, 1)) }, .number("BAR", at: 4, size: 1),
            .number("offset", at: 8, size: 4), .number("size", at: 12, size: 4),
        ]

    private static let subsystemRows = Overlay(
        size: 8,
        header + [
            .number("subsystem vendor id", at: 4, size: 2), .number("subsystem id", at: 6, size: 2),
        ])

    private static let sataRows = Overlay(
        size: 8, header + [.number("revision", at: 2, size: 2), .number("index/data BAR", at: 4, size: 4)])

    private static let ports: [UInt64: String] = [
        0: "endpoint", 1: "legacy endpoint", 4: "root port", 5: "upstream port", 6: "downstream port",
        7: "PCI bridge", 8: "PCI-to-PCIe bridge", 9: "root complex endpoint", 10: "event collector",
    ]

    private static let speeds: [UInt64: String] = [
        1: "2.5 GT/s", 2: "5 GT/s", 3: "8 GT/s", 4: "16 GT/s", 5: "32 GT/s", 6: "64 GT/s",
    ]

    private static func bytes(_ value: UInt64) -> String { "\(128 << (value & 7)) bytes" }

    private static let expressHead: [OverlayRow] =
        header + [
            .bits(
                "capabilities", at: 2, size: 2,
                [
                    BitField("version", 0...3, .decimal), BitField("port", 4...7, .names(ports)),
                    BitField("slot", 8...8, .flag), BitField("message", 9...13),
                ]),
            .bits(
                "device capabilities", at: 4, size: 4,
                [BitField("payload", 0...2, .text(bytes)), BitField("FLR", 28...28, .flag)]),
            .bits(
                "device control", at: 8, size: 2,
                BitField.flags([
                    0: "CorrErr", 1: "NonFatalErr", 2: "FatalErr", 3: "UnsupReq", 4: "RlxdOrd",
                ]) + [
                    BitField("payload", 5...7, .text { "payload " + bytes($0) }),
                    BitField("ExtTag", 8...8, .flag),
                    BitField("NoSnoop", 11...11, .flag),
                    BitField("read request", 12...14, .text { "read " + bytes($0) }),
                ]),
            .bits(
                "device status", at: 0x0a, size: 2,
                BitField.flags([
                    0: "CorrErr", 1: "NonFatalErr", 2: "FatalErr", 3: "UnsupReq", 4: "AuxPwr",
                    5: "TransPend",
                ])),
            .bits(
                "link capabilities", at: 0x0c, size: 4,
                [
                    BitField("speed", 0...3, .names(speeds)), BitField("width", 4...9, .text { "x\($0)" }),
                    BitField("port number", 24...31),
                ]),
            .bits(
                "link control", at: 0x10, size: 2,
                [BitField("ASPM", 0...1)] + BitField.flags([4: "disabled", 5: "retrain", 6: "CommClk"])),
            .bits(
                "link status", at: 0x12, size: 2,
                [
                    BitField("speed", 0...3, .names(speeds)), BitField("width", 4...9, .text { "x\($0)" }),
                    BitField("training", 11...11, .flag), BitField("active", 13...13, .flag),
                ]),
        ]

    private static let expressOneRows = Overlay(size: 0x14, expressHead)

    private static let expressRows = Overlay(
        size: 0x3c,
        expressHead + [
            .bits(
                "slot capabilities", at: 0x14, size: 4,
                BitField.flags([
                    0: "AttnBtn", 1: "PwrCtrl", 2: "MRL", 3: "AttnInd", 4: "PwrInd", 5: "Surprise",
                    6: "HotPlug",
                ]) + [BitField("slot", 19...31)]),
            .bits(
                "slot control", at: 0x18, size: 2,
                BitField.flags([
                    0: "AttnBtn", 1: "PwrFlt", 2: "MRL", 3: "PresDet", 4: "CmdCplt", 5: "HPIrq",
                    10: "PowerOff", 11: "Interlock", 12: "LinkChg",
                ])),
            .bits(
                "slot status", at: 0x1a, size: 2,
                BitField.flags([
                    0: "AttnBtn", 1: "PowerFlt", 2: "MRLChanged", 3: "PresDetChanged", 4: "CmdCplt",
                    5: "MRL", 6: "PresDet", 8: "LinkState",
                ])),
            .number("root control", at: 0x1c, size: 2), .number("root status", at: 0x20, size: 4),
            .number("device capabilities 2", at: 0x24, size: 4),
            .bits(
                "device control 2", at: 0x28, size: 2,
                BitField.flags([4: "DisTimeout", 5: "ARIFwd", 6: "AtomicOps", 10: "LTR"])),
            .number("link capabilities 2", at: 0x2c, size: 4),
            .bits("link control 2", at: 0x30, size: 2, [BitField("target speed", 0...3, .names(speeds))]),
        ])

    // MARK: Extended

    package static let extendedHeader = Overlay(size: 4, extendedHead)

    private static let extendedHead: [OverlayRow] = [
        .number("id", at: 0, size: 2),
        .bits(
            "version/next", at: 2, size: 2,
            [BitField("version", 0...3, .decimal), BitField("next", 4...15, .hex)]),
    ]

    package static func extendedOverlay(_ id: Int) -> Overlay {
        switch id {
        case 0x01: errorRows
        case 0x03: serialRows
        case 0x10: virtualizationRows
        default: extendedHeader
        }
    }

    private static let uncorrectable = BitField.flags([
        4: "DLP", 5: "SDES", 12: "PoisonTLP", 13: "FCP", 14: "CmpltTO", 15: "CmpltAbrt", 16: "UnxCmplt",
        17: "RxOF", 18: "MalfTLP", 19: "ECRC", 20: "UnsupReq", 21: "ACSViol", 22: "UncorrIntErr",
    ])
    private static let correctable = BitField.flags([
        0: "RxErr", 6: "BadTLP", 7: "BadDLLP", 8: "Rollover", 12: "Timeout", 13: "AdvNonFatalErr",
    ])

    private static let errorRows = Overlay(
        size: 0x2c,
        extendedHead + [
            .bits("uncorrectable status", at: 4, size: 4, uncorrectable),
            .bits("uncorrectable mask", at: 8, size: 4, uncorrectable),
            .bits("uncorrectable severity", at: 0x0c, size: 4, uncorrectable),
            .bits("correctable status", at: 0x10, size: 4, correctable),
            .bits("correctable mask", at: 0x14, size: 4, correctable),
        ])

    private static let serialRows = Overlay(
        size: 12, extendedHead + [.number("serial number", at: 4, size: 8)])

    private static let virtualizationRows = Overlay(
        size: 0x40,
        extendedHead + [
            .bits("control", at: 8, size: 2, BitField.flags([0: "VFs enabled", 3: "VF memory"])),
            .number("initial VFs", at: 0x0c, size: 2), .number("total VFs", at: 0x0e, size: 2),
            .number("VFs", at: 0x10, size: 2),
        ])

    // MARK: In one line

    /// A short summary of the capability; empty for most.
    package var text: @Sendable (RawSpan) -> String {
        switch self {
        case .unknown, .subsystem, .sata: { _ in "" }
        case .power: { "D\($0.little(4, 2) & 3)" }
        case .msi:
            { bytes in
                let control = bytes.little(2, 2)
                let count = (1 << (control >> 4 & 7), 1 << (control >> 1 & 7))
                return (control & 1 == 1 ? "enabled" : "disabled")
                    + (count.1 == 1 ? ", 1 vector" : ", \(count.0) of \(count.1) vectors")
            }
        case .msix:
            { bytes in
                let control = bytes.little(2, 2)
                let count = control & 0x7ff + 1
                return "\(Quantity.text(Int(clamping: count), "vector")), "
                    + (control >> 15 == 1 ? "enabled" : "disabled")
                    + (control >> 14 & 1 == 1 ? ", all masked" : "")
            }
        case .virtio:
            { bytes in
                "virtio \(Self.virtioKind(bytes.little(3, 1))): BAR\(bytes.little(4, 1)) + 0x"
                    + Hex.digits(bytes.little(8, 4)) + ", " + "\(bytes.little(12, 4)) bytes"
            }
        case .express:
            { bytes in
                let link = bytes.little(0x12, 2)
                let port = Self.ports[bytes.little(2, 2) >> 4 & 0xf] ?? "port"
                guard let speed = Self.speeds[link & 0xf] else { return port }
                return "\(port), \(speed) x\(link >> 4 & 0x3f)"
            }
        }
    }

    @Sendable private static func placeText(_ bytes: RawSpan) -> String {
        let value = bytes.little(0, 4)
        return "BAR\(value & 7) + 0x" + Hex.digits(value & ~7)
    }

    private static func virtioKind(_ kind: UInt64) -> String {
        let names: [UInt64: String] = [
            1: "common", 2: "notify", 3: "ISR", 4: "device", 5: "PCI access", 8: "shared memory",
            9: "vendor",
        ]
        return names[kind] ?? "kind \(kind)"
    }
}
