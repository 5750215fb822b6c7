/// Names of the feature bits that a target does not offer.
enum VirtIOFeatureWords {
    /// `MRG_RXBUF (15), …` for the bits of the first value that the second has not.
    static func missing(_ values: [String], in path: String) -> String? {
        guard values.count == 2, let used = UInt64(values[0], radix: 16),
            let allowed = UInt64(values[1], radix: 16),
            used & ~allowed != 0
        else { return nil }
        let bits = (0..<64).filter { (used & ~allowed) >> UInt64($0) & 1 == 1 }
        return bits.map { "\(VirtIOFeatures.name($0, of: path) ?? "bit") (\($0))" }.joined(separator: ", ")
    }
}
