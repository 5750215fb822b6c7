import Memory

extension Catalogue {
    /// Messages of the host around an incoming guest: networks, back ends, permissions, limits, security.
    package static let hosts: [CatalogueEntry] = [
        Entry(
            .socket, "hostname on destination resolved to localhost, but migration requires an FQDN",
            "the destination's own name leads to localhost: the source can't be told where to send",
            try:
                "let the destination's name lead to its address on both hosts (hostname -f; no 127.0.1.1 in /etc/hosts), or pass --migrateuri tcp://ADDRESS",
            by: .libvirt),
        Entry(
            .socket,
            [
                "-chardev socket,id=%s: Failed to connect socket %s: Connection refused",
                "-chardev socket,id=%s: Failed to connect socket %s: No such file or directory",
                "-chardev socket,id=%s: Failed to connect to '%s': Connection refused",
                "-chardev socket,id=%s: Failed to connect to '%s': No such file or directory",
            ],
            "nothing listens at the socket of a back-end of the guest: chardev %1",
            try:
                "start the back-end at this host before the guest, with the same path: swtpm of a TPM, virtiofsd, vhost-user (DPDK, SPDK); look at its log",
            by: .any),
        Entry(
            .libvirtFiles,
            [
                "network '%s' is not active", "Network '%s' is not active",
                "no network with matching name '%s'", "Cannot get interface MTU on '%s'",
            ],
            "a network that the guest uses is not there at this host: %1",
            try:
                "start it (virsh net-start NAME; virsh net-autostart NAME), or give this host a bridge of the same name",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            ["unable to add bridge %s port %s: %s", "Unable to add bridge %s port %s: %s"],
            "the guest's network device %2 can't join bridge %1 of this host: %3",
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
            "the vhost back-end can't take that many regions of guest memory",
            try:
                "use fewer and larger DIMMs, or raise max_mem_regions of the host's vhost module",
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
                "look at the log of the back-end (of a vhost-user device: its process; else dmesg), and use the same kernel, or the same version of it, at both hosts",
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
                "look at the kernel's log (dmesg) and at the limits of memory and open files of QEMU; -smp: at most the CPUs that KVM supports",
            by: .any),
        Entry(
            .libvirtFiles, "Unable to create tap device %s: %s",
            "libvirt can't make a network device for the guest: %2",
            try: "connect to qemu:///system, or give the guest a network that needs no tap device (passt)",
            by: .libvirt),
        Entry(
            .fileMissing, ["Could not reopen file: %s", "Could not reopen file"],
            "QEMU may not open a disk image again, which handing the disks over needs: %1",
            try:
                "give the user that QEMU runs as (-runas, a sandbox, a container) the right to every image and its folder, the NVRAM file too",
            by: .any),
        Entry(
            .sourceDisks, "Assertion `!(bs->open_flags & BDRV_O_INACTIVE)' failed",
            "the source hands its disks over though it has done so before: a migration or save before this one left it paused, and QEMU ends itself over it",
            try:
                "resume the guest (virsh resume, cont) before it is migrated or saved again, and look why the first time failed; update QEMU",
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
                "raise the limit of locked memory above the guest's memory (libvirt: <memtune><hard_limit>; ulimit -l; a container's memlock); with a vIOMMU each device counts again",
            by: .any),
        Entry(
            .memory, "cannot limit locked memory of process %d to %d: %s",
            "libvirt may not raise the limit of locked memory of the guest's QEMU: %3",
            try:
                "in a container it needs CAP_SYS_RESOURCE, or a high memlock of the container runtime (LimitMEMLOCK=infinity of its service); then restart the guest's pod",
            by: .libvirt),
        Entry(
            .libvirtFiles, "Unable to write to '/sys/fs/cgroup%s': %s",
            "libvirt could not set the guest's control group: %2",
            try:
                "a guest that runs is not hurt by it; else look at rights and version of the host's cgroups, and update libvirt",
            as: .symptom, by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "avc:  denied  { %s } for  pid=%d comm=\"qemu%s\"",
                "avc: denied { %s } for pid=%d comm=\"qemu%s\"",
            ],
            "SELinux denies QEMU: %1 (with permissive=1 it only says so)",
            try:
                "restore the label (restorecon), or add a rule (ausearch -m avc, audit2allow); the storage may need a virt_use_… boolean (NFS)",
            as: .symptom, by: .any),
        Entry(
            .libvirtFiles,
            [
                "apparmor=\"DENIED\" operation=\"%s\" profile=\"libvirt%s\" name=\"%s\"",
                "apparmor=\"DENIED\" operation=\"%s\" class=\"file\" profile=\"libvirt%s\" name=\"%s\"",
            ],
            "AppArmor denies QEMU or libvirt: %1 of %3",
            try:
                "add the path to /etc/apparmor.d/local/abstractions/libvirt-qemu, or let the guest's XML name the file; a read of /sys is not a failure",
            as: .symptom, by: .any),
        Entry(
            .terminated, "comm=\"qemu%s\" exe=\"%s\" sig=31",
            "the sandbox (seccomp) ended QEMU over a system call",
            try:
                "look up its syscall=; update QEMU, or start it with -sandbox off (libvirt: seccomp_sandbox = 0 in qemu.conf)",
            as: .symptom, by: .any),
        // server/memslot.c of spice
        Entry(
            .destinationAborts,
            "memslot_get_virt: address generation is not valid",
            "the SPICE server ends QEMU: an address of the guest's QXL display is not valid any more",
            try:
                "update spice-server (and QEMU) at this host; else give up the saved state (virsh managedsave-remove), and use a display that is not QXL (virtio)",
            by: .any),
        Entry(
            .libvirtRefused,
            [
                "Security driver model '%s' is not available",
                "Unable to find security driver for model %s", "Unable to find security driver for label %s",
                "Security driver %s not enabled",
                "Security driver not found: %s",
            ],
            "the guest's XML, or its save image, wants a security driver that this libvirt does not use: %1",
            try:
                "switch SELinux or AppArmor on as at the source (security_driver of qemu.conf), connect to qemu:///system, or remove <seclabel> (virsh edit, virsh save-image-edit)",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            common: ["XML error: %s"],
            "libvirt does not take the guest's XML: %1",
            try:
                "mend what it names (virsh edit; of a save image virsh save-image-edit; of a migration --xml); where a manager wrote it, update that",
            as: .symptom, by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "Refusing to undefine while domain managed save image exists",
                "cannot undefine domain with nvram",
            ],
            "libvirt does not undefine the guest: its saved state, or its NVRAM, would be lost",
            try:
                "restore the guest first; or virsh undefine with --keep-nvram or --nvram, and --managed-save, which deletes the saved state",
            by: .libvirt),
        Entry(
            .libvirtRefused, "Requested operation is not valid: domain is not transient",
            "libvirt copies a disk this way only of a guest without a persistent definition",
            try:
                "undefine the guest before (it continues to run; --keep-nvram with UEFI), and define it again after",
            by: .libvirt),
        Entry(
            .libvirtRefused, "migration URI is not supported by tunnelled migration",
            "a tunnelled migration goes through libvirt's own connection and takes no address",
            try: "leave out --migrateuri, or --tunnelled", by: .libvirt),
        Entry(
            .libvirtStorage,
            [
                "pre-creation of storage target for incremental storage migration of disk '%s' is not supported",
                "for incremental storage migration of disk '%s' is not supported",
            ],
            "only what differs of disk %1 should be copied, and the destination has no image to add it to",
            try:
                "copy whole disks (--copy-storage-all), or make the image there first: same path, size and backing file",
            by: .libvirt),
        Entry(
            .libvirtStorage, ["Failed to read option reply", "Failed to read export length"],
            "the NBD connection, which copies the disks, broke while it was made",
            try: "look at the destination's log; set TLS alike for both; open the NBD port",
            as: .consequence, by: .source),
        Entry(
            .tls,
            [
                "The TLS connection was non-properly terminated",
                "Cannot read from TLS channel: Software caused connection abort",
            ],
            "the other side broke TLS off: it takes no certificate of this one, has no TLS, or ended",
            try:
                "look at the other side's log; see that the source has client-cert.pem and client-key.pem (migrate_tls_x509_cert_dir, /etc/pki/qemu), and the names in the certificates",
            as: .symptom, by: .any),
        Entry(
            .libvirtEnded,
            [
                "Domain not found: no domain with matching uuid '%s'",
                "Domain not found: no domain with matching uuid",
                "Domain not found: no domain with matching name '%s'", "no domain with matching name '%s'",
            ],
            "the host that was asked has no such guest, or none any more: of a migration, its QEMU had ended there",
            try:
                "look at the destination's logs of QEMU and libvirt; without a migration: virsh list --all, and the right connection (qemu:///system)",
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
            "the kernel ended a QEMU for want of memory: process %1",
            try:
                "give the host, or the guest's cgroup or pod, more than the guest's RAM (QEMU needs some itself), or run fewer guests and migrations at once",
            as: .symptom, by: .any),
        Entry(
            .capability, "dirty-limit requires KVM with accelerator property 'dirty-ring-size' set",
            "dirty-limit needs KVM's ring of dirty pages",
            try:
                "start the guest with -accel kvm,dirty-ring-size=4096 (libvirt: <dirty-ring state='on' size='4096'/>), or switch dirty-limit off",
            by: .any),
        Entry(
            .sourceBusy, "Migration: [%s %]",
            "the migration had come to %1 % where the log ends: nothing of it failed",
            try:
                "where it does not end, the guest writes faster than is sent: virsh domjobinfo NAME; more by virsh migrate-setspeed and migrate-setmaxdowntime, or --auto-converge, --postcopy",
            as: .progress, by: .source),
    ]
}
