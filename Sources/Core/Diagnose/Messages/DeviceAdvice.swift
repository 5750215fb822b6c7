import Bytes

/// The advice when a target lacks a section, or refuses one without a reason, by idstr.
package enum DeviceAdvice {
    private struct NamedAdvice {
        /// The idstr, or its last path component.
        package var name: String
        package var text: String
    }

    /// Sections that are missing because of a setting other than a device.
    private static let missing: [NamedAdvice] = [
        NamedAdvice(name: "cpu", text: "give the destination the same number of CPUs: -smp"),
        NamedAdvice(
            name: "cpu_common",
            text: "give the destination the same number of CPUs, and the same topology: -smp"),
        NamedAdvice(
            name: "spapr_cpu",
            text:
                "give the destination the same CPUs, including plugged ones (-smp; -device …-spapr-cpu-core,core-id=); libvirt: the same <vcpu current=…> as when it was saved"
        ),
        NamedAdvice(
            name: "apic",
            text:
                "give the destination the same number of CPUs, and the same topology: -smp cpus=,sockets=,cores=,threads="
        ),
        NamedAdvice(name: "slirp", text: "the source had -netdev user: give it to the destination too"),
        NamedAdvice(
            name: "serial", text: "the source had one more serial port: add -serial or -device isa-serial"),
        NamedAdvice(name: "parallel_isa", text: "the source had one more parallel port: add -parallel"),
        NamedAdvice(name: "hpet", text: "the source had an HPET: use -machine hpet=on"),
        NamedAdvice(
            name: "vmmouse", text: "the source had vmport: use -machine vmport=on"),
        NamedAdvice(name: "vmport", text: "the source had vmport: use -machine vmport=on"),
        NamedAdvice(name: "i8254", text: "the source had a PIT: use -machine pit=on"),
        NamedAdvice(name: "i8259", text: "the source had a PIC: use -machine pic=on"),
        NamedAdvice(name: "mc146818rtc", text: "the source had an RTC: use -machine rtc=on"),
        NamedAdvice(name: "ps2kbd", text: "the source had a PS/2 controller: use -machine i8042=on"),
        NamedAdvice(name: "ps2mouse", text: "the source had a PS/2 controller: use -machine i8042=on"),
        NamedAdvice(name: "pckbd", text: "the source had a PS/2 controller: use -machine i8042=on"),
        NamedAdvice(
            name: "fdc",
            text: "the source had a floppy controller: use -machine fd-bootchk=…, or add -device isa-fdc"
        ),
        NamedAdvice(
            name: "kvmclock",
            text: "the source ran with KVM and a kvmclock: use -accel kvm and the same CPU model"),
        NamedAdvice(name: "kvm-tpr-opt", text: "the accelerators differ: use KVM, or TCG, on both sides"),
        NamedAdvice(name: "timer", text: "use a QEMU of the same version"),
        NamedAdvice(name: "iommu-intel", text: "add -device intel-iommu"),
        NamedAdvice(name: "intel-iommu", text: "add -device intel-iommu"),
        NamedAdvice(name: "amd-iommu", text: "add -device amd-iommu"),
        NamedAdvice(name: "smmuv3", text: "the source had an SMMU: use -machine iommu=smmuv3"),
        NamedAdvice(name: "macio_gpio", text: "use the source's -machine via=pmu or via=pmu-adb"),
        NamedAdvice(name: "arm_gicv3_its", text: "the source had an ITS: use -machine its=on"),
        NamedAdvice(name: "arm_gicv3", text: "the source had a GICv3: use -machine gic-version=3"),
        NamedAdvice(name: "arm_gic", text: "the source had a GICv2: use -machine gic-version=2"),
        NamedAdvice(
            name: "xive-source",
            text:
                "the interrupt controllers differ: use the same -machine ic-mode=, or the same CPU model (POWER8 has no XIVE)"
        ),
        NamedAdvice(
            name: "icp/server", text: "the interrupt controllers differ: use the same -machine ic-mode="),
        NamedAdvice(name: "ics", text: "the interrupt controllers differ: use the same -machine ic-mode="),
        NamedAdvice(
            name: "riscv_sifive_plic", text: "the source had a PLIC: use -machine aia=none on the destination"
        ),
        NamedAdvice(
            name: "riscv_aplic", text: "the source had an APLIC: use -machine aia=aplic or aia=aplic-imsic"),
        NamedAdvice(name: "riscv_imsic", text: "the source had IMSICs: use -machine aia=aplic-imsic"),
        NamedAdvice(name: "dirty-bitmap", text: "set capability dirty-bitmaps on the destination"),
        NamedAdvice(
            name: "block",
            text: "block migration was removed in QEMU 9.1: migrate without -b, and copy disks over NBD"),
        NamedAdvice(
            name: "globalstate", text: "the destination's machine type is 2.3 or older: use the source's"),
        NamedAdvice(
            name: "acpi_build",
            text: "the machine types or firmware settings differ: use the source's -machine"),
        NamedAdvice(
            name: "acpi-ged",
            text:
                "only later versions of the machine, or machines with acpi=on, have the ACPI device: use the source's machine type with its version, or a newer QEMU"
        ),
        NamedAdvice(
            name: "audio",
            text:
                "the source had a sound device, or -audio: give the destination the same, or remove it from the source"
        ),
        NamedAdvice(
            name: "s390_css",
            text: "only some versions have that section: use a QEMU of the source's version"),
        NamedAdvice(name: "vmgenid", text: "add -device vmgenid"),
        NamedAdvice(name: "vmcoreinfo", text: "add -device vmcoreinfo"),
        NamedAdvice(name: "pcspk", text: "the source had a PC speaker: use -machine pcspk-audiodev="),
        NamedAdvice(name: "tpm-tis", text: "give the destination the same TPM: -tpmdev and -device tpm-tis"),
        NamedAdvice(name: "tpm-crb", text: "give the destination the same TPM: -tpmdev and -device tpm-crb"),
        NamedAdvice(
            name: "tpm-emulator", text: "give the destination the same TPM back-end: -tpmdev emulator"),
        NamedAdvice(
            name: "spapr/htab",
            text: "the source is pseries with a hash table: use the same machine, CPU model and accelerator"),
        NamedAdvice(name: "s390-skeys", text: "the source is s390x: use an s390x machine"),
        NamedAdvice(name: "ram", text: "start the destination with -incoming, and load a complete stream"),
    ]

    /// Returns the advice when the target has no section with that idstr.
    package static func advice(_ name: String) -> String {
        guard !name.isEmpty else { return "give the destination the same devices as the source" }
        let last = name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
        if let known = missing.first(where: { $0.name == name }) { return known.text }
        guard let slash = name.lastIndex(of: "/") else {
            return missing.first { name.hasPrefix($0.name) }?.text
                ?? "section \(name) belongs to the machine or to an option: use the source's machine type and a QEMU of the same version; otherwise give the destination the device that has it"
        }
        let place = String(name[..<slash])
        return "add the device \(device(last)) to the destination at \(placed(place))"
    }

    // Names of vmstates that differ from the device names.
    private static let devices: [String: String] = [
        "piix4_pm": "PIIX4 PM (of -machine pc)", "ICH9LPC": "ICH9 LPC (of -machine q35)", "vga": "VGA",
        "ich9_ahci": "ahci (SATA controller)", "scsi-disk": "scsi-hd or scsi-cd",
        "xhci": "qemu-xhci or nec-usb-xhci",
        "ide": "IDE controller", "vhost_vsock": "vhost-vsock", "vhost_scsi": "vhost-scsi",
        "virtio-console": "virtio-serial",
        "eeprom": "network card of the i8255x family, tulip or dc390, which has an EEPROM,",
        "e1000": "e1000", "rtl8139": "rtl8139", "intel-hda": "intel-hda or ich9-intel-hda",
    ]

    private static func device(_ name: String) -> String { devices[name] ?? name }

    // After the address of a controller, a USB port, or channel, target and unit of SCSI.
    private static func placed(_ place: String) -> String {
        guard let slash = place.firstIndex(of: "/") else { return spelled(place) }
        let controller = "the controller at \(spelled(String(place[..<slash])))"
        let rest = place[place.index(after: slash)...]
        let numbers = rest.split(separator: ":", omittingEmptySubsequences: false)
        if numbers.count == 3, numbers.allSatisfy({ Int($0) != nil }) {
            return "channel=\(numbers[0]),scsi-id=\(numbers[1]),lun=\(numbers[2]) of \(controller)"
        }
        guard rest.first?.isNumber ?? false, rest.allSatisfy({ $0.isNumber || $0 == "." }) else {
            return place
        }
        return "port=\(rest) of \(controller)"
    }

    // `0000:00:02.0` is bus and addr=02.0 of -device.
    private static func spelled(_ place: String) -> String {
        let parts = place.split(separator: ":")
        guard parts.count == 3, parts[0].count == 4, parts[2].contains(".") else { return place }
        return "PCI address \(place) (addr=\(parts[2]))"
    }

    /// Returns the advice for a device that QEMU does not save, or nil if the device can only be left out.
    package static func unsaved(_ name: String) -> String? {
        let last = name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
        return unsaveable.first { last.hasPrefix($0.name) }?.text
    }

    // Devices that some version of hw/ marks as unmigratable, and their replacements for the guest.
    private static let unsaveable: [NamedAdvice] = [
        NamedAdvice(
            name: "ich9_ahci",
            text:
                "only old QEMUs can't save AHCI: update QEMU, or put the disks on another bus (virtio, SCSI, IDE) and restart the guest"
        ),
        NamedAdvice(
            name: "nvme",
            text:
                "put the disk on virtio-blk or virtio-scsi and restart the guest (or shut it down to move it); QEMU 11.1 saves NVMe"
        ),
        NamedAdvice(
            name: "usb-mtp",
            text: "unplug the device (device_del); share files with virtiofs or over a network"),
        NamedAdvice(name: "usb-uas", text: "use usb-storage or virtio-scsi, and restart the guest"),
        NamedAdvice(
            name: "virtio-snd", text: "use another sound device (ich9-intel-hda), and restart the guest"),
        NamedAdvice(
            name: "usb-audio", text: "use another sound device (ich9-intel-hda), and restart the guest"),
        NamedAdvice(
            name: "usb-net", text: "use another network device (virtio-net, e1000), and restart the guest"),
        NamedAdvice(
            name: "amd-iommu",
            text: "restart the guest without it (or with intel-iommu, virtio-iommu)"),
        NamedAdvice(
            name: "virtio-crypto",
            text: "unplug the device (device_del), or restart the guest without it"),
    ]

    /// Returns the advice when a device's own code refuses its section without a message.
    package static func refused(_ name: String, program: String) -> String {
        let last = name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
        if name == "cpu" { return cpu(program) }
        return refusals.first { last.hasPrefix($0.name) }?.text
            ?? "give \(name) the same properties on both sides, and use the machine type of the source"
    }

    private static func cpu(_ program: String) -> String {
        if program.hasPrefix("qemu-system-x86") || program.hasPrefix("qemu-system-i386") {
            return "use the same CPU model and flags; with KVM, a model that both hosts have"
        }
        if program.contains("aarch64") || program.contains("system-arm") {
            return
                "the lists of system registers differ: use the same QEMU version, CPU model and, with KVM, the same host kernel and CPU"
        }
        return
            "the CPUs differ: use the same CPU model and QEMU version (on Arm, the destination must have all system registers that the stream lists)"
    }

    private static let refusals: [NamedAdvice] = [
        NamedAdvice(
            name: "virtio-console",
            text:
                "give virtio-serial the same number of ports: max_ports=, and the same virtconsole and virtserialport devices with the same nr="
        ),
        NamedAdvice(
            name: "virtio-serial",
            text: "give virtio-serial the same number of ports: max_ports=, and the same ports"),
        NamedAdvice(
            name: "virtio-net",
            text:
                "use the same queues=, rx_queue_size=, tx_queue_size= and back-end (tap with vhost, vnet_hdr)"
        ),
        NamedAdvice(name: "virtio-blk", text: "use the same num-queues= and queue-size="),
        NamedAdvice(
            name: "virtio-scsi", text: "use the same num_queues= and virtqueue_size=, and the same disks"),
        NamedAdvice(name: "virtio-gpu", text: "use the same max_outputs=, without virgl and blob"),
        NamedAdvice(name: "vga", text: "use the same vgamem_mb="),
        NamedAdvice(name: "qxl", text: "use the same ram_size=, vram_size= and vgamem_mb="),
        NamedAdvice(name: "nvme", text: "use the same max_ioqpairs= and namespaces"),
        NamedAdvice(name: "spapr", text: "use the same -machine cap-…= settings"),
        NamedAdvice(
            name: "ram",
            text:
                "use the same -m, memory backends, option ROMs (package with the ROMs) and migration capabilities"
        ),
        NamedAdvice(name: "hpet", text: "use the same number of timers: -global hpet.timers="),
        NamedAdvice(
            name: "fw_cfg",
            text:
                "use the same -fw_cfg entries, the machine type of the source, and no older QEMU (2.5 added its DMA; for machine types 2.4: -global fw_cfg_io.dma_enabled=off)"
        ),
        NamedAdvice(name: "pcie-root-port", text: "use the same chassis=, slot= and port properties"),
        NamedAdvice(name: "dbus-vmstate", text: "run the same helpers with the same ids"),
        NamedAdvice(name: "tpm-emulator", text: "use a swtpm of the same version, with the same keys"),
        NamedAdvice(
            name: "kvm-tpr-opt",
            text:
                "use the source's accelerator and machine type (for qemu-kvm 1.0 of Ubuntu 12.04: pc-1.0-qemu-kvm), and install the package with kvmvapic.bin (seabios)"
        ),
        NamedAdvice(
            name: "goldfish",
            text:
                "a snapshot of the Android emulator loads only with the emulator, GPU and host that saved it: start it cold (-no-snapshot-load), and save it again"
        ),
    ]
}

