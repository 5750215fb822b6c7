extension Catalogue {
    /// Refusals of the programs that manage libvirt or QEMU: KubeVirt, Proxmox VE, OpenStack Nova, LXD and
    /// Incus, CloudStack, UTM, the Android emulator, Xen's tools. Spelled as in public copies of their
    /// sources and in users' reports.
    package static let managers: [CatalogueEntry] = [
        Entry(
            .managerRefused,
            [
                "cannot migrate VMI: PVC %s is not shared, live migration requires that all PVCs must be shared",
                "cannot migrate VMI: Unable to determine if PVC %s is shared",
                "cannot migrate VMI with non-shared PVCs", "cannot migrate VMI with non-shared HostDisk",
                "cannot migrate VMI: Backend storage PVC is not RWX",
            ],
            "KubeVirt does not migrate the guest: a volume is not shared between the nodes",
            try: "put the disks on volumes with access mode ReadWriteMany (a storage class that supports it)",
            by: .any),
        Entry(
            .managerRefused,
            [
                "cannot migrate VMI which does not use masquerade"
            ],
            "KubeVirt does not migrate the guest: its network interface is bound to the node",
            try:
                "give the guest a masquerade interface to the pod network (or the annotation kubevirt.io/allow-pod-bridge-network-live-migration)",
            by: .any),
        Entry(
            .managerRefused,
            [
                "NoSuitableNodesForHostModelMigration", "no node is suitable to run the required CPU model",
                "Migration cannot proceed since no node is suitable to run the required CPU model",
            ],
            "no other node has the guest's CPU model with its features",
            try:
                "give the guest a named CPU model that all nodes have (spec.domain.cpu.model, or a default of the cluster) instead of host-model, and restart it",
            by: .any),
        Entry(
            .managerRefused,
            [
                "DisksNotLiveMigratable", "InterfaceNotLiveMigratable", "HotplugNotLiveMigratable",
                "VirtIOFSNotLiveMigratable", "HostDeviceNotLiveMigratable", "SEVNotLiveMigratable",
                "SecureExecutionNotLiveMigratable", "HypervPassthroughNotLiveMigratable",
                "PersistentReservationNotLiveMigratable",
            ],
            "KubeVirt reports that this guest can't be migrated while it runs",
            try:
                "read the message of the condition LiveMigratable (kubectl describe vmi): it names the disk, interface or device",
            as: .symptom, by: .any),
        Entry(
            .managerRefused,
            [
                "can't migrate VM which uses local devices: %s", "can't migrate running VM without --online",
                "can't live migrate VM with local cloudinit disk",
            ],
            "Proxmox VE does not migrate the guest: it uses a resource that only this node has",
            try: "remove the host device or the local drive from the guest (hostpci, usb, cdrom), or map it",
            by: .any),
        Entry(
            .managerRefused,
            [
                "can't migrate local disk '%s'",
                "can't live migrate attached local disks without with-local-disks option",
                "storage '%s' is not available on node '%s'",
                "Cannot migrate VM - can't migrate local disk",
            ],
            "Proxmox VE does not migrate the guest: a disk can't be moved with it",
            try:
                "use shared storage, or --with-local-disks (without snapshots), or give the target node a storage with the same name",
            by: .any),
        Entry(
            .machineUnknown,
            "Installed QEMU version '%s' is too old to run machine type '%s', please upgrade node '%s'",
            "the node's QEMU %1 does not know the guest's machine type %2",
            try: "update QEMU (pve-qemu-kvm) on that node, then migrate or roll back again", by: .any),
        Entry(
            .cpuMismatch, ["Unacceptable CPU info: %s", "Unacceptable CPU info"],
            "OpenStack Nova does not migrate the guest: the destination's CPU lacks features that the guest has",
            try:
                "set cpu_mode=custom and cpu_models= in nova.conf to a model that all hosts have, and restart the guest (hard reboot)",
            by: .any),
        Entry(
            .managerRefused,
            [
                "is not on shared storage: ", "is not on local storage: ",
                "Live migration can not be used without shared storage",
                "The instance requires a newer hypervisor version than has been provided",
            ],
            "OpenStack Nova does not migrate the guest: the hosts' storage or versions do not match",
            try:
                "choose the kind of migration that fits the storage (--block-migration, --shared-migration), and update the destination first",
            by: .any),
        Entry(
            .managerRefused,
            [
                "Stateful stop requires migration.stateful to be set to true",
                "Stateful start requires migration.stateful to be set to true",
                "Stateful migration requires migration.stateful to be set to true",
                "Stateful stop and snapshots require that the instance limits.memory is less than size.state",
            ],
            "LXD or Incus does not save the guest's memory: it is not set up for it",
            try:
                "set migration.stateful=true, and size.state of the root disk to more than limits.memory; then restart the guest",
            by: .any),
        Entry(
            .socket, "Migration was refused connection to destination: %s",
            "the libvirt daemon of the destination can't be reached",
            try:
                "make libvirtd listen there (listen_tcp or TLS, its socket unit) and open its port and ports 49152 to 49215 in the firewall",
            by: .libvirt),
        Entry(
            .libvirtEnded,
            [
                "ERROR: migration finished with problems", "ERROR: migration problems",
                "online migrate failure", "ERROR: online migrate failure - aborting",
                "online migrate failure - %s", "ERROR: migration aborted (duration %s): %s",
                "ERROR: migration aborted",
            ],
            "Proxmox VE only reports that the migration failed: %1",
            try:
                "read the lines before it, then the journal of both nodes at that time (journalctl -t QEMU) for QEMU's reason",
            as: .consequence, by: .any),
        Entry(
            .terminated,
            ["query migrate failed: VM %d not running", "migrate_cancel error: VM %d not running"],
            "the guest's QEMU on the source ended during the migration (VM %1)",
            try:
                "look at the journal of the source's node at that time (journalctl -t QEMU, and the kernel's messages) for a crash or lack of memory; then at the target's journal",
            as: .symptom, by: .source),
        Entry(
            .libvirtMonitor, ["VM %d qmp command '%s' failed - %s"],
            "the guest's QEMU (VM %1) does not answer: it hangs, or has ended",
            try:
                "look at the node's journal at that time (journalctl -t QEMU) for hanging storage or network, or a crash; try again when the node is less busy",
            as: .consequence, by: .any),
        Entry(
            .managerRefused, ["can't activate LV '%s'", "can't activate volume chain for LV '%s'"],
            "Proxmox VE can't activate a volume of the guest on that node: %1",
            try:
                "see what holds it there (lvs, dmsetup info -c, losetup) and remove a stale mapping (dmsetup remove), or deactivate it on the node that has it (lvchange -an)",
            by: .any),
        Entry(
            .managerRefused, "unsupported format '%s' for storage type %s",
            "the target's storage (%2) can't hold a disk of format %1",
            try:
                "choose a target storage that supports it (a directory for qcow2), or convert the disk first (qm disk move, --format raw), without snapshots",
            by: .any),
        Entry(
            .libvirtStorage, ["block job (mirror) error: %s", "block job (%s) error: %s"],
            "Proxmox VE failed to copy a disk",
            try: "check the free space and errors of the target's storage, and the network between the nodes",
            by: .any),
        Entry(
            .libvirtCanceled,
            [
                "Live migration abort detected with reason: %s",
                "Live migration is not completed after %d seconds and has been aborted",
                "Live migration is not completed after %d sec", "Live migration not completed after %d sec",
                "Live migration stuck for %d sec", "Migration stalling: remaining (%s",
                "which is exceeding the configured maximum time for migrations",
                "Migration is stuck: Hasn't progressed in %s seconds. Aborting.",
            ],
            "the migration took longer than its manager allows, or made no progress, and was canceled",
            try:
                "the guest writes its memory faster than it is sent: allow more time (kubevirt: completionTimeoutPerGiB, progressTimeout; nova: live_migration_completion_timeout; oVirt: the migration policy), bandwidth and downtime, or use auto-converge or postcopy",
            by: .any),
        Entry(
            .sourceBusy,
            [
                "in-flight migration detected. Active migration job (%s)",
                "is currently already in progress for VMI %s",
            ],
            "KubeVirt has an unfinished migration of this guest, or believes so: %1",
            try:
                "wait for it, or delete it (kubectl get vmim; kubectl delete vmim NAME); if none is left, look at migrationState of the VMI",
            by: .any),
        Entry(
            .libvirtEnded, "Migration failed because target pod shutdown during migration",
            "the target's virt-launcher pod ended during the migration",
            try:
                "look at that pod's log and events (kubectl logs, kubectl describe pod): memory, node, images; check that sourceNode and targetNode of migrationState differ",
            as: .consequence, by: .any),
        Entry(
            .libvirtEnded, "timed out waiting for domain to be defined",
            "the target's virt-launcher timed out waiting for the guest: the source did not get that far",
            try:
                "look at the logs of the source's virt-launcher and virt-handler at that time, and at the network between the nodes",
            as: .consequence, by: .any),
        Entry(
            .snapshotSource,
            [
                "Do you have at least one read-write drive attached that supports snapshots?",
                "Usually this means at least one device does not support snapshots",
            ],
            "UTM only reports that QEMU did not save the guest: one of its devices or disks can't be saved",
            try:
                "look for QEMU's message after savevm in UTM's debug log; use a display without -gl, no NVMe disk, and qcow2 for all writable disks (also the EFI variables)",
            as: .symptom, by: .source),
        Entry(
            .managerRefused, "A snapshot operation for '%s' is pending and timeout has expired",
            "the Android emulator timed out waiting for its snapshot",
            try:
                "start it cold (-no-snapshot-load), and delete the snapshot or wipe the device's data; a snapshot loads only with the emulator, GPU and host that saved it",
            by: .any),
        Entry(
            .libvirtEnded, ["Emu_manager_failure", "Received error from emu-manager: %s"],
            "XenServer or XCP-ng only reports that its emu-manager failed",
            try:
                "look at daemon.log and xensource.log of both hosts at that time for the reason from xenguest and qemu-dm",
            as: .consequence, by: .any),
        Entry(
            .libvirtMonitor,
            [
                "device model: spawn failed (rc=%d)", "device model: spawn failed (rc=-%d)",
                "device model did not start: %d", "device model did not start: -%d",
                "libxl__kill_xs_path: Device Model already exited",
            ],
            "Xen's QEMU, the device model, ended before the guest ran",
            try: "read its log: /var/log/xen/qemu-dm-NAME.log", as: .consequence, by: .any),
        Entry(
            .noSpace, "/state: no space left on device",
            "the guest's memory does not fit in the volume for its state",
            try:
                "raise size.state of the root disk above limits.memory (lxc or incus config device override NAME root size.state=SIZE)",
            by: .source),
        Entry(
            .libvirtEnded,
            [
                "Failed migration on target: %s", "Failed migration on source: %s",
                "Migration operation failure: %s",
            ],
            "LXD or Incus only reports that the migration failed: %1",
            try:
                "look at lxc info --show-log NAME (incus info --show-log NAME) and the daemon's journal on both servers",
            as: .consequence, by: .any),
    ]
}
