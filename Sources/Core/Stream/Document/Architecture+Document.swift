import Format

extension Architecture {
    /// The RAM blocks that only one family has, for streams without a description.
    private static let blocks: [(Architecture, String)] = [
        (.x86, "pc.ram"), (.x86, "pc.bios"), (.x86, "microvm.ram"), (.arm, "mach-virt.ram"),
        (.riscv, "riscv_virt_board.ram"), (.s390, "s390.ram"), (.ppc, "ppc_spapr.ram"),
        (.ppc, "ppc_core99.ram"),
        (.m68k, "m68k_virt.ram"), (.m68k, "m68k_mac.ram"), (.loongArch, "loongarch.ram"),
    ]

    /// The processor family of a stream's guest; nil if unknown. O(sections).
    package init?(_ document: Document) {
        if let cpu = StateField.sections(named: "cpu", in: document.store).first?.field,
            let found = Self.marks.first(where: { cpu[$0.1] != nil })
        {
            self = found.0
            return
        }
        let names = document.overview.ramBlocks.map(\.name)
        guard let found = Self.blocks.first(where: { names.contains($0.1) }) else { return nil }
        self = found.0
    }
}
