import Bytes
import Format

/// The checkpoints that a source with the capability x-colo writes after the stream. ENABLE_COLO at the start
/// of the stream announces them up to 10.1; from 10.2 on nothing does (migration/savevm.c qemu_vm_cmd,
/// MIG_CMD_DEPRECATED_0).
///
/// A checkpoint is be32 1 (checkpoint-request), be32 3 (vmstate-send), the SWITCHOVER_START command (8.2 on),
/// the END sections of live handlers and an end mark, be32 4 (vmstate-size), a be64 length, and that many
/// bytes of device sections, with an end mark and without a magic number (migration/colo.c
/// colo_do_checkpoint_transaction and qapi/migration.json COLOMessage, 7.2 to 11.1). The description of the
/// preceding stream gives the fields of these sections. The destination answers over the return path.
package struct COLOCheckpoints {
    /// The values of COLOMessage that the source sends (qapi/migration.json).
    private enum Message {
        static let checkpointRequest: UInt32 = 1
        static let vmstateSend: UInt32 = 3
        static let vmstateSize: UInt32 = 4
    }

    /// The maximum number of checkpoints that are read; the rest are shown as bytes.
    private static let most = 4096
    /// The maximum number of bytes of live sections that are searched, in total.
    private static let searchLimit = 256 << 20

    /// The layout of all checkpoints.
    package private(set) var layout: LayoutID = .none
    /// The number of complete checkpoints.
    package private(set) var count = 0
    private var position: Int
    private var searched = 0
    private let devices: DescribedDevices
    // A record can continue the block of the previous one, even across checkpoints.
    private var lastBlock: Int?

    /// Reads the checkpoints that begin at `offset`; nil if none begins there.
    /// O(checkpoints, and bytes of live sections up to `searchLimit`).
    package init?(_ region: MappedRegion, at offset: Int, _ opened: inout OpenedStream) {
        guard
            region.bigEndian(UInt32.self, at: offset) == Message.checkpointRequest,
            opened.records.contains(where: { $0.command == .enableCOLO })
                || Self.begins(region, at: offset + 4, opened.state)
        else { return nil }
        position = offset
        devices = DescribedDevices(opened.description)
        var all = LayoutBuilder()
        while count < Self.most, position < region.count {
            let start = position
            let checkpoint = read(region, &opened)
            guard position > start else { break }
            all.nested(
                "checkpoint \(count + 1)", "COLO checkpoint", checkpoint.body, role: .frame, in: opened.table
            )
            guard checkpoint.isWhole else { break }
            count += 1
        }
        if position < region.count {
            all.leaf("rest", "buffer", region.count - position, role: .gap, in: opened.table)
        }
        layout = all.body(in: opened.table)
    }

    // Whether the live sections of a checkpoint follow its second message. Without an announcement, nothing
    // else distinguishes a checkpoint from other bytes.
    private static func begins(_ region: MappedRegion, at offset: Int, _ state: StreamState) -> Bool {
        guard region.bigEndian(UInt32.self, at: offset) == Message.vmstateSend,
            let type = region.byte(at: offset + 4)
        else { return false }
        switch SectionType(rawValue: type) {
        case .command:
            let number = region.bigEndian(UInt16.self, at: offset + 5)
            return number == CommandKind.switchoverStart.rawValue
        case .end:
            return region.bigEndian(UInt32.self, at: offset + 5).map { state.handlers[$0] != nil } ?? false
        default: return false
        }
    }

    private mutating func read(_ region: MappedRegion, _ opened: inout OpenedStream) -> (
        body: LayoutID, isWhole: Bool
    ) {
        var fields = LayoutBuilder()
        let start = position
        let isWhole =
            message("checkpoint-request", Message.checkpointRequest, region, &fields, &opened)
            && message("vmstate-send", Message.vmstateSend, region, &fields, &opened)
            && live(region, &fields, &opened)
            && message("vmstate-size", Message.vmstateSize, region, &fields, &opened)
            && deviceState(region, &fields, &opened)
        if !isWhole, position > start, position < region.count {
            // The checkpoint is cut or malformed.
            fields.leaf("rest", "buffer", region.count - position, role: .gap, in: opened.table)
            position = region.count
        }
        return (fields.body(in: opened.table), isWhole)
    }

    private mutating func message(
        _ name: String, _ number: UInt32, _ region: MappedRegion, _ fields: inout LayoutBuilder,
        _ opened: inout OpenedStream
    ) -> Bool {
        guard region.bigEndian(UInt32.self, at: position) == number else { return false }
        fields.leaf(name, "uint32", 4, role: .frame, in: opened.table)
        position += 4
        return true
    }

    // Reads up to the end mark before the vmstate-size message.
    private mutating func live(
        _ region: MappedRegion, _ fields: inout LayoutBuilder, _ opened: inout OpenedStream
    ) -> Bool {
        let end = min(region.count, position.addingSaturated(Self.searchLimit - searched))
        guard position < end else { return false }
        let handlers = opened.state.handlers
        let footer = ForwardWindow.first(in: region, position..<end) { part in
            Self.lastFooter(in: region, part) { handlers[$0] != nil }
        }
        searched += (footer ?? end) - position
        guard let footer else { return false }
        let mark = footer + SectionFrames.footerSize
        let sections = liveSections(region, position..<mark, &opened)
        fields.nested("live sections", "sections", sections, role: .frame, in: opened.table)
        fields.leaf("EOF", "section type", 1, role: .frame, in: opened.table)
        position = mark + 1
        return true
    }

    // Finds a footer that an end mark, the vmstate-size message and a complete length follow.
    private static func lastFooter(in region: MappedRegion, _ range: Range<Int>, isKnown: (UInt32) -> Bool)
        -> Int?
    {
        var from = range.lowerBound
        while from < range.upperBound,
            let offset = region.firstIndex(of: SectionType.footer.rawValue, in: from..<range.upperBound)
        {
            from = offset + 1
            let mark = offset + SectionFrames.footerSize
            guard let id = region.bigEndian(UInt32.self, at: offset + 1), isKnown(id),
                region.byte(at: mark) == SectionType.endOfFile.rawValue,
                region.bigEndian(UInt32.self, at: mark + 1) == Message.vmstateSize
            else { continue }
            return offset
        }
        return nil
    }

    // Reads consecutive commands and END sections; the rest is shown as bytes.
    private mutating func liveSections(
        _ region: MappedRegion, _ range: Range<Int>, _ opened: inout OpenedStream
    ) -> LayoutID {
        var fields = LayoutBuilder()
        var start = range.lowerBound
        while start < range.upperBound, let section = liveSection(region, start..<range.upperBound, &opened) {
            fields.nested(section.name, "section", section.layout, role: .frame, in: opened.table)
            start = range.lowerBound + fields.size
        }
        if start < range.upperBound {
            fields.leaf("sections", "buffer", range.upperBound - start, role: .gap, in: opened.table)
        }
        return fields.body(in: opened.table)
    }

    private mutating func liveSection(
        _ region: MappedRegion, _ range: Range<Int>, _ opened: inout OpenedStream
    ) -> (name: String, layout: LayoutID)? {
        let start = range.lowerBound
        if region.byte(at: start) == SectionType.command.rawValue {
            return command(region, range, &opened)
        }
        guard region.byte(at: start) == SectionType.end.rawValue,
            let id = region.bigEndian(UInt32.self, at: start + 1), let handler = opened.state.handlers[id]
        else { return nil }
        let name = "\(opened.table.names.text(handler.name)):\(handler.instance)"
        let header = SectionFrames.partHeader(in: opened.table)
        if opened.table.names.bytes(handler.name).elementsEqual("ram".utf8) {
            return ram(region, start + header.size..<range.upperBound, id, header, &opened).map { (name, $0) }
        }
        guard var format = handler.format else { return nil }
        let reader = LiveSectionReader(
            region: region, limit: range.upperBound, hasFooters: opened.state.hasFooters)
        let section = try? reader.read(
            .end, id: id, at: start, header: header, format: &format, table: opened.table)
        opened.state.handlers[id]?.format = format
        return section.map { (name, $0.layout) }
    }

    // Reads a known command without data; nil for any other.
    private func command(_ region: MappedRegion, _ range: Range<Int>, _ opened: inout OpenedStream)
        -> (name: String, layout: LayoutID)?
    {
        guard
            let command = CommandSection(
                region, at: range.lowerBound, limit: range.upperBound, state: &opened.state,
                table: opened.table),
            let kind = command.kind, command.record.size == CommandSection.headerSize
        else { return nil }
        return (kind.label, command.record.layout)
    }

    // Reads up to the record that ends the section; nil if that record or the footer after it is missing. The
    // first record may continue the block of the last record before the checkpoints, which was not read yet.
    // Then the records are shown as bytes, and any block serves to find their end.
    private mutating func ram(
        _ region: MappedRegion, _ range: Range<Int>, _ id: UInt32, _ header: Item,
        _ opened: inout OpenedStream
    ) -> LayoutID? {
        let blocks = opened.state.blocks
        let largest = blocks.indices.max { blocks[$0].usedLength < blocks[$1].usedLength }
        let isKnown = lastBlock != nil || !goesOn(region, range.lowerBound, opened.state.pageSize)
        let first = RAMReader(
            pageSize: opened.state.pageSize, blocks: blocks, names: opened.table.names,
            lastBlock: isKnown ? lastBlock : largest)
        var reader = first
        var end = range.lowerBound
        var named = lastBlock
        while true {
            guard let record = try? reader.read(region, at: end, limit: range.upperBound) else { return nil }
            if record.nameSize > 0 { named = record.block }
            end += record.size
            if record.kind == .eos { break }
        }
        let frames = LiveSectionReader(
            region: region, limit: range.upperBound, hasFooters: opened.state.hasFooters)
        guard let hasFooter = try? frames.hasFooter(id, at: end) else { return nil }
        lastBlock = named
        var fields = LayoutBuilder()
        fields.append(header)
        if isKnown {
            var section = RAMSectionLayout(region: region, table: opened.table, reader: first)
            let body = section.body(at: range.lowerBound, size: end - range.lowerBound)
            for item in body.members { fields.append(item) }
        } else {
            fields.leaf(
                "records", "buffer", end - range.lowerBound, role: .gap, in: opened.table)
        }
        if hasFooter { fields.append(SectionFrames.footer(in: opened.table)) }
        return fields.body(in: opened.table)
    }

    // Whether the record at `offset` continues the block of the record before it.
    private func goesOn(_ region: MappedRegion, _ offset: Int, _ pageSize: Int) -> Bool {
        let flags = (region.bigEndian(UInt64.self, at: offset) ?? 0) & UInt64(pageSize - 1)
        return flags & RAMFlag.cont != 0
    }

    private mutating func deviceState(
        _ region: MappedRegion, _ fields: inout LayoutBuilder, _ opened: inout OpenedStream
    ) -> Bool {
        guard let size = region.bigEndian(UInt64.self, at: position) else { return false }
        fields.leaf("size", "uint64", 8, role: .frame, in: opened.table)
        position += 8
        guard let count = Int(exactly: size), count <= region.count - position else { return false }
        if count > 0 {
            let sections = deviceSections(region, position..<position + count, &opened)
            fields.nested("device state", "sections", sections, role: .frame, in: opened.table)
        }
        position += count
        return true
    }

    // Reads device sections, with the fields that the description of the stream gives.
    private mutating func deviceSections(
        _ region: MappedRegion, _ range: Range<Int>, _ opened: inout OpenedStream
    ) -> LayoutID {
        // Problems and fit are reported for the stream's own sections only.
        let (problems, fit) = (opened.problems, opened.fit)
        var records = DeviceRecords(region: region, opened: opened, explains: false)
        opened = OpenedStream(table: opened.table, state: StreamState())
        var fields = LayoutBuilder()
        var start = range.lowerBound
        while start < range.upperBound,
            let section = deviceSection(region, start..<range.upperBound, &records)
        {
            let record = records.record(section)
            let idstr = records.opened.table.names.text(record.name)
            let name = record.section.map { "\(idstr):\($0.instance)" } ?? idstr
            fields.nested(name, "section", record.layout, role: .frame, in: records.opened.table)
            start = range.lowerBound + fields.size
        }
        opened = records.opened
        (opened.problems, opened.fit) = (problems, fit)
        if start == range.upperBound - 1, region.byte(at: start) == SectionType.endOfFile.rawValue {
            fields.leaf("EOF", "section type", 1, role: .frame, in: opened.table)
        } else if start < range.upperBound {
            fields.leaf("rest", "buffer", range.upperBound - start, role: .gap, in: opened.table)
        }
        return fields.body(in: opened.table)
    }

    // The size comes from the description, else from the footer; nil if no section begins here or its end is
    // unknown.
    private func deviceSection(_ region: MappedRegion, _ range: Range<Int>, _ records: inout DeviceRecords)
        -> DeviceSection?
    {
        let start = range.lowerBound
        guard let header = SectionHeader(region, at: start),
            region.byte(at: start) == SectionType.full.rawValue,
            header.size <= range.count, region.span(header.name).isPrintable
        else { return nil }
        let body = start + header.size
        let key = DescribedDevices.InternedKey(
            name: records.opened.table.names.intern(region.copy(header.name)), instance: header.instance)
        let device = devices[key]
        var end = device.map { body + records.opened.table[$0.layout].size }
        var footer = SectionFrames.footerSize
        let frames = LiveSectionReader(
            region: region, limit: range.upperBound, hasFooters: records.opened.state.hasFooters)
        if let known = end, known <= range.upperBound,
            let hasFooter = try? frames.hasFooter(header.id, at: known)
        {
            footer = hasFooter ? footer : 0
        } else {
            let search = FooterSearch(region: region, limit: range.upperBound, mayBeLast: true)
            end = search.footer(of: header.id, in: body..<range.upperBound)
        }
        guard let end, end + footer <= range.upperBound else { return nil }
        return DeviceSection(
            device: device?.number, offset: start, size: end + footer - start, id: header.id,
            bodyOffset: body,
            bodySize: end - body)
    }
}
