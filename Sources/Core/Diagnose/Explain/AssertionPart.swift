/// The part of QEMU's sources in which it ended itself, and what can be left out until QEMU is mended.
enum AssertionPart {
    // By the path in the line of the assertion; the first that fits applies.
    private static let parts: [(paths: [String], advice: String)] = [
        (["tests/"], "it is a check of one of QEMU's tests: look at QEMU's earlier messages"),
        (
            ["hbitmap.c", "dirty-bitmap.c"],
            "it is about dirty bitmaps of a disk: delete them (virsh checkpoint-delete, block-dirty-bitmap-remove), or set block-bitmap-mapping for the migration"
        ),
        (
            ["block/mirror.c", "blockjob.c", "block/stream.c", "block/commit.c", "block/backup.c", "job.c"],
            "it is about a block job: end copies, commits and backups of the disks first"
        ),
        (
            ["block/nbd", "nbd/"],
            "it is about a disk over NBD: copy the disks in a different way, or with the guest shut down"
        ),
        (
            ["block/qcow2"],
            "it is about a qcow2 disk: check it (qemu-img check), and try without postcopy and without other options of the migration"
        ),
        (
            ["block/", "block.c", "block-backend.c", "blockdev.c"],
            "it is about the guest's disks: use no block jobs, exports, iothreads or snapshots during the migration"
        ),
        (["hw/usb/"], "it is about USB: unplug the guest's USB devices first"),
        (
            ["hw/scsi/"],
            "it is about a SCSI disk with requests in flight: use a different controller (virtio-scsi, virtio-blk), or migrate while its disks are idle"
        ),
        (["hw/ide/"], "it is about an IDE or SATA disk: use virtio, or migrate while its disks are idle"),
        (["hw/display/", "ui/"], "it is about the display: use a different video device"),
        (["hw/net/", "net/"], "it is about a network device: unplug it first, or use a different model"),
        (["hw/audio/", "audio/"], "it is about sound: remove the sound device"),
        (["hw/virtio/"], "it is about a virtio device: use the same queues and features on both sides"),
        (["hw/vfio/"], "it is about a passed-through device: unplug it first"),
        (["hw/tpm/"], "it is about the TPM: look at its emulator on both sides"),
        (
            ["target/", "accel/", "kvm"],
            "it is about the CPU: use the same CPU model and features on both sides"
        ),
        (["replay/"], "it is about record and replay: record again with this QEMU"),
        (
            ["migration/"],
            "it is about the migration itself: disable capabilities one by one (multifd, postcopy, compress, background snapshots)"
        ),
        (
            ["memory.c", "physmem.c", "exec.c"],
            "it is about a device's memory: use the same devices, at the same addresses"
        ),
    ]

    /// Returns what to leave out, by the line of a report that has the message.
    static func advice(_ lines: [String], _ message: String) -> String? {
        for line in lines {
            guard let place = line.firstRange(of: message), let path = path(line[..<place.lowerBound]) else {
                continue
            }
            return advice(path: path)
        }
        return nil
    }

    /// Returns what to leave out, by the path of a source.
    static func advice(path: Substring) -> String? {
        parts.first { part in part.paths.contains { path.contains($0) } }?.advice
    }

    // The last word with `.c:` and a number.
    private static func path(_ text: Substring) -> Substring? {
        text.split(separator: " ").last { word in
            guard let place = word.firstRange(of: ".c:") else { return false }
            return word[place.upperBound...].first?.isNumber ?? false
        }
    }
}
