/// Names of what runs guests, by which a line with words of any program shows that it is about one.
package enum GuestMarks {
    // In lower case.
    private static let words = [
        "qemu", "kvm", "libvirt", "virsh", "virt-", "virerror", "hypervisor", "virtual machine", "guest",
        "proxmox", "pve", "lxd", "lxc", "incus", "multipass", "nova", "cloudstack", "opennebula", "vdsm",
        "kubevirt", "libxl", "xenopsd", "migrate_", "migration out", "loadvm", "savevm", "-incoming",
        "vmstate", "start domain", "restore domain", "save domain", "domain not", "vm state", "vagrant",
    ]

    /// Whether they are in a line. O(line · words).
    package static func areIn(_ line: [UInt8]) -> Bool {
        let text = String(decoding: line, as: UTF8.self).lowercased()
        return words.contains { text.contains($0) }
    }
}
