import Core

extension Update {
    /// Goes to an offset, a path, a section or a guest page.
    mutating func go(to text: String) {
        guard text.contains(where: { $0 != " " }) else { return }
        do throws(PlaceError) {
            let place = try document.place(text, from: model.hexCursor)
            synchronize()
            remember()
            select(place.path, isJump: true)
            if let offset = place.offset {
                model.hexCursor = clampedOffset(offset)
                revealHexCursor()
            }
        } catch {
            fail(error.description)
        }
    }
}
