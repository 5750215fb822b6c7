import Bytes
import Format

/// The configuration section at offset 8: machine type and subsections (migration/savevm.c, 2.4 to 11.1).
///
/// It has no id, no version and no footer, so its end is found by reading it.
package struct ConfigurationSection {
    package private(set) var record: SectionRecord
    package private(set) var mismatch: Mismatch?
    private var position: Int
    private var items = LayoutBuilder()

    private static let capabilityLimit = 256

    /// Reads the section at `offset`. `described` is its layout in the description, used for subsections that
    /// no known version writes.
    package init(
        _ region: MappedRegion, at offset: Int, described: LayoutID?, state: inout StreamState,
        table: LayoutTable
    ) {
        record = SectionRecord(.configuration, offset: offset, size: 1)
        position = offset + 1
        items.leaf("@type", "section type", 1, role: .frame, in: table)
        machine(region, &state, table)
        while mismatch == nil, region.byte(at: position) == SectionType.subsection.rawValue {
            guard subsection(region, described, &state, table) else { break }
        }
        record.name = table.names.intern("configuration")
        record.size = items.size
        record.layout = items.body(in: table, vmsdName: record.name)
    }

    private mutating func machine(
        _ region: MappedRegion, _ state: inout StreamState, _ table: LayoutTable
    ) {
        guard let length = region.bigEndian(UInt32.self, at: position),
            length <= SectionFrames.machineNameLimit,
            Int(length) <= region.count - position - 4
        else {
            mismatch = Mismatch(
                offset: position, size: 4, expected: "the length of the machine name",
                found: "more than is left")
            return
        }
        items.leaf("len", "uint32", 4, role: .field, in: table)
        items.leaf("name", "buffer", Int(length), role: .field, in: table)
        state.machine = table.names.intern(region.copy(position + 4..<position + 4 + Int(length)))
        position += 4 + Int(length)
    }

    private mutating func subsection(
        _ region: MappedRegion, _ described: LayoutID?, _ state: inout StreamState, _ table: LayoutTable
    ) -> Bool {
        guard let length = region.byte(at: position + 1) else { return false }
        let name = region.copy(position + 2..<position + 2 + Int(length))
        let id = table.names.intern(name)
        let body = position + 6 + Int(length)
        let fields: LayoutBuilder?
        switch String(decoding: name, as: UTF8.self) {
        case "configuration/target-page-bits": fields = pageBits(region, body, &state, table)
        case "configuration/capabilities": fields = capabilities(region, body, &state, table)
        case "configuration/uuid": fields = uuid(table)
        case DescriptionPointer.name: fields = descriptionPointer(table)
        default: fields = unknown(id, described, table)
        }
        guard let fields, fields.size <= region.count - body else {
            mismatch = Mismatch(
                offset: position, size: 2 + Int(length), expected: "a known subsection of the configuration",
                found: "\"" + DisplayText.escaped(bytes: name) + "\"")
            return false
        }
        let subsection = SectionFrames.subsection(
            fields.body(in: table), named: id, version: 1, role: .subsection, in: table)
        items.append(subsection)
        position += subsection.stride
        return true
    }

    private func pageBits(
        _ region: MappedRegion, _ offset: Int, _ state: inout StreamState, _ table: LayoutTable
    ) -> LayoutBuilder {
        if let bits = region.bigEndian(UInt32.self, at: offset), (8...16).contains(bits) {
            state.targetPageBits = Int(bits)
        }
        var fields = LayoutBuilder()
        fields.leaf("target_page_bits", "uint32", 4, role: .field, in: table)
        return fields
    }

    private func capabilities(
        _ region: MappedRegion, _ offset: Int, _ state: inout StreamState, _ table: LayoutTable
    ) -> LayoutBuilder? {
        guard let count = region.bigEndian(UInt32.self, at: offset), count <= Self.capabilityLimit else {
            return nil
        }
        var fields = LayoutBuilder()
        fields.leaf("caps_count", "uint32", 4, role: .field, in: table)
        var names: [Item] = []
        var used = 4
        for index in 0..<Int(count) {
            guard let length = region.byte(at: offset + used), Int(length) < region.count - offset - used
            else {
                return nil
            }
            let text = region.copy(offset + used + 1..<offset + used + 1 + Int(length))
            state.capabilities.append(table.names.intern(text))
            names.append(
                Item(
                    type: table.type(named: "capability"), stride: 1 + Int(length), base: index))
            used += 1 + Int(length)
        }
        appendCapabilities(names, to: &fields, table)
        return fields
    }

    // A single capability is a plain field, as in a description.
    private func appendCapabilities(
        _ names: [Item], to fields: inout LayoutBuilder, _ table: LayoutTable
    ) {
        guard var single = names.first else { return }
        single.name = table.names.intern("capabilities")
        guard names.count > 1 else { return fields.append(single) }
        let array = table.layout(.array, names)
        single.child = array
        single.stride = table[array].size
        fields.append(single)
    }

    private func uuid(_ table: LayoutTable) -> LayoutBuilder {
        var fields = LayoutBuilder()
        fields.array("uuid.data", "uint8", count: 16, stride: 1, role: .field, in: table)
        return fields
    }

    private func descriptionPointer(_ table: LayoutTable) -> LayoutBuilder {
        var fields = LayoutBuilder()
        fields.leaf("offset", "uint64", 8, role: .field, in: table)
        fields.leaf("length", "uint64", 8, role: .field, in: table)
        return fields
    }

    private func unknown(_ name: NameID, _ described: LayoutID?, _ table: LayoutTable) -> LayoutBuilder? {
        guard let described,
            let item = table.items(of: described).first(where: { $0.name == name && $0.role == .subsection }),
            !item.child.isNone
        else { return nil }
        var fields = LayoutBuilder()
        for member in table.items(of: item.child).dropFirst() { fields.append(member) }
        return fields
    }
}
