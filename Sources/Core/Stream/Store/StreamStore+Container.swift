import Bytes
import Container
import Format

extension StreamStore {
    /// What wraps the stream.
    package var container: ContainerInfo { source.info }

    /// The whole file as it is on the disk: the ranges of the outermost container's parts are in it. nil for
    /// what came through a pipe or was never in a file.
    package var file: MappedRegion? { source.file }

    /// The bytes that offsets of a space count in.
    package func region(of space: ByteSpace) -> MappedRegion {
        guard case .layer(let number) = space else { return region }
        if let channel = channel(number) { return source.channels[channel].region }
        guard source.info.layers.indices.contains(number) else { return region }
        return source.info.layers[number].bytes ?? region
    }

    /// What offsets of a space count in, for people: empty for the stream, `file`, or `unpacked`.
    package func name(of space: ByteSpace) -> String {
        guard case .layer(let number) = space else { return "" }
        if channel(number) != nil { return "channel" }
        return source.info.layers.prefix(number).contains(where: \.isUnpacked) ? "unpacked" : "file"
    }

    /// Where the byte at `offset` of the stream is in the file, in bytes; nil where it is not in the file as
    /// such: unpacked data, holes of a qcow2 image, offsets outside of the stream. O(log extents).
    package func fileOffset(ofStreamOffset offset: Int) -> Int? {
        guard source.info.isInFile else { return nil }
        if source.file == nil { return offset >= 0 && offset < region.count ? offset : nil }
        return region.fileOffset(of: offset)
    }

    /// The offset in the stream of the byte at `offset` of the file, or nil. O(extents).
    package func streamOffset(ofFileOffset offset: Int) -> Int? {
        guard source.info.isInFile else { return nil }
        if source.file == nil { return offset >= 0 && offset < region.count ? offset : nil }
        return region.offset(ofFileOffset: offset)
    }

    /// The number of the channel whose bytes are space `number`; nil for those of containers.
    package func channel(_ number: Int) -> Int? {
        let channel = number - source.info.layers.count
        return source.channels.indices.contains(channel) ? channel : nil
    }

    /// The connections of the migration beside its main channel.
    package var channels: [WireChannel] { source.channels }

    /// Bytes of the stream that were sent and not captured; they read as zero.
    package var lost: LostRanges { source.lost }
}

/// The nodes of containers: a record for each layer, whose layout tiles the layer's own bytes.
package struct ContainerNodes {
    /// A part by its place.
    package struct PartRange: Hashable {
        package var space: ByteSpace
        package var range: Range<Int>

        package init(space: ByteSpace, range: Range<Int>) {
            self.space = space
            self.range = range
        }
    }

    /// The numbers of the records, the outermost layer first.
    package private(set) var numbers: [Int] = []
    /// What replaces the bytes of a part.
    package private(set) var texts: [PartRange: String] = [:]

    /// Lines of a text that become nodes; the rest is one.
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

    /// Appends a record for each connection beside the main channel, read when it is opened; their spaces follow those
    /// of the layers.
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

    // What the container does not say: clusters of the disk, records of others.
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

    // An element for each line, its end included.
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
