import Format
import Memory
import Stream

/// A comparison of a stream with another one, or with the description of a machine or a binary: `migscope
/// diff`.
package struct StreamComparison {
    private let left: Document
    private let right: ComparedWith
    private let first: ComparedStream
    private let second: ComparedStream
    private var structure: StructureComparison
    private let pairs: [(left: ComparedStream.Section, right: ComparedStream.Section)]

    /// Pairs the sections. O(sections).
    package init(_ left: Document, _ right: ComparedWith) {
        self.left = left
        self.right = right
        (first, second) =
            switch right {
            case .stream(let document): (ComparedStream(left), ComparedStream(document))
            case .description(let description):
                (ComparedStream(left, of: description), ComparedStream(description))
            case .dump: (ComparedStream(left), ComparedStream(left))
            }
        structure = StructureComparison(first, second)
        var byKey: [ComparedStream.OrderedKey: ComparedStream.Section] = [:]
        for (key, section) in second.sections { byKey[key] = section }
        pairs = first.sections.compactMap { key, section in byKey[key].map { (section, $0) } }
    }

    /// Returns all differences except values and pages, in the order of `Difference.Subject`. O(distinct
    /// layouts).
    package mutating func structuralDifferences() -> [Difference] {
        if case .dump(let dump) = right { return DumpComparison(document: left, dump: dump).differences() }
        var found = sections()
        found += pairs.filter { $0.left.version != $0.right.version }.map {
            Difference(.version, .changed, $0.left.label, "v\($0.left.version)", "v\($0.right.version)")
        }
        found += layouts()
        if let document = right.stream { found += machine(document) + blocks(document) }
        return Difference.Subject.allCases.flatMap { subject in found.filter { $0.subject == subject } }
    }

    /// The number of section pairs whose values can be compared.
    package var pairCount: Int { right.stream == nil ? 0 : pairs.count }

    /// Reports the differing values, in the order of the first stream. O(bytes of device state).
    package func values(report: (Difference) -> Void) {
        for number in 0..<pairCount { values(ofPair: number, report: report) }
    }

    /// Reports the differing values of one pair of sections.
    package func values(ofPair number: Int, report: (Difference) -> Void) {
        var values = ValueComparison(structure)
        values.compare(pairs[number].left, pairs[number].right) { if !Self.isMachineName($0) { report($0) } }
    }

    /// Returns the blocks that both streams have and whose pages differ; nil when page sizes differ. O(RAM).
    package func pages(_ leftIndex: RAMIndex, _ rightIndex: RAMIndex) -> [RAMComparison.Block]? {
        guard let work = pageWork(leftIndex, rightIndex) else { return nil }
        return work.blocks.compactMap { block in
            let found = work.comparison.compare(block.first, block.second, name: block.name)
            return found.isEqual ? nil : found
        }
    }

    /// Returns the blocks to compare, by their numbers in each stream.
    package func pageWork(
        _ leftIndex: RAMIndex, _ rightIndex: RAMIndex
    ) -> (comparison: RAMComparison, blocks: [(first: Int, second: Int, name: String)])? {
        guard let document = right.stream, leftIndex.pageSize == rightIndex.pageSize else { return nil }
        let comparison = RAMComparison(
            PageReader(region: left.store.region, index: leftIndex),
            PageReader(region: document.store.region, index: rightIndex))
        let names = document.overview.ramBlocks.map(\.name)
        let blocks = left.overview.ramBlocks.enumerated().compactMap { number, block in
            names.firstIndex(of: block.name).map { (first: number, second: $0, name: block.name) }
        }
        return (comparison, blocks)
    }

    // MARK: Parts

    // This difference is reported as the machine type.
    private static func isMachineName(_ difference: Difference) -> Bool {
        difference.path == "configuration/len" || difference.path == "configuration/name"
    }

    private func machine(_ right: Document) -> [Difference] {
        let (one, two) = (left.overview, right.overview)
        func fact(_ name: String, _ text: (Overview) -> String?) -> Difference? {
            let (one, two) = (text(one) ?? "", text(two) ?? "")
            guard one != two else { return nil }
            return Difference(
                .machine, one.isEmpty ? .added : two.isEmpty ? .removed : .changed, name, one, two)
        }
        let facts = [
            fact("machine") { $0.machine },
            fact("page size") { $0.pageSize.map(String.init) },
            fact("capabilities") { $0.capabilities.joined(separator: " ") },
        ]
        return facts.compactMap { $0 }
    }

    private func sections() -> [Difference] {
        let leftKeys = Set(first.sections.map(\.key))
        let rightKeys = Set(second.sections.map(\.key))
        return first.sections.filter { !rightKeys.contains($0.key) }.map {
            Difference(.section, .removed, $0.section.label, "v\($0.section.version)")
        }
            + second.sections.filter { !leftKeys.contains($0.key) }.map {
                Difference(.section, .added, $0.section.label, "", "v\($0.section.version)")
            }
    }

    // Sections with the same two layouts have the same differences: report them once.
    private mutating func layouts() -> [Difference] {
        var groups: [(pair: (LayoutID, LayoutID), labels: [String])] = []
        var numbers: [[LayoutID]: Int] = [:]
        for (one, two) in pairs where !structure.isSame(one.layout, two.layout) {
            let key = [one.layout, two.layout]
            if let number = numbers[key] {
                groups[number].labels.append(one.label)
            } else {
                numbers[key] = groups.count
                groups.append(((one.layout, two.layout), [one.label]))
            }
        }
        return groups.flatMap { group in
            structure.differences(group.pair.0, group.pair.1, path: group.labels[0]).map { difference in
                var difference = difference
                difference.also = Array(group.labels.dropFirst())
                return difference
            }
        }.filter { !Self.isMachineName($0) }
    }

    private func blocks(_ right: Document) -> [Difference] {
        let (one, two) = (left.overview.ramBlocks, right.overview.ramBlocks)
        let removed = one.compactMap { block -> Difference? in
            guard let other = two.first(where: { $0.name == block.name }) else {
                return Difference(.ram, .removed, block.name, "\(block.size) bytes")
            }
            return other.size == block.size
                ? nil : Difference(.ram, .changed, block.name, "\(block.size) bytes", "\(other.size) bytes")
        }
        let known = Set(one.map(\.name))
        return removed
            + two.filter { !known.contains($0.name) }.map {
                Difference(.ram, .added, $0.name, "", "\($0.size) bytes")
            }
    }
}
