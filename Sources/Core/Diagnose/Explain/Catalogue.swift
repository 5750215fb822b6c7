/// The registry of messages: a new one is one line of a family's list.
///
/// Texts of QEMU 7.2 and 10.0. Wrappers (`Failed to load`, `error while loading state`) are read by `FailureLog`.
enum Catalogue {
    static let all: [CatalogueEntry] = stream + sections + structures + ram + devices + features

    private static let index = MessageIndex(all.map(\.pattern))

    /// The entry that a line of a log belongs to, with the values. O(line) for lines without a message.
    static func cause(_ line: [UInt8]) -> FailureReport.Cause? {
        for number in index.candidates(line) {
            guard let values = all[number].pattern.match(line) else { continue }
            return FailureReport.Cause(
                entry: all[number], values: values.map { DisplayText.escaped(bytes: $0) },
                line: DisplayText.escaped(bytes: line))
        }
        return nil
    }

    private typealias Entry = CatalogueEntry

    private static let stream: [CatalogueEntry] = [
        Entry("header-magic", "Not a migration stream", "the first four bytes are not QEVM",
            try: "unpack the file, or give the right offset", at: .header(0)),
        Entry("header-version", "SaveVM v2 format is obsolete", "version 2: a very old file",
            try: "load it with a QEMU of its time", at: .header(4)),
        Entry("header-version", "Unsupported migration stream version", "the version in the header is not 3, or the file is shorter than 8 bytes",
            try: "copy the file again", at: .header(4)),
        Entry("configuration-missing", "Configuration section missing", "the target expects a configuration section after the header",
            try: "the source's machine type is 2.3 or older: use it at the target too", at: .header(8)),
        Entry("machine", "Machine type received is '%s' and local is '%s'", "the stream is of machine %1, the target of %2",
            try: "start the target with -machine %1", at: .path("configuration/name")),
        Entry("page-bits", "Received TARGET_PAGE_BITS is %d but local is %d", "pages of 2^%1 bytes, at the target 2^%2",
            try: "use a CPU model of the same page size", at: .path("configuration/configuration%2ftarget-page-bits")),
        Entry("capability", "Capability %s is %s, but received capability is %s", "capability %1 is %3 in the stream and %2 at the target",
            try: "set capability %1 %3 at the target", at: .path("configuration/configuration%2fcapabilities")),
        Entry("capability", "Received unknown capability %s", "capability %1 is of a newer QEMU",
            try: "switch %1 off at the source", at: .path("configuration/configuration%2fcapabilities")),
        Entry("uuid", "UUID received is %s and local is %s", "the guest's UUID is %1, the target's %2",
            try: "start the target with -uuid %1", at: .path("configuration/configuration%2fuuid")),
        Entry("uuid", "UUID is received %s, but local uuid isn't set", "the target has no UUID", try: "start the target with -uuid %1",
            at: .path("configuration/configuration%2fuuid")),
        Entry("stream-cut", "Expected vmdescription section, but got %d", "no description after the end: the target loads it all the same", at: .end),
        Entry("command", "MIG_CMD 0x%x unknown", "command 0x%1 is of a newer QEMU, or the reader lost its place", at: .commands),
        Entry("command", "%s received with bad length - expecting %u, got %d", "%1 has %3 bytes of payload, not %2", at: .commands),
        Entry("command", "CMD_PING (0x%x) received with no return path", "PING without OPEN_RETURN_PATH before it", at: .commands),
        Entry("command", "CMD_POSTCOPY_ADVISE", "postcopy-ram is not set alike at both ends",
            try: "set capability postcopy-ram alike; a capture of postcopy can't be loaded from a file", at: .commands),
        Entry("command", "RAM postcopy is ", "postcopy-ram is not set alike at both ends", try: "set capability postcopy-ram alike", at: .commands),
        Entry("command", "CMD_POSTCOPY_", "a postcopy command in the wrong state: a captured postcopy stream can't be loaded from a file", at: .commands),
        Entry("command", "Unreasonably large packaged state: %u", "the package claims %1 bytes", at: .commands),
        Entry("command", "CMD_PACKAGED: Buffer receive fail", "the stream ends inside the package", at: .commands),
        Entry("multifd", "Migration requires seekable transport", "mapped-ram needs a file", try: "use file:PATH as URI"),
        Entry("multifd", "Migration requires multi-channel URIs", "multifd needs tcp: or unix:", try: "use tcp:"),
        Entry("multifd", "multifd: received packet", "multifd is on at one side only, or set otherwise", try: "set capability multifd and its parameters alike"),
        Entry("snapshot", "Snapshot '%s' does not exist in one or more devices", "a disk has no snapshot %1"),
        Entry("snapshot", "This is a disk-only snapshot", "the snapshot has no VM state", try: "revert to it offline with qemu-img"),
        Entry("snapshot", "State blocked by non-migratable device '%s'", "the source can't save %1: nothing is wrong with a stream", at: .section(name: 0, instance: nil)),
    ]

