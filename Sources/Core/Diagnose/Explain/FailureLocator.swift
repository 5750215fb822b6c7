import Format
import Stream

/// Finds the node that a message refers to.
package struct FailureLocator {
    package let document: Document
    package let report: FailureReport
    /// The section in the line `error while loading state for instance …`.
    package let device: CheckedSection?
    private let sections: [CheckedSection]

    package init(document: Document, report: FailureReport) {
        self.document = document
        self.report = report
        let sections = document.store.checkedSections()
        self.sections = sections
        device = report.device.flatMap { Self.opening($0.name, $0.instance, in: sections).first }
    }

    package struct Target {
        /// The bytes, from the start of the stream.
        package var range: Range<Int>
        package var path: String
        package var isSure = true
        /// An addition to the message.
        package var note: String?

        /// No place in the stream.
        package static let none = Target(range: 0..<0, path: "")

        package init(range: Range<Int>, path: String, isSure: Bool = true, note: String? = nil) {
            self.range = range
            self.path = path
            self.isSure = isSure
            self.note = note
        }
    }

    /// Returns the place of a cause.
    package func place(of cause: FailureReport.Cause) -> Target {
        let values = cause.values
        if report.device != nil, device == nil { return place() }
        switch cause.entry.place {
        case .header(let offset): return bytes(offset..<offset + 4)
        case .path(let text): return document.range(ofPath: text).map { bytes($0) } ?? place()
        case .section(let name, let instance):
            let number = instance.flatMap { UInt32(values[$0]) }
            return section(values[name], number).map(whole) ?? foreign(values[name], number)
        case .sectionNamed(let name): return fieldPlace() ?? section(name, nil).map(whole) ?? place()
        case .sectionID(let number): return part(id: UInt32(values[number]) ?? 0)
        case .footer(let name): return footer(values[name])
        case .ramBlock(let name): return block(values[name])
        case .ram, .commands, .end, .nowhere, .virtioFeatures, .virtioField: return area(cause)
        case .structure(let name): return structure(values[name])
        case .equalField(let number):
            return fieldPlace() ?? field(" equal", UInt64(values[number], radix: 16))
        case .limitedField(let number): return fieldPlace() ?? field("int32 le", UInt64(values[number]))
        case .configuration(let index, let value): return configuration(values[index], values[value])
        }
    }

    /// Returns the place that the lines around a cause give: a field's path, or else the section, or else the
    /// end.
    package func place() -> Target {
        if let field = fieldPlace() { return field }
        if let device { return whole(device) }
        if let section = report.section { return part(id: section.id) }
        if let device = report.device { return foreign(device.name, device.instance) }
        return report.reason == QEMULog.Failure.inputOutput.rawValue
            ? end() : Target(range: 0..<0, path: "", isSure: false)
    }

    // The log is about another stream, or this stream has lost the section.
    private func foreign(_ name: String, _ instance: UInt32?) -> Target {
        if let cut = cut(name, instance) { return cut }
        let number = instance.map { " #\($0)" } ?? ""
        return Target(
            range: 0..<0, path: "", isSure: false, note: "the stream has no section \(name)\(number)")
    }

    private func area(_ cause: FailureReport.Cause) -> Target {
        switch cause.entry.place {
        case .ram:
            if let section = report.section { return part(id: section.id) }
            return section("ram", nil).map(whole) ?? place()
        case .commands:
            return document.store.records.first { $0.kind == .command }.map { bytes($0.offset..<$0.end) }
                ?? place()
        case .virtioFeatures:
            return virtio("guest_features")
        case .virtioField(let name): return virtio(name)
        case .end: return device.map(whole) ?? end()
        default: return place()
        }
    }

    private func cut(_ name: String, _ instance: UInt32?) -> Target? {
        let record = document.store.records.first {
            $0.isCut && document.store.table.names.text($0.name) == name
                && (instance == nil || $0.section?.instance == instance)
        }
        guard let record else { return nil }
        // Includes the rest of the field in which it ends.
        let rest = document.store.records.first { $0.kind == .gap && $0.offset == record.end }
        let end = rest?.end ?? record.end
        return bytes(end - 1..<end, note: "the section is cut here")
    }

    // A field inside the opaque field of a virtio device.
    private func virtio(_ name: String) -> Target {
        guard let device else { return place() }
        return document.range(ofPath: "\(whole(device).path)/virtio/\(name)").map { bytes($0) } ?? place()
    }

    package func bytes(_ range: Range<Int>, isSure: Bool = true, note: String? = nil) -> Target {
        let offset = min(max(range.lowerBound, 0), max(document.store.region.count - 1, 0))
        return Target(
            range: range, path: document.tree.pathText(document.tree.knownPath(atOffset: offset)),
            isSure: isSure,
            note: note)
    }

    private func end() -> Target {
        bytes(document.store.region.count..<document.store.region.count, isSure: false)
    }

    private func whole(_ section: CheckedSection) -> Target {
        let range = section.record.offset..<section.record.end
        let nodes = document.tree.nodes(along: document.tree.knownPath(atOffset: range.lowerBound))
        let path = nodes.last { $0.isRecord && $0.range == range }.map { document.tree.pathText($0.path) }
        return Target(range: range, path: path ?? section.name)
    }
}

