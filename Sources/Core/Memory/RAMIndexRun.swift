import Format
import Stream

/// Builds the index of all RAM pages in steps, while the live part is read.
package struct RAMIndexRun {
    private let document: Document
    /// The complete index, after the last step.
    package private(set) var index: RAMIndex?

    package init(_ document: Document) { self.document = document }

    /// The fraction that was read, from 0 to 1.
    package var progress: Double { index == nil ? document.livePartProgress : 1 }

    /// Reads about `budget` records.
    package mutating func step(budget: Int) {
        guard index == nil, !document.openLivePart(budget: budget) else { return }
        index = document.ramIndex()
    }
}
