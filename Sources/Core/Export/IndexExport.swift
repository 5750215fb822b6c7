import Bytes
import Format
import Stream

/// `migscope index`: the stream with its description in one of the proposed forms.
package struct IndexExport {
    /// The place of the description (the forms from the review of the format).
    package enum Form: String, CaseIterable, Sendable {
        /// The bare JSON object after the end mark, without a frame.
        case object
        /// `[ {description}, offset ]` in the frame of a VMDESCRIPTION section.
        case array
        /// QEMU's own form, and a `configuration/vmdesc` that points to it. QEMU refuses to load this one.
        case subsection
    }

    /// The reason why a stream does not suit a form. One line.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case noDescription, noConfiguration, mappedRAM, hasPointer

        package var description: String {
            switch self {
            case .noDescription: "the stream has no description of its own"
            case .noConfiguration: "the stream has no configuration section to hold a subsection"
            case .mappedRAM:
                "a mapped-ram stream holds absolute offsets, so nothing can be inserted before its RAM"
            case .hasPointer: "the stream already has a subsection \(DescriptionPointer.name)"
            }
        }
    }

    private let region: MappedRegion
    private let text: Range<Int>
    /// The end of the device sections.
    private let end: Int
    /// The place to insert a subsection of the configuration.
    private let insertion: Int

    /// - Throws: `Failure` when the form does not suit the stream.
    package init(_ document: Document, form: Form) throws(Failure) {
        region = document.store.region
        guard let description = document.store.description, description.borrowedFrom == nil,
            let record = document.store.records.last(where: { $0.kind == .description })
        else { throw .noDescription }
        text = description.text
        end = document.store.records.last { $0.kind == .endOfFile }?.offset ?? record.offset
        insertion = 13 + Int(region.bigEndian(UInt32.self, at: 9) ?? 0)
        guard form == .subsection else { return }
        guard document.store.state.machine != nil else { throw .noConfiguration }
        if document.store.state.blocks.contains(where: { $0.mapped != nil }) { throw .mappedRAM }
        if DescriptionPointer.claimed(in: region) != nil { throw .hasPointer }
    }

    /// Writes the whole stream. O(stream).
    package func write(_ form: Form, to sink: inout some ByteSink) {
        let mark = SectionType.endOfFile.rawValue
        switch form {
        case .object:
            copy(0..<end, to: &sink)
            sink.write([mark])
            copy(text, to: &sink)
        case .array:
            let head = Array("[ ".utf8)
            let tail = Array(", \(end + 6 + head.count) ]".utf8)
            copy(0..<end, to: &sink)
            sink.write([mark] + frame(head.count + text.count + tail.count) + head)
            copy(text, to: &sink)
            sink.write(tail)
        case .subsection:
            copy(0..<insertion, to: &sink)
            sink.write(pointer)
            copy(insertion..<end, to: &sink)
            sink.write([mark] + frame(text.count))
            copy(text, to: &sink)
        }
    }

    private func frame(_ length: Int) -> [UInt8] {
        [SectionType.description.rawValue] + Self.bytes(UInt32(truncatingIfNeeded: length))
    }

    private var pointer: [UInt8] {
        let name = Array(DescriptionPointer.name.utf8)
        let size = 6 + name.count + DescriptionPointer.size
        return [SectionType.subsection.rawValue, UInt8(name.count)] + name + Self.bytes(UInt32(1))
            + Self.bytes(UInt64(end + size + 6)) + Self.bytes(UInt64(text.count))
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private func copy(_ range: Range<Int>, to sink: inout some ByteSink) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
            sink.write(region.copy(start..<min(start + (1 << 20), range.upperBound)))
        }
    }
}
