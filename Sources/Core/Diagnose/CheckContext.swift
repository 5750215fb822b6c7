/// A START, PART, END or FULL section as the rules see it. Offsets in bytes from the start of the stream.
package struct CheckedSection {
    package var record: SectionRecord
    /// Behind the header.
    package var bodyOffset: Int
    /// Before the footer, as the record has it.
    package var bodyEnd: Int
    package var key: SectionKey
    /// The idstr. Escaped.
    package var name: String

    /// Bytes of the body.
    package var size: Int { bodyEnd - bodyOffset }

    package var wrapper: QEMULog.Wrapper {
        switch record.kind {
        case .part, .end: .section(id: record.id, name: name)
        default: .device(name: name, instance: record.instance)
        }
    }
}

/// What tells sections of a machine apart.
package struct SectionKey: Hashable {
    package var name: [UInt8]
    package var instance: UInt32
    /// How many FULL sections of this name and instance stand before it: handlers that are registered with a
    /// fixed instance write several (slirp, isa-ide, ipmi-bmc-sim).
    package var occurrence = 0

    package init(name: [UInt8], instance: UInt32, occurrence: Int = 0) {
        self.name = name
        self.instance = instance
        self.occurrence = occurrence
    }
}

/// What the rules work with, and where their findings go.
package struct CheckContext {
    package let document: Document
    /// A stream of the machine that should load this one.
    package let target: Document?
    package let dump: TargetDump?
    /// Of the QEMU that loads, as far as it is known.
    package let version: QEMUVersion
    package let wording: QEMUWording
    package let minimums: MinimumVersions
    package let sections: [CheckedSection]
    package let records: [SectionRecord]
    /// Sections of the target with an idstr, by name and instance.
    package let targetSections: [SectionKey: CheckedSection]
    /// What the target's own description says of its sections.
    package let targetDevices: [SectionKey: DescribedDevice]
    /// What the description, own or borrowed, says of sections.
    package let devices: [SectionKey: DescribedDevice]
    package private(set) var findings: [Finding] = []
    /// Whether a compressed page was read: then the target has that capability too.
    package var hasCompressedPages = false
    /// The rings of virtio queues, with the pages of RAM that they are in; once RAM was read.
    package var rings: VirtIORings?
    /// How reading the stream as the loader does ends.
    package var outcome = StreamLoader.Outcome.unknown

    /// More findings than this of one code say nothing new.
    package static let limit = 200
    private var counts: [String: Int] = [:]

    /// - Parameter loader: the version of the QEMU that loads, where it is told.
    package init(document: Document, target: Document?, dump: TargetDump?, loader: QEMUVersion? = nil) {
        self.document = document
        self.target = target
        self.dump = dump
        let guess = LoaderVersion(document, target, dump, told: loader)
        version = guess.version
        wording = QEMUWording(guess.version)
        minimums = MinimumVersions(loader: guess.version, architecture: Architecture(target ?? document))
        sections = document.checkedSections()
        records = document.checkedRecords()
        var known: [SectionKey: CheckedSection] = [:]
        for section in target?.checkedSections() ?? []
        where section.record.kind == .full || known[section.key] == nil {
            known[section.key] = section
        }
        targetSections = known
        devices = document.describedDevices()
        targetDevices = target?.describedDevices() ?? [:]
    }

    package var region: MappedRegion { document.region }
    package var table: LayoutTable { document.table }

    package mutating func add(
        _ severity: Finding.Severity, _ code: String, at offset: Int, size: Int = 0, _ message: String,
        hint: String = "", qemu: QEMULog? = nil, certainty: Finding.Certainty = .certain
    ) {
        counts[code, default: 0] += 1
        guard counts[code, default: 0] <= Self.limit else { return }
        findings.append(
            Finding(
                severity, code, offset: offset, size: size, path: path(at: offset), message: message,
                hint: hint,
                qemu: qemu?.text(wording) ?? "",
                certainty: certainty))
    }

    /// The path of the leaf at an offset.
    package func path(at offset: Int) -> String {
        let inside = min(max(offset, 0), max(region.count - 1, 0))
        return document.pathText(document.knownPath(atOffset: inside))
    }

    /// The severity of a prediction.
    package static func severity(_ certainty: Finding.Certainty) -> Finding.Severity {
        switch certainty {
        case .certain: .error
        case .likely: .warning
        case .possible: .note
        }
    }

    /// The QEMU version in the machine's name, `pc-q35-7.2`, as (7, 2); nil where it has none.
    package static func version(ofMachine name: String?) -> (major: Int, minor: Int)? {
        guard let last = name?.split(separator: "-").last else { return nil }
        let parts = last.split(separator: ".").map { Int($0) }
        guard parts.count >= 2, let major = parts[0], let minor = parts[1] else { return nil }
        return (major, minor)
    }

    /// Whether each device of the description has its section.
    package var hasAllDevices: Bool {
        let found = Set(sections.lazy.filter { $0.record.kind == .full }.map(\.key))
        return devices.keys.allSatisfy { found.contains($0) }
    }

    /// The version of a section's vmstate at the target, else in the stream.
    package func targetVersion(of name: String, _ instance: UInt32) -> UInt32 {
        let key = SectionKey(name: Array(name.utf8), instance: instance)
        return targetSections[key]?.record.version ?? devices[key]?.version ?? 0
    }

    /// Whether the loader is probably older than 8.1, which reads RAM headers without a look at errors.
    package var isOldLoader: Bool { version < QEMUVersion(8, 1) }
}

