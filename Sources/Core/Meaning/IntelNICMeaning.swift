import Bytes

/// Intel's gigabit cards: e1000 (hw/net/e1000.c, version 2) and e1000e (hw/net/e1000e.c); the registers of
/// the 8254x and 82574 manuals by memory offset.
package enum IntelNICMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "e1000",
            fields: bits.map { .overlay("mac_reg[\($0.key)]", "", $0.value) } + [
                .elements("mac_reg[0]", receiveAddresses, each: highAddresses),
                .label("mac_reg[1]", "MTA"), .elements("phy_reg", numbered: phy, each: phyBits),
                .elements("eeprom_data", numbered: eeprom),
                .label("mac_reg[2]", "VFTA"),
            ], interpret: addresses(in: "mac_reg[0]", at: 0)),
        MeaningRules(
            "e1000/full_mac_state", fields: [.elements("mac_reg", numbered: space, each: spaceBits)],
            interpret: addresses(in: "mac_reg", at: 0x5400 / 4)),
        MeaningRules(
            "e1000/mit_state", fields: [.label("mac_reg[ITR]", "interrupt throttling, 256 ns")]),
        MeaningRules(
            "e1000e",
            fields: [
                .elements("core.mac", numbered: space, each: spaceBits),
                .elements("core.phy", numbered: phy, each: phyBits),
                .elements("core.eeprom", numbered: eeprom),
                .overlay("core.delayed_causes", "", interruptBits),
            ], interpret: addresses(in: "core.mac", at: 0x5400 / 4)),
    ]
}

// MARK: - Names

extension IntelNICMeaning {
    // Registers by their index in 4-byte words.
    private static let registers: [Int: String] = Dictionary(
        uniqueKeysWithValues: offsets.map { ($0.key / 4, $0.value) })

