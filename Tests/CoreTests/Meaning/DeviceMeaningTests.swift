import Testing

/// What fields of real devices mean, of every family: the name of the manual and the line.
@Suite struct DeviceMeaningTests {
    struct Fact: Sendable, CustomTestStringConvertible {
        let stream: String
        let path: String
        /// What follows the name; empty for nothing.
        let label: String
        /// The one line of what the bits say; empty for none.
        let meaning: String

        init(_ stream: String, _ path: String, _ label: String, _ meaning: String) {
            self.stream = stream
            self.path = path
            self.label = label
            self.meaning = meaning
        }

        var testDescription: String { "\(stream) \(path)" }
    }

    @Test(arguments: pc + arm + others) func fact(_ fact: Fact) throws {
        let document = try Sample.fixture(fact.stream).document()
        let path = try #require(document.path(text: fact.path))
        let node = document.tree.node(path)
        #expect(document.tree.decoration(node) == fact.label)
        #expect(document.tree.meaning(node) == fact.meaning)
    }

    private static let pc: [Fact] = [
        Fact("sample-q35-10.0", "mc146818rtc:0", "#0", "2026-11-23 21:53:32"),
        Fact("sample-q35-10.0", "mc146818rtc:0/cmos_data[11]", "Register B", "BCD 24h"),
        Fact("sample-q35-10.0", "mc146818rtc:0/cmos_data[95]", "CPUs - 1", "2 CPUs"),
        Fact("sample-q35-10.0", "globalstate:0/runstate", "", "running"),
        Fact("pc-7.2", "globalstate:0/runstate", "", "running"),
        Fact(
            "sample-q35-10.0", "0000:00:03.0/e1000:0/mac_reg[STATUS]", "",
            "link up full duplex 1000 Mb/s PHYRA GIO master"),
        Fact("sample-q35-10.0", "0000:00:03.0/e1000:0/phy_reg[1]", "BMSR", "link up"),
        Fact("sample-q35-10.0", "0000:00:03.0/e1000:0/mac_reg[RCTL]", "", "off 1/2"),
        Fact("sample-q35-10.0", "0000:00:03.0/e1000:0/mac_reg[0]", "MAC 52:54:00:12:34:57 [32]", ""),
        Fact("sample-q35-7.2", "0000:00:01.0/vga:0/vga/vbe_regs[4]", "VBE_ENABLE", "off"),
        Fact("sample-q35-7.2", "0000:00:01.0/vga:0/vga/msr", "miscellaneous output", "3Bx RAM off 25 MHz"),
    ]

    private static let arm: [Fact] = [
        Fact("aarch64-virt-10.0", "cpu:0/cpsr", "PSTATE", "EL1h D A I F"),
        Fact("aarch64-virt-10.0", "cpu:0/cpreg_vmstate_indexes[211]", "", "TTBR0_EL1"),
        Fact("aarch64-virt-10.0", "cpu:0/cpreg_vmstate_values[211]", "TTBR0_EL1", ""),
        Fact("aarch64-virt-7.2", "cpu:0/cpreg_vmstate_values[195]", "TTBR0_EL1", ""),
        Fact(
            "aarch64-virt-10.0", "cpu:0/cpreg_vmstate_values[208]", "SCTLR_EL1",
            "SA SA0 CP15BEN EOS nTWI nTWE EIS SPAN"),
        Fact("aarch64-virt-10.0", "cpu:0/cpreg_vmstate_values[249]", "CNTFRQ_EL0", "62500000 Hz"),
        Fact("aarch64-virt-10.0", "cpu:0/power_state", "", "on"),
    ]

    private static let others: [Fact] = [
        Fact("riscv64-virt-10.0", "cpu:0/env.misa_ext", "misa", "ACDFHIMSU"),
        Fact("riscv64-virt-7.2", "cpu:0/env.priv", "privilege", "machine"),
        Fact("riscv64-virt-10.0", "cpu:0/env.gpr[10]", "a0 x10", ""),
        Fact("riscv64-virt-10.0", "cpu:0/env.satp", "satp", "bare"),
        Fact("mips64el-mipssim-7.2", "cpu:0/env.CP0_Status", "Status", "kernel EXL ERL BEV"),
        Fact("mips64el-mipssim-7.2", "cpu:0/env.CP0_Cause", "Cause", "RI"),
        Fact("mips64el-mipssim-7.2", "cpu:0/env.active_tc/gpr[29]", "sp", ""),
        Fact("sparc-ss4-7.2", "cpu:0/env.wim", "WIM", "3"),
        Fact("sparc-ss4-7.2", "cpu:0/env.gregs[1]", "g1", ""),
        Fact("m68k-virt-7.2", "cpu:0/env.sr", "SR", "S interrupt mask 7"),
    ]
}
