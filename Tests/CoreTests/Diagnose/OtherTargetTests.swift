import Bytes
import Diagnose
import Edit
import Stream
import Testing

/// Which QEMU a target's stream is of, where its machine type does not say it.
@Suite struct LoaderVersionTests {
    private static let word = #"{"name": "word", "type": "uint32", "size": 4}"#

    private func document(
        _ device: SmallDevice, machine: String = "none", pageSize: Int = 4096
    ) throws -> Document {
        var configuration = StreamWriter(footers: true)
        configuration.configuration(machine)
        var stream = SmallStream([.plain("first"), device])
        stream.hasConfiguration = false
        stream.hasRAM = false
        stream.early = Array(configuration.bytes.dropFirst(8))
        stream.json =
            "{\"page_size\": \(pageSize), \"devices\": "
            + "[\(stream.devices.map(\.json).joined(separator: ", "))]}"
        return try Document.of(stream.bytes)
    }

    private func version(_ target: Document, told: QEMUVersion? = nil) -> QEMUVersion {
        CheckContext(document: target, target: target, dump: nil, loader: told).version
    }

    /// migration/vmstate.c: how arrays of other things than plain numbers are described.
    @Test func howItIsDescribed() throws {
        func device(_ field: String) -> SmallDevice {
            SmallDevice("list", [0x30], fields: #"{"name": "x", \#(field), "size": 1}"#)
        }
        #expect(try version(document(device(#""type": "ptr-marker""#))) == QEMUVersion(11, 1))
        for old in [#""type": "nullptr""#, #""index": 0, "type": "uint8""#] {
            #expect(try version(document(device(old))) == QEMUVersion(10, 0))
            // What the user says of a machine that both have.
            #expect(try version(document(device(old)), told: QEMUVersion(11, 1)) == QEMUVersion(11, 1))
        }
    }

    /// target/riscv/machine.c: the privilege level has the size of a register up to 10.2.
    @Test func typesOfFields() throws {
        for (type, size, expected) in [("uint8", 1, QEMUVersion(11, 1)), ("uint64", 8, QEMUVersion(10, 0))] {
            let device = SmallDevice(
                "cpu", [UInt8](repeating: 0, count: size),
                fields: #"{"name": "env.priv", "type": "\#(type)", "size": \#(size)}"#)
            #expect(try version(document(device)) == expected)
        }
    }

    /// Elements of an array that are not alike: 11.1 writes fields of one name, older versions number them.
    @Test func elementsThatAreNotAlike() throws {
        func element(_ number: String, _ size: Int) -> String {
            let field = #"{"name": "y", "type": "buffer", "size": \#(size)}"#
            return #"{"name": "x", \#(number)"type": "struct", "size": \#(size), "struct": "#
                + #"{"vmsd_name": "part", "version": 1, "fields": [\#(field)]}}"#
        }
        func device(_ numbers: [String]) -> SmallDevice {
            SmallDevice("list", [1, 2, 3], fields: "\(element(numbers[0], 1)), \(element(numbers[1], 2))")
        }
        #expect(try version(document(device(["", ""]))) == QEMUVersion(11, 1))
        let numbered = device([#""index": 0, "#, #""index": 1, "#])
        #expect(try version(document(numbered)) == QEMUVersion(10, 0))
    }

    /// hw/ppc/spapr_caps.c: 11.1 does not write a capability that nobody has set.
    @Test(arguments: [("pseries-10.0", false, 11), ("pseries-10.0", true, 10), ("pseries-3.1", false, 10)])
    func pseries(_ machine: String, _ hasCapability: Bool, _ major: Int) throws {
        let name = "spapr/cap/hpt_maxpagesize"
        let subsection =
            #"{"vmsd_name": "\#(name)", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}]}"#
        let device = SmallDevice(
            "spapr", [0, 0, 0, 1] + (hasCapability ? StreamWriter.subsection(name, [16]) : []),
            fields: Self.word, subsections: hasCapability ? subsection : "")
        #expect(try version(document(device, machine: machine)).major == major)
    }

    /// Machines without a version: 10.0 sends SWITCHOVER_START, 7.2 does not, whatever somebody says.
    @Test(arguments: [(true, QEMUVersion(10, 0)), (false, QEMUVersion(7, 2))])
    func commandsOfTheSource(_ isSent: Bool, _ expected: QEMUVersion) throws {
        var stream = StreamWriter(footers: true)
        stream.configuration("none")
        if isSent { stream.command(11, []) }
        stream.endOfFile()
        stream.description(#"{"page_size": 4096, "devices": []}"#)
        let target = try Document.of(stream.bytes)
        target.openLivePart()
        #expect(version(target, told: QEMUVersion(7, 2)) == expected)
    }

    /// 10.0 can't save a processor of hppa, so a new stream of one is a later version's.
    @Test(arguments: [("B160L", QEMUVersion(11, 1)), ("malta", QEMUVersion(10, 0))])
    func machinesThatCanNotBeSaved(_ machine: String, _ expected: QEMUVersion) throws {
        let state = SmallDevice(
            "globalstate", [0, 0, 0, 1],
            fields: #"{"name": "has_vm_was_suspended", "type": "uint32", "size": 4}"#)
        #expect(try version(document(state, machine: machine)) == expected)
    }

    /// QEMU 7.2 and 10.0 for MIPS end with a signal at a subsection that 5.2 wrote for malta; those for x86 read it.
    @Test(arguments: [("malta", true), ("malta", false), ("none", true)])
    func memoryHotPlug(_ machine: String, _ isNew: Bool) throws {
        let name = "piix4_pm/memhp"
        let subsection = #"{"vmsd_name": "\#(name)", "version": 1, "fields": [\#(Self.word)]}"#
        let saved = try document(
            SmallDevice(
                "piix4_pm", [0, 0, 0, 1] + StreamWriter.subsection(name, [0, 0, 0, 0]), fields: Self.word,
                subsections: subsection), machine: machine)
        let target = try document(SmallDevice("piix4_pm", [0, 0, 0, 1], fields: Self.word), machine: machine)
        let loader = isNew ? QEMUVersion(7, 2) : QEMUVersion(5, 2)
        let error = Check(saved, like: target, loader: loader).findings().first { $0.severity == .error }
        let isRefused = machine == "malta" && isNew
        #expect((error?.path.contains(name) ?? false) == isRefused)
        #expect(error?.qemu ?? "" == "")
        var repair = Repair(
            try StreamDraft(saved, mendsEnd: true, like: target), like: target, path: "target", against: nil,
            loader: loader, allowing: .visible)
        repair.run()
        #expect(repair.steps.contains { $0.title.contains(name) } == isRefused)
    }

    /// hw/intc/apic_common.c: since 10.2 it is saved first.
    @Test(arguments: [(["apic", "timer"], true), (["timer", "apic"], false)])
    func orderOfTheAPIC(_ names: [String], _ isNew: Bool) throws {
        var stream = SmallStream(names.map { .plain($0) })
        stream.hasConfiguration = false
        let target = try Document.of(stream.bytes)
        #expect((version(target) >= QEMUVersion(10, 2)) == isNew)
    }

    /// target/avr/cpu-param.h
    @Test(arguments: [(256, QEMUVersion(10, 0)), (1024, QEMUVersion(11, 1))])
    func pagesOfAVR(_ size: Int, _ expected: QEMUVersion) throws {
        let device = SmallDevice(
            "cpu", [0, 0, 0, 1], fields: #"{"name": "env.rampD", "type": "uint32", "size": 4}"#)
        #expect(try version(document(device, pageSize: size)) == expected)
    }

    /// What 5.2 has and 7.2 does not: `pc-q35-5.2` is a machine of both.
    @Test(arguments: [
        ("ps2kbd", "common", "uint32"), ("cpu", "env.features", "uint64"),
        ("cpu", "env.hflags_nmsr", "uint32"),
    ])
    func oldFields(_ structure: String, _ field: String, _ type: String) throws {
        func device(_ field: String) -> SmallDevice {
            let size = type == "uint64" ? 8 : 4
            return SmallDevice(
                structure, [UInt8](repeating: 0, count: size),
                fields: #"{"name": "\#(field)", "type": "\#(type)", "size": \#(size)}"#)
        }
        for machine in ["none", "pc-q35-5.2"] {
            #expect(try version(document(device(field), machine: machine)) == QEMUVersion(5, 2))
            #expect(try version(document(device("other"), machine: machine)) >= QEMUVersion(7, 2))
        }
    }

    /// target/riscv/machine.c: 7.2 has the field of this name that Arm's has no longer, and 10.0 has none.
    @Test func featuresOfRISCV() throws {
        let device = SmallDevice(
            "cpu", [0, 0, 0, 1], fields: #"{"name": "env.features", "type": "uint32", "size": 4}"#)
        #expect(try version(document(device)) == QEMUVersion(7, 2))
    }

    /// target/ppc/machine.c: machines without a version write it from 10.1 on.
    @Test func stoppedProcessors() throws {
        let name = "cpu/rtas_stopped"
        let device = SmallDevice(
            "cpu", [0, 0, 0, 1] + StreamWriter.subsection(name, [0]), fields: Self.word,
            subsections:
                #"{"vmsd_name": "\#(name)", "version": 1, "fields": [{"name": "x", "type": "bool", "size": 1}]}"#
        )
        #expect(try version(document(device)) == QEMUVersion(11, 1))
    }

    /// What the source's stream consists of says nothing of the QEMU that loads it.
    @Test func toldWithoutATarget() throws {
        let document = try Sample.fixture("sample-q35-7.2").document()
        for told in [QEMUVersion(7, 2), QEMUVersion(10, 0), QEMUVersion(11, 1)] {
            let context = CheckContext(document: document, target: nil, dump: nil, loader: told)
            #expect(context.version == told)
        }
    }
}

/// What a target knows without having written it.
@Suite struct UnwrittenSubsectionTests {
    private static let fields = #"{"name": "env.satp", "type": "uint32", "size": 4}"#

    private func processor(_ name: String, _ version: UInt32) -> SmallDevice {
        SmallDevice(
            "cpu", [0, 0, 0, 1] + StreamWriter.subsection(name, version: version, [7]), fields: Self.fields,
            subsections:
                #"{"vmsd_name": "\#(name)", "version": \#(version), "fields": [{"name": "x", "type": "bool", "size": 1}]}"#
        )
    }

    /// target/riscv/machine.c: cpu/vector of 11.1 has version 3, that of 7.2 and 10.0 version 2.
    @Test(arguments: [
        (QEMUVersion(7, 2), UInt32(3), "incoming version_id 3 is too new for local version_id 2"),
        (QEMUVersion(10, 1), 3, "incoming version_id 3 is too new for local version_id 2"),
        (QEMUVersion(11, 1), 2, "incoming version_id 2 is too old for local minimum version_id 3"),
        (QEMUVersion(11, 1), 3, ""), (QEMUVersion(10, 0), 2, ""), (QEMUVersion(11, 0), 2, ""),
    ])
    func versions(_ loader: QEMUVersion, _ version: UInt32, _ words: String) throws {
        let document = try SmallStream([processor("cpu/vector", version)]).document()
        let target = try SmallStream([SmallDevice("cpu", [0, 0, 0, 1], fields: Self.fields)]).document()
        let errors = Check(document, like: target, loader: loader).findings().filter { $0.severity == .error }
        #expect(errors.map(\.code) == (words.isEmpty ? [] : [.subsectionVersion]))
        #expect(errors.first.map { $0.qemu.contains(words) } ?? words.isEmpty)
    }

    /// Entries of the ACPI table APIC: of processors, and of something else.
    @Test func processorsInTables() {
        func table(_ entries: [[UInt8]]) -> [UInt8] {
            let size = 44 + entries.reduce(0) { $0 + $1.count }
            return Array("APIC".utf8) + [UInt8(size), 0, 0, 0, 3] + [UInt8](repeating: 0, count: 35)
                + entries.flatMap { $0 }
        }
        let processor: [UInt8] = [0, 8, 0, 0, 1, 0, 0, 0]
        let other: [UInt8] = [1, 12] + [UInt8](repeating: 0, count: 10)
        let big: [UInt8] = [9, 16] + [UInt8](repeating: 0, count: 14)
        #expect(ACPITables.processors(table([processor, other, processor, big])) == 3)
        #expect(ACPITables.processors(Array("some APIC".utf8) + table([processor])) == 1)
        #expect(ACPITables.processors(table([processor, [0, 0, 1]])) == nil)
        #expect(ACPITables.processors(table([other])) == nil)
        #expect(ACPITables.processors(Array("APIC".utf8)) == nil)
    }

    @Test(arguments: [
        ("sample-q35-10.0", 2), ("mapped-ram-10.0", 1), ("microvm-10.0", 1), ("aarch64-virt-10.0", 2),
    ])
    func processorsOfMachines(_ name: String, _ count: Int?) throws {
        #expect(ACPITables.processors(try Sample.fixture(name).document()) == count)
    }
}

/// Targets of other architectures, and what they read in their own way.
@Suite struct OtherTargetTests {
    fileprivate func first(_ received: [UInt8], like local: [UInt8], loader: QEMUVersion? = nil) throws
        -> Finding?
    {
        try Check(Document.of(received), like: Document.of(local), loader: loader).findings().first {
            $0.severity == .error
        }
    }

    private func ram(pageSize: UInt64) -> [UInt8] {
        var stream = StreamWriter(footers: true)
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", 0x4000)]))
        var pages = StreamWriter.page(0, block: "r")
        for address in stride(from: pageSize, to: 0x4000, by: Int(pageSize)) {
            pages += StreamWriter.page(address)
        }
        stream.end(2, pages + StreamWriter.endOfRAM)
        stream.endOfFile()
        stream.description("{\"page_size\": \(pageSize), \"devices\": []}")
        return stream.bytes
    }

    /// AVR has pages of 256 bytes up to 10.0, and of 1024 later: the bits between are taken for flags.
    @Test func smallerPages() throws {
        let small = ram(pageSize: 256)
        let found = try #require(try first(small, like: ram(pageSize: 1024)))
        #expect(found.code == .ramFlags)
        #expect(found.qemu.hasPrefix("Unknown combination of migration flags: 0x122\n"))
        #expect(found.message.contains("256") && found.message.contains("1024"))
        #expect(try first(small, like: small) == nil)
        #expect(try first(ram(pageSize: 1024), like: ram(pageSize: 1024)) == nil)
    }

    private func processor(_ subsection: String, word: Int) -> [UInt8] {
        let members = ["EPN", "PID", "size"].map {
            #"{"name": "\#($0)", "type": "uint32", "size": \#(word)}"#
        }
        let entry =
            #"{"vmsd_name": "cpu/tlbemb_entry", "version": 1, "fields": [{"name": "RPN", "type": "uint64", "size": 8}, "#
            + members.joined(separator: ", ") + "]}"
        let size = 8 + 3 * word
        let fields =
            #"{"name": "env.nb_tlb", "type": "int32 equal", "size": 4}, {"name": "env.tlb.tlbe", "array_len": 3, "#
            + #""type": "struct", "struct": \#(entry), "size": \#(size)}"#
        let body = StreamWriter.be(UInt32(3)) + [UInt8](repeating: 1, count: 3 * size)
        let device = SmallDevice(
            "cpu", [0, 0, 0, 1] + StreamWriter.subsection(subsection, body),
            fields: #"{"name": "word", "type": "uint32", "size": 4}"#,
            subsections: #"{"vmsd_name": "\#(subsection)", "version": 1, "fields": [\#(fields)]}"#)
        return SmallStream([device, .plain("second")]).bytes
    }

    /// target/ppc/machine.c: 7.2 gives the TLB of embedded CPUs the name of another one.
    @Test func embeddedTLB() throws {
        let old = processor("cpu/tlb6xx", word: 4)
        let new = processor("cpu/tlbemb", word: 4)
        let found = try #require(try first(old, like: new, loader: QEMUVersion(10, 0)))
        #expect(found.qemu.hasPrefix("Missing section footer for cpu\n"))
        #expect(try first(old, like: old) == nil)
        #expect(try first(new, like: new) == nil)
    }

    private func channel(
        entries: UInt32 = 128, queues: Int = 1, place: [UInt8] = [0xfe, 0, 0, 0, 0, 0], hasORB: Bool = false,
        kind: String = "virtio-blk", state: [UInt8] = [0], features: String = "virtio/64bit_features"
    ) -> [UInt8] {
        // A subchannel and what virtio-ccw adds (hw/s390x/virtio-ccw.c).
        var field = place + [UInt8](repeating: 0, count: 366 - place.count)
        if hasORB {
            field += StreamWriter.subsection("s390_subch_dev/orb", [UInt8](repeating: 0, count: 12))
        }
        field += [UInt8](repeating: 0, count: 51)
        field += [7, 1, 0, 0] + StreamWriter.be(UInt32(0)) + StreamWriter.be(UInt32(2)) + [0xaa, 0xbb]
        field += StreamWriter.be(UInt32(queues))
        for number in 0..<queues {
            field += StreamWriter.be(entries) + StreamWriter.be(UInt64(0x8_0000))
            field += [0, 5, 0, UInt8(number)]
        }
        field += state + StreamWriter.subsection(features, StreamWriter.be(UInt64(0)))
        let device = SmallDevice(
            "/fe.0.0000/\(kind)", version: 2, field,
            fields: #"{"name": "virtio", "type": "virtio", "size": \#(field.count)}"#,
            structure: kind)
        return SmallStream([device, .plain("second")]).bytes
    }

    /// Rings of devices on a channel (s390x), which 11.1 compares.
    @Test func ringsOnAChannel() throws {
        let (new, old) = (QEMUVersion(11, 1), QEMUVersion(10, 0))
        let found = try #require(
            try first(channel(entries: 256), like: channel(entries: 128), loader: new))
        #expect(found.qemu.hasPrefix("VQ 0 vring.num 256 exceeds allocated max 128\n"))
        #expect(found.path == "/fe.0.0000/virtio-blk:0/virtio/queues[0]/num")
        let more = try #require(
            try first(channel(entries: 256, queues: 2), like: channel(entries: 256), loader: new))
        #expect(more.qemu.hasPrefix("VQ 1 vring.num 256 exceeds allocated max 0\n"))
        #expect(try first(channel(entries: 256), like: channel(entries: 128), loader: old) == nil)
        #expect(try first(channel(entries: 128), like: channel(entries: 256), loader: new) == nil)
    }

    /// The place of a device on its channel is in its state too, and must be the destination's (hw/s390x/css.c).
    @Test func placesOnAChannel() throws {
        let local = channel(hasORB: true)
        #expect(try first(channel(), like: local, loader: QEMUVersion(10, 0)) == nil)
        #expect(try first(channel(place: [0xfe, 0, 0, 9, 0, 0]), like: local) == nil)
        let wanted: [(place: [UInt8], words: String, name: String)] = [
            ([0xff, 0, 0, 0, 0, 0], "fe != ff\nBug!\n", "cssid"),
            ([0xfe, 1, 0, 0, 0, 0], "0 != 1\nBug!\n", "ssid"),
            (
                [0xfe, 0, 0, 0, 0x12, 3],
                """
                0 != 1203
                Devno mismatch, tried to load wrong section! Likely reason: some sequences of plug and unplug \
                 can break migration for machine versions prior to  2.7 (known design flaw).

                """, "devno"
            ),
        ]
        for (place, words, name) in wanted {
            let old = try #require(
                try first(channel(place: place), like: local, loader: QEMUVersion(10, 0)))
            #expect(
                old.qemu == words + """
                    Failed to load s390_subch_dev:\(name)
                    Failed to load s390_ccw_dev:sch
                    Failed to load s390_virtio_ccw_dev:parent_obj
                    Failed to load virtio-blk:virtio
                    error while loading state for instance 0x0 of device '/fe.0.0000/virtio-blk'
                    load of migration failed: Invalid argument
                    """)
            let new = try #require(
                try first(channel(place: place), like: local, loader: QEMUVersion(11, 1)))
            let line = words.prefix { $0 != "\n" }
            #expect(
                new.qemu == """
                    \(line)
                    load of migration failed: Invalid argument: error while loading state for instance 0x0 of device \
                    '/fe.0.0000/virtio-blk': Failed to load element of type virtio for virtio
                    """)
        }
    }

    /// What the device itself compares is alike: the loader comes to the subsection after it, whose name is damaged.
    @Test func aSubsectionAfterAConsole() throws {
        // Columns, rows, ports, the map of ports, and no port that is active.
        let state: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]
        let good = channel(kind: "virtio-console", state: state)
        let damaged = channel(kind: "virtio-console", state: state, features: "virtio/64bit_feature")
        #expect(try first(good, like: good) == nil)
        let found = try #require(try first(damaged, like: good, loader: QEMUVersion(11, 1)))
        #expect(found.code == .subsectionUnknown)
        #expect(found.qemu.hasPrefix("VM subsection 'virtio/64bit_feature' in 'virtio' does not exist\n"))
    }

    /// The run state is looked at before the footer is.
    @Test func aRunStateThatIsShifted() throws {
        func state(_ text: [UInt8]) -> [UInt8] {
            let body = StreamWriter.be(UInt32(7)) + text + [UInt8](repeating: 0, count: 100)
            return SmallStream([
                SmallDevice(
                    "globalstate", Array(body.prefix(104 + max(text.count - 6, 0))),
                    fields: #"{"name": "size", "type": "uint32", "size": 4}, "#
                        + #"{"name": "runstate", "type": "buffer", "size": 100}"#)
            ]).bytes
        }
        let good = state(Array("paused".utf8))
        let found = try #require(
            try first(state(Array("xpaused".utf8)), like: good, loader: QEMUVersion(10, 0)))
        #expect(found.qemu.hasPrefix("invalid parameter value: xpaused\n"))
        #expect(try first(good, like: good) == nil)
    }

    /// A section that the description lists and the stream lacks is a loss, and nothing that QEMU refuses.
    @Test func aSectionThatIsNotThere() throws {
        let whole = SmallStream([.plain("first"), .plain("third"), .plain("second")])
        var stream = SmallStream([.plain("first"), .plain("second")])
        stream.json = "{\"devices\": [\(whole.devices.map(\.json).joined(separator: ", "))]}"
        let document = try Document.of(stream.bytes)
        for target in [nil, try Document.of(whole.bytes)] {
            let found = Check(document, like: target).findings().filter { $0.severity != .note }
            #expect(found.map(\.code) == [.sectionMissing])
            #expect(found.map(\.severity) == [.warning])
        }
    }

    /// audio/audio.c: 7.2 takes a section that it does not write, where it has sound.
    @Test func aSectionThatIsOnlyRead() throws {
        let sound = SmallDevice(
            "0000:00:02.0/ac97", [1, 2, 3, 4], fields: #"{"name": "word", "type": "uint32", "size": 4}"#,
            structure: "ac97")
        let received = SmallStream([.plain("audio"), sound]).bytes
        #expect(try first(received, like: SmallStream([sound]).bytes, loader: QEMUVersion(7, 2)) == nil)
        for (devices, loader) in [([sound], QEMUVersion(5, 2)), ([.plain("first")], QEMUVersion(7, 2))] {
            let found = try #require(try first(received, like: SmallStream(devices).bytes, loader: loader))
            #expect(found.qemu.hasPrefix("Unknown savevm section or instance 'audio' 0."))
        }
    }

    /// hw/input/pckbd.c: 5.2 does not know a subsection that 7.2 writes where the guest needs it.
    @Test func aSubsectionThatCameLater() throws {
        let name = "pckbd/extended_state"
        let part =
            #"{"vmsd_name": "\#(name)", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}]}"#
        let word = #"{"name": "word", "type": "uint32", "size": 4}"#
        let received = SmallStream([
            SmallDevice(
                "pckbd", [0, 0, 0, 1] + StreamWriter.subsection(name, [1]), fields: word, subsections: part)
        ]).bytes
        let local = SmallStream([.plain("pckbd")]).bytes
        #expect(try first(received, like: local, loader: QEMUVersion(5, 2))?.code == .subsectionUnknown)
        #expect(try first(received, like: local, loader: QEMUVersion(7, 2)) == nil)
    }

    /// system/cpu-timers.c: without -icount there is no timer to load, and QEMU stops itself.
    @Test func instructionsThatAreCounted() throws {
        func part(_ name: String, _ more: String = "") -> String {
            #"{"vmsd_name": "\#(name)", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}]\#(more)}"#
        }
        func clock(_ inner: String) throws -> [UInt8] {
            let name = "timer/icount"
            let more = #", "subsections": [\#(part(inner))]"#
            let body = StreamWriter.subsection(name, [1] + StreamWriter.subsection(inner, [2]))
            let word = #"{"name": "word", "type": "uint32", "size": 4}"#
            return SmallStream([
                SmallDevice("timer", [0, 0, 0, 1] + body, fields: word, subsections: part(name, more))
            ]).bytes
        }
        let none = SmallStream([.plain("timer")]).bytes
        for (name, stops) in [("timer/icount/warp_timer", true), ("timer/icount/shift", false)] {
            let found = try first(clock(name), like: none, loader: QEMUVersion(10, 0))
            #expect(found?.qemu.contains("Assertion `first_elem") == (stops ? true : nil))
        }
        #expect(
            try first(clock("timer/icount/timers"), like: clock("timer/icount/shift"))?.severity == .error)
    }

    /// hw/s390x/s390-skeys.c: as many keys as the guest uses, whatever a description says of another one.
    @Test func keysOfAnotherNumber() throws {
        func keys(_ bytes: [UInt8]) -> [UInt8] {
            var stream = SmallStream([
                .plain("first"), SmallDevice("s390-skeys", bytes, fields: ""), .plain("second"),
            ])
            let data = #"{"name": "data", "size": \#(bytes.count), "type": "buffer"}"#
            let old =
                #"{"name": "s390-skeys", "instance_id": 0, "size": \#(bytes.count), "fields": [\#(data)]}"#
            let others = [stream.devices[0].json, old, stream.devices[2].json]
            stream.json = "{\"devices\": [\(others.joined(separator: ", "))]}"
            return stream.bytes
        }
        let end: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1]
        let none = keys(end)
        let one = keys([0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0x10] + end)
        #expect(try first(one, like: none) == nil)
        #expect(try first(none, like: one) == nil)
    }

    private func controller(_ submission: [UInt16?], _ completion: [UInt16?]) -> [UInt8] {
        var bytes: [UInt8] = []
        var fields: [String] = []
        func pointers(_ name: String, _ queues: [UInt16?], before: [UInt8], _ parts: [String]) {
            for queue in queues {
                fields.append(#"{"name": "\#(name)", "type": "ptr-marker", "size": 1}"#)
                bytes.append(queue == nil ? 0x30 : 0x31)
                guard let queue else { continue }
                let body = before + [UInt8(queue >> 8), UInt8(queue & 255)] + (name == "sq" ? [0, 0] : [])
                let structure =
                    #"{"vmsd_name": "nvme-\#(name)", "version": 1, "fields": ["#
                    + parts.joined(separator: ", ") + "]}"
                fields.append(
                    #"{"name": "\#(name)", "type": "struct", "size": \#(body.count), "struct": \#(structure)}"#
                )
                bytes += body
            }
        }
        func part(_ name: String, _ size: Int) -> String {
            #"{"name": "\#(name)", "type": "uint\#(8 * size)", "size": \#(size)}"#
        }
        pointers("sq", submission, before: [], [part("sqid", 2), part("cqid", 2)])
        pointers("cq", completion, before: [1], [part("phase", 1), part("cqid", 2)])
        return SmallStream([
            SmallDevice("nvme", bytes, fields: fields.joined(separator: ", ")), .plain("second"),
        ]).bytes
    }

    /// hw/nvme/ctrl.c: with fewer queues at the destination its completion queues are the source's submission queues.
    @Test func queuesOfAController() throws {
        let four: [UInt16?] = [0, nil, nil, nil]
        let good = controller(four, four)
        #expect(try first(good, like: good) == nil)
        let found = try #require(try first(good, like: controller([0, nil], [0, nil])))
        let words = ": inconsistent migration stream (n->cq[sq->cqid] is NULL)"
        #expect(found.qemu.hasSuffix(words))
        #expect(
            try first(controller([7], [0]), like: controller([0], [0]))?.qemu.hasSuffix("(sq->sqid != i)")
                == true)
        #expect(
            try first(controller([0], [7]), like: controller([0], [0]))?.qemu.hasSuffix("(cq->cqid != i)")
                == true)
    }

