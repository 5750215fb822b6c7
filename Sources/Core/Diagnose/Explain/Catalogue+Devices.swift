import Bytes

extension Catalogue {
    /// Devices and their back ends.
    package static let devices: [CatalogueEntry] = [
        Entry(
            .cpuGuestMode, "vCPU set in guest-mode inconsistent with migrated kernel nested state",
            "hflags say that a nested guest runs, but there is no nested state: often, bytes before hflags are missing",
            at: .sectionNamed("cpu")),
        Entry(
            .cpuFloatFormat, "Unsupported old non-softfloat CPU state",
            "FPU registers in a format of QEMU before 0.15, or damage", at: .sectionNamed("cpu")),
        Entry(
            .cpu, "Mismatch between user-specified TSC frequency and migrated TSC frequency",
            "tsc-frequency= differs", at: .sectionNamed("cpu")),
        Entry(
            .cpuMSR,
            [
                "error: failed to set MSR 0x%x to 0x%x", "failed to set MSR 0x%x to 0x%x",
                "error: failed to get MSR 0x%x", "failed to get MSR 0x%x",
            ],
            "the destination's CPU or KVM refuses MSR 0x%1",
            try: "use a smaller CPU model, or a host with the same CPU, microcode and kernel",
            at: .sectionNamed("cpu")),
        Entry(
            .cpu,
            [
                "Putting registers after init: Failed to set %s",
                "Restoring resisters after reset: Failed to set %s",
                "Putting registers after init:", "Restoring resisters after reset:",
                "Failed to put registers after init: %s",
                "Failed to put registers after reset: %s", "Failed to put registers %s: %s",
                "Restoring resisters %s:",
                "Failed to set KVM type registers", "Failed to set MP state", "Failed to set MSRs",
                "Failed to set TSC deadline MSR",
                "Failed to set XCRs", "Failed to set XSAVE", "Failed to set Xen state",
                "Failed to set debug registers",
                "Failed to set feature control MSR", "Failed to set general purpose registers",
                "Failed to set nested state",
                "Failed to set special registers", "Failed to set vCPU events",
            ],
            "the destination's KVM refuses the CPU's registers: %1",
            try:
                "use a smaller CPU model without flags that only one host has; use the same CPU, microcode and kernel on both hosts",
            at: .sectionNamed("cpu")),
        Entry(
            .cpu,
            [
                "Received unsupported nested state size", "Recieved unsupported nested state size",
            ],
            "the nested state is from a different kernel",
            try: "shut nested guests down first; use the same kernel on both hosts", at: .sectionNamed("cpu")),
        Entry(
            .cpu, "host doesn't support requested feature: %s", "the destination's CPU lacks %1",
            try: "use a CPU model that both hosts have", as: .symptom, by: .any),
        Entry(
            .cpu, "Guest enabled re-enlightenment notifications, 'tsc-frequency=' has to be specified",
            "the guest uses Hyper-V's re-enlightenment, which needs a fixed TSC frequency",
            try: "start both sides with the source's tsc-frequency=", at: .sectionNamed("cpu")),
        Entry(
            .armRegisters,
            [
                "handle_cpreg_only_in_incoming_stream: system register 0x%x in the incoming stream but unknown on the destination: fail migration",
                "system register 0x%x in the incoming stream but unknown on the destination",
                "in the incoming stream but unknown on the destination: fail migration",
            ],
            "the stream has a system register (0x%1) that the destination's CPU does not have",
            try:
                "use the source's QEMU version, CPU model and -machine virtualization= and secure= (and with KVM the same host kernel and CPU)",
            at: .sectionNamed("cpu")),
        Entry(
            .interrupts,
            [
                "Restoring %u CPU interfaces, kernel only has %d",
                "Restoring %u IRQs, but kernel supports max %d", "Model requests %u IRQs, but",
                "hvf: vgic: failed to restore GIC state", "flic: couldn't enable pfault",
                "KVM_SET_IRQCHIP failed: %s", "KVM_SET_LAPIC failed: %s",
                "WHvSetVirtualProcessorInterruptControllerState failed", "WHPX: Failed to set MSR APIC base",
                "can not find Generic Error Status Block", "KVM_SET_PIT failed: %s",
                "KVM_SET_PIT2 failed: %s", "KVM_SET_CLOCK failed",
                "Could not set up display for migration",
            ],
            "the host's interrupt controller does not accept the state",
            try: "use the same machine properties, CPU count and host kernel"),
        Entry(
            .virtioQueues, "VQ %d vring.num %u exceeds allocated max 0",
            "the stream has queue %1 with %2 entries; the destination's device has no queue with that number",
            try:
                "give the destination's device the same number of queues as on the source: num-queues= (virtio-blk), num_queues= (virtio-scsi), queues or mq=on (virtio-net), ports, max_outputs",
            at: .virtioField("queues")),
        Entry(
            .virtioQueues,
            "VQ %d vring.num %u exceeds allocated max %u",
            "queue %1 has %2 entries in the stream, at most %3 on the destination",
            try:
                "give the destination the source's queue sizes: rx_queue_size=, tx_queue_size=, queue-size=, virtqueue_size=%2; QEMU 11.1 refuses sizes of the control queue that older versions accept",
            at: .virtioField("queues")),
        Entry(
            .virtioNet,
            [
                "virtio-net: curr_queues %x > max_queues %x",
                "virtio-net: saved image has invalid RSS indirections_len: %u",
            ],
            "more queues than the destination has", try: "use the source's queues=",
            at: .virtioField("device/curr_queue_pairs")),
        Entry(
            .valueRange, ["Invalid virtqueue index in request list: %x", "invalid vdev type"],
            "a request in flight belongs to a queue that the destination does not have",
            try: "give the device the same number of queues: num-queues="),
        Entry(
            .valueRange,
            ["Bad interrupt index: %d", "Bad RX queues number: %d", "Bad TX queues number: %d"],
            "values of vmxnet3 are out of range",
            try: "copy the stream again, or use QEMUs of the same version"),
        Entry(
            .nvme,
            [
                "inconsistent migration stream (", "unexpected NVME_SG_ALLOC flag",
                "req->cmd.opcode (%u) != NVME_ADM_CMD_ASYNC_EV_REQ", "req->sq != &req->sq->ctrl->admin_sq",
                "req->aiocb != NULL", "req->atomic_write != false", "req->ns != NULL", "req->opaque != NULL",
                "only one NVMe namespace is supported for migration",
            ],
            "NVMe queues in the stream do not fit the destination's",
            try: "give nvme the same max_ioqpairs=, msix_qsize= and namespaces"),
        Entry(
            .spapr,
            [
                "Process table config unsupported by the host", "Failed to allocate KVM HPT of order %d",
                "HPT not supported in nested guests", "Requested order %d HPT, but kernel allocated order %d",
                "Invalid value (%d) for cap-%s", "papr_scm: Could not sync nvdimm",
                "The file backend for the spapr-nvdimm device", "The guest expects hcall-flush support",
                "pc87312: unsupported device reconfiguration",
                "A machine check is being handled during migration",
            ],
            "the host lacks a feature that the source gave the guest: %1",
            try: "use the same CPU model, capabilities (cap-…), page sizes and memory on the destination"),
        Entry(
            .s390,
            [
                "S390_SET_KEYS error %d", "Storage key data is incomplete",
                "Unexpected storage key flag data: %x", "storage key load could not allocate memory",
                "Error %d while setting storage attributes", "Storage attributes data is incomplete",
                "Unexpected storage attribute flag data: %x", "cmma_load could not allocate memory",
                "Suspicious call to %s (%x.%x.%x) for non-existing css!",
            ],
            "storage keys or attributes can't be loaded: they are cut or damaged, or KVM refuses them",
            try: "copy the stream again; use the same -m and a kernel of the same version"),
        Entry(
            .uefi,
            [
                "invalid uefi variable policy", "invalid uefi variable", "out of variable memory (%d > %d)",
                "invalid buffer size",
            ], "the UEFI variable store does not fit", try: "use the same QEMU version and store size"),
        Entry(
            .usb,
            [
                "usbredirparser_create() failed", "usbredir_get_bufpq: out of memory",
                "has bulk receiving started with zero max_packet_size", "usbredirparser_unserialize",
                "usbredirparser: %s",
            ], "the state of a redirected USB device is refused",
            try:
                "unplug redirected USB devices (usb-redir, <redirdev>) before saving, and from the destination before loading; use the same version of usbredir"
        ),
        Entry(
            .vhost,
            [
                "does not support migration through qemu", "Error loading back-end state of %s device %s",
                "Error loading  back-end state of %s device %s",
                "Error getting vhost back-end of %s device %s", "Error saving back-end state of %s device %s",
                "Back-end failed to process its internal state",
                "Back-end did not accept migration state transfer",
                "vhost transport does not support migration state transfer", "Failed to receive state",
                "Failed to send state", "Failed to read state", "Failed to initiate state transfer:",
                "Failed to set up state transfer pipe: %s", "vhost: Failed to start logging",
                "vhost_set_config_call failed %d", "vhost_set_owner failed", "vhost_set_vring_call failed %d",
                "vhost_get_config failed", "vhost_get_config not implemented", "vhost_get_features failed",
                "vhost VQ %d notifier cleanup error: %d", "vhost_init_features failed",
                "vhost backend memory slots limit", "Failed to set busyloop timeout",
                "Verify ring failure on region %d", "Unable to map %s for ring %d",
                "%s relocated for ring %d", "Failed to initialize virtqueue %d", "Unknown vhost backend type",
                "inflight buffer subsection has not been loaded", "Fail to update device iotlb",
                "Fail to lookup the translated address", "Fail to invalidate device iotlb",
                "Access failure IOTLB message type not supported", "Unexpected IOTLB message type",
                "Unexpected IOTLB message when virtio device is stopped",
                "binding does not support host notifiers", "Overlapping but not coherent sections",
                "rounded to %x prior to previous",
                "some memory device (like virtio-mem) decided how many memory slots",
                "vhost does not support cross-endian", "vhost-user-blk: get block config failed",
                "vhost-user trying to send unhandled ioctl",
                "Failed initializing vhost-user memory map, consider using -object memory-backend-file share=on",
                "Failed preparing vhost-user memory table msg", "vhost-user backend not capable of postcopy",
                "vhost_user_write() return %d, close session failed",
                "vhost_user_write() return -1, close session failed",
                "vhost_user_read() return %d, create session failed",
                "vhost_user_read() return -1, create session failed",
                "vhost_user_write() return %d, create session failed",
                "vhost_user_write() return -1, create session failed",
                "vhost-user backend supports VHOST_USER_PROTOCOL_F_CONFIG but QEMU does not.",
                "vhost-user device expecting VHOST_USER_PROTOCOL_F_CONFIG but the vhost-user backend does not support it.",
                "VHOST_USER_PROTOCOL_F_CONFIG not supported",
                "Failed to read msg header. Size %d exceeds the maximum %u.",
                "Failed to read msg payload. Read %d instead of %d.",
                "Failed to read msg header. Flags 0x%x instead of 0x%x.",
                "Failed to read msg header. Read %d instead of %d. Original request %d.",
                "Failed to write msg. Wrote %d instead of %d.", "Received unexpected msg type",
                "Unexpected msg type. Expected %d received %d",
                "Failed to get postcopy_advise reply from vhost", "Failed to send postcopy_%s to vhost",
                "Failed to receive reply to postcopy_%s",
                "%s: invalid postcopy reply for region. Got guest physical address %x, expected %x",
                "%s: Unexpected size for postcopy reply %d vs %d",
                "%s: postcopy reply not fully consumed %d vs %d", "Received bad msg size.",
                "Failed to receive SET_DEVICE_STATE_FD reply", "Failed to send SET_DEVICE_STATE_FD message",
                "Failed to receive CHECK_DEVICE_STATE reply", "Failed to send CHECK_DEVICE_STATE message",
                "Failed to get back-end-provided transfer pipe FD", "Received bad message size",
                "Received unexpected message type", "Failed to get mem fd", "Failed to mmap mem fd",
                "%s: Failed to get ufd", "Failed to get dmabuf fd", "Bad session id: %d",
                "Unsupported asymmetric key size", "Unsupported auth key size", "Unsupported cipher key size",
                "IOMMU support requires reply-ack", "The backend specified a max ram slots limit",
                "The maximum number of queues supported by the backend is %u",
                "Cannot initialize vhost-user state", "Device expects VHOST_USER_PROTOCOL_F_CONFIG",
                "Failed to find region for fault", "Received too many shared memory regions",
                "unable to start vhost net", "Postcopy not supported on non-Linux systems",
                "Cannot add buffer to svq", "vhost lacks feature mask",
                "vhost-net requested but could not be initialized", "open vhost char device failed",
                "failed to init vhost_net for queue %d",
                "virtio_net binding does not support guest notifiers", "Error binding guest notifier: %d",
                "Unknown vhost iotlb message type", "Wrong vhost message len",
                "ignoring invalid max_mem_regions value in vhost module: %s",
                "extended features without kernel support", "Couldn't create call event notifier",
                "Couldn't create kick event notifier", "Failed to read from slave.",
                "Failed to read payload from slave.", "Failed to send msg reply to slave.",
                "Truncated message.", "socketpair() failed", "Failed to set msg fds.", "Bad fd for map",
                "Bad offset/len for mmap %x+%x", "Bad offset/len for unmmap %x+%x",
                "Failed to add shared memory mapping",
                "SVQ Invalid device feature flags, offer: 0x%x, ok: 0x%x",
                "VIRTIO Shared Memory mapping overlap",
                "Device has no VIRTIO Shared Memory Regions. Requested ID: %d",
                "VIRTIO Shared Memory Region at ID %d not found or uninitialized",
                "Shared memory mapping not found", "vhost_backend_init failed", "notifier cleanup failed",
                "notifier binding failed", "vhost-net requires tap backend", "Error enabling host notifiers",
                "binding does not support guest notifiers", "Error when restarting the queue",
                "Failed to initiate state transfer", "vhost_set_features failed", "vhost vdpa map fail!",
                "vhost-vdpa: DMA mapping failed, unable to continue", "vhost_vdpa_dma_map(",
                "RAM section out of device range", "SVQ can not work while IOMMU enable",
                "vhost vsock set running failed: %d", "Error starting vhost vsock: %d",
            ],
            "the vhost back-end of a device refused, disconnected, or lacks a feature of the source's back-end",
            try:
                "look at the back-end's log (virtiofsd, DPDK, SPDK, passt); use the same version and options on both hosts, with migration support",
            by: .any),
        Entry(
            .vfio,
            [
                "%s: Failed to mmap VFIO migration region %d: %s",
                "%s: Failed to setup VFIO migration region %d: %s",
                "%s: Invalid zero-sized VFIO migration region %d",
                "VFIO_MIGRATION_STOP_COPY is not supported",
                "%s: Migration couldn't be initialized for VFIO device, err: %d (%s)",
                "%s: VFIO migration init failed:",
                "%s: Failed to mmap VFIO migration region: %s", "%s: Failed to load device config space",
                "%s: Unknown tag 0x%x", "SETUP STATE: EOS not found 0x%x",
                "vfio: Failed to save device config space of %s -", "%s: packet has unknown version %u",
                "%s: packet index is invalid", "%s: packet too short at %u (min is %u)",
                "Load state of device %s failed", "Error while loading VFIO",
                "expected FLAG_DEV_CONFIG_STATE", "load config state flush failed",
                "%s: queuing state buffer %u would exceed the size max of %u",
                "%s: state buffer %u already filled", "%s: writing state buffer %u failed: %d",
                "%s: duplicate DEV_CONFIG_LOAD_READY", "%s: got DEV_CONFIG_LOAD_READY but was disabled",
                "%s: got DEV_CONFIG_LOAD_READY outside multifd transfer", "got device state packet",
                "multifd data queuing failed", "multifd config data queuing failed",
                "%s: reading state buffer %u failed", "%s: reading state buffer %u failed: %d",
                "Multifd device transfer requested but unsupported", "save config state flush failed",
                "Final precopy reinit check failed", "Failed loading device config space",
                "Falling back to slow path", "%s: Received INIT_DATA_SENT but switchover ack is not used",
                "%s: got DEV_CONFIG_STATE in main migration channel but doing multifd transfer",
                "qemu_loadvm_approve_switchover failed", "%s: Estimated %s size overflow: 0x%x",
                "failed to query migration flags", "failed to set precopy info",
                "migration is not supported in kernel", "not supported with large memory VM",
                "%s Recover state is ERROR. Resetting device", "Setting device in recover state",
                "%s: Device in error state 0x%x", "Failed resetting device",
                "Failed setting device in recover state", "%s: data_fd out of sync",
                "%s: Failed to set state %s", "%s: Failed to save buffer", "%s: vfio_save_buffer failed %s",
                "%s: Failed to allocate migration data buffer", "%s: Failed to save device config space",
                "%s: Failed to set device state 0x%x", "vfio_mig_%s %d byte %s: failed at offset 0x%x",
                "no vfio_get_object handler", "failed to get object",
                "%s: vfio_load_device_config_state() failed: %d", "vfio_dma_unmap_vaddr_all",
                "%s: Invalid device state %d", "%s: save setup failed", "Failed to set dirty tracking flag",
                "operation cancelled", "Failed to save state", "vfio device with fd=%d needs an id property",
                "x-ramfb-migrate requires enable-migration",
            ],
            "a passed-through device (VFIO) refuses its state: its driver or firmware differs",
            try: "use the same device, firmware and driver version on both hosts"),
        Entry(
            .dbusVMState,
            [
                "%s: Failed to Load: %s", "%s: Failed to Save: %s", "%s: Too large vmstate data to save: %u",
                "%s: Failed to find proxy Id '%s'", "%s: Failed to read from stream: %s",
                "%s: Failed to restore Id '%s'", "%s: Invalid DBus vmstate proxy name %u",
                "%s: Invalid vmstate size: %u", "%s: Not enough data available to load for Id: '%s'",
                "%s: Short read", "%s: DBus vmstate buffer is too large", "%s: Failed to close stream: %s",
                "%s: Failed to get proxies: %s", "%s: Failed to write to stream: %s",
            ],
            "a helper's state (dbus-vmstate: slirp, passt and the like) can't be transferred",
            try: "run the same helpers with the same ids on the destination, before it loads"),
        Entry(
            .tpm,
            [
                "tpm-emulator: %s", "tpm-crb: Buffer sizes exceed backend capacity",
                "Failed to set TPM state", "Could not set up TPM state",
            ], "swtpm refused the TPM's state, or could not save it: its version, key or file differs",
            try:
                "use the same or a newer swtpm and libtpms with the same encryption key; look at its log (/var/log/swtpm/libvirt/qemu/NAME-swtpm.log); on shared storage, check that its state exists and is complete",
            at: .sectionNamed("tpm-emulator")),
        Entry(
            .dirtyBitmap,
            [
                "Error: Unknown bitmap alias '%s' on node '%s'", "Error: block device name is not set",
                "Unable to read bitmap alias string", "Unable to read node alias string",
                "Failed to read bitmap bits",
                "Bitmap migration stream buffer allocation request is too large",
                "in a node with auto-generated name", "Bitmap '%s' in unnamed node can't be migrated",
                "Can't store persistent bitmaps to %s", "Bitmap already exists: %s",
                "Bitmap name too long: %s", "Bitmaps are incompatible and can't be merged",
                "Bitmaps are of different sizes (destination size is %d, source size is %d) and can't be merged",
                "Cannot relinquish control if there's no successor present",
                "Cannot create a successor for a bitmap that already has one",
                "Cannot reclaim a successor when none is present",
                "Merging of parent and successor bitmap failed", "could not get length of device",
                "Cannot migrate bitmap '%s' on node '%s'", "The bitmap '%s'/'%s' is mapped twice",
                "The bitmap alias '%s' is longer than %u bytes", "The bitmap alias '%s'/'%s' is used twice",
                "The bitmap name '%s' is longer than %d bytes", "The node alias '%s' is longer than %u bytes",
                "The node alias '%s' is not well-formed", "The node alias '%s' is used twice",
                "The node name '%s' is longer than %u bytes", "The node name '%s' is mapped twice",
            ],
            "a dirty bitmap can't be migrated: node or bitmap names differ, or can't be used",
            try: "give disks the same node-name= on both sides, or set block-bitmap-mapping",
            at: .sectionNamed("dirty-bitmap")),
        Entry(
            .block, "Error getting length of block device %s", "disk %1 can't be read",
            try: "check the destination's storage"),
        Entry(
            .guestBug,
            [
                "qxl: guest bug: command not in ram bar", "qxl-%d: guest bug:", "guest stopped, ignoring",
                "ac97: attempt to use voice %d with invalid frequency %d", "incorrect window number %d",
                "XenStore ring handling error", "message delivery fatal failure",
                "failed to set up SINT route", "buffer full, dropping message", "%s: invalid context entry",
                "%s: invalid root entry: hi=0x%x, lo=0x%x", "PT specified but not supported",
                "DT specified but not supported", "%s: unknown ce type: %u",
                "vtd_ce_get_rid2pasid_entry error", "PRDT length for NCQ command", "%s: tag %d already used",
                "secondary streams not implemented yet", "%s: DMA write failure",
                "%s: Error sending response", "unable to get block status", "aio failed",
                "Could not update PFLASH: %s",
            ],
            "the guest left the device in an odd state: QEMU does not refuse the load because of it",
            try: "look at the other messages first", as: .symptom),
        Entry(
            .cpu, "Received nested state size less than min",
            "the nested state is cut, or from a different kernel",
            at: .sectionNamed("cpu")),
        Entry(
            .cpu, "Received nested state when kernel cannot restore it",
            "the destination's KVM has no nested virtualization", try: "load kvm with nested=1",
            at: .sectionNamed("cpu")),
        Entry(
            .cpu, "Received invalid nested state format: %d",
            "the nested state is from a different CPU vendor",
            at: .sectionNamed("cpu")),
        Entry(.valueRange, "invalid SCSI request migration data", "a SCSI request is out of range"),
        Entry(
            .valueRange, "inconsistent state in serial device",
            "counts of the serial port are out of range", at: .sectionNamed("serial")),
        Entry(
            .virtioMem, "Property '%s' changed from 0x%x to 0x%x", "virtio-mem's %1 differs",
            try: "set the same %1 on both sides"),
        Entry(
            .virtioMem, "Property '%s' size changed from 0x%x to 0x%x",
            "virtio-mem's memory has a different size",
            try: "give it a memory backend of the same size"),
        Entry(
            .virtioMem, "Property '%s' changed from %d to %d", "virtio-mem's %1 differs",
            try: "set the same %1 on both sides"),
        Entry(
            .valueRange, "AHCI: DMA engine should be off, but status bit indicates it is still running",
            "a port's CMD says that its list engine both runs and is off"),
        Entry(
            .valueRange, "AHCI: FIS RX engine should be off, but status bit indicates it is still running",
            "a port's CMD says that it both receives and is off"),
        Entry(
            .valueRange, "AHCI: Failed to start %s: bad %s address",
            "the address of a port's %2 is not in the destination's memory",
            try: "give the destination the same memory"),
        Entry(
            .valueRange, "Cannot migrate while device properties (%s) differ",
            "%1 of the device differs from the destination's", try: "set the same %1 on both sides"),
        Entry(
            .valueRange, "hardware error: Bad interrupt index: %d",
            "an interrupt of vmxnet3 is out of range"),
        Entry(
            .valueRange, "Slirp: invalid ss_family type %d",
            "a socket of -netdev user has an unknown address family",
            at: .sectionNamed("slirp")),
        Entry(
            .spaprCap, "cap-%s higher level (%d) in incoming stream than on destination (%d)",
            "cap-%1 is %2 in the stream, %3 on the destination",
            try: "start the destination with -machine cap-%1=%2"),
        Entry(
            .htab,
            [
                "htab_load() bad index %d (%d+%d entries) in htab stream (htab_shift=%d)",
                "htab_load() bad version",
            ], "the hash table does not fit the destination's",
            try: "give the destination the same memory size", at: .sectionNamed("spapr/htab")),
        Entry(
            .block, "Unknown block migration flags: 0x%x", "the section block is damaged",
            at: .sectionNamed("block")),
        Entry(
            .block, "Error unknown block device %s", "the destination has no drive %1",
            try: "use the same drive names", at: .sectionNamed("block")),
        Entry(
            .dirtyBitmap, "Error: Unknown node alias '%s'", "the destination has no block node %1",
            try: "use the same node names or aliases", at: .sectionNamed("dirty-bitmap")),
        Entry(
            .dirtyBitmap, "Error: unknown dirty bitmap '%s' for block device '%s'", "%2 has no bitmap %1",
            at: .sectionNamed("dirty-bitmap")),
        Entry(
            .dirtyBitmap, "Bitmap with the same name ('%s') already exists on destination",
            "the destination already has a bitmap %1", try: "remove it there",
            at: .sectionNamed("dirty-bitmap")),
        Entry(
            .dirtyBitmap,
            "Migrated bitmap granularity doesn't match the destination bitmap '%s' granularity",
            "bitmap %1 has a different granularity on the destination",
            try: "remove it there, or give it the same granularity",
            at: .sectionNamed("dirty-bitmap")),
        Entry(
            .dirtyBitmap, "Unknown flags in migrated dirty bitmap header: %x",
            "a bitmap chunk has unknown flags 0x%1", at: .sectionNamed("dirty-bitmap")),
        Entry(
            .valueRange, "irq state %d: must be 0 or 1", "an interrupt level of a PCI device is %1"),
        // accel/kvm/kvm-all.c
        Entry(
            .interrupts,
            [
                "KVM_SET_DEVICE_ATTR failed: Group %d attr 0x%x: %s",
                "KVM_SET_DEVICE_ATTR failed: Group %d attr 0x%x",
            ],
            "KVM refuses the state of an interrupt controller (group %1, attribute 0x%2)",
            try:
                "use the same interrupt controller (Arm: -machine gic-version=; POWER: ic-mode=, kernel-irqchip=), the same number of CPUs, and the same versions of QEMU and the host kernel"
        ),
        Entry(
            .valueRange, ["Invalid parameter value: %s", "invalid parameter value: %s"],
            "the destination does not know the run state \"%1\"",
            try:
                "use a QEMU of the source's version or newer; if the name is empty, the stream is damaged or from a modified QEMU",
            at: .sectionNamed("globalstate")),
        Entry(
            .valueRange, "Invalid parameter '%s'", "the destination does not know %1",
            at: .sectionNamed("globalstate")),
    ]
}

