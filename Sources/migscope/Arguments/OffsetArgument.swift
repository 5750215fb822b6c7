import ArgumentParser
import Bytes
import Stream

/// An offset in the stream, after `file:` in the file, or a place by its name.
struct OffsetArgument: ExpressibleByArgument {
    private let value: Int
    private let isInFile: Bool
    // A path, a section or a register; nil for numbers.
    private let name: String?

    init?(argument: String) {
        isInFile = argument.hasPrefix("file:")
        let digits = isInFile ? argument.dropFirst("file:".count) : argument[...]
        let number = ByteCount.parse(digits)
        // What looks like a number that went wrong is no name.
        guard number != nil || !isInFile && argument.contains(where: \.isLetter) && !argument.hasPrefix("0x")
        else {
            return nil
        }
        value = number ?? 0
        name = number == nil ? argument : nil
    }

    /// The node at the offset, in a container where it is a byte of one and not of the stream.
    func place(in document: Document) throws(CommandFailure) -> Place {
        if let name { return try named(name, in: document) }
        if isInFile, let place = try? document.place(atFileOffset: value) { return place }
        let offset = try resolved(in: document)
        return Place(path: document.path(atOffset: offset), offset: offset)
    }

    private func named(_ name: String, in document: Document) throws(CommandFailure) -> Place {
        do throws(PlaceError) {
            return try document.place(name, from: 0)
        } catch {
            throw CommandFailure(.unusable, "\(error); try: migscope tree FILE --depth 1")
        }
    }

    /// The offset from the start of the stream.
    ///
    /// - Throws: when it lies outside the stream.
    func resolved(in document: Document) throws(CommandFailure) -> Int {
        if let name {
            let place = try named(name, in: document)
            return place.offset ?? document.node(place.path).offset
        }
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
