import Bytes
import Format

/// Turns the JSON of a description into interned layouts.
///
/// The grammar is that of migration/vmstate.c (5.2 to 11.1). Unknown keys are skipped, and key order does not
/// matter. Repeated keys are kept, because lists repeat them for each element.
package struct DescriptionParser {
    package let tape: JSONTape
    /// The offset of the text in the stream.
    package let base: Int
    package var table: LayoutTable
    package private(set) var problems: [DescriptionProblem] = []

    package init(tape: JSONTape, base: Int, table: LayoutTable) {
        self.tape = tape
        self.base = base
        self.table = table
    }

    /// Parses the description in the object at token `root`. O(length of the text).
    package mutating func parse(_ text: RawSpan, root: Int) -> Description {
        let range = tape.range(of: root)
        var result = Description(
            text: base + range.lowerBound..<base + range.upperBound, pageSize: nil, configuration: nil,
            devices: [], problems: [])
        for (key, value) in tape.members(of: root) {
            if tape.has(key, "page_size", in: text) {
                result.pageSize = tape.integer(value, in: text)
            } else if tape.has(key, "configuration", in: text) {
                result.configuration = body(value, text, role: .field)
            } else if tape.has(key, "devices", in: text) {
                for device in tape.elements(of: value) where tape.isWhole(device) {
                    result.devices.append(self.device(device, text))
                }
            }
        }
        result.problems = problems
        result.isCut = tape.failure != nil
        return result
    }

    private mutating func device(_ token: Int, _ text: RawSpan) -> DescribedDevice {
        var device = DescribedDevice(
            name: .empty, instance: 0, version: nil, layout: .none, text: base..<base)
        for (key, value) in tape.members(of: token) {
            if tape.has(key, "name", in: text) {
                device.name = name(value, text)
            } else if tape.has(key, "instance_id", in: text) {
                device.instance = UInt32(truncatingIfNeeded: number(value, text))
            } else if tape.has(key, "version", in: text) {
                device.version = UInt32(truncatingIfNeeded: number(value, text))
            }
        }
        device.layout = body(token, text, role: .field)
        let range = tape.range(of: token)
        device.text = base + range.lowerBound..<base + range.upperBound
        return device
    }

    /// Returns the layout of the first body whose keys are in the object at `token`.
    private mutating func body(_ token: Int, _ text: RawSpan, role: ItemRole) -> LayoutID {
        bodies(token, text, role: role).first ?? table.layout(.body, [])
    }

    /// Returns one layout for each repetition of vmsd_name, version, fields, subsections among the keys. A
    /// repeated key begins the next body.
    private mutating func bodies(_ token: Int, _ text: RawSpan, role: ItemRole) -> [LayoutID] {
        var result: [LayoutID] = []
        var part = BodyPart()
        for (key, value) in tape.members(of: token) {
            guard let key = bodyKey(key, text) else { continue }
            if part[key] != nil {
                result.append(finish(part, text, role))
                part = BodyPart()
            }
            part[key] = value
        }
        if part[.vmsdName] != nil || part[.fields] != nil { result.append(finish(part, text, role)) }
        return result
    }

    private enum BodyKey: Int {
        case vmsdName, version, fields, subsections
    }

    private func bodyKey(_ token: Int, _ text: RawSpan) -> BodyKey? {
        if tape.has(token, "vmsd_name", in: text) { return .vmsdName }
        if tape.has(token, "version", in: text) { return .version }
        if tape.has(token, "fields", in: text) { return .fields }
        return tape.has(token, "subsections", in: text) ? .subsections : nil
    }

    /// The tokens of a body's values by key.
    private struct BodyPart {
        private var tokens = SIMD4<Int>(repeating: -1)

        package subscript(key: BodyKey) -> Int? {
            get { tokens[key.rawValue] < 0 ? nil : tokens[key.rawValue] }
            set { tokens[key.rawValue] = newValue ?? -1 }
        }
    }

    private mutating func finish(_ part: BodyPart, _ text: RawSpan, _ role: ItemRole) -> LayoutID {
        var items: [Item] = []
        var groups = FieldGroups()
        if let fields = part[.fields] {
            for field in tape.elements(of: fields) {
                let entry = self.entry(field, text, role: role)
                if let done = groups.add(entry) { items.append(groupItem(done)) }
            }
            if let done = groups.finish() { items.append(groupItem(done)) }
        }
        if let subsections = part[.subsections] {
            for token in tape.elements(of: subsections) {
                items.append(subsection(token, text, role: role))
            }
        }
        let vmsdName = part[.vmsdName].map { name($0, text) } ?? .empty
        let version = part[.version].map { UInt32(truncatingIfNeeded: number($0, text)) } ?? 0
        return table.layout(.body, items, vmsdName: vmsdName, version: version)
    }

    private mutating func subsection(_ token: Int, _ text: RawSpan, role: ItemRole) -> Item {
        let inner = body(token, text, role: role)
        let layout = table[inner]
        return SectionFrames.subsection(
            inner, named: layout.vmsdName, version: layout.version,
            role: role == .decoded ? .decoded : .subsection, in: table)
    }

    private mutating func entry(_ token: Int, _ text: RawSpan, role: ItemRole) -> FieldEntry {
        var entry = FieldEntry(role: role, unknown: table.type(named: "unknown"))
        var structToken: Int?
        var countToken: Int?
        for (key, value) in tape.members(of: token) {
            if tape.has(key, "name", in: text) {
                entry.name = name(value, text)
            } else if tape.has(key, "type", in: text) {
                let name = tape.string(value, in: text) ?? []
                entry.type = table.type(named: name.span)
            } else if tape.has(key, "size", in: text) {
                entry.size = number(value, text)
            } else if tape.has(key, "array_len", in: text) {
                entry.count = number(value, text)
                countToken = value
            } else if tape.has(key, "struct", in: text) {
                structToken = value
            }
        }
        if entry.size == 0, let count = entry.count, count > Self.emptyElementLimit, let countToken {
            // Nobody can look at that many empty rows.
            report(countToken, text, expected: "at most \(Self.emptyElementLimit) elements without bytes")
            entry.count = nil
        } else if let structToken {
            entry.child = body(structToken, text, role: role)
        } else if table[type: entry.type].name == "buffer", entry.size > 1 {
            entry.inside = table.bytes(count: entry.size)
        } else {
            attachInlineBodies(to: &entry, token, text)
        }
        return entry
    }

    // tmp and vstruct put one body into the field itself. Lists put one for each element; these form the
    // template for their decoder.
    private mutating func attachInlineBodies(to entry: inout FieldEntry, _ token: Int, _ text: RawSpan) {
        let inline = bodies(token, text, role: .decoded)
        guard let child = inline.first, entry.size > 0 else { return }
        if table[type: entry.type].decode == nil {
            if inline.count == 1, table[child].size == entry.size { entry.child = child }
            return
        }
        let type = table.type(named: "struct")
        let template = inline.map { body in
            Item(
                name: table[body].vmsdName, type: type, role: .decoded, child: body, stride: table[body].size)
        }
        entry.child = table.layout(.body, template)
    }

    /// Returns one item for consecutive entries of equal name: a plain field, or an array of runs.
    private mutating func groupItem(_ listed: [FieldEntry]) -> Item {
        let entries = marked(listed)
        guard let first = entries.first else {
            return Item(type: table.type(named: "unknown"), stride: 0)
        }
        if entries.count == 1, first.count == nil {
            var item = Item(
                name: first.name, type: first.type, role: first.role, child: first.child, stride: first.size)
            item.inside = first.inside
            return item
        }
        var base = 0
        var runs: [Item] = []
        for entry in entries {
            let run = self.run(entry, base: base)
            runs.append(run)
            base = base.addingSaturated(run.count)
        }
        let array = table.layout(
            .array, runs, needsResolution: ArrayResolver.isUncertain(runs, table) ? true : nil)
        return Item(
            name: first.name, type: elementType(entries), role: first.role, child: array,
            stride: table[array].size)
    }

    /// The name of the marker before an element, which is a member of the element.
    package static let markerName = "@marker"

    // Since 11.1, a marker precedes each element of some arrays of pointers. It is part of the element, and
    // stands alone for a null pointer.
    private mutating func marked(_ entries: [FieldEntry]) -> [FieldEntry] {
        guard entries.count > 1,
            entries.contains(where: { table[type: $0.type].readerForm == .pointer })
        else { return entries }
        var result: [FieldEntry] = []
        var index = 0
        while index < entries.count {
            let mark = entries[index]
            index += 1
            guard table[type: mark.type].readerForm == .pointer, mark.count == nil, mark.size == 1,
                index < entries.count, entries[index].count == nil, !entries[index].child.isNone,
                table[entries[index].child].kind == .body
            else {
                result.append(mark)
                continue
            }
            var element = entries[index]
            index += 1
            let layout = table[element.child]
            let item = Item(
                name: table.names.intern(Self.markerName), type: mark.type, role: mark.role, stride: 1)
            element.child = table.layout(
                .body, [item] + Array(table.items(of: element.child)), vmsdName: layout.vmsdName,
                version: layout.version)
            element.size = element.size.addingSaturated(1)
            result.append(element)
        }
        return result
    }

    // Elements without bytes have no children.
    private func run(_ entry: FieldEntry, base: Int) -> Item {
        let count = entry.count ?? 1
        let isEmpty = entry.size == 0
        var run = Item(
            type: entry.type, role: entry.role, child: isEmpty ? .none : entry.child, count: count,
            stride: entry.size, base: base)
        run.inside = entry.inside
        return run
    }

    /// The maximum number of elements in an array of elements without bytes; a longer array is one row.
    package static let emptyElementLimit = 1024

    // The type of an array of pointers is the pointed-to type, not that of its null entries.
    private func elementType(_ entries: [FieldEntry]) -> TypeID {
        (entries.first { table[type: $0.type].readerForm.isMarker == false } ?? entries[0]).type
    }

    private mutating func name(_ token: Int, _ text: RawSpan) -> NameID {
        guard let bytes = tape.string(token, in: text) else {
            report(token, text, expected: "a string")
            return .empty
        }
        return table.names.intern(bytes)
    }

    private mutating func number(_ token: Int, _ text: RawSpan) -> Int {
        guard let value = tape.integer(token, in: text) else {
            report(token, text, expected: "an integer from 0 to 2^63-1")
            return 0
        }
        return value
    }

    private mutating func report(_ token: Int, _ text: RawSpan, expected: String) {
        guard problems.count < 100 else { return }
        let range = tape.range(of: token)
        let found = DisplayText.escaped(bytes: text.extracting(range.prefix(32)).bytes)
        problems.append(.init(offset: base + range.lowerBound, expected: expected, found: found))
    }
}

/// A field object of a description.
package struct FieldEntry {
    package var name = NameID.empty
    package var type: TypeID
    package var role: ItemRole
    package var size = 0
    /// The value of `array_len`, if any.
    package var count: Int?
    package var child = LayoutID.none
    /// The layout below a leaf.
    package var inside = LayoutID.none

    package init(role: ItemRole, unknown: TypeID) {
        self.role = role
        type = unknown
    }
}

/// Collects consecutive entries of equal name.
private struct FieldGroups {
    private var open: [FieldEntry] = []

    /// Adds an entry; returns the group that it completes.
    package mutating func add(_ entry: FieldEntry) -> [FieldEntry]? {
        if let last = open.last, last.name != entry.name {
            defer { open = [entry] }
            return open
        }
        open.append(entry)
        return nil
    }

    package mutating func finish() -> [FieldEntry]? { open.isEmpty ? nil : open }
}
