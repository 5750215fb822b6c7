import Format
import Stream

/// A visited field of a section. Offsets are in bytes from the start of the stream.
package struct VisitedField {
    package var item: Item
    package var type: String
    package var offset: Int
    package var size: Int
    /// The steps from the section to this field, which is last.
    package var chain: [FieldStep]
    /// The vmstate that contains the field, and the field's own name.
    package var structure: NameID
}

/// Walks the fields of sections that have the wanted types; crosses layouts without them in one step.
package struct FieldVisitor {
    package let table: LayoutTable
    private let isWanted: (FieldType) -> Bool
    private var holds: [LayoutID: Bool] = [:]
    private var wantedTypes: [TypeID: Bool] = [:]

    package init(_ table: LayoutTable, types isWanted: @escaping (FieldType) -> Bool) {
        self.table = table
        self.isWanted = isWanted
    }

    /// Calls `body` for each wanted field below `layout`, whose bytes begin at `offset`.
    package mutating func visit(_ layout: LayoutID, at offset: Int, _ body: (VisitedField) -> Void) {
        visit(
            LayoutCursor(layout, at: offset, in: table), chain: [], structure: table[layout].vmsdName, body)
    }

    private mutating func visit(
        _ outer: LayoutCursor, chain: [FieldStep], structure: NameID, _ body: (VisitedField) -> Void
    ) {
        guard holdsWanted(outer.layout) else { return }
        let own = table[outer.layout].vmsdName
        let name = own == .empty ? structure : own
        for place in outer.members() {
            guard let item = place.item else { continue }
            let type = table[type: item.type].name
            var inner = chain
            if !outer.isArray, item.role == .field || isField(item, of: outer.layout) {
                inner.append(
                    FieldStep(
                        structure: table.names.text(name), field: table.names.text(item.name), type: type))
            }
            if wants(item.type) {
                for index in 0..<item.count {
                    body(
                        VisitedField(
                            item: item, type: type, offset: place.advanced(by: index).offset,
                            size: place.size, chain: inner, structure: name))
                }
            }
            guard !item.child.isNone, holdsWanted(item.child) else { continue }
            for index in 0..<item.count {
                visit(place.advanced(by: index), chain: inner, structure: name, body)
            }
        }
    }

    // Subsections, elements and the contents of opaque fields have no line of their own in QEMU's messages,
    // except for VMStates among them.
    private func isField(_ item: Item, of id: LayoutID) -> Bool {
        item.role == .decoded && table[id].vmsdName != .empty && table[type: item.type].name != "subsection"
    }

    private mutating func holdsWanted(_ id: LayoutID) -> Bool {
        if let known = holds[id] { return known }
        var result = false
        for item in table.items(of: id) where item.role != .frame {
            if wants(item.type) || (!item.child.isNone && holdsWanted(item.child)) {
                result = true
                break
            }
        }
        holds[id] = result
        return result
    }

    private mutating func wants(_ type: TypeID) -> Bool {
        if let known = wantedTypes[type] { return known }
        let result = isWanted(table[type: type])
        wantedTypes[type] = result
        return result
    }
}

extension CheckContext {
    /// Returns the layout of a section's body, and the offset of its bytes; nil when its fields are unknown.
    package func layout(of section: CheckedSection) -> (layout: LayoutID, offset: Int)? {
        Self.layout(of: section, devices[section.key], table)
    }

    package static func layout(
        of section: CheckedSection, _ device: DescribedDevice?, _ table: LayoutTable
    ) -> (layout: LayoutID, offset: Int)? {
        guard section.record.kind == .full, let device else { return nil }
        let record = section.record.layout
        if !record.isNone, table[record].vmsdName == table[device.layout].vmsdName,
            table[device.layout].vmsdName != .empty,
            !table.hasErrors(record)
        {
            return (record, section.record.offset)
        }
        guard table[device.layout].size == section.bodyEnd - section.bodyOffset else { return nil }
        return (device.layout, section.bodyOffset)
    }

    /// Returns the fields of some types in a section, by the path of names and the number among fields with
    /// the same path.
    package func fields(
        of section: CheckedSection, in document: Document, _ device: DescribedDevice?,
        _ visitor: inout FieldVisitor
    ) -> [VisitedField] {
        guard let body = Self.layout(of: section, device, document.store.table) else { return [] }
        var result: [VisitedField] = []
        visitor.visit(body.layout, at: body.offset) { if result.count < 1 << 16 { result.append($0) } }
        return result
    }

    /// Passes each field of some types in the stream's devices to `body`, section by section. O(sections +
    /// fields).
    package mutating func forEachField(
        _ isWanted: @escaping (FieldType) -> Bool,
        _ body: (VisitedField, CheckedSection, inout CheckContext) -> Void
    ) {
        var visitor = FieldVisitor(table, types: isWanted)
        for section in sections where section.record.kind == .full {
            for field in fields(of: section, in: document, devices[section.key], &visitor) {
                body(field, section, &self)
            }
        }
    }

    /// Returns pairs of corresponding fields in the stream and in the target.
    package func pairs(_ isWanted: @escaping (FieldType) -> Bool) -> [FieldPair] {
        guard let target else { return [] }
        var here = FieldVisitor(table, types: isWanted)
        var there = FieldVisitor(target.store.table, types: isWanted)
        var result: [FieldPair] = []
        for section in sections where section.record.kind == .full {
            guard let model = targetSections[section.key] else { continue }
            var known: [[FieldStep]: [VisitedField]] = [:]
            for field in fields(of: model, in: target, targetDevices[section.key], &there) {
                known[field.chain, default: []].append(field)
            }
            var counts: [[FieldStep]: Int] = [:]
            for field in fields(of: section, in: document, devices[section.key], &here) {
                let number = counts[field.chain, default: 0]
                counts[field.chain] = number + 1
                guard let others = known[field.chain], number < others.count else { continue }
                result.append(FieldPair(section: section, received: field, local: others[number]))
            }
        }
        return result
    }
}

/// A field of the stream and the corresponding field of the target.
package struct FieldPair {
    package var section: CheckedSection
    package var received: VisitedField
    package var local: VisitedField
}
