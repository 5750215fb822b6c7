import Meaning
import Testing

/// The helpers that tables of families are written with.
@Suite struct OverlayFormsTests {
    @Test(
        arguments: [
            (0, 0, ""), (1, 0, "0"), (0x13, 0, "0-1 4"), (0x8000_0000_0000_0000, 0, "63"), (.max, 0, "0-63"),
            (5, 32, "32 34"),
        ] as [(UInt64, Int, String)]) func bitmaps(_ value: UInt64, _ first: Int, _ text: String)
    {
        #expect(Overlay.bits(of: value, from: first) == text)
    }

    /// Registers by their keys; those without a name by their operands.
    @Test(
        arguments: [
            (0x6030_0000_0013_c080, "SCTLR_EL1"), (0x6030_0000_0013_c100, "TTBR0_EL1"),
            (0x6030_0000_0013_c102, "TCR_EL1"),
            (0x6030_0000_0013_801d, "DBGBCR3_EL1"), (0x6030_0000_0013_df45, "PMEVCNTR5_EL0"),
            (0x6030_0000_0013_df60, "PMEVTYPER0_EL0"), (0x6030_0000_0013_df7f, "PMCCFILTR_EL0"),
            (0x6030_0000_0013_e665, "ICH_LR5_EL2"), (0x6030_0000_0013_f0f7, "S3_6_C1_C14_7"),
            (0x4020_0000_200f_0000, "MIDR"), (0x4030_0000_200f_0100, "TTBR0"),
            (0x4020_0000_000f_1800, "DACR (secure)"),
            (0x4020_0000_200e_0084, "DBGBVR1"), (0x4020_0000_2001_0000, "p1_0_c0_c0_0"), (0, ""), (.max, ""),
        ] as [(UInt64, String)]) func systemRegisters(_ key: UInt64, _ name: String)
    {
        #expect(ArmSystemRegisters.name(key) == name)
    }

    @Test func registersThatAreAlikeShareBits() {
        #expect(ArmSystemRegisterBits.overlay("TCR_EL1") === ArmSystemRegisterBits.overlay("TCR_EL12"))
        #expect(ArmSystemRegisterBits.overlay("SCTLR_EL1") !== ArmSystemRegisterBits.overlay("SCTLR"))
        #expect(ArmSystemRegisterBits.overlay("SCTLR (secure)") === ArmSystemRegisterBits.overlay("SCTLR"))
        #expect(ArmSystemRegisterBits.overlay("") == nil && ArmSystemRegisterBits.overlay("_EL1") == nil)
    }
}
