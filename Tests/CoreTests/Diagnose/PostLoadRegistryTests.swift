import Bytes
import Diagnose
import Stream
import Testing

/// The registry of checks after loading: each rule has a value that it refuses and one that it takes, and is for a
/// field that QEMU has.
@Suite struct PostLoadRegistryTests {
    /// Values of a rule's field, with those of the fields that it asks for besides.
    struct Example: Sendable {
        var refused: Int64
        var good: Int64
        /// The target's value.
        var local: Int64?
        var others: [String: Int64] = [:]
    }

    /// By vmstate and field; several rules may be for one field: an example of each, in the registry's order.
    private static let examples: [String: [Example]] = [
        "cpu:env.fpregs_format_vmstate": [Example(refused: 1, good: 0)],
        "cpu:env.hflags": [Example(refused: 1 << 21 | 1, good: 1)],
        "cpu/tsc_khz:env.tsc_khz": [
            Example(refused: 2_000_000, good: 3_000_000, local: 3_000_000, others: ["cpu:env.tsc": 0])
        ],
        "cpu:env.spr": [Example(refused: 0x4d_0200, good: 0x4e_1202, local: 0x4e_1202)],
        "hpet:num_timers_save": [Example(refused: 4, good: 3, local: 3), Example(refused: 2, good: 32)],
        "PCIE_AER_ERROR_LOG:log_num": [Example(refused: 9, good: 8)],
        "serial:lsr": [Example(refused: 0x20, good: 0x60)],
        "serial/tsr:tsr_retry": [Example(refused: 1, good: 0, others: ["serial:lsr": 0x60])],
        "kvm-tpr-opt:rom_state_paddr": [Example(refused: 1, good: 0xc8000, others: ["state": 2])],
        "fw_cfg/acpi_mr:table_mr_size": [
            Example(refused: 1 << 40, good: 0x20000), Example(refused: 0xffff_ffff, good: 0x20000),
        ],
        "fw_cfg/acpi_mr:linker_mr_size": [
            Example(refused: 1 << 40, good: 0x1000), Example(refused: 0xffff_ffff, good: 0x1000),
        ],
        "fw_cfg/acpi_mr:rsdp_mr_size": [
            Example(refused: 1 << 40, good: 20), Example(refused: 0xffff_ffff, good: 20),
        ],
        "vmxnet3:event_int_idx": [Example(refused: 25, good: 24)],
        "qxl:last_release_offset": [Example(refused: 1 << 30, good: 0)],
        "e1000e:subsys": [Example(refused: 1, good: 0x1100, local: 0x1100)],
        "e1000e:subsys_ven": [Example(refused: 1, good: 0x1af4, local: 0x1af4)],
        "ahci port:port_regs.cmd": [
            Example(refused: 0x8000, good: 0x8001), Example(refused: 0x4000, good: 0x4010),
        ],
        "ncq state:used": [Example(refused: 1, good: 0, others: ["halt": 0])],
        "ncq state:halt": [Example(refused: 1, good: 0, others: ["cmd": 0, "slot": 1, "tag": 1])],
        "ahci port:busy_slot": [Example(refused: 32, good: -1)],
        "mptsas:doorbell_idx": [Example(refused: 3, good: 2, others: ["doorbell_cnt": 2])],
        "mptsas:doorbell_reply_idx": [Example(refused: 3, good: 2, others: ["doorbell_reply_size": 2])],
        "hpet:num_timers": [Example(refused: 33, good: 3)],
        "pl022_ssp:tx_fifo_head": [Example(refused: 8, good: 7)],
        "pl022_ssp:rx_fifo_head": [Example(refused: 8, good: 7)],
        "vmxnet3:txq_num": [Example(refused: 9, good: 8)],
        "vmxnet3:rxq_num": [Example(refused: 9, good: 8)],
        "lsiscsi:msg_len": [Example(refused: 9, good: 8)],
        "ide_drive/pio_state:end_transfer_fn_idx": [Example(refused: 6, good: 5)],
        "mptsas:doorbell_cnt": [Example(refused: 257, good: 256)],
        "mptsas:doorbell_reply_size": [Example(refused: 257, good: 256)],
        "mptsas:diagnostic_idx": [Example(refused: 5, good: 4)],
        "mptsas:request_post_head": [Example(refused: 130, good: 129)],
        "mptsas:request_post_tail": [Example(refused: 130, good: 129)],
        "mptsas:reply_post_head": [Example(refused: 130, good: 129)],
        "mptsas:reply_post_tail": [Example(refused: 130, good: 129)],
        "mptsas:reply_free_head": [Example(refused: 130, good: 129)],
        "mptsas:reply_free_tail": [Example(refused: 130, good: 129)],
    ]

    private static let rules = Dictionary(grouping: PostLoadRules.all) { "\($0.structure):\($0.field)" }

    /// Where the destination's value counts, the bytes may be right and its device another one.
    @Test func hintsOfWhatIsComparedNameTheDestination() {
        let compared = PostLoadRules.all.filter(\.asksTarget)
        #expect(!compared.isEmpty)
        #expect(!compared.contains { $0.hint == "these bytes are damaged" })
    }

    @Test func eachRuleHasAnExample() {
        #expect(Self.rules.mapValues(\.count) == Self.examples.mapValues(\.count))
    }

    @Test(arguments: examples.keys.sorted()) func theRuleRefusesItsExample(_ key: String) throws {
        for (rule, example) in zip(try #require(Self.rules[key]), try #require(Self.examples[key])) {
            #expect(rule.asksTarget == (example.local != nil))
            func values(_ value: Int64) -> PostLoadValues {
                PostLoadValues(value: value, local: example.local) { example.others[$0] }
            }
            #expect(!rule.isGood(values(example.refused)))
            #expect(rule.isGood(values(example.good)))
            // Every mark in QEMU's words has its value.
            #expect(rule.lines(values(example.refused)).allSatisfy { !$0.contains(/[%$#]/) })
        }
    }

    /// A field that no version has would never be checked: `-dump-vmstate` of real programs lists those of devices. It
    /// has no CPU, and these machines no SSP of Arm.
    @Test(.needsShared) func eachRuleIsForAFieldThatQEMUHas() throws {
        let texts = try ["q35-7.2", "q35-10.0"].map { name in
            let dump = try Sample.vmstateDump(name)
            return String(decoding: dump.copy(0..<dump.count), as: UTF8.self)
        }
        for rule in PostLoadRules.all where !rule.structure.hasPrefix("cpu") && rule.structure != "pl022_ssp"
        {
            #expect(texts.contains { $0.contains("\"field\": \"\(rule.field)\"") }, "\(rule.field)")
            #expect(texts.contains { $0.contains("\"\(rule.structure)\"") }, "\(rule.structure)")
        }
    }
}
