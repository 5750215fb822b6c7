import Bytes

/// Files that are mistaken for migration streams, recognized by their bytes.
package struct LookAlike {
    /// The kind of file.
    package let name: String
    /// A suggestion. It must not destroy the content of the file.
    package let advice: String

    /// Returns the kind of file in `region`; nil if unknown. O(1).
    package static func of(_ region: MappedRegion) -> LookAlike? {
        if let core = core(region) { return core }
        for known in known where region.matches(known.magic, at: known.offset) {
            return LookAlike(name: known.name, advice: known.advice)
        }
        return json(region) ?? xml(region)
    }

    /// Returns the text after "found" and the suggestion for a file that does not begin with QEVM. O(64 KiB).
    package static func words(_ region: MappedRegion) -> (found: String, advice: String) {
        if let known = of(region) ?? perhaps(region) { return (known.name, known.advice) }
        let found = Hex.dump(region.copy(0..<8))
        return (
            found,
            "no stream begins in its first MiB; try: --search for all of the file, or --offset with its start"
        )
    }

    // Weaker evidence than a magic number at the start; a stream found in the file takes precedence.
    private static func perhaps(_ region: MappedRegion) -> LookAlike? {
        if let disk = fixedVHD(region) { return disk }
        switch ConnectionKind.of(region.copy(0..<64)) {
        case .returnPath:
            return LookAlike(
                name: "the return path of a migration",
                advice: "the stream went the other way; try: the data that the source sent")
        case .resumed:
            return LookAlike(
                name: "the data after a postcopy recovery, without the previous connection",
                advice:
                    "try: `migscope FIRST --channel FILE`, where FIRST is the data of the connection that broke"
            )
        case .preempt:
            return LookAlike(
                name: "possibly a preempt channel",
                advice: "try: `migscope MAIN --channel FILE` with this file")
        default: break
        }
        for known in weak where region.matches(known.magic, at: known.offset) {
            return LookAlike(name: known.name, advice: known.advice)
        }
        // Some file systems leave their first pages unused.
        if region.span(0..<1 << 16).isAllZero { return zeros(region) }
        if hasPartitions(region) {
            return LookAlike(
                name: "a disk with partitions (MBR)",
                advice: "a disk holds no VM state; try: the file that `migrate` or `virsh save` wrote")
        }
        return suspendedSwap(region) ?? text(region) ?? bootSector(region)
    }

    private static func core(_ region: MappedRegion) -> LookAlike? {
        guard region.matches([0x7f] + Array("ELF".utf8), at: 0) else { return nil }
        // e_type in the file's byte order; 4 is a core.
        let order = region.byte(at: 5) == 2 ? 17 : 16
        guard region.byte(at: order) == 4 else {
            return LookAlike(name: "an ELF program or library", advice: "try: another file")
        }
        return LookAlike(
            name: "an ELF core (dump-guest-memory, virsh dump --memory-only)",
            advice: "it has RAM and no device state; try: crash or gdb")
    }

    // A copy that was never filled, or a file with an overwritten start; the rest may be intact.
    private static func zeros(_ region: MappedRegion) -> LookAlike {
        LookAlike(
            name: "zeros",
            advice: "its start is lost, the rest may be there; keep the file and try: --search")
    }

    // Whether there are four entries of 16 bytes whose first byte is 0 or 0x80, at least one of them with a
    // type and a size.
    private static func hasPartitions(_ region: MappedRegion) -> Bool {
        guard region.matches([0x55, 0xaa], at: 510) else { return false }
        let entries = (0..<4).map { 446 + $0 * 16 }
        let isPlain = entries.allSatisfy { region.byte(at: $0) == 0 || region.byte(at: $0) == 0x80 }
        return isPlain
            && entries.contains {
                region.byte(at: $0 + 4) != 0 && region.bigEndian(UInt32.self, at: $0 + 12) != 0
            }
    }

    // Boot code without partitions: the disk of a small system, or a floppy disk.
    private static func bootSector(_ region: MappedRegion) -> LookAlike? {
        region.matches([0x55, 0xaa], at: 510)
            ? LookAlike(name: "a disk with a boot sector", advice: noState) : nil
    }

    // Linux writes the name over the end of the swap area's first page, of any size (kernel/power/swap.c).
    private static func suspendedSwap(_ region: MappedRegion) -> LookAlike? {
        for page in [4096, 8192, 16384, 65536] {
            if region.matches("S1SUSPEND", at: page - 10) || region.matches("LINHIB", at: page - 10) {
                return LookAlike(
                    name: "a Linux hibernation image in a swap area",
                    advice: "it is the memory of a system, which erases it when it starts; "
                        + "try: make a copy first")
            }
            if region.matches("SWAPSPACE2", at: page - 10) {
                return LookAlike(
                    name: "a Linux swap area",
                    advice: "try: the file that `migrate` or `virsh save` wrote")
            }
        }
        return nil
    }

    // A fixed VHD has its footer only in the last sector.
    private static func fixedVHD(_ region: MappedRegion) -> LookAlike? {
        region.matches("conectix", at: region.count - 512)
            ? LookAlike(name: "a VHD disk image", advice: vhd) : nil
    }

    private static func json(_ region: MappedRegion) -> LookAlike? {
        let start = trimmedStart(region)
        guard region.byte(at: start) == UInt8(ascii: "{") else { return nil }
        let head = String(decoding: region.copy(start..<start + 4096), as: UTF8.self)
        let isOther = ["\"snapshot_data\"", "\"boot_vcpus\""].contains { head.contains($0) }
        if isOther {
            return LookAlike(
                name: "a cloud-hypervisor snapshot",
                advice:
                    "it was not written by QEMU; try: `cloud-hypervisor --restore source_url=file://FOLDER`")
        }
        return LookAlike(
            name: "JSON, possibly a description",
            advice: "it goes with a stream; try: the stream, with --description or --against and this file")
    }

    private static func xml(_ region: MappedRegion) -> LookAlike? {
        let start = trimmedStart(region)
        guard region.byte(at: start) == UInt8(ascii: "<") else { return nil }
        let head = String(decoding: region.copy(start..<start + 4096), as: UTF8.self)
        let isLibvirt = ["<domain", "<domstatus", "virsh "].contains { head.contains($0) }
        guard isLibvirt else { return LookAlike(name: "XML or HTML", advice: "try: another file") }
        return LookAlike(
            name: "libvirt XML",
            advice: "it describes a guest and holds no state; try: the file of `virsh save`, or the one in "
                + "/var/lib/libvirt/qemu/save of `virsh managedsave`")
    }

    private static func trimmedStart(_ region: MappedRegion) -> Int {
        let blanks: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
        var start = region.matches([0xef, 0xbb, 0xbf], at: 0) ? 3 : 0
        while start < 64, let byte = region.byte(at: start), blanks.contains(byte) { start += 1 }
        return start
    }

    private static func text(_ region: MappedRegion) -> LookAlike? {
        let head = region.copy(0..<1 << 16)
        guard !head.isEmpty, isText(head) else { return nil }
        // Text that a program printed into the pipe before the stream.
        if !isText(region.copy(max(region.count - 1 << 12, 0)..<region.count)) {
            return LookAlike(
                name: "text, then other bytes", advice: "a stream may be among them; try: --search")
        }
        let text = String(decoding: head, as: UTF8.self)
        let words = [
            "qemu-system-", "qemu-kvm", "load of migration failed", "error while loading state", "savevm",
            "migration:", "libvirtd", "virtqemud",
        ]
        guard words.contains(where: { text.contains($0) }) else {
            return LookAlike(name: "text", advice: "try: the file that `migrate` or `virsh save` wrote")
        }
        return LookAlike(
            name: "a QEMU or libvirt log",
            advice: "try: `migscope explain FILE`, or with its stream `explain STREAM FILE`")
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        // Text in any alphabet contains spaces and line ends.
        bytes.allSatisfy { $0 >= 0x20 || (0x09...0x0d).contains($0) || $0 == 0x1b }
            && !bytes.allSatisfy { $0 >= 0x80 }
    }
}

