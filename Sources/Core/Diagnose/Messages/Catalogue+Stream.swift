extension Catalogue {
    /// Header, configuration, commands, snapshots.
    package static let stream: [CatalogueEntry] = [
        Entry(
            "header-magic", "Not a migration stream", "the first four bytes are not QEVM",
            try:
                "of a live migration: set TLS, multifd and compression alike on both sides; of a file: unpack it, or give the right offset",
            at: .header(0)),
        Entry(
            "header-version", ["SaveVM v2 format is obsolete"], "version 2: a very old file",
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
            "command",
            [
                "MIG_CMD 0x%x deprecated (len 0x%x)", "CMD_OPEN_RETURN_PATH",
                "Could not send switchover ack RP MSG", "Switchover start failed: %d",
                "ENABLE_COLO command come in migration stream",
            ], "a command of the stream can't be carried out",
            try: "set the capabilities of both sides alike", at: .commands),
        Entry(
            "capability", "Failed to validate capabilities", "the capabilities of both sides differ",
            try: "set capabilities alike; the line before names one"),
        Entry(
            "cpr",
            [
                "Not a migration stream (bad magic %x)", "Unsupported migration stream version %d", "cpr fd",
                "cpr channel", "with CPR", "CPR.", "vmstate_load_state error %d", "execvp %s failed",
                "Setting env %s = %s failed", "Could not parse object fd %s",
                "cannot find saved value for fd %s",
            ], "a live update (cpr) could not go on",
            try: "use memory with share=on, the same arguments, and start the new QEMU before", by: .any),
        Entry(
            "colo",
            [
                "COLO", "colo", "Load VM's live state (ram) error", "Open QEMUFile from_dst_file failed",
                "option will be ignored in secondary side", "Invalid message", "Unexpected COLO message %d",
                "failover", "Failed to get value for COLO message", "Failed to send value for message",
                "Got %u VMState data, less than expected %u", "Can't send COLO message",
                "Can't receive COLO message", "replication",
            ], "COLO: the two sides fell out of step, or it is not set up",
            try: "look at the other side's log; set x-colo and the replication of disks on both sides",
            by: .any),
        Entry(
            "rdma",
            [
                "rdma:", "RDMA ERROR", "RDMA", "rdma_", "ibv_", "Infiniband",
                "Failed to register local dest ram block", "ram blocks mismatch",
                "Block %s/%d has a different length", "could not resolve address %s",
                "Your QEMU command line parameters are probably not identical", "librdmacm",
                "Unknown control message %d", "Unable to register memory region",
                "bad RDMA migration address", "queue pair", "completion channel", "rdma migration",
                "ibv context not matching", "failed to allocate completion queue",
                "failed to allocate protection domain", "failed to allocate receive completion queue",
                "failed to allocate send completion queue", "IPv6 over RoCE", "Early error. Sending error.",
                "Failed to query port information", "Malformed length: %d byte_len %d",
                "Was expecting a %s (%d) control message", "too long length: %d",
                "Failed to send control buffer", "error posting control recv", "Failed to use post IB SEND",
                "Chunk details", "receiving remote info", "unregistration chunk failed", "poll failed",
                "cm event", "ram block search failed", "Failed to Wait for previous write", "cannot get lkey",
                "cannot get rkey", "not found on destination", "get_cm_event failed",
                "Invalid RESULT message", "Unknown control message",
            ],
            "RDMA: the link could not be set up, or broke",
            try: "check the RDMA devices, GIDs and locked memory (ulimit -l) of both hosts; try tcp:",
            by: .any),
        Entry(
            "dirty-rate",
            [
                "calc-time is out of range", "Calculation time is out of range", "sample-pages is",
                "the dirty rate is already being measured", "dirty rate", "dirtyrate",
                "either sample-pages or dirty-ring can be specified", "mode %s is not enabled",
            ], "measuring the dirty rate was refused: no migration failed", as: .symptom, by: .any),
    ]
}
