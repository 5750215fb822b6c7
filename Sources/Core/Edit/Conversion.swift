import Bytes
import Container
import Diagnose
import Format
import Memory
import Stream

/// A conversion of a stream to another form.
package struct Conversion {
    package enum Form: String {
        /// Unchanged if the stream is plain precopy already, otherwise rewritten as such.
        case plain
        case mappedRAM = "mapped-ram"
    }

    private let document: Document
    private let form: Form
    /// The end of the stream; bytes after it are cut.
    private let end: Int
    package let isRewritten: Bool

    /// - Parameter document: opened as the selected one of several streams in its file, and read up to its
    ///   end.
    package init(_ document: Document, as form: Form) {
        self.form = form
        self.document = document
        let records = document.store.topLevel.dropFirst(document.store.containerCount).map {
            document.store.records[$0]
        }
        let limit = document.store.nextStream ?? document.store.region.count
        let marks = records.filter { ($0.kind == .description || $0.kind == .endOfFile) && $0.end <= limit }
        end = marks.map(\.end).max() ?? limit
        isRewritten = form == .mappedRAM || Self.isShaped(document)
    }

    // Whether a QEMU without capabilities would refuse it, or it has delta pages.
    private static func isShaped(_ document: Document) -> Bool {
        document.isMappedRAM || document.ramIndex().passes.contains { $0.xbzrle > 0 }
            || isRefused(document, by: nil)
    }

    /// Whether a QEMU without capabilities, and the target, would refuse it.
    ///
    /// - Parameter target: a stream of a machine that may have the capability x-ignore-shared, or use postcopy.
    static func isRefused(_ document: Document, by target: Document?) -> Bool {
        if document.hasPagesElsewhere || document.ramIndex().passes.contains(where: { $0.compressed > 0 }) {
            return true
        }
        if PlainStream.hasShapingCapability(document), target.map(PlainStream.ignoresShared) != true {
            return true
        }
        let commands = document.store.records.filter { $0.kind == .command }
        if commands.contains(where: { !$0.children.isEmpty }) { return true }
        let said = Set(commands.compactMap(\.command)).intersection(conversing)
        guard !said.isEmpty, let target else { return !said.isEmpty }
        target.openLivePart()
        return !said.isSubset(of: target.store.records.compactMap(\.command))
    }

    // The commands of a source to a destination that answers, including the one that allows postcopy, even if
    // it was not used.
    private static let conversing: Set<CommandKind> = [
        .openReturnPath, .ping, .postcopyAdvise, .postcopyListen,
    ]

    /// The part that the stream has lost, which the output lacks too.
    package var loss: Document.Loss? { document.loss }

    package func write(to sink: inout some PieceSink) throws(EditError) {
        try document.requireCaptured()
        guard isRewritten else { return try sink.copy(document.store.region, 0..<end) }
        try PlainStream(document, mapped: form == .mappedRAM).write(to: &sink)
    }

    package func verify(_ written: MappedRegion) throws(EditError) {
        guard isRewritten else {
            var sink = VerifyingSink(written)
            try write(to: &sink)
            return try sink.finish()
        }
        try PlainStream(document, mapped: form == .mappedRAM).verify(written)
    }
}

/// The header of a libvirt save image (libvirt src/qemu/qemu_saveimage.h, 9.0 to 11.3).
package enum LibvirtHeader {
    /// The maximum length of the XML.
    private static let limit = 16 << 20
    /// The number of zeros after the texts, as room for edits of the XML (`virsh save-image-edit`).
    private static let room = 64 << 10

    /// Returns the header, the XML and its padding, to be followed by a stream.
    ///
    /// - Parameter format: the compression of the stream; 0: raw.
    /// - Throws: `EditError` when the XML is invalid or too long.
    package static func bytes(xml: [UInt8], cookie: [UInt8], isRunning: Bool, format: Int = 0)
        throws(EditError) -> [UInt8]
    {
        var text = xml
        while text.last == 0 { text.removeLast() }
        guard let first = text.first(where: { $0 > 0x20 }), first == UInt8(ascii: "<"),
            text.count < limit,
            !text.contains(0)
        else { throw EditError("not a domain XML: expected text that begins with <") }
        var data = text + [0]
        let cookieOffset = cookie.isEmpty ? 0 : data.count
        if !cookie.isEmpty { data += cookie + [0] }
        data += [UInt8](repeating: 0, count: room)
        var header = Array(LibvirtImage.completeMagic.utf8)
        let numbers: [Int] = [2, data.count, isRunning ? 1 : 0, format, cookieOffset]
        for number in numbers { header += FrameBytes.bigEndian(UInt32(number)).reversed() }
        header += [UInt8](repeating: 0, count: LibvirtImage.headerSize - header.count)
        return header + data
    }
}

extension LibvirtHeader {
    /// Returns the XML and the cookie of an image; nil for another kind of file.
    package static func parts(_ region: MappedRegion) -> (xml: [UInt8], cookie: [UInt8])? {
        guard LibvirtImage.recognizes(region), let header = LibvirtImage.Header(region),
            header.dataSize <= region.count - LibvirtImage.headerSize, header.dataSize <= limit
        else { return nil }
        let start = LibvirtImage.headerSize
        let data = region.copy(start..<start + header.dataSize)
        let xml = Array(data.prefix { $0 != 0 })
        guard header.cookieOffset > 0, header.cookieOffset < data.count else { return (xml, []) }
        return (xml, Array(data[header.cookieOffset...].prefix { $0 != 0 }))
    }
}
