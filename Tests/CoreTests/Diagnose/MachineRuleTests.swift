import Bytes
import Diagnose
import Format
import Stream
import Testing

/// Rules that know one family of machines.
@Suite struct MachineRuleTests {
    private func first(_ bytes: [UInt8], like target: [UInt8]? = nil) throws -> Finding? {
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "damaged.mig")
        let like = try target.map { try Document.open(region: MappedRegion(copying: $0), name: "good.mig") }
        return Check(document, like: like).findings().first { $0.severity == .error }
    }

    private func place(_ path: String, _ sample: Sample) throws -> Int {
        let document = try sample.document()
        return document.tree.node(try #require(document.path(text: path))).offset
    }

    /// An identification register is written in vain; one that the guest sets is not compared.
    @Test(arguments: ["7.2", "10.0"]) func armRegisters(_ version: String) throws {
        let sample = Sample.fixture("aarch64-virt-\(version)")
        let bytes = try sample.bytes()
        let document = try sample.document()
        let cpu = try #require(StateField.section("cpu", in: document.store))
        let keys = cpu.registers("cpreg_vmstate_indexes")
        let values = try #require(cpu["cpreg_vmstate_values"])
        for (key, isRefused) in [(UInt64(0x6030_0000_0013_c021), true), (0x6030_0000_0013_c080, false)] {
            let value = try #require(keys.firstIndex(of: key).flatMap { values[$0] })
            var damaged = bytes
            damaged[value.offset + 7] ^= 1
            let finding = try first(damaged, like: bytes)
            #expect((finding?.offset == value.offset) == isRefused)
            #expect((finding?.code == .cpuRegisters) == isRefused)
            guard isRefused else { continue }
            #expect(
                finding?.qemu == """
                    error while loading state for instance 0x0 of device 'cpu'
                    load of migration failed: Operation not permitted
                    """)
        }
    }

    /// A key that is above all of the target's ends the comparison: registers after it get no value, which
    /// those that are constant refuse.
    @Test func armKeys() throws {
        let sample = Sample.fixture("aarch64-virt-7.2")
        let bytes = try sample.bytes()
        let cpu = try #require(StateField.section("cpu", in: try sample.document().store))
        let key = try #require(cpu["cpreg_vmstate_indexes"]?[40])
        var damaged = bytes
        damaged[key.offset + 7] ^= 1
        #expect(try first(damaged, like: bytes)?.code == .cpuRegisters)
        damaged[key.offset] = 0xff
        #expect(try first(damaged, like: bytes)?.offset == key.offset)
        var last = bytes
        let end = try #require(cpu["cpreg_vmstate_indexes"])
        last[try #require(end[end.count - 1]).offset] = 0xff
        #expect(try first(last, like: bytes) == nil)
    }

    @Test(arguments: [
        ([UInt64(0x2), 0, 0x0000_0fff], 16, "Unexpected storage key flag data: 0xfff"),
        (
            [0x2, 0x5_0000], 8,
            "Error: Setting storage keys for pages with unallocated storage key memory: gfn=0 count=131072\n"
                + "S390_SET_KEYS error -22"
        ),
        ([0], 0, "Unexpected storage key flag data: 0"),
        ([0x1000_0004], 0, "Storage key data is incomplete"),
        ([0x1], -1, ""),
    ]) func storageKeys(_ words: [UInt64], _ place: Int, _ line: String) throws {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("s390.ram", 0x1000)]))
        let start = stream.bytes.count
        stream.full(4, "s390-skeys".utf8, words.flatMap { StreamWriter.be($0) })
        stream.endOfFile()
        let finding = try first(stream.bytes)
        guard place >= 0 else {
            #expect(finding == nil)
            return
        }
        #expect(finding?.code == .pageAttributes)
        #expect(finding?.offset == start + SectionFrames.headerSize(nameLength: 10) + place)
        #expect(finding?.qemu.hasPrefix(line + "\nerror while loading state for instance 0x0") == true)
    }

    /// Bytes between the end mark and the description: QEMU complains, and loads.
    @Test func bytesBehindTheEndMark() throws {
        var bytes = try Sample.fixture("arduino-uno-7.2").bytes()
        let document = try Sample.fixture("arduino-uno-7.2").document()
        let end = try #require(document.store.firstEndMark)
        bytes.insert(0, at: end + 1)
        let damaged = try Document.open(region: MappedRegion(copying: bytes), name: "damaged.mig")
        let findings = Check(damaged).findings().filter { $0.severity != .note }
        #expect(findings.map(\.code) == [.descriptionUnframed])
        #expect(findings.first?.qemu == "Expected vmdescription section, but got 0")
        #expect(findings.first?.offset == end + 1)
    }

    /// A name of no bytes leaves a gap: what is told first is what the loader says.
    @Test func namelessSection() throws {
        var bytes = try Sample.fixture("arduino-uno-7.2").bytes()
        let good = bytes
        let header = try place("cpu:0/@header/idstr", Sample.fixture("arduino-uno-7.2"))
        for index in 0..<4 { bytes[header + index] = 0 }
        let finding = try first(bytes, like: good)
        #expect(finding?.code == .sectionCut)
        #expect(finding?.qemu.hasPrefix("Unable to read ID string for section 5") == true)
    }

    /// Of sections that share a name, which one the stream ends in.
    @Test func cutInAFurtherInstance() throws {
        let whole = try Sample.fixture("capabilities-10.0").document()
        let found = whole.store.records.first { ($0.section?.instance ?? 0) > 0 && $0.kind == .full }
        let record = try #require(found)
        let name = whole.store.table.names.text(record.name)
        let end = record.offset + record.size / 2
        let bytes = whole.store.region.copy(0..<end)
        let cut = try Document.open(region: MappedRegion(copying: bytes), name: "cut.mig")
        let shown = "\(name) #\(record.section?.instance ?? 0)"
        #expect(Check(cut).findings().contains { $0.code == .sectionCut && $0.message.contains(shown) })
    }

    /// Wherever a stream is cut among its pages, it is the end that is told, and no page is called damaged.
    @Test(arguments: ["xbzrle-10.0", "compress-7.2", "sample-q35-10.0", "microvm-7.2", "block-7.2"])
    func cutAmongPages(_ name: String) throws {
        let sample = Sample.fixture(name)
        let whole = try sample.document()
        let bytes = try sample.bytes()
        let end = try #require(whole.store.records.first { $0.kind == .full }).offset
        let damage: Set<FindingCode> = [
            .ramAddress, .ramContinue, .ramFlags, .ramBlockUnknown, .ramXbzrle, .ramCompressed,
        ]
        for size in stride(from: 64, to: end, by: max(end / 150, 1)) {
            let cut = try Document.open(region: MappedRegion(copying: Array(bytes[..<size])), name: "cut.mig")
            let errors = Check(cut).findings().filter { $0.severity == .error }
            #expect(!errors.isEmpty)
            #expect(errors.allSatisfy { !damage.contains($0.code) }, "cut at \(size): \(errors)")
        }
    }

    /// What QEMU 10.0 says of a delta page that ends early (migration/ram.c).
    @Test func cutInADelta() throws {
        let bytes = try Sample.fixture("xbzrle-10.0").bytes()
        // RAM_SAVE_FLAG_XBZRLE and RAM_SAVE_FLAG_CONTINUE, an encoding of 1, a length.
        let place = try #require(
            bytes.indices.dropLast(16).first { at in
                bytes[at] == 0 && bytes[at + 7] == 0x60 && bytes[at + 6] & 0x0f == 0 && bytes[at + 8] == 1
                    && bytes[at + 9] < 16 && bytes[at + 9] > 0
            })
        let address = bytes[place..<place + 8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) } & ~0xfff
        let cut = MappedRegion(copying: Array(bytes[..<(place + 40)]))
        let finding = Check(try Document.open(region: cut, name: "cut.mig")).findings().first {
            $0.severity == .error
        }
        #expect(finding?.code == .ramCut)
        #expect(
            finding?.qemu.hasPrefix(
                "Failed to load XBZRLE page - decode error!\nFailed to decompress XBZRLE page at "
                    + "\(Hex.digits(address))\n") == true)
    }
}
