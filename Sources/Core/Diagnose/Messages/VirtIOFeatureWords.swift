import Format
import Meaning

/// The names of feature bits that a target does not offer, and the properties that disable them.
package enum VirtIOFeatureWords {
    // Defined in virtio 1.3, and offered by no device of QEMU itself up to 11.1.
    private static let unheard: UInt64 = 1 << 39 | 1 << 41

    /// Returns the bits that no version of the device has; 0 when the device is unknown.
    package static func unheard(of bits: UInt64, device: String) -> UInt64 {
        guard let own = VirtIOFeatures.devices.first(where: { $0.name == device })?.bits else { return 0 }
        let known = (Array(own.keys) + VirtIOFeatures.common.keys).reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        return bits & (~known | unheard)
    }

    /// Returns the bits that a device can't offer. A short configuration ends after the last field that one of its
    /// features needs (hw/net/virtio-net.c and hw/block/virtio-blk-common.c feature_sizes, 7.2 to 11.1), and a PCI
    /// device without its modern part does not offer VERSION_1 (hw/virtio/virtio-pci.c virtio_pci_pre_plugged, 5.2
    /// to 11.1).
    ///
    /// - Parameters:
    ///   - length: the size of the configuration in bytes; 0 when unknown.
    ///   - isLegacy: whether it is known to have no modern part.
    package static func lacking(
        of bits: UInt64, device: String, configLength length: UInt64, isLegacy: Bool
    ) -> UInt64 {
        let modern = isLegacy ? bits & versionOne : 0
        guard length > 0, let fields = configurationEnds[device] else { return modern }
        return fields.reduce(modern) { $0 | (length < $1.end ? bits & 1 << $1.bit : 0) }
    }

    private static let versionOne: UInt64 = 1 << 32

    private static let configurationEnds: [String: [(bit: UInt64, end: UInt64)]] = [
        "virtio-net": [(5, 6), (16, 8), (22, 10), (3, 12), (63, 17), (60, 24), (57, 24)],
        "virtio-blk": [(13, 48), (14, 57), (17, 96)],
    ]

    /// Whether a driver that continues to use these features gets an error and works on: they are optional
    /// requests.
    package static func areRequests(_ bits: UInt64, device: String) -> Bool {
        let requests: [String: UInt64] = [
            // MTU and SPEED_DUPLEX; CONFIG_WCE, DISCARD and WRITE_ZEROES.
            "virtio-net": 1 << 3 | 1 << 63, "virtio-blk": 1 << 11 | 1 << 13 | 1 << 14,
        ]
        return bits & ~requests[device, default: 0] == 0
    }

    /// Returns `MRG_RXBUF (15), …` for the bits of the first value that the second lacks; for an unknown
    /// device, the names in each possible device.
    package static func missing(_ values: [String], in device: String) -> String? {
        guard let bits = missingBits(values) else { return nil }
        if VirtIOFeatures.devices.contains(where: { device.contains($0.name) }) {
            return bits.map { "\(VirtIOFeatures.name($0, of: device) ?? "bit") (\($0))" }.joined(
                separator: ", ")
        }
        let numbers = bits.map(String.init).joined(separator: ", ")
        let guesses = guesses(bits).map { "\($0.names) if this is \($0.device)" }.joined(separator: "; ")
        return "\(bits.count == 1 ? "bit" : "bits") \(numbers)" + (guesses.isEmpty ? "" : ": " + guesses)
    }

    private static func missingBits(_ values: [String]) -> [Int]? {
        guard values.count == 2, let used = word(values[0]), let allowed = word(values[1]),
            used & ~allowed != 0
        else { return nil }
        return (0..<64).filter { (used & ~allowed) >> UInt64($0) & 1 == 1 }
    }

    // 10.2 and later print 128 bits: QEMU's own devices use the lower 64.
    private static func word(_ digits: String) -> UInt64? { UInt64(digits.suffix(16), radix: 16) }

    // The devices that have all these bits, or the names common to all virtio devices.
    private static func guesses(_ bits: [Int]) -> [(device: String, names: String)] {
        if bits.allSatisfy({ VirtIOFeatures.common[$0] != nil }) {
            return [
                ("any virtio device", bits.compactMap { VirtIOFeatures.common[$0] }.joined(separator: ", "))
            ]
        }
        return usual.filter { device in bits.allSatisfy { VirtIOFeatures.name($0, of: device) != nil } }
            .prefix(3).map {
                device in
                (device, bits.compactMap { VirtIOFeatures.name($0, of: device) }.joined(separator: ", "))
            }
    }

    private static let usual = [
        "virtio-net", "virtio-blk", "virtio-scsi", "virtio-gpu", "virtio-balloon", "virtio-mem",
    ]

    /// Returns the properties that disable the missing features on the source; nil when none is known.
    package static func properties(_ values: [String], in device: String) -> String? {
        guard let bits = missingBits(values) else { return nil }
        let known = VirtIOFeatures.devices.first { device.contains($0.name) }?.name
        let name = known ?? guesses(bits).first?.device ?? ""
        let found = bits.compactMap { bit in
            VirtIOFeatures.name(bit, of: name).flatMap { property($0, of: name) }
        }
        return found.isEmpty ? nil : found.joined(separator: ",")
    }

    // hw/net/virtio-net.c, hw/block/virtio-blk.c, hw/virtio/virtio.h and others: properties that are not the
    // feature's name in lower case.
    private static let spelled: [String: String] = [
        "MTU": "host_mtu=", "HASH_REPORT": "hash=off", "RSC_EXT": "guest_rsc_ext=off",
        "STANDBY": "failover=off",
        "SPEED_DUPLEX": "speed=-1", "VERSION_1": "disable-modern=on", "ACCESS_PLATFORM": "iommu_platform=off",
        "RING_PACKED": "packed=off", "RING_RESET": "queue_reset=off", "FREE_PAGE_HINT": "free-page-hint=off",
        "PAGE_REPORTING": "free-page-reporting=off", "PAGE_POISON": "page-poison=off",
        "DEFLATE_ON_OOM": "deflate-on-oom=off", "WRITE_ZEROES": "write-zeroes=off",
        "CONFIG_WCE": "config-wce=off",
        "CHANGE": "param_change=off", "RESOURCE_BLOB": "blob=off", "VIRGL": "a device without -gl",
        "MAC": "", "GSO": "", "SIZE_MAX": "", "GEOMETRY": "", "BLK_SIZE": "", "TOPOLOGY": "", "RO": "",
        "INOUT": "",
        "STATS_VQ": "", "MUST_TELL_HOST": "", "FLUSH": "", "SIZE": "", "BAD_FEATURE": "", "LIFETIME": "",
        "ACPI_PXM": "", "UNPLUGGED_INACCESSIBLE": "unplugged-inaccessible=off",
        "SEG_MAX": "seg-max-adjust=off",
    ]

    private static func property(_ feature: String, of device: String) -> String? {
        if feature == "MQ", device.contains("blk") { return "num-queues=1" }
        if let known = spelled[feature] { return known.isEmpty ? nil : known }
        return feature.lowercased() + "=off"
    }
}
