import Bytes
import Diagnose
import Testing

/// Logs as people have them, and the messages that sources have.
@Suite struct LogTests {
    /// Real refusals of QEMU 10.0 and 11.1, with the code and the values of their cause.
    struct Sample: Sendable, CustomTestStringConvertible {
        var lines: [String]
        var code: FindingCode
        var values: [String]
        var testDescription: String { lines[0] }
    }

    private static let x86 = "qemu-system-x86_64: "
    private static let samples: [Sample] = [
        Sample(
            lines: [
                "warning: host doesn't support requested feature: CPUID.07H:EBX.smep [bit 7]",
                "get_pci_config_device: Bad config data: i=0x6a read: a device: 3a cmask: ff wmask: 0 w1cmask:0",
                "Failed to load PCIDevice:config",
                "Failed to load pcie-root-port:parent_obj.parent_obj.parent_obj",
                "error while loading state for instance 0x0 of device '0000:00:01.0/pcie-root-port'",
                "load of migration failed: Invalid argument",
            ], code: .pciConfig, values: ["6a", "a", "3a"]),
        Sample(
            lines: [
                "warning: nic virtio-net-pci.0 has no peer", "VQ 0 vring.num 1024 exceeds allocated max 256",
                "load of migration failed: Invalid argument: error while loading state for instance 0x0 of device '0000:00:01.0/virtio-net': Failed to load element of type virtio for virtio",
            ], code: .virtioQueues, values: ["0", "1024", "256"]),
        Sample(
            lines: [
                "load of migration failed: Invalid argument: Unknown section or instance '0000:00:01.0/virtio-rng' 0. Make sure that your current VM setup matches your saved VM setup, including any hotplugged devices"
            ], code: .sectionUnknown, values: ["0000:00:01.0/virtio-rng", "0"]),
        Sample(
            lines: [
                "Unknown ramblock \"0000:00:01.0/e1000.rom\", cannot accept migration",
                "error while loading state for instance 0x0 of device 'ram'",
                "load of migration failed: Invalid argument",
            ], code: .ramBlockUnknown, values: ["0000:00:01.0/e1000.rom"]),
        Sample(
            lines: [
                "load of migration failed: Invalid argument: error while loading state for instance 0x0 of device 'cpu': cpu: incoming version_id 3 is too old for local minimum version_id 4"
            ], code: .sectionVersion, values: ["cpu", "3", "4"]),
        Sample(
            lines: [
                "warning: TCG doesn't support requested feature, cap-cfpc=workaround",
                "warning: TCG doesn't support requested feature, cap-ccf-assist=on",
                "cap-fwnmi higher level (1) in incoming stream than on destination (0)",
                "error while loading state for instance 0x0 of device 'spapr'",
                "load of migration failed: Invalid argument",
            ], code: .spaprCap, values: ["fwnmi", "1", "0"]),
        Sample(
            lines: [
                "Missing section footer for 0000:00:1f.0/ICH9LPC",
                "load of migration failed: Invalid argument: Section footer error, section_id: 15",
            ], code: .footerMissing, values: ["0000:00:1f.0/ICH9LPC"]),
        Sample(
            lines: [
                "Input validation failed: hpet/num_timers must match",
                "error while loading state for instance 0x0 of device 'hpet'",
                "load of migration failed: Operation not permitted",
            ], code: .valueRange, values: ["hpet", "num_timers must match"]),
    ]

    private func first(_ bytes: [UInt8]) -> FailureReport.Cause? {
        var log = FailureLog()
        log.read(bytes[...])
        return log.finish().first.flatMap { MessageMeaning(report: $0).causes.first }
    }

    @Test(arguments: samples, LogWrapping.allCases)
    func causeComesFirst(_ sample: Sample, _ wrapping: LogWrapping) {
        let found = first(wrapping.wrapped(sample.lines.map { Self.x86 + $0 }))
        #expect(found?.entry.code == sample.code)
        let values = found?.values.prefix(sample.values.count) ?? []
        // Of a value with spaces the rest may be in the next line, as if it were another's.
        if wrapping == .columns {
            #expect(zip(sample.values, values).allSatisfy { $0.hasPrefix($1) && !$1.isEmpty })
        } else {
            #expect(values.elementsEqual(sample.values))
        }
    }

