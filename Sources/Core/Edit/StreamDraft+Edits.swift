import Bytes
import Diagnose
import Format
import Memory
import Stream

/// Applies edits in sequence, each to the result of the previous ones.
package struct StreamEditor {
    package private(set) var draft: StreamDraft
    /// Opens the files that edits take data from.
    private let open: (String) throws(EditError) -> Document
    private var opened: [String: Document] = [:]

    package init(_ draft: StreamDraft, open: @escaping (String) throws(EditError) -> Document) {
        self.draft = draft
        self.open = open
    }

    private mutating func other(_ path: String) throws(EditError) -> Document {
        if let known = opened[path] { return known }
        let document = try open(path)
        opened[path] = document
        return document
    }

    /// Applies an edit. O(device state).
    ///
    /// - Returns: its changes.
    /// - Throws: `EditError` when it fails; the draft is unchanged then.
    package mutating func apply(_ edit: StreamEdit) throws(EditError) -> [EditChange] {
        var changed = draft
        let changes: [EditChange]
        switch edit {
        case .set(let path, let operation, let value):
            changes = try changed.set(path, operation, value)
        case .renameMachine(let name): changes = try changed.renameMachine(name)
        case .renameSection(let old, let new): changes = try changed.renameSection(old, to: new)
        case .renameBlock(let old, let new): changes = try changed.renameBlock(old, to: new)
        case .resizeBlock(let name, let size): changes = try changed.resizeBlock(name, to: size)
        case .dropSection(let name): changes = try changed.dropSection(name)
        case .dropSubsection(let path): changes = try changed.dropSubsection(path)
        case .dropBlock(let name): changes = try changed.dropBlock(name)
        case .dropCommand(let name): changes = try changed.dropCommand(name)
        case .regroupBlocks(let old, let new):
            changes = try changed.regroupBlocks(old, into: new.map { ($0.name, $0.size) })
        case .addSubsection(let path, let file):
            changes = try changed.addSubsection(path, from: try other(file))
        case .takeSection(let name, let file):
            changes = try changed.takeSection(name, from: try other(file))
        case .adapt(let name, let file): changes = try changed.adapt(name, from: try other(file))
        case .takeValue(let path, let file):
            changes = try changed.takeValue(path, from: try other(file))
        case .version(let name, let version): changes = try changed.setVersion(name, version)
        case .description(.strip): changes = try changed.stripDescription()
        case .description(.rebuild): changes = try changed.rebuildDescription(nil)
        case .description(.from(let file)):
            changes = try changed.rebuildDescription(try other(file))
        case .takeConfiguration(let file):
            changes = try changed.takeConfiguration(from: try other(file))
        case .cutTrailing: changes = changed.cutTrailing()
        case .reframe(let name): changes = try changed.reframe(name)
        }
        draft = changed
        return changes
    }
}

// MARK: - Values

extension StreamDraft {
    package mutating func set(
        _ text: String, _ operation: StreamEdit.Operation, _ value: String
    ) throws(EditError) -> [EditChange] {
        let nodes = try Self.nodes(text, in: document)
        if operation == .assign {
            guard nodes.count == 1 else {
                let names = nodes.prefix(8).map { document.tree.pathText($0.path) }.joined(separator: ", ")
                throw EditError("\"\(DisplayText.escaped(text))\" matches several fields: \(names)")
            }
            return try replace(nodes[0], with: try EditValue(document).bytes(value, for: nodes[0]))
        }
        let names = value.split(separator: ",").map(String.init)
        var left = Set(names)
        var splices: [(node: Node, bytes: [UInt8])] = []
        for node in nodes {
            let result = try EditValue(document).flags(names, set: operation == .add, in: node)
            left.subtract(Set(names).subtracting(result.unknown))
            if result.unknown.count < names.count { splices.append((node, result.bytes)) }
        }
        guard left.isEmpty else {
            throw EditError(
                "no flag \(left.sorted().map { DisplayText.escaped($0) }.joined(separator: ", ")) in "
                    + "\"\(DisplayText.escaped(text))\"; try: migscope find FILE NAME")
        }
        var changes: [EditChange] = []
        for (node, bytes) in splices { changes.append(change(node, bytes)) }
        try splice(splices.map { ($0.node.range, $0.bytes) })
        return changes
    }

    private func change(_ node: Node, _ bytes: [UInt8]) -> EditChange {
        EditChange(
            offset: writtenOffset(node.offset), path: document.tree.pathText(node.path),
            before: document.tree.bytes(of: node), after: bytes)
    }

