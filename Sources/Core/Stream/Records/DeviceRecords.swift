import Bytes
import Format
import Meaning

/// A device section that the walk from the end has found.
package struct DeviceSection: Sendable {
    /// The number of its device in the description; nil if none describes it.
    package var device: Int?
    /// In bytes from the start of the stream, including header and footer.
    package var offset: Int
    package var size: Int
    package var id: UInt32
    package var bodyOffset: Int
    package var bodySize: Int
}

/// Makes records of device sections from description, bytes and frames.
package struct DeviceRecords {
    package let region: MappedRegion
    package var opened: OpenedStream
    private var framed: [FrameKey: LayoutID] = [:]
    private var meanings: MeaningPass?

    private struct FrameKey: Hashable {
        package var body: LayoutID
        package var nameLength: Int
        package var hasFooter: Bool
    }

    package init(region: MappedRegion, opened: OpenedStream, explains: Bool) {
        self.region = region
        self.opened = opened
        let family = explains ? Architecture(opened.description, opened.table) : nil
        meanings = explains ? MeaningPass(region, isBigEndian: family?.isBigEndian ?? false) : nil
    }

    /// Returns the record of a section. O(1) if the layout is certain.
    package mutating func record(_ section: DeviceSection) -> SectionRecord {
        var record = SectionRecord(
            .section(.init(.full, id: section.id)), offset: section.offset, size: section.size)
        guard let header = SectionHeader(region, at: section.offset) else { return record }
        record.content = .section(
            .init(.full, id: section.id, instance: header.instance, version: header.version))
        record.name = opened.table.names.intern(region.copy(header.name))
        let range = range(of: section)
        let body = body(of: section, record)
        let known =
            LiveSections.oldStyleBody(body, of: record.name, region, range, table: opened.table) ?? body
        let explained =
            meanings?.attach(known, at: section.bodyOffset, section: record.name, table: opened.table)
            ?? known
        let key = FrameKey(
            body: explained, nameLength: header.name.count,
            hasFooter: section.size > header.size + section.bodySize)
        record.layout = framed[key] ?? frame(key)
        return record
    }

    private mutating func body(of section: DeviceSection, _ record: SectionRecord) -> LayoutID {
        if let number = section.device, let device = opened.description?.devices[number] {
            let problemCount = opened.problems.count
            if let version = device.version, let found = record.section?.version, version != found {
                reportVersion(section, found, described: version)
            }
            let layout = resolve(device, section)
            let isExact = opened.table[device.layout].size == section.bodySize
            opened.fit.add(isExact: isExact, problemCount: opened.problems.count - problemCount)
            return layout
        }
        if let layout = fitted(record, range(of: section)) { return layout }
        opened.fit.undescribed += 1
        if opened.description != nil, opened.description?.borrowedFrom == nil, !opened.isDescriptionBroken {
            reportUndescribed(section, record)
        }
        return opaque(section.bodySize)
    }

    private func range(of section: DeviceSection) -> Range<Int> {
        section.bodyOffset..<section.bodyOffset + section.bodySize
    }

    // Returns the layout by a vmstate from the dump or the built-in ones.
    private mutating func fitted(_ record: SectionRecord, _ body: Range<Int>) -> LayoutID? {
        guard let dump = opened.description?.dump else {
            return opened.description == nil
                ? BuiltInVMStates.layout(of: record, body, region, table: opened.table) : nil
        }
        let outcome = DumpLayouts(dump: dump).outcome(of: record, body, region, table: opened.table)
        // A dump omits what is registered by hand.
        guard let outcome else {
            return BuiltInVMStates.layout(of: record, body, region, table: opened.table)
        }
        var layout: LayoutID?
        switch outcome {
        case .exact(let found):
            layout = found
            opened.fit.add(isExact: true, problemCount: 0)
        case .ambiguous(let found):
            layout = found
            opened.fit.add(isExact: false, problemCount: 0)
            report(.ambiguous(record, body, name: opened.table.names.text(record.name)))
        case .unfit(let mismatch):
            opened.fit.add(isExact: false, problemCount: 1)
            report(.device(mismatch))
        }
        return layout ?? opaque(body.count)
    }

    private mutating func report(_ note: StreamNote) {
        opened.problems.append(
            .init(severity: note.severity, code: note.code, mismatch: note.mismatch, hint: note.hint))
    }

    private mutating func opaque(_ size: Int) -> LayoutID {
        var fields = LayoutBuilder()
        if size > 0 { fields.leaf("data", "buffer", size, role: .field, in: opened.table) }
        return fields.body(in: opened.table)
    }

    private mutating func reportVersion(_ section: DeviceSection, _ version: UInt32, described: UInt32) {
        let mismatch = Mismatch(
            offset: section.bodyOffset - 4, size: 4,
            expected: "version \(described), as the description says",
            found: "version \(version)")
        opened.problems.append(.init(severity: .warning, code: .sectionVersion, mismatch: mismatch))
    }

    private mutating func reportUndescribed(_ section: DeviceSection, _ record: SectionRecord) {
        let name = opened.table.names.text(record.name)
        let mismatch = Mismatch(
            offset: section.offset, size: section.size, expected: "a section that the description lists",
            found: record.section.map { "\(name) #\($0.instance)" } ?? name)
        opened.problems.append(.init(severity: .warning, code: .sectionUndescribed, mismatch: mismatch))
    }

    private mutating func resolve(_ device: DescribedDevice, _ section: DeviceSection) -> LayoutID {
        let described = opened.table[device.layout]
        if described.size == section.bodySize, !described.needsResolution { return device.layout }
        var resolver = Resolver(region: region, section: device.name, table: opened.table)
        let resolved = resolver.resolve(device.layout, at: section.bodyOffset, size: section.bodySize)
        for mismatch in resolver.mismatches {
            let isBorrowed = opened.description?.borrowedFrom != nil
            opened.problems.append(
                .init(
                    severity: isBorrowed ? .warning : .error, code: .sectionSize, mismatch: mismatch,
                    hint: "the section was not written by the code that wrote the description"))
        }
        return resolved
    }

    private mutating func frame(_ key: FrameKey) -> LayoutID {
        let body = opened.table[key.body]
        var items = [SectionFrames.fullHeader(nameLength: key.nameLength, in: opened.table)]
        items.append(contentsOf: opened.table.items(of: key.body))
        if key.hasFooter { items.append(SectionFrames.footer(in: opened.table)) }
        let layout = opened.table.layout(
            .body, items, vmsdName: body.vmsdName, version: body.version, needsResolution: false)
        framed[key] = layout
        return layout
    }
}
