import Bytes
import Diagnose
import Edit
import Export
import Format
import Memory
import Stream
import TestSupport
import Testing

/// Repairs of streams that were made unlike a target on purpose, conversions, and streams for public reports.
@Suite struct RepairTests {
    private func edited(_ name: String, _ edits: [StreamEdit]) throws -> Document {
        let document = try Sample.fixture(name).document()
        var editor = StreamEditor(try StreamDraft(document)) { _ throws(EditError) in document }
        for edit in edits { _ = try editor.apply(edit) }
        return try Document.open(region: MappedRegion(copying: try Self.bytes(editor.draft)), name: "edited")
    }

    static func bytes(_ draft: StreamDraft) throws -> [UInt8] {
        var sink = EditTests.Bytes()
        try draft.write(to: &sink)
        return sink.bytes
    }

    private func repaired(
        _ document: Document, like target: Document, _ grade: RepairGrade = .visible
    ) throws -> Repair {
        let described = Check(document, like: target).document
        var repair = Repair(
            try StreamDraft(described, mendsEnd: true, like: target), like: target, path: "target",
            against: nil,
            allowing: grade)
        repair.run()
        return repair
    }

    private func left(_ repair: Repair, _ target: Document) throws -> [Finding] {
        let written = MappedRegion(copying: try Self.bytes(repair.draft))
        try repair.draft.verify(written)
        let document = try Document.open(region: written, name: "out")
        return Check(document, like: target).findings().filter(Repair.isBad)
    }

    static let damages: [[StreamEdit]] = [
        [.renameMachine("pc-q35-9.0")], [.renameSection("hpet", to: "hpet2:3")], [.version("cpu:0", 99)],
        [.renameBlock("pc.ram", to: "memory")],
        [.renameBlock("pc.ram", to: "memory"), .version("timer:0", 9)],
        [.renameSection("virtio-net", to: "0000:00:1c.0/virtio-net")], [.resizeBlock("pc.bios", to: 131072)],
    ]