    private mutating func replace(_ node: Node, with bytes: [UInt8]) throws(EditError) -> [EditChange] {
        guard node.space == .stream else {
            throw EditError(
                "\(document.tree.pathText(node.path)): belongs to the container, not to the stream")
        }
        let changes = [change(node, bytes)]
        try splice([(node.range, bytes)])
        return changes
    }

    package mutating func takeValue(_ text: String, from other: Document) throws(EditError)
        -> [EditChange]
    {
        let nodes = try Self.nodes(text, in: document)
        guard nodes.count == 1 else {
            throw EditError("\"\(DisplayText.escaped(text))\" matches several fields")
        }
        let model = other.path(text: document.tree.pathText(nodes[0].path)).map { other.tree.node($0) }
        guard let model, model.size == nodes[0].size else {
            throw EditError(
                "\(document.tree.pathText(nodes[0].path)): not in \(other.overview.fileName), or has a different size; "
                    + "try: adapt-section")
        }
        return try replace(nodes[0], with: other.tree.bytes(of: model))
    }
}

// MARK: - Description

extension StreamDraft {
    package var descriptionRecord: SectionRecord? {
        document.store.records.first { $0.kind == .description }
    }

    /// The stream's own description; nil without one, or when it is not valid JSON.
    package var descriptionTree: DescriptionTree? { Self.descriptionTree(of: document) }

    package static func descriptionTree(of document: Document) -> DescriptionTree? {
        guard let own = document.store.description, own.borrowedFrom == nil, own.dump == nil else {
            return nil
        }
        let region = document.store.region
        let text = region.span(own.text)
        return try? DescriptionTree(text)
    }

    /// Returns the replacement of the description by a changed one; empty without a description.
    package func described(
        _ change: (inout DescriptionTree) throws(EditError) -> Void
    ) throws(EditError) -> [(range: Range<Int>, bytes: [UInt8])] {
        guard let record = descriptionRecord, let own = document.store.description, var tree = descriptionTree
        else {
            return []
        }
        try change(&tree)
        let text = tree.text
        if record.size == own.text.count + 5 {
            return [(record.offset..<record.end, FrameBytes.description(text))]
        }
        return [(own.text, text)]
    }

    package mutating func stripDescription() throws(EditError) -> [EditChange] {
        guard let record = descriptionRecord else { throw EditError("the stream has no description") }
        let change = EditChange(
            offset: writtenOffset(record.offset), path: "description",
            before: document.store.region.copy(record.offset..<record.end), after: [])
        try splice([(record.offset..<record.end, [])])
        return [change]
    }

    /// Writes a description made from the known contents of the sections, or from `other`'s description of
    /// them.
    package mutating func rebuildDescription(_ other: Document?) throws(EditError) -> [EditChange] {
        var fitted = document
        var text: [UInt8]?
        // What a damaged description still says comes before what another one says.
        let isDamaged = descriptionRecord != nil && descriptionTree == nil
        if let other {
            guard
                let borrowed = try? BorrowedDescription(
                    region: other.store.region, path: other.overview.fileName)
            else {
                throw EditError("\(other.overview.fileName): has no description")
            }
            var bare = self
            if descriptionRecord != nil { _ = try bare.stripDescription() }
            var options = OpenOptions()
            options.description = borrowed
            do throws(OpenError) {
                fitted = try Document.open(
                    region: bare.document.store.region, name: document.overview.fileName, options: options)
            } catch {
                throw EditError("\(error)")
            }
            text = isDamaged ? nil : bare.fitting(descriptionOf: other)
        }
        let record = descriptionRecord
        let place: Range<Int>
        if let record {
            place = record.offset..<record.end
        } else if let mark = document.store.records.first(where: { $0.kind == .endOfFile }) {
            place = mark.end..<mark.end
        } else {
            throw EditError("the stream has no end mark; try: migscope repair")
        }
        let rebuilt =
            isDamaged ? RebuiltDescription(document, else: fitted) : RebuiltDescription(fitted)
        let after = FrameBytes.description(text ?? rebuilt.text)
        let before = document.store.region.copy(place)
        guard before != after else { return [] }
        let change = EditChange(
            offset: writtenOffset(place.lowerBound), path: "description", before: before, after: after)
        try splice([(place, after)])
        return [change]
    }

