/// What the last record of a page was, in 8 bytes: kind and place.
package struct PageEntry: Equatable, Sendable {
    /// The kinds that a page can end as.
    package enum Form: UInt64, Sendable {
        /// Never sent, or discarded by postcopy: unlike zero, nothing is known of it.
        case absent = 0
        case zero, raw
        /// The place is the number of a patch, not an offset.
        case xbzrle
        case compressed
    }

    private let bits: UInt64

    package static let absent = PageEntry(.absent, 0)

    /// `place`: the offset of the record's body in the stream, below 2^60; for XBZRLE the number of a patch.
    package init(_ kind: Form, _ place: Int) { bits = UInt64(place) << 3 | kind.rawValue }

    package var kind: Form { Form(rawValue: bits & 7) ?? .absent }
    package var place: Int { Int(bits >> 3) }
}

// Places of pages that did not come over the main channel: above the bits of an offset the number of a space of
// `RAMIndex.spaces`, from 1 on; 0 is the stream.
extension PageEntry {
    private static let offsetBits = 48

    /// The place of the byte at `offset` of a space, for `init`.
    package static func place(_ offset: Int, in space: Int) -> Int { space << offsetBits | offset }

    /// 0 for the stream.
    package var space: Int { kind == .xbzrle ? 0 : place >> Self.offsetBits }

    /// In bytes from the start of its space.
    package var offset: Int { kind == .xbzrle ? place : place & (1 << Self.offsetBits - 1) }
}

/// Pages of one block and kind whose records follow each other.
package struct PageRun: Equatable, Sendable {
    package var firstPage: Int
    package var count: Int
    package var kind: PageEntry.Form
    /// The place of the first page, and the distance to the next one's; zero pages have no place.
    package var place: Int
    package var stride: Int

    package init(firstPage: Int, count: Int, kind: PageEntry.Form, place: Int, stride: Int) {
        self.firstPage = firstPage
        self.count = count
        self.kind = kind
        self.place = place
        self.stride = stride
    }

    package var pages: Range<Int> { firstPage..<firstPage + count }

    package func entry(_ page: Int) -> PageEntry { PageEntry(kind, place + (page - firstPage) * stride) }

    /// Whether `next` goes on where this run ends, in pages and in the stream.
    package func isContinued(by next: PageRun) -> Bool {
        kind == next.kind && stride == next.stride && firstPage + count == next.firstPage
            && place + count * stride == next.place
    }

    /// The part of the run inside `pages`, or nil.
    package func clipped(to pages: Range<Int>) -> PageRun? {
        let range = self.pages.clamped(to: pages)
        guard !range.isEmpty else { return nil }
        var part = self
        part.place += (range.lowerBound - firstPage) * stride
        part.firstPage = range.lowerBound
        part.count = range.count
        return part
    }
}

/// One XBZRLE record: what it changes, and where its bytes are.
package struct PagePatch: Sendable {
    /// The page as it was before.
    package var base: PageEntry
    /// The offset of the be16 length in the stream.
    package var offset: Int
}
