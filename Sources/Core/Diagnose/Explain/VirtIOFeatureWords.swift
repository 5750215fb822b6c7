/// Names of the feature bits that a target does not offer (virtio 1.3, sections 2.2, 5 and 6).
enum VirtIOFeatureWords {
    private static let common: [Int: String] = [
        24: "NOTIFY_ON_EMPTY", 27: "ANY_LAYOUT", 28: "INDIRECT_DESC", 29: "EVENT_IDX", 32: "VERSION_1",
        33: "ACCESS_PLATFORM",
        34: "RING_PACKED", 35: "IN_ORDER", 36: "ORDER_PLATFORM", 37: "SR_IOV", 38: "NOTIFICATION_DATA",
        40: "RING_RESET",
    ]

    private static let devices: [String: [Int: String]] = [
        "virtio-net": [
            0: "CSUM", 1: "GUEST_CSUM", 2: "CTRL_GUEST_OFFLOADS", 3: "MTU", 5: "MAC", 7: "GUEST_TSO4",
            8: "GUEST_TSO6",
            9: "GUEST_ECN", 10: "GUEST_UFO", 11: "HOST_TSO4", 12: "HOST_TSO6", 13: "HOST_ECN", 14: "HOST_UFO",
            15: "MRG_RXBUF", 16: "STATUS", 17: "CTRL_VQ", 18: "CTRL_RX", 19: "CTRL_VLAN", 20: "CTRL_RX_EXTRA",
            21: "GUEST_ANNOUNCE", 22: "MQ", 23: "CTRL_MAC_ADDR", 54: "GUEST_USO4", 55: "GUEST_USO6",
            56: "HOST_USO",
            57: "HASH_REPORT", 60: "RSS", 61: "RSC_EXT", 62: "STANDBY", 63: "SPEED_DUPLEX",
        ],
        "virtio-blk": [
            1: "SIZE_MAX", 2: "SEG_MAX", 4: "GEOMETRY", 5: "RO", 6: "BLK_SIZE", 9: "FLUSH", 10: "TOPOLOGY",
            11: "CONFIG_WCE", 12: "MQ", 13: "DISCARD", 14: "WRITE_ZEROES", 16: "SECURE_ERASE", 17: "ZONED",
        ],
        "virtio-scsi": [0: "INOUT", 1: "HOTPLUG", 2: "CHANGE", 3: "T10_PI"],
        "virtio-console": [0: "SIZE", 1: "MULTIPORT", 2: "EMERG_WRITE"],
        "virtio-balloon": [
            0: "MUST_TELL_HOST", 1: "STATS_VQ", 2: "DEFLATE_ON_OOM", 3: "FREE_PAGE_HINT", 4: "PAGE_POISON",
            5: "PAGE_REPORTING",
        ],
        "virtio-gpu": [0: "VIRGL", 1: "EDID", 2: "RESOURCE_UUID", 3: "RESOURCE_BLOB", 4: "CONTEXT_INIT"],
    ]

    /// Those of `bits` that no version of the device has; 0 where the device is not known.
    static func unheard(of bits: UInt64, device: String) -> UInt64 {
        guard let own = devices[device] else { return 0 }
        let known = (Array(own.keys) + common.keys).reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        return bits & ~known
    }

    /// `MRG_RXBUF (15), …` for the bits of the first value that the second has not.
    static func missing(_ values: [String], in path: String) -> String? {
        guard values.count == 2, let used = UInt64(values[0], radix: 16),
            let allowed = UInt64(values[1], radix: 16),
            used & ~allowed != 0
        else { return nil }
        let own = devices.first { path.contains($0.key) }?.value ?? [:]
        let bits = (0..<64).filter { (used & ~allowed) >> UInt64($0) & 1 == 1 }
        return bits.map { "\(own[$0] ?? common[$0] ?? "bit") (\($0))" }.joined(separator: ", ")
    }
}