    // Returns another stream's description unchanged if everything in it is here, with the same sizes and in
    // the same order: it has more information than a rebuilt one.
    private func fitting(descriptionOf other: Document) -> [UInt8]? {
        guard let own = other.store.description, own.borrowedFrom == nil, own.dump == nil,
            Self.descriptionTree(of: other) != nil, Self.shape(of: document) == Self.shape(of: other),
            !other.findings.contains(where: { $0.severity == .error })
        else { return nil }
        return other.store.region.copy(own.text)
    }

    private struct Shape: Equatable {
        var key: SectionKey
        var version: UInt32
        var size: Int
    }

    private static func shape(of document: Document) -> [Shape] {
        let sections = document.store.checkedSections().filter { $0.record.kind == .full }
            .map { Shape(key: $0.key, version: $0.version, size: $0.size) }
        let configuration = document.store.records.first { $0.kind == .configuration }
        let key = SectionKey(name: [], instance: 0)
        return sections + [Shape(key: key, version: 0, size: configuration?.size ?? 0)]
    }
}

// MARK: - Configuration

extension StreamDraft {
    private var configurationRecord: SectionRecord? {
        document.store.records.first { $0.kind == .configuration }
    }

    package mutating func renameMachine(_ name: String) throws(EditError) -> [EditChange] {
        guard let record = configurationRecord, let old = document.store.machine else {
            throw EditError("the stream has no machine name: its machine type is 2.3 or older")
        }
        let bytes = Array(name.utf8)
        guard !bytes.isEmpty, bytes.count < 256, bytes.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
            throw EditError("a machine name has 1 to 255 printable characters")
        }
        let length = Int(document.store.region.bigEndian(UInt32.self, at: record.offset + 1) ?? 0)
        let range = record.offset + 1..<record.offset + 5 + length
        let new = FrameBytes.bigEndian(UInt32(bytes.count)) + bytes
        let change = EditChange(
            offset: range.lowerBound, path: "configuration/name", before: document.store.region.copy(range),
            after: new)
        guard old != name else { return [] }
        let description = try described { (tree: inout DescriptionTree) throws(EditError) in
            tree.configuration?.change(
                [.field(name: Array("name".utf8), element: nil)][...], grownBy: bytes.count - length
            ) { _ in }
        }
        try splice([(range, new)] + description)
        return [change]
    }

    package mutating func takeConfiguration(from other: Document) throws(EditError) -> [EditChange] {
        guard let record = configurationRecord,
            let model = other.store.records.first(where: { $0.kind == .configuration })
        else { throw EditError("one of the streams has no configuration section") }
        let old = document.store.region.copy(record.offset..<record.end)
        let new = other.store.region.copy(model.offset..<model.end)
        guard old != new else { return [] }
        let capabilities = Set(document.store.state.capabilities.map { document.store.table.names.text($0) })
        let others = Set(other.store.state.capabilities.map { other.store.table.names.text($0) })
        let differing = capabilities.symmetricDifference(others).intersection([
            "x-ignore-shared", "mapped-ram", "multifd",
        ])
        guard differing.isEmpty else {
            throw EditError(
                "capability \(differing.sorted().joined(separator: ", ")) changes how RAM is stored, not only the configuration"
            )
        }
        let theirs = Self.descriptionTree(of: other)?.configuration
        let description = try described { (tree: inout DescriptionTree) throws(EditError) in
            if tree.configuration != nil, let theirs { tree.configuration = theirs }
        }
        let change = EditChange(offset: record.offset, path: "configuration", before: old, after: new)
        try splice([(record.offset..<record.end, new)] + description)
        return [change]
    }

    /// Drops each command of a kind.
    package mutating func dropCommand(_ text: String) throws(EditError) -> [EditChange] {
        guard let kind = CommandKind(label: text) else {
            throw EditError("no command \(DisplayText.escaped(text)); try: SWITCHOVER_START")
        }
        guard Self.removableCommands.contains(kind) else {
            throw EditError(
                "\(kind.label): the data after it is read differently without it; try: migscope convert")
        }
        let own = document.store.records.filter { $0.command == kind && !stub.contains($0.offset) }
            .map { $0.offset..<$0.end }
        var changes = own.map {
            EditChange(
                offset: writtenOffset($0.lowerBound), path: kind.label,
                before: document.store.region.copy($0),
                after: [])
        }
        changes += dropLiveCommands(kind).map {
            EditChange(
                offset: $0.lowerBound, path: kind.label, before: source.store.region.copy($0), after: [])
        }
        guard !changes.isEmpty else { throw EditError("the stream has no command \(kind.label)") }
        try splice(own.map { ($0, []) })
        return changes
    }

    // Commands without an effect on the parts after them (migration/savevm.c, 7.2 to 11.1).
    private static let removableCommands: Set<CommandKind> = [.switchoverStart, .openReturnPath, .ping]

    package mutating func cutTrailing() -> [EditChange] {
        guard !trailing.isEmpty else { return [] }
        let change = EditChange(
            offset: writtenOffset(document.store.region.count), path: "",
            before: source.store.region.copy(trailing.prefix(64)), after: [])
        trailing = trailing.lowerBound..<trailing.lowerBound
        return [change]
    }
}

