import Bytes
import Memory
import Stream

/// A guest page in the hex pane, with the content that the guest had.
struct PageView {
    let page: GuestPage
    /// The content; empty for a page without known content.
    let region: MappedRegion
    /// The guest-physical address, if known.
    let physical: Int?
    /// The cursor, in bytes from the start of the page.
    var cursor = 0
    /// A byte in the first visible row.
    var top = 0

    init(_ page: GuestPage, _ content: PageReader.Content, physical: Int?) {
        self.page = page
        self.physical = physical
        switch content {
        case .bytes(let bytes): region = MappedRegion(copying: bytes)
        case .zero: region = MappedRegion(copying: [UInt8](repeating: 0, count: page.size))
        case .absent: region = MappedRegion(copying: [])
        }
    }

    /// The title above the hex pane.
    var title: String {
        let place = "\(page.blockName)@\(Hex.offset(page.address + cursor))"
        let guest = physical.map { " guest \(Hex.offset($0 + cursor))" } ?? ""
        return "\(place)\(guest) \(page.kind)\(region.count == 0 ? ", not in the stream" : "")"
    }
}

/// The reading of the content that a delta builds on.
final class PageJob {
    let page: GuestPage
    private var builder: RAMIndexBuilder

    init(_ page: GuestPage, _ document: Document) {
        self.page = page
        builder = document.pageHistory(page)
    }

    var progress: Double { builder.progress }

    /// Continues reading; returns the content when it is complete.
    func step(budget: Int, _ region: MappedRegion) -> PageReader.Content? {
        builder.step(budget: budget)
        guard builder.isFinished else { return nil }
        return PageReader(region: region, index: builder.index)
            .content(block: page.block, page: page.address / max(page.size, 1))
    }
}
