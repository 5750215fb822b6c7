import Bytes
import Diagnose
import Format
import Memory
import Stream

/// A stream in the form of one without capabilities: precopy, each page once, devices after the pages; or a
/// mapped-ram file.
///
/// The special carriers of pages - XBZRLE, compressed pages, mapped-ram, a postcopy package - are gone
/// (migration/ram.c and savevm.c, 7.2 to 11.1).
package struct PlainStream {
    /// The document with the pages.
    private let source: Document
    /// The document with everything else: the source, or an edited form of it.
    private let frame: Document
    /// The document with the PART and END sections that are not of RAM.
    private let lives: Document
    private let plan: RAMPlan
    /// The ids of sections whose PART and END sections are omitted.
    private let dropped: Set<UInt32>
    /// FULL sections before RAM (`virtio-mem-device-early`), and those after it.
    private let early: [SectionRecord]
    private let devices: [SectionRecord]
    private let ramStart: CheckedSection
    /// The source's bytes between the first RAM section and the devices, if they are copied unchanged.
    private let kept: [Range<Int>]?
    /// Whether the result is a mapped-ram file.
    private let isMapped: Bool
    /// Whether memory that was shared with the destination is available from the files of its blocks.
    private let hasSharedMemory: Bool

    /// Capabilities that change the form of a stream.
    private static let shaping = [
        "mapped-ram", "multifd", "xbzrle", "compress", "postcopy-ram", "background-snapshot",
    ]

    /// - Parameters:
    ///   - edited: the source without its pages, with edits; nil for the unchanged source.
    ///   - isWhole: whether `edited` has the PART and END sections other than RAM.
    ///   - plan: the changes to the source's RAM blocks.
    ///   - commands: the omitted commands of the source, when the others stay; in order.
    ///   - end: the end of the last complete device of a source that breaks off; nil for a whole one.
    /// - Throws: `EditError` when pages or devices are not in the stream.
    package init(
        _ source: Document, edited: Document? = nil, isWhole: Bool = false, plan: RAMPlan? = nil,
        dropped: Set<UInt32> = [], commands: [Range<Int>] = [], mapped isMapped: Bool = false,
        upTo end: Int? = nil
    ) throws(EditError) {
        self.source = source
        self.plan = plan ?? RAMPlan(source)
        self.dropped = dropped
        self.isMapped = isMapped
        frame = edited ?? source
        source.openLivePart()
        if isWhole { frame.openLivePart() }
        lives = isWhole ? frame : source
        guard let ramStart = frame.store.ramStart.flatMap(frame.store.checked) else {
            throw EditError("the stream has no RAM section")
        }
        self.ramStart = ramStart
        let full = frame.store.checkedSections().map(\.record).filter { $0.kind == .full }
        early = full.filter { $0.offset < ramStart.record.offset }
        devices = full.filter { $0.offset > ramStart.record.offset }
        kept = isMapped ? Self.kept(source, but: commands) : nil
        guard !devices.isEmpty else {
            throw EditError("the stream has no devices: it is cut, or they are on another channel")
        }
        if source.findings.contains(where: { $0.code == .multifdChannels }), !source.isMappedRAM {
            throw EditError("pages were sent over other channels (multifd), which are not in this file")
        }
        if source.findings.contains(where: { $0.code == .ramHook }) {
            throw EditError("pages were sent by RDMA and are not in this file")
        }
        try LiveRewrite.requireReadableRAM(
            source, 0..<(end ?? source.store.firstEndMark ?? source.store.region.count))
        hasSharedMemory = Self.hasAllPages(source)
        guard source.store.state.advisedPageSizes.nonzeroBitCount <= 1 || !isMapped else {
            throw EditError("RAM is in huge pages; try: migscope convert FILE -o PLAIN first")
        }
    }

    // The pages of a mapped-ram file are not in its live part. If that part has only commands and ends of
    // passes, it stays.
    private static func kept(_ source: Document, but commands: [Range<Int>]) -> [Range<Int>]? {
        guard source.isMappedRAM, let start = source.store.ramStart,
            source.store.records.count(where: { $0.kind == .start }) == 1,
            let end = source.store.records.lazy.filter({ $0.kind == .full && $0.offset >= start.end }).map(
                \.offset
            ).min()
        else { return nil }
        var pieces: [Range<Int>] = []
        var position = start.end
        for command in commands where command.lowerBound >= position && command.upperBound <= end {
            pieces.append(position..<command.lowerBound)
            position = command.upperBound
        }
        return pieces + [position..<end]
    }

    package func write(to sink: inout some PieceSink) throws(EditError) {
        _ = try writeHead(to: &sink)
        if let kept {
            for piece in kept { try sink.copy(source.store.region, piece) }
            return try writeDevices(to: &sink)
        }
        try sink.put([SectionType.end.rawValue] + FrameBytes.bigEndian(ramStart.id))
        if !isMapped {
            var pages = PlainPages(source.store.region, source.ramIndex(), plan)
            try pages.write(to: &sink)
        }
        try sink.put(FrameBytes.bigEndian(RAMFlag.eos) + ramFooter)
        try writeDevices(to: &sink)
    }

    private var ramFooter: [UInt8] {
        frame.store.state.hasFooters != false ? FrameBytes.footer(ramStart.id) : []
    }

    private func put(
        _ bytes: [UInt8], _ position: inout Int, _ sink: inout some PieceSink
    ) throws(EditError) {
        try sink.put(bytes)
        position += bytes.count
    }

    /// Writes everything before the last RAM section, and returns its size in bytes.
    package func writeHead(to sink: inout some PieceSink) throws(EditError) -> Int {
        let region = frame.store.region
        var position = 0
        try put(region.copy(0..<8), &position, &sink)
        try put(configuration(), &position, &sink)
        for record in early {
            try sink.copy(region, record.offset..<record.end)
            position += record.size
        }
        try put(
            FrameBytes.header(
                .start, id: ramStart.id, name: ramStart.key.name, instance: ramStart.key.instance,
                version: ramStart.version), &position, &sink)
        let total = plan.blocks.reduce(0) { $0 &+ UInt64($1.size) }
        try put(FrameBytes.bigEndian(total | RAMFlag.memSize), &position, &sink)
        let pages = MappedRAMPages(source.store.region, source.ramIndex(), plan)
        for (number, block) in plan.blocks.enumerated() {
            try put(
                [UInt8(truncatingIfNeeded: block.name.count)] + block.name
                    + FrameBytes.bigEndian(UInt64(block.size)), &position, &sink)
            if ignoresShared { try put(FrameBytes.bigEndian(address(of: number)), &position, &sink) }
            if isMapped { position = try pages.write(number, at: position, to: &sink) }
        }
        try put(FrameBytes.bigEndian(RAMFlag.eos) + ramFooter, &position, &sink)
        for record in frame.store.records
        where record.kind == .start && record.offset != ramStart.record.offset {
            try sink.copy(region, record.offset..<record.end)
            position += record.size
        }
        for record in others() {
            try sink.copy(lives.store.region, record.offset..<record.end)
            position += record.size
        }
        return position
    }

    /// The offset of the devices in the output. O(RAM blocks), and O(sent pages / 64) for a plain stream.
    package var devicesStart: Int {
        let own = ramStart.bodyOffset - ramStart.record.offset + 8
        var position = 8 + configuration().count + own + early.reduce(0) { $0 + $1.size }
        let index = source.ramIndex()
        let pages = MappedRAMPages(source.store.region, index, plan)
        for (number, block) in plan.blocks.enumerated() {
            position += 9 + block.name.count + (ignoresShared ? 8 : 0)
            if isMapped { position = pages.end(of: number, at: position) }
        }
        position += 8 + ramFooter.count
        if let kept { return position + kept.reduce(0) { $0 + $1.count } }
        position += 5 + 8 + ramFooter.count
        position += frame.store.records.reduce(0) {
            $1.kind == .start && $1.offset != ramStart.record.offset ? $0 + $1.size : $0
        }
        position += others().reduce(0) { $0 + $1.size }
        guard !isMapped else { return position }
        for (number, block) in source.store.state.blocks.enumerated() {
            let counts = index.counts(block: number, in: source.store.region)
            let sent = counts.raw + counts.compressed + counts.xbzrle
            guard sent + counts.zero > 0 else { continue }
            position += sent * (8 + index.pageSize) + counts.zero * 9
            position += 1 + source.store.table.names.bytes(block.name).count
        }
        return position
    }

    /// Writes everything after the last RAM section.
    package func writeDevices(to sink: inout some PieceSink) throws(EditError) {
        for record in devices { try sink.copy(frame.store.region, record.offset..<record.end) }
        try sink.put([SectionType.endOfFile.rawValue])
        if let own = frame.store.description, own.borrowedFrom == nil, own.dump == nil {
            try sink.put(FrameBytes.description(description(own)))
        }
    }

    // Returns the PART and END sections that are not of RAM.
    private func others() -> [SectionRecord] {
        lives.store.records.filter { record in
            guard record.kind == .part || record.kind == .end, let id = record.section?.id else {
                return false
            }
            return id != ramStart.id && !dropped.contains(id)
        }.sorted { $0.offset < $1.offset }
    }

    // MARK: Configuration

    private var capabilities: [[UInt8]] {
        frame.store.state.capabilities.map { Array(frame.store.table.names.bytes($0)) }
    }

    private func isShaping(_ capability: [UInt8]) -> Bool {
        Self.shaping.contains { capability.elementsEqual($0.utf8) }
            || hasSharedMemory && capability.elementsEqual(Self.sharing.utf8)
    }

    private static let sharing = "x-ignore-shared"

    private static func hasAllPages(_ source: Document) -> Bool {
        let index = source.ramIndex()
        return index.blocks.indices.allSatisfy {
            index.counts(block: $0, in: source.store.region).absent == 0
        }
    }

    /// Whether the configuration names a capability that the plain stream does not need, but that a
    /// destination would need to have (migration/savevm.c configuration_validate_capabilities).
    static func hasShapingCapability(_ source: Document) -> Bool {
        let names = source.store.state.capabilities.map { source.store.table.names.text($0) }
        return names.contains(where: shaping.contains) || names.contains(sharing) && hasAllPages(source)
    }

    static func ignoresShared(_ document: Document) -> Bool {
        document.store.state.capabilities.contains { document.store.table.names.text($0) == sharing }
    }

    private var ignoresShared: Bool {
        !hasSharedMemory && capabilities.contains { $0.elementsEqual(Self.sharing.utf8) }
    }

    private func address(of number: Int) -> UInt64 {
        let items = frame.store.table.items(of: ramStart.record.layout).filter {
            frame.store.table[type: $0.type].name == "RAM block"
        }
        guard items.indices.contains(items.startIndex + number) else { return 0 }
        let item = items[items.startIndex + number]
        let place =
            ramStart.record.offset + item.offset + 1 + frame.store.table.names.bytes(item.name).count + 8
        return frame.store.region.bigEndian(UInt64.self, at: place) ?? 0
    }

    // The capabilities of the result.
    private var names: [[UInt8]] {
        capabilities.filter { !isShaping($0) } + (isMapped ? [Array("mapped-ram".utf8)] : [])
    }

    // Returns the configuration with these capabilities before the UUID, as QEMU writes it.
    private func configuration() -> [UInt8] {
        guard let record = frame.store.records.first(where: { $0.kind == .configuration }) else { return [] }
        let bytes = frame.store.region.copy(record.offset..<record.end)
        let subsection = names.isEmpty ? [] : Self.subsection(names)
        func node(_ name: String) -> Node? {
            frame.path(text: "configuration/configuration%2f" + name).map { frame.tree.node($0) }
        }
        let own = node("capabilities")
        let start = (own ?? node("uuid")).map { $0.offset - record.offset } ?? bytes.count
        return Array(bytes[..<start]) + subsection + Array(bytes[(start + (own?.size ?? 0))...])
    }

    private static func subsection(_ names: [[UInt8]]) -> [UInt8] {
        let title = Array("configuration/capabilities".utf8)
        var bytes =
            [SectionType.subsection.rawValue, UInt8(title.count)] + title
            + FrameBytes.bigEndian(UInt32(1))
        bytes += FrameBytes.bigEndian(UInt32(names.count))
        for name in names { bytes += [UInt8(truncatingIfNeeded: name.count)] + name }
        return bytes
    }

    // The description also lists the capabilities.
    private func description(_ own: Description) -> [UInt8] {
        let text = frame.store.region.copy(own.text)
        guard names != capabilities, var tree = StreamDraft.descriptionTree(of: frame),
            var configuration = tree.configuration
        else { return text }
        var parts = configuration["subsections"]?.elements ?? []
        parts.removeAll { $0["vmsd_name"]?.isText("configuration/capabilities".utf8) == true }
        if !names.isEmpty {
            let place = parts.firstIndex { $0["vmsd_name"]?.isText("configuration/uuid".utf8) == true }
            parts.insert(Self.described(names), at: place ?? parts.count)
        }
        configuration["subsections"] = parts.isEmpty ? nil : .array(parts)
        tree.configuration = configuration
        return tree.text
    }

    // The description of migration/savevm.c vmstate_configuration: of several capabilities it has the size of
    // the first.
    private static func described(_ names: [[UInt8]]) -> JSONTree {
        func object(_ members: [(String, JSONTree)]) -> JSONTree {
            .object(members.map { .init(Array($0.0.utf8), $0.1) })
        }
        func text(_ text: String) -> JSONTree { .text(Array(text.utf8)) }
        let count: [(String, JSONTree)] = [
            ("name", text("caps_count")), ("type", text("uint32")), ("size", .number(4)),
        ]
        var list: [(String, JSONTree)] = [("name", text("capabilities"))]
        if names.count > 1 { list.append(("array_len", .number(names.count))) }
        list += [("type", text("capability")), ("size", .number((names.first?.count ?? 0) + 1))]
        return object([
            ("vmsd_name", text("configuration/capabilities")), ("version", .number(1)),
            ("fields", .array([object(count), object(list)])),
        ])
    }

    /// Checks that a written stream reads as this one: the same bytes, sections and pages.
    package func verify(_ written: MappedRegion) throws(EditError) {
        var sink = VerifyingSink(written)
        try write(to: &sink)
        try sink.finish()
        let reopened: Document
        do throws(OpenError) {
            reopened = try Document.open(region: written, name: source.overview.fileName)
        } catch {
            throw EditError("the output can't be opened: \(error)")
        }
        reopened.openLivePart()
        let (wanted, found) = (
            (early + devices).compactMap { frame.store.checked($0)?.key },
            reopened.store.checkedSections().filter { $0.record.kind == .full }.map(\.key)
        )
        guard wanted == found else {
            throw EditError("the output has \(found.count) devices, not \(wanted.count)")
        }
        let (old, new) = (source.ramIndex(), reopened.ramIndex())
        guard plan.blocks.count == new.blocks.count else {
            throw EditError("the output has different RAM blocks")
        }
        // A mapped-ram file does not distinguish zero pages from absent ones.
        guard !isMapped, !source.isMappedRAM, plan == RAMPlan(source) else { return }
        for block in old.blocks.indices {
            let (here, there) = (
                old.counts(block: block, in: source.store.region), new.counts(block: block, in: written)
            )
            guard here.absent == there.absent else {
                throw EditError("the output lacks pages of block \(block)")
            }
        }
    }
}

extension Document {
    /// Whether the pages have fixed places (capability mapped-ram).
    package var isMappedRAM: Bool { store.state.blocks.contains { $0.mapped != nil } }
}
