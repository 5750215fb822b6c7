import Format
import Stream

/// A guest page that a node of the tree represents: a record of it, or its place in a mapped-ram file.
package struct GuestPage: Sendable, Equatable {
    /// The number of its block in the stream's list.
    package let block: Int
    /// The block's name, escaped.
    package let blockName: String
    /// Offset in the block, in bytes.
    package let address: Int
    /// Bytes of the page.
    package let size: Int
    /// How it was sent: `raw`, `zero`, `xbzrle`, `compressed`, or `mapped`.
    package let kind: String
    /// The node of the record.
    package let path: NodePath
    /// Where the record is in the stream.
    package let record: Range<Int>
}

extension GuestPage {
    /// Which byte of the page a byte of the stream is; nil where the record does not have the page as such.
    package func offset(ofStreamOffset offset: Int) -> Int? {
        guard kind == "raw" || kind == "mapped" else { return nil }
        let start = record.upperBound - size
        return (start..<record.upperBound).contains(offset) ? offset - start : nil
    }

    /// Where it is in the guest's physical memory; nil where the stream does not say. O(sections).
    package func physicalAddress(in map: GuestMap) -> Int? { map.physical(block: block, offset: address) }
}

extension StreamTree {
    /// The page that a node belongs to; nil for all else. O(depth).
    package func guestPage(_ node: Node) -> GuestPage? {
        guard node.role == .ram, node.space == .stream else { return nil }
        let nodes = nodes(along: node.path)
        for (depth, candidate) in nodes.enumerated() where candidate.isElement && depth >= 2 {
            guard let type = fieldType(of: candidate)?.name else { continue }
            // Stretch, run, record; or block, pages, page.
            let owner = nodes[depth - 2]
            guard type == "page record" || type == "page",
                let block = store.state.blocks.firstIndex(where: { $0.name == nameID(of: owner) })
            else { continue }
            let isMapped = type == "page"
            let size = isMapped ? candidate.size : store.state.pageSize
            return GuestPage(
                block: block, blockName: store.table.names.text(store.state.blocks[block].name),
                address: elementNumber(candidate).multipliedSaturated(by: size), size: size,
                kind: isMapped ? "mapped" : store.table.names.text(nameID(of: nodes[depth - 1])),
                path: candidate.path, record: candidate.range)
        }
        return nil
    }

    /// Where in the guest's physical memory a byte of RAM is that is in the stream as such; nil for all else.
    /// O(depth + sections).
    package func physicalAddress(of node: Node, atOffset offset: Int, in map: GuestMap) -> Int? {
        guard let page = guestPage(node), let inside = page.offset(ofStreamOffset: offset) else { return nil }
        return page.physicalAddress(in: map).map { $0 + inside }
    }
}

extension StreamStore {
    /// A page as the guest had it when this record of it had been loaded. O(page size).
    ///
    /// - Returns: nil for a delta, which needs what was sent before it: `pageHistory`.
    package func content(of page: GuestPage) -> PageReader.Content? {
        if let mapped = state.blocks[page.block].mapped {
            let isPresent = mapped.isPresent(page.address / max(page.size, 1), in: region)
            return isPresent == true ? .bytes(region.copy(page.record)) : .zero
        }
        var records = RAMReader(
            pageSize: state.pageSize, blocks: state.blocks, names: table.names, lastBlock: page.block)
        guard
            let record = try? records.read(region, at: page.record.lowerBound, limit: page.record.upperBound)
        else { return .absent }
        let body = page.record.lowerBound + 8 + record.nameSize
        switch record.kind {
        case .raw: return .bytes(region.copy(body..<body + page.size))
        case .zero:
            let fill = region.byte(at: body) ?? 0
            return fill == 0 ? .zero : .bytes([UInt8](repeating: fill, count: page.size))
        case .compressed:
            let reader = PageReader(region: region, index: RAMIndex(pageSize: page.size, blocks: []))
            return reader.inflated(at: body).map(PageReader.Content.bytes) ?? .absent
        case .xbzrle: return nil
        case .eos, .flush, .hook: return .absent
        }
    }
}

extension Document {
    /// A job that builds the index of what was sent up to a record of a page, with which `PageReader` gives
    /// the page as it was then.
    package func pageHistory(_ page: GuestPage) -> RAMIndexBuilder {
        ramIndexBuilder(upTo: page.record.upperBound)
    }

    /// The map of the guest's physical memory. O(sections).
    package var guestMap: GuestMap {
        GuestMap(
            self, architecture: Architecture(self),
            pages: PageReader(region: store.region, index: ramIndexSoFar))
    }
}
