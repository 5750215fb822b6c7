/// Makes the index of all RAM pages in steps: reads what was not read of the stream, then its records.
public struct RAMIndexRun {
    private let document: Document
    private var builder: RAMIndexBuilder?
    /// The whole index, after the last step.
    public private(set) var index: RAMIndex?

    public init(_ document: Document) { self.document = document }

    /// From 0 to 1. Reading the live part is guessed to be half of it.
    public var progress: Double {
        index != nil ? 1 : builder.map { 0.5 + 0.5 * $0.progress } ?? 0.5 * document.livePartProgress
    }

    /// Reads about `budget` records.
    public mutating func step(budget: Int) {
        guard index == nil else { return }
        if builder != nil {
            builder?.step(budget: budget)
            if let done = builder, done.isFinished {
                index = done.index
                builder = nil
            }
        } else if !document.openLivePart(budget: budget) {
            builder = document.ramIndexBuilder()
        }
    }
}