// MARK: - Sections

extension FailureLocator {
    private func section(_ name: String, _ instance: UInt32?) -> CheckedSection? {
        Self.opening(name, instance, in: sections).first
    }

    // FULL and START sections with a name; all instances when none is given.
    private static func opening(
        _ name: String, _ instance: UInt32?, in sections: [CheckedSection]
    ) -> [CheckedSection] {
        sections.filter {
            $0.name == name && $0.section.type.isNamed
                && (instance == nil || $0.key.instance == instance)
        }
    }

    // The last section with that id: the loader was reading it when the stream ended or failed.
    private func part(id: UInt32) -> Target {
        let parts = sections.filter { $0.id == id }
        let gap = document.store.checkedRecords().last {
            $0.kind == .gap && document.store.region.bigEndian(UInt32.self, at: $0.offset + 1) == id
        }
        if let gap {
            // In a gap at the end of the stream, the missing part is after its bytes.
            guard gap.end < document.store.region.count else {
                return bytes(gap.end - 1..<gap.end, note: "the section is cut here")
            }
            return bytes(gap.offset..<gap.end)
        }
        return parts.last.map(whole) ?? end()
    }

    // The message has no instance id: the section that breaks off, or whose length differs from the
    // description.
    private func footer(_ name: String) -> Target {
        let devices = document.store.describedDevices()
        func described(_ section: CheckedSection) -> Int? {
            devices[section.key].map { document.store.table[$0.layout].size }
        }
        if let cut = cut(name, nil) { return cut }
        let named = Self.opening(name, nil, in: sections)
        let odd = named.first { section in described(section).map { $0 != section.size } ?? false }
        guard let section = odd ?? named.first else { return foreign(name, nil) }
        let note = described(section).map { size in
            size != section.size
                ? "the section has \(section.size) bytes, its description says \(size)"
                : "the section has the \(size) bytes that its description says, so "
                    + (opaqueField(section).map { "bytes inside \($0) are damaged, or " } ?? "")
                    + "the destination's device differs"
        }
        return bytes(
            section.bodyEnd..<section.record.end, isSure: odd != nil || named.count == 1, note: note)
    }

    // A field whose own bytes give its length.
    private func opaqueField(_ section: CheckedSection) -> String? {
        guard let device = document.store.describedDevices()[section.key] else { return nil }
        let table = document.store.table
        return table.items(of: device.layout).first { table[type: $0.type].decode != nil }
            .map { table.names.text($0.name) }
    }

    private func block(_ name: String) -> Target {
        guard let section = section("ram", nil) else { return place() }
        let bytes = Array(name.utf8)
        for offset in section.bodyOffset..<max(section.bodyOffset, section.bodyEnd - bytes.count)
        where document.store.region.byte(at: offset) == UInt8(truncatingIfNeeded: bytes.count)
            && document.store.region.matches(bytes, at: offset + 1)
        {
            return self.bytes(offset..<offset + bytes.count + 9)
        }
        return whole(section)
    }

    private func structure(_ name: String) -> Target {
        let sections = device.map { [$0] } ?? self.sections.filter { $0.record.kind == .full }
        let devices = document.store.describedDevices()
        let last = sections.first { section in
            section.name == name || section.name.hasSuffix("/" + name)
                || devices[section.key].map {
                    document.store.table.names.text(document.store.table[$0.layout].vmsdName) == name
                } ?? false
        }
        if let last { return versionField(last) }
        for section in sections { if let found = subsection(name, in: section) { return found } }
        return place()
    }

