import Bytes

/// Work on the connections besides the main channel, in steps.
package protocol ChannelWork: AnyObject {
    /// The name of the work, such as `multifd`.
    var name: String { get }
    /// The progress of the work.
    var progress: Unpacker.Progress { get }
    /// The connections after the work.
    var result: (channels: [WireChannel], findings: [Finding]) { get }

    /// - Returns: Whether there is more to do.
    func step(budget: Int) throws(OpenError) -> Bool

    /// Ends the work; the next step returns.
    func cancel()
}

/// Unpacks the connections that are packed members of an archive, one after another.
final class PackedChannelJob: ChannelWork {
    let name = "channels"
    private var channels: [WireChannel]
    private var packed: ArraySlice<PackedChannel>
    private let options: ContainerOptions
    private let total: Int
    private var unpacker: Unpacker?
    private var findings: [Finding] = []
    // Of the channels before the current one.
    private var consumed = 0
    private var produced = 0

    init(_ packed: [PackedChannel], beside channels: [WireChannel], options: ContainerOptions) {
        self.packed = packed[...]
        self.channels = channels
        self.options = options
        total = packed.reduce(0) { $0.addingSaturated($1.producer.total ?? 0) }
    }

    var progress: Unpacker.Progress {
        let current = unpacker?.progress
        return Unpacker.Progress(
            consumed: consumed.addingSaturated(current?.consumed ?? 0), total: total,
            produced: produced.addingSaturated(current?.produced ?? 0))
    }

    var result: (channels: [WireChannel], findings: [Finding]) { (channels, findings) }

    func step(budget: Int) throws(OpenError) -> Bool {
        guard let channel = packed.first else { return false }
        if unpacker == nil { unpacker = try Unpacker(channel.producer, options: options) }
        guard let unpacker else { return false }
        if unpacker.step(budget: budget), !unpacker.isDone { return true }
        if let region = try unpacker.region() {
            channels.append(WireChannel(kind: channel.kind, name: channel.name, region: region))
        }
        if let stop = unpacker.stop {
            let finding = stop.finding(format: channel.name, count: unpacker.progress.produced)
            findings.append(
                Finding(
                    finding.severity, finding.code, offset: 0, message: finding.message, hint: finding.hint))
        }
        consumed = consumed.addingSaturated(unpacker.progress.consumed)
        produced = produced.addingSaturated(unpacker.progress.produced)
        self.unpacker = nil
        packed = packed.dropFirst()
        return !packed.isEmpty
    }

    func cancel() {
        unpacker?.cancel()
        packed = packed.prefix(unpacker == nil ? 0 : 1)
    }
}
