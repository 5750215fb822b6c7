import Stream

extension Catalogue {
    /// Errors of the source: state that can't be saved or migrated, and failures on the way.
    package static let source: [CatalogueEntry] = [
        Entry(
            .sourceBlocked,
            [
                "State blocked by non-migratable device '%s'", "State blocked by non-migratable device %s",
            ],
            "the source can't save or migrate %1: no stream is at fault",
            try:
                "unplug the device (device_del) or shut the guest down first; a newer QEMU may be able to save it",
            at: .section(name: 0, instance: nil), by: .source),
        Entry(
            .sourceBlocked, "State blocked by non-migratable CPU device (invtsc flag)",
            "the guest's CPU has an invariant TSC (invtsc), which QEMU migrates only with a fixed frequency",
            try:
                "start the guest with tsc-frequency=HZ (libvirt: <timer name='tsc' frequency='…'/>), or with invtsc=off",
            by: .source),
        Entry(
            .sourceBlocked,
            [
                "virgl is not yet migratable", "rutabaga is not yet migratable",
                "Migration state blocked by apple-gfx display device",
            ],
            "a display device with 3D acceleration can't be migrated",
            try:
                "start the guest with a display device without it (virtio-vga, not -gl; libvirt: <acceleration accel3d='no'/>)",
            by: .source),
        Entry(
            .sourceBlocked,
            [
                "Migration is disabled when VirtFS export path '%s' is mounted in the guest using mount_tag '%s'",
                "Migration is disabled when VirtFS export path",
            ],
            "the guest has a 9p folder (VirtFS) mounted",
            try: "unmount it in the guest, then migrate; virtiofs can be migrated since QEMU 8.2",
            by: .source),
        Entry(
            .sourceBlocked,
            [
                "VFIO device doesn't support migration", "%s: VFIO migration is not supported in kernel",
                "Migration is disabled for VFIO device", "%s: Migration is disabled for VFIO device",
                "%s: Migration is currently not supported with vIOMMU enabled", "%s: VFIO migration disabled",
                "%s: VFIO device doesn't support device and IOMMU dirty tracking",
                "VFIO device doesn't support device and IOMMU dirty tracking",
                "VFIO migration is not supported in kernel",
                "VFIO device doesn't support device dirty tracking", "%s: Migration disabled",
                "Migration is currently not supported with vIOMMU enabled",
                "Multiple VFIO devices migration is supported only if all of them support P2P migration",
                "Migration disabled for this device", "VFIO migration is not supported",
            ],
            "a passed-through host device (VFIO) can't be migrated",
            try:
                "unplug it first (device_del; libvirt: failover or <teaming>), or use a device and driver with migration support and QEMU 8.1 or later",
            by: .source),
        // hw/vfio/common.c, container.c, listener.c
        Entry(
            .vfio,
            [
                "vfio: Could not start dirty page tracking - ", "vfio: Could not stop dirty page tracking - ",
                "Failed to prepare DMA logging", "%s: Failed to start DMA logging",
                "%s: Failed to stop DMA logging, err %d (%s)", "%s: Failed to get DMA logging report, iova: ",
                "Failed to get dirty bitmap for iova: 0x%x", "vfio_iommu_map_dirty_notify(",
                "Failed to sync dirty bitmap with RAM discard listener",
                "VFIO_UNMAP_DMA with DIRTY_BITMAP : %d",
                "UNMAP: Size of bitmap too big 0x%x",
            ],
            "writes of a passed-through device (VFIO) to the guest's memory can't be tracked",
            try:
                "look at the source's kernel messages; give vfio-pci x-device-dirty-page-tracking=off (then the IOMMU tracks them), or unplug the device first",
            by: .source),
        // hw/vfio/migration.c of 5.2 to 7.2
        Entry(
            .vfio, "%s: Error allocating buffer",
            "there is no memory for a piece of a device's state, or its length is damaged (%1)",
            try:
                "look at the kernel messages of both hosts; for a passed-through device, use the same driver and firmware on both hosts",
            by: .any),
        Entry(
            .vfio, "VFIO device only supports cpr-reboot for runstate suspended",
            "a guest with a passed-through device (VFIO) has to be suspended before its QEMU is replaced",
            try: "suspend the guest first: guest-suspend-ram of the guest agent",
            by: .source),
        Entry(
            .sourceBlocked, "Migration disabled: failed to allocate shared memory",
            "QEMU got no shared memory for the log of a vhost device, so the guest can't be migrated",
            try:
                "it needs memfd, or a file in /tmp: check what AppArmor, SELinux or seccomp denies it (dmesg, ausearch), and update kernel, QEMU and profile; restart the guest",
            by: .source),
        Entry(
            .sourceBlocked,
            [
                "Migration disabled: vhost lacks VHOST_F_LOG_ALL feature.",
                "Migration disabled: vhost-user backend lacks VHOST_USER_PROTOCOL_F_LOG_SHMFD feature.",
                "vhost-vdpa device doesn't support migration",
                "vhost-scsi does not support migration", "vhost-vdpa: device lacks",
                "Migration disabled: devices with VIRTIO Shared Memory Regions do not support migration yet.",
                "Migration is blocked by device %s",
            ],
            "the vhost back-end of a device can't log what it writes, so the guest can't be migrated",
            try: "use a back-end with dirty logging (a newer kernel, DPDK or SPDK), or unplug the device",
            by: .source),
        Entry(
            .sourceBlocked,
            [
                "does not support live migration", "format used by node '%s' does not support live migration",
                "does not support internal snapshots", "block device is in use by migration",
            ],
            "the format of a disk image does not support live migration",
            try: "convert the image to qcow2 or raw: qemu-img convert",
            by: .source),
        Entry(
            .sourceBlocked,
            [
                "disallowing migration blocker (--only-migratable) for:",
                "disallowing migration blocker (migration/snapshot in progress) for:",
                "disallowing migration blocker (migration in progress) for:",
                "Device %s is not migratable, but --only-migratable was specified",
            ],
            "a device that can't be migrated was added to a guest that must stay migratable",
            try: "leave the device out, or the option --only-migratable", by: .source),
        Entry(
            .sourceBlocked,
            [
                "SEV: Migration is not implemented", "SEV-SNP: Migration is not implemented",
                "PEF: Migration is not implemented",
                "protected VMs are currently not migratable.", "protected VMs are currently not migrateable.",
                "TDX: Migration is not implemented",
            ],
            "a guest with encrypted memory can't be migrated", try: "shut it down and start it elsewhere",
            by: .source),
        Entry(
            .sourceBlocked,
            [
                "'hv-passthrough' CPU flag prevents migration",
                "'hv-no-nonarch-coresharing=auto' CPU flag prevents migration",
                "Nested VMX virtualization does not support live migration yet",
                "Guest maybe enabled nested virtualization but kernel does not support required capabilities",
                "Live migration disabled because KVM nested virt is enabled",
                "Live migration disabled due to MTE enabled",
            ],
            "a CPU flag of the guest prevents migration",
            try:
                "start the guest without the flag (a named CPU model, hv-… flags one by one, no nested guests)",
            by: .source),
        Entry(
            .sourceBlocked,
            [
                "Migration is disabled when using feature 'peer mode' in device 'ivshmem'",
                "'peer' devices are not migratable",
                "Migration disabled: TPM emulator does not support migration",
                "Migration disabled: CUSE TPM lacks necessary capabilities", "Migration disabled: %s",
                "The vdagent chardev doesn't",
                "The qemu-vdagent chardev doesn't",
                "This operating system kernel does not support vGICv2 migration",
                "This operating system kernel does not support vGICv3 migration",
                "This operating system kernel does not support vITS migration",
                "Migration not supported with SMMUv3 accelerator", "Migration is not supported for %s",
                "Live migration disabled because GIC state save/restore not supported on WHPX",
                "Live migration disabled: not yet supported by GICv5", "NVMM: Migration not supported",
                "State blocked due to missing dirty memory tracking support,And some system register/state save-restore",
                "State blocked due to non-migratable CPUID feature support,dirty memory tracking support, and XSAVE/XRSTOR support",
                "The tpm-crb device does not support chunk migration", "does not support migration",
                "The unpack facility is not compatible with the --only-migratable option",
                "Can't migrate this vm with hardware poisoned memory", "usb-host is not migratable",
                "USB storage passthrough", "scsi-block migration rollback:",
                "Live migration disabled: dump-guest-memory in progress", "CPR does not support vfio mdev %s",
            ],
            "a device or feature of the guest can't be migrated",
            try: "unplug it, or start the guest without it; a newer QEMU or kernel may support it",
            by: .source),
        Entry(
            .sourceBusy,
            [
                "There's a migration process in progress", "Guest is waiting for an incoming migration",
                "There is already a migration in progress",
                "Can't migrate the vm that was paused due to previous migration",
                "Cannot resume if there is no paused migration",
                "Postcopy migration in progress, cannot cancel.",
                "device_add not allowed while migrating", "device_del not allowed while migrating",
                "Guest memory access not allowed during migration", "Dump not allowed during",
                "can't cancel dirty page rate limit while migration is running",
                "can't set dirty page rate limit while migration is running",
                "Config synchronization is not allowed during migration",
                "another migration job is already running for domain '%s'",
                "migration of domain %s is being actively monitored by another thread",
            ],
            "another operation of this guest prevents it: a migration runs, waits, or is paused",
            try: "wait, or cancel it (migrate_cancel; virsh domjobabort)", by: .source),
        Entry(
            .sourceMemory,
            [
                "Process can't lock enough memory for using MSG_ZEROCOPY", "mlock: %s",
                "Zero copy send feature not detected in host kernel",
                "Requested Zero Copy feature is not available",
                "Zero copy currently only available on Linux",
                "Zero copy only available for non-compressed non-TLS multifd migration",
            ],
            "zero-copy needs locked memory, a kernel that supports it, and plain multifd",
            try:
                "raise the locked-memory limit (ulimit -l; libvirt: <hard_limit>), or disable zero-copy-send",
            by: .source),
        Entry(
            .connectionLost,
            [
                "failed to save SaveStateEntry with id(name): %d(%s): -5",
                "failed to save SaveStateEntry with id(name): %d(%s): -104",
                "failed to save SaveStateEntry with id(name): %d(%s): -32",
            ],
            "the source could not send %2: the connection broke, or the destination stopped",
            try: "look at the destination's log of that time; if it has no reason, look at the network",
            as: .consequence,
            by: .source),
        Entry(
            .sourceSave,
            [
                "Failed to save iterable device state:", "Failed to save non-iterable devices",
                "Failed to flush QEMUFile:", "failed to save SaveStateEntry with id(name): %d(%s): %d",
                "failed to save SaveStateEntry with id(name): %d(%s)", "pre-save failed: %s",
                "pre-save for %s failed:", "Save of field %s/%s failed:", "Save of field %s/%s failed",
                "Output state validation failed: %s/%s", "post-save failed: %s", "put failed",
                "runstate name too big: %s", "Error saving global state", "vmstate_save_state error %d",
                "%s : failed to save gtree (%d)", "%s: failed to save %s (%d)",
                "vmstate: put_nullptr must be called with pv == NULL", "usbredirparser_serialize failed",
                "Migration of interrupt state failed", "S390_GET_KEYS error %d",
                "storage key save could not allocate memory",
                "Could not allocate memory to save storage attributes",
                "setting KVM_S390_VM_MIGRATION failed", "flic: couldn't allocate memory",
                "flic: couldn't retrieve irqs from kernel, rc %d", "Failed to retrieve kvm flic ais states",
                "flic: couldn't disable pfault", "hvf: vgic: failed to get GIC state",
                "hvf: vgic: failed to create hv_gic_state_create", "KVM_GET_CLOCK failed: %s",
                "No timebase object", "%s: invalid end_transfer_func for DRQ_STAT",
                "some memory regions do not support IOMMU_IOAS_CHANGE_PROCESS",
                "Guest clock will not be migrated which could cause the guest to hang.",
                "VMSTATE not ending with VMS_END: %s",
                "%s: Detected duplicate SaveStateEntry: id=%s, instance_id=0x%x",
                "Path too long for VMState (%s)", "ram_write_tracking_start() failed",
                "Failed to start write tracking", "Failed to stop the VM",
                "migration_stop_vm failed, error %d", "Failed to write bitmap to file:",
            ],
            "the source could not save a device: the stream ends there",
            try: "read the rest of the source's log; unplug the device, or use a different version of QEMU",
            by: .source),
        Entry(
            .sourceDisks,
            [
                "Block inactivate failed during switchover", "%s: bdrv_inactivate_all() failed: %d",
                "%s: bdrv_inactivate_all() failed (%d)", "Node has active parent node",
                "Failed to inactivate node",
                "Lost persistent bitmaps during inactivation of node '%s':", "Could not reopen qcow2 layer",
                "Could not refresh total sector count", "Failed to flush the refcount block cache: %s",
                "Failed to flush the L2 table cache: %s",
            ],
            "the disks could not be handed over from source to destination",
            try:
                "end block jobs, exports and snapshots of the guest's disks, then migrate; check that QEMU's user may still open every image and the NVRAM file; look at the storage",
            as: .cause,
            by: .source),
        Entry(
            .sourceStopped,
            [
                "Switchover is interrupted", "Unexpected migration completion status %s",
                "Error in migration completion",
                "%s: Unknown ending state %d", "Switchover ACK was requested by %u devices during switchover",
                "Switchover ack pending num underflowed", "%s: Illegal migration status (%s) detected",
            ],
            "the migration ended on the source before it was complete: it was canceled, or failed on the other side",
            try: "look at the destination's log", as: .symptom, by: .source),
        Entry(
            .returnPath,
            [
                "Sibling indicated error %d", "RP: Sibling indicated error %d",
                "Unable to open return-path for postcopy", "RP: Received invalid message 0x%x length 0x%x",
                "Received invalid message 0x%x length 0x%x",
                "RP: Received '%s' message (0x%x) withincorrect length %d expecting %u",
                "Received '%s' message (0x%x) withincorrect length %d expecting %u",
                "RP: Failed reading data for message 0x%x read %d expected %d",
                "Failed reading data for message 0x%x read %d expected %d",
                "RP: Req_Page_id with length %d expecting %d", "Req_Page_id with length %d expecting %d",
                "MIG_RP_MSG_RECV_BITMAP has invalid block name '%s'",
                "MIG_RP_MSG_RECV_BITMAP missing block name",
                "MIG_RP_MSG_REQ_PAGES: Misaligned page request, start:%x len: %d",
                "MIG_RP_MSG_REQ_PAGES has no block '%s'", "MIG_RP_MSG_REQ_PAGES has no previous block",
                "MIG_RP_MSG_REQ_PAGES request overrun, start=%x len=%x blocklen=%x", "%s: missing block name",
                "%s: Misaligned page request, start: %x len: %d", "%s: illegal resume_ack value %u",
                "illegal resume_ack value %u", "%s: MSG_RP_RECV_BITMAP only used for recovery",
                "%s: invalid block name '%s'", "ram_save_queue_pages no block '%s'",
                "ram_save_queue_pages no previous block", "%s request overrun start=%x len=%x blocklen=%x",
                "ram_save_host_page_urgent() failed",
            ],
            "the destination reported an error on the return path: it failed first",
            try: "look at the destination's log: the cause is there", as: .consequence, by: .source),
        Entry(
            .connectionLost,
            [
                "Unable to write to socket: Connection reset by peer",
                "Unable to write to socket: Broken pipe", "socket_writev_buffer: Got err=%d for (",
                "Unable to read from socket: Connection reset by peer", "Unable to read from socket",
                "Unable to write to socket",
                "Unexpected end-of-file before all data were read",
                "Unexpected end-of-file before all bytes were read",
                "Unable to write to command", "Unable to read from command",
                "Cannot read from TLS channel",
                "Cannot write to TLS channel", "Unable to shutdown socket",
                "Detected IO failure for postcopy. Migration paused.",
                "multifd_send_pages: channel %d has already quit", "%s: channel %d has already quit",
                "%s: multifd_send_pages fail",
                "%s: multifd_send fail", "%s: multifd flush and sync failed",
                "%s: multifd synchronization failed",
                "postcopy_start: Migration stream errored", "postcopy_start: Migration stream error",
                "Error on socket",
                "loadvm failed: stream error: %d", "qemu_savevm_state_complete_precopy: %s",
            ],
            common: ["Channel error", "Unable to write to file"],
            "the connection broke: the other side or the network failed",
            try:
                "look at the log of the other side at that time; if it has no reason, look at the network, its MTU and firewalls",
            as: .consequence, by: .source),
        Entry(
            .noSpace, common: ["No space left on device", "Disk quota exceeded", "File too large"],
            "a disk is full: the output is incomplete",
            try: "free space and save again; a cut file can't be loaded",
            by: .source),
        Entry(
            .snapshotSource,
            [
                "Device '%s' is writable but does not support snapshots",
                "No block device can accept snapshots", "No block device supports snapshots",
                "no block device can store vmstate for snapshot",
                "Block format '%s' used by device '%s' does not support internal snapshots",
                "Can't list snapshots of device '%s'", "vmstate block device '%s'",
                "At least one device is required for snapshot", "No block device node '%s'",
                "Block driver does not support snapshots", "Block driver is closed",
                "Device is not readonly", "Device '%s' has no medium",
                "Device '%s' does not support internal snapshots",
            ],
            "a disk of the guest can't hold a snapshot: no stream is at fault",
            try:
                "use qcow2 for all writable disks (also NVRAM), or readonly=on; libvirt: an external snapshot",
            by: .source),
        Entry(
            .snapshotSource,
            [
                "Snapshot '%s' already exists in one or more devices",
                "Snapshot with name '%s' already exists on device '%s'",
            ],
            "a snapshot with that name already exists: no stream is at fault",
            try: "choose another name, or delete the old one first (delvm; qemu-img snapshot -d NAME IMAGE)",
            by: .source),
        Entry(
            .snapshotSource,
            [
                "Error while creating snapshot on '%s'", "Failed to create snapshot '%s' on device '%s'",
                "Error while deleting snapshot on device '%s':", "Could not create snapshot",
                "Could not delete snapshot", "Failed to update the snapshot table",
                "Failed to remove the snapshot", "Failed to delete snapshot with id",
            ],
            "a snapshot could not be created in, or deleted from, an image: no stream is at fault",
            try:
                "read the text after it for the reason: disk space, permissions, or a damaged image (qemu-img check)",
            by: .source),
        Entry(
            .snapshotSource,
            [
                "Device has active dirty bitmaps",
                "Bitmap '%s' is currently in use by another operation and cannot be used",
                "Bitmap '%s' is inconsistent and cannot be used",
                "Bitmap '%s' is readonly and cannot be modified",
            ],
            "a dirty bitmap of a disk (from a backup) prevents it: no stream is at fault",
            try:
                "end the backup's job; remove a bitmap that is inconsistent (block-dirty-bitmap-remove, qemu-img bitmap --remove), and begin with a full backup",
            by: .source),
        Entry(
            .snapshotSource,
            [
                "Snapshots are not compatible with %s", "Block migration and snapshots are incompatible",
                "Record/replay does not allow making snapshot right now. Try once more later.",
                "Record/replay:",
            ],
            "QEMU takes no snapshot while a setting is in use: %1",
            try: "disable it (migrate_set_capability NAME off), or try again later", by: .source),
        Entry(
            .snapshot, "Error while writing VM state",
            "the source could not write: the stream ends there",
            try:
                "read the lines before it for the reason; if there are none, check the free space on its disk",
            as: .symptom,
            by: .source),
        // QEMU 6.1, hw/display/qxl.c: the check in qxl_pre_save() is inverted
        Entry(
            .sourceSave, "pre-save failed: qxl", "the state of a QXL display could not be saved",
            try:
                "QEMU 6.1 wrongly refuses it: update to 6.2 or later; otherwise give the guest a different display (virtio), and restart it",
            by: .source),
        Entry(
            .snapshot, ["Error -22 while writing VM", "Error 22 while writing VM"],
            "QEMU can't save the guest: it has a device whose state can't be saved",
            try:
                "remove the devices that can't be saved: a passed-through device, a shared folder, and with an old QEMU also SATA (ich9-ahci) and USB 3 (nec-usb-xhci); or use a newer QEMU, which saves more devices and names the one that it can't",
            by: .source),
        Entry(
            .snapshot,
            [
                "qcow2: Preventing invalid write on metadata (overlaps with %s); image marked as corrupt",
                "Preventing invalid write on %s metadata (overlaps with %s)",
                "qcow2: Marking image as corrupt: %s", "Image is corrupt: %s",
                "qcow2: Image is corrupt; cannot be opened read/write",
                "Image is corrupt; cannot be opened read/write",
                "qcow2: Image is corrupt: %s",
            ],
            "the qcow2 image of a disk is damaged: its own tables overlap",
            try:
                "stop the guest, copy the image, then qemu-img check -r all IMAGE; two QEMUs (also the source and destination of a migration), or qemu-img and a QEMU, may have written to it at the same time",
            by: .any),
        Entry(
            .snapshot,
            [
                "Error %d while activating snapshot '%s' on '%s'",
                "Error -%d while activating snapshot '%s' on '%s'",
            ],
            "the snapshot %2 of disk %3 could not be activated: error %1",
            try:
                "run qemu-img check and qemu-img snapshot -l on its image, and look at the lines before for the reason",
            as: .symptom, by: .any),
        // savevm.c up to 2.9
        Entry(
            .snapshot, ["Error %d while writing VM", "Error -%d while writing VM"],
            "QEMU could not write the guest's state into its image: error %1",
            try:
                "look at the lines before it and at the free space on the disk; check that all writable disks are qcow2 (qemu-img check); use a newer QEMU, which reports the reason",
            by: .source),
        Entry(
            .snapshot,
            [
                "Snapshot '%s' does not exist in one or more devices", "Snapshot can not be found",
                "Can't find the snapshot", "Can't find snapshot",
                "Could not load snapshot '%s' on '%s':",
                "Snapshot with id '%s' and name '%s' does not exist on device '%s'",
                "does not have the requested snapshot",
                "Device '%s' does not have the requested snapshot '%s'", "Snapshot '%s' not found",
                "Could not check snapshot",
                "Failed to get a snapshot list",
            ],
            "a disk has no snapshot with that name",
            try:
                "list the snapshots with qemu-img snapshot -l IMAGE; all writable disks must have it; otherwise start the guest without -loadvm (UTM: discard the saved state)"
        ),
        Entry(
            .snapshot, "Could not load snapshot for icount replay",
            "the snapshot of a recording could not be loaded",
            try:
                "look at the line before for the reason; replay with the QEMU, machine and options of the recording",
            as: .consequence),
        Entry(
            .snapshot, ["Failed to load snapshot", "Failed to load snapshot '%s'"],
            "a disk's snapshot could not be loaded",
            try:
                "check which snapshots exist (qemu-img snapshot -l IMAGE) and whether the image is sound (qemu-img check); for the Android emulator, start it cold (-no-snapshot-load), and save it again"
        ),
        Entry(
            .snapshot,
            [
                "This is a disk-only snapshot. Revert to it offline",
                "This is a disk-only snapshot. Revert to it  offline", "This is a disk-only snapshot",
            ],
            "the snapshot has no VM state", try: "revert to it offline: qemu-img snapshot -a NAME IMAGE"),
        Entry(
            .snapshot,
            [
                "Could not open VM state file", "bdrv_readv_vmstate failed", "bdrv_writev_vmstate failed",
                "Unable to flush VMState", "Size of VMstate region is unknown",
                "Non-blocking mode not supported for block devices", "Failed to read l1 table for snapshot",
                "Failed to read snapshot table", "Snapshot table is too big",
                "Failed to update snapshot status in disk", "Failed to remove snapshot from snapshot list",
                "ERROR snapshot %s (%s) l1_offset=%x: L1 table is not cluster aligned; snapshot table entry corrupted",
                "ERROR snapshot %s (%s) l1_size=%x: L1 table is too large; snapshot table entry corrupted",
                "%s snapshot table entry %d is incomplete",
                "Discarding too much extra metadata in snapshot table entry %d (%u > %u)",
                "Too much extra metadata in snapshot table entry %d", "Discarding %u overhanging snapshots",
                "You can force-remove all %u overhanging snapshots with qemu-img check -r all",
                "Discarding %u overhanging snapshots (snapshot table is too big)", "ERROR snapshot %s",
                "ERROR failed to update snapshot table: %s",
                "ERROR failed to read the snapshot table pointer from the image header: %s",
                "ERROR failed to read the snapshot table:",
                "ERROR failed to update the snapshot count in the image header: %s",
            ],
            "the VM state of a snapshot can't be read or written in its image",
            try: "look at the image: qemu-img check"),
    ]
}
