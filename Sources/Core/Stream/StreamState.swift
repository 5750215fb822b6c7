/// What reading a stream forwards has taught so far.
struct StreamState: Sendable {
    /// Who answers to a section id: from its START section.
    struct Handler: Sendable {
        var name: NameID
        var instance: UInt32
        var version: UInt32
        /// What its sections hold, and what earlier sections of it have said; nil where that is not known.
        var format: (any LiveSection)?
    }

    var handlers: [UInt32: Handler] = [:]
    /// Whether sections end with a footer; nil until one end is sure.
    var hasFooters: Bool?
    var machine: NameID?
    var capabilities: [NameID] = []
    var targetPageBits: Int?
    var advisedPageSizes: UInt64 = 0
    var advisedPageSize: Int?
    var descriptionPageSize: Int?
    var blocks: [RAMBlock] = []
    var ramVersion: UInt32 = 0
    /// How devices of the live part fit a borrowed description.
    var fit = DescriptionFit()
    /// Bytes in which footers were looked for that are not there.
    var searchedInVain = 0
    /// Whether it was said that pages are on other channels.
    var hasMultifdNote = false

    /// The target page size in bytes, from the surest source that the stream has. AVR has the smallest, 256
    /// (target/avr/cpu-param.h, 7.2).
    var pageSize: Int {
        let candidates = [
            targetPageBits.map { 1 << $0 }, descriptionPageSize, blocks.first?.mapped?.pageSize,
            advisedPageSize,
        ]
        for case let size? in candidates where size.nonzeroBitCount == 1 && (256...65536).contains(size) {
            return size
        }
        return 4096
    }
}
