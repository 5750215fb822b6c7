import Bytes
import Diagnose
import Stream
import Testing

/// The stream as QEMU's loader reads it: what it prints first. Each case was tried with QEMU 7.2.
@Suite struct LoaderTests {
    private func first(_ change: (inout [UInt8], Document) throws -> Void) throws -> Finding? {
        let sample = Sample.fixture("no-vmdesc-twin-7.2")
        var bytes = try sample.bytes()
        try change(&bytes, try sample.document())
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "changed.mig")
        return Check(document, like: try sample.document()).findings().first {
            $0.severity == .error && !$0.qemu.isEmpty
        }
    }

    private func offset(_ path: String, _ document: Document) throws -> Int {
        try #require(document.range(ofPath: path)).lowerBound
    }

    @Test func theIDOfAStartSection() throws {
        let finding = try first { bytes, document in
            bytes[try offset("ram:0/@header/section_id", document) + 3] = 0x99
        }
        #expect(
            finding?.qemu.hasPrefix("Mismatched section id in footer for ram - read 0x2 expected 0x99")
                == true)
    }

    @Test func aPartOfASectionThatIsNone() throws {
        let finding = try first { bytes, document in
            bytes[try offset("mc146818rtc:0/@header/type", document)] = 3
        }
        #expect(finding?.qemu.hasPrefix("Unknown savevm section ") == true)
        #expect(finding?.code == .sectionUnopened || finding?.code == .sectionType)
    }

    @Test func anEndMarkLoads() throws {
        let finding = try first { bytes, document in
            bytes[try offset("mc146818rtc:0/@header/type", document)] = 0
        }
        #expect(finding == nil)
    }

    @Test func aMachineNameWithANul() throws {
        let finding = try first { bytes, document in
            bytes[try offset("configuration/name", document) + 4] = 0
        }
        #expect(finding?.qemu.hasPrefix("Machine type received is 'pc-q' and local is 'pc-q35-7.2'") == true)
    }

    @Test func aMachineNameWithoutAnEnd() throws {
        let finding = try first { bytes, _ in bytes[9] = 0x12 }
        #expect(finding?.qemu.hasPrefix("Failed to load configuration:name\n") == true)
    }

    @Test func aCommandOfTheWrongLength() throws {
        let finding = try first { bytes, document in
            let place = try offset("mc146818rtc:0/@header/type", document)
            bytes.insert(contentsOf: [8, 0, 2, 0, 1, 0], at: place)
        }
        #expect(
            finding?.qemu
                == "PING received with bad length - expecting 4, got 1\nload of migration failed: Numerical result out of range"
        )
    }

    /// What opening explains with another layout is no such thing where the target's section is as described.
    @Test func aByteLess() throws {
        let path = "0000:00:00.0/mch:0/parent_obj/irq_state"
        let finding = try first { bytes, document in bytes.remove(at: try offset(path, document) + 15) }
        #expect(finding?.qemu.hasPrefix("Missing section footer for 0000:00:00.0/mch\n") == true)
        #expect(finding?.code == .sectionSize)
    }

    @Test func theFooterOfAPartOfRAM() throws {
        let finding = try first { bytes, document in
            document.openLivePart()
            let part = try #require(
                document.store.checkedSections().first { $0.record.kind == .part || $0.record.kind == .end })
            bytes[part.bodyEnd] = 0x19
        }
        #expect(finding?.qemu.hasPrefix("Missing section footer for ram\n") == true)
    }
}
