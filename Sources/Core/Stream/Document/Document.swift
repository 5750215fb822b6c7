import Bytes
import Container
import Format

/// An open stream: the bytes, the records, and the tree over them.
///
/// Opening reads the head and the tail, never RAM. Used from one thread; what runs elsewhere works on
/// snapshots (`MappedRegion` and `LayoutTable` are Sendable).
package final class Document {
    package internal(set) var region: MappedRegion
    package internal(set) var description: Description?
    package internal(set) var overview: Overview
    /// What opening has found. More may come when lazy parts are read.
    package var findings: [Finding] { findingList.all }
    /// Changes whenever the tree has changed.
    package internal(set) var generation = 0

    package var table: LayoutTable
    package var records: [SectionRecord] = []
    /// The numbers of the records below the root: the containers from the outermost on, then in stream order.
    package var topLevel: [Int] = []
    /// What is known of the stream, and of those after it in the file as far as they were met.
    package var streams: [StreamState]
    package var state: StreamState { streams[0] }
    /// Where reading of the live part has stopped.
    package var pause = LivePause()
    /// How many children of the root are containers; those of the stream follow them.
    package let containerCount: Int
    package let containerTexts: [ContainerNodes.Place: String]
    package var findingList: FindingList
    package var twins = TwinNumbers()
    /// What is known of RAM pages; nil until the live part is read.
    package var pages: RAMPageCollector?
    /// The block that CONTINUE refers to where reading the live part stopped.
    package var lastBlock = -1
    /// Whether more of the stream may come: `catchUp` looks.
    package internal(set) var isGrowing = false
    /// What the file has lost since it was opened.
    package var losses = Losses()
    package private(set) var source: StreamSource
    package let options: OpenOptions

    package init(source: StreamSource, opened: OpenedStream, fileName: String, options: OpenOptions) {
        self.source = source
        self.options = options
        region = source.region
        description = opened.description
        table = opened.table
        records = opened.records
        let nodes = ContainerNodes(source.info, records: &records, table: &table)
        containerCount = nodes.numbers.count
        containerTexts = nodes.texts
        topLevel = nodes.numbers + opened.topLevel
        streams = [opened.state]
        overview = opened.overview(fileName: fileName, source: source)
        findingList = FindingList(source.findings)
        for problem in opened.problems {
            findingList.add(problem.severity, problem.code, offset: problem.mismatch.offset) {
                finding(problem)
            }
        }
        isGrowing = options.isGrowing && !hasWholeDescription && canFollow
    }

    /// Opens the stream in the file at `path`, through whatever wraps it; `-` is standard input.
    /// O(head + device sections' headers + description), and O(file) for what has to be unpacked.
    ///
    /// - Throws: `OpenError` when the file can't be mapped or no stream is found in it.
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

    package static func open(
        source: StreamSource, name: String, options: OpenOptions
    ) throws(OpenError) -> Document {
        let region = source.region
        region.advise(.random, 0..<region.count)
        try StreamOpener.check(region, path: name)
        let isGrowing = options.isGrowing && region.canGrow
        var opened = StreamOpener.open(
            region, borrowed: options.description, isGrowing: isGrowing, explains: options.explains)
        if opened.description == nil, !isGrowing, let found = options.descriptionFolder?.best(for: opened) {
            opened = StreamOpener.open(region, borrowed: found, explains: options.explains)
        }
        let fileName = name.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) } ?? ""
        return Document(
            source: source, opened: opened, fileName: DisplayText.escaped(fileName), options: options)
    }

    /// Reads the stream anew from both ends, after its bytes have become those of `region`. Lazy parts are unread again.
    ///
    /// - Throws: `OpenError` where they are no stream; what was read before stays.
    package func reopen(_ region: MappedRegion) throws(OpenError) {
        var source = source
        source.region = region
        source.fileSize = region.currentFileSize ?? region.count
        let fresh = try Document.open(source: source, name: overview.fileName, options: options)
        self.source = source
        self.region = region
        description = fresh.description
        overview = fresh.overview
        findingList = fresh.findingList
        twins = TwinNumbers()
        table = fresh.table
        records = fresh.records
        topLevel = fresh.topLevel
        streams = fresh.streams
        isGrowing = fresh.isGrowing
        pages = nil
        pause = LivePause()
        lastBlock = -1
        generation += 1
    }

    /// Takes the bytes that were appended as part of the live part, which is the last record. O(1).
    package func extend(to region: MappedRegion, live: Int) {
        source.region = region
        source.fileSize = region.currentFileSize ?? region.count
        self.region = region
        records[live].size = region.count - records[live].offset
        overview.fileSize = source.fileSize
        overview.streamSize = region.count
        generation += 1
    }

    /// A finding for a place where bytes and layout differ.
    private func finding(_ problem: OpenedStream.Problem) -> Finding {
        let offset = min(max(problem.mismatch.offset, 0), region.count - 1)
        return Finding(
            problem.severity, problem.code, offset: problem.mismatch.offset, size: problem.mismatch.size,
            path: pathText(knownPath(atOffset: offset)),
            message: "expected \(problem.mismatch.expected), found \(problem.mismatch.found)",
            hint: problem.hint, qemu: problem.qemu)
    }
}