    /// migration/ram.c: lengths of mapped-ram blocks are not compared, but pages need a place.
    @Test(arguments: [false, true]) func aMappedBlockThatIsLarger(_ hasContent: Bool) throws {
        func stream(_ size: Int) throws -> [UInt8] {
            var stream = StreamWriter(footers: true)
            stream.configuration()
            stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("r", UInt64(size))]))
            var pages = StreamWriter.page(0, block: "r")
            if size > 0x4000, hasContent { pages += StreamWriter.page(0x200000, fill: 7) }
            stream.end(2, pages + StreamWriter.endOfRAM)
            let device = SmallDevice.plain("first")
            stream.full(3, device.name, device.body)
            stream.endOfFile()
            stream.description("{\"page_size\": 4096, \"devices\": [\(device.json)]}")
            let conversion = Conversion(try Document.of(stream.bytes), as: .mappedRAM)
            var sink = EditTests.Bytes()
            try conversion.write(to: &sink)
            return sink.bytes
        }
        let found = try first(stream(0x400000), like: stream(0x4000))
        guard hasContent else { return #expect(found == nil) }
        #expect(found?.qemu.hasPrefix("page outside of ramblock r range\n") == true)
        #expect(try first(stream(0x4000), like: stream(0x400000)) == nil)
    }

    private func machine(_ level: UInt8?) -> [UInt8] {
        let name = "spapr/cap/hpt_maxpagesize"
        let subsection =
            #"{"vmsd_name": "\#(name)", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}]}"#
        let device = SmallDevice(
            "spapr", [0, 0, 0, 1] + (level.map { StreamWriter.subsection(name, [$0]) } ?? []),
            fields: #"{"name": "word", "type": "uint32", "size": 4}"#,
            subsections: level == nil ? "" : subsection)
        return SmallStream([device, .plain("second")]).bytes
    }

    /// hw/ppc/spapr_caps.c: up to 10.2 this capability is in streams at its default too.
    @Test func capabilityAtItsDefault() throws {
        #expect(try first(machine(16), like: machine(nil)) == nil)
        #expect(try first(machine(nil), like: machine(16)) == nil)
        #expect(
            try first(machine(16), like: machine(12))?.qemu.hasPrefix(
                "cap-hpt-max-page-size higher level (16) in incoming stream than on destination (12)\n")
                == true)
    }
}