    private static let sections: [CatalogueEntry] = [
        Entry("section-type", "Unknown savevm section type %d", "%1 is no section type: the reader lost its place, so the section before has another length than its reader thinks",
            try: "look at the section before that place"),
        Entry("section-unknown", "Unknown savevm section or instance '%s' %u", "the target has no section %1 #%2",
            try: "give the target the same devices, at the same addresses", at: .section(name: 0, instance: 1)),
        Entry("section-unopened", "Unknown savevm section %d", "no START section has the id %1", at: .sectionID(0)),
        Entry("section-version", "savevm: unsupported version %d for '%s' v%d", "section %2 has version %1, the target reads up to %3",
            try: "use an older machine type at the source, or a newer QEMU at the target", at: .section(name: 1, instance: nil)),
        Entry("footer-missing", "Missing section footer for %s", "the target's %1 has read more or fewer bytes than the stream has",
            try: "compare with a stream of the target: check --like", at: .footer(0)),
        Entry("footer-id", "Mismatched section id in footer for %s - read 0x%x expected 0x%x", "the footer of %1 has id 0x%2, its header 0x%3", at: .footer(0)),
        Entry("section-cut", "Read section footer failed: %d", "the stream ends before a footer", try: "copy the file again", at: .end),
        Entry("section-cut", "Unable to read ID string for section %u", "the stream ends inside a section's header", try: "copy the file again", at: .end),
        Entry("section-cut", "Failed to read section ID: %d", "the stream ends inside a section's header", try: "copy the file again", at: .end),
        Entry("section-cut", "Failed to read instance/version ID: %d", "the stream ends inside a section's header", try: "copy the file again", at: .end),
    ]

    private static let structures: [CatalogueEntry] = [
        Entry("subsection-version", "%s: incoming version_id %d is too new for local version_id %d", "%1 has version %2, the target reads up to %3",
            try: "use an older machine type at the source", at: .structure(0)),
        Entry("section-version", "%s: incoming version_id %d is too old for local minimum version_id  %d", "%1 has version %2, the target reads %3 and later",
            try: "load it with a QEMU between the two and save again", at: .structure(0)),
        Entry("value-range", "Input validation failed: %s/%s", "a check of %1 (%2) refuses the loaded values", at: .structure(0)),
        Entry("field-le", "Invalid value %d expecting positive value <= %d", "the stream has %1, the target at most %2", try: "a property of the device differs",
            at: .limitedField(0)),
        Entry("pci-config", "get_pci_config_device: Bad config data: i=0x%x read: %x device: %x cmask: %x wmask: %x w1cmask:%x",
            "byte 0x%1 of the PCI configuration is 0x%2, the target's 0x%3", try: "the same device, machine type and properties", at: .configuration(0, 1)),
        Entry("field-equal", "%x != %x", "the target has 0x%1, the stream 0x%2; both must be equal", try: "a property of the device differs", at: .equalField(1)),
    ]

