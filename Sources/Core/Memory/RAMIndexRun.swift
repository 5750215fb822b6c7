import Format
import Stream

/// Makes the index of all RAM pages in steps, as the live part is read.
package struct RAMIndexRun {
    private let document: Document
    /// The whole index, after the last step.
    package private(set) var index: RAMIndex?

    package init(_ document: Document) { self.document = document }

    /// From 0 to 1.
    package var progress: Double { index == nil ? document.livePartProgress : 1 }

    /// Reads about `budget` records.
    package mutating func step(budget: Int) {
        guard index == nil, !document.openLivePart(budget: budget) else { return }
        index = document.ramIndex()
    }
}
