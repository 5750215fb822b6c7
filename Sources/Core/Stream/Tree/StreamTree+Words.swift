import Bytes
import Format

extension StreamTree {
    /// Returns the record of a node; nil for other nodes.
    package func record(of node: Node) -> SectionRecord? {
        if case .record(let number) = node.source { store.records[number] } else { nil }
    }

    /// Returns the item of a node that is a field, a frame, an element or RAM; nil for others.
    package func item(of node: Node) -> Item? {
        switch node.source {
        case .root, .record, .range: nil
        case .member(let number), .element(let number, _): store.table[item: number]
        }
    }

    /// Returns the type of a member or an element; nil for records.
    package func typeID(of node: Node) -> TypeID? {
        switch node.source {
        case .root, .record, .range: nil
        case .member(let number), .element(let number, _): store.table[item: number].type
        }
    }

    /// Returns the interned name of a node; empty for elements.
    package func nameID(of node: Node) -> NameID { record(of: node)?.name ?? item(of: node)?.name ?? .empty }

    /// Returns the number of an element in its array, 0 for others. For RAM, it is the page number in the
    /// block.
    package func elementNumber(_ node: Node) -> Int {
        guard case .element(let number, let place) = node.source else { return 0 }
        return store.table[item: number].base + place
    }

    /// Returns the name that the tree shows: `mc146818rtc`, `cmos_data`, `[5]`; for a page, its offset in the
    /// block.
    package func name(_ node: Node) -> String {
        switch node.source {
        case .root: fileName
        case .record, .member: store.table.names.text(nameID(of: node))
        case .element: node.role == .ram ? elementText(node) : "[\(elementText(node))]"
        case .range: rangeName(node)
        }
    }

    /// Appends the name of an element other than a RAM page, such as `[5]`. Fast, because there may be
    /// millions.
    package func appendElementName(_ node: Node, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "["))
        ASCII.appendDecimal(elementNumber(node), to: &text)
        text.append(UInt8(ascii: "]"))
    }

    /// Returns the dim text after the name: `#0`, `RFLAGS`, `[128]`, `START`; empty for most.
    package func decoration(_ node: Node) -> String {
        if let record = record(of: node) { return decoration(record, node) }
        return [label(node), arrayDecoration(node)].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func arrayDecoration(_ node: Node) -> String {
        guard !node.isRange, !node.layout.isNone, store.table[node.layout].kind == .array else { return "" }
        if node.role == .ram, let first = store.table.items(of: node.layout).first {
            let start = first.base.multipliedSaturated(by: store.state.pageSize)
            return "\(Hex.offset(start)) [\(node.childCount)]"
        }
        return "[\(node.childCount)]"
    }

    private func decoration(_ record: SectionRecord, _ node: Node) -> String {
        switch record.content {
        case .section(let section):
            section.type == .full ? "#\(section.instance)" : "#\(section.instance) \(section.type.label)"
        case .live: node.isLazy ? "" : "[\(node.childCount)]"
        case .pages: "\(Hex.offset(record.offset))"
        case .header, .configuration, .command, .unread, .endOfFile, .description, .padding, .gap, .stream,
            .container:
            ""
        }
    }

    /// Returns `v3` for sections with a version id and for subsections, else an empty text.
    package func versionText(_ node: Node) -> String {
        if let record = record(of: node) {
            guard let section = record.section, section.type.isNamed else { return "" }
            return "v\(section.version)"
        }
        guard !node.layout.isNone, store.table[node.layout].vmsdName != .empty else { return "" }
        return "v\(store.table[node.layout].version)"
    }

    /// Returns QEMU's name of the type: `uint8`, `struct`; for records, their kind; empty for the root.
    package func typeName(_ node: Node) -> String {
        if let record = record(of: node) { return typeName(record) }
        guard let item = item(of: node) else { return "" }
        return DisplayText.escaped(store.table[type: item.type].name)
    }

    private func typeName(_ record: SectionRecord) -> String {
        switch record.kind {
        case .start, .part, .end, .full: "section"
        case .live: "group"
        case .pages: "pages"
        case .header, .configuration, .command, .endOfFile, .description: "record"
        case .unread: record.isLazy ? "unread" : "incomplete"
        case .padding: "padding"
        case .gap: "gap"
        case .stream: "stream"
        case .container: "container"
        }
    }

    /// Returns the type of a leaf, for its value.
    package func fieldType(of node: Node) -> FieldType? { item(of: node).map { store.table[type: $0.type] } }

    /// Whether a node may have a value. If not, no element of its item has one. O(1).
    package func mayHaveValue(_ node: Node) -> Bool {
        guard node.space == .stream, node.isExpandable, !node.isLeaf, let type = fieldType(of: node) else {
            return true
        }
        return type.name != "struct" && store.table[node.layout].kind != .array
    }

    /// Returns the value of a leaf; empty for nodes with children. O(size), at most `valueLimit` bytes.
    package func value(_ node: Node) -> FieldValue {
        if case .layer = node.space, let text = containerText(node) { return FieldValue(text) }
        guard let type = fieldType(of: node) else { return FieldValue("") }
        let isGroup = node.isExpandable && !node.isLeaf
        if !isGroup, node.space == .stream, store.isLost(node.range) { return FieldValue("lost") }
        if isGroup, type.name == "struct" || store.table[node.layout].kind == .array { return FieldValue("") }
        guard node.size <= Self.valueLimit else {
            return isGroup
                ? FieldValue("")
                : FieldValue(
                    Hex.dump(store.region(of: node.space).copy(node.offset..<node.offset + 8)) + " …")
        }
        return Self.value(type, store.region(of: node.space), node.range)
    }

    /// Returns the complete value of a leaf, for copying and for output to other programs. For guest memory
    /// and gaps, only the first bytes. O(size).
    package func wholeValue(_ node: Node) -> FieldValue {
        let value = self.value(node)
        guard value.full.hasSuffix(" …"), node.role != .gap,
            node.role != .ram || node.size <= Self.valueLimit,
            let type = fieldType(of: node)
        else { return value }
        let bytes = store.region(of: node.space).span(node.range)
        return FieldValue(value.short, full: type.whole?(bytes) ?? Hex.dump(bytes))
    }

    private static func value(_ type: FieldType, _ region: MappedRegion, _ range: Range<Int>) -> FieldValue {
        let bytes = region.span(range)
        return type.value(bytes)
    }

    /// The size in bytes above which a leaf is shown by its first bytes.
    package static let valueLimit = 1 << 20

    /// The display name of the file, escaped.
    var fileName: String {
        FileName.shown(store.name.split(separator: "/").last.map(String.init) ?? "")
    }
}
