import Bytes
import Diagnose
import Stream
import Testing

/// Messages of real failures, as QEMU and libvirt log them.
@Suite struct ExplainTests {
    private static let stamp =
        "2024-05-01 10:00:00.123+0000: 4242: error : qemuProcessReportLogError:2051 : internal error: QEMU unexpectedly "
        + "closed the monitor (vm='a: b'): 2024-05-01T10:00:00.000000Z qemu-system-x86_64: "

    private func reports(_ text: String) -> [FailureReport] {
        FailureLog.reports(in: text)
    }

    /// The section that the damage is in, by its bytes.
    private func section(_ document: Document, _ offset: Int) -> Range<Int>? {
        document.store.checkedSections().first { $0.record.offset <= offset && offset < $0.record.end }
            .map { $0.record.offset..<$0.record.end }
    }

    @Test(arguments: BrokenCase.all.filter { !$0.qemu.isEmpty }, ["", stamp])
    func recorded(_ broken: BrokenCase, _ stamp: String) throws {
        let text = broken.qemu.map { stamp + $0 }.joined(separator: "\n")
        let report = try #require(reports(text).first)
        let region = MappedRegion(copying: try broken.bytes())
        guard let document = try? Document.open(region: region, name: "broken.mig") else {
            #expect(!Explainer.explain(report, refused: HeaderRules.refusal(region)).isEmpty)
            return
        }
        let first = try #require(Explainer(document).explain(report).first)
        let place = try #require(broken.place)
        if let section = section(document, place) {
            #expect(section.contains(first.offset))
        } else {
            #expect(abs(first.offset - place) < 16)
        }
        #expect(!first.message.isEmpty)
    }

