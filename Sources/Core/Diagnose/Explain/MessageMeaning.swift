import Bytes
import Meaning

/// The meaning of a failure's messages alone, without their stream.
package struct MessageMeaning {
    package let report: FailureReport

    package init(report: FailureReport) { self.report = report }

    /// The causes first, then their consequences.
    package var causes: [FailureReport.Cause] {
        let ranked = report.causes.enumerated().sorted {
            (Self.rank($0.element.entry), $0.offset) < (Self.rank($1.element.entry), $1.offset)
        }
        return ranked.map(\.element)
    }

    /// Whether QEMU names a place, or a reason that is not known, and no other message is a cause.
    package var isBare: Bool {
        let hasPlace =
            report.device != nil || report.unknown != nil || report.section != nil || report.reason != nil
        return report.causes.isEmpty || hasPlace && !report.causes.contains { $0.entry.role == .cause }
    }

    private static func rank(_ entry: CatalogueEntry) -> Int {
        switch entry.role {
        case .cause: 0
        // The text after the name of a command is more specific than the refusal of the command.
        case .symptom: entry.code == .libvirtJSON ? 2 : 1
        // Some messages say only that something failed.
        case .consequence: entry.code == .libvirtEnded ? 3 : 2
        case .wrapper: 4
        case .progress: 5
        }
    }

    /// The idstr in the report, or the one that its fields and values indicate.
    package var device: String { report.device?.name ?? report.fields.last?.structure ?? "" }

    /// Returns the meaning of a cause, with names for its numbers.
    package func words(_ cause: FailureReport.Cause) -> String {
        let words = cause.entry.cause(cause.values)
        let values = cause.values
        switch cause.entry.code {
        case .virtioFeatures:
            return VirtIOFeatureWords.missing(values, in: device).map { "\(words): \($0)" } ?? words
        case .cpuMSR:
            return values.first.flatMap(MSRAdvice.name).map { "\(words): \($0.name)" } ?? words
        case .armRegisters: return words + (armRegister(values).map { ": \($0)" } ?? "")
        case .pciConfig: return words + (pciRegister(values).map { ": \($0)" } ?? "")
        case .fieldEqual, .fieldLE: return words + (field.map { ": \($0)" } ?? "")
        case .libvirtABI where isRevert:
            return "the guest is no longer the machine of the snapshot"
                + (values.first.map { ": \($0)" } ?? "")
        default: return words
        }
    }

    /// Returns the advice about a cause.
    package func advice(_ cause: FailureReport.Cause) -> String {
        let values = cause.values
        switch cause.entry.code {
        case .sectionUnknown where !values.isEmpty: return DeviceAdvice.advice(values[0])
        case .ramBlockUnknown where !values.isEmpty: return RAMBlockAdvice.missing(values[0])
        case .ramBlockSize where values.count >= 3:
            return RAMBlockAdvice.size(values[0], values[1], values[2])
        case .virtioFeatures:
            guard let properties = VirtIOFeatureWords.properties(values, in: device) else { break }
            return
                "start the source with \(properties), and restart the guest; or give the destination the kernel, back-end and machine type that offer it"
        case .cpuMSR:
            guard let known = values.first.flatMap(MSRAdvice.name) else { break }
            return
                "run the guest on both sides with \(known.flag) or a smaller CPU model; otherwise use a host with the same CPU, microcode, kernel and KVM options"
        case .pciConfig:
            if let advice = pciAdvice(values) { return advice }
        case .fieldEqual, .fieldLE:
            if let advice = fieldAdvice { return advice }
        case .footerMissing where !values.isEmpty: return footerAdvice(values[0])
        case .sourceBlocked where !values.isEmpty:
            if let advice = DeviceAdvice.unsaved(values[0]) { return advice }
        case .destinationAborts where cause.entry.side == .any:
            if let part = AssertionPart.advice(report.lines, cause.line) {
                return "\(cause.entry.advice(values)); \(part)"
            }
        case .libvirtABI where isRevert:
            return
                "revert with --force if that is intended (it starts a new QEMU with the snapshot's configuration), or first give the guest its former configuration: virsh snapshot-dumpxml NAME SNAPSHOT"
        case .fileMissing where report.mentions.contains("restore domain"):
            return cause.entry.advice(values)
                + "; if the file has moved, change the path in the saved guest: virsh save-image-edit FILE, or restore --xml"
        case .connectionLost where report.mentions.contains("multifd"):
            return cause.entry.advice(values)
                + "; multifd is on: set it on both sides with the same number of channels; try without it, or with fewer channels; the multifd of different QEMU versions may be incompatible"
        case .connectionLost where report.mentions.contains("postcopy"):
            return cause.entry.advice(values)
                + "; in postcopy the guest is on both hosts: recover it (migrate -r; virsh migrate --postcopy-resume), don't restart it on the source"
        case .socketAddress where values.first.map(Self.isLongAddress) ?? false:
            return
                "the host's name is too long for this QEMU (64 characters up to 10.0): use its short name or its IP address (libvirt: --migrateuri, --listen-address, migration_host in qemu.conf; Nova: live_migration_inbound_addr), or update QEMU"
        case .cpuMismatch where values.contains(where: { Self.hasFeature("pdcm", $0) }):
            return
                "pdcm goes with the PMU, and from QEMU 10.1 on only with it: give both sides the same PMU setting and machine type, or disable pdcm in the guest's CPU"
        default: break
        }
        return cause.entry.advice(values)
    }

    // MARK: CPUs

    // QEMU prints its own number of a system register, whose low bits equal those of KVM's
    // (target/arm/cpregs.h).
    private func armRegister(_ values: [String]) -> String? {
        guard let number = values.first.flatMap({ UInt64($0, radix: 16) }), number <= UInt64(UInt32.max)
        else {
            return nil
        }
        let is64 = number >> 28 & 1 == 1
        let name = ArmSystemRegisters.name(
            is64 ? 0x6030_0000_0013_0000 | number & 0xffff : 0x4020_0000_0000_0000 | number & 0xf_ffff)
        let level = is64 ? number >> 11 & 7 : number >> 3 & 7
        // The first argument of the instruction gives the exception level that may use the register.
        switch level {
        case 4, 5: return "\(name), of EL2 (-machine virtualization=on)"
        case 6: return "\(name), of EL3 (-machine secure=on)"
        default: return name
        }
    }

    private var isRevert: Bool { report.mentions.contains("revert requires force") }

    private static func isLongAddress(_ address: String) -> Bool {
        address.utf8.count >= 60 && !address.contains("/")
    }

    private static func hasFeature(_ name: String, _ list: String) -> Bool {
        list.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.contains { $0 == name }
    }

    // MARK: Fields

    private var field: String? {
        if let step = report.fields.first { return "\(step.field) of \(step.structure)" }
        return report.elements.first.map { "\($0.field) of \(device)" }
    }

    private var fieldAdvice: String? {
        let name = report.fields.first?.field ?? report.elements.first?.field ?? ""
        if let known = Self.fields.first(where: { name.contains($0.part) }) { return known.advice }
        return device == "cpu" ? DeviceAdvice.refused("cpu", program: report.program) : nil
    }

    private static let fields: [(part: String, advice: String)] = [
        ("max_outputs", "give the device the same max_outputs="),
        (
            "cpreg",
            "the lists of system registers differ: use the same QEMU version, CPU model and, with KVM, host kernel"
        ),
        ("num_timers", "give the HPET the same number of timers"), ("nb_queues", "use the same num_queues="),
        ("msix", "use the same vectors="), ("vectors", "use the same vectors="),
        ("ports", "use the same number of ports"),
        ("size", "use the same sizes: memory, video memory, buffers"),
        ("irq", "use the same machine type and interrupt controller"),
    ]

    private func footerAdvice(_ name: String) -> String {
        let last = name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
        switch last {
        case "ICH9LPC", "piix4_pm":
            return
                "memory, CPU or PCI hotplug differs: use the same -m …,slots=…,maxmem=…, -smp …,maxcpus=…, acpi-pci-hotplug-with-bridge-support and acpi-root-pci-hotplug, and machine type (LXD and Incus take maxcpus from the host: use hosts with the same number of CPUs, limits.cpu as a list, or an update); if these are the same, the QEMUs differ: install the same version and package on both sides"
        case "spapr-xive", "xics": return "give the destination the same number of CPUs: -smp cpus=,maxcpus="
        case "cpu":
            return
                "the descriptions of the CPUs differ: use the same emulator and CPU model, and a QEMU of the source's version (for PowerPC 405, 440, 460 and e200, a newer QEMU: 7.2 can't load its own streams)"
        case "slirp":
            return
                "the network of -netdev user (libslirp) is saved differently: use the same QEMU and libslirp, or save with -nic none, or a tap device"
        case "xhci": return "give the controller the same ports and slots: p2=, p3=, slots=, intrs="
        default:
            return
                "use the same properties, machine type and QEMU version for \(name.isEmpty ? "it" : name); if all are the same, its description in QEMU has a bug: update QEMU, or leave the device out; with both streams, check --like finds the field"
        }
    }

    // MARK: PCI

    private func pciRegister(_ values: [String]) -> String? {
        values.first.flatMap { Int($0, radix: 16) }.flatMap { index in
            PCIConfig.register(index) ?? (index >= 0x40 ? "a capability of the device (0x40 and later)" : nil)
        }
    }

    private func pciAdvice(_ values: [String]) -> String? {
        guard values.count >= 3, let index = Int(values[0], radix: 16), let device = report.device?.name
        else {
            return nil
        }
        let isVirtIO = device.contains("virtio") || device.contains("vhost")
        switch index {
        case 0x2, 0x3:
            if isVirtIO {
                return
                    "one side's device is transitional, the other's is not: use the same disable-legacy= and disable-modern= for this device (or put it on the same kind of bus: PCIe or PCI)"
            }
            return "a different model of the device is at that address: use the same -device"
        case 0x6 where isVirtIO && Self.differs(values, by: 0x10):
            return
                "one side's device has no PCI capabilities at all: use the same disable-modern= and vectors= for this device, and the same machine type"
        case 0x34 where isVirtIO:
            return "the capabilities differ: use the same disable-modern=, vectors= and machine type"
        case 0x0, 0x1, 0x8...0xb:
            return
                "a different device, or revision, is at that address: use the same -device and machine type"
        case 0x2c...0x2f:
            return "the subsystem ids differ: use the same subsys_ven=, subsys= and machine type"
        case 0x20...0x27 where isVirtIO && Self.isAbsent(values):
            return
                "only one side's device has the BAR of virtio 1.0: use the same disable-modern= for this device; if a vhost back-end decides it, give both hosts a kernel (or back-end) that knows VIRTIO_F_VERSION_1, or set disable-modern=on"
        case 0x10...0x27: return baseAddressAdvice(values, index)
        case 0x30...0x33:
            return
                "the option ROM has a different size: use the same romfile= (or package with the ROMs), or the source's romsize="
        // include/hw/pci/pcie_regs.h: bit 22 of the mask of uncorrectable errors.
        case 0x10a where Self.differs(values, by: 0x40):
            return
                "QEMU 8.0.0, unlike all other versions, also masks a PCIe error (x-pcie-err-unc-mask) in machine types before 8.0: update it to 8.0.1 or later, and restart the guest if it was the source"
        case 0x3d: return "the interrupt pin differs: use the same multifunction= and the machine type"
        // hw/net/e1000e.c, vmxnet3.c
        case 0x144..<0x14c where device.hasSuffix("e1000e"), 0x104..<0x10c where device.hasSuffix("vmxnet3"):
            return PCIConfig.serialAdvice
        default:
            if device.contains("pcie-root-port") || device.contains("ioh3420") {
                return
                    "give the port the same chassis=, slot=, x-speed=, x-width=, disable-acs= and hotplug settings"
            }
            if isVirtIO {
                return
                    "a capability differs: use the same vectors=, number of queues (MSI-X) and machine type; for virtio-blk and virtio-scsi, num-queues defaults to the number of CPUs: set it if CPUs were plugged in"
            }
            return nil
        }
    }

    private static func isAbsent(_ values: [String]) -> Bool {
        values[1].allSatisfy { $0 == "0" } || values[2].allSatisfy { $0 == "0" }
    }

    private static func differs(_ values: [String], by bits: UInt8) -> Bool {
        guard let read = UInt8(values[1], radix: 16), let known = UInt8(values[2], radix: 16) else {
            return false
        }
        return read ^ known == bits
    }

    // Address bits that the destination's BAR can't hold are below its size.
    private func baseAddressAdvice(_ values: [String], _ index: Int) -> String {
        let other =
            "a BAR differs: use the same memory sizes, romfile=, device properties, QEMU and machine type"
        guard values.count >= 5, let read = UInt8(values[1], radix: 16),
            let writable = UInt8(values[4], radix: 16), let known = UInt8(values[2], radix: 16), writable != 0
        else { return other }
        let extra = (read ^ known) & ~writable & 0xf0
        guard index & 3 == 0, extra != 0 else { return other }
        return
            "a BAR is smaller on the source (at most 0x\(String(extra & (~extra &+ 1), radix: 16)) bytes) than on the destination (0x\(String(writable & (~writable &+ 1), radix: 16))): the device's configuration grew; give the destination the source's machine type, with its version, and the same properties"
    }

    // MARK: Without a cause

    /// Returns the explanation when no message gives the reason.
    package func bare() -> (words: String, advice: String) {
        if let unknown = report.unknown {
            return ("QEMU's reason: \(unknown.words)", bareAdvice)
        }
        var words = report.reason.map(FailureReason.meaning) ?? "a load that failed"
        if let device = report.device {
            words =
                "\(device.name) #\(device.instance) is refused, without a further message from QEMU: \(words)"
            if device.name == "cpu",
                report.program.contains("aarch64") || report.program.contains("system-arm"),
                report.reason == QEMULog.Failure.notPermitted.rawValue || !report.hooks.isEmpty
            {
                words = "the destination's CPU does not have all system registers that the stream lists"
            }
        } else if let section = report.section {
            words = "\(words), in section \(section.name)"
        }
        if let element = report.elements.first, report.device != nil {
            words += " (while loading its \(element.field))"
        }
        return (words, bareAdvice)
    }

    private var bareAdvice: String {
        if report.reason == QEMULog.Failure.inputOutput.rawValue {
            if report.mentions.contains("--tls") {
                return
                    "the source ended the connection, and TLS is on: look at its log for a certificate, the name in it, or TLS that is not set up on both sides (tls-creds, /etc/pki/qemu)"
            }
            if report.section?.name == "block" {
                return
                    "the disks are in the stream (migrate -b, --tunnelled), and the destination could not write one, or the source stopped: use images of the same size that nothing else uses, with free space, or better, copy the disks over NBD (without --tunnelled and -b); look at the source's log, too"
            }
            if report.causes.contains(where: { $0.line.contains("Sibling indicated error") }) {
                return
                    "the destination failed first, and reported it to the source: look at its own log for the reason (a device can't load its state: a TPM with a different key, a file, KVM)"
            }
            return
                "the other side stopped sending, or the file is cut: look at the source's log and at the network; for a file, compare its size with the source's"
        }
        guard let device = report.device?.name else {
            if report.section != nil { return "compare with a stream of the destination: check --like" }
            return report.isSnapshot
                ? "read the lines before this one; if there are none: a snapshot loads only with the machine type, memory and devices (also hot-plugged ones) that it was taken with, and not with an older QEMU: take it again; to start without it, omit -loadvm (libvirt: managedsave-remove; UTM, Android: a cold start)"
                : "look for the lines before this one in the destination's log; if there are none, the other side stopped first: look at the source's log"
        }
        if report.fields.contains(where: { $0.field == "config" && $0.structure == "PCIDevice" }) {
            return
                "its PCI configuration differs, and the line with i=0x… names the byte: use the same device properties, machine type and QEMU version"
        }
        return DeviceAdvice.refused(device, program: report.program)
    }
}
