import Bytes
import Diagnose
import Format
import Memory
import Stream

/// An edited stream: everything except guest RAM is in memory.
///
/// In `document`, a few bytes replace the live part, so that a draft takes only as much memory as the state
/// of its devices, and each edit works on a newly read stream. `write` restores the live part.
package struct StreamDraft {
    /// The original stream.
    package let source: Document
    /// The draft as a stream.
    package private(set) var document: Document
    /// The live part of the source, in bytes from its start; empty when it has none.
    package let live: Range<Int>
    /// The replacement of the live part, in bytes from the draft's start.
    package private(set) var stub: Range<Int>
    /// The bytes of the source after the end of its stream: older streams, zeros, previous content of a
    /// volume.
    package var trailing: Range<Int>
    /// The changes to the source's RAM blocks; nil while all are unchanged.
    package var ram: RAMPlan? {
        didSet { rewritten = Rewritten() }
    }
    /// The dropped START sections of the source, by section id; their PART and END sections go too.
    package private(set) var droppedLive: Set<UInt32> = [] {
        didSet { rewritten = Rewritten() }
    }
    /// The dropped commands of the live part, in bytes from the start of the source; in order.
    package private(set) var droppedCommands: [Range<Int>] = [] {
        didSet { rewritten = Rewritten() }
    }

    private var rewritten = Rewritten()

    /// The bytes of an incomplete section at the end of a cut stream, which the draft omits.
    package private(set) var lostTail: Range<Int>?
    /// The section, by its name in edits, whose footer is incomplete in the source and complete in the draft.
    package private(set) var completedFooter: String?
    /// Whether the draft adds an end mark that the source lacks.
    package private(set) var addsEndMark = false

    /// The form of the output: pages in sequence, or at fixed offsets.
    package let form: Conversion.Form
    /// Whether the draft was converted to plain form, without the special carriers of pages and devices.
    package let isRebuilt: Bool
    /// For a draft whose pages are or will be at fixed offsets: the offset of its devices in the output,
    /// while edits change no block and nothing before the devices; nil for other drafts.
    private var devicesStart: (offset: Int, stub: Range<Int>)?
    /// The end of the last complete device, for a converted source that breaks off.
    private var cutEnd: Int?

    /// The maximum size of device state; no stream from QEMU has more.
    package static let limit = 1 << 30

    /// - Throws: `EditError` for streams whose devices are between RAM sections.
    ///
    /// - Parameters:
    ///   - form: the form of the output; nil means that of the source.
    ///   - rebuilds: whether to convert a stream to plain form first if only some loaders accept it, or if no
    ///     edit is possible.
    ///   - mendsEnd: whether to accept a stream that is cut between its devices, up to the last complete
    ///     one.
    ///   - target: a stream that gives the length of the cut section.
    package init(
        _ source: Document, as form: Conversion.Form? = nil, rebuilds: Bool = false, mendsEnd: Bool = false,
        like target: Document? = nil
    ) throws(EditError) {
        let isFixed = source.isMappedRAM
        if isFixed || rebuilds && Conversion.isRefused(source, by: target) {
            self = try StreamDraft(
                rebuilding: source, as: form ?? (isFixed ? .mappedRAM : .plain), mendsEnd: mendsEnd,
                like: target)
            return
        }
        let tops = source.store.topLevel.dropFirst(source.store.containerCount).map {
            source.store.records[$0]
        }
        if mendsEnd, !tops.contains(where: { $0.kind == .endOfFile || $0.kind == .description }) {
            self = try StreamDraft(cut: source, as: form ?? .plain, like: target)
            return
        }
        self.form = form ?? .plain
        isRebuilt = false
        let lives = tops.filter { $0.kind == .live }
        guard lives.count <= 1 else {
            throw EditError("the stream has several live parts; try: migscope convert FILE -o PLAIN")
        }
        self.source = source
        let end = Self.endOfStream(tops, source)
        trailing = end..<source.store.region.count
        let found = lives.first.map { $0.offset..<min($0.end, end) }
        let stubBytes = found.map { Self.stub(for: $0, source) } ?? []
        if let found, stubBytes.isEmpty {
            // Too short to drop, or nothing known.
            live = found.upperBound..<found.upperBound
        } else {
            live = found ?? 0..<0
        }
        let size = end - live.count + stubBytes.count
        guard size <= Self.limit else {
            throw EditError("\(size) bytes besides guest RAM are more than a draft can hold (\(Self.limit))")
        }
        guard source.store.records.contains(where: { $0.kind == .full }) else {
            throw EditError(
                "no device section that can be edited (a package of postcopy, or lost); "
                    + "try: migscope convert FILE -o PLAIN")
        }
        var bytes = source.store.region.copy(0..<live.lowerBound)
        bytes += stubBytes
        bytes += source.store.region.copy(live.upperBound..<end)
        stub = live.lowerBound..<live.lowerBound + stubBytes.count
        document = try Self.opened(bytes, like: source)
        try placeDevices()
    }

    // Converts the source to plain form: its parts besides pages are small, and edits are impossible on bytes
    // at fixed offsets or in a package.
    private init(
        rebuilding source: Document, as form: Conversion.Form, mendsEnd: Bool, like target: Document?
    ) throws(EditError) {
        let tops = source.store.topLevel.dropFirst(source.store.containerCount).map {
            source.store.records[$0]
        }
        source.openLivePart()
        let isWhole = tops.contains { $0.kind == .endOfFile || $0.kind == .description }
        guard let start = source.store.ramStart,
            let first = source.store.records.lazy.filter({
                $0.kind == .full && !$0.isCut && $0.offset >= start.end
            }).map(\.offset).min(), isWhole || mendsEnd
        else { throw Self.breaksOff(source) }
        self.source = source
        self.form = form
        isRebuilt = true
        let end = Self.endOfStream(tops, source)
        trailing = end..<source.store.region.count
        live = start.offset..<max(first, start.end)
        let stubBytes = Self.stub(for: live, source)
        guard end - first <= Self.limit, !stubBytes.isEmpty else {
            throw EditError(
                "\(end - first) bytes besides guest RAM are more than a draft can hold (\(Self.limit))")
        }
        let devices = isWhole ? nil : try Self.cutDevices(source, from: first)
        cutEnd = devices?.upperBound
        let plain = try PlainStream(source, upTo: cutEnd)
        var bytes = BytesSink()
        let head = try plain.writeHead(to: &bytes)
        bytes.bytes += stubBytes
        stub = head..<head + stubBytes.count
        // Until all bytes are known.
        document = source
        if let devices {
            bytes.bytes += source.store.region.copy(devices)
            bytes.bytes += mendEnd(after: devices.upperBound, like: target)
        } else {
            try plain.writeDevices(to: &bytes)
        }
        document = try Self.opened(bytes.bytes, like: source)
        try placeDevices()
    }

    private static func breaksOff(_ source: Document) -> EditError {
        EditError(
            source.isMappedRAM
                ? "the file is cut before its devices, which are after the pages: a guest can't continue without them; "
                    + "try: copy it again"
                : "the stream is cut before its end; try: copy it again, or migscope convert FILE -o PLAIN"
        )
    }

    // The complete devices of a stream that breaks off among them.
    private static func cutDevices(_ source: Document, from first: Int) throws(EditError) -> Range<Int> {
        let devices = source.store.records.filter { $0.kind == .full && !$0.isCut && $0.offset >= first }
            .sorted { $0.offset < $1.offset }
        guard let last = devices.last, zip(devices, devices.dropFirst()).allSatisfy({ $0.end == $1.offset }),
            source.store.state.hasFooters != false
        else { throw breaksOff(source) }
        return first..<last.end
    }

    // The source's bytes after the last complete device, and what completes them: a footer, the end mark.
    private mutating func mendEnd(after end: Int, like target: Document?) -> [UInt8] {
        let lost = end..<source.store.region.count
        let footer = target.flatMap { Self.footer(of: lost, in: source, like: $0) }
        completedFooter = footer?.section
        lostTail = lost.isEmpty || footer != nil ? nil : lost
        addsEndMark = true
        trailing = source.store.region.count..<source.store.region.count
        let rest = footer.map { source.store.region.copy(lost) + $0.rest } ?? []
        return rest + [SectionType.endOfFile.rawValue]
    }

    /// Returns a stream in the form for comparisons of drafts: a mapped-ram file as a plain one without its
    /// pages.
    package static func comparable(_ document: Document) -> Document {
        guard document.isMappedRAM else { return document }
        return (try? StreamDraft(document, as: .plain).document) ?? document
    }

    // In a cut stream the devices are in the live part, in sequence.
    private init(cut source: Document, as form: Conversion.Form, like target: Document?) throws(EditError) {
        self.form = form
        isRebuilt = false
        source.openLivePart()
        guard let first = source.store.records.filter({ $0.kind == .full && !$0.isCut }).map(\.offset).min(),
            let start = source.store.records.first(where: { $0.kind == .live })?.offset,
            let devices = try? Self.cutDevices(source, from: first)
        else {
            throw EditError(
                "the stream is cut before its devices: a guest can't continue without them")
        }
        self.source = source
        live = start..<first
        let stubBytes = Self.stub(for: live, source)
        guard !stubBytes.isEmpty, devices.upperBound - live.count <= Self.limit else {
            throw EditError("the RAM of this stream can't be distinguished from its devices")
        }
        stub = live.lowerBound..<live.lowerBound + stubBytes.count
        trailing = source.store.region.count..<source.store.region.count
        // Until the end is known.
        document = source
        var bytes = source.store.region.copy(0..<live.lowerBound)
        bytes += stubBytes
        bytes += source.store.region.copy(devices)
        bytes += mendEnd(after: devices.upperBound, like: target)
        document = try Self.opened(bytes, like: source)
    }

    // Returns the missing part of the footer when the section otherwise has the target's length; nil when not
    // even the footer's first byte is present: then another structure may end here.
    private static func footer(
        of lost: Range<Int>, in source: Document, like target: Document
    ) -> (section: String, rest: [UInt8])? {
        guard
            let record = source.store.records.first(where: {
                $0.kind == .full && $0.offset == lost.lowerBound
            }),
            let section = record.section, target.store.state.hasFooters != false,
            let model = target.store.checkedSections().first(where: {
                $0.record.kind == .full && $0.key.instance == section.instance
                    && $0.version == section.version
                    && $0.key.name.elementsEqual(source.store.table.names.bytes(record.name))
            })
        else { return nil }
        let footer = FrameBytes.footer(section.id)
        let present = lost.count - (model.record.size - footer.count)
        guard (1..<footer.count).contains(present),
            source.store.region.matches(Array(footer.prefix(present)), at: lost.upperBound - present)
        else { return nil }
        return (model.editName, Array(footer.dropFirst(present)))
    }

    // After the description or the end mark; a gap at the end counts as trailing bytes.
    private static func endOfStream(_ records: [SectionRecord], _ source: Document) -> Int {
        let marks = records.filter { $0.kind == .description || $0.kind == .endOfFile }
        return marks.map(\.end).max() ?? source.store.region.count
    }

    private static func stub(for live: Range<Int>, _ source: Document) -> [UInt8] {
        guard live.count > 64, let id = source.store.ramSectionID else { return [] }
        var bytes: [UInt8] = [SectionType.end.rawValue]
        bytes += FrameBytes.bigEndian(id)
        bytes += FrameBytes.bigEndian(RAMFlag.eos)
        if source.store.state.hasFooters != false { bytes += FrameBytes.footer(id) }
        return bytes
    }

    private static func opened(_ bytes: [UInt8], like source: Document) throws(EditError) -> Document {
        var options = OpenOptions()
        options.description = source.options.description
        do throws(OpenError) {
            return try Document.open(
                region: MappedRegion(copying: bytes), name: source.overview.fileName, options: options)
        } catch {
            throw EditError("the edited stream can't be read: \(error)")
        }
    }

    /// Replaces ranges of the draft, in order and without overlap, and reads it again. Offsets are in the
    /// draft.
    package mutating func splice(_ changes: [(range: Range<Int>, bytes: [UInt8])]) throws(EditError) {
        guard !changes.isEmpty else { return }
        let region = document.store.region
        var bytes: [UInt8] = []
        var position = 0
        var moved = 0
        for change in changes.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard change.range.lowerBound >= position, change.range.upperBound <= region.count,
                change.range.upperBound <= stub.lowerBound || change.range.lowerBound >= stub.upperBound
            else { throw EditError("edits overlap at \(Hex.offset(change.range.lowerBound))") }
            bytes += region.copy(position..<change.range.lowerBound)
            bytes += change.bytes
            position = change.range.upperBound
            if change.range.upperBound <= stub.lowerBound {
                moved += change.bytes.count - change.range.count
            }
        }
        bytes += region.copy(position..<region.count)
        let fresh = try Self.opened(bytes, like: source)
        stub = stub.lowerBound + moved..<stub.upperBound + moved
        document = fresh
    }

    /// The sections of the draft.
    package var sections: [CheckedSection] { document.store.checkedSections() }

    /// Returns the offset in the output of `write` for an offset in the draft.
    package func writtenOffset(_ offset: Int) -> Int {
        guard offset >= stub.upperBound else { return offset }
        if let (start, first) = devicesStart {
            return start + stub.lowerBound - first.lowerBound + offset - stub.upperBound
        }
        return offset - stub.count + writtenLiveSize
    }

    // The size of the live part in the output. O(1) if it is copied, O(live part) once for each change of RAM.
    private var writtenLiveSize: Int {
        let copied = live.count - droppedCommands.reduce(0) { $0 + $1.count }
        guard !keepsLivePart, !isReshaped else { return copied }
        if let known = rewritten.size { return known }
        let size = (try? rewrite().size) ?? copied
        rewritten.size = size
        return size
    }

    /// Remembers the size of a rewritten live part.
    private final class Rewritten {
        var size: Int?
    }

    private func rewrite() throws(EditError) -> LiveRewrite {
        try LiveRewrite(source, live, ram ?? RAMPlan(source), dropped: droppedLive, droppedCommands)
    }

    // Whether the RAM of the output has another form than the source's, or is rewritten from the index.
    private var isReshaped: Bool { isRebuilt || form == .mappedRAM }

    private func reshaped() throws(EditError) -> PlainStream {
        try PlainStream(
            source, edited: document, isWhole: isRebuilt, plan: ram, dropped: droppedLive,
            commands: droppedCommands, mapped: form == .mappedRAM, upTo: cutEnd)
    }

    private mutating func placeDevices() throws(EditError) {
        guard isReshaped else { return }
        devicesStart = (try reshaped().devicesStart, stub)
    }

    /// Drops a START section of the live part with its PART and END sections.
    package mutating func dropLive(_ id: UInt32) { droppedLive.insert(id) }

    /// Drops the commands of a kind, and returns their ranges. O(live part) if it was not read yet.
    package mutating func dropLiveCommands(_ kind: CommandKind) -> [Range<Int>] {
        source.openLivePart()
        let ranges = source.store.records.filter { $0.command == kind && live.contains($0.offset) }
            .map { $0.offset..<$0.end }
            .filter { !droppedCommands.contains($0) }
        droppedCommands = (droppedCommands + ranges).sorted { $0.lowerBound < $1.lowerBound }
        return ranges
    }

    /// Whether the live part is copied unchanged, except for commands.
    package var keepsLivePart: Bool { ram == nil && droppedLive.isEmpty && !isReshaped }

    /// Writes the stream. O(stream), with O(1) memory when RAM is unchanged, otherwise the memory of its
    /// index.
    package func write(to sink: inout some PieceSink) throws(EditError) {
        try requireWhole()
        if let copiedPieces {
            for (region, range) in copiedPieces { try sink.copy(region, range) }
            return
        }
        guard !isReshaped else {
            try reshaped().write(to: &sink)
            return try sink.copy(source.store.region, trailing)
        }
        try sink.copy(document.store.region, 0..<stub.lowerBound)
        try rewrite().write(to: &sink)
        try sink.copy(document.store.region, stub.upperBound..<document.store.region.count)
        try sink.copy(source.store.region, trailing)
    }

    /// - Throws: `EditError` when the output would lack bytes that a capture has lost, or pages that came
    ///   over other connections.
    package func requireWhole() throws(EditError) {
        try source.requireCaptured(but: ram?.leavesPagesOut == true ? live : 0..<0)
        guard ram?.leavesPagesOut != true, source.hasPagesOnChannels else { return }
        throw EditError(
            "pages came over other channels (multifd, preempt), and would be missing in the output; "
                + "try: migscope convert FILE -o PLAIN, with a --channel for each of them, and edit the result"
        )
    }

    /// The parts of the output, in order; nil when RAM is rewritten.
    package var copiedPieces: [(region: MappedRegion, range: Range<Int>)]? {
        guard keepsLivePart else { return nil }
        var pieces = [(region: document.store.region, range: 0..<stub.lowerBound)]
        var position = live.lowerBound
        for command in droppedCommands {
            pieces.append((source.store.region, position..<command.lowerBound))
            position = command.upperBound
        }
        return pieces + [
            (source.store.region, position..<live.upperBound),
            (document.store.region, stub.upperBound..<document.store.region.count),
            (source.store.region, trailing),
        ]
    }
}