    private static let ram: [CatalogueEntry] = [
        Entry("ram-block-unknown", "Unknown ramblock \"%s\", cannot accept migration", "the target has no RAM block %1",
            try: "a block belongs to a device, a DIMM or a memory backend: give the target the same", at: .ramBlock(0)),
        Entry("ram-block-size", "Size mismatch: %s: 0x%x != 0x%x", "block %1 has 0x%2 bytes, the target's 0x%3", try: "-m, video memory, romfile= or the firmware image differ", at: .ramBlock(0)),
        Entry("ram-block-size", "Length mismatch: %s: 0x%x in != 0x%x", "block %1 has 0x%2 bytes, the target's 0x%3", try: "-m, video memory, romfile= or the firmware image differ", at: .ramBlock(0)),
        Entry("ram-block-size", "Size too large: %s: 0x%x > 0x%x", "block %1 has 0x%2 bytes, the target's at most 0x%3", try: "the source is newer: use an older machine type there", at: .ramBlock(0)),
        Entry("ram-address", "Illegal RAM offset %x", "a page at 0x%1, outside its block", at: .ram),
        Entry("ram-flags", "Unknown combination of migration flags: 0x%x", "a RAM record has flags 0x%1: the reader lost its place, or the file is cut (0x0)", at: .ram),
        Entry("ram-flags", "Unexpected RAM flags: %d", "page data and capability mapped-ram do not go together", try: "set capability mapped-ram alike", at: .ram),
        Entry("ram-cut", "Getting RAM address failed", "the stream ends inside RAM", try: "copy the file again", at: .ram),
        Entry("ram-continue", "Ack, bad migration stream!", "a page says \"same block\" before any block was named", at: .ram),
        Entry("ram-block-unknown", "Can't find block %s", "a page names a block %1 that is not in the list", at: .ram),
        Entry("ram-block-unknown", "block %s should not be migrated !", "block %1 is shared memory at the target", try: "set capability x-ignore-shared alike", at: .ramBlock(0)),
        Entry("ram-zero", "Found a zero page with value %d", "a zero page has the value %1", at: .ram),
        Entry("ram-xbzrle", "Failed to load XBZRLE page - %s", "a delta page does not decode: %1", at: .ram),
        Entry("ram-xbzrle", "Failed to decompress XBZRLE page at %x", "the delta page at 0x%1 does not decode", at: .ram),
        Entry("ram-compressed", "Invalid compressed data length: %d", "a compressed page of %1 bytes", at: .ram),
        Entry("ram-compressed", "decompress data failed", "a compressed page does not unpack", at: .ram),
        Entry("ram-compressed", "Received an unexpected compressed page", "capability compress is off at the target", try: "set it; QEMU 9.1 and later can't load such a stream", at: .ram),
        Entry("ram-page-size", "Mismatched RAM page size %s", "huge pages on one side only", try: "use the same memory backend", at: .ram),
        Entry("ram-page-size", "Postcopy needs matching ", "page sizes differ between source and target", try: "use the same memory backend", at: .ram),
        Entry("ram-page-size", "Mismatched GPAs for block %s", "block %1 is at another guest address at the target", at: .ramBlock(0)),
        Entry("mapped-ram", "Migration mapped-ram capability version not supported", "the mapped-ram header is of another version", at: .ram),
        Entry("mapped-ram", "Could not read whole mapped-ram migration header", "the file ends inside a mapped-ram header", at: .ram),
        Entry("mapped-ram", "Error reading dirty bitmap", "the page bitmap of mapped-ram can't be read", try: "copy the file again, with its holes", at: .ram),
        Entry("mapped-ram", "page outside of ramblock %s range", "a mapped-ram page outside block %1", at: .ramBlock(0)),
    ]

