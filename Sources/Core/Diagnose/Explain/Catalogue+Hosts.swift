import Memory

extension Catalogue {
    /// Messages of the host around an incoming guest: networks, back ends, permissions, limits, security.
    package static let hosts: [CatalogueEntry] = [
        Entry(
            .socket, "hostname on destination resolved to localhost, but migration requires an FQDN",
            "the destination's host name resolves to localhost, so the source can't use it as an address",
            try:
                "make the destination's name resolve to its address on both hosts (hostname -f; no 127.0.1.1 in /etc/hosts), or pass --migrateuri tcp://ADDRESS",
            by: .libvirt),
        Entry(
            .socket,
            [
                "-chardev socket,id=%s: Failed to connect socket %s: Connection refused",
                "-chardev socket,id=%s: Failed to connect socket %s: No such file or directory",
                "-chardev socket,id=%s: Failed to connect to '%s': Connection refused",
                "-chardev socket,id=%s: Failed to connect to '%s': No such file or directory",
            ],
            "nothing listens on the socket of a guest's back-end: chardev %1",
            try:
                "start the back-end on this host before the guest, with the same path: swtpm for a TPM, virtiofsd, vhost-user (DPDK, SPDK); look at its log",
            by: .any),
        Entry(
            .libvirtFiles,
            [
                "network '%s' is not active", "Network '%s' is not active",
                "no network with matching name '%s'", "Cannot get interface MTU on '%s'",
            ],
            "a network of the guest does not exist, or is not active, on this host: %1",
            try:
                "start it (virsh net-start NAME; virsh net-autostart NAME), or give this host a bridge with the same name",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            ["unable to add bridge %s port %s: %s", "Unable to add bridge %s port %s: %s"],
            "the guest's network device %2 can't join bridge %1 on this host: %3",
            try:
                "if the bridge is missing, create it or start its network (virsh net-start NAME); otherwise look at the kernel's log (dmesg) and at the bridge (ip -d link show)",
            by: .libvirt),
        // hw/virtio/vhost.c: VHOST_OPS_DEBUG adds the reason and its number.
        Entry(
            .machineSetup,
            [
                "vhost_set_mem_table failed: Argument list too long",
                "a used vhost backend has no free memory slots left",
            ],
            "the vhost back-end can't handle that many regions of guest memory",
            try:
                "use fewer and larger DIMMs, or raise max_mem_regions in the host's vhost module",
            by: .any),
        Entry(
            .machineSetup,
            [
                "vhost_set_mem_table failed: %s", "vhost_set_vring_addr failed: %s",
                "vhost_set_vring_base failed: %s",
                "vhost_set_vring_num failed: %s", "vhost_set_vring_kick failed: %s",
                "vhost_set_vring_call failed: %s", "vhost_set_log_base failed: %s",
                "vhost_set_backend_cap failed: %s", "vhost_set_inflight_fd failed: %s",
                "vhost_get_inflight_fd failed: %s",
            ],
            "the vhost back-end of a device refused a request: %1",
            try:
                "look at the back-end's log (for a vhost-user device, the log of its process; otherwise dmesg), and use the same kernel, or the same version of the back-end, on both hosts",
            by: .any),
        // accel/kvm/kvm-all.c
        Entry(
            .machineSetup,
            [
                "kvm_init_vcpu: kvm_create_vcpu failed (%s): %s",
                "kvm_init_vcpu: kvm_get_vcpu failed (%s): %s",
                "kvm_init_vcpu: mmap'ing vcpu state failed (%s): %s", "kvm_init_vcpu failed: %s",
            ],
            "KVM can't create a CPU of the guest",
            try:
                "look at the kernel's log (dmesg) and at QEMU's limits for memory and open files; use at most as many CPUs (-smp) as KVM supports",
            by: .any),
        Entry(
            .libvirtFiles, "Unable to create tap device %s: %s",
            "libvirt can't create a network device for the guest: %2",
            try: "connect to qemu:///system, or give the guest a network that needs no tap device (passt)",
            by: .libvirt),
        Entry(
            .fileMissing, ["Could not reopen file: %s", "Could not reopen file"],
            "QEMU may not reopen a disk image, which it must do to hand over the disks: %1",
            try:
                "give the user that QEMU runs as (-runas, a sandbox, a container) access to every image and its folder, including the NVRAM file",
            by: .any),
        Entry(
            .sourceDisks, "Assertion `!(bs->open_flags & BDRV_O_INACTIVE)' failed",
            "the source hands over its disks a second time: an earlier migration or save left the guest paused, and QEMU aborts",
            try:
                "resume the guest (virsh resume, cont) before you migrate or save it again, find out why the first attempt failed, and update QEMU",
            by: .source),
        Entry(
            .memory,
            [
                "VFIO_MAP_DMA failed: Cannot allocate memory",
                "vfio_dma_map(%s) = -12 (Cannot allocate memory)",
                "vfio_container_dma_map(%s) = -12 (Cannot allocate memory)",
            ],
            "the guest's memory can't be locked for a passed-through device (VFIO): the limit is too low",
            try:
                "raise the locked-memory limit above the guest's memory size (libvirt: <memtune><hard_limit>; ulimit -l; a container's memlock); with a vIOMMU, each device counts separately",
            by: .any),
        Entry(
            .memory, "cannot limit locked memory of process %d to %d: %s",
            "libvirt may not raise the locked-memory limit of the guest's QEMU: %3",
            try:
                "in a container, give it CAP_SYS_RESOURCE, or raise the container runtime's memlock limit (LimitMEMLOCK=infinity in its service); then restart the guest's pod",
            by: .libvirt),
        Entry(
            .libvirtFiles, "Unable to write to '/sys/fs/cgroup%s': %s",
            "libvirt could not set the guest's control group: %2",
            try:
                "ignore it if the guest runs; otherwise check the permissions and version of the host's cgroups, and update libvirt",
            as: .symptom, by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "avc:  denied  { %s } for  pid=%d comm=\"qemu%s\"",
                "avc: denied { %s } for pid=%d comm=\"qemu%s\"",
            ],
            "SELinux denies QEMU an operation: %1 (with permissive=1, it only logs this)",
            try:
                "restore the label (restorecon), or add a rule (ausearch -m avc, audit2allow); the storage may need a virt_use_… boolean (NFS)",
            as: .symptom, by: .any),
        Entry(
            .libvirtFiles,
            [
                "apparmor=\"DENIED\" operation=\"%s\" profile=\"libvirt%s\" name=\"%s\"",
                "apparmor=\"DENIED\" operation=\"%s\" class=\"file\" profile=\"libvirt%s\" name=\"%s\"",
            ],
            "AppArmor denies QEMU or libvirt an operation: %1 on %3",
            try:
                "add the path to /etc/apparmor.d/local/abstractions/libvirt-qemu, or name the file in the guest's XML; a denied read of /sys is not a failure",
            as: .symptom, by: .any),
        Entry(
            .terminated, "comm=\"qemu%s\" exe=\"%s\" sig=31",
            "the sandbox (seccomp) killed QEMU because of a system call",
            try:
                "look up the number after syscall=; update QEMU, or start it with -sandbox off (libvirt: seccomp_sandbox = 0 in qemu.conf)",
            as: .symptom, by: .any),
        // server/memslot.c of spice
        Entry(
            .destinationAborts,
            "memslot_get_virt: address generation is not valid",
            "the SPICE server aborts QEMU: an address of the guest's QXL display is no longer valid",
            try:
                "update spice-server and QEMU on this host; otherwise copy the saved state, start the guest without it, and use a display other than QXL (virtio)",
            by: .any),
        Entry(
            .libvirtRefused,
            [
                "Security driver model '%s' is not available",
                "Unable to find security driver for model %s", "Unable to find security driver for label %s",
                "Security driver %s not enabled",
                "Security driver not found: %s",
            ],
            "the guest's XML, or its save image, requires a security driver that this libvirt does not use: %1",
            try:
                "enable SELinux or AppArmor as on the source (security_driver in qemu.conf), connect to qemu:///system, or remove <seclabel> (virsh edit, virsh save-image-edit)",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            common: ["XML error: %s"],
            "libvirt does not accept the guest's XML: %1",
            try:
                "fix the element that it names (virsh edit; for a save image, virsh save-image-edit; for a migration, --xml); if a manager wrote the XML, update the manager",
            as: .symptom, by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "Refusing to undefine while domain managed save image exists",
                "cannot undefine domain with nvram",
            ],
            "libvirt refuses to undefine the guest: its saved state, or its NVRAM, would be lost",
            try:
                "restore the guest first; or use virsh undefine with --keep-nvram or --nvram, and --managed-save, which deletes the saved state",
            by: .libvirt),
        Entry(
            .libvirtRefused, "Requested operation is not valid: domain is not transient",
            "libvirt copies a disk this way only for a guest without a persistent definition",
            try:
                "undefine the guest first (it continues to run; --keep-nvram with UEFI), and define it again afterwards",
            by: .libvirt),
        Entry(
            .libvirtRefused, "migration URI is not supported by tunnelled migration",
            "a tunnelled migration uses libvirt's own connection and has no address",
            try: "leave out --migrateuri, or --tunnelled", by: .libvirt),
        Entry(
            .libvirtStorage,
            [
                "pre-creation of storage target for incremental storage migration of disk '%s' is not supported",
                "for incremental storage migration of disk '%s' is not supported",
            ],
            "only the changes of disk %1 are to be copied, but the destination has no image to apply them to",
            try:
                "copy whole disks (--copy-storage-all), or create the image there first with the same path, size and backing file",
            by: .libvirt),
        Entry(
            .libvirtStorage, ["Failed to read option reply", "Failed to read export length"],
            "the NBD connection that copies the disks broke while it was being set up",
            try: "look at the destination's log; use the same TLS settings on both sides; open the NBD port",
            as: .consequence, by: .source),
        Entry(
            .tls,
            [
                "The TLS connection was non-properly terminated",
                "Cannot read from TLS channel: Software caused connection abort",
            ],
            "the other side closed the TLS connection: it does not accept this side's certificate, has no TLS, or ended",
            try:
                "look at the other side's log; check that the source has client-cert.pem and client-key.pem (migrate_tls_x509_cert_dir, /etc/pki/qemu), and check the names in the certificates",
            as: .symptom, by: .any),
        Entry(
            .libvirtEnded,
            [
                "Domain not found: no domain with matching uuid '%s'",
                "Domain not found: no domain with matching uuid",
                "Domain not found: no domain with matching name '%s'", "no domain with matching name '%s'",
            ],
            "the host that was asked has no such guest, or no longer has it: in a migration, its QEMU had already ended there",
            try:
                "look at QEMU's and libvirt's logs on the destination; without a migration, check virsh list --all and the connection (qemu:///system)",
            as: .consequence, by: .libvirt),
        Entry(
            .rdma, "unknown migration protocol: rdma:%s", "this QEMU is built without RDMA",
            try: "use a QEMU with RDMA on both sides, or tcp", by: .any),
        Entry(
            .terminated,
            [
                "Out of memory: Killed process %d (qemu%s)",
                "Memory cgroup out of memory: Killed process %d (qemu%s)",
            ],
            "the kernel killed a QEMU because memory ran out: process %1",
            try:
                "give the host, or the guest's cgroup or pod, more memory than the guest's RAM (QEMU itself needs some), or run fewer guests and migrations at once",
            as: .symptom, by: .any),
        Entry(
            .capability, "dirty-limit requires KVM with accelerator property 'dirty-ring-size' set",
            "dirty-limit needs KVM's dirty ring",
            try:
                "start the guest with -accel kvm,dirty-ring-size=4096 (libvirt: <dirty-ring state='on' size='4096'/>), or disable dirty-limit",
            by: .any),
        Entry(
            .sourceBusy, "Migration: [%s %]",
            "the migration was at %1 % when the log ended: nothing failed",
            try:
                "if it does not end, the guest writes memory faster than it is sent: check virsh domjobinfo NAME; raise the limits with virsh migrate-setspeed and migrate-setmaxdowntime, or use --auto-converge or --postcopy",
            as: .progress, by: .source),
    ]
}
