import Bytes
import Container
import Format

extension StreamStore {
    /// The containers around the stream.
    package var container: ContainerInfo { source.info }

    /// The whole file on disk, which contains the ranges of the outermost container's parts. Nil if the
    /// stream came through a pipe or was never in a file.
    package var file: MappedRegion? { source.file }

    /// Returns the bytes to which the offsets of a space refer.
    package func region(of space: ByteSpace) -> MappedRegion {
        guard case .layer(let number) = space else { return region }
        if let channel = channel(number) { return source.channels[channel].region }
        guard source.info.layers.indices.contains(number) else { return region }
        return source.info.layers[number].bytes ?? region
    }

    /// Returns the display name of a space: empty for the stream, `file`, `unpacked` or `channel`.
    package func name(of space: ByteSpace) -> String {
        guard case .layer(let number) = space else { return "" }
        if channel(number) != nil { return "channel" }
        return source.info.layers.prefix(number).contains(where: \.isUnpacked) ? "unpacked" : "file"
    }

    /// Returns the file offset of the stream's byte at `offset`. Nil if the byte is not in the file itself:
    /// unpacked data, holes of a qcow2 image, offsets outside the stream. O(log extents).
    package func fileOffset(ofStreamOffset offset: Int) -> Int? {
        guard source.info.isInFile else { return nil }
        if source.file == nil { return offset >= 0 && offset < region.count ? offset : nil }
        return region.fileOffset(of: offset)
    }

    /// Returns the stream offset of the file's byte at `offset`, or nil. O(extents).
    package func streamOffset(ofFileOffset offset: Int) -> Int? {
        guard source.info.isInFile else { return nil }
        if source.file == nil { return offset >= 0 && offset < region.count ? offset : nil }
        return region.offset(ofFileOffset: offset)
    }

    /// Returns the number of the channel whose bytes are space `number`; nil for spaces of containers.
    package func channel(_ number: Int) -> Int? {
        let channel = number - source.info.layers.count
        return source.channels.indices.contains(channel) ? channel : nil
    }

    /// The connections of the migration besides its main channel.
    package var channels: [WireChannel] { source.channels }

    /// The bytes of the stream that were sent but not captured; they read as zero.
    package var lost: LostRanges { source.lost }

    /// The offset at which the connection of the byte at `offset` broke and the stream continues over another
    /// one; nil if it did not.
    package func breakOfConnection(after offset: Int) -> Int? {
        source.joins.first { $0.offset > offset && $0.offset < region.count }?.offset
    }

    /// The start of the next connection, if the record is cut before it or only a gap precedes it; nil for others.
    package func connection(after record: SectionRecord, gap: SectionRecord?) -> Int? {
        guard record.isCut || record.kind == .gap, let next = breakOfConnection(after: record.offset) else {
            return nil
        }
        return record.end == next || gap.map { $0.kind == .gap && $0.end == next } ?? false ? next : nil
    }
}

/// The nodes of containers: one record per layer, whose layout tiles the layer's own bytes.
package struct ContainerNodes {
    /// The identity of a part: its space and range.
    package struct PartRange: Hashable {
        package var space: ByteSpace
        package var range: Range<Int>

        package init(space: ByteSpace, range: Range<Int>) {
            self.space = space
            self.range = range
        }
    }

    /// The numbers of the records, with the outermost layer first.
    package private(set) var numbers: [Int] = []
    /// The texts that replace the bytes of parts.
    package private(set) var texts: [PartRange: String] = [:]

    /// The maximum number of lines of a text that become nodes; the rest becomes one node.
    private static let lineLimit = 1 << 14
    private static let textLimit = 1 << 20

    /// Appends the records. O(parts + text).
    package init(_ info: ContainerInfo, records: inout [SectionRecord], table: LayoutTable) {
        for (number, layer) in info.layers.enumerated() {
            let space = ByteSpace.layer(number)
            var record = SectionRecord(
                .container, offset: layer.range.lowerBound, size: layer.range.count,
                name: table.names.intern(layer.name))
            record.space = space
            if let bytes = layer.bytes, !layer.range.isEmpty {
                record.layout = body(layer.parts, in: layer.range, bytes, space, table)
            }
            numbers.append(records.count)
            records.append(record)
        }
    }

    /// Appends a record for each connection besides the main channel, which is read when it is opened. Their
    /// spaces follow those of the layers.
    package mutating func add(
        _ channels: [WireChannel], after layers: Int, records: inout [SectionRecord], table: LayoutTable
    ) {
        for (number, channel) in channels.enumerated() {
            var record = SectionRecord(
                .container, offset: 0, size: channel.region.count,
                name: table.names.intern("\(channel.kind.label) \(channel.name)"))
            record.space = .layer(layers + number)
            record.isLazy = true
            numbers.append(records.count)
            records.append(record)
        }
    }

    private mutating func body(
        _ parts: [ContainerPart], in range: Range<Int>, _ bytes: MappedRegion, _ space: ByteSpace,
        _ table: LayoutTable
    ) -> LayoutID {
        var fields = LayoutBuilder()
        var position = range.lowerBound
        for part in parts.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            // A damaged container may claim the same bytes twice.
            let place = part.range.clamped(to: position..<max(range.upperBound, position))
            guard !place.isEmpty else { continue }
            other(place.lowerBound - position, &fields, table)
            append(part, place, bytes, space, &fields, table)
            position = place.upperBound
        }
        other(range.upperBound - position, &fields, table)
        return fields.body(in: table)
    }

    // Adds bytes that the container does not describe, such as disk clusters.
    private func other(_ size: Int, _ fields: inout LayoutBuilder, _ table: LayoutTable) {
        if size > 0 { fields.leaf("other bytes", "buffer", size, in: table) }
    }

    private mutating func append(
        _ part: ContainerPart, _ place: Range<Int>, _ bytes: MappedRegion, _ space: ByteSpace,
        _ fields: inout LayoutBuilder, _ table: LayoutTable
    ) {
        if let text = part.text, !text.contains("\n") { texts[PartRange(space: space, range: place)] = text }
        if !part.parts.isEmpty {
            let inside = body(part.parts, in: place, bytes, space, table)
            return fields.nested(part.name, "struct", inside, in: table)
        }
        guard let text = part.text else {
            let isPadding = part.name == "padding"
            return fields.leaf(part.name, isPadding ? "padding" : "buffer", place.count, in: table)
        }
        if text.contains("\n") {
            return fields.nested(part.name, "lines", lines(of: place, bytes, table), in: table)
        }
        fields.leaf(part.name, "text", place.count, in: table)
    }

    // Makes one element per line, including its line end.
    private func lines(of range: Range<Int>, _ bytes: MappedRegion, _ table: LayoutTable) -> LayoutID {
        let type = table.type(named: "line")
        var items: [Item] = []
        var start = 0
        func add(_ end: Int) {
            items.append(Item(type: type, role: .decoded, stride: end - start, base: items.count + 1))
            start = end
        }
        let text = bytes.span(range)
        for index in 0..<min(text.byteCount, Self.textLimit)
        where text[byteAt: index] == UInt8(ascii: "\n") && items.count < Self.lineLimit {
            add(index + 1)
        }
        if start < range.count { add(range.count) }
        return table.layout(.array, items)
    }
}