extension Catalogue {
    /// Virtio.
    package static let features: [CatalogueEntry] = [
        Entry(
            .virtioFeatures, "Features 0x%x unsupported. Allowed features: 0x%x",
            "the guest uses features that the destination does not offer",
            try: "use the same back-end (offloads, vhost) and device properties", at: .virtioFeatures),
        Entry(
            .virtioQueues, "VQ %d size 0x%x < last_avail_idx 0x%x - used_idx 0x%x",
            "queue %1 has more requests in flight than entries: RAM and device state are not from the same moment",
            try:
                "use the source's machine type with its version, and the same device properties; otherwise, memory and device are from different moments: check that RAM and disk image belong together",
            at: .virtioField("queues")),
        Entry(
            .virtioQueues, "VQ %d size 0x%x Guest index 0x%x inconsistent with Host index 0x%x",
            "queue %1: the indexes of the guest and the device do not match: QEMU 5.2 and later continue, older versions refuse the device",
            try:
                "reset the device in the guest (unload its driver, or restart the guest) on the source, then migrate; or use a newer QEMU on the destination",
            at: .virtioField("queues")),
        Entry(
            .virtioQueues, "VQ %d address 0x0 inconsistent with Host index 0x%x",
            "queue %1 has an index but no address", at: .virtioField("queues")),
        Entry(
            .virtioQueues, "Invalid number of virtqueues: 0x%x",
            "the stream has 0x%1 queues: the layout differs (MSI-X on one side only?), or the stream is damaged",
            at: .virtioField("queue_count")),
        Entry(
            .virtioNet, "virtio-net: saved image requires %s", "the destination's back-end lacks %1",
            try: "use tap with vnet_hdr", at: .virtioField("device/has_vnet_hdr")),
        Entry(
            .virtioNet, "virtio-net: curr_queue_pairs %x > max_queue_pairs %x",
            "%1 queue pairs are in use, but the destination has %2", try: "use the source's queues=",
            at: .virtioField("device/curr_queue_pairs")),
        Entry(
            .virtioNet, "invalid RSS indirections_len: %u",
            "the RSS table has an invalid number of entries: %1",
            at: .virtioField("device")),
    ]
}