extension OtherTargetTests {
    private func card(onSPI isOnSPI: Bool, isPowered: Bool) throws -> [Finding] {
        let name = "sd-card/ocr-state"
        let state =
            #"{"vmsd_name": "\#(name)", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}]}"#
        let card = SmallDevice(
            "sd-card", [0, 0, 0, 1] + (isPowered ? [] : StreamWriter.subsection(name, [0])),
            fields: #"{"name": "word", "type": "uint32", "size": 4}"#, subsections: isPowered ? "" : state)
        let document = try SmallStream([.plain(isOnSPI ? "ssi_sd" : "sdhci"), card]).document()
        return Check(document, like: document).findings().filter { $0.severity == .error }
    }

    /// hw/sd/sd.c: loading a card on SPI powers it up twice.
    @Test func cardsOnSPI() throws {
        let found = try #require(try card(onSPI: true, isPowered: true).first)
        #expect(found.qemu.hasPrefix("hw/sd/sd.c:381: sd_ocr_powerup: Assertion `"))
        #expect(try card(onSPI: false, isPowered: true).isEmpty)
        #expect(try card(onSPI: true, isPowered: false).isEmpty)
    }

    // The length is a field of another type since 11.1.
    private func registers(
        _ list: [(key: UInt64, value: UInt64)], last: String = "second", isNew: Bool = false
    ) -> [UInt8] {
        let body =
            StreamWriter.be(UInt32(list.count)) + list.flatMap { StreamWriter.be($0.key) }
            + list.flatMap { StreamWriter.be($0.value) }
        let arrays = ["cpreg_vmstate_indexes", "cpreg_vmstate_values"].map {
            #"{"name": "\#($0)", "array_len": \#(list.count), "type": "uint64", "size": 8}"#
        }
        let fields =
            #"{"name": "cpreg_vmstate_array_len", "type": "int32\#(isNew ? "" : " le")", "size": 4}, "#
            + arrays.joined(separator: ", ")
        return SmallStream([SmallDevice("cpu", body, fields: fields), .plain(last)]).bytes
    }

    /// Registers with the number of CPUs, and others that nothing can write: the first CPU is refused, before a section
    /// that the destination lacks. What the guest writes may differ.
    @Test(arguments: [
        // L2CTLR_EL1, ACTLR_EL1, CPUACTLR_EL1, CBAR_EL1; L2CTLR and PMCEID0 of AArch32, CPUECTLR.
        (UInt64(0x6030_0000_0013_cd82), true), (0x6030_0000_0013_c081, true), (0x6030_0000_0013_cf90, true),
        (0x6030_0000_0013_cf98, true), (0x4020_0000_000f_480a, true), (0x4020_0000_000f_4e06, true),
        (0x4030_0000_000f_0788, true),
        // VBAR_EL1, MIDR_EL1, RVBAR_EL1, CNTFRQ_EL0; NSACR and IFAR of AArch32.
        (0x6030_0000_0013_c600, false), (0x6030_0000_0013_c000, false), (0x6030_0000_0013_c601, false),
        (0x6030_0000_0013_df00, false), (0x4020_0000_000f_0882, false), (0x4020_0000_000f_3001, false),
    ]) func registersThatNothingWrites(_ key: UInt64, _ isRefused: Bool) throws {
        let local = registers([(key, 0x100_0000)])
        let received = registers([(key, 0x200_0000)], last: "third")
        let found = try #require(try first(received, like: local, loader: QEMUVersion(10, 0)))
        #expect((found.code == .cpuRegisters) == isRefused)
        #expect(
            found.qemu.hasPrefix("error while loading state for instance 0x0 of device 'cpu'") == isRefused)
        #expect(found.qemu.hasPrefix("Unknown savevm section or instance 'third' 0.") == !isRefused)
        #expect(try first(local, like: local) == nil)
    }

