import Format

/// What reading a stream forwards has taught so far.
package struct StreamState: Sendable {
    /// The handler of a section id: from its START section.
    package struct Handler: Sendable {
        package var name: NameID
        package var instance: UInt32
        package var version: UInt32
        /// What its sections hold, and what earlier sections of it have said; nil where that is not known.
        package var format: (any LiveSection)?
    }

    package var handlers: [UInt32: Handler] = [:]
    /// Whether sections end with a footer; nil until one end is sure.
    package var hasFooters: Bool?
    package var machine: NameID?
    package var capabilities: [NameID] = []
    package var targetPageBits: Int?
    package var advisedPageSizes: UInt64 = 0
    package var advisedPageSize: Int?
    package var descriptionPageSize: Int?
    /// What the first RAM records have pages of, where no other source says so truly: `PageSizeProbe`.
    package var measuredPageSize: Int?
    package var blocks: [RAMBlock] = []
    package var ramVersion: UInt32 = 0
    /// How devices of the live part fit a borrowed description.
    package var fit = DescriptionFit()
    /// Bytes in which footers were looked for that are not there.
    package var searchedInVain = 0
    /// Whether it was said that pages are on other channels.
    package var hasMultifdNote = false

    package init(
        handlers: [UInt32: Handler] = [:], hasFooters: Bool? = nil, machine: NameID? = nil,
        capabilities: [NameID] = [], targetPageBits: Int? = nil, advisedPageSizes: UInt64 = 0,
        advisedPageSize: Int? = nil, descriptionPageSize: Int? = nil, blocks: [RAMBlock] = [],
        ramVersion: UInt32 = 0, fit: DescriptionFit = DescriptionFit(), searchedInVain: Int = 0,
        hasMultifdNote: Bool = false
    ) {
        self.handlers = handlers
        self.hasFooters = hasFooters
        self.machine = machine
        self.capabilities = capabilities
        self.targetPageBits = targetPageBits
        self.advisedPageSizes = advisedPageSizes
        self.advisedPageSize = advisedPageSize
        self.descriptionPageSize = descriptionPageSize
        self.blocks = blocks
        self.ramVersion = ramVersion
        self.fit = fit
        self.searchedInVain = searchedInVain
        self.hasMultifdNote = hasMultifdNote
    }

    /// Bytes of a target page where nothing names them: most machines have it.
    package static let usualPageSize = 4096

    /// The target page size in bytes, from the surest source that the stream has. AVR has the smallest, 256
    /// (target/avr/cpu-param.h, 7.2).
    package var pageSize: Int {
        let candidates = [
            measuredPageSize, targetPageBits.map { 1 << $0 }, descriptionPageSize,
            blocks.first?.mapped?.pageSize,
            advisedPageSize,
        ]
        for case let size? in candidates where size.nonzeroBitCount == 1 && (256...65536).contains(size) {
            return size
        }
        return Self.usualPageSize
    }
}
