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
                "the guest's CPUs are pinned to host CPUs that this host, container or cgroup does not give it: change the pins (virsh vcpupin, emulatorpin, --xml), or free the same CPUs there"
        ),
        Area(
            "cgroup vircgroup virdomaincgroup",
            try:
                "look at the cgroups of this host: /sys/fs/cgroup and its controllers, cgroup_controllers of qemu.conf, the limits of a container"
        ),
        Area(
            "virsecurity apparmor selinux seclabel label relabel audit virt-aa-helper svirt",
            try:
                "look at the guest's <seclabel> and at the denials of SELinux (ausearch -m avc) or AppArmor (dmesg) on this host; both hosts need the same security driver"
        ),
        Area(
            "certificate gnutls tls virnettls x509 handshake",
            try:
                "look at certificates, keys and their names on both hosts (virt-pki-validate), and use TLS on both sides or on none"
        ),
        Area(
            "authentication sasl polkit password credential publickey auth virnetsasl",
            try:
                "see that the user may connect to the other daemon: ssh keys, SASL, polkit; virsh -c URI list shows it"
        ),
        Area(
            "vfio hostdev mdev virpci virhostdev vgpu sriov passthrough iommu virmediateddevice",
            try:
                "a device of the host is passed to the guest: the other host needs the same device, driver and IOMMU group; most can't migrate: detach it before"
        ),
        Area(
            "swtpm tpm virtpm vtpm",
            try:
                "look at the TPM emulator: its log (/var/log/swtpm), its state on both hosts, and its versions"
        ),
        Area(
            "kvm",
            try:
                "it is about KVM of this host: look at its kernel's log (dmesg); kernel, microcode and KVM's options of both hosts must offer the same"
        ),
        Area(
            "hugepage hugepages memlock numa virnuma memfd",
            try:
                "look at the memory of this host: huge pages, NUMA nodes, and the limit of locked memory"
        ),
        Area(
            "cpu cpux86 vircpu cpuid msr microcode",
            try:
                "compare the CPUs of both hosts (virsh domcapabilities, virsh hypervisor-cpu-compare) and the guest's <cpu>: give it a named model, and features, that both hosts have"
        ),
        Area(
            "snapshot snapshots checkpoint qemusnapshot virdomainsnapshot",
            try:
                "virsh snapshot-list NAME --tree and qemu-img info --backing-chain IMAGE show what exists; each disk needs a format that holds the snapshot"
        ),
        Area(
            "lease sanlock virlock lockspace lockd lock locked",
            try: "see who holds the lock of the disks: a guest that runs elsewhere, a lock daemon, a backup"
        ),
        Area(
            "agent qemu-ga freeze thaw fsfreeze quiesce qemuagent",
            try:
                "start the guest agent in the guest, or leave the freeze away (no --quiesce): the guest answers it, not the host"
        ),
        Area(
            "bridge tap vif ovs openvswitch virnetdev mtu macvtap macvlan interface nwfilter ebtables vlan",
            try:
                "look at the networks of this host: the bridge, interface or virtual switch that the guest's XML names must exist and be up"
        ),
        Area(
            "connect connection connecting socket unreachable route timeout timed ssh resolve hostname virnetsocket virnetclient port rpc keepalive",
            try:
                "see that the hosts reach each other by that name and port: name resolution, routes, firewalls (ssh 22, libvirt 16509 and 16514, migration 49152 to 49215), and that the other daemon runs"
        ),
        Area(
            "disk disks volume volumes image images storage qcow2 rbd nfs ceph iscsi lvm zfs blockdev block virstorage virfile vdi vhd sr backing nbd file directory path",
            try:
                "see that every disk and file of the guest is there on this host, by the same path, readable for QEMU's user, not in use elsewhere, with room left"
        ),
        Area(
            "machine pc-q35 pc-i440fx",
            try:
                "see with -machine help which machine types this host's QEMU has: give the guest one of both hosts, or update QEMU"
        ),
        Area(
            "xml abi element attribute virdomaindef",
            try: "compare the XML of both sides: virsh dumpxml NAME --migratable, virt-xml-validate FILE"),
        Area(
            "permission permitted denied access",
            try: "see as which user the daemon and QEMU run, and what they may do with what the words name"),
        Area("memory", try: "see how much memory the host has free, and what limits there are"),
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
