import Bytes
import Container
import Format

extension Document {
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

    /// The text of a container's part, where it has one that is more than its bytes.
    package func containerText(_ node: Node) -> String? {
        containerTexts[.init(space: node.space, range: node.range)]
    }

    /// What offsets of a space count in, for people: empty for the stream, `file`, or `unpacked`.
    package func name(of space: ByteSpace) -> String {
        guard case .layer(let number) = space else { return "" }
        if channel(number) != nil { return "channel" }
        return source.info.layers.prefix(number).contains(where: \.isUnpacked) ? "unpacked" : "file"
    }

    /// The node of a container that owns the byte at `offset` of the file; nil where none does.
    package func containerPath(atFileOffset offset: Int) -> NodePath? {
        guard containerCount > 0, offset >= 0 else { return nil }
        // The innermost container that is in the file as such.
        let last = (0..<containerCount).last { number in
            name(of: .layer(number)) == "file" && child(number, of: root).range.contains(offset)
        }
        return last.map { deepest(atOffset: offset, below: child($0, of: root)) }
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
}
