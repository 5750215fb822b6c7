import Memory
import Stream

extension Update {
    /// Goes to an offset, a path, a section, a guest page or an address of guest memory.
    mutating func go(to text: String) {
        guard text.contains(where: { $0 != " " }) else { return }
        showPanes()
        if let address = GuestAddress(text) { return go(to: address) }
        if !document.hasUnreadPart, let search = PageSearch(text, document) { return step(search) }
        do throws(PlaceError) {
            let place = try document.place(text, from: model.hexCursor, reading: false)
            synchronize()
            if let offset = place.offset, document.node(place.path).space == .stream {
                return jump(toOffset: offset)
            }
            remember()
            select(place.path, isJump: true)
            if let offset = place.offset {
                model.hexCursor = clampedOffset(offset)
                revealHexCursor()
            }
        } catch {
            if error.isUnread || document.needsReading { reach(.text(text)) } else { fail(error.description) }
        }
    }
}
