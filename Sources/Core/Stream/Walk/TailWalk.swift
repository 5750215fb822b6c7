import Bytes
import Format

/// Walks the device sections backwards from the end mark, by the sizes in the description.
///
/// Reads headers and footers only: O(devices), however large the file is. If a size does not lead to a
/// header, the header is searched backwards within `searchLimit` bytes: first that of the device, then that
/// of the section that the footer names. This also finds sections that no description lists.
package struct TailWalk {
    package let region: MappedRegion
    package let table: LayoutTable
    package let devices: [DescribedDevice]
    /// The lowest offset at which a section can begin.
    package let floor: Int
    /// The state after the head; its live sections end the walk.
    package let state: StreamState

    /// The sections that were found. They are in stream order after the walk.
    package private(set) var sections: [DeviceSection] = []
    /// The offset of the first of them.
    package private(set) var start: Int
    package private(set) var hasFooters: Bool?
    /// Described devices that are missing at their place in the stream.
    package private(set) var missing: [Mismatch] = []

    /// Malformed headers and footers.
    package private(set) var damages: [FrameDamage] = []

    package static let searchLimit = 64 << 20
    /// The maximum number of consecutive missing devices.
    private static let gapLimit = 4096

    package init(
        _ region: MappedRegion, table: LayoutTable, devices: [DescribedDevice], floor: Int, end: Int,
        state: StreamState
    ) {
        self.region = region
        self.table = table
        self.devices = devices
        self.floor = floor
        self.state = state
        hasFooters = state.hasFooters
        start = end
    }

    /// Walks the devices `first...` of the description, from the last to the first. `listsAll` is true if the
    /// description is the stream's own and lists each device; then devices before the first belong to another
    /// stream. `isCut` is true if devices may follow the last one of the description.
    package mutating func walk(from first: Int, listsAll: Bool, isCut: Bool) {
        if isCut, hasFooters == false {
            // Nothing leads back to the last device that is listed.
            addLikely()
            if !sections.isEmpty { return sections.reverse() }
        }
        var next = devices.count - 1
        while start > floor, next >= first || hasFooters != false {
            if next >= first, let section = described(next) {
                add(section)
                next -= 1
            } else if let section = framed(devices: max(first, next - Self.gapLimit)..<max(first, next + 1)) {
                if let device = section.device {
                    for number in stride(from: next, to: device, by: -1) { skip(number) }
                    next = device - 1
                }
                add(section)
            } else if next >= first, let section = searched(next) {
                add(section)
                next -= 1
            } else {
                break
            }
        }
        for number in stride(from: next, through: first, by: -1) { skip(number) }
        if hasFooters == false, next < first, !listsAll { addLikely() }
        sections.reverse()
    }

    // Without sizes and footers, a section extends to the next likely header. If a device occurs twice, the
    // bytes belong to two streams, and only reading from the start shows where the first ends.
    private mutating func addLikely() {
        let search = HeaderSearch(region: region, limit: start)
        guard var end = search.firstDevice(above: floor, state: state) else { return }
        var found: [DeviceSection] = []
        var names = Set(sections.compactMap { SectionHeader(region, at: $0.offset).map(name) })
        while end < search.limit, let header = SectionHeader(region, at: end) {
            let offset = end
            let body = offset + header.size
            guard names.insert(name(header)).inserted else { return }
            end = search.header(from: body) ?? search.limit
            found.append(
                DeviceSection(
                    device: device(header, bodySize: end - body), offset: offset, size: end - offset,
                    id: header.id, bodyOffset: body, bodySize: end - body))
        }
        for section in found.reversed() { add(section) }
    }

    // The described device of a header, if its size fits.
    private func device(_ header: SectionHeader, bodySize: Int) -> Int? {
        devices.firstIndex {
            $0.instance == header.instance && table[$0.layout].size == bodySize
                && table.names.bytes($0.name).elementsEqual(region.copy(header.name))
        }
    }

    // Identifies a device, which is unique in its stream.
    private func name(_ header: SectionHeader) -> [UInt8] {
        region.copy(header.name) + "#\(header.instance)".utf8
    }

    private mutating func add(_ section: DeviceSection) {
        sections.append(section)
        start = section.offset
    }

    /// Whether a live section or the head, not a device, precedes the first section.
    package var isAnchored: Bool {
        guard start > floor else { return true }
        guard hasFooters != false else { return !sections.isEmpty }
        let footer = start - SectionFrames.footerSize
        guard region.byte(at: footer) == SectionType.footer.rawValue,
            let id = region.bigEndian(UInt32.self, at: footer + 1)
        else { return false }
        return state.handlers[id] != nil
    }

    private mutating func skip(_ number: Int) {
        guard missing.count < 100 else { return }
        let name = table.names.text(devices[number].name)
        missing.append(
            Mismatch(
                offset: start, size: 0,
                expected: "section \(name) #\(devices[number].instance), which the description lists",
                found: "no such section before this place"))
    }

    private mutating func described(_ number: Int) -> DeviceSection? {
        let size = table[devices[number].layout].size
        for footer in hasFooters.map({ [$0] }) ?? [true, false] {
            if let found = candidate(number, bodySize: size, footer: footer) {
                hasFooters = footer
                return found
            }
        }
        return damaged(number, bodySize: size)
    }

    // Costs far more than following a footer; for streams without footers, and for footers that lead nowhere.
    private mutating func searched(_ number: Int) -> DeviceSection? {
        for footer in hasFooters.map({ [$0] }) ?? [true, false] {
            if let found = search(number, footer: footer) {
                hasFooters = footer
                return found
            }
        }
        return nil
    }

    /// The section at the described place if its name is there but its header or footer is malformed. Adds
    /// the faults to `damages`.
    private mutating func damaged(_ number: Int, bodySize: Int) -> DeviceSection? {
        let name = table.names.bytes(devices[number].name)
        let headerSize = SectionFrames.headerSize(nameLength: name.count)
        let footerSize = hasFooters == false ? 0 : SectionFrames.footerSize
        guard bodySize <= start - floor - headerSize - footerSize else { return nil }
        let offset = start - headerSize - bodySize - footerSize
        guard let header = SectionHeader(region, at: offset), header.name.count == name.count,
            region.matches(name, at: header.name.lowerBound), header.instance == devices[number].instance
        else { return nil }
        let section = DeviceSection(
            device: number, offset: offset, size: start - offset, id: header.id,
            bodyOffset: offset + headerSize, bodySize: bodySize)
        if footerSize > 0 {
            damages += FrameDamage.damages(region, section, name: table.names.text(devices[number].name))
        }
        return section
    }

    /// The section of any kind that the footer before `start` names.
    private mutating func framed(devices: Range<Int>) -> DeviceSection? {
        let footer = start - SectionFrames.footerSize
        guard footer > floor, region.byte(at: footer) == SectionType.footer.rawValue,
            let id = region.bigEndian(UInt32.self, at: footer + 1), state.handlers[id] == nil,
            let (offset, header) = headerBackwards(from: footer, id: id)
        else { return nil }
        // If a section of this id ends earlier, the header belongs to another section: bytes after a stream
        // can end as a stream does.
        let body = offset + header.size
        let footers = FooterSearch(region: region, limit: region.count)
        guard footers.footer(of: id, in: body..<footer) == nil else { return nil }
        hasFooters = true
        let device = devices.last { number in
            self.devices[number].instance == header.instance
                && header.name.count == table.names.bytes(self.devices[number].name).count
                && region.matches(table.names.bytes(self.devices[number].name), at: header.name.lowerBound)
        }
        return DeviceSection(
            device: device, offset: offset, size: start - offset, id: id, bodyOffset: body,
            bodySize: footer - body)
    }

    // Each section follows a footer, so six bytes and a printable name must fit. No section contains the
    // start of another stream; bytes before that start belong to an older or newer stream.
    private func headerBackwards(from footer: Int, id: UInt32) -> (Int, SectionHeader)? {
        let bytes = region.span
        var offset = footer - SectionFrames.headerSize(nameLength: 1)
        let lowest = max(floor, start - Self.searchLimit)
        while offset >= lowest {
            if bytes[byteAt: offset] == SectionType.full.rawValue,
                offset == floor
                    || bytes[byteAt: offset - SectionFrames.footerSize] == SectionType.footer.rawValue,
                let header = SectionHeader(region, at: offset), header.id == id,
                offset + header.size <= footer, region.span(header.name).isPrintable
            {
                return (offset, header)
            }
            if bytes[byteAt: offset] == UInt8(ascii: "Q"), HeadWalk.begins(region, at: offset) { return nil }
            offset -= 1
        }
        return nil
    }

    private func candidate(_ number: Int, bodySize: Int, footer: Bool) -> DeviceSection? {
        let nameLength = table.names.bytes(devices[number].name).count
        let frame = SectionFrames.headerSize(nameLength: nameLength) + (footer ? SectionFrames.footerSize : 0)
        guard bodySize <= start - floor - frame else { return nil }
        return match(number, at: start - frame - bodySize, footer: footer)
    }

    /// The section at `offset` if its header matches this device and its footer repeats the id.
    private func match(_ number: Int, at offset: Int, footer: Bool) -> DeviceSection? {
        let device = devices[number]
        guard region.byte(at: offset) == SectionType.full.rawValue,
            let header = SectionHeader(region, at: offset), header.instance == device.instance,
            device.version.map({ $0 == header.version }) ?? true,
            header.name.count == table.names.bytes(device.name).count,
            region.matches(table.names.bytes(device.name), at: header.name.lowerBound)
        else { return nil }
        let bodyOffset = offset + header.size
        let end = footer ? start - SectionFrames.footerSize : start
        guard end >= bodyOffset else { return nil }
        if footer {
            guard region.byte(at: end) == SectionType.footer.rawValue,
                region.bigEndian(UInt32.self, at: end + 1) == header.id
            else { return nil }
        }
        return DeviceSection(
            device: number, offset: offset, size: start - offset, id: header.id, bodyOffset: bodyOffset,
            bodySize: end - bodyOffset)
    }

    // The described size is wrong, so the nearest header of this device before `start` is the right one.
    private func search(_ number: Int, footer: Bool) -> DeviceSection? {
        if footer {
            guard region.byte(at: start - SectionFrames.footerSize) == SectionType.footer.rawValue else {
                return nil
            }
        }
        let bytes = region.span
        var offset = start - SectionFrames.headerSize(nameLength: 1)
        let lowest = max(floor, start - Self.searchLimit)
        while offset >= lowest {
            if bytes[byteAt: offset] == SectionType.full.rawValue,
                let found = match(number, at: offset, footer: footer)
            {
                return found
            }
            if bytes[byteAt: offset] == UInt8(ascii: "Q"), HeadWalk.begins(region, at: offset) { return nil }
            offset -= 1
        }
        return nil
    }
}
