/// The meaning of the own state of virtio devices (`VirtIODevices`).
package enum VirtIODeviceMeaning {
    package static func fields(of device: String) -> [FieldMeaning] { all[device] ?? [] }

    private static let all: [String: [FieldMeaning]] = [
        "virtio-net": [
            .overlay("status", "", .word(2, link)), .overlay("vlans", "", vlans),
            .overlay("rss_data.hash_types", "", hashTypes),
            .overlay("rss_data.runtime_hash_types", "", hashTypes),
            .overlay("rss_data.supported_hash_types", "", hashTypes),
            .overlay(
                "curr_guest_offloads", "",
                .word(8, VirtIOFeatures.fields(of: "virtio-net", from: 0, count: 64))),
        ],
        "virtio-console": [.overlay("ports_map", "", .bitmap(4, "ports"))],
        "virtio-balloon": [
            .overlay("num_pages", "", pages), .overlay("actual", "", pages),
            .overlay(
                "free_page_hint_status", "",
                .whole(4, "status", .names([0: "stop", 1: "requested", 2: "start", 3: "done"]))),
        ],
        "virtio-iommu": [.overlay("flags", "", .flags(4, [0: "READ", 1: "WRITE", 2: "MMIO"]))],
    ]

    /// The link status of a network card, in its configuration and its state.
    package static let link = BitField.flags([0: "link up", 1: "announce"])

    private static let hashTypes: Overlay = .flags(
        4,
        [
            0: "IPv4", 1: "TCPv4", 2: "UDPv4", 3: "IPv6", 4: "TCPv6", 5: "UDPv6", 6: "IP_EX", 7: "TCP_EX",
            8: "UDP_EX",
        ])

    private static let pages: Overlay = .whole(
        4, "size", .text { "\($0 / 256).\($0 % 256 * 10 / 256) MiB" })

    // VLAN n is bit n of 32-bit words in host order, which QEMU does not convert. They are read as those of a
    // little-endian host.
    private static let vlans = Overlay(
        size: 512, [.summary("vlans", at: 0, size: 512, vlanText)])

    private static let shownVLANs = 16

    @Sendable private static func vlanText(_ bytes: RawSpan) -> String {
        var count = 0
        var first: [String] = []
        for offset in 0..<bytes.byteCount {
            let byte = bytes[byteAt: offset]
            count += byte.nonzeroBitCount
            for bit in 0..<8 where byte >> bit & 1 == 1 && first.count < shownVLANs {
                first.append("\(offset * 8 + bit)")
            }
        }
        if count == bytes.byteCount * 8 { return "all VLANs" }
        guard count > 0 else { return "no VLAN" }
        return "VLAN " + first.joined(separator: " ") + (count > first.count ? " …" : "")
    }
}
