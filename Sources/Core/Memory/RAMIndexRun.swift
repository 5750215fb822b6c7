/// Makes the index of all RAM pages in steps, as the live part is read.
public struct RAMIndexRun {
    private let document: Document
    /// The whole index, after the last step.
    public private(set) var index: RAMIndex?

    public init(_ document: Document) { self.document = document }

    /// From 0 to 1.
    public var progress: Double { index == nil ? document.livePartProgress : 1 }

    /// Reads about `budget` records.
    public mutating func step(budget: Int) {
        guard index == nil, !document.openLivePart(budget: budget) else { return }
        index = document.ramIndex()
    }
}
