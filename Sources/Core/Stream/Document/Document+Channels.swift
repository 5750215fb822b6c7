import Bytes
import Container
import Format

// Data from other connections than the main channel.
extension Document {
    /// Returns the collector that merges the pages of other channels into those of the main one; nil if there
    /// are none. Synchronizes once, because the source ends one round before its first page.
    func newChannelPages(_ pages: inout RAMPageCollector?, names: NameTable) -> ChannelPages? {
        guard !store.source.channels.isEmpty else { return nil }
        var channels = ChannelPages(
            store.source.channels, blocks: store.state.blocks, names: names, pageSize: store.state.pageSize,
            syncsAtFlush: store.state.hasMultifdNote)
        if var known = pages.take() {
            _ = channels.sync(into: &known, at: 0)
            pages = known
        }
        return channels
    }

    /// Takes all pages of the channels of a stream without a live part: what was recorded of the main channel may
    /// end before its first page.
    func joinChannelsAlone() {
        guard store.source.channels.contains(where: { $0.kind == .multifd || $0.kind == .preempt }) else {
            return
        }
        pages = noPages
        channelPages = newChannelPages(&pages, names: store.table.names)
        finishChannels(at: store.streamEnd)
    }

    /// Reports what a whole main channel shows of channels that end too early, or that are not here.
    func noteMissingChannels() {
        guard let channels = channelPages, channels.isFinished, loss == nil,
            store.records.contains(where: { $0.kind == .endOfFile }),
            !store.records.contains(where: { record in
                // Channels no longer synchronize after the switch.
                record.command.map { [.packaged, .postcopyListen, .postcopyRun].contains($0) } ?? false
            }),
            let words = channels.missingWords
        else { return }
        findingList.add(
            Finding(
                .error, .channelMissing, offset: 0, message: words,
                hint: "pages of it are absent or old here; try: --channel FILE for each whole channel"))
    }

    /// Takes the remaining pages of the channels after the main channel has ended.
    func finishChannels(at offset: Int) {
        guard var channels = channelPages, var known = pages.take() else { return }
        channels.finish(into: &known, at: offset)
        pages = known
        channelPages = channels
    }

    /// Reads the packets or messages of a channel.
    func readChannel(_ number: Int) {
        store.records[number].isLazy = false
        guard case .layer(let space) = store.records[number].space, let channel = store.channel(space) else {
            return
        }
        let known = store.source.channels[channel]
        let reader = RAMReader(
            pageSize: store.state.pageSize, blocks: store.state.blocks, names: store.table.names)
        store.records[number].layout = ChannelLayout.body(
            of: known.kind, known.region, table: store.table, records: reader)
    }

    /// Opens a connection without its main channel, and shows only its packets or messages.
    static func open(
        channel kind: ConnectionKind, source: StreamSource, name: String, options: OpenOptions
    ) -> Document {
        var opened = OpenedStream(table: LayoutTable(), state: StreamState())
        var record = SectionRecord(
            .container, offset: 0, size: source.region.count, name: opened.table.names.intern(kind.label))
        let reader = RAMReader(pageSize: StreamState.usualPageSize, blocks: [], names: opened.table.names)
        record.layout = ChannelLayout.body(of: kind, source.region, table: opened.table, records: reader)
        opened.add(record)
        let words: (found: String, hint: String) =
            switch kind {
            case .multifd:
                (
                    "a multifd channel",
                    "its pages are shown with the main channel: migscope MAIN --channel THIS"
                )
            case .preempt:
                (
                    "a preempt channel",
                    "its pages are shown with the main channel: migscope MAIN --channel THIS"
                )
            case .returnPath:
                ("the return path: messages from the destination", "the stream went the other way")
            case .cpr:
                ("the channel of cpr-transfer: file descriptors", "the stream is on another connection")
            case .stream, .resumed, .tls: ("", "")
            }
        var source = source
        source.findings.append(
            Finding(
                .note, .channelAlone, offset: 0,
                message: "expected a migration's main channel, found \(words.found)",
                hint: words.hint))
        return Document(source: source, opened: opened, name: name, options: options)
    }
}