extension Document {
    /// The sections of the stream up to its first end mark, those in the live part and in packages included.
    /// O(records).
    package func checkedSections() -> [CheckedSection] {
        var result: [CheckedSection] = []
        for number in topLevel { collect(number, into: &result) }
        if let end = firstEndMark { result.removeAll { $0.record.offset > end } }
        var counts: [SectionKey: Int] = [:]
        for index in result.indices where result[index].record.kind == .full {
            let count = counts[result[index].key, default: 0]
            counts[result[index].key] = count + 1
            result[index].key.occurrence = count
        }
        return result
    }

    private func collect(_ number: Int, into result: inout [CheckedSection]) {
        let record = records[number]
        if record.isSection, !record.isCut { result.append(checked(record)) }
        for child in record.children { collect(child, into: &result) }
    }

    /// The records as QEMU's loader meets them: a section without an end is a gap, with the bytes behind it.
    /// O(records).
    package func checkedRecords() -> [SectionRecord] {
        let gaps = Dictionary(
            records.lazy.filter { $0.kind == .gap }.map { ($0.offset, $0) }, uniquingKeysWith: { $1 })
        var hidden: Set<Int> = []
        let all = records.map { record in
            guard record.isCut else { return record }
            var gap = SectionRecord(.gap, offset: record.offset, size: record.size)
            gap.id = record.id
            gap.lastBlock = record.lastBlock
            guard let rest = gaps[record.end] else { return gap }
            gap.size += rest.size
            hidden.insert(rest.offset)
            return gap
        }
        return all.filter { $0.kind != .gap || !hidden.contains($0.offset) }
    }

    package func checked(_ record: SectionRecord) -> CheckedSection {
        let bytes = Array(table.names.bytes(record.name))
        let hasName = record.kind == .start || record.kind == .full
        let header = hasName ? SectionFrames.headerSize(nameLength: bytes.count) : 5
        let footer = hasFooter(record) ? SectionFrames.footerSize : 0
        return CheckedSection(
            record: record, bodyOffset: record.offset + header,
            bodyEnd: max(record.offset + header, record.end - footer),
            key: SectionKey(name: bytes, instance: record.instance), name: DisplayText.escaped(bytes: bytes))
    }

    private func hasFooter(_ record: SectionRecord) -> Bool {
        guard !record.layout.isNone, let last = table.items(of: record.layout).last else {
            return state.hasFooters != false
        }
        return table.names.bytes(last.name).elementsEqual("@footer".utf8)
    }

    /// The devices of the description, by name and instance.
    package func describedDevices() -> [SectionKey: DescribedDevice] {
        var result: [SectionKey: DescribedDevice] = [:]
        var counts: [SectionKey: Int] = [:]
        for device in description?.devices ?? [] {
            var key = SectionKey(name: Array(table.names.bytes(device.name)), instance: device.instance)
            let count = counts[key, default: 0]
            counts[key] = count + 1
            key.occurrence = count
            result[key] = device
        }
        return result
    }
}

extension CheckContext {
    /// The vmstate's name of a section: as the description has it, else the last part of the idstr. Escaped.
    package func structureName(of section: CheckedSection) -> String {
        if let device = devices[section.key] {
            let name = table[device.layout].vmsdName
            if name != .empty { return table.names.text(name) }
        }
        let last = section.key.name.split(separator: UInt8(ascii: "/")).last ?? []
        return DisplayText.escaped(bytes: last)
    }

    /// Whether the bytes of a section fit the description: a layout with fields and without errors.
    package func isSound(_ section: CheckedSection) -> Bool {
        guard let device = devices[section.key], !section.record.layout.isNone else { return false }
        if table[device.layout].size == section.bodyEnd - section.bodyOffset { return true }
        return !describesExactly(section.key) && !table.hasErrors(section.record.layout)
    }

    /// The target's own layout of a section whose description counts pointers: which of them are there is the
    /// target's matter. Nil for others, and without a target.
    package func pointerLayout(_ key: SectionKey) -> (table: LayoutTable, layout: LayoutID)? {
        guard let target, let model = targetSections[key], !describesExactly(key),
            let body = Self.layout(of: model, targetDevices[key], target.table)
        else { return nil }
        return (target.table, body.layout)
    }

    /// Whether descriptions tell the size of a section, by the target's: not so where they count pointers.
    private func describesExactly(_ key: SectionKey) -> Bool {
        guard let target, let model = targetSections[key], let device = targetDevices[key] else {
            return false
        }
        return target.table[device.layout].size == model.bodyEnd - model.bodyOffset
    }
}

extension LayoutTable {
    /// Whether some item below is bytes that do not fit. O(items of the layout).
    package func hasErrors(_ id: LayoutID) -> Bool {
        items(of: id).contains { $0.role == .error || (!$0.child.isNone && hasErrors($0.child)) }
    }
}
