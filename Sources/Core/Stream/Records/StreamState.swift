import Format

/// The knowledge gained so far by reading a stream forwards.
package struct StreamState: Sendable {
    /// The handler of a section id, from its START section.
    package struct Handler: Sendable {
        package var name: NameID
        package var instance: UInt32
        package var version: UInt32
        /// The format of its sections with the state from earlier sections; nil if unknown.
        package var format: (any LiveSection)?
    }

    package var handlers: [UInt32: Handler] = [:]
    /// Whether sections end with a footer; nil until the first certain end.
    package var hasFooters: Bool?
    package var machine: NameID?
    package var capabilities: [NameID] = []
    package var targetPageBits: Int?
    package var advisedPageSizes: UInt64 = 0
    package var advisedPageSize: Int?
    package var descriptionPageSize: Int?
    /// The page size of the first RAM records, if no other source gives the correct one: `PageSizeProbe`.
    package var measuredPageSize: Int?
    package var blocks: [RAMBlock] = []
    package var ramVersion: UInt32 = 0
    /// How well the devices of the live part fit a borrowed description.
    package var fit = DescriptionFit()
    /// The number of bytes in which footers were searched without success.
    package var searchedInVain = 0
    /// Whether the note about pages on other channels was given.
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

    /// The default target page size in bytes, which most machines have.
    package static let usualPageSize = 4096

    /// The target page size in bytes, from the most reliable source in the stream. AVR has the smallest, 256
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
