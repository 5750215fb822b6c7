extension Catalogue {
    /// What libvirt refuses before anything is sent or saved, where each has its own way out. Wordings of libvirt 7.0 to 11.3.
    package static let refusals: [CatalogueEntry] = [
        Entry(
            .libvirtRefused,
            [
                "cannot delete inactive domain with %d snapshots",
                "cannot delete inactive domain with %d checkpoints",
            ],
            "libvirt does not undefine a guest that has snapshots or checkpoints: it knows of %1",
            try:
                "virsh undefine NAME --snapshots-metadata --checkpoints-metadata, or forget each first (virsh snapshot-delete NAME SNAPSHOT --metadata)",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "unable to set security context '%s' on fd %d: %s",
                "unable to set security context '%s' on '%s'",
            ],
            "a file can't be labelled for the guest, by SELinux or by its file system: label %1",
            try:
                "save to, or keep the disk on, a local file system, or a mount that has the label (NFS: context=system_u:object_r:virt_image_t:s0; setsebool -P virt_use_nfs on); restorecon",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            ["Failed to load PCI stub module %s", "Failed to load PCI driver module %s: %s"],
            "the host has no driver for passed-through devices: %1",
            try: "modprobe vfio-pci; switch the IOMMU on in the firmware and the kernel (intel_iommu=on)",
            by: .libvirt),
        Entry(
            .libvirtSnapshot,
            [
                "snapshot-save job failed: %s", "load of internal snapshot '%s' job failed: %s",
                "deletion of internal snapshot '%s' job failed: %s",
            ],
            "QEMU did not do what libvirt asked with a snapshot inside the images",
            try:
                "the words after it are QEMU's; all writable disks must be qcow2 (also the UEFI variables), else use external snapshots",
            as: .symptom, by: .libvirt),
        Entry(
            .libvirtRefused, "unable to parse server from dconnuri",
            "the address of the destination's libvirt names no host",
            try: "give it as qemu+ssh://HOST/system (or qemu+tls, qemu+tcp)", by: .libvirt),
        // libvirt up to 0.10
        Entry(
            .libvirtEnded,
            [
                "migration to '%s' failed: migration failed", "Migration unexpectedly failed",
                "operation failed: Migration unexpectedly failed",
            ],
            "libvirt only reports that QEMU's migration failed",
            try:
                "see that the source's QEMU reaches the destination by the name and port that it uses (49152 to 49215); then QEMU's log of both hosts (/var/log/libvirt/qemu/NAME.log)",
            as: .consequence, by: .libvirt),
        Entry(
            .lock,
            [
                "Setting different DAC user or group on %s which is already in use",
                "Setting different SELinux label on %s which is already in use",
            ],
            "another guest, or one that was not ended well, has the file under another user or label: %1",
            try:
                "stop the other guest; where none runs: getfattr -m trusted.libvirt -d FILE shows what libvirt remembers, setfattr -x takes it away",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "Cannot set interface MAC to %s for ifname %s vf %d: %s",
                "Failed to add tap interface to bridge '%s': %s",
            ],
            "libvirt can't set up the guest's network card at this host: %1",
            try:
                "see that the bridge or network card is there under that name (ip link, bridge link) and is of a kind that can do it: a port of InfiniBand takes no MAC address",
            by: .libvirt),
        Entry(
            .libvirtFiles, "Unable to open '%s' for vdpa device: %s",
            "the vDPA device can't be opened at this host: %1",
            try:
                "see that it is bound to vhost_vdpa (vdpa dev show) and used by no other; the kernel's messages say why",
            by: .libvirt),
        Entry(
            .socket, "chardev: opening backend \"%s\" failed",
            "what is at the other end of a character device (serial port, channel, TPM) is not there",
            try:
                "start it first, or let this side listen (server=on,wait=off; libvirt: <source mode='bind'>)",
            by: .any),
        Entry(
            .libvirtFiles, "host doesn't support passthrough of host PCI devices",
            "the host can't pass devices through: it has no IOMMU in use",
            try:
                "switch it on in the firmware (VT-d, AMD-Vi) and the kernel (intel_iommu=on), and load vfio-pci",
            by: .libvirt),
        Entry(
            .machineSetup, "Cannot check QEMU binary %s: %s", "this host lacks the guest's emulator: %1",
            try: "install it there, or name the destination's own by --xml (<emulator>)", by: .libvirt),
        Entry(
            .libvirtRefused,
            "cannot migrate domain with %d snapshots",
            "libvirt does not migrate a guest that has snapshots: it knows of %1",
            try:
                "keep their XML (virsh snapshot-dumpxml), forget them here (virsh snapshot-delete NAME SNAPSHOT --metadata), migrate, and define them there again (virsh snapshot-create --redefine); or delete them",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "domain has assigned non-USB host devices",
                "cannot migrate a domain with <hostdev mode='%s' type='%s'>",
                "cannot migrate a domain with <hostdev", "cannot migrate a domain with <interface type='%s'>",
                "cannot migrate a domain with <interface",
            ],
            "libvirt neither migrates nor saves a guest with a host device that is passed to it",
            try:
                "detach it first (virsh detach-device), or pair it with a virtio card (<teaming>); QEMU 6.0 and a libvirt of its time ask the device's driver instead",
            by: .libvirt),
        Entry(
            .libvirtRefused, "domain has 'invtsc' CPU feature but TSC frequency is not specified",
            "the guest's CPU has an invariant TSC (invtsc), which needs a fixed frequency",
            try:
                "give the guest <timer name='tsc' frequency='…'/> (the same on both hosts), or disable the feature invtsc; then restart it",
            by: .libvirt),
        Entry(
            .libvirtRefused, "Cannot migrate empty or read-only disk %s",
            "disk %1 was chosen to be copied, and it is empty or read-only",
            try:
                "leave it out of --migrate-disks (kubevirt: update it); eject an empty drive, and put the image of a read-only disk at the destination beforehand",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            ["Attempt to migrate guest to the same host", "Attempt to migrate guest to the same host %s"],
            "the destination is this host, or has the same name or host UUID as this one",
            try:
                "look where its name leads (hostname -f, /etc/hosts); hosts with the same UUID in their firmware need their own host_uuid in libvirtd.conf (virsh capabilities shows it)",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "migration with virtiofs device is not supported",
                "migration with this virtiofs device is not supported",
            ],
            "the guest has a virtiofs folder, which this libvirt, or its virtiofsd, does not migrate",
            try:
                "unmount it in the guest and detach it (virsh detach-device); else QEMU 8.2, virtiofsd 1.11 and a libvirt of their time, or newer",
            by: .libvirt),
        Entry(
            .libvirtRefused, "cannot migrate domain with I/O error",
            "the guest is paused because a disk gave an I/O error",
            try: "mend the storage (virsh domblkerror NAME), resume the guest, then migrate", by: .libvirt),
        Entry(
            .libvirtRefused, "domain is marked for auto destroy",
            "the guest was started with --autodestroy and ends with its connection",
            try: "start it without --autodestroy", by: .libvirt),
        Entry(
            .libvirtRefused, "domain has active block job",
            "a disk of the guest is being copied, committed or backed up",
            try: "wait for it, or end it: virsh blockjob NAME DISK --info, --abort (or --pivot)", by: .libvirt
        ),
        Entry(
            .libvirtRefused, "the running swtpm does not support migration with shared storage",
            "the guest's TPM emulator is too old for a state on shared storage",
            try: "update swtpm to 0.8 or later on both hosts, and restart the guest", by: .libvirt),
        Entry(
            .postcopy,
            [
                "switching to post-copy requires migration to be started",
                "post-copy can only be started while outgoing migration is in progress",
                "Postcopy must be started after migration has been started",
                "Enable postcopy with migrate_set_capability before the start of migration",
            ],
            "postcopy was asked for too early, or of a migration that was not begun for it",
            try:
                "begin with virsh migrate --postcopy, and switch (virsh migrate-postcopy) only when virsh domjobinfo shows memory on the way; of QEMU alone: postcopy-ram on both sides before migrate",
            by: .source),
        Entry(
            .libvirtSnapshot, "internal snapshot of a running VM must include the memory state",
            "a snapshot inside the images of a running guest holds its memory, too",
            try:
                "leave out --memspec snapshot=no (or memory snapshot='no'); or take the disks only, outside (--disk-only); or shut the guest down first",
            by: .libvirt),
        Entry(
            .libvirtSnapshot, "internal snapshot for disk %s unsupported for storage type %s",
            "disk %1 is of format %2, which holds no snapshot inside",
            try:
                "convert it to qcow2 (qemu-img convert), or make a disk that need not be written <readonly/>; else an external snapshot: --disk-only, with --memspec FILE for the memory",
            by: .libvirt),
        Entry(
            .libvirtSnapshot,
            [
                "internal snapshots of a VM with pflash based firmware are not supported",
                "internal snapshots of a VM with pflash based firmware",
            ],
            "this libvirt takes no snapshot inside the images of a guest with UEFI: its NVRAM would be missing",
            try:
                "take an external one: --disk-only, with --memspec FILE for the memory; newer libvirts take internal ones if the NVRAM file is qcow2",
            by: .libvirt),
        Entry(
            .libvirtStorage,
            [
                "Can't list snapshots of device '%s': Input/output error",
                "Can't list snapshots of device '%s': No such file or directory",
            ],
            "the storage of disk %1 gives errors",
            try:
                "look at the storage and at the host's kernel messages: the disk itself must be readable first",
            by: .any),
        Entry(
            .libvirtStorage, "The sum of offset (%u) and size (%u)",
            "a volume of the destination is smaller than the disk that comes to it",
            try:
                "make it as big, to the byte (qemu-img info --output=json; lvextend; of KubeVirt, the request of the target's volume)",
            by: .any),
        Entry(
            .libvirtImage,
            ["Failed to create file '%s': Invalid argument", "Failed to open file '%s': Invalid argument"],
            "the file can't be opened: Invalid argument, as where there is no direct I/O: %1",
            try: "leave out --bypass-cache, or save to another file system", by: .libvirt),
        Entry(
            .libvirtJSON,
            "unable to execute QEMU command 'migrate': this feature or command is not currently supported",
            "this QEMU is built without what the migration asks for: of RHEL and CentOS, copying disks",
            try:
                "use the full QEMU of the distribution (qemu-kvm-ev, qemu-kvm-rhev) on both hosts, or shared storage",
            by: .source),
        // virdomainobjlist.c
        Entry(
            .libvirtRefused,
            [
                "domain '%s' already exists with uuid %s", "domain '%s' is already defined with uuid %s",
                "domain '%s' is already active", "domain is already active as '%s'",
                "domain '%s' already exists",
            ],
            "a guest of that name or UUID is at the destination already: %1",
            try:
                "look there (virsh list --all): undefine what an earlier attempt left (virsh undefine; --keep-nvram), end one that still waits, or migrate under another name (--dname)",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "domain configuration does not support video model '%s'",
                "spice graphics are not supported with this QEMU",
                "domain configuration does not support rng model '%s'",
                "spicevmc not supported in this QEMU binary",
                "spiceport not supported in this QEMU binary",
            ],
            "the QEMU of this host is built without a device of the guest: %1",
            try:
                "use a QEMU with it (of RHEL 9 and later QXL and SPICE are gone), or shut the guest down and give it another: virtio, VNC (virsh edit)",
            by: .libvirt),
        Entry(
            .machineSetup,
            [
                "Domain requires KVM, but it is not available",
                "KVM is not supported by '%s' on this host", "could not find capabilities for %s",
            ],
            "this host can't run the guest: no KVM, or no such emulator",
            try:
                "switch virtualization on in the firmware, load kvm_intel or kvm_amd, and install the guest's emulator",
            by: .libvirt),
        Entry(
            .socket,
            [
                "no polkit agent available to authenticate action '%s'", "authentication failed: %s",
                "authentication unavailable: %s",
            ],
            "the libvirt daemon does not let this user in",
            try:
                "migrate as root or as a member of the group libvirt, or by qemu+ssh://root@HOST/system; with SASL set the password (saslpasswd2)",
            by: .libvirt),
        Entry(
            .socket, "Failed to connect to remote libvirt URI %s: %s",
            "the libvirt daemon of the destination can't be reached: %2",
            try:
                "with --p2p the source's daemon connects: try virsh -c URI list as root on the source, and its ssh keys or certificates",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "device not found: mediated device '%s' not found", "mediated device '%s' not found",
                "Device %s not found: could not access %s", "device not found: %s",
            ],
            "a host device of the guest is not at this host: %1",
            try:
                "make it there with the same UUID or address (mdevctl, the vendor's tool), or name the destination's own by --xml",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "PCI device %s is in use by driver %s, domain %s",
                "mediated device %s is in use by driver %s, domain %s",
                "USB device %s is in use by driver %s, domain %s",
            ],
            "another guest of this host has the device: %1",
            try: "detach it from that guest, or give this one another device (--xml)", by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "error creating macvtap interface %s", "error creating macvlan interface %s",
                "Cannot set interface MTU on '%s'",
            ],
            "libvirt can't make the guest's network device at this host",
            try:
                "see that the network card below it has the same name and is up, and that no other device uses its address (ip link)",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            ["no storage pool with matching name '%s'", "Storage pool not found: %s"],
            "this host has no storage pool of that name: %1",
            try: "define and start it there (virsh pool-dumpxml, pool-define, pool-start)", by: .libvirt),
        Entry(
            .fileMissing,
            [
                "Failed to open file '%s': Permission denied",
                "Failed to open file '%s': No such file or directory",
            ],
            "a file of the guest can't be opened at this host: %1",
            try:
                "give the destination the same path (shared storage; else copy it), and the user of QEMU the right to open it, also in SELinux or AppArmor",
            by: .any),
        Entry(
            .libvirtSnapshot, "revert to external snapshot not supported yet",
            "this libvirt does not go back to external snapshots",
            try:
                "newer libvirts (9.9 on) do; else by hand: shut down, let the XML's disk lead to the base image or a new overlay of it (virsh edit), and forget the snapshot (snapshot-delete --metadata)",
            by: .libvirt),
        Entry(
            .libvirtEnded, "An error occurred, but the cause is unknown",
            "libvirt itself does not know why",
            try:
                "look at the daemon's log (journalctl -u virtqemud, -u libvirtd) and QEMU's; of a snapshot, see that the disks and the name in its XML are still the guest's (virsh snapshot-dumpxml)",
            as: .consequence, by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "this function is not supported by the connection driver: %s",
                "this function is not supported by the connection driver",
            ],
            "the hypervisor's driver of libvirt can't do that, or one libvirt is too old: %1",
            try: "use qemu:///system on both sides, and versions of libvirt that are not far apart",
            by: .libvirt),
        Entry(
            .machineUnknown,
            [
                "Host does not support domain type %s with machine '%s' for virtualization type",
                "Host does not support domain type %s for virtualization type",
            ],
            "this host has no QEMU with the guest's machine type and accelerator",
            try:
                "see what it has (virsh capabilities, qemu -machine help): update QEMU, or give the guest a machine type that is there (virsh edit); for kvm, /dev/kvm must be usable",
            by: .libvirt),
    ]
}
