/// The names of PowerPC's special-purpose registers by number (Power ISA 3.1 book III; those of the 7xx and
/// 970 from their manuals; target/ppc/cpu.h).
package enum PowerPCRegisters {
    package static let names: [Int: String] = {
        var names = single
        func run(_ name: (Int) -> String, at first: Int, count: Int) {
            for number in 0..<count { names[first + number] = name(number) }
        }
        run({ "SPRG\($0)" }, at: 272, count: 8)
        for pair in 0..<4 {
            names[528 + pair * 2] = "IBAT\(pair)U"
            names[529 + pair * 2] = "IBAT\(pair)L"
            names[536 + pair * 2] = "DBAT\(pair)U"
            names[537 + pair * 2] = "DBAT\(pair)L"
        }
        return names
    }()

    private static let single: [Int: String] = [
        1: "XER", 3: "DSCR_USER", 8: "LR", 9: "CTR", 13: "UAMR", 17: "DSCR", 18: "DSISR", 19: "DAR",
        22: "DEC", 25: "SDR1",
        26: "SRR0", 27: "SRR1", 28: "CFAR", 29: "AMR", 48: "PIDR", 61: "IAMR", 128: "TFHAR", 129: "TFIAR",
        130: "TEXASR",
        131: "TEXASRU", 136: "UCTRL", 144: "TIDR", 152: "CTRL", 153: "FSCR", 157: "UAMOR", 159: "PSPB",
        176: "DPDES", 180: "DAWR0", 181: "DAWR1", 186: "RPR", 187: "CIABR",
        188: "DAWRX0", 189: "DAWRX1", 190: "HFSCR", 256: "VRSAVE", 259: "USPRG3", 260: "USPRG4",
        261: "USPRG5",
        262: "USPRG6", 263: "USPRG7", 268: "TBL", 269: "TBU", 282: "EAR", 284: "TBL (write)",
        285: "TBU (write)",
        286: "TBU40", 287: "PVR", 304: "HSPRG0", 305: "HSPRG1", 306: "HDSISR", 307: "HDAR", 308: "SPURR",
        309: "PURR",
        310: "HDEC", 311: "HIOR", 312: "RMOR", 313: "HRMOR", 314: "HSRR0", 315: "HSRR1", 316: "MMCRH",
        317: "TFMR", 318: "LPCR", 319: "LPIDR", 336: "HMER", 337: "HMEER", 338: "PCR", 339: "HEIR",
        349: "AMOR",
        446: "TIR", 455: "HDEXCR", 464: "PTCR", 505: "URMOR",
        506: "USRR0", 507: "USRR1", 511: "SMFCTRL", 736: "SIER2", 737: "SIER3", 738: "MMCR3",
        752: "SIER2 (write)",
        753: "SIER3 (write)", 754: "MMCR3 (write)", 768: "USIER", 769: "UMMCR2", 770: "UMMCRA", 771: "UPMC1",
        772: "UPMC2", 773: "UPMC3", 774: "UPMC4", 775: "UPMC5", 776: "UPMC6", 779: "UMMCR0", 780: "USIAR",
        781: "USDAR", 782: "UMMCR1", 784: "SIER", 785: "MMCR2", 786: "MMCRA", 787: "PMC1", 788: "PMC2",
        789: "PMC3",
        790: "PMC4", 791: "PMC5", 792: "PMC6", 795: "MMCR0", 796: "SIAR", 797: "SDAR", 798: "MMCR1",
        800: "BESCRS",
        801: "BESCRSU", 802: "BESCRR", 803: "BESCRRU", 804: "EBBHR", 805: "EBBRR", 806: "BESCR",
        812: "UDEXCR", 815: "TAR",
        816: "ASDR", 823: "PSSCR (supervisor)", 828: "DEXCR", 848: "IC", 849: "VTB", 850: "LDBAR",
        851: "MMCRC", 853: "PMSR",
        855: "PSSCR", 861: "L2QOSR", 880: "TRIG0", 881: "TRIG1", 882: "TRIG2", 884: "PMCR", 895: "WORT",
        896: "PPR", 898: "PPR32", 921: "TSCR", 922: "TTR", 936: "UMMCR0 (7xx)", 937: "UPMC1 (7xx)",
        938: "UPMC2 (7xx)", 939: "USIAR (7xx)", 940: "UMMCR1 (7xx)", 941: "UPMC3 (7xx)", 942: "UPMC4 (7xx)",
        952: "MMCR0 (7xx)", 953: "PMC1 (7xx)", 954: "PMC2 (7xx)", 955: "SIAR (7xx)", 956: "MMCR1 (7xx)",
        957: "PMC3 (7xx)", 958: "PMC4 (7xx)", 976: "DMISS", 977: "DCMP", 978: "HASH1", 979: "HASH2",
        980: "IMISS",
        981: "ICMP", 982: "RPA", 1008: "HID0", 1009: "HID1", 1010: "IABR", 1011: "HID2 (750FX)",
        1012: "HID4 (970)",
        1013: "DABR", 1014: "HID5", 1015: "DABRX", 1016: "ICTRL", 1017: "L2CR", 1018: "L3CR", 1019: "ICTC",
        1020: "THRM1", 1021: "THRM2", 1022: "THRM3", 1023: "PIR",
    ]

    /// The registers of Book E and the e500 that differ from the server's or are additional.
    package static let embedded: [Int: String] = [
        1: "XER", 8: "LR", 9: "CTR", 22: "DEC", 26: "SRR0", 27: "SRR1", 48: "PID", 54: "DECAR", 58: "CSRR0",
        59: "CSRR1",
        61: "DEAR", 62: "ESR", 63: "IVPR", 256: "USPRG0", 268: "TBL", 269: "TBU", 272: "SPRG0", 273: "SPRG1",
        274: "SPRG2",
        275: "SPRG3", 276: "SPRG4", 277: "SPRG5", 278: "SPRG6", 279: "SPRG7", 284: "TBL (write)",
        285: "TBU (write)",
        286: "PIR", 287: "PVR", 304: "DBSR", 307: "EPCR", 308: "DBCR0", 309: "DBCR1", 310: "DBCR2",
        312: "IAC1", 313: "IAC2",
        314: "IAC3", 315: "IAC4", 316: "DAC1", 317: "DAC2", 318: "DVC1", 319: "DVC2", 336: "TSR", 340: "TCR",
        400: "IVOR0",
        401: "IVOR1", 402: "IVOR2", 403: "IVOR3", 404: "IVOR4", 405: "IVOR5", 406: "IVOR6", 407: "IVOR7",
        408: "IVOR8",
        409: "IVOR9", 410: "IVOR10", 411: "IVOR11", 412: "IVOR12", 413: "IVOR13", 414: "IVOR14",
        415: "IVOR15",
        512: "SPEFSCR", 513: "BBEAR", 514: "BBTAR", 515: "L1CFG0", 516: "L1CFG1", 570: "MCSRR0",
        571: "MCSRR1", 572: "MCSR",
        573: "MCAR", 624: "MAS0", 625: "MAS1", 626: "MAS2", 627: "MAS3", 628: "MAS4", 630: "MAS6",
        633: "PID1", 634: "PID2",
        688: "TLB0CFG", 689: "TLB1CFG", 944: "MAS7", 1008: "HID0", 1009: "HID1", 1010: "L1CSR0",
        1011: "L1CSR1",
        1012: "MMUCSR0", 1013: "BUCSR", 1015: "MMUCFG", 1023: "SVR",
    ]
}
