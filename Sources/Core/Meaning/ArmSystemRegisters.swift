/// The names of Arm's system registers, by their keys in a stream.
///
/// A key is KVM's (target/arm/kvm-consts.h, cpregs.h; 5.2 to 11.1): bits 63:56 are 0x60 for AArch64 and 0x40
/// for AArch32, bits 55:52 the size. The low bits are the operands of the instruction that reads the
/// register. Names are those of the Arm ARM, DDI 0487; AArch32 registers have no `_EL`.
package enum ArmSystemRegisters {
    /// Returns the name of a register; an unnamed one is named by its operands, in assembler syntax.
    package static func name(_ key: UInt64) -> String {
        switch key >> 56 {
        case 0x60 where key >> 16 & 0xfff == 0x13: return name64(UInt16(truncatingIfNeeded: key))
        case 0x40: return name32(key)
        default: return ""
        }
    }

    /// The suffix for registers of the secure AArch32 bank.
    package static let secure = " (secure)"

    // Bits: op0 15:14, op1 13:11, CRn 10:7, CRm 6:3, op2 2:0.
    private static func name64(_ key: UInt16) -> String {
        if let name = names64[key] { return name }
        let (op0, op1, high, low, op2) = (key >> 14, key >> 11 & 7, key >> 7 & 15, key >> 3 & 15, key & 7)
        switch (op0, op1, high) {
        case (2, 0, 0) where op2 >= 4: return breakpoint(low, op2) + "_EL1"
        case (3, 3, 14) where low >= 8: return event(low, op2) + "_EL0"
        case (3, 4, 12) where low == 8 || low == 9: return "ICH_AP\(low - 8)R\(op2)_EL2"
        case (3, 4, 12) where low == 12 || low == 13: return "ICH_LR\(low % 2 * 8 + op2)_EL2"
        default: return "S\(op0)_\(op1)_C\(high)_C\(low)_\(op2)"
        }
    }

    // Bits: bank 29 (1 is the non-secure one), coprocessor 19:16, CRn 14:11, CRm 10:7, opc1 6:3, opc2 2:0.
    private static func name32(_ key: UInt64) -> String {
        let isLong = key >> 52 & 15 == 3
        let bank = key >> 29 & 1 == 0 ? secure : ""
        if let name = names32[(isLong ? 1 << 20 : 0) | UInt32(key & 0xfffff)] { return name + bank }
        let (processor, high, low) = (key >> 16 & 15, UInt16(key >> 11 & 15), UInt16(key >> 7 & 15))
        let (opc1, opc2) = (key >> 3 & 15, UInt16(key & 7))
        switch (processor, opc1, high) {
        case _ where isLong: return "p\(processor)_\(opc1)_c\(low)" + bank
        case (14, 0, 0) where opc2 >= 4: return breakpoint(low, opc2) + bank
        case (14, 0, 1) where opc2 == 1: return "DBGBXVR\(low)" + bank
        case (15, 0, 14) where low >= 8: return event(low, opc2) + bank
        default: return "p\(processor)_\(opc1)_c\(high)_c\(low)_\(opc2)" + bank
        }
    }

    private static func breakpoint(_ number: UInt16, _ kind: UInt16) -> String {
        ["DBGBVR", "DBGBCR", "DBGWVR", "DBGWCR"][Int(kind & 3)] + "\(number)"
    }

    private static func event(_ low: UInt16, _ op2: UInt16) -> String {
        (low < 12 ? "PMEVCNTR" : "PMEVTYPER") + "\((low & 3) * 8 + op2)"
    }

    private static let names64: [UInt16: String] = [
        // Debug
        0x8002: "OSDTRRX_EL1", 0x8010: "MDCCINT_EL1", 0x8012: "MDSCR_EL1", 0x801a: "OSDTRTX_EL1",
        0x8032: "OSECCR_EL1", 0x8080: "MDRAR_EL1", 0x8084: "OSLAR_EL1", 0x808c: "OSLSR_EL1",
        0x809c: "OSDLR_EL1", 0x80a4: "DBGPRCR_EL1", 0x83c6: "DBGCLAIMSET_EL1", 0x83ce: "DBGCLAIMCLR_EL1",
        0x83f6: "DBGAUTHSTATUS_EL1",
        0x9808: "MDCCSR_EL0", 0x9820: "DBGDTR_EL0", 0x9828: "DBGDTRRX_EL0",
        0xa038: "DBGVCR32_EL2",
        // EL1, identification
        0xc000: "MIDR_EL1", 0xc005: "MPIDR_EL1", 0xc006: "REVIDR_EL1", 0xc008: "ID_PFR0_EL1",
        0xc009: "ID_PFR1_EL1", 0xc00a: "ID_DFR0_EL1", 0xc00b: "ID_AFR0_EL1", 0xc00c: "ID_MMFR0_EL1",
        0xc00d: "ID_MMFR1_EL1", 0xc00e: "ID_MMFR2_EL1", 0xc00f: "ID_MMFR3_EL1", 0xc010: "ID_ISAR0_EL1",
        0xc011: "ID_ISAR1_EL1", 0xc012: "ID_ISAR2_EL1", 0xc013: "ID_ISAR3_EL1", 0xc014: "ID_ISAR4_EL1",
        0xc015: "ID_ISAR5_EL1", 0xc016: "ID_MMFR4_EL1", 0xc017: "ID_ISAR6_EL1", 0xc018: "MVFR0_EL1",
        0xc019: "MVFR1_EL1", 0xc01a: "MVFR2_EL1", 0xc01c: "ID_PFR2_EL1", 0xc01d: "ID_DFR1_EL1",
        0xc01e: "ID_MMFR5_EL1", 0xc020: "ID_AA64PFR0_EL1", 0xc021: "ID_AA64PFR1_EL1",
        0xc022: "ID_AA64PFR2_EL1", 0xc024: "ID_AA64ZFR0_EL1", 0xc025: "ID_AA64SMFR0_EL1",
        0xc027: "ID_AA64FPFR0_EL1", 0xc028: "ID_AA64DFR0_EL1", 0xc029: "ID_AA64DFR1_EL1",
        0xc02a: "ID_AA64DFR2_EL1", 0xc02c: "ID_AA64AFR0_EL1", 0xc02d: "ID_AA64AFR1_EL1",
        0xc030: "ID_AA64ISAR0_EL1", 0xc031: "ID_AA64ISAR1_EL1", 0xc032: "ID_AA64ISAR2_EL1",
        0xc033: "ID_AA64ISAR3_EL1", 0xc038: "ID_AA64MMFR0_EL1", 0xc039: "ID_AA64MMFR1_EL1",
        0xc03a: "ID_AA64MMFR2_EL1", 0xc03b: "ID_AA64MMFR3_EL1", 0xc03c: "ID_AA64MMFR4_EL1",
        0xc080: "SCTLR_EL1", 0xc081: "ACTLR_EL1", 0xc082: "CPACR_EL1", 0xc083: "SCTLR2_EL1",
        0xc085: "RGSR_EL1", 0xc086: "GCR_EL1", 0xc090: "ZCR_EL1", 0xc091: "TRFCR_EL1", 0xc094: "SMPRI_EL1",
        0xc096: "SMCR_EL1", 0xc100: "TTBR0_EL1", 0xc101: "TTBR1_EL1", 0xc102: "TCR_EL1", 0xc103: "TCR2_EL1",
        0xc108: "APIAKEYLO_EL1", 0xc109: "APIAKEYHI_EL1", 0xc10a: "APIBKEYLO_EL1", 0xc10b: "APIBKEYHI_EL1",
        0xc110: "APDAKEYLO_EL1", 0xc111: "APDAKEYHI_EL1", 0xc112: "APDBKEYLO_EL1", 0xc113: "APDBKEYHI_EL1",
        0xc118: "APGAKEYLO_EL1", 0xc119: "APGAKEYHI_EL1", 0xc200: "SPSR_EL1", 0xc201: "ELR_EL1",
        0xc208: "SP_EL0", 0xc210: "SPSEL", 0xc212: "CURRENTEL", 0xc213: "PAN", 0xc214: "UAO",
        0xc230: "ICC_PMR_EL1", 0xc288: "AFSR0_EL1", 0xc289: "AFSR1_EL1", 0xc290: "ESR_EL1",
        0xc298: "ERRIDR_EL1", 0xc299: "ERRSELR_EL1", 0xc2b0: "TFSR_EL1", 0xc2b1: "TFSRE0_EL1",
        0xc300: "FAR_EL1", 0xc3a0: "PAR_EL1", 0xc4f1: "PMINTENSET_EL1", 0xc4f2: "PMINTENCLR_EL1",
        0xc4f6: "PMMIR_EL1", 0xc510: "MAIR_EL1", 0xc511: "MAIR2_EL1", 0xc512: "PIRE0_EL1", 0xc513: "PIR_EL1",
        0xc514: "POR_EL1", 0xc518: "AMAIR_EL1", 0xc519: "AMAIR2_EL1", 0xc520: "LORSA_EL1",
        0xc521: "LOREA_EL1", 0xc522: "LORN_EL1", 0xc523: "LORC_EL1", 0xc527: "LORID_EL1", 0xc600: "VBAR_EL1",
        0xc601: "RVBAR_EL1", 0xc602: "RMR_EL1", 0xc608: "ISR_EL1", 0xc609: "DISR_EL1", 0xc640: "ICC_IAR0_EL1",
        0xc641: "ICC_EOIR0_EL1", 0xc642: "ICC_HPPIR0_EL1", 0xc643: "ICC_BPR0_EL1", 0xc644: "ICC_AP0R0_EL1",
        0xc645: "ICC_AP0R1_EL1", 0xc646: "ICC_AP0R2_EL1", 0xc647: "ICC_AP0R3_EL1", 0xc648: "ICC_AP1R0_EL1",
        0xc649: "ICC_AP1R1_EL1", 0xc64a: "ICC_AP1R2_EL1", 0xc64b: "ICC_AP1R3_EL1", 0xc659: "ICC_DIR_EL1",
        0xc65b: "ICC_RPR_EL1", 0xc65d: "ICC_SGI1R_EL1", 0xc65e: "ICC_ASGI1R_EL1", 0xc65f: "ICC_SGI0R_EL1",
        0xc660: "ICC_IAR1_EL1", 0xc661: "ICC_EOIR1_EL1", 0xc662: "ICC_HPPIR1_EL1", 0xc663: "ICC_BPR1_EL1",
        0xc664: "ICC_CTLR_EL1", 0xc665: "ICC_SRE_EL1", 0xc666: "ICC_IGRPEN0_EL1", 0xc667: "ICC_IGRPEN1_EL1",
        0xc681: "CONTEXTIDR_EL1", 0xc684: "TPIDR_EL1", 0xc687: "SCXTNUM_EL1", 0xc708: "CNTKCTL_EL1",
        // Caches; registers of single implementations
        0xc800: "CCSIDR_EL1", 0xc801: "CLIDR_EL1", 0xc802: "CCSIDR2_EL1", 0xc804: "GMID_EL1",
        0xc806: "SMIDR_EL1", 0xc807: "AIDR_EL1", 0xcd82: "L2CTLR_EL1", 0xcd83: "L2ECTLR_EL1",
        0xcf80: "L2ACTLR_EL1", 0xcf90: "CPUACTLR_EL1", 0xcf91: "CPUECTLR_EL1", 0xcf92: "CPUMERRSR_EL1",
        0xcf93: "L2MERRSR_EL1", 0xcf98: "CBAR_EL1",
        0xd000: "CSSELR_EL1",
        // EL0, performance monitors, timers
        0xd801: "CTR_EL0", 0xd807: "DCZID_EL0", 0xd920: "RNDR", 0xd921: "RNDRRS", 0xda10: "NZCV",
        0xda11: "DAIF", 0xda12: "SVCR", 0xda15: "DIT", 0xda16: "SSBS", 0xda17: "TCO", 0xda20: "FPCR",
        0xda21: "FPSR", 0xda22: "FPMR", 0xda28: "DSPSR_EL0", 0xda29: "DLR_EL0", 0xdce0: "PMCR_EL0",
        0xdce1: "PMCNTENSET_EL0", 0xdce2: "PMCNTENCLR_EL0", 0xdce3: "PMOVSCLR_EL0", 0xdce4: "PMSWINC_EL0",
        0xdce5: "PMSELR_EL0", 0xdce6: "PMCEID0_EL0", 0xdce7: "PMCEID1_EL0", 0xdce8: "PMCCNTR_EL0",
        0xdce9: "PMXEVTYPER_EL0", 0xdcea: "PMXEVCNTR_EL0", 0xdcf0: "PMUSERENR_EL0", 0xdcf3: "PMOVSSET_EL0",
        0xdd14: "POR_EL0", 0xde82: "TPIDR_EL0", 0xde83: "TPIDRRO_EL0", 0xde85: "TPIDR2_EL0",
        0xde87: "SCXTNUM_EL0", 0xdf00: "CNTFRQ_EL0", 0xdf01: "CNTPCT_EL0", 0xdf02: "CNTVCT_EL0",
        0xdf05: "CNTPCTSS_EL0", 0xdf06: "CNTVCTSS_EL0", 0xdf10: "CNTP_TVAL_EL0", 0xdf11: "CNTP_CTL_EL0",
        0xdf12: "CNTP_CVAL_EL0", 0xdf18: "CNTV_TVAL_EL0", 0xdf19: "CNTV_CTL_EL0", 0xdf1a: "CNTV_CVAL_EL0",
        0xdf7f: "PMCCFILTR_EL0",
        // EL2
        0xe000: "VPIDR_EL2", 0xe005: "VMPIDR_EL2", 0xe080: "SCTLR_EL2", 0xe081: "ACTLR_EL2",
        0xe083: "SCTLR2_EL2", 0xe088: "HCR_EL2", 0xe089: "MDCR_EL2", 0xe08a: "CPTR_EL2", 0xe08b: "HSTR_EL2",
        0xe08c: "HFGRTR_EL2", 0xe08d: "HFGWTR_EL2", 0xe08e: "HFGITR_EL2", 0xe08f: "HACR_EL2",
        0xe090: "ZCR_EL2", 0xe091: "TRFCR_EL2", 0xe092: "HCRX_EL2", 0xe095: "SMPRIMAP_EL2",
        0xe096: "SMCR_EL2", 0xe099: "SDER32_EL2", 0xe100: "TTBR0_EL2", 0xe101: "TTBR1_EL2", 0xe102: "TCR_EL2",
        0xe103: "TCR2_EL2", 0xe108: "VTTBR_EL2", 0xe10a: "VTCR_EL2", 0xe110: "VNCR_EL2", 0xe130: "VSTTBR_EL2",
        0xe132: "VSTCR_EL2", 0xe180: "DACR32_EL2", 0xe18c: "HDFGRTR_EL2", 0xe18d: "HDFGWTR_EL2",
        0xe18e: "HAFGRTR_EL2", 0xe200: "SPSR_EL2", 0xe201: "ELR_EL2", 0xe208: "SP_EL1", 0xe218: "SPSR_irq",
        0xe219: "SPSR_abt", 0xe21a: "SPSR_und", 0xe21b: "SPSR_fiq", 0xe281: "IFSR32_EL2", 0xe288: "AFSR0_EL2",
        0xe289: "AFSR1_EL2", 0xe290: "ESR_EL2", 0xe293: "VSESR_EL2", 0xe298: "FPEXC32_EL2",
        0xe2b0: "TFSR_EL2", 0xe300: "FAR_EL2", 0xe304: "HPFAR_EL2", 0xe510: "MAIR_EL2", 0xe518: "AMAIR_EL2",
        0xe600: "VBAR_EL2", 0xe601: "RVBAR_EL2", 0xe602: "RMR_EL2", 0xe609: "VDISR_EL2",
        0xe64d: "ICC_SRE_EL2", 0xe658: "ICH_HCR_EL2", 0xe659: "ICH_VTR_EL2", 0xe65a: "ICH_MISR_EL2",
        0xe65b: "ICH_EISR_EL2", 0xe65d: "ICH_ELRSR_EL2", 0xe65f: "ICH_VMCR_EL2", 0xe681: "CONTEXTIDR_EL2",
        0xe682: "TPIDR_EL2", 0xe687: "SCXTNUM_EL2", 0xe703: "CNTVOFF_EL2", 0xe706: "CNTPOFF_EL2",
        0xe708: "CNTHCTL_EL2", 0xe710: "CNTHP_TVAL_EL2", 0xe711: "CNTHP_CTL_EL2", 0xe712: "CNTHP_CVAL_EL2",
        0xe718: "CNTHV_TVAL_EL2", 0xe719: "CNTHV_CTL_EL2", 0xe71a: "CNTHV_CVAL_EL2",
        0xe720: "CNTHVS_TVAL_EL2", 0xe721: "CNTHVS_CTL_EL2", 0xe722: "CNTHVS_CVAL_EL2",
        0xe728: "CNTHPS_TVAL_EL2", 0xe729: "CNTHPS_CTL_EL2", 0xe72a: "CNTHPS_CVAL_EL2",
        // EL1 registers accessed from EL2
        0xe880: "SCTLR_EL12", 0xe882: "CPACR_EL12", 0xe890: "ZCR_EL12", 0xe896: "SMCR_EL12",
        0xe900: "TTBR0_EL12", 0xe901: "TTBR1_EL12", 0xe902: "TCR_EL12", 0xea00: "SPSR_EL12",
        0xea01: "ELR_EL12", 0xea88: "AFSR0_EL12", 0xea89: "AFSR1_EL12", 0xea90: "ESR_EL12",
        0xeb00: "FAR_EL12", 0xed10: "MAIR_EL12", 0xed18: "AMAIR_EL12", 0xee00: "VBAR_EL12",
        0xee81: "CONTEXTIDR_EL12", 0xef08: "CNTKCTL_EL12", 0xef10: "CNTP_TVAL_EL02", 0xef11: "CNTP_CTL_EL02",
        0xef12: "CNTP_CVAL_EL02", 0xef18: "CNTV_TVAL_EL02", 0xef19: "CNTV_CTL_EL02", 0xef1a: "CNTV_CVAL_EL02",
        // EL3
        0xf080: "SCTLR_EL3", 0xf081: "ACTLR_EL3", 0xf088: "SCR_EL3", 0xf089: "SDER32_EL3", 0xf08a: "CPTR_EL3",
        0xf090: "ZCR_EL3", 0xf096: "SMCR_EL3", 0xf099: "MDCR_EL3", 0xf100: "TTBR0_EL3", 0xf102: "TCR_EL3",
        0xf10c: "GPTBR_EL3", 0xf10e: "GPCCR_EL3", 0xf200: "SPSR_EL3", 0xf201: "ELR_EL3", 0xf208: "SP_EL2",
        0xf288: "AFSR0_EL3", 0xf289: "AFSR1_EL3", 0xf290: "ESR_EL3", 0xf2b0: "TFSR_EL3", 0xf300: "FAR_EL3",
        0xf305: "MFAR_EL3", 0xf510: "MAIR_EL3", 0xf518: "AMAIR_EL3", 0xf600: "VBAR_EL3", 0xf601: "RVBAR_EL3",
        0xf602: "RMR_EL3", 0xf664: "ICC_CTLR_EL3", 0xf665: "ICC_SRE_EL3", 0xf667: "ICC_IGRPEN1_EL3",
        0xf682: "TPIDR_EL3", 0xf687: "SCXTNUM_EL3",
        0xff10: "CNTPS_TVAL_EL1", 0xff11: "CNTPS_CTL_EL1", 0xff12: "CNTPS_CVAL_EL1",
    ]

    // With the keys of `name32`; bit 20 marks 64-bit registers.
    private static let names32: [UInt32: String] = [
        0x0e0000: "DBGDIDR", 0x0e0002: "DBGDTRRXext", 0x0e0030: "TEECR", 0x0e0038: "JIDR",
        0x0e0080: "DBGDSCRint", 0x0e0100: "DBGDCCINT", 0x0e0102: "DBGDSCRext", 0x0e0182: "DBGDTRTXext",
        0x0e0280: "DBGDTRRXint", 0x0e0300: "DBGWFAR", 0x0e0302: "DBGOSECCR", 0x0e0380: "DBGVCR",
        0x0e0800: "DBGDRAR", 0x0e0804: "DBGOSLAR", 0x0e0830: "TEEHBR", 0x0e0838: "JOSCR",
        0x0e0884: "DBGOSLSR", 0x0e0984: "DBGOSDLR", 0x0e0a04: "DBGPRCR", 0x0e1000: "DBGDSAR",
        0x0e1038: "JMCR", 0x0e3800: "DBGDEVID2", 0x0e3801: "DBGDEVID1", 0x0e3802: "DBGDEVID",
        0x0e3c06: "DBGCLAIMSET", 0x0e3c86: "DBGCLAIMCLR", 0x0e3f06: "DBGAUTHSTATUS", 0x0f0000: "MIDR",
        0x0f0001: "CTR", 0x0f0002: "TCMTR", 0x0f0003: "TLBTR", 0x0f0004: "MPUIR", 0x0f0005: "MPIDR",
        0x0f0006: "REVIDR", 0x0f0008: "CCSIDR", 0x0f0009: "CLIDR", 0x0f000a: "CCSIDR2", 0x0f000f: "AIDR",
        0x0f0010: "CSSELR", 0x0f0020: "VPIDR", 0x0f0025: "VMPIDR", 0x0f0080: "ID_PFR0", 0x0f0081: "ID_PFR1",
        0x0f0082: "ID_DFR0", 0x0f0083: "ID_AFR0", 0x0f0084: "ID_MMFR0", 0x0f0085: "ID_MMFR1",
        0x0f0086: "ID_MMFR2", 0x0f0087: "ID_MMFR3", 0x0f0100: "ID_ISAR0", 0x0f0101: "ID_ISAR1",
        0x0f0102: "ID_ISAR2", 0x0f0103: "ID_ISAR3", 0x0f0104: "ID_ISAR4", 0x0f0105: "ID_ISAR5",
        0x0f0106: "ID_MMFR4", 0x0f0107: "ID_ISAR6", 0x0f0184: "ID_PFR2", 0x0f0185: "ID_DFR1",
        0x0f0186: "ID_MMFR5", 0x0f0800: "SCTLR", 0x0f0801: "ACTLR", 0x0f0802: "CPACR", 0x0f0803: "ACTLR2",
        0x0f0820: "HSCTLR", 0x0f0821: "HACTLR", 0x0f0823: "HACTLR2", 0x0f0880: "SCR", 0x0f0881: "SDER",
        0x0f0882: "NSACR", 0x0f08a0: "HCR", 0x0f08a1: "HDCR", 0x0f08a2: "HCPTR", 0x0f08a3: "HSTR",
        0x0f08a4: "HCR2", 0x0f08a7: "HACR", 0x0f0981: "SDCR", 0x0f1000: "TTBR0", 0x0f1001: "TTBR1",
        0x0f1002: "TTBCR", 0x0f1003: "TTBCR2", 0x0f1022: "HTCR", 0x0f10a2: "VTCR", 0x0f1800: "DACR",
        0x0f2300: "ICC_PMR", 0x0f2800: "DFSR", 0x0f2801: "IFSR", 0x0f2880: "ADFSR", 0x0f2881: "AIFSR",
        0x0f28a0: "HADFSR", 0x0f28a1: "HAIFSR", 0x0f2920: "HSR", 0x0f3000: "DFAR", 0x0f3001: "WFAR",
        0x0f3002: "IFAR", 0x0f3020: "HDFAR", 0x0f3022: "HIFAR", 0x0f3024: "HPFAR", 0x0f3a00: "PAR",
        0x0f480a: "L2CTLR", 0x0f480b: "L2ECTLR", 0x0f4e00: "PMCR", 0x0f4e01: "PMCNTENSET",
        0x0f4e02: "PMCNTENCLR", 0x0f4e03: "PMOVSR", 0x0f4e04: "PMSWINC", 0x0f4e05: "PMSELR",
        0x0f4e06: "PMCEID0", 0x0f4e07: "PMCEID1", 0x0f4e80: "PMCCNTR", 0x0f4e81: "PMXEVTYPER",
        0x0f4e82: "PMXEVCNTR", 0x0f4f00: "PMUSERENR", 0x0f4f01: "PMINTENSET", 0x0f4f02: "PMINTENCLR",
        0x0f4f03: "PMOVSSET", 0x0f4f04: "PMCEID2", 0x0f4f05: "PMCEID3", 0x0f4f06: "PMMIR",
        0x0f5100: "PRRR (MAIR0)", 0x0f5101: "NMRR (MAIR1)", 0x0f5120: "HMAIR0", 0x0f5121: "HMAIR1",
        0x0f5180: "AMAIR0", 0x0f5181: "AMAIR1", 0x0f51a0: "HAMAIR0", 0x0f51a1: "HAMAIR1", 0x0f6000: "VBAR",
        0x0f6001: "MVBAR", 0x0f6002: "RMR", 0x0f6020: "HVBAR", 0x0f6080: "ISR", 0x0f6605: "ICC_SRE",
        0x0f6800: "FCSEIDR", 0x0f6801: "CONTEXTIDR", 0x0f6802: "TPIDRURW", 0x0f6803: "TPIDRURO",
        0x0f6804: "TPIDRPRW", 0x0f6822: "HTPIDR", 0x0f7000: "CNTFRQ", 0x0f7080: "CNTKCTL",
        0x0f70a0: "CNTHCTL", 0x0f7100: "CNTP_TVAL", 0x0f7101: "CNTP_CTL", 0x0f7120: "CNTHP_TVAL",
        0x0f7121: "CNTHP_CTL", 0x0f7180: "CNTV_TVAL", 0x0f7181: "CNTV_CTL", 0x0f7787: "PMCCFILTR",
        0x0f7808: "L2ACTLR", 0x0f7820: "CBAR", 0x0f7988: "CBAR", 0x1e0080: "DBGDRAR", 0x1e0100: "DBGDSAR",
        0x1f0100: "TTBR0", 0x1f0108: "TTBR1", 0x1f0120: "HTTBR", 0x1f0130: "VTTBR", 0x1f0380: "PAR",
        0x1f0480: "PMCCNTR", 0x1f0700: "CNTPCT", 0x1f0708: "CNTVCT", 0x1f0710: "CNTP_CVAL",
        0x1f0718: "CNTV_CVAL", 0x1f0720: "CNTVOFF", 0x1f0730: "CNTHP_CVAL", 0x1f0780: "CPUACTLR",
        0x1f0788: "CPUECTLR", 0x1f0790: "CPUMERRSR", 0x1f0798: "L2MERRSR",
    ]
}
