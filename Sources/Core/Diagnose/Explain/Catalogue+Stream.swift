extension Catalogue {
    /// Header, configuration, commands, snapshots.
    package static let stream: [CatalogueEntry] = [
        Entry(
            .headerMagic, "Not a migration stream", "the first four bytes are not QEVM",
            try:
                "for a live migration, use the same TLS, multifd and compression settings on both sides; for a file, decompress it, or give the right offset",
            at: .header(0)),
        Entry(
            .headerVersion, ["SaveVM v2 format is obsolete"], "version 2: a very old file",
            try: "load it with a QEMU from its time", at: .header(4)),
        Entry(
            .headerVersion, "Unsupported migration stream version",
            "the version in the header is not 3, or the file is shorter than 8 bytes",
            try: "copy the file again", at: .header(4)),
        Entry(
            .configurationMissing, "Configuration section missing",
            "the destination expects a configuration section after the header",
            try: "the source's machine type is 2.3 or older: use it on the destination too", at: .header(8)),
        Entry(
            .machine, "Machine type received is '%s' and local is '%s'",
            "the stream has machine type %1, the destination %2",
            try: "start the destination with -machine %1", at: .path("configuration/name")),
        Entry(
            .pageBits, "Received TARGET_PAGE_BITS is %d but local is %d",
            "the stream has pages of 2^%1 bytes, the destination of 2^%2 bytes",
            try: "use a CPU model with the same page size",
            at: .path("configuration/configuration%2ftarget-page-bits")),
        Entry(
            .capability, "Capability %s is %s, but received capability is %s",
            "capability %1 is %3 in the stream and %2 on the destination",
            try: "set capability %1 to %3 on the destination",
            at: .path("configuration/configuration%2fcapabilities")
        ),
        Entry(
            .capability, "Received unknown capability %s", "capability %1 is from a newer QEMU",
            try: "set capability %1 to off on the source",
            at: .path("configuration/configuration%2fcapabilities")),
        Entry(
            .uuid, "UUID received is %s and local is %s", "the guest's UUID is %1, the destination's %2",
            try: "start the destination with -uuid %1", at: .path("configuration/configuration%2fuuid")),
        Entry(
            .uuid, "UUID is received %s, but local uuid isn't set", "the destination has no UUID",
            try: "start the destination with -uuid %1",
            at: .path("configuration/configuration%2fuuid")),
        Entry(
            .streamCut, "Expected vmdescription section, but got %d",
            "the stream has no description after its end: the destination loads it anyway", at: .end),
        Entry(
            .command, "MIG_CMD 0xb unknown (len 0x%x)",
            "the source is QEMU 10.0 or later and sends SWITCHOVER_START, which the destination does not know",
            try:
                "save with -global migration.send-switchover-start=off, or load with a QEMU of the source's version (see switchover in docs/breaks.md)",
            at: .commands),
        Entry(
            .command, "MIG_CMD 0x%x unknown (len 0x%x)",
            "command 0x%1 is from a newer QEMU, or the reader lost its place",
            try:
                "load with a QEMU of the source's version; if the versions are the same, copy the stream again, or set the same migration capabilities on both sides",
            at: .commands),
        Entry(
            .command, "%s received with bad length - expecting %u, got %d",
            "%1 has %3 bytes of payload, not %2", at: .commands),
        Entry(
            .command, "CMD_PING (0x%x) received with no return path",
            "PING without OPEN_RETURN_PATH before it", at: .commands),
        Entry(
            .command,
            ["CMD_POSTCOPY_ADVISE in wrong postcopy state (%d)", "CMD_POSTCOPY_ADVISE invalid length (%d)"],
            "postcopy-ram is set on one side only",
            try:
                "set capability postcopy-ram on both sides or on neither; a capture of postcopy can't be loaded from a file",
            at: .commands),
        Entry(
            .command,
            [
                "RAM postcopy is disabled but have 16 byte advise",
                "RAM postcopy is enabled but have 0 byte advise",
            ], "postcopy-ram is set on one side only",
            try: "set capability postcopy-ram on both sides or on neither", at: .commands),
        Entry(
            .command, "CMD_POSTCOPY_%s",
            "a postcopy command in the wrong state: a captured postcopy stream can't be loaded from a file",
            at: .commands),
        Entry(
            .command, "Unreasonably large packaged state: %u", "the package claims %1 bytes", at: .commands),
        Entry(
            .command, "CMD_PACKAGED: Buffer receive fail", "the stream ends inside the package",
            at: .commands),
        Entry(
            .command,
            [
                "MIG_CMD 0x%x deprecated (len 0x%x)", "CMD_OPEN_RETURN_PATH called when RP already open",
                "CMD_OPEN_RETURN_PATH failed", "Could not send switchover ack RP MSG",
                "Switchover start failed: %d", "ENABLE_COLO command come in migration stream",
            ], "a command of the stream can't be executed",
            try: "set the same capabilities on both sides", at: .commands),
        Entry(
            .capability, "Failed to validate capabilities", "the capabilities of both sides differ",
            try: "set the same capabilities on both sides; the previous line names one"),
        Entry(
            .cpr,
            [
                "Not a migration stream (bad magic %x)", "Unsupported migration stream version %d",
                "internal error: cpr fd '%s' id %d value %d already saved with a different value %d",
                "Memory region %s uses guest_memfd, which is not supported with CPR.",
                "Memory region %s is not compatible with CPR. share=on is required for memory-backend objects, and aux-ram-share=on is required.",
                "vmstate_load_state error %d", "execvp %s failed", "Setting env %s = %s failed",
                "Could not parse object fd %s", "cannot find saved value for fd %s",
            ], "a live update (cpr) could not continue",
            try: "use memory with share=on and the same arguments, and start the new QEMU first", by: .any),
        Entry(
            .colo,
            [
                "VM is not in COLO mode",
                "Impossible happened: trying to start COLO when COLO module is not built in",
                "COLO: load device state failed", "COLO mode must be COLO_MODE_PRIMARY",
                "COLO incoming thread: Open QEMUFile to_src_file failed",
                "COLO mode must be COLO_MODE_SECONDARY", "Got unknown COLO message: %d",
                "%s: critical error: calling COLO code without COLO enabled",
                "COLO: cannot disable RAM discard",
                "%s: Can't alloc memory for COLO cache of block %s,size 0x%x",
                "Can't alloc memory for COLO cache of block %s, size 0x%x",
                "failed to init colo RAM cache: %d:", "%s: colo_cache is NULL in block :%s",
                "Load VM's live state (ram) error", "Open QEMUFile from_dst_file failed",
                "option will be ignored in secondary side", "%s: Invalid message",
                "Unexpected COLO message %d", "Unknown error for failover, old_state = %s",
                "COLO failover is already activated",
                "colo_do_failover failed because the colo mode could not be obtained", "failover request",
                "Incorrect state (%s) while doing failover for Primary VM",
                "Incorrect state (%s) while doing failover for secondary VM",
                "Unknown error while do failover for secondary VM,old_state: %s",
                "Failed to get value for COLO message", "Failed to send value for message",
                "Got %u VMState data, less than expected %u", "Can't send COLO message",
                "Can't receive COLO message", "Parameter 'failover' is only for stopping replication",
            ], "COLO: the two sides lost synchronization, or COLO is not set up",
            try: "look at the other side's log; set x-colo and the replication of disks on both sides",
            by: .any),
        Entry(
            .rdma,
            [
                "rdma: %s", "RDMA ERROR: %s", "Unknown source RDMA version: %d, bailing...",
                "could not open RDMA device context", "RDMA control channel input is not set",
                "RDMA is in an error state waiting migration to abort!",
                "RDMAContext is NULL when check Gsource", "RDMAContext is NULL when dispatch Gsource",
                "RDMAContext is NULL when prepare Gsource", "RDMA control channel output is not set",
                "RDMA: cannot disable RAM discard", "rdma_accept failed", "rdma_accept not event established",
                "rdma_accept returns %d", "rdma_get_cm_event != EVENT_ESTABLISHED after rdma_connect",
                "qemu_rdma_reg_control failed", "rdma_resolve_addr", "ibv_poll_cq return %d",
                "ibv_poll_cq wc.status=%d %s!", "ibv_poll_cq wrid=%s!",
                "Failed to register local dest ram block", "ram blocks mismatch (Number of blocks %d vs %d)",
                "Block %s/%d has a different length", "could not resolve address %s",
                "Your QEMU command line parameters are probably not identical", "Unknown control message %d",
                "Unable to register memory region", "bad RDMA migration address",
                "failed to allocate completion channel", "failed to allocate receive completion channel",
                "failed to allocate send completion channel",
                "failed to get cm event while wait completion channel", "rdma migration: %s",
                "ibv context not matching", "failed to allocate completion queue",
                "failed to allocate protection domain", "failed to allocate receive completion queue",
                "failed to allocate send completion queue",
                "RDMA ERROR: You only have RoCE / iWARP devices in your systems and your management software has specified '[::]', but IPv6 over RoCE / iWARP is not supported in Linux.",
                "WARN: migrations may fail: IPv6 over RoCE / iWARP in linux is broken. But since you appear to have a mixed RoCE / IB environment, be sure to only migrate over the IB fabric until the kernel  fixes the bug.",
                "Early error. Sending error.", "Failed to query port information",
                "Malformed length: %d byte_len %d", "Was expecting a %s (%d) control message",
                "too long length: %d", "Failed to send control buffer", "error posting control recv",
                "Failed to use post IB SEND",
                "Chunk details: block: %d chunk index %d start %u end %u host %u local %u registrations: %d",
                "receiving remote info!", "unregistration chunk failed", "%s: poll failed",
                "receive cm event while wait comp channel,cm event is %d", "receive cm event, cm event is %d",
                "ram block search failed", "Failed to Wait for previous write", "cannot get lkey",
                "cannot get rkey", "not found on destination", "rdma_accept get_cm_event failed",
                "rdma_accept get_cm_event failed %d", "get_cm_event failed %d",
                "Invalid RESULT message at dest.", "Unknown control message",
            ],
            "RDMA: the link could not be set up, or broke",
            try: "check the RDMA devices, GIDs and locked memory (ulimit -l) of both hosts; try tcp:",
            by: .any),
        Entry(
            .dirtyRate,
            [
                "calc-time is out of range", "Calculation time is out of range",
                "sample-pages is out of range[%d, %d].", "sample-pages is used only in page-sampling mode",
                "the dirty rate is already being measured", "init dirty rate calculation state failed.",
                "change dirtyrate state failed.", "either sample-pages or dirty-ring can be specified",
                "mode %s is not enabled, use other method instead.",
            ], "measuring the dirty rate was refused: no migration failed", as: .symptom, by: .any),
    ]
}