    @Test func stepsLeadToAField() throws {
        let document = try Sample.fixture("no-vmdesc-twin-10.0").document()
        let report = try #require(
            reports(
                """
                kvm: get_pci_config_device: Bad config data: i=0x34 read: 98 device: 84 cmask: ff wmask: 0 w1cmask:0
                kvm: Failed to load PCIDevice:config
                kvm: Failed to load vga:dev
                kvm: error while loading state for instance 0x0 of device '0000:00:01.0/vga'
                kvm: load of migration failed: Invalid argument
                """
            ).first)
        let finding = try #require(Explainer(document).explain(report).first)
        #expect(finding.code == .pciConfig)
        #expect(finding.path.hasSuffix("vga:0/dev/config[0]"))
        #expect(finding.message.contains("first capability"))
    }

    @Test func featureNames() throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let name = try #require(document.overview.sections.first { $0.name.hasSuffix("/virtio-net") }?.name)
        let report = try #require(
            reports(
                """
                Features 0x8000 unsupported. Allowed features: 0x1
                Failed to load virtio-net:virtio
                error while loading state for instance 0x0 of device '\(name)'
                load of migration failed: Operation not permitted
                """
            ).first)
        let finding = try #require(Explainer(document).explain(report).first)
        #expect(finding.message.contains("MRG_RXBUF (15)"))
        #expect(finding.path.hasPrefix(PathText.escaped(name)))
    }

    @Test func patterns() throws {
        let version = MessagePattern("%s: incoming version_id %d is too old for local minimum version_id  %d")
        let line = "x: qemu: mc146818rtc: incoming version_id -1 is too old for local minimum version_id  1"
        #expect(
            version.match(Array(line.utf8))?.map { String(decoding: $0, as: UTF8.self) } == [
                "mc146818rtc", "-1", "1",
            ])
        #expect(MessagePattern("%x != %x").match(Array("qemu: 8 != 9".utf8)) == [[0x38], [0x39]])
        #expect(MessagePattern("%x != %x").match(Array("qemu: nothing".utf8)) == nil)
        #expect(MessagePattern("flags: 0x%x").match(Array("flags: 0x".utf8)) == nil)
    }

    @Test func eachEntryIsFoundByItsOwnText() {
        for entry in Catalogue.all {
            for pattern in entry.patterns {
                #expect(pattern.literals.contains { $0.count >= 4 }, "\(entry.cause)")
            }
        }
    }

    @Test func aReasonWithoutAnEndOfLine() {
        let found = reports(
            "qemu-system-x86_64: ERROR: Cannot migrate while device properties (subsys/subsys_ven) differ"
                + "qemu-system-x86_64: error while loading state for instance 0x0 of device '0000:00:0b.0/e1000e'\n"
                + "qemu-system-x86_64: load of migration failed: Operation not permitted\n")
        #expect(found.first?.device?.name == "0000:00:0b.0/e1000e")
        #expect(found.first?.causes.first?.values == ["subsys/subsys_ven"])
    }

    private func first(_ text: String) throws -> Finding? {
        let document = try Sample.fixture("sample-q35-7.2").document()
        return reports(text).first.flatMap { Explainer(document).explain($0).first }
    }

    /// The configuration space, not the virtio device's own configuration.
    @Test func configurationOfAVirtIODevice() throws {
        let document = try Sample.fixture("sample-q35-7.2").document()
        let device = "0000:00:04.0/virtio-blk:0"
        let config = try #require(document.range(ofPath: device + "/virtio/transport/config"))
        let finding = try first(
            """
            get_pci_config_device: Bad config data: i=0x8 read: 1 device: 0 cmask: ff wmask: 0 w1cmask:0
            Failed to load PCIDevice:config
            Failed to load virtio-blk:virtio
            error while loading state for instance 0x0 of device '0000:00:04.0/virtio-blk'
            load of migration failed: Invalid argument
            """)
        #expect(finding?.offset == config.lowerBound + 8)
    }

    @Test func featuresAndQueues() throws {
        let device = "0000:00:02.0/virtio-net:0/virtio/"
        let wrapper = """

            Failed to load virtio-net:virtio
            error while loading state for instance 0x0 of device '0000:00:02.0/virtio-net'
            load of migration failed: Operation not permitted
            """
        #expect(
            try first("Features 0x30 unsupported. Allowed features: 0x10" + wrapper)?.path
                == device + "guest_features")
        #expect(
            try first("Invalid number of virtqueues: 0x401" + wrapper)?.path == device + "queue_count")
    }

    /// A log of another guest has no place in this stream.
    @Test func aDeviceThatIsNotThere() throws {
        let finding = try first(
            """
            Missing section footer for 0000:00:1b.0/xhci
            error while loading state for instance 0x0 of device '0000:00:1b.0/xhci'
            load of migration failed: Invalid argument
            """)
        #expect(finding?.hasPlace == false)
        #expect(finding?.certainty == .possible)
        #expect(finding?.message.hasSuffix("the stream has no section 0000:00:1b.0/xhci #0") == true)
    }

    @Test func numbersOfErrors() throws {
        #expect(try first("Error -22 while loading VM state")?.message == "a check failed")
    }

    /// As rsyslog writes a report of several lines.
    @Test func endsOfLinesInNumbers() {
        let found = reports("Missing section footer for hpet#012load of migration failed: Invalid argument\n")
        #expect(found.first?.lines.count == 2)
    }

    @Test func onlyFailuresAreKept() {
        var log = FailureLog()
        let noise = Array("2024-05-01T10:00:00Z qemu-system-x86_64: warning: nothing of interest here\n".utf8)
        for _ in 0..<2000 { log.read(noise[...]) }
        for number in 0..<200 {
            log.read(
                Array(
                    "Missing section footer for device\(number)\nload of migration failed: Invalid argument\n"
                        .utf8)[...])
        }
        log.read([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)[...])
        #expect(log.finish().count == 64)
        #expect(log.skippedCount == 136)
    }

    @Test func theSameFailureIsToldOnce() {
        let text = "Missing section footer for hpet\nload of migration failed: Invalid argument\n"
        let found = reports(String(repeating: text, count: 5))
        #expect(found.count == 1)
        #expect(found.first?.lines.count == 2)
    }
}