// MARK: - Sections

extension StreamDraft {
    private func range(_ section: CheckedSection) -> Range<Int> {
        section.record.offset..<section.record.end
    }

    private func header(_ section: CheckedSection) -> Range<Int> {
        section.record.offset..<section.bodyOffset
    }

    private func type(_ section: CheckedSection) -> SectionType {
        section.record.kind == .start ? .start : .full
    }

    /// Rewrites header and footer when the footer's bytes are part of the section.
    package mutating func reframe(_ text: String) throws(EditError) -> [EditChange] {
        let section = try section(named: text)
        guard document.store.state.hasFooters != false else {
            throw EditError("sections of this stream have no footers")
        }
        let footer = section.record.end - SectionFrames.footerSize
        guard footer >= section.bodyOffset else {
            throw EditError("\(section.editName): has no room for a footer")
        }
        let bytes = FrameBytes.footer(section.id)
        let range = footer..<section.record.end
        let old = document.store.region.copy(range)
        guard old != bytes else { return [] }
        let change = EditChange(
            offset: writtenOffset(footer), path: section.editName + "/@footer", before: old, after: bytes)
        try splice([(range, bytes)])
        return [change]
    }

    package mutating func dropSection(_ text: String) throws(EditError) -> [EditChange] {
        let section = try section(named: text)
        if section.id == document.store.ramSectionID, section.record.kind == .start {
            throw EditError("ram: a guest can't run without it; try: --drop block=NAME")
        }
        let description = try described { (tree: inout DescriptionTree) throws(EditError) in
            if let index = tree.index(of: section.key) { tree.devices.remove(at: index) }
        }
        let range = range(section)
        let change = EditChange(
            offset: writtenOffset(range.lowerBound), path: section.editName,
            before: document.store.region.copy(range), after: [])
        var parts: [(range: Range<Int>, bytes: [UInt8])] = []
        if section.record.kind == .start {
            dropLive(section.id)
            document.openLivePart()
            parts = document.store.records.filter {
                ($0.kind == .part || $0.kind == .end) && $0.section?.id == section.id
                    && !stub.contains($0.offset)
            }.map { ($0.offset..<$0.end, []) }
        }
        try splice([(range, [])] + parts + description)
        return [change]
    }

    package mutating func renameSection(_ old: String, to new: String) throws(EditError)
        -> [EditChange]
    {
        let section = try section(named: old)
        let name = SectionName(new)
        let instance = name.instance ?? section.key.instance
        guard (1...255).contains(name.name.count) else {
            throw EditError("an idstr has 1 to 255 bytes")
        }
        var key = SectionKey(name: name.name, instance: instance)
        guard key.name != section.key.name || instance != section.key.instance else { return [] }
        key.occurrence = sections.count { $0.key.name == key.name && $0.key.instance == instance }
        guard key.occurrence == 0 else {
            throw EditError("the stream already has a section \(key.editName)")
        }
        let bytes = FrameBytes.header(
            type(section), id: section.id, name: key.name, instance: instance,
            version: section.version)
        return try replaceHeader(section, bytes) { device in
            device["name"] = .text(key.name)
            device["instance_id"] = .number(Int(instance))
        }
    }

    package mutating func setVersion(_ text: String, _ version: UInt32) throws(EditError)
        -> [EditChange]
    {
        let section = try section(named: text)
        let bytes = FrameBytes.header(
            type(section), id: section.id, name: section.key.name, instance: section.key.instance,
            version: version)
        return try replaceHeader(section, bytes) { device in
            if device["version"] != nil { device["version"] = .number(Int(version)) }
        }
    }