    /// Bits of SCR_EL3 that nothing can clear since 6.0, and that 5.2 leaves clear (target/arm/helper.c scr_write).
    @Test func bitsThatAreAlwaysSet() throws {
        let key: UInt64 = 0x6030_0000_0013_f088
        let local = registers([(key, 0x30)])
        let found = try first(registers([(key, 0x400)]), like: local, loader: QEMUVersion(7, 2))
        #expect(found?.code == .cpuRegisters)
        #expect(try first(registers([(key, 0x431)]), like: local, loader: QEMUVersion(7, 2)) == nil)
        #expect(try first(registers([(key, 0)]), like: registers([(key, 0)])) == nil)
        #expect(ArmRegisterRules.accepted(key, 0x400, local: 0x30) == 0x430)
        #expect(ArmRegisterRules.accepted(0x6030_0000_0013_c600, 7, local: 1) == 7)
        #expect(ArmRegisterRules.accepted(0x6030_0000_0013_cd82, 7, local: 1) == 1)
    }

    /// What follows POSTCOPY_ADVISE is refused without it, and only then (migration/savevm.c
    /// loadvm_postcopy_handle_listen).
    @Test(arguments: ["postcopy-switched-7.2", "postcopy-switched-10.0"])
    func postcopyThatWasAdvised(_ name: String) throws {
        let stream = try Sample.fixture(name).document()
        let findings = Check(stream, like: stream).findings()
        #expect(!findings.contains { $0.code == .command })
    }