    /// A device that QEMU refuses without a word: strerror's text is all there is, whatever follows it.
    @Test(arguments: LogWrapping.allCases)
    func aReasonIsNoMoreThanItself(_ wrapping: LogWrapping) {
        let lines = [
            "error while loading state for instance 0x0 of device 'cpu'",
            "load of migration failed: Operation not permitted",
        ]
        var log = FailureLog()
        log.read(wrapping.wrapped(lines.map { "qemu-system-aarch64: " + $0 })[...])
        let report = log.finish().first
        #expect(report?.reason == "Operation not permitted")
        #expect(report?.device?.name == "cpu")
        #expect(report?.unknown == nil)
    }

    /// Of a long log the lines around failures are kept: what is counted there is the least that there is.
    @Test(arguments: [10, 40_000]) func whatIsCountedInALongLog(_ count: Int) {
        let warning = "qemu-kvm: warning: host doesn't support requested feature\n"
        let failure =
            "qemu-kvm: error while loading state for instance 0x0 of device 'hpet'\n"
            + "qemu-kvm: load of migration failed: Invalid argument\n"
        var log = FailureLog()
        log.read(Array((String(repeating: warning, count: count) + failure).utf8)[...])
        let reports = log.finish()
        let note = LogExplanation.notes(log, reports, hasStream: true).first { $0.code == .explainWarnings }
        #expect(log.isWhole == (count == 10))
        #expect(note?.message.hasPrefix(log.isWhole ? "10 warnings are" : "at least ") == true)
        #expect(log.warningCount <= count)
    }

