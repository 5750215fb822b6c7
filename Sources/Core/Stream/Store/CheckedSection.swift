import Bytes
import Format

/// A START, PART, END or FULL section for the rules. Offsets are in bytes from the start of the stream.
package struct CheckedSection {
    package var record: SectionRecord
    /// The header; for a PART or END, that of the START.
    package var section: SectionRecord.Section
    /// The offset after the header.
    package var bodyOffset: Int
    /// The offset before the footer, as in the record.
    package var bodyEnd: Int
    package var key: SectionKey
    /// The idstr. Escaped.
    package var name: String

    package init(
        record: SectionRecord, section: SectionRecord.Section, bodyOffset: Int, bodyEnd: Int, key: SectionKey,
        name: String
    ) {
        self.record = record
        self.section = section
        self.bodyOffset = bodyOffset
        self.bodyEnd = bodyEnd
        self.key = key
        self.name = name
    }

    package var id: UInt32 { section.id }
    package var version: UInt32 { section.version }

    /// The size of the body in bytes.
    package var size: Int { bodyEnd - bodyOffset }
}

/// The identity of a section within a machine.
package struct SectionKey: Hashable {
    package var name: [UInt8]
    package var instance: UInt32
    /// The number of preceding FULL sections with this idstr and instance id. Handlers that are registered
    /// with a fixed instance id write several (slirp, isa-ide, ipmi-bmc-sim).
    package var occurrence = 0

    package init(name: [UInt8], instance: UInt32, occurrence: Int = 0) {
        self.name = name
        self.instance = instance
        self.occurrence = occurrence
    }
}

extension StreamStore {
    /// The offset of the first end mark, in bytes from the start of the stream. O(records).
    package var firstEndMark: Int? { records.lazy.filter { $0.kind == .endOfFile }.map(\.offset).min() }

    /// Returns the sections of the stream up to its first end mark, including those in the live part and in
    /// packages. O(records).
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
        if let section = checked(record), !record.isCut { result.append(section) }
        for child in record.children { collect(child, into: &result) }
    }

    /// The damage among RAM pages: bytes that are not page records. O(records).
    package var gapsInRAM: [SectionRecord] {
        records.lazy.filter { $0.section?.ram != nil }.flatMap(\.children).map { self.records[$0] }
            .filter { $0.kind == .gap }
    }

    /// Returns the records as QEMU's loader encounters them. A section without an end is a gap that includes
    /// the bytes after it. Records inside a RAM section are left out, because the RAM reader encounters
    /// those. O(records).
    package func checkedRecords() -> [SectionRecord] {
        let gaps = Dictionary(
            records.lazy.filter { $0.kind == .gap }.map { ($0.offset, $0) }, uniquingKeysWith: { $1 })
        var hidden = Set(gapsInRAM.map(\.offset))
        let all = records.map { record in
            guard let section = record.section, section.isCut else { return record }
            var gap = SectionRecord(.gap(cut: section), offset: record.offset, size: record.size)
            guard let rest = gaps[record.end] else { return gap }
            gap.size += rest.size
            hidden.insert(rest.offset)
            return gap
        }
        return all.filter { $0.kind != .gap || !hidden.contains($0.offset) }
    }

    /// Returns a record as a section; nil for other records. O(name).
    package func checked(_ record: SectionRecord) -> CheckedSection? {
        guard let section = record.section else { return nil }
        let bytes = Array(table.names.bytes(record.name))
        let header = section.type.isNamed ? SectionFrames.headerSize(nameLength: bytes.count) : 5
        let footer = hasFooter(record) ? SectionFrames.footerSize : 0
        return CheckedSection(
            record: record, section: section, bodyOffset: record.offset + header,
            bodyEnd: max(record.offset + header, record.end - footer),
            key: SectionKey(name: bytes, instance: section.instance), name: DisplayText.escaped(bytes: bytes))
    }

    private func hasFooter(_ record: SectionRecord) -> Bool {
        guard !record.layout.isNone, let last = table.items(of: record.layout).last else {
            return state.hasFooters != false
        }
        return table.names.bytes(last.name).elementsEqual("@footer".utf8)
    }

    /// Returns the keys of the described devices, in the order of the description. O(devices).
    package func describedKeys() -> [SectionKey] {
        var counts: [SectionKey: Int] = [:]
        return (description?.devices ?? []).map { device in
            var key = SectionKey(name: Array(table.names.bytes(device.name)), instance: device.instance)
            let count = counts[key, default: 0]
            counts[key] = count + 1
            key.occurrence = count
            return key
        }
    }

    /// Returns the described devices by key. O(devices).
    package func describedDevices() -> [SectionKey: DescribedDevice] {
        Dictionary(uniqueKeysWithValues: zip(describedKeys(), description?.devices ?? []))
    }

    /// Returns the records of the stream that were read so far, including nested ones, in stream order.
    /// O(records).
    package func streamRecords() -> [SectionRecord] {
        var result: [SectionRecord] = []
        var stack = Array(topLevel.dropFirst(containerCount).reversed())
        while let number = stack.popLast() {
            result.append(records[number])
            stack += records[number].children.reversed()
        }
        return result
    }
}

extension LayoutTable {
    /// Whether the layout contains bytes that do not fit. O(items of the layout).
    package func hasErrors(_ id: LayoutID) -> Bool {
        items(of: id).contains { $0.role == .error || (!$0.child.isNone && hasErrors($0.child)) }
    }
}
