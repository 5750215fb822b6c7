import Bytes

/// Files that people take for migration streams, told by their first bytes.
package struct LookAlike {
    /// What the file is.
    package let name: String
    /// What to do with it.
    package let advice: String

    /// What `region` is instead of a stream; nil for bytes that nobody knows.
    package static func of(_ region: MappedRegion) -> LookAlike? {
        if let core = core(region) { return core }
        for known in known where region.matches(known.magic, at: known.offset) {
            return LookAlike(name: known.name, advice: known.advice)
        }
        return nil
    }

    /// The words after "found", and what to try, for a file that does not begin with QEVM.
    package static func words(_ region: MappedRegion) -> (found: String, advice: String) {
        if let known = of(region) { return (known.name, known.advice) }
        if region.span(0..<1 << 16).isAllZero {
            return (
                "zeros", "its start is lost: a sparse copy, or a save that was not finished; try: save again"
            )
        }
        let found = Hex.dump(region.copy(0..<8))
        return (found, "try: write one with `migrate file:PATH` or `virsh save`")
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

    private struct Known {
        package var magic: [UInt8]
        package var offset = 0
        package var name: String
        package var advice: String

        package init(_ magic: [UInt8], at offset: Int = 0, _ name: String, _ advice: String) {
            self.magic = magic
            self.offset = offset
            self.name = name
            self.advice = advice
        }

        package init(_ magic: String, at offset: Int = 0, _ name: String, _ advice: String) {
            self.init(Array(magic.utf8), at: offset, name, advice)
        }
    }

    private static let noState =
        "a disk image holds no VM state; try: the file that `migrate` or `virsh save` wrote"
    private static let notQEMU = "it was not written by QEMU; try: the tools of its own program"

    private static let known: [Known] = [
        Known("KDUMP   ", "a kdump-compressed core", "try: crash"),
        Known("makedumpfile", "a makedumpfile core", "try: crash"),
        Known("PAGEDU64", "a Windows crash dump", "try: WinDbg"),
        Known("PAGEDUMP", "a Windows crash dump", "try: WinDbg"),
        Known([0x19, 0x43, 0x56, 0x54], "a CRIU image of a process", "try: crit"),
        Known([0x40, 0x59, 0x10, 0x55], "a CRIU image of a process", "try: crit"),
        Known([0xd0, 0xbe, 0xd2, 0xbe], "a VMware vmss or vmsn file", notQEMU),
        Known([0xd1, 0xbe, 0xd2, 0xbe], "a VMware vmss or vmsn file", notQEMU),
        Known([0xd2, 0xbe, 0xd2, 0xbe], "a VMware vmss or vmsn file", notQEMU),
        Known([0x7f] + Array("VirtualBox SavedState".utf8), "a VirtualBox saved state", notQEMU),
        Known("LinuxGuestRecord", "a Xen image without a QEMU stream", notQEMU),
        Known("Xen saved domain", "a Xen image without a QEMU stream", notQEMU),
        Known("KDMV", "a VMDK disk image", noState),
        Known("conectix", "a VHD disk image", noState),
        Known("vhdxfile", "a VHDX disk image", noState),
        Known(Array("QED".utf8) + [0], "a QED disk image", noState),
        Known(Array("QFI".utf8) + [0xfb], "a qcow image", noState),
        Known(
            Array("VMA".utf8) + [0], "a Proxmox VMA archive",
            "try: take vmstate.bin out of it, if it has one, with `vma extract`"),
        Known([0x11, 0x22, 0x33, 0x44], "a multifd channel", "try: the main channel of the same migration"),
        Known([0x16, 0x03], "a TLS connection", "it is encrypted; try: migrate into a file"),
        Known([0x5d, 0x00, 0x00], "lzma data", "try: `xz --format=lzma -dc FILE | migscope -`"),
        Known([0x50, 0x4b, 0x03, 0x04], "a zip archive", "try: unpack it and open the file inside"),
        Known("ustar", at: 257, "a tar archive", "try: unpack it and open the file inside"),
        Known([0x7b], "JSON, perhaps a description", "it goes with a stream; try: open the stream"),
    ]
}