    private mutating func replaceHeader(
        _ section: CheckedSection, _ bytes: [UInt8], _ device: (inout JSONTree) -> Void
    ) throws(EditError) -> [EditChange] {
        let range = header(section)
        let description = try described { (tree: inout DescriptionTree) throws(EditError) in
            if let index = tree.index(of: section.key) {
                var one = tree.devices[index]
                device(&one)
                tree.devices[index] = one
            }
        }
        let change = EditChange(
            offset: writtenOffset(range.lowerBound), path: section.editName + "/@header",
            before: document.store.region.copy(range), after: bytes)
        try splice([(range, bytes)] + description)
        return [change]
    }

    /// Inserts a whole section of another stream, in place of the own one or before its successor there.
    package mutating func takeSection(_ text: String, from other: Document) throws(EditError)
        -> [EditChange]
    {
        let model = try Self.section(named: text, in: other)
        guard model.record.kind == .full else {
            throw EditError("\(model.editName): not a device section")
        }
        let body = other.store.region.copy(model.bodyOffset..<model.bodyEnd)
        let theirs = Self.descriptionTree(of: other)
        let device = theirs.flatMap { tree in tree.index(of: model.key).map { tree.devices[$0] } }
        if let own = sections.first(where: { $0.key == model.key && $0.record.kind == .full }) {
            return try replace(own, version: model.version, body: body, device: device)
        }
        let id = freeID(model.id)
        var bytes = FrameBytes.header(
            .full, id: id, name: model.key.name, instance: model.key.instance,
            version: model.version)
        bytes += body
        if document.store.state.hasFooters != false { bytes += FrameBytes.footer(id) }
        let next = follower(of: model, in: other)
        guard
            let place = next.map({ $0.record.offset })
                ?? document.store.records.first(where: { $0.kind == .endOfFile })?.offset
        else { throw EditError("the stream has no end mark; try: migscope repair") }
        let description = try described { (tree: inout DescriptionTree) throws(EditError) in
            guard let device else {
                throw EditError("\(other.overview.fileName): does not describe \(model.editName)")
            }
            let index = next.flatMap { tree.index(of: $0.key) } ?? tree.devices.count
            tree.devices.insert(device, at: index)
        }
        let change = EditChange(
            offset: writtenOffset(place), path: model.editName, before: [], after: bytes)
        try splice([(place..<place, bytes)] + description)
        return [change]
    }

    // Returns the section's id in the other stream, so that a dropped section is restored exactly; if that id
    // is in use, an unused one.
    private func freeID(_ wanted: UInt32) -> UInt32 {
        let used = Set(sections.map(\.id))
        guard used.contains(wanted) else { return wanted }
        var id = (used.max() ?? 0) &+ 1
        while used.contains(id) { id &+= 1 }
        return id
    }

    // Returns the own section that follows `model` in the other stream.
    private func follower(of model: CheckedSection, in other: Document) -> CheckedSection? {
        let theirs = other.store.checkedSections().filter { $0.record.kind == .full }
        let own = Dictionary(
            sections.filter { $0.record.kind == .full }.map { ($0.key, $0) },
            uniquingKeysWith: { first, _ in first })
        guard let index = theirs.firstIndex(where: { $0.key == model.key }) else { return nil }
        return theirs[(index + 1)...].lazy.compactMap { own[$0.key] }.first
    }

    /// Replaces the body and the version of a section. `device` is its description; nil keeps the description
    /// unchanged.
    package mutating func replace(
        _ section: CheckedSection, version: UInt32, body: [UInt8], device: JSONTree?
    ) throws(EditError) -> [EditChange] {
        let range = section.record.offset..<section.bodyEnd
        var bytes = FrameBytes.header(
            type(section), id: section.id, name: section.key.name, instance: section.key.instance,
            version: version)
        bytes += body
        guard bytes != document.store.region.copy(range) else { return [] }
        let description = try described { (tree: inout DescriptionTree) throws(EditError) in
            guard let index = tree.index(of: section.key), var device else { return }
            device["name"] = .text(section.key.name)
            device["instance_id"] = .number(Int(section.key.instance))
            tree.devices[index] = device
        }
        let change = EditChange(
            offset: writtenOffset(range.lowerBound), path: section.editName,
            before: document.store.region.copy(range), after: bytes)
        try splice([(range, bytes)] + description)
        return [change]
    }
}

// MARK: - Subsections

