/// Makes records of device sections: description, bytes and frames together.
struct DeviceRecords {
    let region: MappedRegion
    var opened: OpenedStream
    private var framed: [FrameKey: LayoutID] = [:]

    private struct FrameKey: Hashable {
        var body: LayoutID
        var nameLength: Int
        var hasFooter: Bool
    }

    init(region: MappedRegion, opened: OpenedStream) {
        self.region = region
        self.opened = opened
    }

    /// The record of a section; nil when there is no description. O(1) where the layout is certain.
    mutating func record(_ section: DeviceSection) -> SectionRecord? {
        guard let device = opened.description?.devices[section.device] else { return nil }
        let body = resolve(device, section)
        let nameLength = opened.table.names.bytes(device.name).count
        let headerSize = SectionFrames.headerSize(nameLength: nameLength)
        let key = FrameKey(
            body: body, nameLength: nameLength, hasFooter: section.size > headerSize + section.bodySize)
        var record = SectionRecord(.full, offset: section.offset, size: section.size)
        record.id = section.id
        record.name = device.name
        record.instance = device.instance
        record.version = SectionHeader(region, at: section.offset)?.version ?? 0
        record.layout = framed[key] ?? frame(key)
        return record
    }

    private mutating func resolve(_ device: DescribedDevice, _ section: DeviceSection) -> LayoutID {
        let described = opened.table[device.layout]
        if described.size == section.bodySize, !described.needsResolution { return device.layout }
        var resolver = Resolver(region: region, section: device.name, table: opened.table)
        opened.table = LayoutTable()
        let resolved = resolver.resolve(device.layout, at: section.bodyOffset, size: section.bodySize)
        opened.table = resolver.table
        for mismatch in resolver.mismatches {
            opened.problems.append(
                .init(
                    severity: .error, code: "section-size", mismatch: mismatch,
                    hint: "the section was written by other code than the description"))
        }
        return resolved
    }

    private mutating func frame(_ key: FrameKey) -> LayoutID {
        let body = opened.table[key.body]
        var items = [SectionFrames.fullHeader(nameLength: key.nameLength, in: &opened.table)]
        items.append(contentsOf: opened.table.items(of: key.body))
        if key.hasFooter { items.append(SectionFrames.footer(in: &opened.table)) }
        let layout = opened.table.layout(
            .body, items, vmsdName: body.vmsdName, version: body.version, needsResolution: false)
        framed[key] = layout
        return layout
    }
}
