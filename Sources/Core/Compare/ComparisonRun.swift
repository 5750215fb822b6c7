import Format
import Memory
import Stream

/// A comparison of two streams in steps, so that the program can do other work in between.
package struct ComparisonRun {
    private enum Phase {
        case structure
        /// The number of the next pair of sections.
        case values(Int)
        case index(RAMIndexRun, isRight: Bool)
        case pages(RAMComparison, BlockComparison?, left: [(first: Int, second: Int, name: String)])
        case done
    }

    /// The maximum number of values that are kept; the others are only counted.
    package static let valueLimit = 100_000

    package let left: Document
    /// The second stream; nil when `left` is compared with a description.
    package let right: Document?
    /// Differences of machine, sections, versions, subsections, fields and RAM blocks.
    package private(set) var structure: [Difference] = []
    package private(set) var values: [Difference] = []
    package private(set) var moreValues = 0
    /// The blocks with differing pages so far.
    package private(set) var blocks: [RAMComparison.Block] = []
    /// The locations of the pages, once known.
    package private(set) var leftIndex: RAMIndex?
    package private(set) var rightIndex: RAMIndex?

    private var comparison: StreamComparison
    private var phase = Phase.structure

    package init(_ left: Document, _ right: ComparedWith) {
        self.left = left
        self.right = right.stream
        comparison = StreamComparison(left, right)
    }

    package var isFinished: Bool { if case .done = phase { true } else { false } }

    /// The progress, from 0 to 1; the shares of the phases are estimates.
    package var progress: Double {
        switch phase {
        case .structure: 0
        case .values(let next): 0.1 + 0.2 * Double(next) / Double(max(comparison.pairCount, 1))
        case .index(let run, let isRight): 0.3 + 0.2 * ((isRight ? 1 : 0) + run.progress)
        case .pages(_, let block, let left):
            0.7 + 0.3 * pageProgress(left: left.count, block: block?.progress ?? 0)
        case .done: 1
        }
    }

    private func pageProgress(left: Int, block: Double) -> Double {
        let rest = Double(left) + 1 - block
        return 1 - rest / Double(max(pageBlocks, 1) + 1)
    }

    private var pageBlocks: Int { left.overview.ramBlocks.count }

    /// Works for a few milliseconds: about `budget` records or pages.
    package mutating func step(budget: Int) {
        switch phase {
        case .structure:
            structure = comparison.structuralDifferences()
            phase = .values(0)
        case .values(let next):
            guard next < comparison.pairCount else {
                phase = right == nil ? .done : .index(RAMIndexRun(left), isRight: false)
                return
            }
            addValues(ofPair: next)
            phase = .values(next + 1)
        case .index(var run, let isRight):
            phase = .done
            run.step(budget: budget)
            phase = next(run, isRight: isRight)
        case .pages(let comparison, let block, let left):
            phase = .done
            phase = next(comparison, block, left, budget)
        case .done: break
        }
    }

    private mutating func addValues(ofPair number: Int) {
        var found: [Difference] = []
        var more = 0
        let room = Self.valueLimit - values.count
        comparison.values(ofPair: number) { difference in
            if found.count < room { found.append(difference) } else { more += 1 }
        }
        values += found
        moreValues += more
    }

    private mutating func next(_ run: RAMIndexRun, isRight: Bool) -> Phase {
        guard let index = run.index else { return .index(run, isRight: isRight) }
        if isRight { rightIndex = index } else { leftIndex = index }
        if !isRight, let right { return .index(RAMIndexRun(right), isRight: true) }
        guard let leftIndex, let rightIndex, let work = comparison.pageWork(leftIndex, rightIndex) else {
            return .done
        }
        return .pages(work.comparison, nil, left: work.blocks.reversed())
    }

    private mutating func next(
        _ comparison: RAMComparison, _ block: BlockComparison?,
        _ left: [(first: Int, second: Int, name: String)], _ budget: Int
    ) -> Phase {
        guard var block else {
            var left = left
            guard let next = left.popLast() else { return .done }
            return .pages(
                comparison, comparison.begin(next.first, next.second, name: next.name), left: left)
        }
        comparison.step(&block, budget: budget)
        guard block.isFinished else { return .pages(comparison, block, left: left) }
        if !block.block.isEqual { blocks.append(block.block) }
        return .pages(comparison, nil, left: left)
    }
}
