import Format
import Stream

/// A guest page that a node of the tree represents: a record of it, or its place in a mapped-ram file.
package struct GuestPage: Sendable, Equatable {
    /// The number of its block in the stream's list.
    package let block: Int
    /// The block's name, escaped.
    package let blockName: String
    /// The offset in the block, in bytes.
    package let address: Int
    /// The size of the page in bytes.
    package let size: Int
    /// The form in which it was sent: `raw`, `zero`, `xbzrle`, `compressed`, or `mapped`.
    package let kind: String
    /// The node of the record.
    package let path: NodePath
    /// The range of the record in the stream.
    package let record: Range<Int>
}

extension GuestPage {
    /// Returns the offset in the page of a byte of the stream; nil if the record does not contain the raw
    /// page.
    package func offset(ofStreamOffset offset: Int) -> Int? {
        guard kind == "raw" || kind == "mapped" else { return nil }
        let start = record.upperBound - size
        return (start..<record.upperBound).contains(offset) ? offset - start : nil
    }

    /// Returns the guest-physical address of the page; nil if it is unknown. O(sections).
    package func physicalAddress(in map: GuestMap) -> Int? { map.physical(block: block, offset: address) }
}

extension StreamTree {
    /// Returns the page that a node belongs to; nil for other nodes. O(depth).
    package func guestPage(_ node: Node) -> GuestPage? {
        guard node.role == .ram, node.space == .stream else { return nil }
        let nodes = nodes(along: node.path)
        for (depth, candidate) in nodes.enumerated() where candidate.isElement && depth >= 2 {
            guard let type = fieldType(of: candidate)?.name else { continue }
            // The path is stretch, run, record; or block, pages, page.
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

    /// Returns the guest-physical address of a byte of RAM that the stream contains raw; nil for other bytes.
    /// O(depth + sections).
    package func physicalAddress(of node: Node, atOffset offset: Int, in map: GuestMap) -> Int? {
        guard let page = guestPage(node), let inside = page.offset(ofStreamOffset: offset) else { return nil }
        return page.physicalAddress(in: map).map { $0 + inside }
    }
}

extension StreamStore {
    /// Returns the content of a page after this record of it was loaded. O(page size).
    ///
    /// - Returns: nil for a delta, which depends on earlier records: `pageHistory`.
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
    /// Returns a job that builds the index up to a record of a page, with which `PageReader` returns the page
    /// at that point.
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
