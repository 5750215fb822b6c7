import ArgumentParser
import Bytes
import Stream

/// OFFSET+LENGTH in the stream.
struct RangeArgument: ExpressibleByArgument {
    private let offset: OffsetArgument
    private let length: Int

    init?(argument: String) {
        let parts = argument.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, let offset = OffsetArgument(argument: String(parts[0])),
            let length = ByteCount.parse(parts[1]), length > 0
        else { return nil }
        self.offset = offset
        self.length = length
    }

    /// - Throws: when a part of it lies outside the stream.
    func resolved(in document: Document) throws(CommandFailure) -> Range<Int> {
        let start = try offset.resolved(in: document)
        guard length <= document.region.count - start else {
            throw CommandFailure(
                .unusable,
                "\(length) bytes at \(Hex.offset(start)) leave the stream; try: at most \(document.region.count - start)"
            )
        }
        return start..<start + length
    }
}
