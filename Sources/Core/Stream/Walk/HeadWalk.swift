import Bytes
import Format

/// Reads the head of a stream forwards: header, configuration, commands, START sections, early devices.
///
/// Stops before the first PART or END section, because only the pages give the length of those. O(head).
package struct HeadWalk {
    package let region: MappedRegion
    package let description: Description?
    package var table: LayoutTable
    package var state = StreamState()
    package private(set) var records: [SectionRecord] = []
    package private(set) var position: Int
    /// Described devices in the head (virtio-mem-device-early, 8.0).
    package private(set) var earlyDevices: [DeviceSection] = []
    package private(set) var mismatch: Mismatch?
    /// Recoverable mismatches, after which reading continued.
    package private(set) var notes: [StreamNote] = []

    /// Whether the file ends inside the list of RAM blocks. The record leaves out the incomplete last entry.
    private var isListCut = false

    /// Starts at `start`, which is not 0 if the stream follows another one.
    package init(_ region: MappedRegion, from start: Int = 0, description: Description?, table: LayoutTable) {
        self.region = region
        self.description = description
        self.table = table
        position = start
        state.descriptionPageSize = description?.pageSize
    }

    /// Returns whether a stream begins at `offset`: the magic number, the version, and the first section. O(1).
    package static func begins(_ region: MappedRegion, at offset: Int) -> Bool {
        guard region.matches("QEVM", at: offset), region.bigEndian(UInt32.self, at: offset + 4) == 3,
            let byte = region.byte(at: offset + 8)
        else { return false }
        switch SectionType(rawValue: byte) {
        case .configuration, .command: return true
        case .start, .full:
            return SectionHeader(region, at: offset + 8).map { region.span($0.name).isPrintable } ?? false
        default: return false
        }
    }

    /// The distance within which the footer of a live section's START is searched, in bytes.
    private static let searchLimit = 64 << 20

    /// Walks up to `limit`, where the description or the file ends.
    package mutating func walk(limit: Int) {
        header()
        if region.byte(at: position) == SectionType.configuration.rawValue { configuration(limit: limit) }
        while mismatch == nil, position < limit, let byte = region.byte(at: position) {
            let isRead =
                switch SectionType(rawValue: byte) {
                case .command: command(limit: limit)
                case .start: start(limit: limit)
                case .full: description == nil ? undescribedDevices(limit: limit) : earlyDevice(limit: limit)
                default: false
                }
            guard isRead else { break }
        }
    }

    private mutating func header() {
        var fields = LayoutBuilder()
        fields.leaf("magic", "buffer", 4, role: .frame, in: table)
        fields.leaf("version", "uint32", 4, role: .frame, in: table)
        var record = SectionRecord(.header, offset: position, size: 8, name: table.names.intern("header"))
        record.layout = fields.body(in: table)
        records.append(record)
        position = record.end
    }

    private mutating func configuration(limit: Int) {
        let section = ConfigurationSection(
            region, at: position, described: description?.configuration, state: &state, table: table)
        mismatch = section.mismatch
        append(section.record, limit: limit)
    }

    // A wrong length may reach into the description, which was found from the end.
    @discardableResult
    private mutating func append(_ record: SectionRecord, limit: Int) -> Bool {
        guard record.end <= limit else {
            mismatch = Mismatch(
                offset: record.offset, size: limit - record.offset,
                expected: "\(record.size) bytes of \(table.names.text(record.name))",
                found: "\(limit - record.offset) bytes before the end of the sections")
            return false
        }
        records.append(record)
        position = record.end
        return true
    }

    private mutating func command(limit: Int) -> Bool {
        guard let command = CommandSection(region, at: position, limit: limit, state: &state, table: table),
            command.package == nil
        else { return false }
        if let note = command.note { notes.append(note) }
        return append(command.record, limit: limit)
    }

    private mutating func start(limit: Int) -> Bool {
        guard let header = SectionHeader(region, at: position) else { return false }
        let name = table.names.intern(region.copy(header.name))
        let format = LiveSections.format(of: table.names.bytes(name))
        state.handlers[header.id] = .init(
            name: name, instance: header.instance, version: header.version, format: format)
        let layout: LayoutID
        if table.names.bytes(name).elementsEqual("ram".utf8) {
            var fields = LayoutBuilder()
            fields.append(SectionFrames.fullHeader(nameLength: header.name.count, in: table))
            guard ramBlocks(header, into: &fields) else { return false }
            layout = fields.body(in: table, vmsdName: name, version: header.version)
        } else if let known = knownStart(header, limit: limit) {
            layout = known
        } else {
            guard let opaque = opaque(header, at: position, limit: limit) else { return false }
            layout = opaque
        }
        var section = SectionRecord.Section(.start, header)
        section.isCut = isListCut
        var record = SectionRecord(
            .section(section), offset: position, size: table[layout].size, name: name)
        record.layout = layout
        guard append(record, limit: limit) else { return false }
        if isListCut, position < limit {
            append(
                SectionRecord(
                    .gap(cut: nil), offset: position, size: limit - position, name: table.names.intern("gap")),
                limit: limit)
        }
        return true
    }

    // Reads a live section of a known format; nil, with a note, if it does not fit.
    private mutating func knownStart(_ header: SectionHeader, limit: Int) -> LayoutID? {
        guard var format = state.handlers[header.id]?.format else { return nil }
        let reader = LiveSectionReader(region: region, limit: limit, hasFooters: state.hasFooters)
        let frame = SectionFrames.fullHeader(nameLength: header.name.count, in: table)
        do throws(Mismatch) {
            let section = try reader.read(
                .start, id: header.id, at: position, header: frame, format: &format, table: table)
            state.handlers[header.id]?.format = format
            state.hasFooters = section.hasFooter
            return section.layout
        } catch {
            notes.append(.section(error))
            return nil
        }
    }

    private mutating func ramBlocks(_ header: SectionHeader, into fields: inout LayoutBuilder) -> Bool {
        let features = RAMBlockList.Features(
            ignoresShared: has("x-ignore-shared"), mappedRAM: has("mapped-ram"),
            advisedPageSizes: state.advisedPageSizes)
        do throws(Mismatch) {
            let list = try RAMBlockList.read(
                region, at: position + header.size, features: features, table: table)
            state.blocks = list.blocks
            if let mismatch = list.mismatch {
                notes.append(list.isCut ? .cut(mismatch) : .section(mismatch))
            }
            if !list.isCut, list.fields.members.contains(where: isFlush) {
                state.hasMultifdNote = true
                notes.append(.multifd(at: position + header.size))
            }
            for item in list.fields.members { fields.append(item) }
            if list.isCut {
                isListCut = !features.mappedRAM || position + fields.size < region.count
                return true
            }
        } catch {
            mismatch = error
            return false
        }
        let end = position + fields.size
        let isFooter =
            region.byte(at: end) == SectionType.footer.rawValue
            && region.bigEndian(UInt32.self, at: end + 1) == header.id
        state.hasFooters = isFooter
        if isFooter { fields.append(SectionFrames.footer(in: table)) }
        return true
    }

    private func isFlush(_ item: Item) -> Bool {
        table.names.bytes(item.name).elementsEqual("multifd_flush".utf8)
    }

    private func has(_ capability: String) -> Bool {
        state.capabilities.contains { table.names.bytes($0).elementsEqual(capability.utf8) }
    }

    // Reads a section with unknown fields up to its footer; nil if none is within `searchLimit`.
    private func opaque(_ header: SectionHeader, at offset: Int, limit: Int) -> LayoutID? {
        let body = offset + header.size
        let search = FooterSearch(region: region, limit: min(limit, body + Self.searchLimit))
        guard state.hasFooters != false,
            let footer = search.footer(of: header.id, in: body..<max(body, search.limit))
        else { return nil }
        var fields = LayoutBuilder()
        fields.append(SectionFrames.fullHeader(nameLength: header.name.count, in: table))
        if footer > body { fields.leaf("data", "buffer", footer - body, role: .field, in: table) }
        fields.append(SectionFrames.footer(in: table))
        return fields.body(
            in: table, vmsdName: table.names.intern(region.copy(header.name)), version: header.version)
    }

    private static let earlyLimit = 64

    // Reads the devices in the head of a stream without a description, up to the START section after them.
    // Devices that no live section follows are not part of a head. O(bytes of the devices)
    private mutating func undescribedDevices(limit: Int) -> Bool {
        var found: [SectionRecord] = []
        var place = position
        while found.count < Self.earlyLimit, let header = header(of: .full, at: place),
            let layout = opaque(header, at: place, limit: limit)
        {
            var record = SectionRecord(
                .section(.init(.full, header)), offset: place, size: table[layout].size,
                name: table.names.intern(region.copy(header.name)))
            record.layout = layout
            found.append(record)
            place = record.end
        }
        guard header(of: .start, at: place) != nil else { return false }
        return found.allSatisfy { append($0, limit: limit) }
    }

    private func header(of type: SectionType, at offset: Int) -> SectionHeader? {
        guard region.byte(at: offset) == type.rawValue, let header = SectionHeader(region, at: offset),
            region.span(header.name).isPrintable
        else { return nil }
        return header
    }

    private mutating func earlyDevice(limit: Int) -> Bool {
        guard let devices = description?.devices, earlyDevices.count < devices.count,
            let header = SectionHeader(region, at: position)
        else { return false }
        let number = earlyDevices.count
        let size = table[devices[number].layout].size
        let name = table.names.bytes(devices[number].name)
        guard header.name.count == name.count, region.matches(name, at: header.name.lowerBound),
            header.instance == devices[number].instance, size <= limit - position - header.size
        else { return false }
        let footer = state.hasFooters == false ? 0 : SectionFrames.footerSize
        let section = DeviceSection(
            device: number, offset: position, size: header.size + size + footer, id: header.id,
            bodyOffset: position + header.size, bodySize: size)
        guard footer == 0 || region.bigEndian(UInt32.self, at: section.bodyOffset + size + 1) == header.id
        else {
            return false
        }
        guard
            append(
                SectionRecord(
                    .section(.init(.full, id: header.id)), offset: section.offset, size: section.size),
                limit: limit)
        else {
            return false
        }
        earlyDevices.append(section)
        return true
    }
}
