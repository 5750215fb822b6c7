/// The framing around the bodies of sections, as items of a layout (migration/savevm.c, 2.3 to 11.1).
package enum SectionFrames {
    /// The maximum length of a machine name; real ones are shorter than 255 bytes.
    package static let machineNameLimit = 4096

    /// The size of a footer in bytes.
    package static let footerSize = 5
    /// The size of `06` and the length of the description.
    package static let descriptionHeaderSize = 5

    /// Returns the size in bytes of a START or FULL header: type, id, idstr, instance id, version id.
    package static func headerSize(nameLength: Int) -> Int { 14 + nameLength }

    /// Returns the header of a subsection: `05`, the counted name, the version id.
    package static func subsectionHeader(nameLength: Int, in table: LayoutTable) -> Item {
        var builder = LayoutBuilder()
        builder.leaf("type", "section type", 1, role: .frame, in: table)
        builder.leaf("name", "counted text", 1 + nameLength, role: .frame, in: table)
        builder.leaf("version_id", "uint32", 4, role: .frame, in: table)
        return header(builder, in: table)
    }

    /// Returns a subsection: its header, then the fields of `body`.
    package static func subsection(
        _ body: LayoutID, named name: NameID, version: UInt32, role: ItemRole, in table: LayoutTable
    ) -> Item {
        var items = [subsectionHeader(nameLength: table.names.bytes(name).count, in: table)]
        items.append(contentsOf: table.items(of: body))
        let framed = table.layout(
            .body, items, vmsdName: name, version: version, needsResolution: table[body].needsResolution)
        return Item(
            name: name, type: table.type(named: "subsection"), role: role, child: framed,
            stride: table[framed].size)
    }

    /// Returns the header of a START or FULL section.
    package static func fullHeader(nameLength: Int, in table: LayoutTable) -> Item {
        var builder = LayoutBuilder()
        builder.leaf("type", "section type", 1, role: .frame, in: table)
        builder.leaf("section_id", "uint32", 4, role: .frame, in: table)
        builder.leaf("idstr", "counted text", 1 + nameLength, role: .frame, in: table)
        builder.leaf("instance_id", "uint32", 4, role: .frame, in: table)
        builder.leaf("version_id", "uint32", 4, role: .frame, in: table)
        return header(builder, in: table)
    }

    /// Returns the header of a PART or END section.
    package static func partHeader(in table: LayoutTable) -> Item {
        var builder = LayoutBuilder()
        builder.leaf("type", "section type", 1, role: .frame, in: table)
        builder.leaf("section_id", "uint32", 4, role: .frame, in: table)
        return header(builder, in: table)
    }

    /// Returns a footer: `7e` and the id of its section.
    package static func footer(in table: LayoutTable) -> Item {
        var builder = LayoutBuilder()
        builder.leaf("type", "section type", 1, role: .frame, in: table)
        builder.leaf("section_id", "uint32", 4, role: .frame, in: table)
        let layout = builder.body(in: table)
        return Item(
            name: table.names.intern("@footer"), type: table.type(named: "frame"), role: .frame,
            child: layout, stride: builder.size)
    }

    private static func header(_ builder: LayoutBuilder, in table: LayoutTable) -> Item {
        let layout = builder.body(in: table)
        return Item(
            name: table.names.intern("@header"), type: table.type(named: "frame"), role: .frame,
            child: layout, stride: builder.size)
    }
}
