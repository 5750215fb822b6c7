import Bytes
import Diagnose
import Format
import Stream
import Testing

/// A stream that makes a rule of the registry speak.
struct CheckRuleExample: Sendable, CustomTestStringConvertible {
    var rule: any CheckRule.Type
    /// What it finds.
    var code: FindingCode
    /// A stream that it has nothing to say of.
    var sound: @Sendable () throws -> [UInt8] = { SmallStream().bytes }
    /// The same, with damage.
    var damaged: @Sendable () throws -> [UInt8]
    /// Whether the sound stream is that of the destination.
    var isCompared = false
    /// What the destination prints for `-dump-vmstate`.
    var dump: String?

    var testDescription: String { "\(rule)" }

    /// One for each rule, at least.
    static let all: [CheckRuleExample] = [
        CheckRuleExample(
            rule: ConfigurationRules.self, code: .capability, sound: { configured([]) },
            damaged: {
                let names = StreamWriter.be(UInt32(1)) + StreamWriter.counted("x-ignore-shared")
                return configured([("configuration/capabilities", names)])
            }, isCompared: true),
        CheckRuleExample(
            rule: SectionRules.self, code: .sectionUnknown,
            damaged: {
                SmallStream([.plain("first"), .plain("second"), .plain("third"), .plain("more")]).bytes
            },
            isCompared: true),
        CheckRuleExample(
            rule: CommandRules.self, code: .command,
            damaged: {
                var early = StreamWriter()
                let header = early.bytes.count
                early.command(2, StreamWriter.be(UInt32(1)))
                var stream = SmallStream()
                stream.early = Array(early.bytes.dropFirst(header))
                return stream.bytes
            }),
        CheckRuleExample(
            rule: RAMBlockRules.self, code: .ramBlockSize, sound: { memory(0x4000) },
            damaged: { memory(0x8000) }, isCompared: true),
        CheckRuleExample(
            rule: RAMRecordRules.self, code: .ramZero,
            damaged: {
                var bytes = SmallStream().bytes
                let record = StreamWriter.be(UInt64(0x1022)) + [0]
                let place = try #require(
                    (0..<bytes.count - 9).first { Array(bytes[$0..<$0 + 9]) == record })
                bytes[place + 8] = 7
                return bytes
            }),
        CheckRuleExample(
            rule: PageAttributeRules.self, code: .pageAttributes, sound: { storageKeys([0x1]) },
            damaged: { storageKeys([0x2, 0, 0xfff]) }),
        CheckRuleExample(
            rule: BodyRules.self, code: .sectionSize,
            damaged: {
                let longer = SmallDevice(
                    "second", [1, 2, 3, 4], fields: #"{"name": "word", "type": "uint64", "size": 8}"#)
                return SmallStream([.plain("first"), longer, .plain("third")]).bytes
            }),
        CheckRuleExample(
            rule: EndRules.self, code: .sectionType, damaged: { unknownType() }),
        CheckRuleExample(
            rule: EqualityRules.self, code: .fieldEqual, sound: { field("uint32 equal", [0, 0, 0, 1]) },
            damaged: { field("uint32 equal", [0, 0, 0, 2]) }, isCompared: true),
        CheckRuleExample(
            rule: PCIRules.self, code: .pciConfig, sound: { field("pci config", configuration(0x1af4)) },
            damaged: { field("pci config", configuration(0x8086)) }, isCompared: true),
        CheckRuleExample(
            rule: VirtIORules.self, code: .virtioFormat, sound: { VirtIOCase.network().stream() },
            damaged: { field("virtio", [UInt8](repeating: 0xff, count: 40)) }),
        CheckRuleExample(
            rule: RangeRules.self, code: .valueRange, sound: { runState("running") },
            damaged: { runState("walking") }),
        CheckRuleExample(
            rule: ArmRegisterRules.self, code: .cpuRegisters,
            sound: { try Sample.fixture("aarch64-virt-10.0").bytes() },
            damaged: {
                let sample = Sample.fixture("aarch64-virt-10.0")
                let cpu = try #require(StateField.section("cpu", in: try sample.document().store))
                // ID_AA64PFR1_EL1 is what the processor is.
                let index = try #require(
                    cpu.registers("cpreg_vmstate_indexes").firstIndex(of: 0x6030_0000_0013_c021))
                var bytes = try sample.bytes()
                bytes[try #require(cpu["cpreg_vmstate_values"]?[index]).offset + 7] ^= 1
                return bytes
            }, isCompared: true),
        CheckRuleExample(
            rule: StructureRules.self, code: .fieldLayout,
            damaged: {
                let other = SmallDevice(
                    "second", [1, 2, 3, 4, 5],
                    fields:
                        #"{"name": "word", "type": "uint32", "size": 4}, {"name": "more", "type": "uint8", "size": 1}"#
                )
                return SmallStream([.plain("first"), other, .plain("third")]).bytes
            }, isCompared: true),
        CheckRuleExample(
            rule: PaddingRules.self, code: .unusedBytes, sound: { field("unused_buffer", [0, 0]) },
            damaged: { field("unused_buffer", [0, 1]) }),
        CheckRuleExample(
            rule: DumpRules.self, code: .sectionVersion, sound: { field("uint32", [1, 2, 3, 4]) },
            damaged: { field("uint32", [1, 2, 3, 4], version: 2) },
            dump: """
                {"vmschkmachine": {"Name": "none"}, "kind": {"Name": "kind", "version_id": 1,
                "minimum_version_id": 1, "Description": {"name": "device", "version_id": 1,
                "minimum_version_id": 1, "Fields": [
                {"field": "field", "version_id": 0, "field_exists": false, "size": 4}]}}}
                """),
    ]

