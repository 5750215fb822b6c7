extension Catalogue {
    /// Messages of OpenStack, oVirt, KubeVirt, Proxmox VE, LXD, Xen's tools and the Android emulator before or
    /// after a migration, each with its own advice. They are spelled as in public copies of the sources.
    package static let platforms: [CatalogueEntry] = proxmox + others

    private static let proxmox: [CatalogueEntry] = [
        Entry(
            .managerRefused, "can't migrate local cdrom '%s'",
            "Proxmox VE does not migrate the guest: a CD in its drive is on storage of this node: %1",
            try: "eject it (qm set VMID --ide2 none,media=cdrom), or put the ISO on shared storage", by: .any),
        Entry(
            .managerRefused,
            ["can't migrate local disk '%s': local cdrom image", "can't migrate local cdrom drive"],
            "Proxmox VE does not migrate the guest: its CD is on storage, or in a drive, of this node",
            try: "eject it (qm set VMID --ide2 none,media=cdrom), or put the ISO on shared storage", by: .any),
        Entry(
            .managerRefused,
            [
                "online storage migration not possible if snapshot exists",
                "online storage migration not possible if non-replicated snapshot exists",
                "non-migratable snapshot exists",
            ],
            "Proxmox VE does not migrate the guest: a local disk has snapshots",
            try:
                "delete the guest's snapshots (qm delsnapshot), or shut it down and migrate offline with ZFS or qcow2 on both nodes",
            by: .any),
        Entry(
            .managerRefused, "can't rollback, snapshot '%s' does not exist on '%s'",
            "Proxmox VE does not roll the guest back: the snapshot %1 is in its configuration, but not on its storage: %2",
            try:
                "list the snapshots there (pvesm list STORAGE, zfs list -t snapshot, qemu-img snapshot -l): a storage plugin may not see them; a missing snapshot can only be deleted (qm delsnapshot VMID NAME --force)",
            by: .any),
        Entry(
            .managerRefused,
            [
                "can't rollback, more recent snapshots exist on '%s'",
                "can't rollback, '%s' is not most recent snapshot",
                "can't rollback, '%s' is not most recent snapshot on '%s'",
            ],
            "Proxmox VE does not roll the guest back: its storage (ZFS) can only return to the last snapshot",
            try: "delete the later snapshots first (qm delsnapshot), or clone the disk of the snapshot",
            by: .any),
        Entry(
            .managerRefused,
            [
                "referenced by linked clone(s)", "as it's a clone of '%s'",
                "owned by other VM (owner = VM %d)",
            ],
            "Proxmox VE does not migrate the guest: a local disk also belongs to other guests",
            try: "make full clones of linked ones (qm clone --full), or use shared storage", by: .any),
        Entry(
            .managerRefused,
            [
                "Cannot live-migrate replicated VM to node '%s'",
                "refusing to migrate replicated VM whose replication job is marked for removal",
            ],
            "Proxmox VE does not migrate the guest there: its disks are replicated to another node",
            try:
                "migrate it to the node of its replication, or remove the job (pvesr delete) and wait until it is gone",
            by: .any),
        Entry(
            .managerRefused,
            [
                "content type '%s' is not available on storage '%s'",
                "storage type '%s' not supported",
            ],
            "Proxmox VE does not migrate the guest: the target's storage does not accept such a disk: %2",
            try:
                "allow the content (Disk image) for that storage (pvesm set STORAGE --content images), or choose another with --targetstorage",
            by: .any),
        Entry(
            .socket, "Can't connect to destination address using public key",
            "Proxmox VE can't reach the other node with ssh",
            try:
                "run ssh -o HostKeyAlias=NODE root@ADDRESS on this node to see why; renew the keys of a node that was reinstalled (pvecm updatecerts; ssh-keygen -R in /etc/ssh/ssh_known_hosts and /root/.ssh/known_hosts)",
            by: .any),
        Entry(
            .libvirtEnded,
            ["remote command failed with exit code %d", "unable to detect remote migration address"],
            "Proxmox VE could not start the guest on the target node",
            try:
                "read the lines with the target's name before it, and the task qmstart on that node, for the disk, network, CPU or machine type that it lacks",
            as: .consequence, by: .any),
        Entry(
            .libvirtEnded, "Problem found while scanning volumes - %s",
            "Proxmox VE scanned the guest's volumes and gave up: %1",
            try: "read the text after it: it names the volume and the reason", as: .consequence, by: .any),
        Entry(
            .libvirtStorage, "storage migration for '%s' to storage '%s' failed - %s",
            "Proxmox VE could not copy a disk: %3",
            try:
                "check the text after it, the free space and errors of the target's storage, and the network",
            as: .symptom, by: .any),
        Entry(
            .libvirtStorage,
            [
                "Failed to sync data - %s", "Failed to complete storage migration: %s",
                "storage migration failed: %s",
            ],
            "Proxmox VE could not copy a disk: %1",
            try:
                "check the text after it, the free space and errors of the target's storage, and the network",
            as: .symptom, by: .any),
        Entry(
            .libvirtStorage, common: ["volume '%s' already exists"],
            "the target's storage already has a volume with that name: %1",
            try:
                "an earlier attempt, or HA, left it: check that no guest uses it (qm rescan; pvesm list STORAGE), then remove it there (pvesm free VOLUME)",
            by: .any),
        Entry(
            .libvirtEnded, "Reached timeout while waiting for migrating VM",
            "Ansible's module stopped waiting: the migration may continue",
            try: "raise its timeout=; look at the task's log on the node for the result", as: .consequence,
            by: .any),
        Entry(
            .libvirtEnded, "can't migrate VM - check log",
            "Proxmox VE only reports that the migration failed",
            try: "read the task's own log (in /var/log/pve/tasks, or double-click the task in the panel)",
            as: .consequence, by: .any),
        Entry(
            .managerRefused, ["cluster not ready - no quorum?", "no quorum!"],
            "this Proxmox VE cluster has no quorum: nothing in it can be changed",
            try: "check pvecm status; bring back the other nodes, or their network (corosync)", by: .any),
        Entry(
            .managerRefused, "Configuration file 'nodes/%s' does not exist",
            "the guest is not, or no longer, on that node of Proxmox VE",
            try:
                "find out where it is (ls /etc/pve/nodes/*/qemu-server), and start from that node; after a failed migration, the file may still be on the old node",
            by: .any),
        Entry(
            .managerRefused, ["CT is locked (%s)", "VM is locked (%s)", "can't lock file '/var/lock/%s'"],
            "another task of this guest runs, or has left its lock: %1",
            try: "wait for it; if none runs, use qm unlock VMID, or pct unlock for a container", by: .any),
        Entry(
            .libvirtCanceled,
            [
                "online migrate failure - interrupted by signal", "migration aborted: interrupted by signal",
                "TASK ERROR: received interrupt", "TASK ERROR: interrupted by signal",
            ],
            "a user stopped the task that migrated the guest: nothing failed",
            try:
                "the guest continues on the source: start again; use qm unlock VMID if it stays locked",
            by: .any),
        Entry(
            .libvirtMonitor, "start failed: command '%s' failed: got timeout",
            "the guest's QEMU did not start in time on that node",
            try:
                "look at the node's journal: hanging storage, much memory or many huge pages to prepare, a snapshot's state to load; raise the limit with qm start VMID --timeout SECONDS",
            as: .symptom, by: .any),
        Entry(
            .managerRefused, "snapshot feature is not available",
            "Proxmox VE can't take a snapshot: the storage of a disk does not support it",
            try: "put the disk on ZFS, LVM-thin, Ceph, or into a qcow2 file (qm disk move)", by: .any),
        Entry(
            .sourceBusy, "VM snapshot already started",
            "a snapshot of this guest was started and has not finished",
            try: "wait; otherwise run savevm-end in qm monitor VMID, then qm unlock VMID", by: .source),
    ]

    private static let others: [CatalogueEntry] = [
        // nova/exception.py
        Entry(
            .managerRefused, "No valid host was found. %s",
            "OpenStack Nova finds no host for the guest",
            try:
                "look in nova-scheduler's log for the filter that rejected each host: capacity, aggregates, CPU features (traits), availability zones, disabled services (openstack compute service list)",
            by: .any),
        Entry(
            .managerRefused, "Unable to migrate instance (%s) to current host (%s)",
            "OpenStack Nova was asked to migrate the guest to the host where it already is",
            try: "choose another host, or none: openstack server migrate --live-migration", by: .any),
        Entry(
            .managerRefused,
            [
                "Disk of instance is too large(available on destination host:%s < need:%s)",
                "Lack of memory(host:%s <= instance:%s)", "Insufficient compute resources: %s",
            ],
            "OpenStack Nova does not migrate the guest: the destination lacks resources",
            try:
                "free resources there; with shared disks, don't use block migration; disk_allocation_ratio and reserved_host_disk_mb also count",
            by: .any),
        Entry(
            .managerRefused,
            [
                "Compute service of %s is unavailable at this time",
                "Connection to the hypervisor is broken on host: %s",
                "Timeout while checking if we can live migrate to host: %s",
            ],
            "OpenStack Nova can't reach a compute service: %1",
            try:
                "check openstack compute service list; look at nova-compute and libvirtd of that host, and at the message bus",
            by: .any),
        Entry(
            .managerRefused,
            [
                "The supplied disk path (%s) already exists, it is expected not to exist",
                "DestinationDiskExists",
            ],
            "OpenStack Nova does not migrate the guest: its folder already exists on the destination",
            try:
                "on shared storage, don't use block migration; otherwise check that no guest uses the folder, and remove it there",
            by: .any),
        Entry(
            .libvirtFiles,
            [
                "Virtual Interface creation failed", "Failed to plug VIF", "Virtual interface plugin failed",
                "Timeout waiting for [('network-vif-plugged'",
            ],
            "OpenStack's network for the guest was not ready in time",
            try:
                "look at the Neutron agent of that host (openstack network agent list) and at its log; then raise vif_plugging_timeout in nova.conf",
            as: .symptom, by: .any),
        Entry(
            .managerRefused,
            ["Migration pre-check error: %s", "Migration error: Disk info file is invalid: %s"],
            "OpenStack Nova's check before the migration failed: %1",
            try: "look at nova-compute's log of both hosts at that time", as: .symptom, by: .any),
        Entry(
            .libvirtEnded, ["Migration operation has aborted", "Live Migration failure: %s"],
            "OpenStack Nova only reports that the migration failed: %1",
            try:
                "look at nova-compute's log, and libvirt's and QEMU's (/var/log/libvirt/qemu/instance-….log), of both hosts at that time",
            as: .consequence, by: .any),
        Entry(
            .managerRefused,
            [
                "Live Migration failure: 'ascii' codec can't encode characters",
                "Live Migration failure: 'ascii' codec can't encode character",
            ],
            "OpenStack Nova, not QEMU, failed: it could not pass on the guest's XML because it has non-ASCII characters",
            try: "update nova (bug 1768807), or remove such characters from names and descriptions", by: .any),
        // oVirt's engine, AuditLogMessages.properties
        Entry(
            .managerRefused,
            [
                "There is no host that satisfies current scheduling constraints",
                "No available host was found to migrate VM %s to",
            ],
            "oVirt finds no host that the guest may run on",
            try:
                "look at the text after it for the filter of each host (CPU-Level, Memory, Network, VmAffinityGroups, Migration); then lower the cluster's CPU type, free memory, attach the network, or change affinity",
            by: .any),
        Entry(
            .libvirtEnded,
            [
                "Fatal error during migration (VM: %s", "Fatal error during migration",
                "Failed to migrate (migration:%d)",
            ],
            "oVirt only reports that the migration failed",
            try:
                "look at vdsm.log of the source host at that time (grep migration), then at QEMU's log on both hosts (/var/log/libvirt/qemu/NAME.log)",
            as: .consequence, by: .any),
        Entry(
            .managerRefused, "Could not fetch data needed for VM migrate operation",
            "oVirt's engine could not read the data for its dialog: no migration started",
            try:
                "update the engine, and look at engine.log; or put the host into maintenance, which migrates without that dialog",
            by: .any),
        // CloudStack, LibvirtMigrateCommandWrapper
        Entry(
            .managerRefused, "Provided libvirt destination ip is invalid",
            "CloudStack's address of the destination is not an IP address",
            try:
                "check the host's private IP address (cloudstack's list of hosts, private.network.device of agent.properties), and restart its agent",
            by: .any),
        Entry(
            .libvirtEnded,
            [
                "syncing migration target failed: %s",
                "unknown error encountered sending command %s: rpc error: %s",
            ],
            "the virt-launcher of a KubeVirt pod does not answer: it has ended, or hangs",
            try:
                "look at the log of that pod (kubectl logs POD -c compute), the target's first, and at the reason why the pod ended (kubectl describe pod)",
            as: .consequence, by: .any),
        // kubevirt, migration controller
        Entry(
            .managerRefused,
            [
                "Migration target pod for VMI [%s] is currently unschedulable",
                "migrationTargetPodUnschedulable",
            ],
            "Kubernetes finds no node for the pod that the guest would migrate to",
            try:
                "run kubectl describe pod for the target to see what each node lacks: memory, labels of CPU models and features (host-model: give the guest a named model), affinity, taints",
            by: .any),
        Entry(
            .managerRefused, "unschedulable target pod \"%s\" was deleted due to timeout period expiration",
            "Kubernetes found no node for the pod that the guest would migrate tobefore the time ran out",
            try:
                "look at the events of that pod for what each node lacks: memory, CPU, labels of CPU models, affinity, taints; free a node, or raise the migration's pending timeout",
            by: .any),
        Entry(
            .managerRefused, "Volume migration cannot be performed because the destination volume is smaller",
            "KubeVirt can't move the disk: the new volume is smaller than the old one",
            try:
                "make the destination's PVC at least as large as the source's disk (with the overhead of its file system)",
            by: .any),
        Entry(
            .managerRefused,
            [
                "cannot migrate the VM. The volume %s is RWO and not included in the migration volumes",
                "is RWO and not included in the migration volumes",
            ],
            "KubeVirt does not migrate the guest: a volume can be attached to one node only (RWO), and is not moved with it",
            try:
                "add it to the volumes that are migrated, or give it the access mode ReadWriteMany; the state of a TPM or EFI is also such a volume (vmStateStorageClass with RWX)",
            by: .any),
        Entry(
            .managerRefused, common: ["nodes are available: %s"],
            "Kubernetes finds no node for the guest's pod: %1",
            try:
                "free the resource that each part names (memory, CPU, labels of CPU models and features, taints, volumes), or add a node that has it",
            by: .any),
        Entry(
            .libvirtEnded,
            [
                "Migration failed at the kvm level", "Too many 'info migrate' broken answers",
                "Failed to migrate instance: %s",
            ],
            "Ganeti only reports that KVM's migration failed, or no longer answered",
            try:
                "look at /var/log/ganeti/node-daemon.log and kvm's log of the instance (/var/log/ganeti/kvm) on both nodes at that time; if KVM runs as another user (security_model), give that user access to the disks there; without an answer, the QEMU on the source has ended",
            as: .consequence, by: .any),
        Entry(
            .libvirtEnded, "Could not migrate instance %s: %s",
            "Ganeti only reports that the migration failed: %2",
            try:
                "look at /var/log/ganeti/node-daemon.log on both nodes at that time for the reason from KVM on the target (another version, CPU or machine type)",
            as: .consequence, by: .any),
        // LXD and Incus
        Entry(
            .managerRefused,
            [
                "Migration API failure: Instance is running", "Instance is running and live migration isn't",
            ],
            "LXD or Incus does not move the guest while it runs",
            try:
                "set migration.stateful=true and restart the guest, or stop it first (lxc move --stateless)",
            by: .any),
        // drivers/block/drbd/drbd_state.c
        Entry(
            .libvirtStorage, common: ["susp-io( no -> quorum )", "quorum( yes -> no )"],
            "DRBD (LINSTOR) lost its quorum: a disk of the guest can't be written on this host",
            try:
                "check with drbdadm status, or linstor resource list, which nodes have the disk and are connected; give the target node a replica, or a diskless connection, until the migration ends",
            by: .any),
        // kernel/rcu/tree_stall.h, kernel/watchdog.c
        Entry(
            .cpuMismatch,
            common: [
                "rcu_preempt detected stalls on CPUs/tasks", "rcu_sched detected stalls on CPUs/tasks",
                "rcu_preempt self-detected stall on CPU", "rcu_sched self-detected stall on CPU",
                "BUG: soft lockup - CPU#%d stuck for %s",
            ],
            "a kernel reports that one of its CPUs did not run for a long time: in a guest after a migration, the hosts' CPUs, clocks or kernels differ",
            try:
                "give both hosts the same kernel and microcode, and the guest a named CPU model that both have; compare their TSC frequencies (dmesg); if only one direction fails, update the kernel of that destination",
            as: .symptom, by: .any),
        // xapi's errors
        Entry(
            .managerRefused, ["VM_LACKS_FEATURE", "VM_LACKS_FEATURE_SUSPEND", "VM_MISSING_PV_DRIVERS"],
            "XenServer or XCP-ng does not migrate the guest: its guest tools do not report that it can be suspended",
            try:
                "install or start the guest tools (xe-guest-utilities, the Windows drivers) in the guest, wait until they report, then migrate; without them, shut the guest down first",
            by: .any),
        Entry(
            .managerRefused,
            ["HOST_NOT_ENOUGH_FREE_MEMORY", "VM_REQUIRES_SR", "VM_INCOMPATIBLE_WITH_THIS_HOST"],
            "XenServer or XCP-ng does not migrate the guest there: the host lacks memory, storage or CPU features",
            try:
                "free memory, plug the storage (SR) of the disks, or choose another host; for CPU features, restart the guest in a pool that levels them",
            by: .any),
        Entry(
            .managerRefused,
            common: ["Vms_failed_to_cooperate", "VM_FAILED_TO_SUSPEND_ACK", "VM_FAILED_TO_SHUTDOWN_ACK"],
            "XenServer or XCP-ng could not pause the guest: its kernel did not answer",
            try:
                "install or update the guest tools and PV drivers in the guest, restart it, and try again; moving its disks also needs that pause; otherwise shut it down first",
            by: .any),
        Entry(
            .managerRefused,
            common: [
                "Server_error(MIRROR_FAILED", "S(Does_not_exist); [S(mirror)", "S(Does_not_exist);[S(mirror)",
                "Storage_error([S(Does_not_exist)", "MIRROR_FAILED",
            ],
            "XenServer or XCP-ng lost the mirror of a disk while it moved it",
            try:
                "look at SMlog and xensource.log of both hosts at that time; check that the guest runs on one host only (xe vm-list, xl list); move the disk with the guest shut down, or move the disks one by one, and update both pools to the same version",
            by: .any),
        Entry(
            .libvirtEnded,
            common: [
                "Xenops_interface.Xenopsd_error(%s", "Storage_interface.Storage_error(%s",
                "Storage_error([%s",
                "Server_error(%s",
            ],
            "XenServer or XCP-ng reports what failed: %1",
            try:
                "look at xensource.log, daemon.log and SMlog of both hosts at that time, and check that both run the same toolstack version",
            as: .consequence, by: .any),
        Entry(
            .libvirtEnded,
            [
                "XoError: operation failed", "Xenops_migrate.Remote_failed(",
                "xc: error: Restore failed (%s): Internal error",
                "xc: error: Save failed (%s): Internal error",
                "libxl_stream_read.c:%d:conversion_done:", "libxl_stream_read.c:%d:stream_complete:",
            ],
            "Xen's toolstack only reports that a host failed",
            try:
                "look at the logs of both hosts at that time: xl's in /var/log/xen, xl dmesg; for XenServer, xensource.log, daemon.log, SMlog",
            as: .consequence,
            by: .any),
        // Android's emulator
        Entry(
            .snapshot, "The snapshot has been saved for a different hardware configuration",
            "the Android emulator's snapshot is from a device with different settings",
            try: "start it cold (-no-snapshot-load), and save it again; or wipe the device's data", by: .any),
        Entry(
            .snapshot, "Device 'cache' does not have the requested snapshot '%s'",
            "the Android emulator's device has no snapshot with that name: nothing is wrong with it",
            try: "start it cold (-no-snapshot-load); the snapshot is saved when it ends", by: .any),
    ]
}
