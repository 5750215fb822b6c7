import Bytes
import Container
import Format

/// What has been found of a stream: its bytes, its records with their layouts, and the containers around it.
///
/// It grows while the stream is read; who reads says so by `generation`. Used from one thread, with its `table`.
package final class StreamStore {
    /// The bytes of the stream.
    // Each row asks for what is marked unchecked, and nothing that runs while it changes reads it.
    @exclusivity(unchecked) package internal(set) var region: MappedRegion
    @exclusivity(unchecked) package internal(set) var description: Description?
    /// Changes whenever the tree has changed.
    package internal(set) var generation = 0
    @exclusivity(unchecked) package internal(set) var table: LayoutTable
    @exclusivity(unchecked) package internal(set) var records: [SectionRecord] = []
    /// The numbers of the records below the root: the containers from the outermost on, then in stream order.
    @exclusivity(unchecked) package internal(set) var topLevel: [Int] = []
    /// What is known of the stream.
    @exclusivity(unchecked) package internal(set) var state: StreamState
    /// Where it ends in the file, where reading from its start has shown it.
    package internal(set) var limit: StreamLimit?
    /// The path as it was given.
    let name: String
    /// How many children of the root are containers; those of the stream follow them.
    package let containerCount: Int
    /// What replaces the bytes of a container's part.
    package let containerTexts: [ContainerNodes.PartRange: String]
    /// Which of several records of equal name each is.
    package internal(set) var twins = TwinNumbers()
    /// What the file has lost since it was opened.
    package internal(set) var losses = Losses()
    /// The names of records below one parent, of the tree.
    var siblings: (generation: Int, parent: [Int], names: Set<String>)?
    /// Where the bytes come from.
    package private(set) var source: StreamSource

    /// What opening has found, with a record for each container and each connection before it.
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

    /// Says that the records or their layouts have changed.
    func noteChange() { generation += 1 }

    /// Takes the place of the store of the same file before it was opened anew.
    func follow(_ former: StreamStore) {
        generation = former.generation + 1
        losses = former.losses
    }

    /// Takes the bytes that were appended to the stream as part of `record`, which is the last. O(1).
    func extend(to region: MappedRegion, record: Int) {
        source.region = region
        source.fileSize = region.currentFileSize ?? region.count
        self.region = region
        records[record].size = region.count - records[record].offset
        noteChange()
    }
}

extension StreamStore {
    /// The machine type of the configuration section, as the stream has it; nil without one.
    package var machine: String? { state.machine.map(table.names.text) }

    /// Where the stream ends: after its description or its end mark. What the file holds after it is no part of it.
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

    /// Where another stream begins after this one, in bytes from the start of this; nil where none does, and while
    /// that is not known.
    package var nextStream: Int? { limit?.next }

    /// What of the file is read as the stream.
    var readable: MappedRegion { limit.map { region.slice(0..<$0.end) } ?? region }

    /// Whether the description is there to its last byte.
    package var hasWholeDescription: Bool { description.map { $0.borrowedFrom == nil } ?? false }

    /// Whether a byte of `range` is known to be lost. O(1) while nothing was.
    package func isLost(_ range: Range<Int>) -> Bool {
        if let start = losses.start, range.upperBound > start { return true }
        return region.hasLostPage(in: range)
    }

    /// Adds a record below that of number `group`.
    package func appendRecord(_ record: SectionRecord, to group: Int) {
        records[group].children.append(records.count)
        records.append(record)
    }
}

extension StreamStore {
    /// PART and END sections of `ram` that were read so far, large ones and one that has begun in their pieces, in stream
    /// order.
    package func ramRecords() -> [SectionRecord] {
        let whole = records.filter { isRAM($0) && ($0.kind == .part || $0.kind == .end) }
            .flatMap { section in section.children.isEmpty ? [section] : section.children.map { records[$0] }
            }
        return (whole + begunPages).sorted { $0.offset < $1.offset }
    }

    /// What has come of a RAM section whose end has not.
    var begunPages: [SectionRecord] {
        records.filter { $0.kind == .unread }.flatMap(\.children).map { records[$0] }
            .filter { $0.kind == .pages }
    }

    func isRAM(_ record: SectionRecord) -> Bool {
        table.names.bytes(record.name).elementsEqual("ram".utf8)
    }
}

/// What became of bytes that were there when the file was opened.
package struct Losses: Sendable {
    /// The file ends before this offset of the stream now.
    package var start: Int?
    /// Pages that could not be read.
    package var pageCount = 0
    /// Whether somebody has written to the file.
    package var isChanged = false
}

/// Which of several records of equal name below one parent a record is: counted once for all of them, so that
/// tens of thousands of equal sections cost no square.
package struct TwinNumbers {
    private struct Siblings: Hashable {
        package var parent: Int
        package var name: NameID
        /// nil for what is no section.
        package var instance: UInt32?
    }

    private var counts: [Siblings: Int] = [:]
    // Of records that are not the first of their name.
    private var numbers: [Int: Int] = [:]
    // Children of each parent that were counted.
    private var counted: [Int: Int] = [:]
    /// Records that were looked at; for tests.
    package private(set) var work = 0

    /// The root as a parent.
    package static let root = -1

    /// 1 for the first record of its name below `parent`, 2 for the second. `children` are all of them, in
    /// order; those that were counted before are not looked at again.
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

    /// The last child of `parent` makes room for others; it had no twin.
    package mutating func removeLast(of parent: Int, count: Int) {
        counted[parent] = min(counted[parent, default: 0], count - 1)
    }
}