/// The advice about a RAM block, by name.
package enum RAMBlockAdvice {
    /// Returns the advice when the target has no such block.
    package static func missing(_ name: String) -> String {
        let last = name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
        // The name of a ROM's block is cut after 31 bytes (hw/pci/pci.c).
        if last.hasSuffix(".rom") || last.utf8.count == 31 && name.contains("/") {
            return
                "the source's \(place(name)) had an option ROM: add the device if it is missing; otherwise use the source's romfile= (or an empty one), and install the package with the ROMs (ipxe-qemu, vgabios)"
        }
        if isMain(last) {
            return
                "the destination's memory backend has a different name: use -m alone, or -machine memory-backend= with id=\(last), as on the source; don't use -numa on one side only"
        }
        if last.hasPrefix("pc.bios") || last.hasPrefix("pc.rom") || last.hasPrefix("system.flash")
            || last.hasPrefix("virt.flash")
        {
            return "the firmware differs: use -bios, or -drive if=pflash, as on the source"
        }
        if last.contains("vram") || last.hasPrefix("qxl") || last.hasSuffix(".vga.vram") {
            return "add the display device of the source: -vga or -device"
        }
        if name.hasPrefix("/rom@etc/acpi") || name.hasPrefix("/rom@etc/table-loader") {
            return
                "the destination's machine has no ACPI tables, or has them elsewhere: use a QEMU of the source's version, and the same -machine acpi="
        }
        if last.hasPrefix("homer-") || last == "sram-as-io" || last.hasPrefix("ethlite.") {
            return
                "only other versions of the machine have this block: use a QEMU of the source's version"
        }
        if last.hasPrefix("virt.secure") { return "the source had -machine secure=on: use it" }
        if last.hasPrefix("mem") || last.hasPrefix("dimm") || last.hasPrefix("ram-node") {
            return "add the memory backend \(last) and its pc-dimm, virtio-mem or NUMA node as on the source"
        }
        return
            "a block belongs to a device, a DIMM or a memory backend: give the destination the same one, with the same id=; if it has the device, the versions differ: use a QEMU of the source's version"
    }

    private static func place(_ name: String) -> String {
        name.lastIndex(of: "/").map { "device at " + name[..<$0] } ?? "device"
    }

    private static func isMain(_ name: String) -> Bool {
        name == "pc.ram" || name == "mach-virt.ram" || name.hasSuffix(".ram") && !name.contains("secure")
    }

    /// Returns the advice when the target's block has another size. `size` and `local` are hexadecimal
    /// digits.
    package static func size(_ name: String, _ size: String, _ local: String) -> String {
        let last = name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
        let bytes = UInt64(size, radix: 16)
        if last.hasSuffix(".rom") {
            return
                "the ROMs differ: use the same romfile=, or romsize=\(bytes.map(String.init) ?? "…"), or the source's package with the ROMs"
        }
        if isMain(last) {
            return "start the destination with -m \(spelled(bytes)) (and the same maxmem and DIMMs)"
        }
        if last.hasPrefix("vga.vram") || last.hasSuffix("vga.vram") || last.hasPrefix("virtio-vga") {
            return "give the display device vgamem_mb=\(bytes.map { String($0 >> 20) } ?? "…")"
        }
        if last.hasPrefix("qxl.vrom") {
            return "use the source's machine type: the qxl ROM depends on it"
        }
        if last.hasPrefix("qxl") || last.contains("vram") {
            return "give the display device the same ram_size=, vram_size=, vram64_size_mb= and vgamem_mb="
        }
        if last.hasPrefix("pc.bios") || last.hasPrefix("pc.rom") || last.contains("flash")
            || last.contains("bios")
        {
            return "use the firmware image of the source: the same file, or package version"
        }
        if last.hasPrefix("acpi/") || last.contains("table-loader") || name.contains("acpi") {
            return "the ACPI tables grew: use the machine type and QEMU package of the source"
        }
        return "give the memory backend \(last) size=\(spelled(bytes))"
    }

    // `4G`, `48M`, otherwise bytes.
    private static func spelled(_ bytes: UInt64?) -> String {
        guard let bytes, bytes > 0 else { return "…" }
        let units: [(shift: UInt64, name: String)] = [(30, "G"), (20, "M"), (10, "K")]
        for unit in units where bytes & (1 << unit.shift - 1) == 0 {
            return "\(bytes >> unit.shift)\(unit.name)"
        }
        return String(bytes)
    }
}

