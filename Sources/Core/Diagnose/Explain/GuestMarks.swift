/// Names of programs that run guests. A line that has one is about a guest.
package enum GuestMarks {
    // In lower case.
    private static let words = [
        "qemu", "kvm", "libvirt", "virsh", "virt-", "virerror", "hypervisor", "virtual machine", "guest",
        "proxmox", "pve", "lxd", "lxc", "incus", "multipass", "nova", "cloudstack", "opennebula", "vdsm",
        "kubevirt", "libxl", "xenopsd", "migrate_", "migration out", "loadvm", "savevm", "-incoming",
        "vmstate", "start domain", "restore domain", "save domain", "domain not", "vm state", "vagrant",
        "live migrat", "live-migrat", "vm migrat", "migrate vm", "migrating vm", "vm snapshot", "xapi",
        "xenops", "xcp-ng",
        "xenserver", "ganeti", "gnt-instance", "qmp ", " vm-1", ":vm-", "'vm-", "/vm-", "vmotion",
        "pool_migrate",
    ]

    /// Returns whether a line has one of the names. O(line · words).
    package static func areIn(_ line: [UInt8]) -> Bool {
        let text = String(decoding: line, as: UTF8.self).lowercased()
        return words.contains { text.contains($0) }
    }
}
