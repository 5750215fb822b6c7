import ArgumentParser
import Bytes
import Stream

/// An offset in the stream, or after `file:` in the file.
struct OffsetArgument: ExpressibleByArgument {
    private let value: Int
    private let isInFile: Bool

    init?(argument: String) {
        isInFile = argument.hasPrefix("file:")
        let digits = isInFile ? argument.dropFirst("file:".count) : argument[...]
        guard let value = ByteCount.parse(digits) else { return nil }
        self.value = value
    }

    /// The node at the offset, in a container where it is a byte of one and not of the stream.
    func place(in document: Document) throws(CommandFailure) -> Place {
        if isInFile, let place = try? document.place(atFileOffset: value) { return place }
        let offset = try resolved(in: document)
        return Place(path: document.path(atOffset: offset), offset: offset)
    }

    /// The offset from the start of the stream.
    ///
    /// - Throws: when it lies outside the stream.
    func resolved(in document: Document) throws(CommandFailure) -> Int {
        let offset = isInFile ? document.streamOffset(ofFileOffset: value) ?? -1 : value
        let size = document.region.count
        guard offset >= 0, offset < size else {
            let place = (isInFile ? "file:" : "") + Hex.offset(value)
            throw CommandFailure(
                .unusable, "offset \(place) is outside the stream; try: 0 to \(Hex.offset(size - 1))")
        }
        return offset
    }
}
