import Bytes
import Format
import Memory
import Stream

/// Properties of a machine from the ACPI tables that QEMU has built; the tables are a RAM block of their own
/// (hw/acpi/aml-build.c, 5.2 to 11.1).
package enum ACPITables {
    private static let block = "/rom@etc/acpi/tables"
    private static let limit = 1 << 18

    /// Returns the tables in RAM, up to a limit; nil when the stream has none. O(headers of RAM records).
    static func bytes(_ document: Document) -> [UInt8]? {
        let names = document.store.table.names
        guard
            let block = document.store.state.blocks.firstIndex(where: {
                names.bytes($0.name).elementsEqual(Self.block.utf8)
            })
        else { return nil }
        let index = document.ramIndex()
        guard block < index.blocks.count else { return nil }
        let reader = PageReader(region: document.store.region, index: index)
        var bytes: [UInt8] = []
        let pageSize = max(document.store.state.pageSize, 1)
        for page in 0..<min(document.store.state.blocks[block].usedLength, limit) / pageSize {
            if case .bytes(let content) = reader.content(block: block, page: page) {
                bytes += content
            } else {
                bytes += [UInt8](repeating: 0, count: pageSize)
            }
        }
        return bytes
    }

    /// Returns the maximum number of processors of the machine, plugged or not; nil when the stream does not
    /// show it.
    package static func processors(_ document: Document) -> Int? { bytes(document).flatMap(processors) }

    // The table APIC has an entry for each: local APIC, local x2APIC, GICC, core PIC (ACPI 6.5, 5.2.12).
    private static let kinds: Set<UInt8> = [0, 9, 11, 17]
    private static let headerSize = 44

    package static func processors(_ tables: [UInt8]) -> Int? {
        let name = Array("APIC".utf8)
        var start = 0
        while let found = tables[start...].firstIndex(of: name[0]) {
            start = found + 1
            // The OEM id is QEMU's unless a user has set another one; revisions are small.
            guard tables[found...].starts(with: name), found + headerSize <= tables.count,
                let size = size(at: found, tables), size >= headerSize, found + size <= tables.count,
                (1...8).contains(tables[found + 8])
            else { continue }
            if let count = count(tables[(found + headerSize)..<(found + size)]) { return count }
        }
        return nil
    }

    private static func size(at place: Int, _ tables: [UInt8]) -> Int? {
        let bytes = tables[(place + 4)..<(place + 8)]
        return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    // Nil when the entries do not fill the table.
    private static func count(_ entries: ArraySlice<UInt8>) -> Int? {
        var place = entries.startIndex
        var count = 0
        while place < entries.endIndex {
            guard place + 1 < entries.endIndex, entries[place + 1] >= 2 else { return nil }
            if kinds.contains(entries[place]) { count += 1 }
            place += Int(entries[place + 1])
        }
        return place == entries.endIndex && count > 0 ? count : nil
    }
}
