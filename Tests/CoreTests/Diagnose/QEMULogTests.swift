import Bytes
import Diagnose
import Format
import Stream
import Testing

/// The words of a load that fails, as each version of QEMU prints them: those of real logs.
@Suite struct QEMULogTests {
    private let old = QEMUWording(QEMUVersion(10, 0))
    private let new = QEMUWording(QEMUVersion(11, 1))
    private let gpu = QEMULog.Wrapper.device(name: "0000:00:01.0/virtio-gpu", instance: 0)

    @Test func sectionThatTheTargetLacks() {
        let log = QEMULog.unknownSection("apic", 1)
        let rest =
            "section or instance 'apic' 1. Make sure that your current VM setup matches your saved VM setup, "
            + "including any hotplugged devices"
        #expect(log.text(old) == "Unknown savevm \(rest)\nload of migration failed: Invalid argument")
        #expect(log.text(new) == "load of migration failed: Invalid argument: Unknown \(rest)")
    }

    @Test func fieldOfAnOpaqueDevice() {
        let log = QEMULog(
            ["get_pci_config_device: Bad config data: i=0x9a read: 2 device: 4 cmask: ff wmask: 0 w1cmask:0"],
            cause: .field,
            chain: [
                FieldStep(structure: "virtio-blk", field: "virtio", type: "virtio"),
                FieldStep(structure: "PCIDevice", field: "config", type: "pci config"),
            ], in: .device(name: "0000:00:01.0/virtio-blk", instance: 0))
        #expect(
            log.text(old).split(separator: "\n").dropFirst() == [
                "Failed to load PCIDevice:config", "Failed to load virtio-blk:virtio",
                "error while loading state for instance 0x0 of device '0000:00:01.0/virtio-blk'",
                "load of migration failed: Invalid argument",
            ])
        #expect(
            log.text(new).split(separator: "\n").dropFirst() == [
                "Failed to load element of type pci config for config",
                "load of migration failed: Invalid argument: error while loading state for instance 0x0 of device "
                    + "'0000:00:01.0/virtio-blk': Failed to load element of type virtio for virtio",
            ])
    }

    @Test func valueThatMustBeEqual() {
        let log = QEMULog(
            [], cause: .value(.unequal(2, 1)),
            chain: [
                FieldStep(structure: "virtio-gpu", field: "virtio-gpu", type: "virtio-gpu"),
                FieldStep(
                    structure: "virtio-gpu-scanouts", field: "parent_obj.conf.max_outputs",
                    type: "uint32 equal"),
            ], in: gpu)
        #expect(
            log.text(new) == """
                2 != 1
                load of migration failed: Invalid argument: error while loading state for instance 0x0 of device \
                '0000:00:01.0/virtio-gpu': Failed to load element of type virtio-gpu for virtio-gpu
                """)
        #expect(
            log.text(old).hasPrefix(
                "2 != 1\nFailed to load virtio-gpu-scanouts:parent_obj.conf.max_outputs\n"))
    }

    @Test func checkAfterLoading() {
        let log = QEMULog(
            [], cause: .hook(structure: "cpu", version: 22, minimum: 22, text: "", isInLines: false),
            in: .device(name: "cpu", instance: 0), .notPermitted)
        #expect(
            log.text(old)
                == "error while loading state for instance 0x0 of device 'cpu'\nload of migration failed: Operation not permitted"
        )
        #expect(
            log.text(new)
                == "load of migration failed: Invalid argument: error while loading state for instance 0x0 of device 'cpu': "
                + "post load hook failed for: cpu, version_id: 22, minimum_version: 22, ret: -1")
    }

    @Test func machineType() {
        let log = QEMULog.machine("pc-q35-11.1", local: "pc-q35-11.0")
        let words = "Machine type received is 'pc-q35-11.1' and local is 'pc-q35-11.0'"
        #expect(log.text(old) == "\(words)\nload of migration failed: Invalid argument")
        #expect(
            log.text(new)
                == "load of migration failed: Invalid argument: post load hook failed for: configuration, version_id: 1, "
                + "minimum_version: 0: \(words)")
    }

    @Test func sectionsOfRAM() {
        let log = QEMULog(
            handler: ["Unknown combination of migration flags: 0x122"], version: 4,
            in: .section(id: 2, name: "ram"))
        #expect(
            log.text(new) == """
                Unknown combination of migration flags: 0x122
                load of migration failed: Invalid argument: Failed to load vmstate version_id: 4, ret: -22
                """)
        #expect(log.text(old).contains("error while loading state section id 2(ram)"))
    }

    @Test func footers() {
        #expect(
            QEMULog.missingFooter("0000:00:1f.0/ICH9LPC", id: 15).text(new) == """
                Missing section footer for 0000:00:1f.0/ICH9LPC
                load of migration failed: Invalid argument: Section footer error, section_id: 15
                """)
    }

    @Test func assertions() {
        let log = QEMULog(["Assertion `x' failed."], cause: .field, in: gpu, .aborted)
        #expect(log.text(old) == "Assertion `x' failed.")
        #expect(log.text(new) == log.text(old))
    }
}