extension StreamDraft {
    package mutating func dropSubsection(_ text: String) throws(EditError) -> [EditChange] {
        let nodes = try Self.nodes(text, in: document)
        guard nodes.count == 1, let node = nodes.first, document.tree.typeName(node) == "subsection" else {
            throw EditError("\"\(DisplayText.escaped(text))\" does not match exactly one subsection")
        }
        let name = Array(document.store.table.names.bytes(document.tree.nameID(of: node)))
        return try splice(subsection: node.path, at: node.range, bytes: []) { body in
            var all = body["subsections"]?.elements ?? []
            if let index = all.firstIndex(where: { $0["vmsd_name"]?.isText(name) == true }) {
                all.remove(at: index)
            }
            body["subsections"] = all.isEmpty ? nil : .array(all)
        }
    }

    /// Adds the subsection at `text` of another stream to the end of the same body here.
    package mutating func addSubsection(_ text: String, from other: Document) throws(EditError)
        -> [EditChange]
    {
        let models = try Self.nodes(text, in: other)
        guard models.count == 1, let model = models.first, other.tree.typeName(model) == "subsection",
            let above = model.path.parent
        else {
            throw EditError(
                "\"\(DisplayText.escaped(text))\" does not match exactly one subsection of \(other.overview.fileName)"
            )
        }
        let parentText = other.tree.pathText(above)
        guard let parentPath = document.path(text: parentText) else {
            throw EditError("the stream has no \(parentText), the parent of the subsection")
        }
        let parent = document.tree.node(parentPath)
        let name = other.tree.nameID(of: model)
        let bytesOfName = Array(other.store.table.names.bytes(name))
        if let own = document.path(text: other.tree.pathText(model.path)) {
            throw EditError("the stream already has \(document.tree.pathText(own))")
        }
        let next = follower(of: model, below: parent, in: other)
        let nextName = next.map { Array(document.store.table.names.bytes(document.tree.nameID(of: $0))) }
        let place = next?.offset ?? endOfBody(parent)
        let steps = Self.descriptionSteps(to: model.path, in: other)
        let theirs = Self.descriptionTree(of: other)
        var described: JSONTree?
        if let theirs, let key = Self.key(of: model.path, in: other), let index = theirs.index(of: key) {
            var device = theirs.devices[index]
            device.change(steps.dropLast(), grownBy: 0) { body in
                described = body["subsections"]?.elements.first {
                    $0["vmsd_name"]?.isText(bytesOfName) == true
                }
            }
        }
        let bytes = other.tree.bytes(of: model)
        return try splice(subsection: parentPath.appending(0), at: place..<place, bytes: bytes) {
            body in
            guard let described else { return }
            var all = body["subsections"]?.elements ?? []
            let index = nextName.flatMap { name in
                all.firstIndex { $0["vmsd_name"]?.isText(name) == true }
            }
            all.insert(described, at: index ?? all.count)
            body["subsections"] = .array(all)
        }
    }

    // Returns the first subsection after `model` in the other stream that the own body also has: QEMU writes
    // subsections in the order of their table.
    private func follower(of model: Node, below parent: Node, in other: Document) -> Node? {
        guard let above = model.path.parent, let index = model.path.indices.last else { return nil }
        let siblings = other.tree.node(above)
        for number in index + 1..<max(siblings.childCount, index + 1) {
            let child = other.tree.child(number, of: siblings)
            guard other.tree.typeName(child) == "subsection" else { continue }
            if let path = document.path(text: other.tree.component(child), from: parent) {
                return document.tree.node(path)
            }
        }
        return nil
    }

    // Before the footer of a section, otherwise at the end.
    private func endOfBody(_ node: Node) -> Int {
        document.tree.record(of: node).flatMap(document.store.checked)?.bodyEnd ?? node.range.upperBound
    }

    package static func key(of path: NodePath, in document: Document) -> SectionKey? {
        guard let first = path.indices.first else { return nil }
        let node = document.tree.node(NodePath([first]))
        return document.store.checkedSections().first { $0.record.offset == node.offset }?.key
    }

    package static func descriptionSteps(to path: NodePath, in document: Document)
        -> [DescriptionStep]
    {
        var steps: [DescriptionStep] = []
        for node in document.tree.nodes(along: path).dropFirst(2) {
            if node.isElement {
                guard case .field(let name, _)? = steps.last else { return steps }
                steps[steps.count - 1] = .field(name: name, element: document.tree.elementNumber(node))
                continue
            }
            let name = Array(document.store.table.names.bytes(document.tree.nameID(of: node)))
            switch node.role {
            case .subsection: steps.append(.subsection(name))
            case .field: steps.append(.field(name: name, element: nil))
            default: return steps
            }
        }
        return steps
    }