    private static func configured(_ subsections: [(String, [UInt8])]) -> [UInt8] {
        var stream = StreamWriter()
        stream.configuration("none", subsections)
        stream.endOfFile()
        return stream.bytes
    }

    private static func memory(_ size: UInt64) -> [UInt8] {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", size)]))
        stream.end(2, StreamWriter.endOfRAM)
        stream.endOfFile()
        return stream.bytes
    }

    private static func storageKeys(_ words: [UInt64]) -> [UInt8] {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("s390.ram", 0x1000)]))
        stream.full(4, "s390-skeys".utf8, words.flatMap { StreamWriter.be($0) })
        stream.endOfFile()
        return stream.bytes
    }

    /// A stream with a device of one field.
    private static func field(_ type: String, _ bytes: [UInt8], version: UInt32 = 1) -> [UInt8] {
        let device = SmallDevice(
            "device", version: version, bytes,
            fields: "{\"name\": \"field\", \"type\": \"\(type)\", \"size\": \(bytes.count)}")
        return SmallStream([device]).bytes
    }

    /// A PCI configuration without capabilities.
    private static func configuration(_ vendor: UInt16) -> [UInt8] {
        [UInt8(truncatingIfNeeded: vendor), UInt8(vendor >> 8)] + [UInt8](repeating: 0, count: 254)
    }

    private static func runState(_ name: String) -> [UInt8] {
        let text = Array(name.utf8) + [UInt8](repeating: 0, count: 100 - name.utf8.count)
        let device = SmallDevice(
            "globalstate", StreamWriter.be(UInt32(text.count)) + text,
            fields:
                #"{"name": "size", "type": "uint32", "size": 4}, {"name": "runstate", "type": "buffer", "size": 100}"#
        )
        return SmallStream([device]).bytes
    }

    /// A stream that ends with a byte that begins no section.
    static func unknownType() -> [UInt8] {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x1000)]))
        stream.end(2, StreamWriter.endOfRAM)
        return stream.bytes + [0x77, 0x77, 0x77, 0x77]
    }
}
