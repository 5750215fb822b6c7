import Bytes
import Diagnose
import Format
import Memory
import Stream

/// A description made from the known contents of a stream's sections, in QEMU's form (migration/vmstate.c and
/// savevm.c, 10.0).
///
/// It gives the size of a field of varying shape, and omits its contents.
package struct RebuiltDescription {
    private let document: Document
    private var table: LayoutTable { document.store.table }

    /// The same stream with another description, for sections that the own one does not describe.
    private let other: Document?

    package init(_ document: Document, else other: Document? = nil) {
        self.document = document
        self.other = other
    }

    /// The JSON text. O(layouts · devices).
    package var text: [UInt8] {
        var tree = DescriptionTree(pageSize: document.store.state.pageSize)
        // A section without a layout has no vmstate.
        tree.devices = document.store.records.filter { $0.kind == .full }.sorted { $0.offset < $1.offset }
            .compactMap { isDescribed($0.layout) ? device($0) : otherDevice($0) }
        return tree.text
    }

    private func isDescribed(_ layout: LayoutID) -> Bool {
        !layout.isNone && table[layout].vmsdName != .empty
    }

    private func otherDevice(_ record: SectionRecord) -> JSONTree? {
        guard let other else { return nil }
        let rebuilt = RebuiltDescription(other)
        let found = other.store.records.first {
            $0.kind == .full && $0.offset == record.offset && $0.size == record.size
        }
        if let found, rebuilt.isDescribed(found.layout) { return rebuilt.device(found) }
        return oldStyle(record)
    }

    // A section without a vmstate (migration/savevm.c vmstate_save_old_style).
    private func oldStyle(_ record: SectionRecord) -> JSONTree? {
        guard let section = document.store.checked(record) else { return nil }
        let data: [JSONTree.Member] = [
            member("name", .text(Array("data".utf8))), member("size", .number(section.size)),
            member("type", .text(Array("buffer".utf8))),
        ]
        return .object([
            member("name", name(record.name)), member("instance_id", .number(Int(section.key.instance))),
            member("size", .number(section.size)), member("fields", .array([.object(data)])),
        ])
    }

    private func device(_ record: SectionRecord) -> JSONTree? {
        guard let section = record.section else { return nil }
        var members: [JSONTree.Member] = [
            member("name", name(record.name)), member("instance_id", .number(Int(section.instance))),
        ]
        members += body(record.layout)
        return .object(members)
    }

    private func member(_ key: String, _ value: JSONTree) -> JSONTree.Member {
        .init(Array(key.utf8), value)
    }

    private func name(_ id: NameID) -> JSONTree { .text(Array(table.names.bytes(id))) }

    private func body(_ layout: LayoutID) -> [JSONTree.Member] {
        let items = table.items(of: layout)
        var members: [JSONTree.Member] = [
            member("vmsd_name", name(table[layout].vmsdName)),
            member("version", .number(Int(table[layout].version))),
            member("fields", .array(items.filter { $0.role == .field }.flatMap { field($0) })),
        ]
        let subsections = items.filter { $0.role == .subsection && !$0.child.isNone }
        if !subsections.isEmpty {
            members.append(member("subsections", .array(subsections.map { .object(body($0.child)) })))
        }
        return members
    }

    private func field(_ item: Item) -> [JSONTree] {
        guard !item.child.isNone, table[item.child].kind == .array,
            table.items(of: item.child).allSatisfy({ $0.role == .field })
        else { return [element(item, named: item.name, index: nil)] }
        // The runs of an array follow each other under its name.
        let runs = table.items(of: item.child)
        return runs.flatMap { run -> [JSONTree] in
            if runs.count == 1 || run.count > 1 {
                return [element(run, named: item.name, index: nil, count: run.count)]
            }
            return [element(run, named: item.name, index: run.base)]
        }
    }

    private func element(_ item: Item, named id: NameID, index: Int?, count: Int? = nil) -> JSONTree {
        var members = [member("name", name(id))]
        if let index { members.append(member("index", .number(index))) }
        if let count { members.append(member("array_len", .number(count))) }
        let isStruct =
            !item.child.isNone && table[item.child].kind == .body && table[item.child].vmsdName != .empty
            && !table.items(of: item.child).contains { $0.role == .decoded }
        let type = isStruct ? "struct" : table[type: item.type].name
        members.append(member("type", .text(Array(type.utf8))))
        if isStruct { members.append(member("struct", .object(body(item.child)))) }
        members.append(member("size", .number(item.stride)))
        return .object(members)
    }
}
