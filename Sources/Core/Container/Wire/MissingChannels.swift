import Bytes

/// The multifd channels of a migration that are not among the given ones.
enum MissingChannels {
    /// Returns a finding if the ids in the channels' initial packets, which count from 0, have gaps.
    static func finding(_ channels: [WireChannel]) -> Finding? {
        var ids: Set<Int> = []
        var unknown = 0
        for channel in channels where channel.kind == .multifd {
            guard let packets = MultifdPackets(channel.region) else { continue }
            if channel.lost.touching(0..<MultifdPackets.initialSize).isEmpty {
                ids.insert(Int(packets.number))
            } else {
                unknown += 1
            }
        }
        guard let last = ids.max() else { return nil }
        let missing = (0...last).filter { !ids.contains($0) }
        guard missing.count > unknown else { return nil }
        let names = missing.map(String.init).joined(separator: ", ")
        let isOne = missing.count - unknown == 1
        return Finding(
            .error, .channelMissing, offset: 0,
            message: "expected multifd channels 0 to \(last), \(missing.count - unknown) of them "
                + "\(isOne ? "is" : "are") not here: \(unknown > 0 ? "of " : "")\(names)",
            hint:
                "pages that \(isOne ? "it has" : "they have") are absent or old here; try: --channel FILE for each"
        )
    }
}
