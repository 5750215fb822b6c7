/// The last record of a page in 8 bytes: kind and place.
package struct PageEntry: Equatable, Sendable {
    /// The possible final kinds of a page.
    package enum Form: UInt64, Sendable {
        /// Never sent, or discarded by postcopy. Unlike zero, its content is unknown.
        case absent = 0
        case zero, raw
        /// The place is the number of a patch, not an offset.
        case xbzrle
        case compressed
    }

    private let bits: UInt64

    package static let absent = PageEntry(.absent, 0)

    /// `place` is the offset of the record's body in the stream, below 2^60; for XBZRLE, the number of a
    /// patch.
    package init(_ kind: Form, _ place: Int) { bits = UInt64(place) << 3 | kind.rawValue }

    package var kind: Form { Form(rawValue: bits & 7) ?? .absent }
    package var place: Int { Int(bits >> 3) }
}

// The place of a page from another channel contains, above the bits of the offset, the number of a space of
// `RAMIndex.spaces`, from 1 on; 0 is the stream.
extension PageEntry {
    private static let offsetBits = 48

    /// Returns the place of the byte at `offset` of a space, for `init`.
    package static func place(_ offset: Int, in space: Int) -> Int { space << offsetBits | offset }

    /// The number of the space; 0 for the stream.
    package var space: Int { kind == .xbzrle ? 0 : place >> Self.offsetBits }

    /// The offset in bytes from the start of the space.
    package var offset: Int { kind == .xbzrle ? place : place & (1 << Self.offsetBits - 1) }
}

/// Pages of one block and kind with consecutive records.
package struct PageRun: Equatable, Sendable {
    package var firstPage: Int
    package var count: Int
    package var kind: PageEntry.Form
    /// The place of the first page, and the distance to that of the next one; zero pages have no place.
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

    /// Returns whether `next` continues this run, in pages and in the stream.
    package func isContinued(by next: PageRun) -> Bool {
        kind == next.kind && stride == next.stride && firstPage + count == next.firstPage
            && place + count * stride == next.place
    }

    /// Returns the part of the run inside `pages`, or nil.
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

/// An XBZRLE record: the page that it changes, and the place of its bytes.
package struct PagePatch: Sendable {
    /// The page before the change.
    package var base: PageEntry
    /// The offset of the be16 length in the stream.
    package var offset: Int
}