    /// A constant one reads back as it was written, even where it has more bits than the guest sees of it.
    @Test func constantsOfMoreBits() throws {
        let key: UInt64 = 0x4020_0000_000f_480a
        let wide = registers([(key, 0x1_0000_0001)])
        #expect(try first(wide, like: wide, loader: QEMUVersion(10, 0)) == nil)
        let other = registers([(key, 0x1_0000_0002)])
        #expect(try first(other, like: wide, loader: QEMUVersion(10, 0))?.code == .cpuRegisters)
    }

    /// Of an older section QEMU does not read what came with a newer version (VMSTATE_UINT32_V), unless a field without
    /// a version is there under another name.
    @Test func fieldsOfANewerVersion() throws {
        func device(_ version: UInt32, _ names: [String]) -> [UInt8] {
            let fields = names.map { #"{"name": "\#($0)", "type": "uint32", "size": 4}"# }
            return SmallStream([
                SmallDevice(
                    "e1000", version: version, names.flatMap { _ in [0, 0, 0, 1] as [UInt8] },
                    fields: fields.joined(separator: ", ")), .plain("second"),
            ]).bytes
        }
        let old = device(1, ["word"])
        #expect(try first(old, like: device(2, ["word", "added"])) == nil)
        #expect(try first(device(1, ["word", "before"]), like: device(2, ["word", "renamed"])) == nil)
        // Of its own version all is read.
        #expect(try first(old, like: device(1, ["word", "added"])) != nil)
    }

    /// A register that only the target has is written as 0: RMR_EL3 does not take it, nor DBGDEVID.
    @Test(arguments: [0x6030_0000_0013_f602, 0x4020_0000_200e_3802] as [UInt64])
    func registersThatTheStreamDoesNotHave(_ key: UInt64) throws {
        let old: [(key: UInt64, value: UInt64)] = [(key - 1, 7), (key + 0x80, 8)]
        for loader in [QEMUVersion(10, 0), QEMUVersion(11, 1)] {
            let isNew = loader >= QEMUVersion(11, 1)
            func local(_ value: UInt64) -> [UInt8] {
                registers([old[0], (key, value), old[1]], isNew: isNew)
            }
            let found = try #require(try first(registers(old), like: local(1), loader: loader))
            #expect(found.code == .cpuRegisters)
            // 11.1 does not write 0, but what its memory holds.
            #expect((try first(registers(old), like: local(0), loader: loader) == nil) == !isNew)
            #expect(try first(local(1), like: local(1), loader: loader) == nil)
            // Behind the last register of the stream.
            let short = registers([old[0]])
            #expect(try first(short, like: local(1), loader: loader)?.code == .cpuRegisters)
            #expect((try first(short, like: local(0), loader: loader) == nil) == !isNew)
        }
    }

    /// target/mips/machine.c: an entry of the TLB has 28 bytes in 7.2 and 32 in 10.0, whatever the stream says.
    @Test func entriesOfAnotherSize() throws {
        func processor(_ size: Int, _ type: String = "tlb_entry") -> [UInt8] {
            let entries = #"{"name": "tlb", "array_len": 2, "type": "\#(type)", "size": \#(size)}"#
            return SmallStream([
                SmallDevice("cpu", [UInt8](repeating: 0, count: 2 * size), fields: entries), .plain("second"),
            ]).bytes
        }
        #expect(try first(processor(28), like: processor(28)) == nil)
        for (here, there) in [(28, 32), (32, 28)] {
            let found = try #require(try first(processor(here), like: processor(there)))
            #expect(found.qemu.hasPrefix("Missing section footer for cpu\n"))
        }
        // What brings its own length is read by that.
        #expect(try first(processor(28, "htab"), like: processor(32, "htab")) == nil)
    }

    /// hw/core/or-irq.c: a device of few lines reads no more than those of a subsection that it does not write.
    @Test func linesOfAGate() throws {
        func gate(_ lines: Int?) -> [UInt8] {
            let name = "or-irq-extras"
            func levels(_ count: Int) -> String {
                #"{"name": "levels", "array_len": \#(count), "type": "bool", "size": 1}"#
            }
            let base = [UInt8](repeating: 0, count: 16)
            let more = lines.map {
                StreamWriter.subsection(name, [UInt8](repeating: 0, count: $0))
            }
            let part = lines.map { #"{"vmsd_name": "\#(name)", "version": 1, "fields": [\#(levels($0))]}"# }
            return SmallStream([
                SmallDevice("or-irq", base + (more ?? []), fields: levels(16), subsections: part ?? ""),
                .plain("second"),
            ]).bytes
        }
        #expect(try first(gate(18), like: gate(18)) == nil)
        #expect(try first(gate(nil), like: gate(18)) == nil)
        let found = try #require(try first(gate(18), like: gate(nil)))
        #expect(found.qemu.hasPrefix("Missing section footer for or-irq\n"))
        let target = try Document.of(gate(nil))
        var repair = Repair(
            try StreamDraft(try Document.of(gate(18))), like: target, path: "target", against: nil,
            allowing: .visible)
        repair.run()
        #expect(repair.steps.map(\.grade) == [.visible])
        #expect(repair.findings().filter(Repair.isBad).map(\.code) == [])
    }

    private func scsi(_ version: UInt32, _ names: [(String, Int)], structure: UInt32) -> [UInt8] {
        let fields = names.map { #"{"name": "\#($0.0)", "type": "buffer", "size": \#($0.1)}"# }
        let number = version > 1 ? #"{"name": "esp.mig_version_id", "type": "uint8", "size": 1}, "# : ""
        let size = names.reduce(0) { $0 + $1.1 }
        let inner =
            #"{"name": "esp", "type": "struct", "size": \#(size), "struct": {"vmsd_name": "esp", "#
            + #""version": \#(structure), "fields": [\#(fields.joined(separator: ", "))]}}"#
        let body = (version > 1 ? [UInt8(structure)] : []) + [UInt8](repeating: 0, count: size)
        return SmallStream([
            SmallDevice("sysbusespscsi", version: version, body, fields: number + inner), .plain("second"),
        ]).bytes
    }

    /// hw/scsi/esp.c: since 6.0 what versions before 5 had is read of them alone.
    @Test func whatOnlyOldVersionsHave() throws {
        let old = scsi(1, [("rregs", 16), ("ti_rptr", 4), ("status", 4), ("cmdbuf[0]", 16)], structure: 4)
        let local = scsi(2, [("rregs", 16), ("status", 4), ("ti_cmd", 1)], structure: 6)
        #expect(try first(old, like: local, loader: QEMUVersion(7, 2)) == nil)
        #expect(try first(old, like: local, loader: QEMUVersion(5, 2)) != nil)
    }

    /// The number beside the structure says which version the loader reads: a repair gives both.
    @Test func aVersionBesideItsStructure() throws {
        let old = scsi(2, [("rregs", 16), ("ti_cmd", 1), ("lun", 1)], structure: 6)
        let local = scsi(2, [("rregs", 16), ("lun", 1), ("drq_state", 1)], structure: 7)
        let target = try Document.of(local)
        let loader = QEMUVersion(10, 0)
        let found = try #require(try first(old, like: local, loader: loader))
        #expect(found.qemu.hasPrefix("Missing section footer for sysbusespscsi\n"))
        var repair = Repair(
            try StreamDraft(try Document.of(old)), like: target, path: "target", against: nil, loader: loader,
            allowing: .visible)
        repair.run()
        #expect(repair.unmended == [])
        #expect(repair.findings().filter(Repair.isBad).map(\.code) == [])
    }

    // A frame buffer, and where the guest has put it.
    private func display(_ size: UInt64, at address: UInt8) -> [UInt8] {
        var config = [UInt8](repeating: 0, count: 256)
        config[0x10] = 8
        config[0x13] = address
        let block = "0000:00:01.0/vga.vram"
        var stream = StreamWriter(footers: true)
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([(block, size)]))
        stream.end(2, StreamWriter.page(0, block: block) + StreamWriter.endOfRAM)
        let field = #"{"name": "config", "type": "pci config", "size": 256}"#
        let inner =
            #"{"name": "dev", "type": "struct", "size": 256, "struct": {"vmsd_name": "PCIDevice", "#
            + #""version": 2, "fields": [\#(field)]}}"#
        let device = SmallDevice("0000:00:01.0/vga", config, fields: inner, structure: "vga")
        stream.full(3, device.name, device.body)
        stream.endOfFile()
        stream.description("{\"page_size\": 4096, \"devices\": [\(device.json)]}")
        return stream.bytes
    }

    /// hw/pci/pci.c: a base address must be a multiple of what is behind it, which for a frame buffer the RAM block says.
    @Test func anAddressThatIsNotAligned() throws {
        let (small, large): (UInt64, UInt64) = (0x100_0000, 0x200_0000)
        for local in [UInt8(0), 0xe0] {
            #expect(try first(display(large, at: 0xfc), like: display(large, at: local)) == nil)
            let found = try #require(try first(display(large, at: 0xfd), like: display(large, at: local)))
            #expect(
                found.qemu.hasPrefix(
                    "get_pci_config_device: Bad config data: i=0x13 read: fd device: 0 cmask: ff wmask: fe "
                        + "w1cmask:0\n"))
        }
        // A larger one is not called mended with an address that it can't have.
        let target = try Document.of(display(large, at: 0))
        var repair = Repair(
            try StreamDraft(try Document.of(display(small, at: 0xfd))), like: target, path: "target",
            against: nil, allowing: .visible)
        repair.run()
        let costs = repair.steps.map(\.cost).joined(separator: "; ")
        #expect(costs.contains("memory of the device is not at the address"))
        #expect(repair.findings().filter(Repair.isBad).map(\.code) == [])
    }
}