    private static let offsets: [Int: String] = [
        0x0000: "CTRL", 0x0004: "CTRL_DUP", 0x0008: "STATUS", 0x0010: "EECD", 0x0014: "EERD",
        0x0018: "CTRL_EXT",
        0x001c: "FLA", 0x0020: "MDIC", 0x0024: "SCTL", 0x0028: "FCAL", 0x002c: "FCAH", 0x0030: "FCT",
        0x0034: "CONNSW", 0x0038: "VET", 0x00c0: "ICR", 0x00c4: "ITR", 0x00c8: "ICS", 0x00d0: "IMS",
        0x00d8: "IMC",
        0x00dc: "EIAC", 0x00e0: "IAM", 0x00e4: "IVAR", 0x00e8: "EITR0", 0x00ec: "EITR1", 0x00f0: "EITR2",
        0x00f4: "EITR3", 0x00f8: "EITR4", 0x0100: "RCTL", 0x0170: "FCTTV", 0x0178: "TXCW", 0x0180: "RXCW",
        0x0400: "TCTL", 0x0404: "TCTL_EXT", 0x0410: "TIPG", 0x0448: "TBT", 0x0458: "AIT", 0x0e00: "LEDCTL",
        0x0f00: "EXTCNF_CTRL", 0x0f08: "EXTCNF_SIZE", 0x0f10: "PHY_CTRL", 0x1000: "PBA", 0x1008: "PBS",
        0x1010: "EEMNGCTL", 0x1024: "EEARBC", 0x1028: "FLASHT", 0x102c: "EEWR", 0x1030: "FLSWCTL",
        0x1034: "FLSWDATA", 0x1038: "FLSWCNT", 0x103c: "FLOP", 0x2008: "ERT", 0x2160: "FCRTL",
        0x2168: "FCRTH",
        0x2170: "PSRCTL", 0x2410: "RDFH", 0x2418: "RDFT", 0x2420: "RDFHS", 0x2428: "RDFTS", 0x2430: "RDFPC",
        0x2800: "RDBAL", 0x2804: "RDBAH", 0x2808: "RDLEN", 0x2810: "RDH", 0x2818: "RDT", 0x2820: "RDTR",
        0x2828: "RXDCTL", 0x282c: "RADV", 0x2900: "RDBAL1", 0x2904: "RDBAH1", 0x2908: "RDLEN1",
        0x2910: "RDH1",
        0x2918: "RDT1", 0x2928: "RXDCTL1", 0x2c00: "RSRPD", 0x2c08: "RAID", 0x3410: "TDFH", 0x3418: "TDFT",
        0x3420: "TDFHS", 0x3428: "TDFTS", 0x3430: "TDFPC", 0x3800: "TDBAL", 0x3804: "TDBAH", 0x3808: "TDLEN",
        0x3810: "TDH", 0x3818: "TDT", 0x3820: "TIDV", 0x3828: "TXDCTL", 0x382c: "TADV", 0x3830: "TSPMT",
        0x3840: "TARC0", 0x3900: "TDBAL1", 0x3904: "TDBAH1", 0x3908: "TDLEN1", 0x3910: "TDH1", 0x3918: "TDT1",
        0x3928: "TXDCTL1", 0x3940: "TARC1",
        // Statistics
        0x4000: "CRCERRS", 0x4004: "ALGNERRC", 0x4008: "SYMERRS", 0x400c: "RXERRC", 0x4010: "MPC",
        0x4014: "SCC",
        0x4018: "ECOL", 0x401c: "MCC", 0x4020: "LATECOL", 0x4028: "COLC", 0x4030: "DC", 0x4034: "TNCRS",
        0x4038: "SEC", 0x403c: "CEXTERR", 0x4040: "RLEC", 0x4048: "XONRXC", 0x404c: "XONTXC",
        0x4050: "XOFFRXC",
        0x4054: "XOFFTXC", 0x4058: "FCRUC", 0x405c: "PRC64", 0x4060: "PRC127", 0x4064: "PRC255",
        0x4068: "PRC511",
        0x406c: "PRC1023", 0x4070: "PRC1522", 0x4074: "GPRC", 0x4078: "BPRC", 0x407c: "MPRC", 0x4080: "GPTC",
        0x4088: "GORCL", 0x408c: "GORCH", 0x4090: "GOTCL", 0x4094: "GOTCH", 0x40a0: "RNBC", 0x40a4: "RUC",
        0x40a8: "RFC", 0x40ac: "ROC", 0x40b0: "RJC", 0x40b4: "MGTPRC", 0x40b8: "MGTPDC", 0x40bc: "MGTPTC",
        0x40c0: "TORL", 0x40c4: "TORH", 0x40c8: "TOTL", 0x40cc: "TOTH", 0x40d0: "TPR", 0x40d4: "TPT",
        0x40d8: "PTC64", 0x40dc: "PTC127", 0x40e0: "PTC255", 0x40e4: "PTC511", 0x40e8: "PTC1023",
        0x40ec: "PTC1522", 0x40f0: "MPTC", 0x40f4: "BPTC", 0x40f8: "TSCTC", 0x40fc: "TSCTFC", 0x4100: "IAC",
        0x4104: "ICRXPTC", 0x4108: "ICRXATC", 0x410c: "ICTXPTC", 0x4110: "ICTXATC", 0x4118: "ICTXQEC",
        0x411c: "ICTXQMTC", 0x4120: "ICRXDMTC", 0x4124: "ICRXOC",
        // Receive, wake-up, management
        0x5000: "RXCSUM", 0x5008: "RFCTL", 0x5800: "WUC", 0x5808: "WUFC", 0x5810: "WUS", 0x5818: "MRQC",
        0x5820: "MANC", 0x5838: "IPAV", 0x5860: "MANC2H", 0x5864: "RSSIM", 0x5868: "RSSIR", 0x5900: "WUPL",
        0x5b00: "GCR", 0x5b10: "FUNCTAG", 0x5b14: "GSCL_1", 0x5b18: "GSCL_2", 0x5b1c: "GSCL_3",
        0x5b20: "GSCL_4",
        0x5b30: "FACTPS", 0x5b50: "SWSM", 0x5b54: "FWSM", 0x5b58: "SWSM2", 0x5b64: "GCR2", 0x5b68: "PBACLR",
        0x8f00: "HICR", 0xb600: "TSYNCTXCTL", 0xb608: "TIMINCA", 0xb620: "TSYNCRXCTL",
    ]

    private static let receiveAddresses = (0..<16).flatMap { ["RAL\($0)", "RAH\($0)"] }
    private static let highAddresses = Dictionary(
        uniqueKeysWithValues: (0..<16).map {
            (
                $0 * 2 + 1,
                Overlay.word(4, [BitField("address", 0...15, .hex), BitField("valid", 31...31, .flag)])
            )
        })

