import Bytes

/// Builds the layout of a PART or END section of `ram`: stretches of one block, runs of one kind, page
/// records.
package struct RAMSectionLayout {
    package let region: MappedRegion
    package var table: LayoutTable
    private var reader: RAMReader
    private var fields = LayoutBuilder()
    private var stretch = LayoutBuilder()
    private var stretchBlock: Int?
    private var run: [Item] = []
    private var runKind = RAMRecordKind.eos
    /// The address at which the run continues, in bytes of the block.
    private var nextAddress: Int?
    private var recordLayouts: [RecordShape: LayoutID] = [:]
    package private(set) var mismatch: Mismatch?
    /// The ranges that were not captured; reading continues after them.
    package var lost = LostRanges()
    private var last: (record: RAMRecord, end: Int)?

    private struct RecordShape: Hashable {
        package var kind: RAMRecordKind
        package var nameSize: Int
        package var bodySize: Int
    }

    package init(region: MappedRegion, table: LayoutTable, reader: RAMReader) {
        self.region = region
        self.table = table
        self.reader = reader
    }

    /// Returns the items of the `size` bytes at `offset`, without header and footer. O(records); a few MiB of
    /// the bytes stay in memory.
    package mutating func body(at offset: Int, size: Int) -> LayoutBuilder {
        var position = offset
        let limit = offset + size
        var window = ForwardWindow(region, from: offset, limit: limit)
        defer { window.close() }
        while position < limit {
            window.move(to: position)
            do throws(Mismatch) {
                let record = try read(at: position, limit)
                add(record)
                position += record.size
                if record.block >= 0 { last = (record, position) }
            } catch {
                if let next = self.offset(afterLossAt: position, limit) {
                    endStretch()
                    fields.leaf("@lost", "error", next - position, role: .error, in: table)
                    position = next
                    continue
                }
                mismatch = error
                break
            }
        }
        endStretch()
        if position < limit {
            fields.leaf("@unexpected", "error", limit - position, role: .error, in: table)
        }
        return fields
    }

    // Reads a record whose header was captured.
    private mutating func read(at position: Int, _ limit: Int) throws(Mismatch) -> RAMRecord {
        guard !lost.isEmpty else { return try reader.read(region, at: position, limit: limit) }
        let before = reader
        let record = try reader.read(region, at: position, limit: limit)
        guard lost.touching(position..<position + 8 + record.nameSize).isEmpty else {
            reader = before
            throw Mismatch(
                offset: position, size: 8, expected: "a RAM record", found: "bytes that were not captured")
        }
        return record
    }

    private func offset(afterLossAt position: Int, _ limit: Int) -> Int? {
        guard let gap = lost.touching(position..<position + 8 + 256).first, let last else { return nil }
        return reader.offset(after: gap, of: lost, last: last, in: region, limit: limit)
    }

    private mutating func add(_ record: RAMRecord) {
        guard record.block >= 0 else {
            endStretch()
            fields.leaf(record.kind.label, "ram word", 8, role: .ram, in: table)
            return
        }
        if record.block != stretchBlock || record.nameSize > 0 {
            endStretch()
            stretchBlock = record.block
        }
        if record.kind != runKind || record.address != nextAddress { endRun() }
        runKind = record.kind
        nextAddress = record.address + reader.pageSize
        let shape = RecordShape(kind: record.kind, nameSize: record.nameSize, bodySize: record.bodySize)
        let layout = recordLayouts[shape] ?? recordLayout(shape)
        if let last = run.last, last.child == layout {
            run[run.count - 1].count += 1
        } else {
            run.append(
                Item(
                    type: table.type(named: "page record"), role: .ram, child: layout,
                    stride: record.size, base: record.address / reader.pageSize))
        }
    }

    private mutating func recordLayout(_ shape: RecordShape) -> LayoutID {
        var builder = LayoutBuilder()
        builder.leaf("word", "ram word", 8, role: .ram, in: table)
        if shape.nameSize > 0 {
            builder.leaf("block", "counted text", shape.nameSize, role: .ram, in: table)
        }
        switch shape.kind {
        case .raw: builder.leaf("page", "page", shape.bodySize, role: .ram, in: table)
        case .zero: builder.leaf("fill", "uint8", 1, role: .ram, in: table)
        case .xbzrle:
            builder.leaf("encoding", "uint8", 1, role: .ram, in: table)
            builder.leaf("length", "uint16", 2, role: .ram, in: table)
            builder.leaf("xbzrle", "buffer", shape.bodySize - 3, role: .ram, in: table)
        case .compressed:
            builder.leaf("length", "uint32", 4, role: .ram, in: table)
            builder.leaf("zlib", "buffer", shape.bodySize - 4, role: .ram, in: table)
        case .eos, .flush, .hook: break
        }
        let layout = builder.body(in: table)
        recordLayouts[shape] = layout
        return layout
    }

    private mutating func endRun() {
        guard !run.isEmpty else { return }
        let array = table.layout(.array, run)
        stretch.append(
            Item(
                name: table.names.intern(runKind.label), type: table.type(named: "run"), role: .ram,
                child: array, stride: table[array].size))
        run = []
    }

    private mutating func endStretch() {
        endRun()
        guard let block = stretchBlock else { return }
        let layout = stretch.body(in: table)
        fields.append(
            Item(
                name: reader.blocks[block].name, type: table.type(named: "RAM block"), role: .ram,
                child: layout, stride: stretch.size))
        stretch = LayoutBuilder()
        stretchBlock = nil
        nextAddress = nil
    }
}
