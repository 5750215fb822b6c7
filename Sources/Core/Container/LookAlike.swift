/// Files that people take for migration streams, told by their first bytes.
enum LookAlike {
    /// What to do with a file that does not begin with QEVM.
    static func advice(_ region: MappedRegion) -> String {
        for (magic, advice) in known where region.matches(magic, at: 0) { return advice }
        return "try: write one with `migrate file:PATH` or `virsh save`"
    }

    private static let known: [([UInt8], String)] = [
        (Array("LibvirtQemudSave".utf8), "a libvirt save image; try: cut the stream out of it"),
        (Array("LibvirtQemudPart".utf8), "a libvirt save image that was not finished"),
        (Array("QFI".utf8) + [0xfb], "a qcow2 image; try: look for a snapshot with `qemu-img snapshot -l`"),
        ([0x1f, 0x8b], "gzip; try: `gzip -dc FILE > STREAM`"),
        (Array("BZh".utf8), "bzip2; try: `bzip2 -dc FILE > STREAM`"),
        ([0xfd] + Array("7zXZ".utf8), "xz; try: `xz -dc FILE > STREAM`"),
        ([0x28, 0xb5, 0x2f, 0xfd], "zstd; try: `zstd -dc FILE > STREAM`"),
        ([0x89] + Array("LZO".utf8), "lzop; try: `lzop -dc FILE > STREAM`"),
        ([0x7f] + Array("ELF".utf8), "an ELF file, perhaps a core of dump-guest-memory; try: crash or gdb"),
        (Array("KDUMP   ".utf8), "a kdump file; try: crash"),
        ([0x11, 0x22, 0x33, 0x44], "a multifd channel; try: the main channel of the same migration"),
    ]
}
