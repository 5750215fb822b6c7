/// Messages that QEMU and libvirt share with other programs: alone they do not indicate a failed migration.
package enum CommonWords {
    // The beginnings of such messages.
    private static let texts = [
        "Connection refused", "No route to host", "Connection timed out", "Network is unreachable",
        "Name or service not known", "Temporary failure in name resolution", "Address already in use",
        "Cannot assign requested address", "Failed to connect to '", "Failed to bind socket",
        "Failed to listen on socket", "Failed to create socket", "failed to create socket",
        "Unable to bind to port", "port not specified", "host not specified", "No space left on device",
        "Disk quota exceeded", "File too large", "Cannot allocate memory",
        "Permission denied (publickey", "Permission denied, please try again.",
        "Host key verification failed",
        "Could not resolve hostname ", "Channel error", "keepalive timeout", "killed by signal",
        "Out of memory: Killed process", "Failed to acquire lock", "failed to open '", "Property '",
        "job '", "Cannot read ", "Unable to open ", "Unable to create socket", "Unable to write to file",
        "Unable to read from file", "Unable to close ", "Unable to truncate ", "unable to fsync ",
        "cannot create file '",
        "cannot save file '", "Failed to create file '", "Verify failed: ", "TLS handshake failed",
        "The certificate has expired", "No certificate was found", "Certificate does not match the hostname",
        "XML error: ", "binary '", "Could not create thread.", "apparmor=", "canceled by client",
    ]

    // Names of programs that run guests, in lower case.
    private static let marks = [
        "qemu", "kvm", "libvirt", "virsh", "virt-", "virerror", "hypervisor", "virtual machine", "guest",
        "proxmox", "pve", "lxd", "lxc", "incus", "multipass", "nova", "cloudstack", "opennebula", "vdsm",
        "kubevirt", "libxl", "xenopsd", "migrate_", "migration out", "loadvm", "savevm", "-incoming",
        "vmstate", "start domain", "restore domain", "save domain", "domain not", "vm state", "vagrant",
    ]

    /// Whether other programs also print a message.
    package static func has(_ message: String) -> Bool {
        message == "Migration failed" || texts.contains { message.hasPrefix($0) }
    }

    /// Whether a line mentions a program that runs guests. O(line · marks).
    package static func isOfGuests(_ line: [UInt8]) -> Bool {
        let text = String(decoding: line, as: UTF8.self).lowercased()
        return marks.contains { text.contains($0) }
    }
}
