/// Names of the feature bits of virtio devices (virtio 1.3, sections 2.2, 5 and 6; Linux uapi headers).
package enum VirtIOFeatures {
    package static let common: [Int: String] = [
        24: "NOTIFY_ON_EMPTY", 27: "ANY_LAYOUT", 28: "INDIRECT_DESC", 29: "EVENT_IDX", 32: "VERSION_1",
        33: "ACCESS_PLATFORM", 34: "RING_PACKED", 35: "IN_ORDER", 36: "ORDER_PLATFORM", 37: "SR_IOV",
        38: "NOTIFICATION_DATA", 39: "NOTIF_CONFIG_DATA", 40: "RING_RESET", 41: "ADMIN_VQ",
    ]

    /// The device's own bits, by the text that its idstr and its VMState contain; the longest name first.
    package static let devices: [(name: String, prefix: String, bits: [Int: String])] = [
        (
            "virtio-balloon", "BALLOON",
            [
                0: "MUST_TELL_HOST", 1: "STATS_VQ", 2: "DEFLATE_ON_OOM", 3: "FREE_PAGE_HINT",
                4: "PAGE_POISON", 5: "PAGE_REPORTING",
            ]
        ),
        ("virtio-console", "CONSOLE", [0: "SIZE", 1: "MULTIPORT", 2: "EMERG_WRITE"]),
        (
            "virtio-crypto", "CRYPTO",
            [
                0: "REVISION_1", 1: "CIPHER_STATELESS_MODE", 2: "HASH_STATELESS_MODE",
                3: "MAC_STATELESS_MODE", 4: "AEAD_STATELESS_MODE", 5: "AKCIPHER_STATELESS_MODE",
            ]
        ),
        (
            "virtio-iommu", "IOMMU",
            [
                0: "INPUT_RANGE", 1: "DOMAIN_RANGE", 2: "MAP_UNMAP", 3: "BYPASS", 4: "PROBE", 5: "MMIO",
                6: "BYPASS_CONFIG",
            ]
        ),
        ("virtio-scsi", "SCSI", [0: "INOUT", 1: "HOTPLUG", 2: "CHANGE", 3: "T10_PI"]),
        ("vhost_scsi", "SCSI", [0: "INOUT", 1: "HOTPLUG", 2: "CHANGE", 3: "T10_PI"]),
        ("vhost_vsock", "VSOCK", [0: "STREAM", 1: "SEQPACKET"]),
        ("vhost-user-fs", "FS", [0: "NOTIFICATION"]),
        ("virtio-pmem", "PMEM", [0: "SHMEM_REGION"]),
        ("virtio-input", "INPUT", [:]),
        ("virtio-rng", "RNG", [:]),
        (
            "virtio-gpu", "GPU",
            [0: "VIRGL", 1: "EDID", 2: "RESOURCE_UUID", 3: "RESOURCE_BLOB", 4: "CONTEXT_INIT"]
        ),
        (
            "virtio-net", "NET",
            [
                0: "CSUM", 1: "GUEST_CSUM", 2: "CTRL_GUEST_OFFLOADS", 3: "MTU", 5: "MAC", 6: "GSO",
                7: "GUEST_TSO4", 8: "GUEST_TSO6", 9: "GUEST_ECN", 10: "GUEST_UFO", 11: "HOST_TSO4",
                12: "HOST_TSO6", 13: "HOST_ECN", 14: "HOST_UFO", 15: "MRG_RXBUF", 16: "STATUS", 17: "CTRL_VQ",
                18: "CTRL_RX", 19: "CTRL_VLAN", 20: "CTRL_RX_EXTRA", 21: "GUEST_ANNOUNCE", 22: "MQ",
                23: "CTRL_MAC_ADDR", 52: "HASH_TUNNEL", 53: "VQ_NOTF_COAL", 54: "GUEST_USO4",
                55: "GUEST_USO6", 56: "HOST_USO", 57: "HASH_REPORT", 59: "GUEST_HDRLEN", 60: "RSS",
                61: "RSC_EXT", 62: "STANDBY", 63: "SPEED_DUPLEX",
            ]
        ),
        (
            "virtio-blk", "BLK",
            [
                1: "SIZE_MAX", 2: "SEG_MAX", 4: "GEOMETRY", 5: "RO", 6: "BLK_SIZE", 9: "FLUSH",
                10: "TOPOLOGY", 11: "CONFIG_WCE", 12: "MQ", 13: "DISCARD", 14: "WRITE_ZEROES",
                15: "LIFETIME", 16: "SECURE_ERASE", 17: "ZONED",
            ]
        ),
        (
            "vhost-user-blk", "BLK",
            [
                1: "SIZE_MAX", 2: "SEG_MAX", 4: "GEOMETRY", 5: "RO", 6: "BLK_SIZE", 9: "FLUSH",
                10: "TOPOLOGY", 11: "CONFIG_WCE", 12: "MQ", 13: "DISCARD", 14: "WRITE_ZEROES",
            ]
        ),
        (
            "virtio-mem", "MEM", [0: "ACPI_PXM", 1: "UNPLUGGED_INACCESSIBLE", 2: "PERSISTENT_SUSPEND"]
        ),
        ("virtio-9p", "9P", [0: "MOUNT_TAG"]),
    ]

    /// Returns the short name of a bit for the device named in an idstr or a log line: `MRG_RXBUF`; nil if it
    /// has none.
    package static func name(_ bit: Int, of device: String) -> String? {
        devices.first { device.contains($0.name) }?.bits[bit] ?? common[bit]
    }

    /// Returns `count` bits from `first` as fields of a word that begins with bit `first`.
    package static func fields(of device: String, from first: Int, count: Int) -> [BitField] {
        let own = devices.first { $0.name == device }
        return (first..<first + count).compactMap { bit in
            let short = own?.bits[bit] ?? common[bit]
            let prefix =
                own?.bits[bit] != nil
                ? "VIRTIO_\(own?.prefix ?? "")_F_" : bit == 28 || bit == 29 ? "VIRTIO_RING_F_" : "VIRTIO_F_"
            return short.map { BitField(prefix + $0, bit - first...bit - first, .flag, word: $0) }
        }
    }
}
