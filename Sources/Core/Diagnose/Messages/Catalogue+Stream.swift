extension Catalogue {
    /// Header, configuration, commands, snapshots.
    package static let stream: [CatalogueEntry] = [
        Entry(
            "header-magic", "Not a migration stream", "the first four bytes are not QEVM",
            try: "unpack the file, or give the right offset", at: .header(0)),
        Entry(
            "header-version", "SaveVM v2 format is obsolete", "version 2: a very old file",
            try: "load it with a QEMU of its time", at: .header(4)),
        Entry(
            "header-version", "Unsupported migration stream version",
            "the version in the header is not 3, or the file is shorter than 8 bytes",
            try: "copy the file again", at: .header(4)),
        Entry(
            "configuration-missing", "Configuration section missing",
            "the target expects a configuration section after the header",
            try: "the source's machine type is 2.3 or older: use it at the target too", at: .header(8)),
        Entry(
            "machine", "Machine type received is '%s' and local is '%s'",
            "the stream is of machine %1, the target of %2",
            try: "start the target with -machine %1", at: .path("configuration/name")),
        Entry(
            "page-bits", "Received TARGET_PAGE_BITS is %d but local is %d",
            "pages of 2^%1 bytes, at the target 2^%2",
            try: "use a CPU model of the same page size",
            at: .path("configuration/configuration%2ftarget-page-bits")),
        Entry(
            "capability", "Capability %s is %s, but received capability is %s",
            "capability %1 is %3 in the stream and %2 at the target",
            try: "set capability %1 %3 at the target", at: .path("configuration/configuration%2fcapabilities")
        ),
        Entry(
            "capability", "Received unknown capability %s", "capability %1 is of a newer QEMU",
            try: "switch %1 off at the source", at: .path("configuration/configuration%2fcapabilities")),
        Entry(
            "uuid", "UUID received is %s and local is %s", "the guest's UUID is %1, the target's %2",
            try: "start the target with -uuid %1", at: .path("configuration/configuration%2fuuid")),
        Entry(
            "uuid", "UUID is received %s, but local uuid isn't set", "the target has no UUID",
            try: "start the target with -uuid %1",
            at: .path("configuration/configuration%2fuuid")),
        Entry(
            "stream-cut", "Expected vmdescription section, but got %d",
            "no description after the end: the target loads it all the same", at: .end),
        Entry(
            "command", "MIG_CMD 0x%x unknown",
            "command 0x%1 is of a newer QEMU, or the reader lost its place", at: .commands),
        Entry(
            "command", "%s received with bad length - expecting %u, got %d",
            "%1 has %3 bytes of payload, not %2", at: .commands),
        Entry(
            "command", "CMD_PING (0x%x) received with no return path",
            "PING without OPEN_RETURN_PATH before it", at: .commands),
        Entry(
            "command", "CMD_POSTCOPY_ADVISE", "postcopy-ram is not set alike at both ends",
            try: "set capability postcopy-ram alike; a capture of postcopy can't be loaded from a file",
            at: .commands),
        Entry(
            "command", "RAM postcopy is ", "postcopy-ram is not set alike at both ends",
            try: "set capability postcopy-ram alike", at: .commands),
        Entry(
            "command", "CMD_POSTCOPY_",
            "a postcopy command in the wrong state: a captured postcopy stream can't be loaded from a file",
            at: .commands),
        Entry(
            "command", "Unreasonably large packaged state: %u", "the package claims %1 bytes", at: .commands),
        Entry(
            "command", "CMD_PACKAGED: Buffer receive fail", "the stream ends inside the package",
            at: .commands),
        Entry(
            "multifd", "Migration requires seekable transport", "mapped-ram needs a file",
            try: "use file:PATH as URI"),
        Entry(
            "multifd", "Migration requires multi-channel URIs", "multifd needs tcp: or unix:", try: "use tcp:"
        ),
        Entry(
            "multifd", "multifd: received packet", "multifd is on at one side only, or set otherwise",
            try: "set capability multifd and its parameters alike"),
        Entry(
            "multifd", "multifd %u: flags received %x flags expected %x",
            "channel %1 is packed in another way than the target expects",
            try: "set multifd-compression alike"),
        Entry(
            "multifd", "multifd: received channel id %u is greater than number of channels %u",
            "the source has more channels than the target's %2", try: "set multifd-channels alike"),
        Entry(
            "snapshot", "Device '%s' is writable but does not support snapshots",
            "disk %1 can't have snapshots: nothing is wrong with a stream", try: "use qcow2, or readonly=on"),
        Entry(
            "snapshot", "pre-save failed: %s", "the source can't save %1: nothing is wrong with a stream"),
        Entry(
            "snapshot", "Error while writing VM state",
            "the source could not write: nothing more is in the stream", try: "look for room on its disk"),
        Entry("snapshot", "Snapshot '%s' does not exist in one or more devices", "a disk has no snapshot %1"),
        Entry(
            "snapshot", "This is a disk-only snapshot", "the snapshot has no VM state",
            try: "revert to it offline with qemu-img"),
        Entry(
            "snapshot", "State blocked by non-migratable device '%s'",
            "the source can't save %1: nothing is wrong with a stream", at: .section(name: 0, instance: nil)),
    ]
}