    private func versionField(_ section: CheckedSection) -> Target {
        bytes(section.bodyOffset - 4..<section.bodyOffset)
    }

    // Finds it by its bytes: 05, length, name.
    private func subsection(_ name: String, in section: CheckedSection) -> Target? {
        let pattern =
            [SectionType.subsection.rawValue, UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
        for offset in section.bodyOffset..<max(section.bodyOffset, section.bodyEnd)
        where document.store.region.matches(pattern, at: offset) {
            return bytes(offset..<offset + pattern.count + 4)
        }
        return nil
    }

    /// Returns the subsections in a section's description.
    package func subsections() -> String? {
        guard let device, let described = document.store.describedDevices()[device.key] else { return nil }
        let names = document.store.table.items(of: described.layout).filter { $0.role == .subsection }
            .map { document.store.table.names.text($0.name) }
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}

// MARK: - Fields

extension FailureLocator {
    /// The innermost field that the `Failed to load` lines give.
    private func fieldPlace() -> Target? {
        if report.fields.isEmpty, let element = report.elements.first { return elementPlace(element) }
        guard let outermost = report.fields.last, report.device == nil || device != nil else { return nil }
        let table = document.store.table
        let devices = document.store.describedDevices()
        let sections = device.map { [$0] } ?? self.sections.filter { $0.record.kind == .full }
        for section in sections {
            guard let body = CheckContext.layout(of: section, devices[section.key], table),
                device != nil || table.names.text(table[body.layout].vmsdName) == outermost.structure
            else { continue }
            let walk = FieldPathWalk(table: table)
            if let range = walk.range(of: report.fields.reversed(), in: body.layout, at: body.offset) {
                return bytes(range)
            }
        }
        return nil
    }

    // 10.2 and later give only the innermost field and its type.
    private func elementPlace(_ element: (type: String, field: String)) -> Target? {
        guard device != nil else { return nil }
        let found = visited { $0.name == element.type }.filter { field in
            guard let step = field.chain.last else { return false }
            return step.field == element.field || step.field.hasSuffix("." + element.field)
        }
        guard let first = found.first else { return nil }
        return bytes(first.offset..<first.offset + first.size, isSure: found.count == 1)
    }

    // Finds the fields of a type with that value; the first is as likely as the others.
    private func field(_ type: String, _ value: UInt64?) -> Target {
        let region = document.store.region
        let found = visited { $0.name.hasSuffix(type) }.filter {
            let bytes = region.span($0.offset..<$0.offset + $0.size)
            return bytes.bigEndianValue == value
        }
        guard let first = found.first else { return place() }
        return bytes(first.offset..<first.offset + first.size, isSure: found.count == 1)
    }

    private func configuration(_ index: String, _ value: String) -> Target {
        guard let index = Int(index, radix: 16) else { return place() }
        let field = fieldPlace().map { [$0.range] }
        let ranges = field ?? visited { $0.name == "pci config" }.map { $0.offset..<$0.offset + $0.size }
        let fitting = ranges.filter {
            index < $0.count
                && document.store.region.byte(at: $0.lowerBound + index) == UInt8(value, radix: 16)
        }
        guard let range = fitting.first ?? ranges.first, index < range.count else { return place() }
        let config = PCIConfig(document.store.region, range.lowerBound, range.count)
        let note =
            config.capability(at: index).map { "capability \($0.name) +\($0.place)" }
            ?? PCIConfig.register(index)
        return bytes(
            range.lowerBound + index..<range.lowerBound + index + 1, isSure: fitting.count == 1, note: note)
    }

    private func visited(_ isWanted: @escaping (FieldType) -> Bool) -> [VisitedField] {
        var visitor = FieldVisitor(document.store.table, types: isWanted)
        let devices = document.store.describedDevices()
        var result: [VisitedField] = []
        for section in device.map({ [$0] }) ?? sections {
            guard let body = CheckContext.layout(of: section, devices[section.key], document.store.table)
            else {
                continue
            }
            visitor.visit(body.layout, at: body.offset) { if result.count < 1 << 16 { result.append($0) } }
        }
        return result
    }
}