    @Test(arguments: damages) func whatWasMadeUnlikeATargetIsMadeLikeItAgain(_ edits: [StreamEdit]) throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let document = try edited("sample-q35-10.0", edits)
        #expect(Check(document, like: target).findings().contains(where: Repair.isBad))
        let repair = try repaired(document, like: target)
        #expect(!repair.steps.isEmpty)
        #expect(repair.unmended.map(\.title) == [])
        #expect(try left(repair, target).map(\.code) == [])
    }

    /// Damages of names, numbers and frames, which leave all that the guest has.
    static let reversible: Set<String> = [
        "machine name differs", "unknown device", "wrong instance id", "newer section version",
        "section version too old", "footer marker lost", "footer id differs", "unknown section type",
        "subsection renamed", "subsection version", "equal field differs", "PCI vendor differs",
        "PCI config read-only bit differs", "RAM block renamed",
    ]

    @Test(arguments: BrokenCase.all.filter { reversible.contains($0.name) })
    func whatIsDamagedIsAsItWas(_ broken: BrokenCase) throws {
        let whole = try Sample.fixture(broken.base).bytes()
        let target = try Document.open(region: MappedRegion(copying: whole), name: "whole.mig")
        let document = try Document.open(
            region: MappedRegion(copying: try broken.bytes()), name: "broken.mig")
        let repair = try repaired(document, like: target, .risky)
        #expect(repair.unmended.map(\.title) == [])
        #expect(try Self.bytes(repair.draft) == whole)
    }

    /// Pages whose block the list does not have: written anew, RAM would be without them.
    @Test func whatCannotBeReadIsNotLeftOut() throws {
        var bytes = try Sample.fixture("sample-q35-10.0").bytes()
        let name = try #require(bytes.firstRange(of: Array("pc.ram".utf8)))
        bytes[name.lowerBound + 4] = UInt8(ascii: "X")
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "damaged.mig")
        document.readMissing()
        #expect(throws: EditError.self) { try PlainStream(document) }
        var draft = try StreamDraft(document)
        #expect(throws: EditError.self) { try draft.resizeBlock("pc.bios", to: 4096) }
        #expect(throws: EditError.self) { try draft.renameBlock("pc.rXm", to: "other") }
        #expect(draft.keepsLivePart)
        _ = try draft.renameBlock("pc.rXm", to: "pc.ram")
        #expect(try Self.bytes(draft) == (try Sample.fixture("sample-q35-10.0").bytes()))
    }

    @Test(arguments: ["sample-q35-10.0", "aarch64-virt-10.0", "riscv64-virt-7.2", "pc-7.2", "no-footer-7.2"])
    func aStreamOfTheTargetNeedsNothing(_ name: String) throws {
        let target = try Sample.fixture(name).document()
        let repair = try repaired(try Sample.fixture(name).document(), like: target)
        #expect(repair.steps.map(\.title) == [])
    }

    @Test func anOlderStreamGetsTheNewShape() throws {
        let target = try Sample.fixture("aarch64-virt-10.0").document()
        let repair = try repaired(try Sample.fixture("aarch64-virt-7.2").document(), like: target)
        #expect(try left(repair, target).filter { $0.severity == .error }.map(\.code) == [])
        #expect(repair.draft.document.overview.machine == target.overview.machine)
    }

    @Test func whatIsRiskyWaitsToBeAllowed() throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let document = try edited("sample-q35-10.0", [.renameMachine("pc-i440fx-10.0")])
        #expect(try repaired(document, like: target).unmended.count >= 1)
        #expect(try left(try repaired(document, like: target, .risky), target).isEmpty)
    }

    /// The number of an APIC follows the topology, not the number of its processor: the second one here waits to be started.
    @Test func anAPICThatWaitsGetsTheNumberOfTheTopology() throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let document = try edited("sample-q35-10.0", [.renameSection("apic:1", to: "apic:4")])
        let repair = try repaired(document, like: target)
        #expect(repair.steps.map(\.title) == ["section apic #4 is renamed to apic #1"])
        #expect(try left(repair, target).isEmpty)
        let first = try edited("sample-q35-10.0", [.renameSection("apic:0", to: "apic:4")])
        #expect(try !repaired(first, like: target).unmended.isEmpty)
    }

    /// A virtio device on a channel has its place in its state too, which its QEMU compares.
    @Test(.enabled(if: Places.expectsShared)) func aDeviceMovesOnItsChannel() throws {
        let document = try #require(Sample.corpus("s390x-10.0")).document()
        let name = try #require(
            document.store.checkedSections().map(\.editName).first {
                document.path(text: "\($0)/virtio/transport/sch/devno") != nil
            })
        let moved = name.replacing(try Regex("fe\\.0\\.[0-9a-f]{4}"), with: "fe.0.0abc")
        var editor = StreamEditor(try StreamDraft(document)) { _ throws(EditError) in document }
        for edit: StreamEdit in [
            .renameSection(name, to: moved),
            .set(path: "\(moved)/virtio/transport/sch/devno", .assign, value: "0xabc"),
        ] { _ = try editor.apply(edit) }
        let target = try Document.open(
            region: MappedRegion(copying: try Self.bytes(editor.draft)), name: "target")
        let repair = try repaired(document, like: target)
        #expect(try Self.bytes(repair.draft) == (try Self.bytes(editor.draft)))
    }

    // MARK: Kinds of destinations that were refused after a repair, or not mended

    /// A console is port 0 of its device, a serial port never is: the loader looks each port up by its number.
    @Test func portsAreThoseOfTheTarget() throws {
        let target = try Sample.fixture("Pairs/m68k-serialport-10.0").document()
        let document = try Sample.fixture("Pairs/m68k-console-10.0").document()
        let device = "virtio-mmio@00000000ff01fe00/virtio-console:0/virtio/device"
        let map = "\(device)/ports_map[0]"
        var mapped = try StreamDraft(document)
        _ = try mapped.set(map, .assign, "3")
        let half = try Document.open(region: MappedRegion(copying: try Self.bytes(mapped)), name: "half")
        #expect(
            Check(half, like: target).findings().contains {
                $0.message.contains("no port 0") && Repair.isBad($0)
            })
        let repair = try repaired(document, like: target)
        #expect(try left(repair, target).map(\.code) == [])
        let out = repair.draft.document
        for path in [map, "\(device)/nr_active_ports", "\(device)/ports[0]/id"] {
            let (own, wanted) = (try #require(out.path(text: path)), try #require(target.path(text: path)))
            #expect(out.tree.bytes(of: out.tree.node(own)) == target.tree.bytes(of: target.tree.node(wanted)))
        }
    }

    /// Bytes and the number before them that says how many: a keyboard's configuration is shorter than a tablet's.
    @Test func aLengthFollowsItsBytes() throws {
        let target = try Sample.fixture("Pairs/m68k-serialport-10.0").document()
        var draft = try StreamDraft(try Sample.fixture("Pairs/m68k-console-10.0").document())
        let device = "virtio-mmio@00000000ff01fc00/virtio-input:0/virtio"
        _ = try draft.adapt(inner: device, from: target)
        let document = draft.document
        let length = try #require(document.path(text: "\(device)/config_len"))
        #expect(document.tree.bytes(of: document.tree.node(length)) == [0, 0, 0, 51])
        let section = try #require(draft.sections.first { $0.name.hasSuffix("virtio-input") })
        let model = try #require(target.store.checkedSections().first { $0.key == section.key })
        #expect(section.size == model.size)
        #expect(document.findings.filter { $0.severity == .error }.isEmpty)
    }

    /// QEMU 10.0 sends SWITCHOVER_START, which 7.2 does not know, among its RAM sections.
    @Test func aCommandThatTheTargetDoesNotKnowIsLeftOut() throws {
        let command: [UInt8] = [0x08, 0x00, 0x0b, 0x00, 0x00]
        let source = try Sample.fixture("riscv64-virt-10.0").document()
        let whole = source.store.region.copy(0..<source.store.region.count)
        let place = try #require(whole.firstRange(of: command))
        // Without a stream of the target, nothing else is done to it.
        var alone = Repair(
            try StreamDraft(source), like: nil, path: "", against: nil, loader: QEMUVersion(9, 2),
            allowing: .safe)
        alone.run()
        #expect(alone.steps.map(\.grade) == [.safe])
        #expect(alone.draft.keepsLivePart)
        let rest = Array(whole[..<place.lowerBound] + whole[place.upperBound...])
        #expect(try Self.bytes(alone.draft) == rest)
        try alone.draft.verify(MappedRegion(copying: rest))
        // Beside another edit of RAM.
        var draft = try StreamDraft(source)
        _ = try draft.dropCommand("SWITCHOVER_START")
        _ = try draft.renameBlock(
            source.store.table.names.text(source.store.state.blocks[0].name), to: "memory")
        #expect(try Self.bytes(draft).firstRange(of: command) == nil)
        #expect(throws: EditError.self) { try draft.dropCommand("PACKAGED") }
        #expect(throws: EditError.self) { try draft.dropCommand("SWITCHOVER_START") }
        let target = try Sample.fixture("riscv64-virt-7.2").document()
        let older = try repaired(source, like: target)
        #expect(try left(older, target).map(\.code) == [])
        #expect(try Self.bytes(older.draft).firstRange(of: command) == nil)
        var newer = Repair(
            try StreamDraft(source), like: nil, path: "", against: nil, loader: QEMUVersion(10, 0),
            allowing: .visible)
        newer.run()
        #expect(newer.steps.isEmpty)
    }

    // The sample with RAM in two blocks.
    private func divided(_ names: [String], _ sizes: [Int], in order: [Int] = [0, 1]) throws -> Document {
        var draft = try StreamDraft(try Sample.fixture("sample-q35-10.0").document())
        let blocks = zip(names, sizes).map { (name: $0, size: $1) }
        _ = try draft.regroupBlocks(["pc.ram"], into: blocks)
        let bytes = try Self.bytes(draft)
        guard order != [0, 1] else {
            return try Document.open(region: MappedRegion(copying: bytes), name: "divided")
        }
        // As the list has them where the second is the larger one.
        let entries = blocks.map {
            [UInt8($0.name.utf8.count)] + Array($0.name.utf8) + FrameBytes.bigEndian(UInt64($0.size))
        }
        let place = try #require(bytes.firstRange(of: entries[0] + entries[1]))
        var turned = bytes
        turned.replaceSubrange(place, with: order.flatMap { entries[$0] })
        return try Document.open(region: MappedRegion(copying: turned), name: "divided")
    }

    /// No stream has the addresses of its blocks, and its list has the largest first.
    @Test func nodesAreJoinedInTheOrderOfTheirAddresses() throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let size = target.store.state.blocks[0].usedLength
        let sizes = [size / 4, size - size / 4]
        let listed = try divided(["n0", "n1"], sizes, in: [1, 0])
        #expect(listed.store.state.blocks.map(\.usedLength).first == sizes[1])
        let repair = try repaired(listed, like: target)
        #expect(repair.unmended.map { $0.title + $0.reason } == [])
        #expect(repair.steps.map(\.title) == ["RAM of n0, n1 is moved to pc.ram"])
        let out = try Document.open(region: MappedRegion(copying: try Self.bytes(repair.draft)), name: "out")
        try Self.comparePages(target, out)
    }

    @Test func nodesOfOtherSizesHoldTheSameMemory() throws {
        let whole = try Sample.fixture("sample-q35-10.0").document()
        let size = whole.store.state.blocks[0].usedLength
        let target = try divided(["m0", "m1"], [size / 2, size / 2])
        let repair = try repaired(
            try divided(["m0", "m1"], [size / 4, size - size / 4]), like: target)
        #expect(repair.steps.map(\.grade) == [.visible])
        let out = try Document.open(region: MappedRegion(copying: try Self.bytes(repair.draft)), name: "out")
        try Self.comparePages(target, out)
    }

    /// A disk whose configuration ends before the fields of DISCARD does not offer it.
    @Test func whatAShortConfigurationLacksIsCleared() throws {
        func lacking(_ bits: UInt64, _ device: String, _ length: UInt64, isLegacy: Bool = false) -> UInt64 {
            VirtIOFeatureWords.lacking(of: bits, device: device, configLength: length, isLegacy: isLegacy)
        }
        #expect(lacking(1 << 13 | 1 << 9, "virtio-blk", 36) == 1 << 13)
        #expect(lacking(1 << 13, "virtio-blk", 48) == 0)
        #expect(lacking(1 << 13, "virtio-blk", 0) == 0)
        #expect(lacking(1 << 63, "virtio-net", 12) == 1 << 63)
        #expect(lacking(1 << 32 | 1 << 13, "virtio-blk", 36, isLegacy: true) == 1 << 32 | 1 << 13)
        #expect(lacking(1 << 32, "virtio-rng", 0, isLegacy: true) == 1 << 32)
        let disk = "0000:00:04.0/virtio-blk:0/virtio"
        let features = "\(disk)/virtio/64bit_features/guest_features"
        let source = try Sample.fixture("sample-q35-10.0").document()
        var used = try StreamDraft(source)
        _ = try used.set(features, .assign, "0x100006200")
        _ = try used.set("\(disk)/status", .assign, "0x0f")
        var short = try StreamDraft(source)
        _ = try short.set("\(disk)/config_len", .assign, "36")
        let target = try Document.open(region: MappedRegion(copying: try Self.bytes(short)), name: "short")
        let document = try Document.open(region: MappedRegion(copying: try Self.bytes(used)), name: "used")
        // The configuration's bytes are read as the device's own with another length; only the features matter here.
        let length = try #require(target.path(text: "\(disk)/config_len"))
        #expect(target.tree.bytes(of: target.tree.node(length)) == [0, 0, 0, 36])
        let repair = try repaired(document, like: target)
        let step = try #require(repair.steps.first { $0.title.contains("[virtio-features]") })
        #expect(step.edits == [.set(path: features, .assign, value: "hex:0000000100000200")])
    }

    /// A destination without the modern part of a PCI device does not offer VERSION_1, and its driver can't go on: no
    /// other step clears the bit in place of the risky one.
    @Test(arguments: [RepairGrade.visible, .risky]) func aModernDriverNeedsTheModernPart(
        _ grade: RepairGrade
    ) throws {
        let disk = "0000:00:04.0/virtio-blk:0/virtio"
        let features = "\(disk)/virtio/64bit_features/guest_features"
        let source = try Sample.fixture("sample-q35-10.0").document()
        var used = try StreamDraft(source)
        _ = try used.set(features, .assign, "0x100000200")
        _ = try used.set("\(disk)/status", .assign, "0x0f")
        let document = try Document.open(region: MappedRegion(copying: try Self.bytes(used)), name: "used")
        var bytes = source.store.region.copy(0..<source.store.region.count)
        let config = try #require(source.path(text: "\(disk)/transport/config"))
        // Of the capabilities, only MSI-X is left.
        let node = source.tree.node(config)
        let own = PCIConfig(source.store.region, node.offset, node.size)
        let interrupts = try #require(own.capabilities.first { $0.id == 0x11 }?.place)
        bytes[node.offset + 0x34] = UInt8(interrupts)
        bytes[node.offset + interrupts + 1] = 0
        let target = try Document.open(region: MappedRegion(copying: bytes), name: "legacy")
        let repair = try repaired(document, like: target, grade)
        let written = repair.steps.filter { $0.title.contains("[virtio-features]") }
        #expect(written.map(\.grade) == (grade == .risky ? [.risky] : []))
        let codes = try left(repair, target).map(\.code)
        #expect(codes == (grade == .risky ? [] : [.virtioFeatures]))
    }

    /// A display that was compatible with VGA, and is not on the destination.
    @Test(arguments: [(UInt8(0), UInt8(0x80), true), (0x80, 0, false), (0, 0, false)])
    func aLossOfVGA(_ own: UInt8, _ wanted: UInt8, _ isLost: Bool) {
        func config(_ kind: UInt8) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 256)
            bytes[0x0a] = kind
            bytes[0x0b] = 0x03
            return bytes
        }
        func parsed(_ bytes: [UInt8]) -> PCIConfig { PCIConfig(MappedRegion(copying: bytes), 0, 256) }
        let merge = PCIConfigMerge(parsed(config(own)), config(own), parsed(config(wanted)))
        #expect(merge.isVGALost == isLost)
        #expect(merge.isOther == (own != wanted))
    }

    /// Links of other speeds differ in LNKCAP2 too.
    @Test func secondCapabilitiesOfLinksAreCompared() throws {
        var bytes = [UInt8](repeating: 0, count: 256)
        bytes[6] = 0x10
        bytes[0x34] = 0x40
        bytes[0x40] = 0x10
        bytes[0x42] = 0x02
        let second = PCIConfig(MappedRegion(copying: bytes), 0, 256).checkedBits()
        #expect(second[0x40 + 0x2c]?.compared == 0xff && second[0x40 + 0x24]?.compared == 0xff)
        // The speed that a port is told to have, which QEMU lets no guest write.
        #expect(second[0x40 + 0x30]?.compared == 0xff && second[0x40 + 0x30]?.written == 0)
        bytes[0x42] = 0x01
        let first = PCIConfig(MappedRegion(copying: bytes), 0, 256).checkedBits()
        #expect(first[0x40 + 0x2c] == nil)
    }

    /// A destination that masks no error can't: it is before 8.1, or its machine type is.
    @Test(arguments: [(UInt8(0), true), (0x40, false)]) func masksOfErrorsAreCompared(
        _ mask: UInt8, _ isCompared: Bool
    ) {
        var bytes = [UInt8](repeating: 0, count: 4096)
        bytes.replaceSubrange(0x100..<0x104, with: [1, 0, 2, 0])
        bytes[0x10a] = mask
        let local = PCIConfig(MappedRegion(copying: bytes), 0, 4096)
        bytes[0x10b] = 2
        let fault = local.fault(MappedRegion(copying: bytes), at: 0, size: 4096)
        #expect(fault?.index == (isCompared ? 0x10b : nil))
    }

    /// What ports can do, and serial numbers that follow MAC addresses (hw/pci/pcie.c).
    @Test func extendedCapabilitiesAreCompared() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        bytes.replaceSubrange(0x100..<0x104, with: [0x03, 0, 1, 0x14])
        bytes.replaceSubrange(0x140..<0x144, with: [0x0d, 0, 1, 0])
        bytes[0x144] = 0x5f
        let local = PCIConfig(MappedRegion(copying: bytes), 0, 4096)
        func fault(_ index: Int, _ value: UInt8) -> String? {
            var received = bytes
            received[index] = value
            return local.fault(MappedRegion(copying: received), at: 0, size: 4096)?.line
        }
        #expect(fault(0x105, 1)?.hasSuffix("i=0x105 read: 1 device: 0 cmask: ff wmask: 0 w1cmask:0") == true)
        #expect(fault(0x144, 0)?.hasSuffix("i=0x144 read: 0 device: 5f cmask: ff wmask: 0 w1cmask:0") == true)
        // What the guest switches on among them.
        #expect(fault(0x146, 0x1d) == nil)
        #expect(fault(0x146, 0x20)?.contains("wmask: 5f") == true)
        var other = bytes
        other[0x105] = 9
        other[0x146] = 0x1d
        let merged = PCIConfigMerge(PCIConfig(MappedRegion(copying: other), 0, 4096), other, local).bytes
        #expect(merged[0x105] == 0 && merged[0x146] == 0x1d)
    }

    /// What is behind a PCI Express port has 4096 bytes, and 256 elsewhere.
    @Test func aConfigurationOfAnotherSize() {
        func config(_ size: Int, _ id: UInt8) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: size)
            bytes[2] = id
            bytes[4] = id
            return bytes
        }
        for (here, there) in [(4096, 256), (256, 4096)] {
            let (own, wanted) = (config(here, 0x41), config(there, 0))
            let merged = PCIConfigMerge(
                PCIConfig(MappedRegion(copying: own), 0, here), own,
                PCIConfig(MappedRegion(copying: wanted), 0, there)
            ).bytes
            #expect(merged.count == there)
            // The device is the target's, what the guest wrote stays.
            #expect(merged[2] == 0 && merged[4] == 0x41)
        }
    }

    /// Before its first instruction the guest has found nothing, not even its processor; memory is another matter.
    @Test(arguments: ["prelaunch", "paused"]) func aGuestThatHasNotBegun(_ state: String) throws {
        func stream(_ devices: [SmallDevice]) throws -> Document {
            let body = StreamWriter.be(UInt32(state.utf8.count)) + Array(state.utf8)
            let global = SmallDevice(
                "globalstate", body + [UInt8](repeating: 0, count: 104 - body.count),
                fields: #"{"name": "size", "type": "uint32", "size": 4}, "#
                    + #"{"name": "runstate", "type": "buffer", "size": 100}"#)
            return try SmallStream(devices + [global]).document()
        }
        let (source, target) = (try stream([.plain("first"), .plain("apic")]), try stream([.plain("first")]))
        let repair = try repaired(source, like: target)
        #expect(repair.steps.map(\.grade) == (state == "prelaunch" ? [.visible] : []))
        #expect(repair.unmended.isEmpty == (state == "prelaunch"))
    }

    /// Memory that is lost is no value that a target's takes the place of.
    @Test func lessMemory() throws {
        func machine(_ size: UInt64) throws -> Document {
            var stream = StreamWriter(footers: true)
            stream.configuration()
            stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", size)]))
            let last = StreamWriter.page(size - 0x1000, fill: 7, block: "pc.ram")
            stream.end(2, last + StreamWriter.endOfRAM)
            stream.full(3, Array("first".utf8), [1, 2, 3, 4])
            stream.endOfFile()
            stream.description(
                "{\"page_size\": 4096, \"devices\": [\(SmallDevice.plain("first").json)]}")
            return try Document.of(stream.bytes)
        }
        let repair = try repaired(machine(0x40000), like: machine(0x20000))
        #expect(repair.steps.isEmpty)
        #expect(
            repair.unmended.first?.reason.hasPrefix("risky: 131072 bytes after its new end are lost") == true)
    }

    /// A destination's stream without a description is read by the stream's own where that fits.
    @Test func aTargetWithoutADescriptionIsCompared() throws {
        let target = try Sample.fixture("no-vmdesc-10.0").document()
        let good = Check(try Sample.fixture("no-vmdesc-twin-10.0").document(), like: target).findings()
        #expect(good.filter(Repair.isBad).map(\.code) == [])
        var bytes = try Sample.fixture("no-vmdesc-twin-10.0").bytes()
        let whole = try Sample.fixture("no-vmdesc-twin-10.0").document()
        let place = try #require(whole.range(ofPath: "0000:00:00.0/mch:0/parent_obj/config[0]"))
        bytes[place.lowerBound] = 0x12
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "other")
        let found = Check(document, like: target).findings().filter { $0.severity == .error }
        #expect(found.map(\.code) == [.pciConfig])
        // Sections of another size are another machine's: nothing is called mended there.
        let other = try edited("no-vmdesc-twin-10.0", [.version("hpet:0", 9)])
        let left = Check(other, like: target).findings().filter(Repair.isBad)
        #expect(left.contains { $0.code == .descriptionTarget })
    }

    /// That a processor is halted does not say that nobody uses it: an idle one of a running guest is, too.
    @Test(arguments: [
        ("sample-q35-10.0", ["cpu:1/env.cr[0]": "0x80050033"], ["cpu:1/env.cr[0]": "0x11"]),
        ("aarch64-virt-10.0", ["cpu:1/power_state": "0x00"], ["cpu:1/power_state": "0x01"]),
        ("riscv64-virt-10.0", ["cpu:1/env.priv": "1"], ["cpu:1/env.priv": "3"]),
    ])
    func anIdleProcessorIsInUse(_ name: String, _ used: [String: String], _ idle: [String: String]) throws {
        func use(_ values: [String: String]) throws -> SectionUse {
            var draft = try StreamDraft(try Sample.fixture(name).document())
            for (path, value) in values { _ = try draft.set(path, .assign, value) }
            _ = try draft.set("cpu_common:1/halted", .assign, "1")
            return SectionUse(try draft.section(named: "cpu:1"), draft.document)
        }
        #expect(try use(used).isInUse)
        #expect(try use(idle).isInUse == false)
    }

    /// The counter of an HPET that is on is the guest's clock.
    @Test(arguments: [("0", RepairGrade.visible), ("1", .risky)])
    func aClockInUse(_ config: String, _ grade: RepairGrade) throws {
        var draft = try StreamDraft(try Sample.fixture("sample-q35-10.0").document())
        _ = try draft.set("hpet:0/config", .assign, config)
        #expect(SectionUse(try draft.section(named: "hpet"), draft.document).lossGrade == grade)
    }

    /// A controller of SCSI disks without one holds no data.
    @Test func aControllerWithoutDisksIsNoDisk() throws {
        var draft = try StreamDraft(try Sample.fixture("pc-7.2").document())
        let name = "0000:00:04.0/lsiscsi"
        func use() throws -> SectionUse { SectionUse(try draft.section(named: name), draft.document) }
        // A BIOS only starts a system from it.
        #expect(try use().isCritical == false)
        #expect(try use().lossGrade == .visible)
        _ = try draft.set("cpu:0/env.cr[0]", .assign, "0x80000011")
        #expect(try use().isCritical)
        _ = try draft.dropSection("0000:00:04.0/0:0:0/scsi-disk")
        #expect(SectionUse(try draft.section(named: name), draft.document).isCritical == false)
    }

    /// A driver goes by the model that it has found, a BIOS is done with it; the way byte by byte is not another one.
    @Test(arguments: [false, true]) func anotherModelOfADevice(_ isSystem: Bool) throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let path = "0000:00:03.0/e1000:0/parent_obj/config[0]"
        let node = target.tree.node(try #require(target.path(text: path)))
        var config = target.tree.bytes(of: node)
        config[2] = 0x0f
        config[4] = 6
        var edits: [StreamEdit] = [
            .set(path: path, .assign, value: "hex:" + Hex.dump(config, separator: ""))
        ]
        if isSystem { edits.append(.set(path: "cpu:0/env.cr[0]", .assign, value: "0x80000011")) }
        let repair = try repaired(edited("sample-q35-10.0", edits), like: target)
        #expect(repair.steps.map(\.grade) == (isSystem ? [] : [.visible]))
        #expect(repair.unmended.contains { $0.reason.contains("a different model") } == isSystem)
    }

    /// The board is the same, under the name that it has since 10.2.
    @Test func aBoardOfAnotherName() throws {
        let board = try edited("sample-q35-10.0", [.renameMachine("xlnx-versal-virt")])
        let target = try edited("sample-q35-10.0", [.renameMachine("amd-versal-virt")])
        let repair = try repaired(board, like: target)
        #expect(repair.steps.map(\.grade) == [.visible])
        #expect(repair.unmended == [])
    }

    /// hw/sd/sd.c: QEMU stops itself at any state of a card on SPI, so there must be none.
    @Test(arguments: [UInt8(0), 3]) func aCardOnSPI(_ state: UInt8) throws {
        let card = SmallDevice(
            "sd-card", [0, 0, 0, state], fields: #"{"name": "state", "type": "int32", "size": 4}"#)
        let document = try SmallStream([.plain("ssi_sd"), card]).document()
        let repair = try repaired(document, like: document)
        #expect(repair.steps.map(\.grade) == (state == 0 ? [.visible] : []))
        #expect(repair.findings().filter(Repair.isBad).isEmpty == (state == 0))
    }

    /// The destination reads more of the last device than there is, and stops behind it.
    @Test func moreOfTheLastDevice() throws {
        func stream(_ vectors: Int) throws -> Document {
            let word = #"{"name": "word", "type": "uint32", "size": 4}"#
            let state = #"{"name": "msix", "type": "msix state", "size": \#(vectors)}"#
            let body: [UInt8] = [0, 0, 0, 1] + [UInt8](repeating: 0, count: vectors)
            let device = SmallDevice("0000:00:01.0/xhci", body, fields: "\(word), \(state)")
            return try SmallStream([.plain("first"), device]).document()
        }
        let target = try stream(64)
        let repair = try repaired(stream(0), like: target)
        #expect(repair.unmended == [])
        #expect(try left(repair, target).map(\.code) == [])
    }

    /// Without a stream of the target.
    @Test func aVersionAloneTellsItsMachineTypes() throws {
        let document = try edited("sample-q35-10.0", [.renameMachine("pc-q35-11.1")])
        func run(_ loader: QEMUVersion?, _ machine: String?) throws -> Repair {
            var repair = Repair(
                try StreamDraft(document), like: nil, path: "", against: nil, loader: loader,
                machine: machine,
                allowing: .visible)
            repair.run()
            return repair
        }
        let older = try run(QEMUVersion(10, 0), nil)
        #expect(older.draft.document.overview.machine == "pc-q35-10.0")
        #expect(older.steps.map(\.grade) == [.visible] && older.unmended.isEmpty)
        #expect(try run(QEMUVersion(11, 1), nil).steps.isEmpty)
        #expect(try run(nil, nil).steps.isEmpty)
        let told = try run(nil, "pc-q35-8.2")
        #expect(told.draft.document.overview.machine == "pc-q35-8.2")
        // Another board is not; what 8.2 does not read is left out.
        let other = try run(nil, "pc-i440fx-8.2")
        #expect(other.draft.document.overview.machine == "pc-q35-11.1")
        #expect(other.steps.map(\.grade) == [.safe])
    }

    // MARK: Damaged frames, descriptions and ends

    private func document(_ bytes: [UInt8]) throws -> Document {
        try Document.open(region: MappedRegion(copying: bytes), name: "damaged")
    }

    /// Which section of the sample, and what becomes of its footer.
    @Test(arguments: [3, 7, 11], [0x00, 0x7e])
    func aFooterIsWrittenAnew(_ number: Int, _ magic: UInt8) throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let section = try #require(
            target.store.checkedSections().filter { $0.record.kind == .full }.dropFirst(number).first)
        let whole = target.store.region.copy(0..<target.store.region.count)
        var bytes = whole
        bytes[section.bodyEnd] = magic
        bytes[section.bodyEnd + 4] ^= 0x55
        let damaged = try document(bytes)
        #expect(Check(damaged, like: target).findings().contains(where: Repair.isBad))
        let repair = try repaired(damaged, like: target)
        #expect(repair.steps.map(\.grade) == [.safe])
        #expect(repair.unmended.map(\.title) == [])
        #expect(try Self.bytes(repair.draft) == whole)
    }

    @Test func aDamagedDescriptionIsMended() throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let own = try #require(target.store.description).text
        let whole = target.store.region.copy(0..<target.store.region.count)
        for damage in ["{", "\"", "\u{1}"] {
            var bytes = whole
            let middle = own.lowerBound + own.count / 2
            bytes.replaceSubrange(middle..<middle + 8, with: Array(String(repeating: damage, count: 8).utf8))
            let damaged = try document(bytes)
            let isBad = Check(damaged, like: target).findings().contains(where: Repair.isBad)
            let repair = try repaired(damaged, like: target)
            #expect(repair.steps.allSatisfy { $0.grade == .safe })
            #expect(try left(repair, target).map(\.code) == [])
            // QEMU passes a description without a look: what can be read in spite of the damage stays.
            let written = try Self.bytes(repair.draft)
            guard isBad else {
                #expect(written == bytes)
                continue
            }
            #expect(written.starts(with: whole[..<(own.lowerBound - 5)]))
            #expect(try described(written) == described(whole))
        }
    }

    // The devices of the description, with the sizes of their fields.
    private func described(_ stream: [UInt8]) throws -> [String]? {
        let store = try document(stream).store
        return store.description?.devices.map {
            "\(store.table.names.text($0.name)) #\($0.instance) \(store.table[$0.layout].size)"
        }
    }

    /// Where the stream ends, in bytes from the end mark; what is written has the end mark and no part of a description.
    @Test(arguments: [1, 3, 6, 1000])
    func anEndBehindWholeDevicesIsMended(_ rest: Int) throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let mark = try #require(target.store.firstEndMark)
        let whole = target.store.region.copy(0..<target.store.region.count)
        let repair = try repaired(try document(Array(whole[..<(mark + rest)])), like: target)
        #expect(repair.steps.allSatisfy { $0.grade == .safe })
        #expect(!repair.isHeldBack && repair.unmended.isEmpty)
        // Of a description that breaks off, enough may be there to complete it.
        let written = try Self.bytes(repair.draft)
        #expect(written.starts(with: whole[...mark]))
        if rest > 6 {
            #expect(try described(written) == described(whole))
        } else {
            #expect(written.count == mark + 1)
        }
        #expect(try left(repair, target).map(\.code) == [])
    }

    @Test func anEndMarkThatIsMissingIsWritten() throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let mark = try #require(target.store.firstEndMark)
        let whole = target.store.region.copy(0..<target.store.region.count)
        let repair = try repaired(try document(Array(whole[..<mark])), like: target)
        #expect(repair.steps.map(\.grade) == [.safe])
        #expect(try Self.bytes(repair.draft) == Array(whole[...mark]))
        #expect(try left(repair, target).map(\.code) == [])
    }

    private struct Cut {
        let target: Document
        let whole: [UInt8]
        let mark: Int

        init() throws {
            target = try Sample.fixture("sample-q35-10.0").document()
            whole = target.store.region.copy(0..<target.store.region.count)
            mark = try #require(target.store.firstEndMark)
        }
    }

    /// Bytes of the last footer that are lost.
    @Test(arguments: [1, 2, 4]) func aFooterThatBreaksOffIsCompleted(_ lost: Int) throws {
        let cut = try Cut()
        let repair = try repaired(
            try document(Array(cut.whole[..<(cut.mark - lost)])), like: cut.target)
        #expect(repair.steps.map(\.grade) == [.safe, .safe])
        #expect(!repair.isHeldBack && repair.unmended.isEmpty)
        #expect(try Self.bytes(repair.draft) == Array(cut.whole[...cut.mark]))
        #expect(try left(repair, cut.target).map(\.code) == [])
    }

    /// Devices are lost where the stream ends between two of them, too. Bytes of the third last that are there.
    @Test(arguments: [0, 1, 20]) func devicesThatAreLostAreHeldBack(_ rest: Int) throws {
        let cut = try Cut()
        let devices = cut.target.store.checkedSections().filter { $0.record.kind == .full }
        let end = try #require(devices.dropLast(2).last).record.offset + rest
        let broken = try document(Array(cut.whole[..<end]))
        let repair = try repaired(broken, like: cut.target)
        #expect(repair.isHeldBack)
        #expect(repair.steps.contains { $0.grade == .risky })
        let names = devices.suffix(3).map(\.name)
        #expect(names.allSatisfy { name in repair.unmended.contains { $0.reason.contains(name) } })
        #expect(try repaired(broken, like: cut.target, .risky).isHeldBack == false)
    }

    /// The last section only says whether the guest was paused.
    @Test(arguments: [5, 40]) func aRunStateThatIsLostIsVisible(_ lost: Int) throws {
        let cut = try Cut()
        try #require(
            cut.target.store.checkedSections().last { $0.record.kind == .full }?.name == "globalstate")
        let repair = try repaired(
            try document(Array(cut.whole[..<(cut.mark - lost)])), like: cut.target)
        #expect(repair.steps.map(\.grade) == [.visible, .safe])
        #expect(!repair.isHeldBack && repair.unmended.isEmpty)
        #expect(try left(repair, cut.target).map(\.code) == [])
    }

    // MARK: Streams without the guest's memory

    /// hw/s390x/s390-skeys.c: without keys, the section has only the flag that ends it. hw/s390x/tod.c: without the
    /// flag, the loader reads no clock.
    @Test func theFlagsOfOldSectionsStay() {
        func reason(_ device: String) -> PrivateFields.Reason? {
            PrivateFields.reason(device: device, field: "data", type: "buffer", size: 8, isLeaf: true)
        }
        #expect(reason("s390-skeys") == nil)
        #expect(reason("todclock") == nil)
        #expect(reason("slirp") == .data)
    }

    @Test(arguments: ["sample-q35-10.0", "pc-7.2", "aarch64-virt-7.2", "xbzrle-10.0", "dirty-bitmaps-10.0"])
    func noByteOfGuestMemoryIsShared(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        var share = Share(try StreamDraft(document), Share.Options())
        try share.run()
        let bytes = try Self.bytes(share.draft)
        let written = MappedRegion(copying: bytes)
        try share.draft.verify(written)
        let windows = Self.windows(bytes)
        // Rows of 16 bytes of guest pages that are not of one value.
        let index = document.ramIndex()
        let reader = PageReader(region: document.store.region, index: index)
        var found = 0
        for block in index.blocks.indices {
            for page in 0..<index.pageCount(block: block) {
                guard case .bytes(let content) = reader.content(block: block, page: page) else { continue }
                for start in stride(from: 0, to: content.count - 15, by: 256) {
                    let row = Array(content[start..<start + 16])
                    if Set(row).count > 6, windows.contains(row) { found += 1 }
                }
            }
        }
        #expect(found == 0)
        let shared = try Document.open(region: written, name: "shared")
        #expect(shared.findings.filter { $0.severity == .error }.isEmpty)
    }

    /// The loader of the APIC's acceleration reads the size of its option ROM from guest memory: without it a stream is
    /// refused (QEMU 10.0 and 11.1), and what is shared keeps that byte.
    @Test func theSizeOfAnOptionROMStays() throws {
        let rom = 0xc9000
        var bytes = try Sample.fixture("sample-q35-10.0").bytes()
        let state = try #require(
            StateField.sections(
                named: GuestWords.romSection, in: Sample.fixture("sample-q35-10.0").document().store
            ).first?.field)
        let field = try #require(state["rom_state_paddr"])
        func put(_ value: Int, _ size: Int, at offset: Int) {
            for index in 0..<size {
                bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - index)))
            }
        }
        put(rom + 0x20, 4, at: field.offset)
        let without = try document(bytes)
        let finding = try #require(Check(without).findings().first { $0.severity == .error })
        #expect(finding.offset == field.offset)
        #expect(
            finding.qemu
                == "error while loading state for instance 0x0 of device 'kvm-tpr-opt'\n"
                + "load of migration failed: Operation not permitted")
        // A page of the last pass comes to where the ROM is: RAM_SAVE_FLAG_PAGE, RAM_SAVE_FLAG_CONTINUE.
        let header = (0..<8).map { UInt8(truncatingIfNeeded: (0x2f000 | 0x28) >> (8 * (7 - $0))) }
        let place = try #require(
            bytes.indices.dropLast(8).last { bytes[$0..<$0 + 8].elementsEqual(header) })
        put(rom | 0x28, 8, at: place)
        bytes[place + 8 + 2] = 4
        let whole = try document(bytes)
        #expect(Check(whole).findings().filter { $0.severity == .error }.isEmpty)
        var share = Share(try StreamDraft(whole), Share.Options())
        try share.run()
        #expect(share.keptBytes % 2 == 1)
        let shared = try document(try Self.bytes(share.draft))
        #expect(Check(shared).findings().filter { $0.severity == .error }.isEmpty)
        let page = PageReader(region: shared.store.region, index: shared.ramIndex())
            .content(block: 0, page: rom / 4096)
        guard case .bytes(let content) = page else {
            Issue.record("no page")
            return
        }
        #expect(content.enumerated().allSatisfy { $1 == ($0 == 2 ? 4 : 0) })
    }

    private static func windows(_ bytes: [UInt8]) -> Set<[UInt8]> {
        var result: Set<[UInt8]> = []
        for start in 0..<max(bytes.count - 15, 0) {
            let row = Array(bytes[start..<start + 16])
            if Set(row).count > 6 { result.insert(row) }
        }
        return result
    }

    // MARK: Conversions

    @Test(arguments: [
        "xbzrle-10.0", "compress-7.2", "mapped-ram-10.0", "postcopy-switched-10.0", "postcopy-switched-7.2",
    ])
    func plainStreamsHoldTheSamePages(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        let conversion = Conversion(document, as: .plain)
        #expect(conversion.isRewritten)
        var sink = EditTests.Bytes()
        try conversion.write(to: &sink)
        let written = MappedRegion(copying: sink.bytes)
        try conversion.verify(written)
        let plain = try Document.open(region: written, name: "plain")
        try Self.comparePages(document, plain)
        #expect(plain.findings.filter { $0.severity == .error }.isEmpty)
        #expect(Check(plain).findings().filter { $0.severity == .error }.map(\.code) == [])
    }

    /// A source that could have switched to postcopy and did not, and that talks with its destination.
    @Test func whatIsSaidToADestinationIsLeftOut() throws {
        let bytes = try Sample.fixture("no-vmdesc-twin-10.0").bytes()
        let whole = try Document.open(region: MappedRegion(copying: bytes), name: "whole")
        #expect(!Conversion(whole, as: .plain).isRewritten)
        let start = try #require(whole.store.ramStart).offset
        let sizes: [UInt8] = [0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x10, 0]
        let ping: [UInt8] = [0, 0, 0, 1]
        let commands: [(kind: CommandKind, data: [UInt8])] = [
            (.openReturnPath, []), (.ping, ping), (.postcopyAdvise, sizes),
        ]
        for (kind, data) in commands {
            var command: [UInt8] = [SectionType.command.rawValue, 0, UInt8(kind.rawValue), 0]
            command.append(UInt8(data.count))
            command.append(contentsOf: data)
            var spoken = bytes
            spoken.insert(contentsOf: command, at: start)
            let document = try Document.open(region: MappedRegion(copying: spoken), name: "spoken")
            document.readMissing()
            let conversion = Conversion(document, as: .plain)
            #expect(conversion.isRewritten)
            var sink = EditTests.Bytes()
            try conversion.write(to: &sink)
            let plain = try Document.open(region: MappedRegion(copying: sink.bytes), name: "plain")
            plain.readMissing()
            #expect(plain.store.records.allSatisfy { $0.command != kind })
            try Self.comparePages(whole, plain)
        }
    }

    /// Memory that the destination shared, from the file of its block: then no capability is left.
    @Test(arguments: [true, false]) func sharedMemoryIsTakenFromItsFile(_ hasFile: Bool) throws {
        let scratch = try Scratch()
        let pages = (0..<8 << 20).map { UInt8(truncatingIfNeeded: ($0 >> 12) &* 7) }
        var options = OpenOptions()
        if hasFile { options.ramFiles = [("ram", try scratch.file("ram", pages))] }
        let path = try scratch.file("shared.mig", try Sample.fixture("capabilities-10.0").bytes())
        let document = try Document.open(path: path, options: options)
        let conversion = Conversion(document, as: .plain)
        #expect(conversion.isRewritten == hasFile)
        var sink = EditTests.Bytes()
        try conversion.write(to: &sink)
        try conversion.verify(MappedRegion(copying: sink.bytes))
        let plain = try Document.open(region: MappedRegion(copying: sink.bytes), name: "plain")
        let names = plain.store.state.capabilities.map { plain.store.table.names.text($0) }
        #expect(names.contains("x-ignore-shared") == !hasFile)
        try Self.comparePages(document, plain)
        #expect(plain.findings.filter { $0.severity == .error }.isEmpty)
    }

    /// From a plain stream and a mapped-ram file to a target with the capability and without: in one step, with the
    /// edits, and with the pages of the source.
    @Test(arguments: [false, true], [false, true])
    func mappedFilesAreRepairedInOneStep(_ isMapped: Bool, _ hasCapability: Bool) throws {
        func form(_ document: Document, _ isMapped: Bool) throws -> Document {
            var sink = EditTests.Bytes()
            try Conversion(document, as: isMapped ? .mappedRAM : .plain).write(to: &sink)
            return try Document.open(region: MappedRegion(copying: sink.bytes), name: "form")
        }
        let good = try Sample.fixture("sample-q35-10.0").document()
        let target = try form(good, hasCapability)
        let source = try form(
            edited(
                "sample-q35-10.0",
                [.renameMachine("pc-q35-9.0"), .renameBlock("pc.ram", to: "memory"), .version("timer:0", 9)]),
            isMapped)
        var repair = Repair(
            try StreamDraft(
                source, as: hasCapability ? .mappedRAM : .plain, rebuilds: true, mendsEnd: true, like: target),
            like: StreamDraft.comparable(target), path: "target", against: nil, allowing: .visible)
        repair.run()
        #expect(repair.unmended.map(\.title) == [])
        let written = MappedRegion(copying: try Self.bytes(repair.draft))
        try repair.draft.verify(written)
        let document = try Document.open(region: written, name: "out")
        #expect(document.isMappedRAM == hasCapability)
        #expect(Check(document, like: target).findings().filter(Repair.isBad).map(\.code) == [])
        try Self.comparePages(good, document)
        // Offsets of changes are those of what was written.
        let version = repair.steps.flatMap(\.changes).first { $0.path.hasPrefix("timer:0") }
        let place = try #require(version).offset
        let around = document.tree.pathText(document.tree.knownPath(atOffset: place))
        #expect(around.hasPrefix("timer:0"))
    }

    /// State of processors that may be plugged, which the target has not written: it would read as many as it can have.
    @Test(arguments: [1, 2, 3]) func pluggableProcessors(_ count: Int) throws {
        let sample = Sample.fixture("sample-q35-10.0")
        let target = try sample.document()
        let name = "ich9_pm/cpuhp"
        let state = [UInt8](repeating: 0, count: 5 + 10 * count)
        let added = StreamWriter.subsection(name, state)
        let place = try #require(
            target.range(ofPath: "0000:00:1f.0/ICH9LPC:0/pm/ich9_pm/memhp")
        ).lowerBound
        let own = try #require(target.store.description).text
        var bytes = try sample.bytes()
        var text = String(decoding: bytes[own], as: UTF8.self)
        let device = #"{"name": "x", "type": "buffer", "size": 10}"#
        let described =
            #"{"vmsd_name": "\#(name)", "version": 1, "fields": [{"name": "cpuhp_state", "type": "struct", "struct": "#
            + #"{"vmsd_name": "CPU hotplug state", "version": 1, "fields": ["#
            + #"{"name": "selector", "type": "uint32", "size": 4}, {"name": "command", "type": "uint8", "size": 1}, "#
            + #"{"name": "devs", "array_len": \#(count), "type": "struct", "struct": "#
            + #"{"vmsd_name": "CPU hotplug device state", "version": 1, "fields": [\#(device)]}, "size": 10}]}, "#
            + #""size": \#(state.count)}]}, "#
        let memory = #"{"vmsd_name": "ich9_pm/memhp""#
        let found = try #require(text.firstRange(of: memory))
        text.replaceSubrange(found, with: described + memory)
        let size = try #require(text.firstRange(of: #""size": 2212"#))
        text.replaceSubrange(size, with: #""size": \#(2212 + added.count)"#)
        bytes.replaceSubrange(
            own.lowerBound - 4..<own.upperBound,
            with: FrameBytes.bigEndian(UInt32(text.utf8.count)) + Array(text.utf8))
        bytes.insert(contentsOf: added, at: place)
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "hotplug")
        #expect(document.findings.filter { $0.severity == .error }.map(\.message) == [])
        // The target can have two.
        let codes = Check(document, like: target).findings().filter(Repair.isBad).map(\.code)
        #expect(codes == (count == 2 ? [] : [.footerMissing]))
        let repair = try repaired(document, like: target)
        #expect(repair.steps.map(\.grade) == (count == 2 ? [] : [.visible]))
        #expect(try left(repair, target).map(\.code) == [])
        if count != 2 { #expect(try Self.bytes(repair.draft) == sample.bytes()) }
    }

    /// A field of registers in a subsection that the target does not have, of a processor that runs.
    private static let registers: [(name: String, bytes: [UInt8], grade: RepairGrade)] = [
        ("cpu/later", [0, 0, 0, 0, 0, 0, 0, 0], .visible), ("cpu/later", [0, 0, 0, 0, 0, 0, 0, 9], .risky),
        // A counter.
        ("cpu/msr_smi_count", [0, 0, 0, 0, 0, 0, 0, 9], .visible),
    ]

    @Test(arguments: registers) func registersInUseAreNoSmallLoss(
        _ sample: (name: String, bytes: [UInt8], grade: RepairGrade)
    ) throws {
        func stream(_ hasSubsection: Bool, _ type: String = "uint64") throws -> Document {
            let fields = #"{"name": "env.reg", "type": "\#(type)", "size": 8}"#
            let subsection =
                #", "subsections": [{"vmsd_name": "\#(sample.name)", "version": 1, "fields": [\#(fields)]}]"#
            let state = #"{"name": "env.pc", "type": "uint64", "size": 8}"#
            let own = [UInt8](repeating: 1, count: 8)
            let body = hasSubsection ? own + StreamWriter.subsection(sample.name, sample.bytes) : own
            var stream = StreamWriter()
            stream.full(1, "cpu".utf8, body)
            stream.endOfFile()
            stream.description(
                #"{"page_size": 4096, "devices": [{"name": "cpu", "instance_id": 0, "vmsd_name": "cpu", "version": 1, "fields": [\#(state)]\#(hasSubsection ? subsection : "")}]}"#
            )
            return try Document.open(region: MappedRegion(copying: stream.bytes), name: "registers")
        }
        let document = try stream(true)
        #expect(document.findings.filter { $0.severity == .error }.map(\.message) == [])
        let section = try #require(document.store.checkedSections().first)
        let node = document.tree.node(
            try #require(document.path(text: "cpu:0/\(PathText.escaped(sample.name))")))
        let loss = SubsectionLoss(node, of: section, SectionUse(section, document), document)
        #expect(loss.grade == sample.grade)
        #expect((loss.reason?.contains("env.reg") ?? false) == (sample.grade == .risky))
        // A timer that is armed, and one that is not.
        let timers = try stream(true, "timer")
        let timer = timers.tree.node(
            try #require(timers.path(text: "cpu:0/\(PathText.escaped(sample.name))")))
        let timerLoss = SubsectionLoss(timer, of: section, SectionUse(section, timers), timers)
        #expect(timerLoss.grade == sample.grade)
    }

    /// A mapped-ram file has its devices behind the pages: cut among them, it is mended like a plain stream; cut among
    /// the pages, nothing is left.
    @Test(arguments: [0, 2, 20]) func aMappedFileThatBreaksOff(_ lost: Int) throws {
        let good = try Sample.fixture("sample-q35-10.0").document()
        var sink = EditTests.Bytes()
        try Conversion(good, as: .mappedRAM).write(to: &sink)
        let whole = try Document.open(region: MappedRegion(copying: sink.bytes), name: "mapped")
        let mark = try #require(whole.store.firstEndMark)
        let cut = try document(Array(sink.bytes[..<(mark - lost)]))
        let target = StreamDraft.comparable(whole)
        var repair = Repair(
            try StreamDraft(cut, rebuilds: true, mendsEnd: true, like: target), like: target, path: "target",
            against: nil, allowing: .visible)
        repair.run()
        #expect(repair.unmended.map(\.title) == [])
        #expect(repair.steps.contains { $0.grade == .visible } == (lost > 5))
        let written = MappedRegion(copying: try Self.bytes(repair.draft))
        try repair.draft.verify(written)
        let out = try Document.open(region: written, name: "out")
        #expect(out.isMappedRAM)
        try Self.comparePages(good, out)
        if lost <= 5 { #expect(written.copy(0..<written.count) == Array(sink.bytes[...mark])) }
        let pages = try document(Array(sink.bytes[..<(sink.bytes.count / 2)]))
        #expect(throws: EditError.self) {
            try StreamDraft(pages, rebuilds: true, mendsEnd: true, like: target)
        }
    }

    /// A machine type that was asked for, but not given, since the board differs: not repaired.
    @Test(arguments: [RepairGrade.visible, .risky]) func anotherBoard(_ grade: RepairGrade) throws {
        var repair = Repair(
            try StreamDraft(Sample.fixture("sample-q35-10.0").document()), like: nil, path: "target",
            against: nil, machine: "pc-i440fx-10.0", allowing: grade)
        repair.run()
        #expect(repair.isHeldBack == (grade == .visible))
        var sink = Collector()
        RepairExport(repair, left: [], isWritten: true).write(to: &sink)
        #expect(sink.text.hasSuffix(grade == .visible ? "0 steps, not clean\n" : "1 step, clean\n"))
    }

    /// Memory that one side shares and the other does not.
    @Test(arguments: [(true, false), (false, true), (true, true)])
    func memoryThatOneSideShares(_ isOwn: Bool, _ isTarget: Bool) throws {
        let shared = try Sample.fixture("capabilities-10.0").document()
        let names = SharedBlocks.names(shared)
        let whole = try sending(names, shared)
        #expect(!names.isEmpty && SharedBlocks.names(whole).isEmpty)
        let (own, target) = (isOwn ? shared : whole, isTarget ? shared : whole)
        let repair = try repaired(own, like: target)
        #expect(repair.isHeldBack == (isOwn != isTarget))
        #expect(repair.unmended.isEmpty == (isOwn == isTarget))
        let codes = Check(own, like: target).findings().filter { $0.severity == .error }.map(\.code)
        #expect(codes == (!isOwn && isTarget ? [.ramBlockUnknown] : []))
    }

    // The stream with zero pages for blocks that it leaves out.
    private func sending(_ names: Set<String>, _ document: Document) throws -> Document {
        var bytes = document.store.region.copy(0..<document.store.region.count)
        document.openLivePart()
        let end = try #require(document.store.ramRecords().last)
        var records: [UInt8] = []
        for block in document.store.state.blocks {
            let name = Array(document.store.table.names.bytes(block.name))
            guard names.contains(String(decoding: name, as: UTF8.self)) else { continue }
            for page in 0..<block.usedLength / 4096 {
                records += FrameBytes.bigEndian(
                    UInt64(page * 4096) | RAMFlag.zero | (page == 0 ? 0 : RAMFlag.cont))
                if page == 0 { records += [UInt8(name.count)] + name }
                records.append(0)
            }
        }
        bytes.insert(contentsOf: records, at: end.offset + 5)
        return try Document.open(region: MappedRegion(copying: bytes), name: "whole")
    }

    /// What is left of a description that breaks off says more than the target's.
    @Test(arguments: [7, 4000]) func aDescriptionThatBreaksOffIsCompleted(_ lost: Int) throws {
        let target = try Sample.fixture("sample-q35-10.0").document()
        let whole = target.store.region.copy(0..<target.store.region.count)
        let repair = try repaired(try document(Array(whole.dropLast(lost))), like: target)
        #expect(repair.steps.map(\.title) == ["the damaged description is completed"])
        #expect(try left(repair, target).map(\.code) == [])
        let mark = try #require(target.store.firstEndMark)
        #expect(try Self.bytes(repair.draft).prefix(mark + 1) == whole.prefix(mark + 1))
    }

    /// Boards with a number in their name are not versions of one.
    @Test(arguments: [
        ("SS-5", "SS-10", RepairGrade.risky), ("pc-q35-rhel10.0.0", "pc-q35-10.0", .visible),
        ("pc-q35-10.0+pve1", "pc-q35-10.0", .visible), ("mps2-an385", "mps2-an386", .risky),
    ])
    func aNumberIsNoVersion(_ own: String, _ other: String, _ grade: RepairGrade) throws {
        let repair = try repaired(
            edited("sample-q35-10.0", [.renameMachine(own)]),
            like: edited("sample-q35-10.0", [.renameMachine(other)]), .risky)
        #expect(repair.steps.map(\.grade) == [grade])
    }

    /// What a target without capabilities refuses becomes plain; what this one takes stays.
    @Test(arguments: ["postcopy-switched-10.0", "postcopy-10.0", "compress-7.2", "xbzrle-10.0"])
    func onlyRefusedStreamsAreMadePlain(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        document.readMissing()
        let draft = try StreamDraft(document, rebuilds: true)
        #expect(draft.isRebuilt == (name != "xbzrle-10.0"))
        if name == "postcopy-10.0" {
            #expect(try !StreamDraft(document, rebuilds: true, like: document).isRebuilt)
        }
        let written = MappedRegion(copying: try Self.bytes(draft))
        try draft.verify(written)
        try Self.comparePages(document, try Document.open(region: written, name: "out"))
    }

    /// A step that is refused as risky is the whole answer to its finding.
    @Test func riskyStepsAreSaidOnce() throws {
        let target = try edited("sample-q35-10.0", [.resizeBlock("pc.ram", to: 0x2000)])
        let repair = try repaired(try Sample.fixture("sample-q35-10.0").document(), like: target)
        #expect(repair.unmended.count == 1)
        #expect(repair.unmended.allSatisfy { $0.reason.hasPrefix("risky:") })
    }

    /// Blocks of acpi-erst have the name of any backend, and their own beginning.
    @Test func recordsOfErrorsAreNoMemory() throws {
        func stream(_ hasStorage: Bool) throws -> Document {
            var stream = StreamWriter(footers: true)
            stream.configuration()
            let blocks: [(String, UInt64)] = [("pc.ram", 0x2000)] + (hasStorage ? [("er", 0x1000)] : [])
            stream.start(2, "ram", version: 4, StreamWriter.ramBlocks(blocks))
            var pages = StreamWriter.page(0, fill: 0xaa, block: "pc.ram") + StreamWriter.page(0x1000)
            if hasStorage {
                var page = StreamWriter.page(0, fill: 0x11, block: "er")
                page.replaceSubrange(page.count - 4096..<page.count - 4088, with: "ERSTSTOR".utf8)
                pages += page
            }
            stream.part(2, pages + StreamWriter.endOfRAM)
            stream.end(2, StreamWriter.endOfRAM)
            let device = SmallDevice.plain("first")
            stream.full(10, device.name, instance: 0, version: 1, device.body)
            stream.endOfFile()
            stream.description("{\"page_size\": 4096, \"devices\": [\(device.json)]}")
            return try Document.open(region: MappedRegion(copying: stream.bytes), name: "erst")
        }
        let repair = try repaired(stream(true), like: stream(false))
        #expect(repair.steps.map(\.grade) == [.visible])
        #expect(repair.unmended.map(\.title) == [])
    }

    @Test func mappedFilesHoldTheSamePages() throws {
        let document = try Sample.fixture("no-vmdesc-twin-10.0").document()
        let conversion = Conversion(document, as: .mappedRAM)
        var sink = EditTests.Bytes()
        try conversion.write(to: &sink)
        let written = MappedRegion(copying: sink.bytes)
        try conversion.verify(written)
        let mapped = try Document.open(region: written, name: "mapped")
        #expect(mapped.store.state.blocks.allSatisfy { $0.mapped != nil })
        try Self.comparePages(document, mapped)
        // And back.
        var plain = EditTests.Bytes()
        try Conversion(mapped, as: .plain).write(to: &plain)
        try Self.comparePages(
            document, try Document.open(region: MappedRegion(copying: plain.bytes), name: "plain"))
    }

    private static func comparePages(_ one: Document, _ other: Document) throws {
        let (here, there) = (one.ramIndex(), other.ramIndex())
        let (first, second) = (
            PageReader(region: one.store.region, index: here),
            PageReader(region: other.store.region, index: there)
        )
        #expect(here.blocks.count == there.blocks.count)
        for block in here.blocks.indices {
            var differing = 0
            for page in 0..<here.pageCount(block: block) {
                let (left, right) = (
                    first.content(block: block, page: page), second.content(block: block, page: page)
                )
                let isSame = left == right || isEmpty(left) && isEmpty(right)
                if !isSame { differing += 1 }
            }
            #expect(differing == 0)
        }
    }

    private static func isEmpty(_ content: PageReader.Content) -> Bool {
        switch content {
        case .absent, .zero: true
        case .bytes(let bytes): bytes.allSatisfy { $0 == 0 }
        }
    }

    @Test func aLibvirtHeaderIsReadAgain() throws {
        let head = try LibvirtHeader.bytes(
            xml: Array("<domain/>".utf8), cookie: Array("<c/>".utf8), isRunning: true)
        let bytes = try Sample.fixture("microvm-7.2").bytes()
        let region = MappedRegion(copying: head + bytes)
        let parts = try #require(LibvirtHeader.parts(region))
        #expect(parts.xml == Array("<domain/>".utf8) && parts.cookie == Array("<c/>".utf8))
        #expect(throws: EditError.self) { try LibvirtHeader.bytes(xml: [0x41], cookie: [], isRunning: true) }
    }
}