/// Collects the output.
private struct BytesSink: PieceSink {
    var bytes: [UInt8] = []

    mutating func put(_ bytes: [UInt8]) { self.bytes += bytes }
    mutating func copy(_ region: MappedRegion, _ range: Range<Int>) { bytes += region.copy(range) }
    mutating func skip(_ count: Int) { bytes += [UInt8](repeating: 0, count: count) }
}

/// Numbers and frames in the form of a stream.
package enum FrameBytes {
    package static func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        let size = MemoryLayout<T>.size
        return (0..<size).map { UInt8(truncatingIfNeeded: value >> T(8 * (size - 1 - $0))) }
    }

    /// Returns `7e` and the section id.
    package static func footer(_ id: UInt32) -> [UInt8] {
        [SectionType.footer.rawValue] + bigEndian(id)
    }

    /// Returns the header of a START or FULL section.
    package static func header(
        _ type: SectionType, id: UInt32, name: [UInt8], instance: UInt32, version: UInt32
    ) -> [UInt8] {
        var bytes = [type.rawValue] + bigEndian(id)
        bytes.append(UInt8(truncatingIfNeeded: name.count))
        bytes += name
        return bytes + bigEndian(instance) + bigEndian(version)
    }

    /// Returns the frame of a description: `06`, the length, the text.
    package static func description(_ text: [UInt8]) -> [UInt8] {
        [SectionType.description.rawValue] + bigEndian(UInt32(truncatingIfNeeded: text.count)) + text
    }
}

extension StreamStore {
    /// The START section of `ram`; nil without one. O(records).
    package var ramStart: SectionRecord? {
        records.first { $0.kind == .start && table.names.bytes($0.name).elementsEqual("ram".utf8) }
    }

    package var ramSectionID: UInt32? { ramStart?.section?.id }

    /// Whether the stream has a RAM block with this name.
    package func hasRAMBlock(_ name: String) -> Bool {
        state.blocks.contains { table.names.bytes($0.name).elementsEqual(name.utf8) }
    }
}
