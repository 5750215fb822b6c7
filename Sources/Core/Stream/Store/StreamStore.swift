import Bytes
import Container
import Format

/// The bytes, records, layouts and containers of a stream.
///
/// It grows while the stream is read; each change increments `generation`. Used from one thread, with its
/// `table`.
package final class StreamStore {
    /// The bytes of the stream.
    // The unchecked properties are read for each row, and no reader runs while they change.
    @exclusivity(unchecked) package internal(set) var region: MappedRegion
    @exclusivity(unchecked) package internal(set) var description: Description?
    /// Changes whenever the tree has changed.
    package internal(set) var generation = 0
    @exclusivity(unchecked) package internal(set) var table: LayoutTable
    @exclusivity(unchecked) package internal(set) var records: [SectionRecord] = []
    /// The numbers of the records below the root: the containers from the outermost inward, then in stream
    /// order.
    @exclusivity(unchecked) package internal(set) var topLevel: [Int] = []
    /// The state after the records read so far.
    @exclusivity(unchecked) package internal(set) var state: StreamState
    /// The end of the stream in the file, if reading from its start has found it.
    package internal(set) var limit: StreamLimit?
    /// The given path.
    let name: String
    /// The number of the root's children that are containers; those of the stream follow them.
    package let containerCount: Int
    /// The texts that replace the bytes of container parts.
    package let containerTexts: [ContainerNodes.PartRange: String]
    /// The numbers of records that share a name.
    package internal(set) var twins = TwinNumbers()
    /// What the file has lost since it was opened.
    @exclusivity(unchecked) package internal(set) var losses = Losses()
    /// A cache of the names of records below one parent, for the tree.
    var siblings: (generation: Int, parent: [Int], names: Set<String>)?
    /// The source of the bytes.
    package private(set) var source: StreamSource

    /// Takes over the results of opening, and adds a record for each container and each connection before
    /// them.
    init(_ source: StreamSource, _ opened: OpenedStream, name: String, limit: StreamLimit?) {
        self.source = source
        self.name = name
        self.limit = limit
        region = source.region
        description = opened.description
        table = opened.table
        state = opened.state
        var records = opened.records
        var nodes = ContainerNodes(source.info, records: &records, table: opened.table)
        nodes.add(source.channels, after: source.info.layers.count, records: &records, table: opened.table)
        self.records = records
        containerCount = nodes.numbers.count
        containerTexts = nodes.texts
        topLevel = nodes.numbers + opened.topLevel
    }

    /// Announces that records or their layouts have changed.
    func noteChange() { generation += 1 }

    /// Replaces the former store of the same file after it was opened again.
    func follow(_ former: StreamStore) {
        generation = former.generation + 1
        losses = former.losses
    }

    /// Adds the bytes that were appended to the stream to `record`, which is the last one. O(1).
    func extend(to region: MappedRegion, record: Int) {
        source.region = region
        source.fileSize = region.currentFileSize ?? region.count
        self.region = region
        records[record].size = region.count - records[record].offset
        noteChange()
    }
}

extension StreamStore {
    /// The machine type from the configuration section; nil without one.
    package var machine: String? { state.machine.map(table.names.text) }

    /// The end of the stream: after its description or its end mark. Later bytes of the file do not belong to
    /// it.
    package var streamEnd: Int {
        if let limit { return limit.end }
        guard let last = topLevel.last.map({ records[$0] }), topLevel.count > containerCount + 1 else {
            return region.count
        }
        switch last.kind {
        case .padding: return last.offset
        case .gap:
            let before = records[topLevel[topLevel.count - 2]].kind
            let isText = region.byte(at: last.offset) == SectionType.description.rawValue
            return before == .description || before == .endOfFile && !isText ? last.offset : region.count
        default: return region.count
        }
    }

    /// The offset of another stream after this one, in bytes from the start of this one; nil if there is none
    /// or none is known yet.
    package var nextStream: Int? { limit?.next }

    /// The part of the file that is read as the stream.
    var readable: MappedRegion { limit.map { region.slice(0..<$0.end) } ?? region }

    /// Whether the stream's own description is complete.
    package var hasWholeDescription: Bool { description.map { $0.borrowedFrom == nil } ?? false }

    /// Returns whether a byte of `range` is known to be lost. O(1) while nothing is lost.
    package func isLost(_ range: Range<Int>) -> Bool {
        if let start = losses.start, range.upperBound > start { return true }
        return region.hasLostPage(in: range)
    }

    /// Appends a record as the last child of record number `group`.
    package func appendRecord(_ record: SectionRecord, to group: Int) {
        records[group].children.append(records.count)
        records.append(record)
    }
}

extension StreamStore {
    /// Returns the PART and END sections of `ram` that were read so far, in stream order. Large and
    /// incomplete ones are given as their parts.
    package func ramRecords() -> [SectionRecord] {
        let whole = records.filter { isRAM($0) && ($0.kind == .part || $0.kind == .end) }
            .flatMap { section in section.children.isEmpty ? [section] : section.children.map { records[$0] }
            }
        return (whole + begunPages).sorted { $0.offset < $1.offset }
    }

    /// The parts of a RAM section whose end has not arrived.
    var begunPages: [SectionRecord] {
        records.filter { $0.kind == .unread }.flatMap(\.children).map { records[$0] }
            .filter { $0.kind == .pages }
    }

    func isRAM(_ record: SectionRecord) -> Bool {
        table.names.bytes(record.name).elementsEqual("ram".utf8)
    }
}

/// The losses of bytes since the file was opened.
package struct Losses: Sendable {
    /// The stream offset at which the file ends now.
    package var start: Int?
    /// The number of pages that could not be read.
    package var pageCount = 0
    /// Whether another process has written to the file.
    package var isChanged = false
}

/// The numbers of records that share a name below one parent. All are counted in one pass, so that tens of
/// thousands of equal sections do not take quadratic time.
package struct TwinNumbers {
    private struct Siblings: Hashable {
        package var parent: Int
        package var name: NameID
        /// Nil for records that are not sections.
        package var instance: UInt32?
    }

    private var counts: [Siblings: Int] = [:]
    // Only records that are not the first of their name.
    private var numbers: [Int: Int] = [:]
    // The number of children counted so far, by parent.
    private var counted: [Int: Int] = [:]
    /// The number of records visited, for tests.
    package private(set) var work = 0

    /// The parent number of the root.
    package static let root = -1

    /// Returns 1 for the first record of its name below `parent`, 2 for the second. `children` is the
    /// complete list in order; children counted before are not visited again.
    package mutating func number(
        of record: Int, in children: [Int], below parent: Int, _ records: [SectionRecord]
    ) -> Int {
        for child in children.dropFirst(counted[parent, default: 0]) {
            work += 1
            let instance = records[child].section?.instance
            let key = Siblings(parent: parent, name: records[child].name, instance: instance)
            counts[key, default: 0] += 1
            if let number = counts[key], number > 1 { numbers[child] = number }
        }
        counted[parent] = children.count
        return numbers[record] ?? 1
    }

    /// Forgets the last of `count` children of `parent`, which had no twin, so that others can replace it.
    package mutating func removeLast(of parent: Int, count: Int) {
        counted[parent] = min(counted[parent, default: 0], count - 1)
    }
}
