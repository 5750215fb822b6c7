/// USB controllers: xHCI (hw/usb/hcd-xhci.c; xHCI 1.2 chapter 5), EHCI (hcd-ehci.c), UHCI (hcd-uhci.c), OHCI
/// (hcd-ohci.c), and devices (hw/usb/core.c).
package enum USBControllerMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "xhci-core",
            fields: [
                .overlay(
                    "usbcmd", "USBCMD",
                    .word(
                        4,
                        [BitField("run", 0...0, .unless("stopped"))]
                            + BitField.flags([
                                1: "HCRST", 2: "INTE", 3: "HSEE", 7: "LHCRST", 8: "CSS", 9: "CRS", 10: "EWE",
                                11: "EU3S",
                            ]))),
                .overlay(
                    "usbsts", "USBSTS",
                    .flags(
                        4,
                        [
                            0: "HCHalted", 2: "HSE", 3: "EINT", 4: "PCD", 8: "SSS", 9: "RSS", 10: "SRE",
                            11: "CNR", 12: "HCE",
                        ])),
                .overlay("dnctrl", "DNCTRL", .bitmap(4, "notifications")),
                .overlay(
                    "crcr_low", "CRCR",
                    .word(
                        4,
                        BitField.flags([0: "RCS", 1: "CS", 2: "CA", 3: "CRR"]) + [
                            BitField("command ring", 6...31, .address)
                        ])),
                .label("crcr_high", "CRCR high"), .label("dcbaap_low", "DCBAAP"),
                .label("dcbaap_high", "DCBAAP high"),
                .overlay("config", "CONFIG", .word(4, [BitField("slots", 0...7, .decimal)])),
            ]),
        MeaningRules("xhci-port", fields: [.overlay("portsc", "PORTSC", portStatus)]),
        MeaningRules(
            "xhci-intr",
            fields: [
                .overlay("iman", "IMAN", .flags(4, [0: "IP", 1: "IE"])),
                .overlay(
                    "imod", "IMOD", .word(4, [BitField("interval", 0...15), BitField("counter", 16...31)])),
                .label("erstsz", "ERSTSZ"), .label("erstba_low", "ERSTBA"),
                .label("erstba_high", "ERSTBA high"),
                .overlay(
                    "erdp_low", "ERDP",
                    .word(4, [BitField("EHB", 3...3, .flag), BitField("dequeue pointer", 4...31, .address)])),
                .label("erdp_high", "ERDP high"), .label("er_pcs", "producer cycle state"),
            ]),
        MeaningRules(
            "xhci-ring",
            fields: [.label("dequeue", "dequeue pointer"), .label("ccs", "consumer cycle state")]),
        ehci,
        MeaningRules(
            "uhci",
            fields: [
                .overlay(
                    "cmd", "USBCMD",
                    .flags(
                        2,
                        [
                            0: "RS", 1: "HCRESET", 2: "GRESET", 3: "EGSM", 4: "FGR", 5: "SWDBG", 6: "CF",
                            7: "MAXP",
                        ])),
                .overlay(
                    "status", "USBSTS",
                    .flags(2, [0: "USBINT", 1: "error", 2: "RD", 3: "HSE", 4: "HCPE", 5: "HCHalted"])),
                .overlay(
                    "intr", "USBINTR", .flags(2, [0: "timeout", 1: "resume", 2: "IOC", 3: "short packet"])),
                .label("frnum", "FRNUM"), .label("fl_base_addr", "FLBASEADD"), .label("sof_timing", "SOFMOD"),
            ]),
        MeaningRules(
            "uhci port",
            fields: [
                .overlay(
                    "ctrl", "PORTSC",
                    .flags(
                        2,
                        [
                            0: "connected", 1: "connect change", 2: "enabled", 3: "enable change",
                            6: "resume", 8: "low speed", 9: "reset", 12: "suspend",
                        ]))
            ]),
        MeaningRules(
            "USBDevice",
            fields: [
                .label("addr", "address"),
                .overlay(
                    "state", "",
                    .whole(
                        4, "state",
                        .names([
                            0: "not attached", 1: "attached", 2: "powered", 3: "default", 4: "addressed",
                            5: "configured", 6: "suspended",
                        ]))),
                .overlay(
                    "setup_state", "",
                    .whole(4, "stage", .names([0: "idle", 1: "setup", 2: "data", 3: "ACK", 4: "parameter"]))),
                .elements(
                    "setup_buf",
                    [
                        "bmRequestType", "bRequest", "wValue low", "wValue high", "wIndex low", "wIndex high",
                        "wLength low", "wLength high",
                    ]),
            ]),
    ]

    private static let portStatus: Overlay = .word(
        4,
        [
            BitField("CCS", 0...0, .names([0: "no device", 1: "connected"])), BitField("PED", 1...1, .flag),
            BitField("OCA", 3...3, .flag), BitField("PR", 4...4, .flag),
            BitField(
                "PLS", 5...8,
                .names([
                    0: "U0", 1: "U1", 2: "U2", 3: "U3", 4: "disabled", 5: "RxDetect", 6: "inactive",
                    7: "polling", 8: "recovery",
                    9: "hot reset", 10: "compliance", 11: "test", 15: "resume",
                ])),
            BitField("PP", 9...9, .flag),
            BitField(
                "speed", 10...13, .names([1: "full speed", 2: "low speed", 3: "high speed", 4: "SuperSpeed"])),
            BitField("PIC", 14...15),
        ]
            + BitField.flags([
                17: "CSC", 18: "PEC", 19: "WRC", 20: "OCC", 21: "PRC", 22: "PLC", 23: "CEC", 25: "WCE",
                26: "WDE",
                27: "WOE", 30: "DR", 31: "WPR",
            ]))

    private static let ehci = MeaningRules(
        "ehci-core",
        fields: [
            .overlay(
                "usbcmd", "USBCMD",
                .word(
                    4,
                    [BitField("run", 0...0, .unless("stopped"))]
                        + BitField.flags([1: "HCRESET", 4: "periodic", 5: "async", 6: "IAAD"]))),
            .overlay(
                "usbsts", "USBSTS",
                .flags(
                    4,
                    [
                        0: "INT", 1: "ERRINT", 2: "PCD", 3: "FLR", 4: "HSE", 5: "IAA", 12: "HALT", 13: "REC",
                        14: "PSS", 15: "ASS",
                    ])),
            .overlay(
                "usbintr", "USBINTR",
                .flags(4, [0: "INT", 1: "ERRINT", 2: "PCD", 3: "FLR", 4: "HSE", 5: "IAA"])),
            .label("frindex", "FRINDEX"), .label("ctrldssegment", "CTRLDSSEGMENT"),
            .label("periodiclistbase", "PERIODICLISTBASE"), .label("asynclistaddr", "ASYNCLISTADDR"),
            .overlay("configflag", "CONFIGFLAG", .flags(4, [0: "all ports to EHCI"])),
        ] + (0..<6).map { .overlay("portsc[\($0)]", "PORTSC", ehciPort) })

    private static let ehciPort: Overlay = .flags(
        4,
        [
            0: "connected", 1: "connect change", 2: "enabled", 3: "enable change", 6: "resume", 7: "suspend",
            8: "reset",
            12: "power", 13: "companion",
        ])
}
