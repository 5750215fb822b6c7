/// The memory layout of one family of machines. A new family is one entry of `all`.
package struct MachineMemory: Sendable {
    /// The block of main memory, unless a memory backend has another name.
    package let block: String
    package let matches: @Sendable (GuestMapBuilder) -> Bool
    package let place: @Sendable (inout GuestMapBuilder) -> Void

    /// The rules in order. The machine's own block takes precedence over the name of the machine type.
    package static let all =
        own.map { rule in
            MachineMemory(
                block: rule.block, matches: { $0.block(rule.block) != nil && rule.matches($0) },
                place: rule.place)
        } + own + boards

    // Boards with one bank of main memory, from `info mtree -f` of 7.2.
    private static let boards: [MachineMemory] = [
        board("ppc_heathrow.ram", others: [("ppc_heathrow.bios", 0xffc0_0000)]),
        board("mips_malta.ram", others: [("mips_malta.bios", 0x1e00_0000), ("bios.1fc", 0x1fc0_0000)]),
        board("sun4m.ram"),
        board("versatile.ram", others: [("versatile.flash", 0x3400_0000)]),
        board(
            "vexpress.highmem", at: 0x8000_0000,
            others: [
                ("vexpress.flash0", 0x800_0000), ("vexpress.flash1", 0xc00_0000),
                ("vexpress.sram", 0x1400_0000), ("vexpress.vram", 0x1800_0000),
            ]),
        board("pxa270.sdram", at: 0xa000_0000),
    ]

    private static func board(
        _ block: String, at address: Int = 0, others: [(block: String, address: Int)] = []
    ) -> MachineMemory {
        MachineMemory(block: block, matches: { $0.block(block) != nil }) { builder in
            builder.placeMain(0..<builder.mainSize, at: address)
            for other in others { builder.place(other.block, at: other.address) }
        }
    }

    private static let own: [MachineMemory] = [
        MachineMemory(
            block: "microvm.ram", matches: { $0.machine == "microvm" }, place: PCMemory.placeMicroVM),
        MachineMemory(
            block: "pc.ram",
            matches: { $0.isX86 }, place: PCMemory.place),
        // hw/arm/virt.c base_memmap, 7.2 and 10.0.
        MachineMemory(block: "mach-virt.ram", matches: { $0.architecture == .arm }) { builder in
            builder.placeMain(0..<builder.mainSize, at: 0x4000_0000)
            builder.place("virt.flash0", at: 0)
            builder.place("virt.flash1", at: 0x400_0000)
            // hw/arm/virt.c virt_set_memmap.
            builder.deviceBase = aligned(0x4000_0000 + builder.mainSize)
        },
        // hw/riscv/virt.c virt_memmap, 7.2 and 10.0.
        MachineMemory(block: "riscv_virt_board.ram", matches: { $0.architecture == .riscv }) { builder in
            builder.placeMain(0..<builder.mainSize, at: 0x8000_0000)
            builder.place("virt.flash0", at: 0x2000_0000)
            builder.place("virt.flash1", at: 0x2200_0000)
            builder.place("riscv_virt_board.mrom", at: 0x1000)
        },
        // include/hw/loongarch/virt.h, 10.0.
        MachineMemory(block: "loongarch.ram", matches: { $0.architecture == .loongArch }) { builder in
            let low = min(builder.mainSize, 256 << 20)
            builder.placeMain(0..<low, at: 0)
            builder.placeMain(low..<builder.mainSize, at: 0x8000_0000)
            // hw/loongarch/virt.c virt_init.
            builder.deviceBase = aligned(0x8000_0000 + builder.mainSize - low)
            builder.place("virt.flash0", at: 0x1c00_0000)
            builder.place("virt.flash1", at: 0x1d00_0000)
        },
        MachineMemory(block: "s390.ram", matches: { $0.architecture == .s390 }, place: placeAtZero),
        MachineMemory(
            block: "ppc_spapr.ram", matches: { $0.machine.hasPrefix("pseries") }, place: placeAtZero),
        // hw/ppc/mac_newworld.c PROM_BASE, 7.2.
        MachineMemory(block: "ppc_core99.ram", matches: { $0.machine == "mac99" }) { builder in
            placeAtZero(&builder)
            builder.place("ppc_core99.bios", at: 0xfff0_0000)
        },
        MachineMemory(block: "m68k_virt.ram", matches: { $0.architecture == .m68k }, place: placeAtZero),
        MachineMemory(block: "m68k_mac.ram", matches: { $0.machine == "q800" }) { builder in
            placeAtZero(&builder)
            builder.place("m68k_mac.rom", at: 0x4080_0000)
        },
    ]

    /// QEMU aligns the range for memory devices to 1 GiB.
    private static func aligned(_ address: Int) -> Int { (address + (1 << 30 - 1)) / (1 << 30) * (1 << 30) }

    @Sendable private static func placeAtZero(_ builder: inout GuestMapBuilder) {
        builder.placeMain(0..<builder.mainSize, at: 0)
    }
}
