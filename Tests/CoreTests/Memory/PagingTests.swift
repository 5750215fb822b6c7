import Memory
import Testing

/// Page tables of each kind, made by hand, also those that no kernel makes.
@Suite struct PagingTests {
    private func physical(_ mapping: PageMapping) -> UInt64 { mapping.physical }

    @Test func longMode() throws {
        var test = TestMemory()
        test.put(UInt64(0x2000 | 1), at: 0x1000 + 511 * 8)
        test.put(UInt64(0x3000 | 1), at: 0x2000 + 510 * 8)
        test.put(UInt64(0x4000 | 1), at: 0x3000)
        test.put(UInt64(0x80_0000 | 0x81), at: 0x3000 + 8)
        test.put(0x8000_0000_0050_0001 as UInt64, at: 0x4000 + 3 * 8)
        let paging = X86Paging(cr0: 1 << 31, cr3: 0x1fff, cr4: 0x20, isLongMode: true)
        let memory = test.memory
        let small = try paging.translate(0xffff_ffff_8000_3123, in: memory)
        #expect(small == PageMapping(physical: 0x50_0123, remaining: 0xedd))
        let large = try paging.translate(0xffff_ffff_8030_0001, in: memory)
        #expect(large == PageMapping(physical: 0x90_0001, remaining: 0xf_ffff))
        let fault = #expect(throws: PageFault.self) {
            try paging.translate(0xffff_ffff_8040_0000, in: memory)
        }
        #expect(fault?.remaining == 0x20_0000)
        #expect(throws: PageFault.self) { try paging.translate(0x8000_0000_0000, in: memory) }
    }

    @Test func fiveLevels() throws {
        var test = TestMemory()
        for (table, next) in [
            (0x1000, 0x2000), (0x2000, 0x3000), (0x3000, 0x4000), (0x4000, 0x5000), (0x5000, 0x7000),
        ] {
            test.put(UInt64(next | 1), at: table + 8)
        }
        let paging = X86Paging(cr0: 1 << 31, cr3: 0x1000, cr4: 1 << 12, isLongMode: true)
        let address: UInt64 = 1 << 48 | 1 << 39 | 1 << 30 | 1 << 21 | 1 << 12 | 5
        #expect(try paging.translate(address, in: test.memory).physical == 0x7005)
    }

    @Test func physicalAddressExtension() throws {
        var test = TestMemory()
        test.put(UInt64(0x2000 | 1), at: 0x1020 + 3 * 8)
        test.put(UInt64(0x40_0000 | 0x81), at: 0x2000)
        let paging = X86Paging(cr0: 1 << 31, cr3: 0x1020, cr4: 0x20, isLongMode: false)
        #expect(try paging.translate(0xc000_1234, in: test.memory).physical == 0x40_1234)
        #expect(throws: PageFault.self) { try paging.translate(1 << 32, in: test.memory) }
    }

    @Test func twoLevels() throws {
        var test = TestMemory()
        test.put(UInt32(0x2000 | 1), at: 0x1000 + 4)
        test.put(UInt32(0x5000 | 1), at: 0x2000 + 8)
        test.put(UInt32(0x80_0000 | 0x81), at: 0x1000 + 8)
        let paging = X86Paging(cr0: 1 << 31, cr3: 0x1000, cr4: 0x10, isLongMode: false)
        #expect(try paging.translate(0x40_2010, in: test.memory).physical == 0x5010)
        #expect(try paging.translate(0x80_0010, in: test.memory).physical == 0x80_0010)
    }

    @Test func flat() throws {
        let paging = X86Paging(cr0: 0, cr3: 0x1000, cr4: 0, isLongMode: false)
        #expect(try paging.translate(0x1234, in: TestMemory().memory).physical == 0x1234)
    }

    @Test(arguments: [8, 9, 10]) func riscv(_ mode: UInt64) throws {
        var test = TestMemory()
        let levels = Int(mode) - 5
        for level in 1..<levels { test.put(UInt64((level + 1) << 10 | 1), at: level * 4096) }
        test.put(UInt64(0x50 << 10 | 0b111), at: levels * 4096 + 2 * 8)
        let paging = RISCVPaging(satp: mode << 60 | 1, is32Bit: false)
        #expect(try paging.translate(0x2345, in: test.memory).physical == 0x5_0345)
        #expect(throws: PageFault.self) { try paging.translate(1 << 60, in: test.memory) }
        #expect(throws: PageFault.self) { try paging.translate(0x5000, in: test.memory) }
    }

    @Test func riscvLargePage() throws {
        var test = TestMemory()
        test.put(UInt64(0x800 << 10 | 0b111), at: 0x1000)
        test.put(UInt64(2 << 10 | 1), at: 0x1000 + 8)
        test.put(UInt64(0x200 << 10 | 0b111), at: 0x2000 + 8)
        let paging = RISCVPaging(satp: 8 << 60 | 1, is32Bit: false)
        // 1 GiB at a misaligned place, then 2 MiB.
        #expect(throws: PageFault.self) { try paging.translate(0x10, in: test.memory) }
        #expect(try paging.translate(0x4020_0010, in: test.memory).physical == 0x20_0010)
    }

    private func arm(tcr: UInt64, ttbr0: UInt64 = 0, ttbr1: UInt64 = 0) -> ArmPaging {
        ArmPaging(level: 1) { op0, op1, crn, crm, op2 in
            switch (op0, op1, crn, crm, op2) {
            case (3, 0, 1, 0, 0): 1
            case (3, 0, 2, 0, 0): ttbr0
            case (3, 0, 2, 0, 1): ttbr1
            case (3, 0, 2, 0, 2): tcr
            default: nil
            }
        }
    }

    @Test func armSmallPages() throws {
        var test = TestMemory()
        // 39 bits below, 48 above, 4 KiB pages.
        test.put(UInt64(0x2000 | 3), at: 0x1000)
        test.put(UInt64(0x80_0000 | 1), at: 0x2000 + 8)
        test.put(UInt64(0x4000 | 3), at: 0x3000 + 511 * 8)
        test.put(UInt64(0x5000 | 3), at: 0x4000)
        test.put(UInt64(0x6000 | 3), at: 0x5000)
        test.put(UInt64(0x7000 | 3), at: 0x6000 + 8)
        let paging = arm(tcr: 25 | 16 << 16 | 2 << 30, ttbr0: 0x1000, ttbr1: 0x3000)
        #expect(try paging.translate(0x20_0010, in: test.memory).physical == 0x80_0010)
        #expect(try paging.translate(0xffff_ff80_0000_1004, in: test.memory).physical == 0x7004)
        #expect(throws: PageFault.self) { try paging.translate(1 << 40, in: test.memory) }
    }

    @Test func armLargePages() throws {
        var test = TestMemory()
        // 42 bits, 64 KiB pages: two levels.
        test.put(UInt64(0x2_0000 | 3), at: 0x1_0000 + 8)
        test.put(UInt64(0x5_0000 | 3), at: 0x2_0000 + 8)
        let paging = arm(tcr: 22 | 1 << 14, ttbr0: 0x1_0000)
        #expect(try paging.translate(0x2001_0004, in: test.memory).physical == 0x5_0004)
    }

    @Test func s390() throws {
        var test = TestMemory()
        // Segment table alone: 2 GiB; a page table, and a large page.
        test.put(UInt64(0x3800), at: 0x2000, bigEndian: true)
        test.put(UInt64(0x20_0400), at: 0x2008, bigEndian: true)
        test.put(UInt64(0x6000), at: 0x3800 + 8, bigEndian: true)
        let paging = S390Paging(root: 0x2000, prefix: 0)
        #expect(try paging.translate(0x1010, in: test.memory).physical == 0x6010)
        #expect(try paging.translate(0x10_0010, in: test.memory).physical == 0x20_0010)
        #expect(throws: PageFault.self) { try paging.translate(1 << 31, in: test.memory) }
        #expect(S390Processor.absolute(0x10, prefix: 0x8000) == 0x8010)
        #expect(S390Processor.absolute(0x8010, prefix: 0x8000) == 0x10)
    }

    @Test func powerRadix() throws {
        var test = TestMemory()
        // Process 0: 52 bits, root of 13 bits; then 9, 9, and a page of 64 KiB after 5 more.
        test.put(0x4000_0000_0000_00ad | 0x1_0000 as UInt64, at: 0x1000, bigEndian: true)
        let paging = PowerRadix(processTable: 1 << 63 | 0x1000, process: 7)
        test.put(1 << 63 | 0x2_0009 as UInt64, at: 0x1_0000, bigEndian: true)
        test.put(1 << 63 | 0x3_0009 as UInt64, at: 0x2_0000, bigEndian: true)
        test.put(1 << 63 | 0x3_1005 as UInt64, at: 0x3_0000, bigEndian: true)
        test.put(3 << 62 | 0x5_0000 as UInt64, at: 0x3_1000 + 8, bigEndian: true)
        let memory = test.memory
        #expect(
            try paging.translate(3 << 62 | 0x1_2345, in: memory)
                == PageMapping(physical: 0x5_2345, remaining: 0xdcbb))
        #expect(throws: PageFault.self) { try paging.translate(3 << 62 | 0x2_2345, in: memory) }
        #expect(throws: PageFault.self) { try paging.translate(0x1_2345, in: memory) }
        #expect(throws: PageFault.self) { try paging.translate(1 << 62, in: memory) }
    }

    /// Tables that lead to themselves: each walk ends after its levels.
    @Test func loops() throws {
        var test = TestMemory()
        for entry in 0..<512 { test.put(UInt64(0x1000 | 1), at: 0x1000 + entry * 8) }
        let memory = test.memory
        let paging = X86Paging(cr0: 1 << 31, cr3: 0x1000, cr4: 0, isLongMode: true)
        #expect(try paging.translate(0x1234_5678, in: memory).physical == 0x1678)
        // A pointer entry that is no leaf, at each level.
        let risc = RISCVPaging(satp: 8 << 60 | 1, is32Bit: false)
        var loop = TestMemory()
        for entry in 0..<512 { loop.put(UInt64(1 << 10 | 1), at: 0x1000 + entry * 8) }
        #expect(throws: PageFault.self) { try risc.translate(0x1000, in: loop.memory) }
        #expect(throws: PageFault.self) {
            try arm(tcr: 16 | 1 << 23, ttbr0: 0x1000).translate(0x1000, in: memory)
        }
    }

    /// Random entries lead somewhere or nowhere, never out of bounds.
    @Test func garbage() {
        var test = TestMemory()
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        func random() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        for place in stride(from: 0x1000, to: 0x9000, by: 8) {
            test.put(random() & 0x8fff_ffff_00ff_ffff | 1, at: place)
        }
        let memory = test.memory
        for _ in 0..<2000 {
            let (root, address) = (random(), random())
            _ = try? X86Paging(cr0: 1 << 31, cr3: root & 0x7fff, cr4: root >> 32, isLongMode: root & 1 == 1)
                .translate(address, in: memory)
            _ = try? RISCVPaging(satp: root, is32Bit: root & 2 == 2).translate(address, in: memory)
            _ = try? arm(tcr: random(), ttbr0: root & 0x7fff, ttbr1: root).translate(address, in: memory)
            _ = try? S390Paging(root: root & 0x7fff, prefix: root).translate(address, in: memory)
            _ = try? PowerRadix(processTable: root & 0x7fff, process: root >> 60).translate(
                address, in: memory)
        }
    }
}