    /// The whole register space, including numbered tables.
    private static let space: [Int: String] = {
        var names = registers
        func table(_ name: String, at offset: Int, count: Int) {
            for number in 0..<count { names[offset / 4 + number] = "\(name)\(number)" }
        }
        table("MTA", at: 0x5200, count: 128)
        table("VFTA", at: 0x5600, count: 128)
        table("IP4AT", at: 0x5840, count: 8)
        table("IP6AT", at: 0x5880, count: 4)
        table("WUPM", at: 0x5a00, count: 32)
        table("RETA", at: 0x5c00, count: 32)
        table("RSSRK", at: 0x5c80, count: 10)
        table("FFMT", at: 0x9000, count: 128)
        table("FFVT", at: 0x9800, count: 128)
        for (number, name) in receiveAddresses.enumerated() { names[0x5400 / 4 + number] = name }
        return names
    }()

    private static let spaceBits: [Int: Overlay] = {
        var result: [Int: Overlay] = [:]
        for (index, name) in registers { result[index] = bits[name] }
        for (number, overlay) in highAddresses { result[0x5400 / 4 + number] = overlay }
        return result
    }()

    // The registers of IEEE 802.3 clause 22, and those of the 88E1000; e1000e has pages of 32.
    private static let phy: [Int: String] = [
        0: "BMCR", 1: "BMSR", 2: "PHYID1", 3: "PHYID2", 4: "ANAR", 5: "ANLPAR", 6: "ANER", 7: "ANNPTR",
        8: "ANLPNPR", 9: "1000BASE-T control", 10: "1000BASE-T status", 15: "extended status",
        16: "PHY control",
        17: "PHY status", 18: "interrupt enable", 19: "interrupt status", 20: "extended control",
        21: "receive error count", 22: "page select",
    ]

    private static let eeprom: [Int: String] = [
        0: "MAC 1, 0", 1: "MAC 3, 2", 2: "MAC 5, 4", 3: "compatibility", 8: "PBA number 1", 9: "PBA number 2",
        10: "initialization control 1", 11: "subsystem id", 12: "subsystem vendor", 13: "device id",
        14: "vendor id",
        15: "initialization control 2", 63: "checksum",
    ]
}

// MARK: - Bits

extension IntelNICMeaning {
    private static let bits: [String: Overlay] = [
        "CTRL": .word(
            4,
            BitField.flags([0: "FD", 2: "GIO disabled", 3: "LRST", 5: "ASDE", 6: "SLU", 7: "ILOS"])
                + [BitField("speed", 8...9, .names(speeds))]
                + BitField.flags([
                    11: "FRCSPD", 12: "FRCDPLX", 26: "RST", 27: "RFCE", 28: "TFCE", 30: "VME", 31: "PHY_RST",
                ])),
        "STATUS": .word(
            4,
            [
                BitField("LU", 1...1, .names([0: "link down", 1: "link up"])),
                BitField("FD", 0...0, .names([0: "half duplex", 1: "full duplex"])),
                BitField("speed", 6...7, .names(speeds)), BitField("function", 2...3),
                BitField("TXOFF", 4...4, .flag),
                BitField("PHYRA", 10...10, .flag), BitField("GIO master", 19...19, .flag),
            ]),
        "EECD": .flags(4, [0: "SK", 1: "CS", 2: "DI", 3: "DO", 6: "REQ", 7: "GNT", 8: "PRES", 9: "AUTO_RD"]),
        "MDIC": .word(
            4,
            [
                BitField("register", 16...20, .decimal), BitField("PHY", 21...25, .decimal),
                BitField("operation", 26...27, .names([0: "none", 1: "write", 2: "read"])),
                BitField("ready", 28...28, .flag),
                BitField("interrupt", 29...29, .flag), BitField("error", 30...30, .flag),
                BitField("data", 0...15, .hex),
            ]),
        "ICR": interruptBits, "ICS": interruptBits, "IMS": interruptBits, "IMC": interruptBits,
        "RCTL": .word(
            4,
            [
                BitField("EN", 1...1, .unless("off")), BitField("SBP", 2...2, .flag),
                BitField("UPE", 3...3, .flag),
                BitField("MPE", 4...4, .flag), BitField("LPE", 5...5, .flag), BitField("loopback", 6...7),
                BitField("RDMTS", 8...9, .names([0: "1/2", 1: "1/4", 2: "1/8"])), BitField("MO", 12...13),
                BitField("BAM", 15...15, .flag), BitField("BSIZE", 16...17, .hex),
                BitField("VFE", 18...18, .flag),
                BitField("DPF", 22...22, .flag), BitField("PMCF", 23...23, .flag),
                BitField("BSEX", 25...25, .flag),
                BitField("SECRC", 26...26, .flag),
            ]),
        "TCTL": .word(
            4,
            [
                BitField("EN", 1...1, .unless("off")), BitField("PSP", 3...3, .flag),
                BitField("CT", 4...11, .hex),
                BitField("COLD", 12...21, .hex), BitField("SWXOFF", 22...22, .flag),
                BitField("RTLC", 24...24, .flag),
            ]),
        "RXCSUM": .word(
            4,
            [BitField("PCSS", 0...7)]
                + BitField.flags([8: "IPOFL", 9: "TUOFL", 10: "IPV6OFL", 12: "IPPCSE", 13: "PCSD"])),
        "MANC": .flags(
            4,
            [
                0: "SMBUS_EN", 1: "ASF_EN", 13: "ARP_EN", 17: "RCV_TCO_EN", 20: "EN_MAC_ADDR_FILTER",
                21: "EN_MNG2HOST",
            ]),
        "SWSM": .flags(4, [0: "SMBI", 1: "SWESMBI", 2: "WMNG", 3: "DRV_LOAD"]),
        "WUFC": .flags(4, [0: "LNKC", 1: "MAG", 2: "EX", 3: "MC", 4: "BC", 5: "ARP", 6: "IPV4", 7: "IPV6"]),
        "RDBAL": .word(4, [BitField("ring", 4...31, .address)]),
        "TDBAL": .word(4, [BitField("ring", 4...31, .address)]),
        "RDLEN": ring, "TDLEN": ring, "RDLEN1": ring, "TDLEN1": ring,
    ]

