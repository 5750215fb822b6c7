/// The part of a host that a reason in foreign words is about, and what to look at there.
enum ReasonArea {
    private struct Area {
        /// Beginnings of words, in lower case; functions of libvirt are one word.
        var marks: [String]
        var advice: String

        init(_ marks: String, try advice: String) {
            self.marks = marks.split(separator: " ").map(String.init)
            self.advice = advice
        }
    }

    // The first that has a mark applies: the narrow ones precede.
    private static let areas: [Area] = [
        Area(
            "affinity cpuset vcpupin emulatorpin virprocesssetaffinity",
            try:
                "the guest's CPUs are pinned to host CPUs that this host, container or cgroup does not provide: change the pins (virsh vcpupin, emulatorpin, --xml), or free the same CPUs there"
        ),
        Area(
            "cgroup vircgroup virdomaincgroup",
            try:
                "look at the cgroups of this host: /sys/fs/cgroup and its controllers, cgroup_controllers in qemu.conf, the limits of a container"
        ),
        Area(
            "virsecurity apparmor selinux seclabel label relabel audit virt-aa-helper svirt",
            try:
                "look at the guest's <seclabel> and at the denials of SELinux (ausearch -m avc) or AppArmor (dmesg) on this host; both hosts need the same security driver"
        ),
        Area(
            "certificate gnutls tls virnettls x509 handshake",
            try:
                "check certificates, keys and their names on both hosts (virt-pki-validate), and use TLS on both sides or on neither"
        ),
        Area(
            "authentication sasl polkit password credential publickey auth virnetsasl",
            try:
                "check that the user may connect to the other daemon (ssh keys, SASL, polkit): try virsh -c URI list"
        ),
        Area(
            "vfio hostdev mdev virpci virhostdev vgpu sriov passthrough iommu virmediateddevice",
            try:
                "a host device is passed through to the guest: the other host needs the same device, driver and IOMMU group; most can't migrate: detach it first"
        ),
        Area(
            "swtpm tpm virtpm vtpm",
            try:
                "check the TPM emulator: its log (/var/log/swtpm), its state on both hosts, and its versions"
        ),
        Area(
            "kvm",
            try:
                "it is about KVM on this host: look at its kernel's log (dmesg); use the same kernel, microcode and KVM options on both hosts"
        ),
        Area(
            "hugepage hugepages memlock numa virnuma memfd",
            try:
                "check the memory of this host: huge pages, NUMA nodes, and the locked-memory limit"
        ),
        Area(
            "cpu cpux86 vircpu cpuid msr microcode",
            try:
                "compare the CPUs of both hosts (virsh domcapabilities, virsh hypervisor-cpu-compare) and the guest's <cpu>: give it a named model, and features, that both hosts have"
        ),
        Area(
            "snapshot snapshots checkpoint qemusnapshot virdomainsnapshot",
            try:
                "check which snapshots exist with virsh snapshot-list NAME --tree and qemu-img info --backing-chain IMAGE; each disk needs a format that supports the snapshot"
        ),
        Area(
            "lease sanlock virlock lockspace lockd lock locked",
            try: "check who holds the lock of the disks: a guest that runs elsewhere, a lock daemon, a backup"
        ),
        Area(
            "agent qemu-ga freeze thaw fsfreeze quiesce qemuagent",
            try:
                "start the guest agent in the guest, or skip the freeze (no --quiesce): the guest performs it, not the host"
        ),
        Area(
            "bridge tap vif ovs openvswitch virnetdev mtu macvtap macvlan interface nwfilter ebtables vlan",
            try:
                "check the networks of this host: the bridge, interface or virtual switch that the guest's XML names must exist and be up"
        ),
        Area(
            "connect connection connecting socket unreachable route timeout timed ssh resolve hostname virnetsocket virnetclient port rpc keepalive",
            try:
                "check that the hosts reach each other by that name and port: name resolution, routes, firewalls (ssh 22, libvirt 16509 and 16514, migration 49152 to 49215), and that the other daemon runs"
        ),
        Area(
            "disk disks volume volumes image images storage qcow2 rbd nfs ceph iscsi lvm zfs blockdev block virstorage virfile vdi vhd sr backing nbd file directory path",
            try:
                "check that every disk and file of the guest exists on this host at the same path, is readable for QEMU's user, is not in use elsewhere, and has free space"
        ),
        Area(
            "machine pc-q35 pc-i440fx",
            try:
                "check the machine types of this host's QEMU with -machine help: give the guest one that both hosts have, or update QEMU"
        ),
        Area(
            "xml abi element attribute virdomaindef",
            try: "compare the XML of both sides: virsh dumpxml NAME --migratable, virt-xml-validate FILE"),
        Area(
            "permission permitted denied access",
            try: "check the users that the daemon and QEMU run as, and their permissions on the named object"),
        Area("memory", try: "check the host's free memory and the memory limits"),
    ]

    /// Returns what to look at, judging by words and the function that said them; nil when no part of a host is named.
    static func advice(_ words: String, function: String = "") -> String? {
        let parts = (words + " " + function).lowercased()
            .split { !$0.isLetter && !$0.isNumber && $0 != "-" }
        return areas.first { area in
            area.marks.contains { mark in
                parts.contains { mark.count < 5 ? $0 == mark : $0.hasPrefix(mark) }
            }
        }?.advice
    }
}