    // `path` is that of the subsection, or of any other child of its body.
    private mutating func splice(
        subsection path: NodePath, at range: Range<Int>, bytes: [UInt8],
        _ body: (inout JSONTree) -> Void
    ) throws(EditError) -> [EditChange] {
        let growth = bytes.count - range.count
        let parent = path.parent ?? .root
        let steps = Self.descriptionSteps(to: parent, in: document)
        // For an opaque field the description has only the size.
        let isOpaque =
            document.tree.nodes(along: parent).dropFirst(2).contains {
                $0.role != .field && $0.role != .subsection
            }
            || document.tree.nodes(along: parent).last.map { document.tree.isOpaque($0) } == true
        let key = Self.key(of: path, in: document)
        let description = try described { (tree: inout DescriptionTree) throws(EditError) in
            guard let key, let index = tree.index(of: key) else { return }
            var device = tree.devices[index]
            guard device.change(steps[...], grownBy: growth, { if !isOpaque { body(&$0) } }) else {
                throw EditError(
                    "the description has no place for it; try: --description strip, then rebuild")
            }
            tree.devices[index] = device
        }
        let change = EditChange(
            offset: writtenOffset(range.lowerBound), path: document.tree.pathText(parent),
            before: document.store.region.copy(range), after: bytes)
        try splice([(range, bytes)] + description)
        return [change]
    }
}

extension StreamTree {
    /// Whether the description has only the size of a node.
    package func isOpaque(_ node: Node) -> Bool {
        guard node.role == .field, !node.layout.isNone, !node.isLeaf else { return false }
        return store.table.items(of: node.layout).first?.role == .decoded
    }
}

// MARK: - RAM blocks

extension StreamDraft {
    // Finds the entry of a block in the START section of ram: its number, its range, and the offset of its
    // length.
    private func block(_ name: String) throws(EditError) -> (
        number: Int, entry: Range<Int>, length: Int
    ) {
        guard let start = document.store.ramStart, !start.layout.isNone else {
            throw EditError("the stream has no list of RAM blocks")
        }
        let wanted = Array(name.utf8)
        let body = document.store.table.items(of: start.layout).filter {
            document.store.table[type: $0.type].name == "RAM block"
        }
        for (number, item) in body.enumerated()
        where document.store.table.names.bytes(item.name).elementsEqual(wanted) {
            let offset = start.offset + item.offset
            return (number, offset..<offset + item.size, offset + 1 + wanted.count)
        }
        throw EditError("no RAM block \"\(DisplayText.escaped(name))\"; try: migscope info FILE")
    }

    // Returns the first word of the list: the sum of all lengths.
    private func total(adding growth: Int) throws(EditError) -> (range: Range<Int>, bytes: [UInt8]) {
        guard let start = document.store.ramStart,
            let item = document.store.table.items(of: start.layout).first(where: {
                document.store.table.names.text($0.name) == "mem_size"
            })
        else { throw EditError("the stream has no list of RAM blocks") }
        let offset = start.offset + item.offset
        // The word itself may be damaged, or include a damaged length.
        let size = document.store.state.blocks.reduce(growth) { $0.addingSaturated($1.usedLength) }
        return (offset..<offset + 8, FrameBytes.bigEndian(UInt64(max(size, 0)) | RAMFlag.memSize))
    }

    private mutating func change(_ blocks: (inout [RAMPlan.Block]) -> Void) throws(EditError) {
        var plan = ram ?? RAMPlan(source)
        blocks(&plan.blocks)
        for index in plan.blocks.indices { plan.blocks[index].joinPieces() }
        // If the plan is the original one again, copy the live part unchanged.
        guard plan != RAMPlan(source) else { return ram = nil }
        try LiveRewrite.requireReadableRAM(source, live)
        ram = plan
    }

    // Whether the name of a block is damaged only in the list: the unreadable pages have the other name.
    private func pagesAreNamed(_ name: [UInt8]) -> Bool {
        source.openLivePart()
        guard let page = source.unreadRAM(in: live) else { return false }
        return source.store.region.byte(at: page + 8) == UInt8(truncatingIfNeeded: name.count)
            && source.store.region.matches(name, at: page + 9)
    }

