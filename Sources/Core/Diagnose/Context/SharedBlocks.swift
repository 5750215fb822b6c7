import Format
import Stream

/// The RAM blocks that a machine shares with its files, with capability x-ignore-shared (migration/ram.c
/// migrate_ram_is_ignored, 5.2 to 11.1).
package enum SharedBlocks {
    /// Returns the blocks whose pages a stream leaves out for that reason. Empty for a mapped-ram file, which leaves
    /// zero pages out too, and for a stream without any page.
    package static func names(_ document: Document) -> Set<String> {
        let names = document.store.table.names
        guard document.store.state.capabilities.contains(where: { names.text($0) == "x-ignore-shared" }),
            document.store.state.blocks.allSatisfy({ $0.mapped == nil })
        else { return [] }
        let index = document.ramIndex()
        var (left, sent): (Set<String>, Int) = ([], 0)
        for (number, block) in document.store.state.blocks.enumerated()
        where index.blocks.indices.contains(number) {
            let pages = index.pageCount(block: number)
            let absent = index.counts(block: number, in: document.store.region).absent
            if absent == 0, pages > 0 { sent += 1 }
            guard absent == pages, pages > 0 else { continue }
            left.insert(String(decoding: names.bytes(block.name), as: UTF8.self))
        }
        return sent > 0 ? left : []
    }
}