    private static let devices: [CatalogueEntry] = [
        Entry("cpu-guest-mode", "vCPU set in guest-mode inconsistent with migrated kernel nested state",
            "hflags say that a nested guest runs, and there is no nested state: often bytes are missing before hflags", at: .sectionNamed("cpu")),
        Entry("cpu-float-format", "Unsupported old non-softfloat CPU state", "FPU registers of a format before 0.15, or damage", at: .sectionNamed("cpu")),
        Entry("cpu", "Mismatch between user-specified TSC frequency and migrated TSC frequency", "tsc-frequency= differs", at: .sectionNamed("cpu")),
        Entry("cpu", "Received unsupported nested state size", "nested state of another kernel", at: .sectionNamed("cpu")),
        Entry("cpu", "Received invalid nested state format: %d", "nested state of another CPU vendor", at: .sectionNamed("cpu")),
        Entry("cpu", "error: failed to set MSR 0x%x to 0x%x", "the target's CPU or KVM lacks MSR 0x%1", try: "use a smaller CPU model", at: .sectionNamed("cpu")),
        Entry("cpu", "Putting registers after init: Failed to set %s", "KVM refuses %1", try: "use a smaller CPU model", at: .sectionNamed("cpu")),
        Entry("cpu", "host doesn't support requested feature: %s", "the target's CPU lacks %1", try: "use a CPU model that both hosts have"),
        Entry("value-range", "invalid SCSI request migration data", "a SCSI request is out of range"),
        Entry("value-range", "inconsistent state in serial device", "counts of the serial port are out of range", at: .sectionNamed("serial")),
        Entry("virtio-mem", "Property '%s' changed from 0x%x to 0x%x", "virtio-mem's %1 differs", try: "set %1 alike"),
        Entry("spapr-cap", "cap-%s higher level (%d) in incoming stream than on destination (%d)", "cap-%1 is %2 in the stream, %3 at the target", try: "start the target with -machine cap-%1=%2"),
        Entry("htab", "htab_load() bad ", "the hash table does not fit the target's", try: "give the target the same memory size", at: .sectionNamed("spapr/htab")),
        Entry("block", "Unknown block migration flags: 0x%x", "the section block is damaged", at: .sectionNamed("block")),
        Entry("block", "Error unknown block device %s", "the target has no drive %1", try: "use the same drive names", at: .sectionNamed("block")),
        Entry("dirty-bitmap", "Error: Unknown node alias '%s'", "the target has no block node %1", try: "use the same node names or aliases", at: .sectionNamed("dirty-bitmap")),
        Entry("dirty-bitmap", "Error: unknown dirty bitmap '%s' for block device '%s'", "%2 has no bitmap %1", at: .sectionNamed("dirty-bitmap")),
        Entry("dirty-bitmap", "Bitmap with the same name ('%s') already exists on destination", "the target has a bitmap %1 already", try: "remove it there", at: .sectionNamed("dirty-bitmap")),
        Entry("dirty-bitmap", "Unknown flags in migrated dirty bitmap header: %x", "flags 0x%1 of a bitmap chunk", at: .sectionNamed("dirty-bitmap")),
        Entry("vfio", "%s: Failed to load device config space", "the driver of %1 refuses its state"),
        Entry("vfio", "SETUP STATE: EOS not found 0x%x", "the device's state is of another version"),
        Entry("tpm", "tpm-emulator: Setting the stateblob", "swtpm refuses the state: other version or key", at: .sectionNamed("tpm-emulator")),
        Entry("vhost", "does not support migration through qemu", "the back-end can't be migrated"),
        Entry("value-range", "nvalid parameter value: %s", "the run state %1 is not known to the target", at: .sectionNamed("globalstate")),
        Entry("value-range", "Invalid parameter '%s'", "%1 is not known to the target", at: .sectionNamed("globalstate")),
    ]

    private static let features: [CatalogueEntry] = [
        Entry("virtio-features", "Features 0x%x unsupported. Allowed features: 0x%x", "the guest uses features that the target does not offer",
            try: "the back-end (offloads, vhost) or a property differs", at: .virtioDevice),
        Entry("virtio-queues", "VQ %d size 0x%x < last_avail_idx 0x%x - used_idx 0x%x", "queue %1: more requests in flight than it has entries: RAM and device state are not of one moment",
            try: "the right RAM, the right disk image?", at: .virtioDevice),
        Entry("virtio-queues", "VQ %d size 0x%x Guest index 0x%x inconsistent with Host index 0x%x", "queue %1: the guest's index and the device's do not go together; loading goes on",
            at: .virtioDevice),
        Entry("virtio-queues", "VQ %d address 0x0 inconsistent with Host index 0x%x", "queue %1 has no address and an index", at: .virtioDevice),
        Entry("virtio-queues", "Invalid number of virtqueues: 0x%x", "0x%1 queues: the layout differs (MSI-X on one side only?), or damage", at: .virtioDevice),
        Entry("virtio-net", "virtio-net: saved image requires %s", "the target's back-end lacks %1", try: "use tap with vnet_hdr", at: .virtioDevice),
        Entry("virtio-net", "virtio-net: curr_queue_pairs %x > max_queue_pairs %x", "%1 queue pairs in use, the target has %2", try: "queues= as at the source", at: .virtioDevice),
    ]
}
