/// A device section that the walk from the end has found.
struct DeviceSection: Sendable {
    /// The number of its device in the description.
    var device: Int
    /// Bytes from the start of the stream, header and footer included.
    var offset: Int
    var size: Int
    var id: UInt32
    var bodyOffset: Int
    var bodySize: Int
}

/// Walks the device sections from the end mark backwards, by the sizes in the description.
///
/// Reads headers and footers only: O(devices), however large the file is. Where a size does not lead to a
/// header, the header is searched backwards (`searchLimit` bytes at most).
struct TailWalk {
    let region: MappedRegion
    let table: LayoutTable
    let devices: [DescribedDevice]
    /// Sections can't begin before this offset.
    let floor: Int

    /// In stream order.
    private(set) var sections: [DeviceSection] = []
    /// Where the first of them begins.
    private(set) var start: Int
    private(set) var hasFooters: Bool?
    /// Why the walk stopped before the first device, if it did.
    private(set) var mismatch: Mismatch?

    static let searchLimit = 64 << 20

    init(_ region: MappedRegion, table: LayoutTable, devices: [DescribedDevice], floor: Int, end: Int) {
        self.region = region
        self.table = table
        self.devices = devices
        self.floor = floor
        start = end
    }

    /// Walks the devices `first...` of the description.
    mutating func walk(from first: Int) {
        for number in stride(from: devices.count - 1, through: first, by: -1) {
            guard let section = section(number) else {
                let name = table.names.text(devices[number].name)
                mismatch = Mismatch(
                    offset: start, size: 0, expected: "section \(name) #\(devices[number].instance) before it",
                    found: "bytes that do not fit")
                break
            }
            sections.append(section)
            start = section.offset
        }
        sections.reverse()
    }

    private mutating func section(_ number: Int) -> DeviceSection? {
        let size = table[devices[number].layout].size
        for footer in hasFooters.map({ [$0] }) ?? [true, false] {
            if let found = candidate(number, bodySize: size, footer: footer) {
                hasFooters = footer
                return found
            }
        }
        for footer in hasFooters.map({ [$0] }) ?? [true, false] {
            if let found = search(number, footer: footer) {
                hasFooters = footer
                return found
            }
        }
        return nil
    }

    private func candidate(_ number: Int, bodySize: Int, footer: Bool) -> DeviceSection? {
        let nameLength = table.names.bytes(devices[number].name).count
        let frame = SectionFrames.headerSize(nameLength: nameLength) + (footer ? SectionFrames.footerSize : 0)
        guard bodySize <= start - floor - frame else { return nil }
        return match(number, at: start - frame - bodySize, footer: footer)
    }

    /// The section at `offset`, when its header is this device's and its footer repeats the id.
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

    // The description's size is wrong: the nearest header of this device before `start` is the one.
    private func search(_ number: Int, footer: Bool) -> DeviceSection? {
        if footer {
            guard region.byte(at: start - SectionFrames.footerSize) == SectionType.footer.rawValue else { return nil }
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
            offset -= 1
        }
        return nil
    }
}
