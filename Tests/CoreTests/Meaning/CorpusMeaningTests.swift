import Testing

/// What fields of devices mean that only streams of the corpus have: a running Linux, and other processors.
@Suite struct CorpusMeaningTests {
    @Test(.needsShared, arguments: running + processors) func fact(
        _ fact: DeviceMeaningTests.Fact
    ) throws {
        let sample = try #require(Sample.corpus.first { $0.name == fact.stream + ".mig" })
        let document = try sample.document()
        let path = try #require(document.path(text: fact.path))
        let node = document.tree.node(path)
        #expect(document.tree.decoration(node) == fact.label)
        #expect(document.tree.meaning(node) == fact.meaning)
    }

    private static func linux(_ path: String, _ label: String, _ meaning: String) -> DeviceMeaningTests.Fact {
        DeviceMeaningTests.Fact("linux-256m-7.2", path, label, meaning)
    }

    private static let running: [DeviceMeaningTests.Fact] = [
        linux("apic:0/lvt[0]", "LVT_TIMER", "vector 0xec one-shot"),
        linux("apic:0/spurious_vec", "SVR", "vector 0xff software enable"),
        linux("ioapic:0/ioredtbl[1]", "", "vector 0x22 fixed logical destination 2"),
        linux("i8259:0/irq_base", "ICW2", "vectors 0x30-0x37"),
        linux("i8254:0/channels[0]/count", "", "18.2 Hz"),
        linux("hpet:0/config", "GENERAL_CONFIG", "enabled legacy replacement"),
        linux("serial:0/state/iir", "IIR", "none pending FIFO on"),
        linux("serial:0/state/fcr_vmstate", "FCR", "FIFO on trigger 8"),
        linux("0000:00:1f.0/ICH9LPC:0/pm/acpi_regs.pm1.cnt.cnt", "PM1_CNT", "SCI_EN"),
        linux("mc146818rtc:0/base_rtc", "RTC time", "2026-11-23 21:42:50 UTC"),
        linux("mc146818rtc:0", "#0", "2026-11-23 21:42:56"),
    ]

    private static let processors: [DeviceMeaningTests.Fact] = [
        DeviceMeaningTests.Fact(
            "s390x-10.0", "cpu:0/env.psw.mask", "PSW mask", "supervisor wait no DAT primary 64-bit CC 0"),
        DeviceMeaningTests.Fact("s390x-7.2", "cpu:0/env.cregs[0]", "CR0", "interrupt key measurement alert"),
        DeviceMeaningTests.Fact("pseries-7.2", "cpu:0/env.spr[287]", "PVR", "POWER9 revision 0x1200"),
        DeviceMeaningTests.Fact("mac99-7.2", "cpu:0/env.msr", "MSR", "FP IR DR"),
        DeviceMeaningTests.Fact("mac99-7.2", "cpu:0/env.spr[8]", "LR", ""),
        DeviceMeaningTests.Fact("loongarch64-10.0", "cpu:0/env.CSR_CRMD", "CRMD", "PLV 0 DA"),
        DeviceMeaningTests.Fact("m68k-10.0", "cpu:0/env.current_sp", "", "ISP"),
    ]
}
