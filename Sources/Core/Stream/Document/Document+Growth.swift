import Bytes
import Format

/// The result of `catchUp`.
package enum Growth: Sendable, Equatable {
    case nothing
    /// The stream has grown, and the tree shows it.
    case more
    /// The end of the stream has arrived.
    case complete
    /// The file was truncated and rewritten, so everything is new.
    case restarted
    /// The file was truncated and no longer holds a stream. The tree shows the old content.
    case refused(OpenError)
}

extension Document {
    /// Reads what was appended to a growing file. O(1); when the head or the end of the stream has arrived,
    /// O(head + device sections' headers + description).
    ///
    /// Until the description arrives, everything after the head is in the live part, and reading continues
    /// where it stopped. The description causes the stream to be opened again, and the live part is lazy
    /// again.
    package func catchUp() -> Growth {
        guard isGrowing else { return .nothing }
        if let size = store.region.currentFileSize, size < store.region.count {
            guard let fresh = store.region.mappedAgain(), fresh.count >= 8 else { return .nothing }
            return reopened(fresh) ?? .restarted
        }
        guard let grown = store.region.grown() else { return .nothing }
        guard let live = growingPart, DescriptionLocator.atEnd(of: grown) == nil else {
            return reopened(grown) ?? (isGrowing ? .more : .complete)
        }
        extend(to: grown, live: live)
        growEnd(of: live)
        return .more
    }

    // Returns nil on success.
    private func reopened(_ region: MappedRegion) -> Growth? {
        do throws(OpenError) {
            try reopen(region)
            return nil
        } catch {
            return .refused(error)
        }
    }

    /// Whether the file is followed, or was until its end arrived.
    package var canFollow: Bool {
        options.isGrowing && store.source.info.layers.isEmpty && store.region.canGrow
    }

    /// The node of the live part; nil if the stream has none.
    package var livePart: NodePath? {
        store.topLevel.firstIndex { store.records[$0].kind == .live }.map { NodePath([$0]) }
    }

    // The live part if it is the last record and everything before it was read.
    private var growingPart: Int? {
        guard let last = store.topLevel.last, store.records[last].kind == .live,
            !findings.contains(where: { $0.code == .head }), !store.records.contains(where: \.isCut)
        else { return nil }
        return last
    }

    // Removes the records of an incomplete section, which is read again when the rest arrives. A chunk that
    // someone has opened stays, so that no page is laid out twice; the rest is shown after it.
    private func takeBackBegun(_ record: Int) {
        let inside = store.records[record].children
        if let last = inside.last(where: { store.records[$0].kind == .pages }), !store.records[last].isLazy {
            pause.section?.endOpened(
                at: store.records[last].offset, store.records[last].layout, lastBlock: lastBlock)
        }
        // They were the last ones added.
        if inside.last == store.records.count - 1 { store.records.removeLast(inside.count) }
        store.records[record].children = []
        store.records[record].layout = .none
    }

    // Makes room for the new bytes below a live part that was read.
    private func growEnd(of live: Int) {
        guard !store.records[live].isLazy, let last = store.records[live].children.last else { return }
        let end = store.records[live].end
        store.twins.removeLast(of: live, count: store.records[live].children.count)
        switch store.records[last].kind {
        case .unread:
            takeBackBegun(last)
            store.records[last].size = end - store.records[last].offset
            store.records[last].isLazy = true
            store.records[last].name = store.table.names.intern("not read yet")
        case .gap, .padding: store.records[last].size = end - store.records[last].offset
        default:
            var rest = SectionRecord(
                .unread(lastBlock: lastBlock), offset: store.records[last].end,
                size: end - store.records[last].end,
                name: store.table.names.intern("not read yet"))
            rest.isLazy = true
            store.appendRecord(rest, to: live)
        }
    }
}