/// Names of MSRs that KVM refuses, and the CPU flags that disable them.
package enum MSRAdvice {
    private struct Entry {
        package var numbers: ClosedRange<UInt32>
        package var name: String
        package var flag: String
    }

    // Intel SDM volume 4, AMD APM volume 2, Linux arch/x86/include/uapi/asm/kvm_para.h and Hyper-V TLFS.
    private static let entries: [Entry] = [
        Entry(numbers: 0x10...0x10, name: "IA32_TIME_STAMP_COUNTER", flag: "tsc-frequency="),
        Entry(numbers: 0x3a...0x3a, name: "IA32_FEATURE_CONTROL", flag: "vmx=off (and sgx=off)"),
        Entry(numbers: 0x3b...0x3b, name: "IA32_TSC_ADJUST", flag: "tsc-adjust=off"),
        Entry(numbers: 0x48...0x48, name: "IA32_SPEC_CTRL", flag: "spec-ctrl=off (ibrs, ssbd, stibp)"),
        Entry(
            numbers: 0x8b...0x8b, name: "IA32_BIOS_SIGN_ID (microcode)", flag: "a QEMU of the same version"),
        Entry(numbers: 0x8c...0x8f, name: "IA32_SGXLEPUBKEYHASH", flag: "sgxlc=off"),
        Entry(numbers: 0xc1...0xc8, name: "IA32_PMC", flag: "pmu=off"),
        Entry(numbers: 0xcf...0xcf, name: "IA32_CORE_CAPABILITIES", flag: "core-capability=off"),
        Entry(numbers: 0xe1...0xe1, name: "IA32_UMWAIT_CONTROL", flag: "waitpkg=off"),
        Entry(numbers: 0x10a...0x10a, name: "IA32_ARCH_CAPABILITIES", flag: "arch-capabilities=off"),
        Entry(numbers: 0x122...0x122, name: "IA32_TSX_CTRL", flag: "hle=off,rtm=off"),
        Entry(numbers: 0x140...0x140, name: "MISC_FEATURES_ENABLES", flag: "a kernel that has it"),
        Entry(numbers: 0x174...0x176, name: "IA32_SYSENTER", flag: "sep=off"),
        Entry(numbers: 0x186...0x18d, name: "IA32_PERFEVTSEL", flag: "pmu=off"),
        Entry(numbers: 0x1a0...0x1a0, name: "IA32_MISC_ENABLE", flag: "monitor=off"),
        Entry(numbers: 0x1c4...0x1c5, name: "IA32_XFD", flag: "xfd=off (AMX)"),
        Entry(numbers: 0x1d9...0x1d9, name: "IA32_DEBUGCTL", flag: "pmu=off"),
        Entry(numbers: 0x300...0x300, name: "IA32_PERF (KVM)", flag: "pmu=off"),
        Entry(numbers: 0x309...0x30c, name: "IA32_FIXED_CTR", flag: "pmu=off"),
        Entry(numbers: 0x345...0x345, name: "IA32_PERF_CAPABILITIES", flag: "pdcm=off or pmu=off"),
        Entry(numbers: 0x38d...0x390, name: "IA32_PERF_GLOBAL or FIXED_CTR_CTRL", flag: "pmu=off"),
        Entry(numbers: 0x3f1...0x3f1, name: "IA32_PEBS_ENABLE", flag: "pmu=off"),
        Entry(numbers: 0x400...0x47f, name: "IA32_MC (machine check banks)", flag: "the same CPU model"),
        Entry(numbers: 0x480...0x493, name: "IA32_VMX capability", flag: "vmx=off"),
        Entry(numbers: 0x4d0...0x4d0, name: "IA32_MCG_EXT_CTL", flag: "lmce=off"),
        Entry(numbers: 0x560...0x59f, name: "IA32_RTIT (Intel PT)", flag: "intel-pt=off"),
        Entry(numbers: 0x6a0...0x6a8, name: "IA32_CET (shadow stacks)", flag: "shstk=off,ibt=off"),
        Entry(numbers: 0x6e0...0x6e0, name: "IA32_TSC_DEADLINE", flag: "tsc-deadline=off"),
        Entry(numbers: 0x802...0x83f, name: "x2APIC", flag: "x2apic=off"),
        Entry(numbers: 0xd90...0xd90, name: "IA32_BNDCFGS (MPX)", flag: "mpx=off"),
        Entry(numbers: 0xda0...0xda0, name: "IA32_XSS", flag: "xsaves=off"),
        Entry(numbers: 0x1500...0x1510, name: "IA32_LBR", flag: "arch-lbr=off, lbr-fmt="),
        Entry(numbers: 0x4000_0000...0x4000_0104, name: "Hyper-V", flag: "the same hv-… flags"),
        Entry(
            numbers: 0x4000_0105...0x4000_010a, name: "Hyper-V crash or re-enlightenment",
            flag: "the same hv-… flags"),
        Entry(
            numbers: 0x4b56_4d00...0x4b56_4d08, name: "KVM paravirtual",
            flag: "the same kvm… flags (kvmclock, kvm-steal-time, kvm-asyncpf, kvm-pv-eoi)"),
        Entry(numbers: 0xc000_0080...0xc000_0080, name: "EFER", flag: "the same CPU model (svm=off, lm)"),
        Entry(
            numbers: 0xc000_0081...0xc000_0084, name: "STAR, LSTAR, CSTAR or SFMASK",
            flag: "the same CPU model"),
        Entry(numbers: 0xc000_0100...0xc000_0102, name: "FS or GS base", flag: "the same CPU model"),
        Entry(numbers: 0xc000_0103...0xc000_0103, name: "TSC_AUX", flag: "rdtscp=off"),
        Entry(numbers: 0xc000_0104...0xc000_0104, name: "AMD TSC_RATIO", flag: "tsc-scale=off"),
        Entry(numbers: 0xc001_0015...0xc001_0015, name: "AMD HWCR", flag: "the same CPU model"),
        Entry(numbers: 0xc001_0117...0xc001_0117, name: "AMD VM_HSAVE_PA", flag: "svm=off"),
        Entry(numbers: 0xc001_011f...0xc001_011f, name: "AMD VIRT_SPEC_CTRL", flag: "virt-ssbd=off"),
        Entry(numbers: 0xc001_0200...0xc001_020b, name: "AMD PERF_CTL or PERF_CTR", flag: "pmu=off"),
    ]

    /// Returns `IA32_VMX capability (vmx=off)` for the digits of an MSR's number.
    package static func name(_ digits: String) -> (name: String, flag: String)? {
        guard let number = UInt32(digits, radix: 16) else { return nil }
        return entries.first { $0.numbers.contains(number) }.map { ($0.name, $0.flag) }
    }
}
