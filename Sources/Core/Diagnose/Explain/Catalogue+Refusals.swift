extension Catalogue {
    /// Refusals of libvirt before anything is sent or saved, each with its own advice. Wordings of libvirt 7.0
    /// to 11.3.
    package static let refusals: [CatalogueEntry] = [
        Entry(
            .libvirtRefused,
            [
                "cannot delete inactive domain with %d snapshots",
                "cannot delete inactive domain with %d checkpoints",
            ],
            "libvirt refuses to undefine a guest that has snapshots or checkpoints: this one has %1",
            try:
                "use virsh undefine NAME --snapshots-metadata --checkpoints-metadata, or drop the metadata of each first (virsh snapshot-delete NAME SNAPSHOT --metadata)",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "unable to set security context '%s' on fd %d: %s",
                "unable to set security context '%s' on '%s'",
            ],
            "SELinux, or the file system, refuses the guest's label for a file: %1",
            try:
                "keep the save image, or the disk, on a local file system, or on a mount that has the label (NFS: context=system_u:object_r:virt_image_t:s0; setsebool -P virt_use_nfs on); run restorecon",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            ["Failed to load PCI stub module %s", "Failed to load PCI driver module %s: %s"],
            "the host has no driver for passed-through devices: %1",
            try: "run modprobe vfio-pci; enable the IOMMU in the firmware and the kernel (intel_iommu=on)",
            by: .libvirt),
        Entry(
            .libvirtSnapshot,
            [
                "snapshot-save job failed: %s", "load of internal snapshot '%s' job failed: %s",
                "deletion of internal snapshot '%s' job failed: %s",
            ],
            "QEMU failed an operation on an internal snapshot for libvirt",
            try:
                "read the text after it: it is QEMU's reason; all writable disks must be qcow2 (also the UEFI variables), otherwise use external snapshots",
            as: .symptom, by: .libvirt),
        Entry(
            .libvirtRefused, "unable to parse server from dconnuri",
            "the address of the destination's libvirt has no host name",
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
                "check that the source's QEMU reaches the destination by the name and port that it uses (49152 to 49215); then look at QEMU's log on both hosts (/var/log/libvirt/qemu/NAME.log)",
            as: .consequence, by: .libvirt),
        Entry(
            .lock,
            [
                "Setting different DAC user or group on %s which is already in use",
                "Setting different SELinux label on %s which is already in use",
            ],
            "another guest, or one that was not shut down cleanly, uses the file with a different user or label: %1",
            try:
                "stop the other guest; if none runs, show what libvirt remembers with getfattr -m trusted.libvirt -d FILE, and remove it with setfattr -x",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "Cannot set interface MAC to %s for ifname %s vf %d: %s",
                "Failed to add tap interface to bridge '%s': %s",
            ],
            "libvirt can't set up the guest's network card on this host: %1",
            try:
                "check that a bridge or network card with that name exists (ip link, bridge link) and supports this: an InfiniBand port accepts no MAC address",
            by: .libvirt),
        Entry(
            .libvirtFiles, "Unable to open '%s' for vdpa device: %s",
            "the vDPA device can't be opened on this host: %1",
            try:
                "check that it is bound to vhost_vdpa (vdpa dev show) and not in use; look at the kernel's messages for the reason",
            by: .libvirt),
        Entry(
            .socket, "chardev: opening backend \"%s\" failed",
            "the other end of a character device (serial port, channel, TPM) does not exist",
            try:
                "start it first, or make this side listen (server=on,wait=off; libvirt: <source mode='bind'>)",
            by: .any),
        Entry(
            .libvirtFiles, "host doesn't support passthrough of host PCI devices",
            "the host can't pass devices through: no IOMMU is in use",
            try:
                "enable the IOMMU in the firmware (VT-d, AMD-Vi) and the kernel (intel_iommu=on), and load vfio-pci",
            by: .libvirt),
        Entry(
            .machineSetup, "Cannot check QEMU binary %s: %s", "this host lacks the guest's emulator: %1",
            try: "install it there, or name the destination's own with --xml (<emulator>)", by: .libvirt),
        Entry(
            .libvirtRefused,
            "cannot migrate domain with %d snapshots",
            "libvirt refuses to migrate a guest that has snapshots: this one has %1",
            try:
                "save their XML (virsh snapshot-dumpxml), drop their metadata here (virsh snapshot-delete NAME SNAPSHOT --metadata), migrate, and redefine them there (virsh snapshot-create --redefine); or delete them",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "domain has assigned non-USB host devices",
                "cannot migrate a domain with <hostdev mode='%s' type='%s'>",
                "cannot migrate a domain with <hostdev", "cannot migrate a domain with <interface type='%s'>",
                "cannot migrate a domain with <interface",
            ],
            "libvirt neither migrates nor saves a guest with a passed-through host device",
            try:
                "detach it first (virsh detach-device), or pair it with a virtio card (<teaming>); QEMU 6.0 and a libvirt of the same time ask the device's driver instead",
            by: .libvirt),
        Entry(
            .libvirtRefused, "domain has 'invtsc' CPU feature but TSC frequency is not specified",
            "the guest's CPU has an invariant TSC (invtsc), which needs a fixed frequency",
            try:
                "give the guest <timer name='tsc' frequency='…'/> (the same on both hosts), or disable the feature invtsc; then restart it",
            by: .libvirt),
        Entry(
            .libvirtRefused, "Cannot migrate empty or read-only disk %s",
            "disk %1 was chosen for copying, but it is empty or read-only",
            try:
                "leave it out of --migrate-disks (kubevirt: update it); eject an empty drive, and copy the image of a read-only disk to the destination beforehand",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            ["Attempt to migrate guest to the same host", "Attempt to migrate guest to the same host %s"],
            "the destination is this host, or has the same name or host UUID as this one",
            try:
                "check what its name resolves to (hostname -f, /etc/hosts); give hosts with the same firmware UUID their own host_uuid in libvirtd.conf (virsh capabilities shows it)",
            by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "migration with virtiofs device is not supported",
                "migration with this virtiofs device is not supported",
            ],
            "the guest has a virtiofs folder, which this libvirt, or its virtiofsd, does not migrate",
            try:
                "unmount it in the guest and detach it (virsh detach-device); or use QEMU 8.2, virtiofsd 1.11 and a libvirt of the same time, or newer",
            by: .libvirt),
        Entry(
            .libvirtRefused, "cannot migrate domain with I/O error",
            "the guest is paused because a disk reported an I/O error",
            try: "fix the storage (virsh domblkerror NAME), resume the guest, then migrate", by: .libvirt),
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
            "postcopy was requested too early, or for a migration that was not started with it",
            try:
                "start with virsh migrate --postcopy, and switch (virsh migrate-postcopy) only when virsh domjobinfo shows that memory is being sent; with QEMU alone, set postcopy-ram on both sides before migrate",
            by: .source),
        Entry(
            .libvirtSnapshot, "internal snapshot of a running VM must include the memory state",
            "an internal snapshot of a running guest must include its memory",
            try:
                "leave out --memspec snapshot=no (or memory snapshot='no'); or take an external snapshot of the disks only (--disk-only); or shut the guest down first",
            by: .libvirt),
        Entry(
            .libvirtSnapshot, "internal snapshot for disk %s unsupported for storage type %s",
            "disk %1 has format %2, which does not support internal snapshots",
            try:
                "convert it to qcow2 (qemu-img convert), or mark a disk that need not be written as <readonly/>; otherwise take an external snapshot: --disk-only, with --memspec FILE for the memory",
            by: .libvirt),
        Entry(
            .libvirtSnapshot,
            [
                "internal snapshots of a VM with pflash based firmware are not supported",
                "internal snapshots of a VM with pflash based firmware",
            ],
            "this libvirt takes no internal snapshot of a guest with UEFI: its NVRAM would be missing",
            try:
                "take an external snapshot: --disk-only, with --memspec FILE for the memory; newer versions of libvirt take internal ones if the NVRAM file is qcow2",
            by: .libvirt),
        Entry(
            .libvirtStorage,
            [
                "Can't list snapshots of device '%s': Input/output error",
                "Can't list snapshots of device '%s': No such file or directory",
            ],
            "the storage of disk %1 reports errors",
            try:
                "look at the storage and at the host's kernel messages: the disk itself must be readable first",
            by: .any),
        Entry(
            .libvirtStorage, "The sum of offset (%u) and size (%u)",
            "a volume on the destination is smaller than the disk to copy",
            try:
                "give it exactly the same size (qemu-img info --output=json; lvextend; for KubeVirt, the request of the target's volume)",
            by: .any),
        Entry(
            .libvirtImage,
            ["Failed to create file '%s': Invalid argument", "Failed to open file '%s': Invalid argument"],
            "the file can't be opened: Invalid argument, as on a file system without direct I/O: %1",
            try: "leave out --bypass-cache, or save to another file system", by: .libvirt),
        Entry(
            .libvirtJSON,
            "unable to execute QEMU command 'migrate': this feature or command is not currently supported",
            "this QEMU is built without a feature that the migration needs: on RHEL and CentOS, copying disks",
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
            "the destination already has a guest with that name or UUID: %1",
            try:
                "check there (virsh list --all): undefine what an earlier attempt left (virsh undefine; --keep-nvram), stop one that still waits, or migrate under another name (--dname)",
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
                "use a QEMU that has it (RHEL 9 and later have no QXL or SPICE), or shut the guest down and give it another device: virtio, VNC (virsh edit)",
            by: .libvirt),
        Entry(
            .machineSetup,
            [
                "Domain requires KVM, but it is not available",
                "KVM is not supported by '%s' on this host", "could not find capabilities for %s",
            ],
            "this host can't run the guest: no KVM, or no such emulator",
            try:
                "enable virtualization in the firmware, load kvm_intel or kvm_amd, and install the guest's emulator",
            by: .libvirt),
        Entry(
            .socket,
            [
                "no polkit agent available to authenticate action '%s'", "authentication failed: %s",
                "authentication unavailable: %s",
            ],
            "the libvirt daemon refuses this user",
            try:
                "migrate as root or as a member of the group libvirt, or use qemu+ssh://root@HOST/system; with SASL, set the password (saslpasswd2)",
            by: .libvirt),
        Entry(
            .socket, "Failed to connect to remote libvirt URI %s: %s",
            "the libvirt daemon of the destination can't be reached: %2",
            try:
                "with --p2p the source's daemon connects: try virsh -c URI list as root on the source, and check its ssh keys or certificates",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            [
                "device not found: mediated device '%s' not found", "mediated device '%s' not found",
                "Device %s not found: could not access %s", "device not found: %s",
            ],
            "a host device of the guest does not exist on this host: %1",
            try:
                "create it there with the same UUID or address (mdevctl, the vendor's tool), or name the destination's own with --xml",
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
            "libvirt can't create the guest's network device on this host",
            try:
                "check that the network card below it has the same name and is up, and that no other device uses its address (ip link)",
            by: .libvirt),
        Entry(
            .libvirtFiles,
            ["no storage pool with matching name '%s'", "Storage pool not found: %s"],
            "this host has no storage pool with that name: %1",
            try: "define and start it there (virsh pool-dumpxml, pool-define, pool-start)", by: .libvirt),
        Entry(
            .fileMissing,
            [
                "Failed to open file '%s': Permission denied",
                "Failed to open file '%s': No such file or directory",
            ],
            "a file of the guest can't be opened on this host: %1",
            try:
                "give the destination the same path (shared storage; otherwise copy it), and give QEMU's user the right to open it, also in SELinux or AppArmor",
            by: .any),
        Entry(
            .libvirtSnapshot, "revert to external snapshot not supported yet",
            "this libvirt does not revert to external snapshots",
            try:
                "use libvirt 9.9 or later; otherwise revert by hand: shut down, point the XML's disk to the base image or a new overlay of it (virsh edit), and drop the snapshot's metadata (snapshot-delete --metadata)",
            by: .libvirt),
        Entry(
            .libvirtEnded, "An error occurred, but the cause is unknown",
            "libvirt itself does not know why",
            try:
                "look at the daemon's log (journalctl -u virtqemud, -u libvirtd) and QEMU's; for a snapshot, check that the disks and the name in its XML are still the guest's (virsh snapshot-dumpxml)",
            as: .consequence, by: .libvirt),
        Entry(
            .libvirtRefused,
            [
                "this function is not supported by the connection driver: %s",
                "this function is not supported by the connection driver",
            ],
            "libvirt's driver for this hypervisor can't do that, or one libvirt is too old: %1",
            try: "use qemu:///system and similar versions of libvirt on both sides",
            by: .libvirt),
        Entry(
            .machineUnknown,
            [
                "Host does not support domain type %s with machine '%s' for virtualization type",
                "Host does not support domain type %s for virtualization type",
            ],
            "this host has no QEMU with the guest's machine type and accelerator",
            try:
                "check what it has (virsh capabilities, qemu -machine help); update QEMU, or give the guest a machine type that exists there (virsh edit); for KVM, /dev/kvm must be usable",
            by: .libvirt),
    ]
}
