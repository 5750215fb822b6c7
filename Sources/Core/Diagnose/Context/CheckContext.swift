import Bytes
import Format
import Stream

/// The input of the rules, and their findings.
package struct CheckContext {
    package let document: Document
    /// A stream of the machine that is to load this one.
    package let target: Document?
    package let dump: TargetDump?
    /// The version of the QEMU that loads, as far as it is known.
    package let version: QEMUVersion
    /// The version that the user gave; nil when `version` is an estimate.
    package let loader: QEMUVersion?
    package let wording: QEMUWording
    package let minimums: MinimumVersions
    package let sections: [CheckedSection]
    package let records: [SectionRecord]
    /// The target's sections with an idstr, by name and instance id.
    package let targetSections: [SectionKey: CheckedSection]
    /// The devices in the target's own description.
    package let targetDevices: [SectionKey: DescribedDevice]
    /// The devices in the stream's description, its own or a borrowed one.
    package let devices: [SectionKey: DescribedDevice]
    package private(set) var findings: [Finding] = []
    /// Whether a compressed page was read: then the target has that capability too.
    package var hasCompressedPages = false
    /// The words of guest memory that devices read during loading, with the pages that contain them; set once
    /// RAM was read.
    package var guestWords: GuestWords?
    /// The outcome of reading the stream as the loader does.
    package var outcome = LoadOutcome.unknown

    /// The maximum number of findings with one code: more say nothing new.
    package static let limit = 200
    private var counts: [FindingCode: Int] = [:]

    /// - Parameter loader: the version of the QEMU that loads, if given.
    package init(document: Document, target: Document?, dump: TargetDump?, loader: QEMUVersion? = nil) {
        self.document = document
        self.target = target
        self.dump = dump
        let guess = LoaderVersion(document, target, dump, told: loader)
        version = guess.version
        self.loader = loader
        wording = QEMUWording(guess.version)
        minimums = MinimumVersions(loader: guess.version, architecture: Architecture(target ?? document))
        sections = document.store.checkedSections()
        records = document.store.checkedRecords()
        var known: [SectionKey: CheckedSection] = [:]
        for section in target?.store.checkedSections() ?? []
        where section.record.kind == .full || known[section.key] == nil {
            known[section.key] = section
        }
        targetSections = known
        devices = document.store.describedDevices()
        targetDevices = target?.store.describedDevices() ?? [:]
    }

    package var region: MappedRegion { document.store.region }
    package var table: LayoutTable { document.store.table }

    package mutating func add(
        _ severity: Finding.Severity, _ code: FindingCode, at offset: Int, size: Int = 0, _ message: String,
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

    /// Returns the path of the leaf at an offset.
    package func path(at offset: Int) -> String {
        let inside = min(max(offset, 0), max(region.count - 1, 0))
        return document.tree.pathText(document.tree.knownPath(atOffset: inside))
    }

    /// Returns the severity of a prediction.
    package static func severity(_ certainty: Finding.Certainty) -> Finding.Severity {
        switch certainty {
        case .certain: .error
        case .likely: .warning
        case .possible: .note
        }
    }

    /// Returns the version of the QEMU that wrote a stream, as far as the stream shows it.
    package static func loaderVersion(of target: Document) -> QEMUVersion {
        LoaderVersion(target, target, nil, told: nil).version
    }

    /// Returns the QEMU version in a machine name, `pc-q35-7.2`, as (7, 2); nil when it has none.
    package static func version(ofMachine name: String?) -> (major: Int, minor: Int)? {
        guard let last = name?.split(separator: "-").last else { return nil }
        let parts = last.split(separator: ".").map { Int($0) }
        guard parts.count >= 2, let major = parts[0], let minor = parts[1] else { return nil }
        return (major, minor)
    }

    /// The target page size of the QEMU that loads, in bytes: its own if both descriptions give it, or else
    /// the stream's.
    package var loaderPageSize: Int {
        guard document.store.description?.pageSize != nil, let size = target?.store.description?.pageSize,
            (256...65536).contains(size), size.nonzeroBitCount == 1
        else { return document.store.state.pageSize }
        return size
    }

    /// Whether each device of the description has its section.
    package var hasAllDevices: Bool {
        let found = Set(sections.lazy.filter { $0.record.kind == .full }.map(\.key))
        return devices.keys.allSatisfy { found.contains($0) }
    }

    /// Returns the version of a section's vmstate at the target, or else in the stream.
    package func targetVersion(of name: String, _ instance: UInt32) -> UInt32 {
        let key = SectionKey(name: Array(name.utf8), instance: instance)
        return targetSections[key]?.version ?? devices[key]?.version ?? 0
    }

    /// Whether the loader is probably older than 8.1, which reads RAM headers without checking for errors.
    package var isOldLoader: Bool { version < QEMUVersion(8, 1) }
}

extension CheckContext {
    /// Returns the name of a section's vmstate: from the description, or else the last part of the idstr.
    /// Escaped.
    package func structureName(of section: CheckedSection) -> String {
        if let device = devices[section.key] {
            let name = table[device.layout].vmsdName
            if name != .empty { return table.names.text(name) }
        }
        let last = section.key.name.split(separator: UInt8(ascii: "/")).last ?? []
        return DisplayText.escaped(bytes: last)
    }

    /// Whether the bytes of a section fit the description: its layout has fields and no errors.
    package func isSound(_ section: CheckedSection) -> Bool {
        guard let device = devices[section.key], !section.record.layout.isNone else { return false }
        if table[device.layout].size == section.bodyEnd - section.bodyOffset { return true }
        // Up to 7.2 the description of pointer arrays is unreliable.
        let isUncertain = table[device.layout].needsResolution
        return (isUncertain || !describesExactly(section.key)) && !table.hasErrors(section.record.layout)
    }

    /// Returns the target's own layout of a section whose description counts pointers, since the target
    /// decides which of them exist. Nil for other sections, and without a target.
    package func pointerLayout(_ key: SectionKey) -> (table: LayoutTable, layout: LayoutID)? {
        guard let target, let model = targetSections[key], !describesExactly(key),
            let body = Self.layout(of: model, targetDevices[key], target.store.table)
        else { return nil }
        return (target.store.table, body.layout)
    }

    /// Whether descriptions give the exact size of a section, judging by the target's: not when they count
    /// pointers.
    private func describesExactly(_ key: SectionKey) -> Bool {
        guard let target, let model = targetSections[key], let device = targetDevices[key] else {
            return false
        }
        return target.store.table[device.layout].size == model.bodyEnd - model.bodyOffset
    }

    /// Returns the layout of a section's body: the resolved one if there is one, since it accounts for
    /// pointer arrays.
    package func bodyLayout(
        _ section: CheckedSection, _ device: DescribedDevice
    ) -> LayoutID {
        let record = section.record.layout
        let isFramed = table[record].vmsdName == table[device.layout].vmsdName
        return isFramed && !table.hasErrors(record) ? record : device.layout
    }
}

extension CheckedSection {
    package var wrapper: QEMULog.Wrapper {
        switch record.kind {
        case .part, .end: .section(id: id, name: name)
        default: .device(name: name, instance: key.instance)
        }
    }
}