    /// The list that Fuzz/messages.py made of the sources of QEMU 5.2 to 11.1 and libvirt 7.0 to 11.3.
    @Test func messagesOfTheSourcesAreKnown() throws {
        let path = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let region = try MappedRegion.open(path: "/\(path)/Truth/messages.tsv")
        let text = String(decoding: region.copy(0..<region.count), as: UTF8.self)
        var unknown: [String] = []
        var count = 0
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 9, fields[8].isEmpty else { continue }
            count += 1
            let message = Self.rendered(fields[7])
            if Catalogue.messages(Array(message.utf8)).isEmpty { unknown.append(message) }
        }
        #expect(count > 2000)
        #expect(unknown.count * 20 < count, "\(unknown)")
    }

    private static func rendered(_ format: Substring) -> String {
        let values: [Character: String] = ["s": "name", "d": "7", "u": "7", "x": "1f", "%": "%"]
        var result = ""
        var isConversion = false
        for character in format {
            if isConversion { result += values[character] ?? String(character) }
            if !isConversion, character != "%" { result.append(character) }
            isConversion = !isConversion && character == "%"
        }
        return result
    }

    @Test func sourceDestinationAndLibvirtMakeOneStory() throws {
        let text = """
            2026-11-29T10:00:01Z qemu-system-x86_64: Unable to write to socket: Connection reset by peer
            2026-11-29 10:00:01.5+0000: 7: error : qemuMigrationJobCheckStatus:1: operation failed: job 'migration out' failed: Unable to write to socket: Connection reset by peer
            2026-11-29T10:00:00Z qemu-system-x86_64: Missing section footer for 0000:00:01.3/piix4_pm
            2026-11-29T10:00:00Z qemu-system-x86_64: load of migration failed: Invalid argument
            """
        var log = FailureLog()
        log.read(Array(text.utf8)[...])
        let reports = log.finish()
        #expect(reports.count == 1)
        let findings = try LogExplanation.explain(#require(reports.first))
        #expect(findings.first?.code == .footerMissing)
        #expect(findings.dropFirst().allSatisfy { $0.severity == .note })
        let notes = LogExplanation.notes(log, reports, hasStream: false)
        #expect(notes.contains { $0.message.hasPrefix("the destination stopped first") })
        #expect(notes.last?.code == .explainNoStream)
    }

    /// libvirt ends a guest that is saved, has migrated or is destroyed by a signal: as in each guest's log.
    @Test(arguments: ["saved", "destroyed", "migrated", "shutdown", "from snapshot"])
    func endsThatSomebodyWanted(_ reason: String) {
        let end = """
            2026-11-29T10:11:12.100000Z qemu-system-x86_64: terminating on signal 15 from pid 42 (/usr/sbin/libvirtd)
            2026-11-29 10:11:13.000+0000: shutting down, reason=\(reason)

            """
        #expect(FailureLog.reports(in: end).isEmpty)
        // A guest that is saved is said to end before the signal arrives.
        let lines = end.split(separator: "\n").reversed()
        #expect(FailureLog.reports(in: lines.joined(separator: "\n")).isEmpty)
        let failure = """
            2026-11-29T10:12:12.100000Z qemu-system-x86_64: Machine type received is 'a' and local is 'b'
            2026-11-29T10:12:12.200000Z qemu-system-x86_64: load of migration failed: Invalid argument

            """
        for log in [end + failure, failure + end, end + failure + end] {
            let reports = FailureLog.reports(in: log)
            #expect(reports.map { $0.causes.map(\.entry.code) } == [[.machine]], "\(log)")
        }
        let bare = "qemu-system-x86_64: load of migration failed\n" + end
        #expect(FailureLog.reports(in: bare).count == 1)
    }

    @Test func guestsThatLibvirtGaveUp() {
        let killed = "qemu-system-x86_64: terminating on signal 15 from pid 42 (/usr/sbin/libvirtd)\n"
        let failed = FailureLog.reports(
            in: killed + "2026-11-29 10:11:13.000+0000: shutting down, reason=failed\n")
        #expect(failed.first?.causes.first?.entry.code == .terminated)
        #expect(failed.first?.causes.first?.entry.role == .symptom)
        let crashed = FailureLog.reports(in: "2026-11-29 10:11:13.000+0000: shutting down, reason=crashed\n")
        #expect(
            crashed.first.map { LogExplanation.explain($0).first?.message }
                == "QEMU ended by itself: libvirt only noticed that it was gone")
    }

    @Test func warningsAreNoCause() {
        let text =
            "qemu-system-x86_64: warning: host doesn't support requested feature: CPUID.07H:EBX.smep [bit 7]\n"
        var log = FailureLog()
        log.read(Array(text.utf8)[...])
        #expect(log.finish().isEmpty)
        #expect(log.warningCount == 1)
    }

    private func advice(_ text: String) -> Finding? {
        FailureLog.reports(in: text).first.flatMap { LogExplanation.explain($0).first }
    }

    @Test func numbersHaveNamesAndProperties() {
        let features = advice("Features 0x1c0010130bf8024 unsupported. Allowed features: 0x10130bfffa7")
        #expect(features?.message.contains("GUEST_USO4, GUEST_USO6, HOST_USO if this is virtio-net") == true)
        #expect(features?.hint.contains("guest_uso4=off,guest_uso6=off,host_uso=off") == true)
        #expect(
            advice("error: failed to set MSR 0x48e to 0xfff9fffe04006172")?.hint.contains("vmx=off") == true)
        #expect(
            advice("error: failed to set MSR 0x10a to 0x1")?.hint.contains("arch-capabilities=off") == true)
        #expect(
            advice("Size mismatch: pc.ram: 0x100000000 != 0x80000000: Invalid argument")?.hint.contains(
                "-m 4G") == true)
        #expect(
            advice("Size mismatch: vga.vram: 0x1000000 != 0x800000: Invalid argument")?.hint.contains(
                "vgamem_mb=16") == true)
        #expect(advice("Unknown savevm section or instance 'cpu_common' 1.")?.hint.contains("-smp") == true)
    }

    /// Advice that depends on the numbers of a message.
    @Test func numbersDecideWhatToTry() {
        // The BAR of a virtio-balloon of QEMU 4.0, which has 64 bytes, and one of 32 bytes.
        let bar = advice(
            "get_pci_config_device: Bad config data: i=0x10 read: 21 device: 1 cmask: ff wmask: c0 w1cmask:0\n"
                + "error while loading state for instance 0x0 of device '0000:00:08.0/virtio-balloon'\n"
                + "load of migration failed: Invalid argument")
        #expect(bar?.hint.contains("at most 0x20 bytes) than on the destination (0x40)") == true)
        let noQueue = advice("VQ 4 vring.num 256 exceeds allocated max 0")
        #expect(
            noQueue?.message
                == "the stream has queue 4 with 256 entries; the destination's device has no queue with that number"
        )
        #expect(advice("VQ 0 vring.num 256 exceeds allocated max 64")?.hint.contains("queue-size=") == true)
        let register = { (number: String) in
            self.advice(
                "handle_cpreg_only_in_incoming_stream: system register 0x\(number) in the incoming stream but unknown on the destination: fail migration"
            )?.message
        }
        #expect(register("1013c030")?.hasSuffix(": ID_AA64ISAR0_EL1") == true)
        #expect(register("1013e000")?.contains("of EL2 (-machine virtualization=on)") == true)
        #expect(register("1013f090")?.contains("of EL3 (-machine secure=on)") == true)
        #expect(advice("MIG_CMD 0xb unknown (len 0x0)")?.hint.contains("send-switchover-start=off") == true)
        #expect(advice("MIG_CMD 0x2b unknown (len 0x0)")?.hint.contains("source's version") == true)
        #expect(
            advice("operation failed: guest CPU doesn't match specification: extra features: ht")?.hint
                .contains(
                    "update libvirt") == true)
        #expect(
            advice("guest CPU doesn't match specification: missing features: vmx,pdcm")?.hint.contains("PMU")
                == true)
        // A ROM whose name is cut, and a ROM without which QEMU goes on.
        #expect(
            advice(
                "Unknown ramblock \"0000:00:01.0/virtio-net-pci-non-transitional\", cannot accept migration")?
                .hint.contains("romfile=") == true)
    }

    /// What QEMU says just before it gives up is its reason, also beside what follows from other things.
    @Test func wordsBesideSymptoms() throws {
        let text = """
            qemu-system-x86_64: Could not open option rom 'u-boot.bin': No such file or directory
            qemu-system-x86_64: the frobnicator has no beans
            qemu-system-x86_64: error while loading state for instance 0x0 of device 'frob'
            qemu-system-x86_64: load of migration failed: Operation not permitted
            """
        let report = try #require(FailureLog.reports(in: text).first)
        #expect(report.unknown?.words == "the frobnicator has no beans")
        #expect(LogExplanation.explain(report).first?.code == .messageUnknown)
        let known = text.replacing("the frobnicator has no beans", with: "MIG_CMD 0xb unknown (len 0x0)")
        #expect(advice(known)?.code == .command)
    }

    /// The same said twice in other words, and nothing after a colon.
    @Test func causesAreToldOnce() {
        let unsafe = FailureLog.reports(
            in: "error: Unsafe migration: Migration without shared storage is unsafe")
        #expect(unsafe.first.map { LogExplanation.explain($0).count } == 1)
        let busy = advice("Timed out during operation: cannot acquire state change lock")
        #expect(busy?.message == "another job of the same guest runs, or hangs")
        let held = advice(
            "Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainMigrate)"
        )
        #expect(held?.message.hasSuffix("hangs: monitor=remoteDispatchDomainMigrate") == true)
    }

    /// A value that is empty, in a log without spaces at the ends of lines.
    @Test(arguments: ["invalid parameter value: ", "invalid parameter value:", "invalid parameter value: x"])
    func valuesMayBeEmpty(_ line: String) {
        let finding = advice("qemu-system-x86_64: \(line)\nqemu-system-x86_64: load of migration failed: x")
        #expect(finding?.code == .valueRange, "\(finding?.message ?? "")")
    }

    /// Places after a controller are not parts of its address.
    @Test func placesOfDevices() {
        func hint(_ name: String) -> String? {
            advice("Unknown savevm section or instance '\(name)' 0.")?.hint
        }
        #expect(
            hint("0000:00:01.0/1.2/usb-kbd")
                == "add the device usb-kbd to the destination at port=1.2 of the controller at PCI address "
                + "0000:00:01.0 (addr=01.0)")
        #expect(
            hint("0000:00:01.0/0:1:2/scsi-disk")?.contains(
                "channel=0,scsi-id=1,lun=2 of the controller at PCI")
                == true)
        #expect(
            hint("0000:00:02.0/virtio-rng")
                == "add the device virtio-rng to the destination at PCI address 0000:00:02.0 (addr=02.0)")
    }

    @Test func kindsOfFiles() {
        #expect(ExplainFile(head: Array("QEVM".utf8) + [0, 0, 0, 3]).isStream)
        #expect(ExplainFile(head: Array("{\n \"vmschkmachine\": {}".utf8)).isDump)
        #expect(!ExplainFile(head: Array("load of migration failed".utf8)).isStream)
        #expect(!ExplainFile(head: LogWrapping.utf16.wrapped(["load of migration failed"])).isStream)
    }

    /// A large log is read in pieces: what is kept does not depend on its length.
    @Test func aLargeLog() {
        var log = FailureLog()
        let noise = Array(
            String(repeating: "2026-11-29 10:00:00 host app[1]: nothing to see here at all\n", count: 2000)
                .utf8)
        for _ in 0..<20 { log.read(noise[...]) }
        log.read(
            Array(
                "qemu: Missing section footer for hpet\nqemu: load of migration failed: Invalid argument\n"
                    .utf8)[...])
        for _ in 0..<20 { log.read(noise[...]) }
        let reports = log.finish()
        #expect(reports.count == 1)
        #expect(reports.first?.lines.count == 2)
    }
}
