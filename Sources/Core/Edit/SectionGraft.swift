import Bytes
import Diagnose
import Format
import Memory
import Stream

/// The body of a section in the shape of another stream's section: with its own values by name, and the
/// other's values when it has none.
package struct SectionGraft {
    /// The change to a part of the own section.
    package enum Note: Equatable {
        /// A field or element that the other section does not have; `isZero` says whether its bytes were all
        /// zero.
        case lost(path: String, isZero: Bool)
        /// A part that only the other section has; its bytes are copied.
        case filled(path: String)
        /// A number of elements, or a size, that is changed to the other's shape.
        case counted(path: String)
        /// An array with another length, which no adjacent number gives; with both lengths.
        case uncounted(path: String, own: Int, other: Int)
        /// The processor is at EL3, and the other has none.
        case higherLevel
        /// A system register that only the own stream has; `isZero` says whether its value was 0.
        case register(path: String, isZero: Bool)
        /// A PCI configuration with the other's registers, and what that changes for the guest.
        case configured(path: String, PCIConfigMerge)
    }

    private let own: Document
    private let other: Document
    package private(set) var notes: [Note] = []
    /// The changes to the other's description: the place, the growth in bytes, and the content.
    private var deltas: [Delta] = []

    private struct Delta {
        var steps: [DescriptionStep]
        var growth: Int
        /// A subsection of the own description to add there.
        var added: JSONTree?
        /// A subsection of the other's description that is absent.
        var removed: [UInt8]?
        var isOpaque: Bool
    }

    private static let noteLimit = 4096
    private static let depthLimit = 100
    // The maximum number of array elements that are compared one by one; further ones are copied unchanged.
    private static let elementLimit = 1 << 20

    package init(_ own: Document, _ other: Document) {
        self.own = own
        self.other = other
    }

    /// Returns the new body of `section`, and its description.
    ///
    /// - Throws: `EditError` when the fields of one of the sections are unknown.
    package mutating func graft(
        _ section: CheckedSection, onto model: CheckedSection
    ) throws(EditError) -> (body: [UInt8], device: JSONTree?) {
        guard let mine = own.tree.node(of: section), let theirs = other.tree.node(of: model),
            mine.childCount > 0, theirs.childCount > 0, !own.store.table.hasErrors(mine.layout),
            !other.store.table.hasErrors(theirs.layout)
        else {
            throw EditError("\(section.editName): its fields are unknown; try: --description FILE")
        }
        // Without the frame, which `body` has taken from the other section.
        let whole = body(mine, theirs, depth: 0)
        let header = model.bodyOffset - model.record.offset
        let footer = model.record.end - model.bodyEnd
        return (Array(whole.dropFirst(header).dropLast(footer)), device(section, model))
    }

    /// Returns the bytes of an inner structure of the own stream in the other's shape.
    ///
    /// - Throws: `EditError` when the fields of one of the structures are unknown.
    package mutating func graft(inner mine: Node, onto theirs: Node) throws(EditError) -> [UInt8] {
        guard !mine.isLeaf, !theirs.isLeaf, isArray(mine, own) == isArray(theirs, other),
            !own.store.table.hasErrors(mine.layout), !other.store.table.hasErrors(theirs.layout)
        else { throw EditError("\(own.tree.pathText(mine.path)): its fields are not known on both sides") }
        return isArray(theirs, other) ? value(mine, theirs, depth: 0) : body(mine, theirs, depth: 0)
    }

    private func device(_ section: CheckedSection, _ model: CheckedSection) -> JSONTree? {
        guard let tree = StreamDraft.descriptionTree(of: other), let index = tree.index(of: model.key)
        else {
            return nil
        }
        var device = tree.devices[index]
        for delta in deltas {
            device.change(delta.steps[...], grownBy: delta.growth) { body in
                guard !delta.isOpaque else { return }
                var all = body["subsections"]?.elements ?? []
                if let removed = delta.removed {
                    all.removeAll { $0["vmsd_name"]?.isText(removed) == true }
                }
                if let added = delta.added { all.append(added) }
                body["subsections"] = all.isEmpty ? nil : .array(all)
            }
        }
        return device
    }

    // MARK: Bodies

    private mutating func body(_ mine: Node, _ theirs: Node, depth: Int) -> [UInt8] {
        guard depth < Self.depthLimit else { return other.tree.bytes(of: theirs) }
        var bytes: [UInt8] = []
        let members = named(mine, own)
        let others = named(theirs, other)
        var taken: Set<String> = []
        let counts = counters(mine, theirs, members, others)
        let renamed = renames(members, others)
        let registers = registers(members, others)
        var tail: [UInt8] = []
        for (name, child) in others.list {
            if name == "@footer" {
                tail = other.tree.bytes(of: child)
                continue
            }
            if name.hasPrefix("@") || child.role == .frame {
                bytes += other.tree.bytes(of: child)
                continue
            }
            let isSubsection = other.tree.typeName(child) == "subsection"
            if let list = registers[name] {
                taken.insert(name)
                bytes += list
                continue
            }
            if let old = renamed[name], let match = members.byName[old] {
                taken.insert(old)
                bytes += leaf(match, child)
                continue
            }
            guard let match = members.byName[name] else {
                if isSubsection {
                    // In the own stream its absence means the default.
                    leaveOut(child)
                } else {
                    note(.filled(path: other.tree.pathText(child.path)))
                    bytes += other.tree.bytes(of: child)
                }
                continue
            }
            taken.insert(name)
            if TargetFacts.isVersionNumber(name) {
                bytes += other.tree.bytes(of: child)
            } else if counts.contains(name) {
                note(.counted(path: own.tree.pathText(match.path)))
                bytes += other.tree.bytes(of: child)
            } else {
                bytes += value(match, child, depth: depth + 1)
            }
        }
        for (name, child) in members.list where !taken.contains(name) && others.byName[name] == nil {
            guard !name.hasPrefix("@"), child.role != .frame, child.size > 0 else { continue }
            let path = own.tree.pathText(child.path)
            if own.tree.typeName(child) == "subsection" {
                bytes += own.tree.bytes(of: child)
                keep(child, below: theirs)
            } else {
                note(.lost(path: path, isZero: own.tree.bytes(of: child).allSatisfy { $0 == 0 }))
            }
        }
        return bytes + tail
    }

    private mutating func value(_ mine: Node, _ theirs: Node, depth: Int) -> [UInt8] {
        if mine.isLeaf, theirs.isLeaf { return leaf(mine, theirs) }
        guard max(mine.childCount, theirs.childCount) <= Self.elementLimit else {
            if mine.size == theirs.size { return own.tree.bytes(of: mine) }
            note(.filled(path: other.tree.pathText(theirs.path)))
            return other.tree.bytes(of: theirs)
        }
        // An array with one element is described as that element.
        if isArray(mine, own), !isArray(theirs, other), mine.childCount > 0 {
            for index in 1..<min(max(mine.childCount, 1), 256) {
                let child = own.tree.child(index, of: mine)
                note(
                    .lost(
                        path: own.tree.pathText(child.path),
                        isZero: own.tree.bytes(of: child).allSatisfy { $0 == 0 })
                )
            }
            return value(own.tree.child(0, of: mine), theirs, depth: depth + 1)
        }
        if !isArray(mine, own), isArray(theirs, other), theirs.childCount > 0 {
            var bytes = value(mine, other.tree.child(0, of: theirs), depth: depth + 1)
            for index in 1..<max(theirs.childCount, 1) {
                let child = other.tree.child(index, of: theirs)
                note(.filled(path: other.tree.pathText(child.path)))
                bytes += other.tree.bytes(of: child)
            }
            return bytes
        }
        // The own stream decides which pointers exist.
        guard !mine.isLeaf, !theirs.isLeaf, isArray(mine, own) == isArray(theirs, other) else {
            guard mine.size == theirs.size else {
                note(.filled(path: other.tree.pathText(theirs.path)))
                return other.tree.bytes(of: theirs)
            }
            return own.tree.bytes(of: mine)
        }
        guard isArray(theirs, other) else { return body(mine, theirs, depth: depth) }
        if let keys = keys(mine, theirs) { return keyed(mine, theirs, keys, depth: depth) }
        var elements: [Int: Int] = [:]
        for index in 0..<mine.childCount {
            elements[own.tree.elementNumber(own.tree.child(index, of: mine))] = index
        }
        if mine.childCount == theirs.childCount, mine.size == theirs.size, mine.childCount > 256,
            own.tree.child(0, of: mine).isLeaf
        {
            return own.tree.bytes(of: mine)
        }
        var bytes: [UInt8] = []
        for index in 0..<theirs.childCount {
            let child = other.tree.child(index, of: theirs)
            if let place = elements.removeValue(forKey: other.tree.elementNumber(child)) {
                bytes += value(own.tree.child(place, of: mine), child, depth: depth + 1)
            } else {
                if index >= mine.childCount { note(.filled(path: other.tree.pathText(child.path))) }
                bytes += other.tree.bytes(of: child)
            }
        }
        for index in elements.values.sorted().prefix(256) {
            let child = own.tree.child(index, of: mine)
            note(
                .lost(
                    path: own.tree.pathText(child.path),
                    isZero: own.tree.bytes(of: child).allSatisfy { $0 == 0 }))
        }
        return bytes
    }

    // The ids of elements that contain one, when they differ between both sides: ports of virtio-serial.
    private func keys(_ mine: Node, _ theirs: Node) -> (own: [[UInt8]], other: [[UInt8]])? {
        func keys(_ array: Node, _ document: Document) -> [[UInt8]]? {
            guard document.tree.name(array) == "ports", array.childCount <= 1024 else { return nil }
            var result: [[UInt8]] = []
            for index in 0..<array.childCount {
                guard let path = document.path(text: "id", from: document.tree.child(index, of: array)) else {
                    return nil
                }
                result.append(document.tree.bytes(of: document.tree.node(path)))
            }
            return result
        }
        guard let here = keys(mine, own), let there = keys(theirs, other), here != there else { return nil }
        return (here, there)
    }

    private mutating func keyed(
        _ mine: Node, _ theirs: Node, _ keys: (own: [[UInt8]], other: [[UInt8]]), depth: Int
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, key) in keys.other.enumerated() {
            let child = other.tree.child(index, of: theirs)
            if let place = keys.own.firstIndex(of: key) {
                bytes += value(own.tree.child(place, of: mine), child, depth: depth + 1)
            } else {
                note(.filled(path: other.tree.pathText(child.path)))
                bytes += other.tree.bytes(of: child)
            }
        }
        for (index, key) in keys.own.enumerated() where !keys.other.contains(key) {
            let child = own.tree.child(index, of: mine)
            note(
                .lost(
                    path: own.tree.pathText(child.path),
                    isZero: own.tree.bytes(of: child).allSatisfy { $0 == 0 }))
        }
        return bytes
    }

    private mutating func leaf(_ mine: Node, _ theirs: Node) -> [UInt8] {
        let bytes = own.tree.bytes(of: mine)
        if other.tree.typeName(theirs) == "pci config" {
            let regions = StreamDraft.key(of: theirs.path, in: other).map {
                PCIConfig.regions(of: $0.name, in: other)
            }
            let merge = PCIConfigMerge(
                PCIConfig(own.store.region, mine.offset, mine.size), bytes,
                PCIConfig(other.store.region, theirs.offset, theirs.size, regions: regions ?? [:]))
            if merge.bytes != bytes {
                note(.configured(path: own.tree.pathText(mine.path), merge))
            }
            return merge.bytes
        }
        guard bytes.count != theirs.size else { return bytes }
        let model = other.tree.bytes(of: theirs)
        let type = other.tree.typeName(theirs)
        if bytes.count <= 8, model.count <= 8,
            type.hasPrefix("int") || type.hasPrefix("uint") || type == "bool"
        {
            let isNegative = type.hasPrefix("int") && (bytes.first ?? 0) & 0x80 != 0
            if model.count > bytes.count {
                return [UInt8](repeating: isNegative ? 0xff : 0, count: model.count - bytes.count) + bytes
            }
            return Array(bytes.suffix(model.count))
        }
        guard model.count <= bytes.count else { return bytes + model[bytes.count...] }
        if bytes[model.count...].contains(where: { $0 != 0 }) {
            note(.lost(path: own.tree.pathText(mine.path), isZero: false))
        }
        return Array(bytes.prefix(model.count))
    }

    private func isArray(_ node: Node, _ document: Document) -> Bool {
        !node.layout.isNone && document.store.table[node.layout].kind == .array
    }

    // MARK: Lists of system registers

    // Orders the lists of an Arm processor like the other's, by key; registers that only one side has stay as
    // they are.
    private mutating func registers(
        _ members: (list: [(String, Node)], byName: [String: Node]),
        _ others: (list: [(String, Node)], byName: [String: Node])
    ) -> [String: [UInt8]] {
        let (keyName, valueName) = ("cpreg_vmstate_indexes", "cpreg_vmstate_values")
        guard let keys = members.byName[keyName], let values = members.byName[valueName],
            let otherKeys = others.byName[keyName], let otherValues = others.byName[valueName]
        else { return [:] }
        let (mine, found) = (Self.words(keys, own), Self.words(values, own))
        let (theirs, defaults) = (Self.words(otherKeys, other), Self.words(otherValues, other))
        guard mine.count == found.count, theirs.count == defaults.count, !theirs.isEmpty else {
            return [:]
        }
        if mine != theirs {
            note(.uncounted(path: own.tree.pathText(keys.path), own: mine.count, other: theirs.count))
        }
        var known: [UInt64: UInt64] = [:]
        for (key, value) in zip(mine, found) { known[key] = value }
        var result: [UInt64] = []
        for (key, value) in zip(theirs, defaults) {
            let own = known.removeValue(forKey: key) ?? value
            result.append(ArmRegisterRules.accepted(key, own, local: value))
        }
        // SCR_EL3; `cpsr` holds the exception level in bits 3:2 if bit 4, for 32-bit modes, is clear.
        if known[0x6030_0000_0013_f088] != nil, let state = members.byName["cpsr"],
            number(state, own) & 0x1c == 0xc
        {
            note(.higherLevel)
        }
        for (index, key) in mine.enumerated()
        where known[key] != nil && !ArmRegisterRules.isConstant(key) {
            let path = own.tree.pathText(values.path) + "[\(index)]"
            note(.register(path: path, isZero: found[index] == 0))
        }
        var lists = [
            keyName: theirs.flatMap { FrameBytes.bigEndian($0) },
            valueName: result.flatMap { FrameBytes.bigEndian($0) },
        ]
        let lengthName = "cpreg_vmstate_array_len"
        if let length = others.byName[lengthName], members.byName[lengthName] != nil {
            lists[lengthName] = other.tree.bytes(of: length)
        }
        return lists
    }

    private static func words(_ node: Node, _ document: Document) -> [UInt64] {
        let bytes = document.tree.bytes(of: node)
        guard bytes.count % 8 == 0 else { return [] }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
    }

    // MARK: Names and counts

    // Fields that moved to another structure: `env.CSR_CRMD` and `env.sys_states[0].CSR_CRMD`.
    private func renames(
        _ members: (list: [(String, Node)], byName: [String: Node]),
        _ others: (list: [(String, Node)], byName: [String: Node])
    ) -> [String: String] {
        func last(_ name: String) -> Substring { name.split(separator: ".").last ?? name[...] }
        var free: [Substring: [(String, Node)]] = [:]
        for (name, child) in members.list
        where others.byName[name] == nil && !name.hasPrefix("@") && child.role == .field
            && name.contains(".")
        {
            free[last(name), default: []].append((name, child))
        }
        guard !free.isEmpty else { return [:] }
        var result: [String: String] = [:]
        for (name, child) in others.list where members.byName[name] == nil && child.role == .field {
            guard let found = free[last(name)], found.count == 1, found[0].1.size == child.size else {
                continue
            }
            result[name] = found[0].0
            free[last(name)] = nil
        }
        return result
    }

    private func named(_ node: Node, _ document: Document) -> (
        list: [(String, Node)], byName: [String: Node]
    ) {
        var list: [(String, Node)] = []
        var byName: [String: Node] = [:]
        var seen: [String: Int] = [:]
        for index in 0..<min(node.childCount, Self.elementLimit) {
            let child = document.tree.child(index, of: node)
            let component = document.tree.component(child)
            let number = seen[component, default: 0] + 1
            seen[component] = number
            let name = number > 1 ? "\(component)~\(number)" : component
            list.append((name, child))
            byName[name] = child
        }
        return (list, byName)
    }

    private func length(_ node: Node, _ document: Document) -> Int {
        isArray(node, document) ? node.childCount : 1
    }

    // Numbers that give the length of an adjacent array, when both streams differ.
    private mutating func counters(
        _ mine: Node, _ theirs: Node, _ members: (list: [(String, Node)], byName: [String: Node]),
        _ others: (list: [(String, Node)], byName: [String: Node])
    ) -> Set<String> {
        var lengths: [(Int, Int)] = []
        var differing: [(name: String, own: Node, other: Node)] = []
        for (name, child) in others.list {
            guard let match = members.byName[name] else {
                if isArray(child, other) { lengths.append((0, child.childCount)) }
                continue
            }
            // Bytes after their count, such as the configuration of a virtio device.
            if match.isLeaf, child.isLeaf, match.size != child.size, other.tree.typeName(child) == "buffer" {
                lengths.append((match.size, child.size))
            }
            guard isArray(child, other) || isArray(match, own), length(match, own) != length(child, other)
            else {
                continue
            }
            lengths.append((length(match, own), length(child, other)))
            differing.append((name, match, child))
        }
        for (name, child) in members.list where isArray(child, own) && others.byName[name] == nil {
            lengths.append((child.childCount, 0))
        }
        guard !lengths.isEmpty else { return [] }
        var result: Set<String> = []
        var told: [(Int, Int)] = []
        for (name, child) in others.list where child.isLeaf && (1...8).contains(child.size) {
            guard let match = members.byName[name], match.isLeaf, match.size == child.size else {
                continue
            }
            let values = (number(match, own), number(child, other))
            if lengths.contains(where: { $0 == values }) {
                result.insert(name)
                told.append(values)
            }
        }
        for (_, mine, theirs) in differing where theirs.role == .field {
            let counts = (length(mine, own), length(theirs, other))
            guard !other.tree.isOpaque(theirs), !own.tree.isOpaque(mine),
                !told.contains(where: { $0 == counts })
            else {
                continue
            }
            note(.uncounted(path: own.tree.pathText(mine.path), own: counts.0, other: counts.1))
        }
        return result
    }

    private func number(_ node: Node, _ document: Document) -> Int {
        Int(truncatingIfNeeded: document.tree.bytes(of: node).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    // MARK: Changes to the description

    private mutating func note(_ note: Note) {
        if notes.count < Self.noteLimit { notes.append(note) }
    }

    private mutating func leaveOut(_ subsection: Node) {
        guard let parent = subsection.path.parent else { return }
        let (steps, isOpaque) = steps(to: parent)
        deltas.append(
            Delta(
                steps: steps, growth: -subsection.size,
                removed: Array(other.store.table.names.bytes(other.tree.nameID(of: subsection))),
                isOpaque: isOpaque))
    }

    private mutating func keep(_ subsection: Node, below theirs: Node) {
        let (steps, isOpaque) = steps(to: theirs.path)
        var described: JSONTree?
        let name = Array(own.store.table.names.bytes(own.tree.nameID(of: subsection)))
        if !isOpaque, let tree = StreamDraft.descriptionTree(of: own),
            let key = StreamDraft.key(of: subsection.path, in: own),
            let index = tree.index(of: key), let parent = subsection.path.parent
        {
            var device = tree.devices[index]
            let mine = StreamDraft.descriptionSteps(to: parent, in: own)
            device.change(mine[...], grownBy: 0) { body in
                described = body["subsections"]?.elements.first { $0["vmsd_name"]?.isText(name) == true }
            }
        }
        deltas.append(
            Delta(steps: steps, growth: subsection.size, added: described, isOpaque: isOpaque))
    }

    private func steps(to path: NodePath) -> ([DescriptionStep], Bool) {
        let nodes = other.tree.nodes(along: path).dropFirst(2)
        let isOpaque = nodes.contains {
            ($0.role != .field && $0.role != .subsection) || other.tree.isOpaque($0)
        }
        return (StreamDraft.descriptionSteps(to: path, in: other), isOpaque)
    }
}

extension StreamDraft {
    /// Gives a section, or a structure in it, the shape that it has in another stream.
    package mutating func adapt(_ text: String, from other: Document) throws(EditError)
        -> [EditChange]
    {
        if let section = try? section(named: text) { return try adapt(section, from: other).changes }
        return try adapt(inner: text, from: other).changes
    }

    package mutating func adapt(
        _ section: CheckedSection, from other: Document
    ) throws(EditError) -> (changes: [EditChange], notes: [SectionGraft.Note]) {
        guard
            let model = other.store.checkedSections().first(where: {
                $0.key == section.key && $0.record.kind == .full
            })
        else { throw EditError("\(other.overview.fileName): has no section \(section.editName)") }
        var graft = SectionGraft(document, other)
        let (body, device) = try graft.graft(section, onto: model)
        return (
            try replace(section, version: model.version, body: body, device: device), graft.notes
        )
    }

    package mutating func adapt(
        inner text: String, from other: Document
    ) throws(EditError) -> (changes: [EditChange], notes: [SectionGraft.Note]) {
        let nodes = try Self.nodes(text, in: document)
        guard nodes.count == 1, let node = nodes.first else {
            throw EditError("\"\(DisplayText.escaped(text))\" matches several structures")
        }
        let path = document.tree.pathText(node.path)
        guard let found = other.path(text: path) else {
            throw EditError("\(path): not in \(other.overview.fileName)")
        }
        let model = other.tree.node(found)
        var graft = SectionGraft(document, other)
        let bytes = try graft.graft(inner: node, onto: model)
        let old = document.tree.bytes(of: node)
        guard bytes != old else { return ([], graft.notes) }
        let steps = Self.descriptionSteps(to: node.path, in: document)
        let isOpaque = document.tree.nodes(along: node.path).dropFirst(2).contains { above in
            (above.role != .field && above.role != .subsection) || document.tree.isOpaque(above)
        }
        let body = Self.described(model.path, in: other)
        let key = Self.key(of: node.path, in: document)
        let description = try described { (tree: inout DescriptionTree) throws(EditError) in
            guard let key, let index = tree.index(of: key) else { return }
            var device = tree.devices[index]
            let isChanged = device.change(steps[...], grownBy: bytes.count - old.count) { own in
                if !isOpaque, let body { own = body }
            }
            guard isChanged else { throw EditError("the description has no place for \(path)") }
            tree.devices[index] = device
        }
        let change = EditChange(
            offset: writtenOffset(node.offset), path: path, before: old, after: bytes)
        try splice([(node.range, bytes)] + description)
        return ([change], graft.notes)
    }

    // Returns another stream's description of a structure.
    private static func described(_ path: NodePath, in other: Document) -> JSONTree? {
        guard let tree = descriptionTree(of: other), let key = key(of: path, in: other),
            let index = tree.index(of: key)
        else { return nil }
        var found: JSONTree?
        var device = tree.devices[index]
        device.change(descriptionSteps(to: path, in: other)[...], grownBy: 0) { found = $0 }
        return found
    }
}