/// What a target reads by its own configuration, on changed copies of a real stream.
@Suite struct TargetReadingTests {
    private func findings(
        _ change: (inout [UInt8], Document) throws -> Void, loader: QEMUVersion? = nil
    ) throws -> [Finding] {
        let sample = Sample.fixture("sample-q35-10.0")
        var bytes = try sample.bytes()
        let document = try sample.document()
        try change(&bytes, document)
        let target = try Document.open(region: MappedRegion(copying: bytes), name: "target.mig")
        return Check(document, like: target, loader: loader).findings()
    }

    private func network(_ document: Document) throws -> StateField {
        try #require(
            StateField.sections(in: document.store) { $0.suffix(11).elementsEqual("/virtio-net".utf8) }.first?
                .field
                .first(ofType: "virtio"))
    }

    @Test(arguments: [QEMUVersion(11, 1), QEMUVersion(10, 0)]) func ringsThatDoNotFit(_ loader: QEMUVersion)
        throws
    {
        let found = try findings(
            { bytes, document in
                let size = try #require(network(document)["queues"]?[0]?["num"])
                bytes.replaceSubrange(size.offset..<size.offset + 4, with: [0, 0, 0, 2])
            }, loader: loader)
        let first = found.first { $0.severity == .error }
        if loader >= QEMUVersion(11, 1) {
            #expect(first?.qemu.contains(" exceeds allocated max 2\n") == true)
        } else {
            #expect(first == nil)
        }
    }

    /// What only the target has is a note, and comes last.
    @Test func sectionsThatTheTargetHasInAddition() throws {
        let sample = Sample.fixture("no-vmdesc-twin-10.0")
        let document = try sample.document()
        let found = Check(document, like: document).findings()
        #expect(found.filter { $0.severity != .note }.map(\.message) == [])
    }

    @Test func versions() throws {
        for (name, version) in [
            ("sample-q35-7.2", QEMUVersion(7, 2)), ("sample-q35-10.0", QEMUVersion(10, 0)),
        ] {
            let document = try Sample.fixture(name).document()
            let context = CheckContext(document: document, target: document, dump: nil)
            #expect(context.version == version, "\(name)")
        }
    }

    @Test func oldestVersions() {
        let minimums = MinimumVersions(loader: QEMUVersion(11, 1), architecture: .riscv)
        #expect(minimums.minimum(of: "cpu", local: 12) == 12)
        #expect(MinimumVersions(architecture: .x86).minimum(of: "cpu", local: 12) == 11)
        #expect(minimums.minimum(of: "serial", local: 3) == 2)
        #expect(minimums.minimum(of: "virtio-net", local: 11) == 11)
        // hw/ssi/aspeed_smc.c takes older ones since 11.1.
        #expect(minimums.minimum(of: "aspeed.smc", local: 3) == 1)
        #expect(MinimumVersions(loader: QEMUVersion(10, 0)).minimum(of: "aspeed.smc", local: 3) == 3)
        // Of those with one name the version says which it is.
        #expect(minimums.minimum(of: "timer", local: 2) == 1 && minimums.minimum(of: "timer", local: 1) == 1)
        #expect(
            minimums.minimum(of: "ne2000", local: 2) == 0 && minimums.minimum(of: "ne2000", local: 3) == 3)
    }
}