    package mutating func renameBlock(_ old: String, to new: String) throws(EditError) -> [EditChange] {
        let (number, entry, length) = try block(old)
        let name = Array(new.utf8)
        guard (1...255).contains(name.count) else {
            throw EditError("a RAM block's name has 1 to 255 bytes")
        }
        guard old != new else { return [] }
        guard (try? block(new)) == nil else {
            throw EditError("the stream already has a RAM block \(DisplayText.escaped(new))")
        }
        let range = entry.lowerBound..<length
        let bytes = [UInt8(name.count)] + name
        let change = EditChange(
            offset: range.lowerBound, path: "ram:0/\(PathText.escaped(old))/idstr",
            before: document.store.region.copy(range), after: bytes)
        if !pagesAreNamed(name) { try self.change { $0[number].name = name } }
        try splice([(range, bytes)])
        return [change]
    }

    package mutating func resizeBlock(_ name: String, to size: Int) throws(EditError) -> [EditChange] {
        let (number, _, length) = try block(name)
        guard size >= 0, size % document.store.state.pageSize == 0 else {
            throw EditError("the size of a RAM block is a multiple of \(document.store.state.pageSize) bytes")
        }
        let range = length..<length + 8
        let old = Int(truncatingIfNeeded: document.store.region.bigEndian(UInt64.self, at: length) ?? 0)
        guard old != size else { return [] }
        let bytes = FrameBytes.bigEndian(UInt64(size))
        let change = EditChange(
            offset: length, path: "ram:0/\(PathText.escaped(name))/used_length",
            before: document.store.region.copy(range), after: bytes)
        try self.change { $0[number].size = size }
        try splice([try total(adding: size - old), (range, bytes)])
        return [change]
    }

    package mutating func dropBlock(_ name: String) throws(EditError) -> [EditChange] {
        let (number, entry, length) = try block(name)
        let size = Int(truncatingIfNeeded: document.store.region.bigEndian(UInt64.self, at: length) ?? 0)
        let change = EditChange(
            offset: entry.lowerBound, path: "ram:0/\(PathText.escaped(name))",
            before: document.store.region.copy(entry), after: [])
        try self.change { $0.remove(at: number) }
        try splice([try total(adding: -size), (entry, [])])
        return [change]
    }

    /// Divides a block into several adjacent ones, or joins several into one.
    package mutating func regroupBlocks(
        _ old: [String], into new: [(name: String, size: Int)]
    ) throws(EditError) -> [EditChange] {
        var found: [(number: Int, entry: Range<Int>, length: Int)] = []
        for name in old { found.append(try block(name)) }
        // The order in the list may differ from that in memory: the largest block is first
        // (system/physmem.c).
        let listed = found.sorted { $0.number < $1.number }
        guard let first = listed.first,
            zip(listed, listed.dropFirst()).allSatisfy({ $0.number + 1 == $1.number }),
            document.store.state.advisedPageSizes.nonzeroBitCount <= 1,
            found.allSatisfy({ $0.entry.count == $0.length + 8 - $0.entry.lowerBound })
        else {
            throw EditError(
                "the RAM blocks are not adjacent, or have more than a name and a size")
        }
        var pieces: [RAMPlan.Piece] = []
        let plan = ram ?? RAMPlan(source)
        var base = 0
        for block in found {
            let size = plan.blocks[block.number].size
            for piece in plan.blocks[block.number].pieces where piece.place < size {
                var moved = piece
                moved.place += base
                // A part that a smaller size has cut off is not part of the next block.
                moved.length = min(piece.length, size - piece.place)
                pieces.append(moved)
            }
            base += size
        }
        guard new.reduce(0, { $0 + $1.size }) == base else {
            throw EditError("the sizes of the RAM blocks don't add up")
        }
        var blocks: [RAMPlan.Block] = []
        var bytes: [UInt8] = []
        var start = 0
        for (name, size) in new {
            let own = pieces.compactMap { piece -> RAMPlan.Piece? in
                let low = max(piece.place, start)
                let high = min(piece.place + piece.length, start + size)
                guard low < high else { return nil }
                return RAMPlan.Piece(
                    source: piece.source, offset: piece.offset + low - piece.place, place: low - start,
                    length: high - low)
            }
            blocks.append(RAMPlan.Block(name: Array(name.utf8), size: size, pieces: own))
            bytes +=
                [UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
                + FrameBytes.bigEndian(UInt64(size))
            start += size
        }
        let range = first.entry.lowerBound..<(listed.last ?? first).entry.upperBound
        let change = EditChange(
            offset: range.lowerBound, path: "ram:0", before: document.store.region.copy(range), after: bytes)
        try self.change { $0.replaceSubrange(first.number..<first.number + found.count, with: blocks) }
        try splice([(range, bytes)])
        return [change]
    }
}
