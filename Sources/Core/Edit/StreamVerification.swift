import Bytes
import Diagnose
import Format
import Memory
import Stream

/// Compares the output with the intended bytes, byte for byte.
package struct VerifyingSink: PieceSink {
    private let written: MappedRegion
    private var position = 0

    /// The maximum size of a copy that is compared whole; of longer ones, which the kernel made, only both
    /// ends are compared.
    private static let wholeLimit = 64 << 20
    private static let sample = 1 << 20

    package init(_ written: MappedRegion) { self.written = written }

    package mutating func put(_ bytes: [UInt8]) throws(EditError) {
        guard written.matches(bytes, at: position) else { throw differs }
        position += bytes.count
    }

    package mutating func copy(_ region: MappedRegion, _ range: Range<Int>) throws(EditError) {
        let places =
            range.count <= Self.wholeLimit
            ? [range]
            : [
                range.lowerBound..<range.lowerBound + Self.sample,
                range.upperBound - Self.sample..<range.upperBound,
            ]
        for place in places {
            let start = position + place.lowerBound - range.lowerBound
            guard start + place.count <= written.count,
                written.span(start..<start + place.count).isEqual(to: region.span(place))
            else { throw differs }
        }
        position += range.count
    }

    package mutating func skip(_ count: Int) throws(EditError) {
        guard position + count <= written.count else { throw differs }
        position += count
    }

    /// - Throws: `EditError` when the file is longer.
    package func finish() throws(EditError) {
        guard position == written.count else { throw differs }
    }

    private var differs: EditError { .differs(near: position) }
}

extension StreamDraft {
    /// Checks that an output stream is the draft: the same bytes, and, when read again, the same sections.
    ///
    /// - Throws: `EditError` with the first difference.
    package func verify(_ written: MappedRegion) throws(EditError) {
        var sink = VerifyingSink(written)
        try write(to: &sink)
        try sink.finish()
        try verifySections(written)
    }

    /// Checks that an output stream reads as the draft: the same sections.
    package func verifySections(_ written: MappedRegion) throws(EditError) {
        let size = writtenOffset(document.store.region.count)
        let stream =
            keepsLivePart ? written.slice(0..<size) : written.slice(0..<written.count - trailing.count)
        var options = OpenOptions()
        options.explains = false
        options.description = source.options.description
        let reopened: Document
        do throws(OpenError) {
            reopened = try Document.open(region: stream, name: source.overview.fileName, options: options)
        } catch {
            throw EditError("the output can't be opened: \(error)")
        }
        let (wanted, found) = (summary(document), summary(reopened))
        for (one, other) in zip(wanted, found) where one != other {
            throw EditError("the output has \(other.name) instead of \(one.name)")
        }
        guard wanted.count == found.count else {
            throw EditError("the output has \(found.count) sections, not \(wanted.count)")
        }
    }

    private struct Summary: Equatable {
        var name: String
        var kind: SectionRecord.RecordType
        var id: UInt32
        var version: UInt32
        var size: Int
    }

    // Pages at fixed offsets are in the START section of RAM, and the draft has that section without them.
    private func summary(_ document: Document) -> [Summary] {
        let ram = form == .mappedRAM ? document.store.ramSectionID : nil
        var all: [Summary] = []
        for index in document.store.topLevel.dropFirst(document.store.containerCount) {
            let record = document.store.records[index]
            guard let section = record.section, section.type.isNamed else { continue }
            let name = "\(document.store.table.names.text(record.name)) #\(section.instance)"
            all.append(
                Summary(
                    name: name, kind: record.kind, id: section.id, version: section.version,
                    size: record.kind == .start && section.id == ram ? 0 : record.size))
        }
        return all
    }
}
