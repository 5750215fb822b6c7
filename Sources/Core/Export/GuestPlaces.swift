import Bytes
import Memory
import Stream

/// The guest addresses of bytes in the stream, for matches in guest memory.
struct GuestPlaces {
    private let document: Document
    private var map: GuestMap?

    init(_ document: Document) { self.document = document }

    /// Returns the bytes and their address: `e8 00 ff at pc.ram@0x7f80, physical 0x7f80`; nil outside pages
    /// that were sent uncompressed. A match that leaves its page is shown up to the end of the page.
    /// O(depth), O(sections) at the first call.
    mutating func text(of range: Range<Int>, in node: Node) -> String? {
        guard let page = document.tree.guestPage(node),
            let inside = page.offset(ofStreamOffset: range.lowerBound)
        else { return nil }
        if map == nil { map = document.guestMap }
        let shown = document.store.region.copy(
            range.lowerBound..<range.lowerBound + min(range.count, page.size - inside))
        let address = page.address + inside
        let text = "\(Hex.dump(shown)) at \(page.blockName)@\(Hex.offset(address))"
        guard let physical = map?.physical(block: page.block, offset: address) else { return text }
        return text + ", physical \(Hex.offset(physical))"
    }
}
