import Bytes
import Memory
import Stream

/// Where bytes of the stream are in the guest, for matches in its memory.
struct GuestPlaces {
    private let document: Document
    private var map: GuestMap?

    init(_ document: Document) { self.document = document }

    /// The bytes and their place: `e8 00 ff at pc.ram@0x7f80, physical 0x7f80`; nil outside pages that were sent as they
    /// are. A match that leaves its page is shown as far as it is in it. O(depth), O(sections) at the first call.
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
