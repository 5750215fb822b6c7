import Format
import Query
import Testing

@Suite struct X86MeaningTests {
    /// Two CPUs of a Linux guest that wait in HLT.
    @Test(.needsShared) func linux() throws {
        let document = try #require(Sample.corpus("linux-256m-7.2")).document()
        for cpu in ["cpu:0", "cpu:1"] {
            #expect(
                document.lines(cpu).contains("mode: 64-bit, CPL 0, 5-level paging, interrupts on"))
            #expect(document.lines(cpu).contains("at: RIP 0xffffffff81a17a0b"))
            #expect(document.words(cpu + "/env.efer") == "0x0000000000000d01 = 3329: SCE LME LMA NX")
            #expect(document.words(cpu + "/env.eflags")?.hasSuffix(": PF ZF IF") == true)
        }
        #expect(document.words("cpu:0/env.cr[0]") == "0x0000000080050033 = 2147811379: PE MP ET NE WP AM PG")
        #expect(document.words("cpu:0/env.cr[3]/page table") == "0x55a8000")
        #expect(document.words("cpu:0/env.cr[3]/PCID") == "0x000 = 0")
        #expect(
            document.words("cpu:0/env.cr[4]")?.hasSuffix(
                ": PSE PAE PGE OSFXSR OSXMMEXCPT UMIP LA57 FSGSBASE OSXSAVE SMEP SMAP PKE") == true)
        #expect(document.words("cpu:0/env.segs[1]") == ": code execute/read accessed 64-bit DPL 0 base 0x0")
        #expect(document.words("cpu:0/env.segs[1]/selector")?.hasSuffix(": GDT index 2") == true)
        #expect(document.words("cpu:0/env.xcr0")?.hasSuffix(": x87 SSE AVX BNDREGS BNDCSR PKRU") == true)
        #expect(document.words("cpu:0/env.pat")?.hasSuffix(": WB WC UC- UC WB WP UC- WT") == true)
        #expect(document.words("cpu:0/env.star")?.hasSuffix(": SYSCALL CS 0x10 SYSRET CS 0x23") == true)
        #expect(document.words("cpu:0/env.fpregs[0]") == ": 0.0")
        #expect(document.words("cpu_common:0/halted")?.hasSuffix(": halted") == true)
        #expect(document.words("cpu:0/env.mp_state")?.hasSuffix(": running") == true)
        #expect(document.words("cpu:0/env.exception_nr")?.hasSuffix(": none") == true)
        #expect(Set(document.paths(named: "RIP")).isSuperset(of: ["cpu:0/env.eip", "cpu:1/env.eip"]))
        #expect(document.paths(named: "CR3") == ["cpu:0/env.cr[3]", "cpu:1/env.cr[3]"])
        #expect(document.paths(named: "XMM15") == ["cpu:0/env.xmm_regs[0][15]", "cpu:1/env.xmm_regs[0][15]"])
        #expect(
            document.paths(named: "IA32_MC9_MISC") == ["cpu:0/env.mce_banks[39]", "cpu:1/env.mce_banks[39]"])
    }

    @Test(arguments: ["sample-q35-7.2", "sample-q35-10.0", "microvm-7.2", "pc-7.2"])
    func realMode(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        #expect(document.lines("cpu:0").contains("mode: real mode, no paging, interrupts off"))
        #expect(document.node(text: "cpu:0/env.segs[1]").map { document.tree.decoration($0) } == "CS")
    }

    /// CPUs with one layout have one overlay.
    @Test(.needsShared) func shared() throws {
        let document = try #require(Sample.corpus("many-7.2")).document()
        let layouts = (0..<255).compactMap { document.node(text: "cpu:\($0)")?.layout }
        #expect(layouts.count == 255 && Set(layouts).count <= 2)
        #expect(Search("RFLAGS", document).count == 255)
        let overlays = (0..<document.store.table.layoutCount).count {
            document.store.table[LayoutID(index: Int32($0))].kind == .overlay
        }
        #expect(overlays < 500)
    }

    /// Registers of a 32-bit target have other names; a width that no one knows has none.
    @Test(arguments: [(8, "RFLAGS", "PF"), (4, "EFLAGS", "PF"), (2, "", "")])
    func widths(_ size: Int, _ label: String, _ meaning: String) throws {
        let bytes = [UInt8](repeating: 0, count: size - 1) + [6]
        let device = SmallDevice(
            "cpu", bytes + bytes,
            fields: """
                {"name": "env.eip", "type": "uint\(size * 8)", "size": \(size)},
                {"name": "env.eflags", "type": "uint\(size * 8)", "size": \(size)}
                """)
        let document = try SmallStream([device]).document()
        let node = try #require(document.node(text: "cpu:0/env.eflags"))
        #expect(document.tree.label(node) == label && document.tree.meaning(node) == meaning)
    }
}
