/// Serial ports: the 16550 (hw/char/serial.c, `serial` version 3, also inside PCI cards), the PL011 of Arm
/// (hw/char/pl011.c; registers of DDI 0183).
package enum SerialMeaning {
    package static let rules: [MeaningRules] = [uart, recvFIFO, pl011, pl011Clock, pl061, parallel]

    private static let uart = MeaningRules(
        "serial", having: "divider",
        fields: [
            .overlay(
                "divider", "DLL, DLM",
                .whole(2, "rate", .text { $0 == 0 ? "" : "\(115_200 / $0) baud of 115200" })),
            .label("rbr", "RBR"),
            .overlay(
                "ier", "IER",
                .flags(1, [0: "received data", 1: "transmitter empty", 2: "line status", 3: "modem status"])),
            .overlay("iir", "IIR", interrupt),
            .overlay("lcr", "LCR", line),
            .overlay("mcr", "MCR", .flags(1, [0: "DTR", 1: "RTS", 2: "OUT1", 3: "OUT2", 4: "loopback"])),
            .overlay(
                "lsr", "LSR",
                .flags(
                    1,
                    [
                        0: "DR", 1: "OE", 2: "PE", 3: "FE", 4: "BI", 5: "THRE", 6: "TEMT", 7: "FIFO error",
                    ])),
            .overlay(
                "msr", "MSR",
                .flags(
                    1,
                    [
                        0: "delta CTS", 1: "delta DSR", 2: "RI ended", 3: "delta DCD", 4: "CTS", 5: "DSR",
                        6: "RI",
                        7: "DCD",
                    ])),
            .label("scr", "SCR"), .overlay("fcr_vmstate", "FCR", fifo),
        ])

    // Bit 0 is clear while an interrupt is pending; the next bits identify it.
    private static let interrupt: Overlay = .word(
        1,
        [
            BitField(
                "interrupt", 0...3,
                .text { $0 & 1 != 0 ? "none pending" : sources[$0 >> 1] ?? "" }),
            BitField("FIFO", 6...7, .names([0: "no FIFO", 2: "FIFO unusable", 3: "FIFO on"])),
        ])

    private static let sources: [UInt64: String] = [
        0: "modem status", 1: "transmitter empty", 2: "received data", 3: "line status",
        6: "character timeout",
    ]

    private static let line: Overlay = .word(
        1,
        [
            BitField("word length", 0...1, .text { "\($0 + 5) bits" }),
            BitField(
                "parity", 3...5,
                .text {
                    ["no parity", "odd parity", "", "even parity", "", "mark", "", "space"][Int($0 & 7)]
                }),
            BitField("stop bits", 2...2, .names([0: "1 stop", 1: "2 stop"])), BitField("break", 6...6, .flag),
            BitField("DLAB", 7...7, .flag),
        ])

    private static let fifo: Overlay = .word(
        1,
        [
            BitField("FIFO on", 0...0, .unless("FIFO off")), BitField("clear receiver", 1...1, .flag),
            BitField("clear transmitter", 2...2, .flag), BitField("DMA mode", 3...3, .flag),
            BitField("trigger", 6...7, .text { "trigger \([1, 4, 8, 14][Int($0 & 3)])" }),
        ])

    private static let recvFIFO = MeaningRules(
        "serial/recv_fifo", "serial/xmit_fifo", fields: [.label("num", "bytes waiting")])

    private static let pl011 = MeaningRules(
        "pl011",
        fields: [
            .overlay(
                "flags", "UARTFR",
                .flags(
                    4,
                    [
                        0: "CTS", 1: "DSR", 2: "DCD", 3: "BUSY", 4: "RXFE", 5: "TXFF", 6: "RXFF", 7: "TXFE",
                        8: "RI",
                    ])),
            .overlay("lcr", "UARTLCR_H", pl011Line),
            .overlay("rsr", "UARTRSR", .flags(4, [0: "FE", 1: "PE", 2: "BE", 3: "OE"])),
            .overlay(
                "cr", "UARTCR",
                .word(
                    4,
                    [BitField("UARTEN", 0...0, .unless("off"))]
                        + BitField.flags([
                            1: "SIREN", 2: "SIRLP", 7: "LBE", 8: "TXE", 9: "RXE", 10: "DTR", 11: "RTS",
                            14: "RTSEN",
                            15: "CTSEN",
                        ]))),
            .overlay("dmacr", "UARTDMACR", .flags(4, [0: "RXDMAE", 1: "TXDMAE", 2: "DMAONERR"])),
            .overlay("int_enabled", "UARTIMSC", pl011Interrupts),
            .overlay("int_level", "UARTRIS", pl011Interrupts),
            .label("ilpr", "UARTILPR"), .label("ibrd", "UARTIBRD"), .label("fbrd", "UARTFBRD"),
            .overlay(
                "ifl", "UARTIFLS",
                .word(4, [BitField("TX", 0...2, .names(levels)), BitField("RX", 3...5, .names(levels))])),
        ])

    private static let pl011Line: Overlay = .word(
        4,
        [
            BitField("BRK", 0...0, .flag), BitField("PEN", 1...1, .flag), BitField("EPS", 2...2, .flag),
            BitField("STP2", 3...3, .flag), BitField("FEN", 4...4, .flag),
            BitField("WLEN", 5...6, .text { "\($0 + 5) bits" }), BitField("SPS", 7...7, .flag),
        ])

    private static let pl011Interrupts: Overlay = .flags(
        4,
        [
            0: "RI", 1: "CTS", 2: "DCD", 3: "DSR", 4: "RX", 5: "TX", 6: "RT", 7: "FE", 8: "PE", 9: "BE",
            10: "OE",
        ])

    private static let levels: [UInt64: String] = [0: "1/8", 1: "1/4", 2: "1/2", 3: "3/4", 4: "7/8"]

    private static let pl011Clock = MeaningRules(
        "clock", fields: [.overlay("period", "", .whole(8, "rate", .text(rate)))])

    // Shows a period in units of 2^-32 ns (include/hw/clock.h).
    private static func rate(_ period: UInt64) -> String {
        guard period > 0 else { return "off" }
        let hertz = 1_000_000_000 * 4_294_967_296 / period
        return "\(hertz) Hz"
    }

    // hw/gpio/pl061.c
    private static let pl061 = MeaningRules(
        "pl061",
        fields: [
            .overlay("data", "GPIODATA", .bitmap(4, "lines")),
            .overlay("dir", "GPIODIR", .bitmap(4, "outputs")),
            .overlay("isense", "GPIOIS", .bitmap(4, "level")),
            .overlay("ibe", "GPIOIBE", .bitmap(4, "both edges")),
            .overlay("iev", "GPIOIEV", .bitmap(4, "rising")), .overlay("im", "GPIOIE", .bitmap(4, "enabled")),
            .overlay("istate", "GPIORIS", .bitmap(4, "pending")),
            .overlay("afsel", "GPIOAFSEL", .bitmap(4, "lines")),
        ])

    // hw/char/parallel.c
    private static let parallel = MeaningRules(
        "parallel_isa",
        fields: [
            .label("state.dataw", "data written"), .label("state.datar", "data read"),
            .overlay(
                "state.status", "status",
                .flags(1, [3: "no error", 4: "online", 5: "paper out", 6: "no ACK", 7: "not busy"])),
            .overlay(
                "state.control", "control",
                .flags(
                    1, [0: "strobe", 1: "auto feed", 2: "no init", 3: "select", 4: "interrupt", 5: "input"])),
        ])
}
