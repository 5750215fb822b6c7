import Bytes
import Format

/// VGA with Bochs' VBE extension (hw/display/vga.c, `vga` version 2; registers of the IBM VGA and of
/// docs/specs/standard-vga); also inside virtio-vga, QXL and Cirrus.
package enum VGAMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules("vga", having: "sr_index", fields: registers(""), interpret: mode),
        // hw/display/cirrus_vga.c
        MeaningRules("cirrus_vga", having: "vga.sr_index", fields: registers("vga.")),
    ]

    private static func registers(_ prefix: String) -> [FieldMeaning] {
        [
            .overlay(prefix + "sr", "sequencer", Overlay(size: 8, sequencer)),
            .overlay(prefix + "sr", "sequencer", Overlay(size: 256, sequencer)),
            .overlay(prefix + "gr", "graphics controller", Overlay(size: 16, .bytes(graphics, count: 16))),
            .overlay(prefix + "ar", "attribute controller", Overlay(size: 21, .bytes(attributes, count: 21))),
            .overlay(
                prefix + "cr", "CRT controller",
                Overlay(
                    size: 256,
                    [.summary("display", at: 0, size: 25, display)] + .bytes(controller, count: 256))),
            .overlay(prefix + "msr", "miscellaneous output", miscellaneous),
            .overlay(prefix + "st00", "input status 0", .flags(1, [4: "switch sense", 7: "CRT interrupt"])),
            .overlay(
                prefix + "st01", "input status 1", .flags(1, [0: "display disabled", 3: "vertical retrace"])),
            .overlay(
                prefix + "dac_state", "DAC state", .whole(1, "access", .names([0: "write", 3: "read"]))),
            .overlay(prefix + "palette", "", Overlay(size: 768, lazily: { colours })),
            .elements(prefix + "vbe_regs", extensionRegisters, each: [4: enable]),
            .label(prefix + "vbe_start_addr", "start of the picture, words"),
            .label(prefix + "vbe_line_offset", "bytes a line"),
        ]
    }

    private static let sequencer: [OverlayRow] = [
        .register("SR00 reset", at: 0, bits: BitField.flags([0: "async off", 1: "sync off"])),
        .register(
            "SR01 clocking mode", at: 1,
            bits: [
                BitField("8-dot", 0...0, .flag), BitField("half clock", 3...3, .flag),
                BitField("screen off", 5...5, .flag),
            ]),
        .register("SR02 map mask", at: 2),
        .register("SR03 character map select", at: 3),
        .register(
            "SR04 memory mode", at: 4,
            bits: BitField.flags([1: "extended memory", 2: "sequential", 3: "chain 4"])),
        .register("SR05", at: 5), .register("SR06", at: 6), .register("SR07", at: 7),
    ]

    private static let graphics = [
        "GR00 set/reset", "GR01 enable set/reset", "GR02 color compare", "GR03 data rotate",
        "GR04 read map select",
        "GR05 mode", "GR06 miscellaneous", "GR07 color don't care", "GR08 bit mask",
    ]

    private static let attributes =
        (0..<16).map { "AR" + Hex.digits(UInt64($0), width: 2) + " palette" } + [
            "AR10 mode control", "AR11 overscan color", "AR12 color plane enable", "AR13 horizontal panning",
            "AR14 color select",
        ]

    private static let controller = [
        "CR00 horizontal total", "CR01 horizontal display end", "CR02 start horizontal blanking",
        "CR03 end horizontal blanking", "CR04 start horizontal retrace", "CR05 end horizontal retrace",
        "CR06 vertical total", "CR07 overflow", "CR08 preset row scan", "CR09 maximum scan line",
        "CR0A cursor start", "CR0B cursor end", "CR0C start address high", "CR0D start address low",
        "CR0E cursor location high", "CR0F cursor location low", "CR10 vertical retrace start",
        "CR11 vertical retrace end", "CR12 vertical display end", "CR13 offset", "CR14 underline location",
        "CR15 start vertical blanking", "CR16 end vertical blanking", "CR17 mode control",
        "CR18 line compare",
    ]

    private static let miscellaneous: Overlay = .word(
        1,
        [
            BitField("addresses", 0...0, .names([0: "3Bx", 1: "3Dx"])),
            BitField("RAM enabled", 1...1, .unless("RAM off")),
            BitField("clock", 2...3, .names([0: "25 MHz", 1: "28 MHz"])), BitField("high page", 5...5, .flag),
            BitField("negative hsync", 6...6, .flag), BitField("negative vsync", 7...7, .flag),
        ])

    // The stored values, with 6 bits per color, or 8 if VBE selects that.
    private static let colours: [OverlayRow] = {
        let type = FieldType("color", value: { FieldValue("#" + Hex.dump($0, separator: "")) })
        return (0..<256).map { OverlayRow("color \($0)", at: $0 * 3, size: 3, type: type) }
    }()

    private static let extensionRegisters = [
        "VBE_ID", "VBE_XRES", "VBE_YRES", "VBE_BPP", "VBE_ENABLE", "VBE_BANK", "VBE_VIRT_WIDTH",
        "VBE_VIRT_HEIGHT",
        "VBE_X_OFFSET", "VBE_Y_OFFSET", "VBE_VIDEO_MEMORY_64K",
    ]

    private static let enable: Overlay = .word(
        2,
        [
            BitField("enabled", 0...0, .unless("off")), BitField("get capabilities", 1...1, .flag),
            BitField("8-bit DAC", 5...5, .flag), BitField("linear framebuffer", 6...6, .flag),
            BitField("keep memory", 7...7, .flag),
        ])

    // Describes the display of the CRT controller: character clocks and lines, with 8 or 9 dots and one or
    // two scans.
    private static func display(_ bytes: RawSpan) -> String {
        guard bytes.byteCount >= 25, bytes[byteAt: 1] > 0 else { return "" }
        let overflow = Int(bytes[byteAt: 7])
        let lines = (Int(bytes[byteAt: 0x12]) | overflow << 7 & 0x100 | overflow << 3 & 0x200) + 1
        return "\(Int(bytes[byteAt: 1]) + 1) characters of \(lines) lines"
    }
}

// MARK: - The mode

extension VGAMeaning {
    /// Labels the VBE registers with the mode that they select.
    private static let mode: MeaningRules.Interpretation = { context, items, offset in
        guard let index = context.position(of: "vbe_regs", in: items),
            items[index].size >= 10
        else { return }
        let registers = (0..<5).map { register in
            let place = offset + items[index].offset + register * 2
            return context.region.bigEndian(place..<place + 2)
        }
        guard registers[4] & 1 != 0 else { return }
        items[index].label = context.table.names.intern("\(registers[1])x\(registers[2])x\(registers[3])")
    }
}
