import Bytes
import Glibc

/// Opens a file inside any containers, in steps that can be shown and canceled.
///
/// ```
/// let opening = try ContainerOpening(path: path)
/// while try opening.step() { show(opening.progress) }
/// let source = try opening.source()
/// ```
/// Not Sendable: create, step and finish it on one thread at a time, which need not be the main one.
package final class ContainerOpening {
    /// The progress of unpacking, in bytes.
    package struct Progress: Equatable, Sendable {
        /// The name of the format, such as `xz`; empty while nothing is unpacked.
        package var format: String
        /// The packed data; `total` is nil if its length is unknown.
        package var consumed: Int
        package var total: Int?
        package var produced: Int
        /// The milliseconds since the work began.
        package var elapsed = 0
    }

    private let path: String
    private var request: PeelRequest
    private var isAtOffset = false
    private var isSearched = false
    // Both are nil until a pipe was read.
    private var file: MappedRegion?
    private var region: MappedRegion?
    private var fileSize = 0
    private var info = ContainerInfo()
    private var findings: [Finding] = []
    private var unpacker: Unpacker?
    // Whether a pipe is being copied whose first bytes were not checked.
    private var isUnseen = false
    private var job: (any ContainerJob)?
    private var channelJob: (any ChannelWork)?
    private var channels: [WireChannel] = []
    private var packedChannels: [PackedChannel] = []
    private var ramFiles: [(block: String, region: MappedRegion)] = []
    private var areChannelsRead = false
    private var isUnpackedBeside = false
    private var lost = LostRanges()
    private var joins: [StreamJoin] = []
    // A pipe from which nothing was read yet.
    private var unread: StandardInput?
    private let start = MonotonicClock.milliseconds()

    /// Opens `path`: a file, `-`, or `/dev/fd/N`. Reads nothing from a pipe.
    ///
    /// - Throws: `OpenError` if it can't be opened or is empty.
    package init(path: String, options: ContainerOptions = ContainerOptions()) throws(OpenError) {
        self.path = path
        request = PeelRequest(path: path, options: options)
        if Folder.isThere(path) {
            let peeled = try Folder.peel(request)
            request.options.member = nil
            if case .region(let content) = peeled.content { take(file: content) }
            try add(peeled)
            return
        }
        guard let input = StandardInput(path: path) else {
            take(file: try MappedRegion.open(path: path, isGrowing: options.isGrowing))
            return
        }
        switch try input.open() {
        case .file(let file): take(file: file)
        case .pipe: unread = input
        }
    }

    /// Opens bytes in memory; `name` is for messages.
    package init(region: MappedRegion, name: String, options: ContainerOptions = ContainerOptions()) {
        path = name
        request = PeelRequest(path: name, options: options)
        take(file: region)
    }

    private func take(file: MappedRegion) {
        self.file = file
        region = file
        fileSize = file.currentFileSize ?? file.count
    }

    // A pipe is unpacked while it is read, or else copied, because the tree needs random access to all of it.
    private func startReading(_ input: StandardInput) throws(OpenError) {
        unread = nil
        let window = InputWindow(descriptor: input.descriptor)
        do throws(UnpackFailure) {
            try window.fill(16)
        } catch {
            if case .input(let code) = error { throw .system(path: path, code: code) }
            throw .system(path: path, code: EIO)
        }
        guard !window.ready.isEmpty else { throw .empty(path: path) }
        // An offset refers to the bytes from the pipe.
        if request.options.offset == nil, let codec = Codecs.recognized(window.prefix(16)) {
            try add(try CompressedStream.peel(window, codec, size: nil, request))
        } else {
            unpacker = try Unpacker(CopyProducer(window), options: request.options)
            isUnseen = true
        }
    }

    /// The number of bytes of a pipe after which input that can't become a stream is refused.
    private static let headSize = 1 << 20

    // Ends a useless copy, which might otherwise fill the disk.
    private func look(at unpacker: Unpacker) throws(OpenError) {
        guard isUnseen, unpacker.progress.produced >= Self.headSize else { return }
        isUnseen = false
        // The stream may be far from the start.
        if request.options.offset != nil || request.options.searchesAll { return }
        if let head = try unpacker.region(), !ContainerFormats.mayBegin(head) { unpacker.cancel() }
    }

    package var progress: Progress {
        let done =
            channelJob?.progress ?? job?.progress ?? unpacker?.progress
            ?? .init(consumed: 0, total: nil, produced: 0)
        let format =
            channelJob?.name ?? job?.name ?? (unpacker == nil ? "" : info.layers.last?.name ?? "copy")
        return Progress(
            format: format, consumed: done.consumed, total: done.total, produced: done.produced,
            elapsed: MonotonicClock.milliseconds() - start)
    }

    /// The given path.
    package var givenPath: String { path }

    /// The given path, escaped.
    package var name: String { FileName.shown(path) }

    /// Whether the remaining work grows with the input: unpacking, or reading a pipe.
    package var isUnpacking: Bool { unpacker != nil || job != nil || channelJob != nil || unread != nil }

    /// The pipe that `step` reads; nil if it does not wait for one.
    package var descriptor: Int32? { unread?.descriptor ?? unpacker?.descriptor }

    /// Whether `step` returns without waiting for the writer of the pipe.
    package var isReady: Bool {
        if let unread { return Waiting.isReadable(unread.descriptor) }
        return unpacker?.isReady ?? true
    }

    /// The number of bytes of a bare stream that have arrived through a pipe; nil if none have, or the input
    /// is not a bare stream, or not the requested one.
    package var piped: Int? {
        guard let unpacker, unpacker.descriptor != nil, !unpacker.isDone, unpacker.progress.produced > 0,
            request.options.offset == nil, !request.options.searchesAll
        else { return nil }
        return unpacker.progress.produced
    }

    /// The bytes that have arrived through the pipe, if they begin as a stream.
    package var pipedStream: MappedRegion? {
        guard piped != nil, let region = try? unpacker?.region(), region.matches("QEVM", at: 0)
        else { return nil }
        return region
    }

    /// Stops reading the pipe, because everything needed has arrived.
    ///
    /// - Parameter finding: A finding about the rest.
    package func stopReading(_ finding: Finding? = nil) {
        unpacker?.finish()
        if let finding { findings.append(finding) }
    }

    /// Waits until `step` has something to read, for at most `time` milliseconds.
    package func wait(_ time: Int32) {
        guard let descriptor else { return }
        Waiting.isReadable(descriptor, within: time)
    }

    /// Does one piece of the work: removes one container, or unpacks some MiB.
    ///
    /// - Returns: Whether there is more to do.
    /// - Throws: `OpenError` if there is no stream in the file; the object is then unusable.
    package func step(budget: Int = 4 << 20) throws(OpenError) -> Bool {
        if let unread {
            try startReading(unread)
        } else if let unpacker {
            let hasMore = unpacker.step(budget: isUnseen ? min(budget, Self.headSize) : budget)
            try look(at: unpacker)
            if !hasMore || unpacker.isDone { try take(unpacker) }
        } else if let job {
            if try !job.step(budget: budget) { try take(job) }
        } else if let channelJob {
            if try !channelJob.step(budget: budget) { take(channelJob) }
        } else {
            if try peel() { return true }
            return try openChannels()
        }
        return true
    }

    /// Returns the content. Before `step` has returned false, it contains only what was unpacked so far.
    ///
    /// - Throws: `OpenError` if there is none.
    package func source() throws(OpenError) -> StreamSource {
        var mayUnpack = true
        if unread != nil { throw .empty(path: path) }
        while true {
            if let unpacker {
                if !mayUnpack, unpacker.isReady { _ = unpacker.step() }
                unpacker.cancel()
                try take(unpacker)
                mayUnpack = false
            } else if let job {
                if mayUnpack { _ = try job.step(budget: 4 << 20) }
                job.cancel()
                try take(job)
                mayUnpack = false
            } else if let channelJob {
                if mayUnpack { _ = try channelJob.step(budget: 4 << 20) }
                channelJob.cancel()
                _ = try channelJob.step(budget: 1)
                take(channelJob)
            } else if try !peel(), try !openChannels() {
                break
            }
        }
        guard let region else { throw .empty(path: path) }
        var source = StreamSource(
            region: region, file: file, fileSize: fileSize, info: info, findings: findings)
        source.channels = channels
        source.ramFiles = ramFiles
        source.lost = lost
        source.joins = joins
        return source
    }

    /// Returns the content inside all containers, which need not be a stream.
    package func content() throws(OpenError) -> MappedRegion {
        while try step() {}
        guard let region else { throw .empty(path: path) }
        return region
    }

    // Removes one container; returns whether there was one.
    private func peel() throws(OpenError) -> Bool {
        guard let region else { return false }
        if let offset = request.options.offset, !isAtOffset { return try skip(to: offset, in: region) }
        guard !region.matches("QEVM", at: 0) else { return false }
        let format = ContainerFormats.recognized(region)
        if request.options.searchesAll, format == nil, !isSearched {
            isSearched = true
            job = SearchJob(region, path: path)
            return true
        }
        guard let format else { return false }
        guard info.layers.count < ContainerFormats.depthLimit else {
            throw .notAStream(
                path: path, found: "\(info.layers.count) nested containers (\(info.name))",
                advice: "try: unpack it first",
                evidence: OpenEvidence(region: region, container: info.name))
        }
        let peeled: Peeled
        do throws(OpenError) {
            peeled = try format.peel(region, request)
        } catch {
            throw error.with(OpenEvidence(region: region, container: info.name))
        }
        try add(peeled, in: region)
        return true
    }

    // Opens the connections besides the main channel, once it is known; returns whether they need more work.
    private func openChannels() throws(OpenError) -> Bool {
        if !packedChannels.isEmpty {
            channelJob = PackedChannelJob(packedChannels, beside: channels, options: request.options)
            packedChannels = []
            return true
        }
        if !areChannelsRead {
            areChannelsRead = true
            for path in request.options.channels { channels.append(try Self.channel(path, request)) }
            for (block, path) in request.options.ramFiles {
                ramFiles.append((block, try MappedRegion.open(path: path)))
            }
            let resumed = channels.filter { $0.kind == .resumed }
            channels.removeAll { $0.kind == .resumed }
            if let region, region.matches("QEVM", at: 0), !resumed.isEmpty {
                job = try JoinJob(region, lost, resumed, options: request.options)
                return true
            }
        }
        guard !isUnpackedBeside else { return false }
        isUnpackedBeside = true
        if let finding = MissingChannels.finding(channels) { findings.append(finding) }
        guard ChannelJob.isNeeded(channels) else { return false }
        channelJob = ChannelJob(channels, options: request.options)
        return true
    }

    private func take(_ job: any ChannelWork) {
        channelJob = nil
        channels = job.result.channels
        findings += job.result.findings
    }

    private static func channel(_ path: String, _ request: PeelRequest) throws(OpenError) -> WireChannel {
        var options = request.options
        options.channels = []
        (options.member, options.offset, options.migration) = (nil, nil, nil)
        let region = try ContainerOpening(path: path, options: options).content()
        guard let kind = ConnectionKind.of(region.copy(0..<64)), kind != .stream, kind != .tls else {
            throw .notAStream(
                path: path, found: "bytes that do not begin a channel",
                advice: "try: --channel with the data of a multifd, preempt or recovered connection")
        }
        return WireChannel(kind: kind, name: FileName.shown(path), region: region)
    }

    // Skips the bytes before the offset that the user gave.
    private func skip(to offset: Int, in region: MappedRegion) throws(OpenError) -> Bool {
        isAtOffset = true
        guard offset > 0 else { return true }
        guard offset < region.count else {
            throw .container(
                path: path, offset: region.count, reason: "--offset \(offset): the file ends there",
                advice: "try: an offset below \(region.count)")
        }
        var layer = ContainerLayer("offset", title: "offset \(Hex.offset(offset))")
        layer.parts = [ContainerPart("skipped", 0..<offset), ContainerPart("rest", offset..<region.count)]
        try add(
            Peeled(layer: layer, content: .region(region.slice(offset..<region.count))), in: region)
        return true
    }

    private func add(_ peeled: Peeled, in region: MappedRegion? = nil) throws(OpenError) {
        var layer = peeled.layer
        if let region { layer.locate(in: region) }
        if !layer.members.isEmpty { request.options.member = nil }
        info.layers.append(layer)
        findings += peeled.findings
        channels += peeled.channels
        packedChannels += peeled.packedChannels
        if !peeled.lost.isEmpty { lost = peeled.lost }
        joins += peeled.joins
        hasChosenMigration = hasChosenMigration || peeled.hasChosenMigration
        switch peeled.content {
        case .region(let content): self.region = content
        case .packed(let producer): unpacker = try Unpacker(producer, options: request.options)
        case .job(let job): self.job = job
        }
    }

    /// Whether `ContainerOptions.migration` has chosen the stream. Its number then does not select a stream
    /// in the file.
    package private(set) var hasChosenMigration = false

    private func take(_ job: any ContainerJob) throws(OpenError) {
        self.job = nil
        try add(try job.result(), in: region)
    }

    private func take(_ unpacker: Unpacker) throws(OpenError) {
        self.unpacker = nil
        let format = info.layers.last?.title ?? "copy of \(FileName.shown(path))"
        let count = unpacker.progress.produced
        guard let content = try unpacker.region() else {
            let stop = unpacker.stop ?? .truncated
            throw .container(
                path: path, offset: unpacker.progress.consumed,
                reason: "\(DisplayText.escaped(format)): nothing was decompressed: \(stop.reason)",
                advice: stop.hint)
        }
        if region == nil { fileSize = unpacker.progress.consumed }
        region = content
        findings += unpacker.remarks
        if let stop = unpacker.stop {
            findings.append(stop.finding(format: DisplayText.escaped(format), count: count))
        }
    }
}
