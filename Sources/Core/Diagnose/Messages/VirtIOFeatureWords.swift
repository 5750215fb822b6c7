import Meaning

/// Names of the feature bits that a target does not offer.
package enum VirtIOFeatureWords {
    // Named by virtio 1.3, and offered by no device of QEMU's own up to 11.1.
    private static let unheard: UInt64 = 1 << 39 | 1 << 41

    /// Those of `bits` that no version of the device has; 0 where the device is not known.
    package static func unheard(of bits: UInt64, device: String) -> UInt64 {
        guard let own = VirtIOFeatures.devices.first(where: { $0.name == device })?.bits else { return 0 }
        let known = (Array(own.keys) + VirtIOFeatures.common.keys).reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        return bits & (~known | unheard)
    }

    /// `MRG_RXBUF (15), …` for the bits of the first value that the second has not.
    package static func missing(_ values: [String], in path: String) -> String? {
        guard values.count == 2, let used = UInt64(values[0], radix: 16),
            let allowed = UInt64(values[1], radix: 16),
            used & ~allowed != 0
        else { return nil }
        let bits = (0..<64).filter { (used & ~allowed) >> UInt64($0) & 1 == 1 }
        return bits.map { "\(VirtIOFeatures.name($0, of: path) ?? "bit") (\($0))" }.joined(separator: ", ")
    }
}