// MARK: - Magic numbers

extension LookAlike {
    private struct Known {
        var magic: [UInt8]
        var offset = 0
        var name: String
        var advice: String

        init(_ magic: [UInt8], at offset: Int = 0, _ name: String, _ advice: String) {
            self.magic = magic
            self.offset = offset
            self.name = name
            self.advice = advice
        }

        init(_ magic: String, at offset: Int = 0, _ name: String, _ advice: String) {
            self.init(Array(magic.utf8), at: offset, name, advice)
        }
    }

    private static let noState =
        "a disk image holds no VM state; try: the file that `migrate` or `virsh save` wrote"
    private static let notQEMU = "it was not written by QEMU; try: its own tools"
    private static let vhd =
        "XCP-ng and XenServer keep a suspended guest in it; try: `qemu-img convert -f vpc -O raw FILE OUT` "
        + "and open OUT"
    private static let memoryOnly = "it has RAM and no device state; try: volatility3"
    private static let backup =
        "the state is spread over the chunks of a data store; try: `proxmox-backup-client restore` and open the result"
    private static let packed = "try: unpack it and open the file inside"

    private static let known: [Known] = [
        Known("KDUMP   ", "a kdump-compressed core", "try: crash"),
        Known("makedumpfile", "a makedumpfile core", "try: crash"),
        Known("PAGEDU64", "a Windows crash dump", "try: WinDbg"),
        Known("PAGEDUMP", "a Windows crash dump", "try: WinDbg"),
        Known("EMiL", "a LiME memory dump", memoryOnly),
        Known(
            "AVML", "an AVML memory dump",
            "it has RAM and no device state; try: `avml-convert`, then volatility3"),
        Known("hibr", "a Windows hibernation file", memoryOnly),
        Known("HIBR", "a Windows hibernation file", memoryOnly),
        Known("wake", "a Windows hibernation file", memoryOnly),
        Known("WAKE", "a Windows hibernation file", memoryOnly),
        Known("RSTR", "a Windows hibernation file", memoryOnly),
        Known([0x19, 0x43, 0x56, 0x54], "a CRIU image of a process", "try: crit"),
        Known([0x40, 0x59, 0x10, 0x55], "a CRIU image of a process", "try: crit"),
        Known([0xd0, 0xbe, 0xd2, 0xbe], "a VMware vmss or vmsn file", notQEMU),
        Known([0xd1, 0xbe, 0xd2, 0xbe], "a VMware vmss or vmsn file", notQEMU),
        Known([0xd2, 0xbe, 0xd2, 0xbe], "a VMware vmss or vmsn file", notQEMU),
        Known([0xd3, 0xbe, 0xd2, 0xbe], "a VMware vmss or vmsn file", notQEMU),
        Known([0xd1, 0xba, 0xd1, 0xba], "a VMware vmss or vmsn file", notQEMU),
        Known([0x7f] + Array("VirtualBox SavedState".utf8), "a VirtualBox saved state", notQEMU),
        Known([0x64, 0x86, 0x84, 0x19, 0x10, 0x07], at: 2, "a Firecracker snapshot", notQEMU),
        Known([0xaa, 0xaa, 0x84, 0x19, 0x10, 0x07], at: 2, "a Firecracker snapshot", notQEMU),
        Known("LinuxGuestRecord", "a Xen image without a QEMU stream", notQEMU),
        Known("Xen saved domain", "a Xen image without a QEMU stream", notQEMU),
        Known("KDMV", "a VMDK disk image", noState),
        Known("# Disk DescriptorFile", "a VMDK descriptor", noState),
        Known("conectix", "a VHD disk image", vhd),
        Known("vhdxfile", "a VHDX disk image", noState),
        Known([0x7f, 0x10, 0xda, 0xbe], at: 64, "a VDI disk image", noState),
        Known("WithoutFreeSpace", "a Parallels disk image", noState),
        Known("WithouFreSpacExt", "a Parallels disk image", noState),
        Known(Array("QED".utf8) + [0], "a QED disk image", noState),
        Known(Array("QFI".utf8) + [0xfb], "a qcow image", noState),
        Known(
            Array("LUKS".utf8) + [0xba, 0xbe], "an encrypted volume (LUKS)",
            "try: `cryptsetup open --readonly FILE NAME` and open /dev/mapper/NAME"),
        Known(
            Array("VMA".utf8) + [0], "a Proxmox VMA archive",
            "try: extract its vmstate.bin, if it has one, with `vma extract`"),
        Known([66, 171, 56, 7, 190, 131, 112, 161], "a Proxmox Backup Server chunk", backup),
        Known([49, 185, 88, 66, 111, 182, 163, 127], "a compressed Proxmox Backup Server chunk", backup),
        Known([123, 103, 133, 190, 34, 45, 76, 240], "an encrypted Proxmox Backup Server chunk", backup),
        Known([230, 89, 27, 191, 11, 191, 216, 11], "an encrypted Proxmox Backup Server chunk", backup),
        Known([47, 127, 65, 237, 145, 253, 15, 205], "a Proxmox Backup Server index", backup),
        Known([28, 145, 78, 165, 25, 186, 179, 205], "a Proxmox Backup Server index", backup),
        Known(
            [0x11, 0x22, 0x33, 0x44], "a multifd channel",
            "try: `migscope MAIN --channel FILE` with this file"),
        Known("QCPR", "the channel of cpr-transfer", "the stream is on another connection; try: that one"),
        Known([0x16, 0x03], "a TLS connection", "it is encrypted; try: migrate into a file"),
        Known([0x5d, 0x00, 0x00], "lzma data", "try: `xz --format=lzma -dc FILE | migscope -`"),
        Known([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "a 7z archive", packed),
        Known("Rar!", "a RAR archive", packed),
        Known("070701", "a cpio archive", packed),
        Known("070702", "a cpio archive", packed),
        Known("070707", "a cpio archive", packed),
        Known("!<arch>", "an ar archive or a Debian package", packed),
        Known("%PDF-", "a PDF document", "try: another file"),
        Known([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "a PNG picture", "try: another file"),
        Known([0xff, 0xd8, 0xff], "a JPEG picture", "try: another file"),
        Known("CD001", at: 32769, "an ISO 9660 image", noState),
    ]

    private static let inside =
        "the state may be a file in it; try: mount it read-only and open that file"
    // Even if they are mounted read-only, their journal is written back to the disk.
    private static func journal(_ option: String) -> String {
        "the state may be a file in it; try: `mount -o ro,\(option)`, which leaves its journal alone, and open that file"
    }

    // Their magic numbers are far from the start, or short.
    private static let weak: [Known] = [
        Known("EFI PART", at: 512, "a disk with partitions (GPT)", noState),
        // With sectors of 4 KiB.
        Known("EFI PART", at: 4096, "a disk with partitions (GPT)", noState),
        Known("LABELONE", at: 512, "an LVM physical volume", "try: `lvs`, and open /dev/GROUP/VOLUME"),
        Known("XFSB", "an XFS file system", journal("norecovery")),
        Known("hsqs", "a squashfs file system", inside),
        Known("NTFS    ", at: 3, "an NTFS file system", inside),
        Known("EXFAT   ", at: 3, "an exFAT file system", inside),
        Known("FAT12   ", at: 54, "a FAT file system", inside),
        Known("FAT16   ", at: 54, "a FAT file system", inside),
        Known("FAT32   ", at: 82, "a FAT file system", inside),
        Known([0xe2, 0xe1, 0xf5, 0xe0], at: 1024, "an EROFS file system", inside),
        Known([0x10, 0x20, 0xf5, 0xf2], at: 1024, "an F2FS file system", journal("norecovery")),
        Known("_BHRfS_M", at: 65600, "a btrfs file system", journal("rescue=nologreplay")),
        Known([0x53, 0xef], at: 1080, "a file system (ext2, ext3 or ext4)", journal("noload")),
    ]
}