    private static let ring: Overlay = .whole(
        4, "descriptors", .text { $0 == 0 ? "" : "\($0 / 16) descriptors" })
    private static let speeds: [UInt64: String] = [
        0: "10 Mb/s", 1: "100 Mb/s", 2: "1000 Mb/s", 3: "1000 Mb/s",
    ]

    private static let interruptBits: Overlay = .flags(
        4,
        [
            0: "TXDW", 1: "TXQE", 2: "LSC", 3: "RXSEQ", 4: "RXDMT0", 6: "RXO", 7: "RXT0", 9: "MDAC",
            10: "RXCFG",
            11: "GPI_EN0", 12: "GPI_EN1", 13: "GPI_EN2", 14: "GPI_EN3", 15: "TXD_LOW", 16: "SRPD", 17: "ACK",
            18: "MNG",
            20: "RXQ0", 21: "RXQ1", 22: "TXQ0", 23: "TXQ1", 24: "OTHER", 31: "INT_ASSERTED",
        ])

    private static let phyBits: [Int: Overlay] = [
        0: .flags(
            2,
            [
                6: "1000 Mb/s", 7: "collision test", 8: "full duplex", 9: "restart negotiation",
                10: "isolate",
                11: "power down", 12: "negotiates", 13: "100 Mb/s", 14: "loopback", 15: "reset",
            ]),
        1: .word(
            2,
            [
                BitField("link", 2...2, .names([0: "link down", 1: "link up"])),
                BitField("negotiated", 5...5, .flag), BitField("remote fault", 4...4, .flag),
            ]),
    ]
}

// MARK: - Addresses

extension IntelNICMeaning {
    /// Labels an array of registers with the card's own address, which is in two of them, little-endian.
    private static func addresses(in array: String, at index: Int) -> MeaningRules.Interpretation {
        { context, items, offset in
            guard let found = context.position(of: array, in: items),
                items[found].size >= (index + 2) * 4
            else { return }
            let place = offset + items[found].offset + index * 4
            let words = context.region.span(place..<place + 8).bytes
            guard words.count == 8, words[4] & 0x80 != 0 else { return }
            let address = [words[3], words[2], words[1], words[0], words[7], words[6]]
            items[found].label = context.table.names.intern("MAC " + Hex.dump(address, separator: ":"))
        }
    }
}
