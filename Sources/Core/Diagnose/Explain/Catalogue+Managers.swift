extension Catalogue {
    /// What manages libvirt or QEMU and refuses by itself: KubeVirt, Proxmox VE, OpenStack Nova, LXD and Incus,
    /// CloudStack. Spelled as public copies of their sources, and reports of users, have them.
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
            try: "put the disks on volumes with access mode ReadWriteMany (a storage class that has it)",
            by: .any),
        Entry(
            .managerRefused,
            [
                "cannot migrate VMI which does not use masquerade"
            ],
            "KubeVirt does not migrate the guest: its network interface stays on the node",
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
                "give the guest a named CPU model that all nodes have (spec.domain.cpu.model, or a default of the cluster) in place of host-model, and restart it",
            by: .any),
        Entry(
            .managerRefused,
            [
                "DisksNotLiveMigratable", "InterfaceNotLiveMigratable", "HotplugNotLiveMigratable",
                "VirtIOFSNotLiveMigratable", "HostDeviceNotLiveMigratable", "SEVNotLiveMigratable",
                "SecureExecutionNotLiveMigratable", "HypervPassthroughNotLiveMigratable",
                "PersistentReservationNotLiveMigratable",
            ],
            "KubeVirt says that this guest can't be migrated while it runs",
            try:
                "read the message of the condition LiveMigratable (kubectl describe vmi): it names the disk, interface or device",
            as: .symptom, by: .any),
        Entry(
            .managerRefused,
            [
                "can't migrate VM which uses local devices: %s", "can't migrate running VM without --online",
                "can't live migrate VM with local cloudinit disk",
            ],
            "Proxmox VE does not migrate the guest: it uses what only this node has",
            try: "remove the host device or the local drive from the guest (hostpci, usb, cdrom), or map it",
            by: .any),
        Entry(
            .managerRefused,
            [
                "can't migrate local disk '%s'", "can't migrate local cdrom '%s'",
                "can't live migrate attached local disks without with-local-disks option",
                "storage '%s' is not available on node '%s'", "Problem found while scanning volumes - %s",
                "Cannot migrate VM - can't migrate local disk",
                "online storage migration not possible if non-replicated snapshot exists",
            ],
            "Proxmox VE does not migrate the guest: a disk can't come along",
            try:
                "use shared storage, or --with-local-disks (without snapshots), or give the target node a storage of the same name",
            by: .any),
        Entry(
            .machineUnknown,
            "Installed QEMU version '%s' is too old to run machine type '%s', please upgrade node '%s'",
            "the node's QEMU %1 does not know the guest's machine type %2",
            try: "update QEMU (pve-qemu-kvm) on that node, then migrate or roll back again", by: .any),
        Entry(
            .cpuMismatch, ["Unacceptable CPU info: %s", "Unacceptable CPU info"],
            "OpenStack Nova does not migrate the guest: the destination's CPU lacks what it has",
            try:
                "set cpu_mode=custom and cpu_models= of nova.conf to a model that all hosts have, and restart the guest (hard reboot)",
            by: .any),
        Entry(
            .managerRefused,
            [
                "is not on shared storage: ", "is not on local storage: ",
                "Live migration can not be used without shared storage",
                "The instance requires a newer hypervisor version than has been provided",
            ],
            "OpenStack Nova does not migrate the guest: storage or versions of the hosts do not fit",
            try:
                "choose the kind of migration by the storage (--block-migration, --shared-migration), and update the destination first",
            by: .any),
        Entry(
            .managerRefused,
            [
                "Stateful stop requires migration.stateful to be set to true",
                "Stateful start requires migration.stateful to be set to true",
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
                "let libvirtd listen there (listen_tcp or TLS, its socket unit) and open its port and 49152 to 49215 in the firewall",
            by: .libvirt),
    ]
}
