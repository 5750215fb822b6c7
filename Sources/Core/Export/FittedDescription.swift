import Format
import Stream

/// The description of a stream without one, as far as a borrowed description fits it: the output of `desc`,
/// which `--description` accepts.
package struct FittedDescription {
    private let document: Document
    private var table: LayoutTable { document.store.table }

    /// Returns nil for a stream with its own description, and without a borrowed one.
    package init?(_ document: Document) {
        guard document.store.description?.borrowedFrom != nil else { return nil }
        self.document = document
    }

    /// Writes JSON, one value per line. Reads the live part, since a package has devices too. O(layouts ·
    /// devices).
    package func write(_ form: RecordForm = .json, to sink: inout some ByteSink) {
        document.openLivePart()
        var json = JSONWriter(form)
        json.beginObject()
        json.key("page_size")
        json.integer(document.store.state.pageSize)
        json.key("devices")
        json.beginArray()
        for number in document.store.topLevel { write(document.store.records[number], &json, &sink) }
        json.endArray()
        json.endObject()
        json.endLine()
        sink.write(json.take())
    }

    private func write(_ record: SectionRecord, _ json: inout JSONWriter, _ sink: inout some ByteSink) {
        for child in record.children { write(document.store.records[child], &json, &sink) }
        // A section without a layout has no vmstate.
        guard let section = record.section, section.type == .full, !record.layout.isNone,
            table[record.layout].vmsdName != .empty
        else { return }
        json.beginObject()
        json.key("name")
        json.string(text(record.name))
        json.key("instance_id")
        json.integer(section.instance)
        body(record.layout, &json)
        json.endObject()
        sink.write(json.take())
    }

    private func text(_ name: NameID) -> String { String(decoding: table.names.bytes(name), as: UTF8.self) }

    private func body(_ layout: LayoutID, _ json: inout JSONWriter) {
        json.key("vmsd_name")
        json.string(text(table[layout].vmsdName))
        json.key("version")
        json.integer(table[layout].version)
        json.key("fields")
        json.beginArray()
        let items = table.items(of: layout)
        for item in items where item.role == .field { field(item, &json) }
        json.endArray()
        guard items.contains(where: { $0.role == .subsection }) else { return }
        json.key("subsections")
        json.beginArray()
        for item in items where item.role == .subsection {
            json.beginObject()
            body(item.child, &json)
            json.endObject()
        }
        json.endArray()
    }

    private func field(_ item: Item, _ json: inout JSONWriter) {
        guard !item.child.isNone, table[item.child].kind == .array,
            table.items(of: item.child).allSatisfy({ $0.role == .field })
        else { return element(item, named: item.name, count: 1, &json) }
        // The runs of an array follow each other under its name.
        for run in table.items(of: item.child) {
            element(run, named: item.name, count: run.count, &json)
        }
    }

    private func element(_ item: Item, named name: NameID, count: Int, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(text(name))
        if count > 1 {
            json.key("array_len")
            json.integer(count)
        }
        json.key("type")
        let isStruct =
            !item.child.isNone && table[item.child].kind == .body
            && !table.items(of: item.child).contains { $0.role == .decoded }
        json.string(isStruct ? "struct" : table[type: item.type].name)
        if isStruct {
            json.key("struct")
            json.beginObject()
            body(item.child, &json)
            json.endObject()
        }
        json.key("size")
        json.integer(item.stride)
        json.endObject()
    }
}
