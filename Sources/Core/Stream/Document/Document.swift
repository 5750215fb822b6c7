import Bytes
import Container
import Format

/// An open stream: opens it, continues reading on demand, and collects findings.
///
/// Opening reads the head and the tail, never RAM. Used from one thread, with its store and its tree.
package final class Document {
    /// The bytes, records and layouts that were found.
    @exclusivity(unchecked) package private(set) var store: StreamStore
    /// The tree of nodes over the store, as far as it was read.
    package var tree: StreamTree { StreamTree(store) }
    /// The findings so far. Reading lazy parts can add more.
    package var findings: [Finding] { findingList.all }
    /// The device sections that opening has found, in bytes from the start of the stream.
    private(set) var firstDevices: [Range<Int>] = []
    /// The progress of reading the stream.
    var reading = Reading()
    var knownOverview: (generation: Int, overview: Overview)?
    /// The number of times that the stream was opened again. Paths after its head are then no longer valid.
    package private(set) var openingCount = 0
    /// The state in which reading of the live part paused.
    package internal(set) var pause = LivePause()
    var findingList: FindingList
    /// The RAM pages known so far; nil until the live part is read.
    var pages: RAMPageCollector?
    /// The pages from other connections; nil if there are none.
    var channelPages: ChannelPages?
    /// The files that hold the RAM of blocks, by block number.
    private(set) var ramFiles: [Int: MappedRegion] = [:]
    /// The block that CONTINUE refers to where reading the live part stopped.
    var lastBlock: Int?
    /// Whether the stream may still grow; `catchUp` checks.
    package internal(set) var isGrowing = false
    package internal(set) var options: OpenOptions

    package init(
        source: StreamSource, opened: OpenedStream, name: String, options: OpenOptions,
        limit: StreamLimit? = nil
    ) {
        store = StreamStore(source, opened, name: name, limit: limit)
        self.options = options
        for file in source.ramFiles {
            let block = store.state.blocks.firstIndex { opened.table.names.text($0.name) == file.block }
            if let block { ramFiles[block] = file.region }
        }
        findingList = FindingList(source.findings)
        for problem in opened.problems {
            findingList.add(problem.severity, problem.code, offset: problem.mismatch.offset) {
                finding(problem)
            }
        }
        isGrowing = options.isGrowing && !store.hasWholeDescription && canFollow
        reading.phase = firstPhase(
            isTailWhole: opened.isTailWhole, isTailExact: opened.isTailExact)
        noteMissingEnd()
        firstDevices = devicesOfOpening()
    }

    /// Opens the stream in the file at `path`, inside any container; `-` is standard input.
    /// O(head + device sections' headers + description), and O(file) for packed containers.
    ///
    /// - Throws: `OpenError` if the file can't be mapped or no stream is found in it.
    package static func open(path: String, options: OpenOptions = OpenOptions()) throws(OpenError) -> Document
    {
        let opening = try DocumentOpening(path: path, options: options)
        while try opening.step() {}
        return try opening.finish()
    }

    /// Opens the bare stream in `region`; `name` is for messages.
    package static func open(
        region: MappedRegion, name: String, options: OpenOptions = OpenOptions()
    ) throws(OpenError) -> Document {
        try open(source: StreamSource(region: region), name: name, options: options)
    }

    /// Opens the stream in `source`. With a `limit` the stream ends there, and the rest of the file is not
    /// part of it.
    package static func open(
        source: StreamSource, name: String, options: OpenOptions, limit: StreamLimit? = nil
    ) throws(OpenError) -> Document {
        if limit == nil, options.stream > 1 { return try openLater(source, name, options) }
        let whole = source.region
        let region = limit.map { whole.slice(0..<$0.end) } ?? whole
        region.advise(.random, 0..<region.count)
        if let kind = ConnectionKind.of(region.copy(0..<64)),
            ![.stream, .resumed, .tls, .preempt].contains(kind)
        {
            return open(channel: kind, source: source, name: name, options: options)
        }
        try StreamOpener.check(region, path: name)
        let isGrowing = options.isGrowing && whole.canGrow
        var opened = StreamOpener.open(
            region, borrowed: options.description, isGrowing: isGrowing, explains: options.explains)
        if opened.description == nil, !isGrowing, let found = options.descriptionFolder?.best(for: opened) {
            opened = StreamOpener.open(region, borrowed: found, explains: options.explains)
        }
        try checkFiles(of: source, opened, name)
        // The channels are available.
        if !source.channels.isEmpty { opened.problems.removeAll { $0.code == .multifdChannels } }
        if let limit { EndMark.addRest(whole, from: limit, &opened) }
        return Document(source: source, opened: opened, name: name, options: options, limit: limit)
    }

    // Each file must belong to a block of the stream.
    private static func checkFiles(
        of source: StreamSource, _ opened: OpenedStream, _ name: String
    ) throws(OpenError) {
        let blocks = opened.state.blocks.map { opened.table.names.text($0.name) }
        guard let file = source.ramFiles.first(where: { !blocks.contains($0.block) }) else { return }
        throw .container(
            path: name, offset: 0, reason: "no RAM block \"\(DisplayText.escaped(file.block))\"",
            advice: blocks.isEmpty
                ? "it has none; try: without --ram"
                : "try one of: \(blocks.prefix(16).joined(separator: ", "))")
    }

    /// Reads the stream again from both ends after its bytes have changed to those of `region`. Lazy parts are
    /// unread again.
    ///
    /// - Throws: `OpenError` if they are not a stream; the old content then stays.
    package func reopen(_ region: MappedRegion) throws(OpenError) {
        var source = store.source
        source.region = region
        source.fileSize = region.currentFileSize ?? region.count
        let fresh = try Document.open(source: source, name: store.name, options: options)
        adopt(fresh)
        firstDevices = fresh.firstDevices
    }

    /// Takes over the content of a document that was opened again from the same file.
    func adopt(_ fresh: Document) {
        fresh.store.follow(store)
        store = fresh.store
        reading = fresh.reading
        openingCount += 1
        findingList = fresh.findingList
        ramFiles = fresh.ramFiles
        isGrowing = fresh.isGrowing
        pages = nil
        channelPages = nil
        pause = LivePause()
        lastBlock = nil
    }

    /// Reopens a growing stream as a cut one, because its end will not arrive.
    ///
    /// - Throws: `OpenError` if the bytes are no longer a stream; the old content then stays.
    package func stopFollowing() throws(OpenError) {
        options.isGrowing = false
        try reopen(store.region)
    }

    /// Adds the appended bytes to the live part, which is the last record. O(1).
    package func extend(to region: MappedRegion, live: Int) { store.extend(to: region, record: live) }

    /// Returns the finding for a mismatch between bytes and layout.
    private func finding(_ problem: OpenedStream.Problem) -> Finding {
        let offset = min(max(problem.mismatch.offset, 0), store.region.count - 1)
        return Finding(
            problem.severity, problem.code, offset: problem.mismatch.offset, size: problem.mismatch.size,
            path: tree.pathText(tree.knownPath(atOffset: offset)),
            message: "expected \(problem.mismatch.expected), found \(problem.mismatch.found)",
            hint: problem.hint, qemu: problem.qemu)
    }
}
