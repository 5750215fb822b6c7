import Diagnose
import Testing

/// Messages of the loader as real QEMUs of each version printed them.
@Suite struct QEMUMessageTests {
    private let v10 = QEMUVersion(10, 0)
    private let v11 = QEMUVersion(11, 1)

    private func lines(_ log: QEMULog, _ version: QEMUVersion) -> [String] {
        log.text(QEMUWording(version)).split(separator: "\n").map(String.init)
    }

    @Test func versions() {
        #expect(QEMUVersion("11.1.2") == QEMUVersion(11, 1))
        #expect(QEMUVersion("pc-q35-10.0") == v10)
        #expect(QEMUVersion("microvm") == nil)
        #expect(QEMUVersion("10") == nil)
        #expect(QEMUVersion(9, 2) < v10)
    }

    @Test func eachKindIsParsedFromEachOfItsWordings() {
        for kind in QEMUMessage.Kind.all {
            for wording in kind.wordings {
                let values = ["7", "8", "9", "5"]
                let text = QEMUMessage.filled(wording.format, values)
                let found = QEMUMessage.parsed("qemu-system-x86_64: " + text)
                #expect(found?.kind == kind, "\(text)")
            }
        }
    }

    @Test func wordsOfAnEqualFieldInAPCIDevice() {
        let chain = [
            FieldStep(structure: "igb", field: "parent_obj", type: ""),
            FieldStep(structure: "PCIDevice", field: "config", type: "pci config"),
        ]
        let failure = QEMULog(
            [], cause: .field, chain: chain, in: .device(name: "0000:00:01.0/igb", instance: 0))
        #expect(
            lines(failure, v10) == [
                "Failed to load PCIDevice:config", "Failed to load igb:parent_obj",
                "error while loading state for instance 0x0 of device '0000:00:01.0/igb'",
                "load of migration failed: Invalid argument",
            ])
        #expect(
            lines(failure, v11) == [
                "load of migration failed: Invalid argument: error while loading state for instance 0x0 of device "
                    + "'0000:00:01.0/igb': Failed to load element of type pci config for config"
            ])
    }

    @Test func wordsOfAVirtIODevice() {
        let chain = [
            FieldStep(structure: "virtio-blk", field: "virtio", type: "virtio"),
            FieldStep(structure: "PCIDevice", field: "config", type: "pci config"),
        ]
        let failure = QEMULog(
            [], cause: .field, chain: chain, in: .device(name: "0000:00:01.0/virtio-blk", instance: 0))
        #expect(
            lines(failure, v11) == [
                "Failed to load element of type pci config for config",
                "load of migration failed: Invalid argument: error while loading state for instance 0x0 of device "
                    + "'0000:00:01.0/virtio-blk': Failed to load element of type virtio for virtio",
            ])
    }

    @Test func wordsOfASection() {
        let unknown = QEMULog(.unknownSection, ["apic", "1"])
        #expect(
            lines(unknown, v10) == [
                "Unknown savevm section or instance 'apic' 1. Make sure that your current VM setup matches your "
                    + "saved VM setup, including any hotplugged devices",
                "load of migration failed: Invalid argument",
            ])
        #expect(
            lines(unknown, v11) == [
                "load of migration failed: Invalid argument: Unknown section or instance 'apic' 1. Make sure that "
                    + "your current VM setup matches your saved VM setup, including any hotplugged devices"
            ])
        let old = QEMULog(.tooOld, ["cpu", "3", "4"], in: .device(name: "cpu", instance: 0))
        #expect(
            lines(old, v11) == [
                "load of migration failed: Invalid argument: error while loading state for instance 0x0 of device "
                    + "'cpu': cpu: incoming version_id 3 is too old for local minimum version_id 4"
            ])
    }

    @Test func wordsOfASubsection() {
        let failure = QEMULog(
            [], cause: .message(QEMUMessage(.tooNew, ["fw_cfg/dma", "9", "0"])),
            subsections: [SubsectionStep(name: "fw_cfg/dma", parent: "fw_cfg", depth: 0)],
            in: .device(name: "fw_cfg", instance: 0))
        #expect(
            lines(failure, v11).last?.hasSuffix(
                "device 'fw_cfg': Loading VM subsection 'fw_cfg/dma' in 'fw_cfg' failed: fw_cfg/dma: incoming "
                    + "version_id 9 is too new for local version_id 0") == true)
    }
}
