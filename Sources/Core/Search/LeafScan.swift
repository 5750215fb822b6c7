/// Looks for values among the fields of all sections, in steps. RAM is not read.
public struct LeafScan: OffsetScan {
    /// What a field must be.
    public enum Wanted {
        /// A number in any width that holds it, and for `le` types in their byte order.
        case number(UInt64)
        /// A negative number in any width that holds it.
        case negative(Int64)
        /// A value whose text matches.
        case text(TextPattern)
    }

    public private(set) var offsets: [Int] = []
    private let wanted: Wanted
    private let region: MappedRegion
    private let table: LayoutTable
    // Fields of a layout that may match.
    private let measure: LayoutMeasure
    private let records: [(offset: Int, layout: LayoutID)]
    private var current = 0
    private var stack: [Frame] = []

    /// A layout that is being read: the next item, and the next element of it.
    private struct Frame {
        var offset: Int
        var items: Range<Int>
        var place = 0
    }

    /// A longer field is a buffer: no number, and no text that a person would type.
    private static let largestText = 4096

    /// O(records).
    public init(_ wanted: Wanted, _ document: Document) {
        self.wanted = wanted
        region = document.region
        table = document.table
        let sizes = Self.sizes(wanted)
        let table = table
        measure = LayoutMeasure(opensLeaves: true) { item in
            let isWanted = Self.isRead(item) && sizes.contains(item.stride)
            return isWanted && Self.below(item, wanted, table).isNone ? 1 : 0
        }
        records = document.records.filter { !$0.layout.isNone && $0.size > 0 && $0.space == .stream }
            .map { ($0.offset, $0.layout) }.sorted { $0.offset < $1.offset }
    }

    public var isFinished: Bool {
        current >= records.count && stack.isEmpty || offsets.count >= ScanLimit.matches
    }

    public var progress: Double {
        guard let last = records.last?.offset, last > 0 else { return 1 }
        return isFinished ? 1 : Double(stack.last?.offset ?? 0) / Double(region.count)
    }

    /// O(budget) fields.
    public mutating func step(budget: Int) {
        var left = budget
        while left > 0, !isFinished {
            left -= 1
            guard let frame = stack.last else {
                push(records[current].layout, at: records[current].offset)
                current += 1
                continue
            }
            if frame.items.isEmpty {
                stack.removeLast()
            } else {
                left -= visit(frame, table[item: frame.items.lowerBound], limit: left + 1)
            }
        }
    }

    private mutating func push(_ layout: LayoutID, at offset: Int) {
        guard measure.total(layout, levels: .max, table) > 0 else { return }
        stack.append(Frame(offset: offset, items: table[layout].items))
    }

    // Reads some elements of the first item of the top frame, or goes into one; gives back how many were read.
    private mutating func visit(_ frame: Frame, _ item: Item, limit: Int) -> Int {
        let start = frame.offset + item.offset
        let isDone: Bool
        var count = 0
        let below = Self.below(item, wanted, table)
        if below.isNone {
            count = measure.unit(item, 1, table) > 0 ? min(item.count - frame.place, max(limit, 1)) : 0
            for place in frame.place..<frame.place + count { read(item, at: start + place * item.stride) }
            isDone = count == 0 || frame.place + count >= item.count
        } else {
            count = 1
            let isWanted = Self.isRead(item) && measure.total(below, levels: .max, table) > 0
            isDone = !isWanted || frame.place + 1 >= item.count
            advance(isDone, by: 1)
            if isWanted { push(below, at: start + frame.place * item.stride) }
            return count
        }
        advance(isDone, by: count)
        return count
    }

    private mutating func advance(_ isDone: Bool, by count: Int) {
        let top = stack.count - 1
        stack[top].place += count
        guard isDone else { return }
        stack[top].place = 0
        stack[top].items = stack[top].items.dropFirst()
    }

    private mutating func read(_ item: Item, at offset: Int) {
        let region = region
        let bytes = region.span(offset..<offset.addingSaturated(item.stride))
        guard bytes.byteCount == item.stride, matches(bytes, table[type: item.type]) else { return }
        offsets.append(offset)
    }

    private func matches(_ bytes: RawSpan, _ type: FieldType) -> Bool {
        let number: UInt64
        switch wanted {
        case .text(let pattern): return pattern.matches(type.value(bytes).full)
        case .number(let value): number = value
        case .negative(let value):
            number = UInt64(bitPattern: value) & UInt64.max >> UInt64(64 - 8 * bytes.byteCount)
        }
        let value = bytes.bigEndianValue
        if type.name.hasPrefix("le") {
            return value.byteSwapped >> UInt64(64 - 8 * bytes.byteCount) == number
        }
        return value == number
    }

    // What is read instead of an element of an item: a number may be a byte of a buffer, a text is all of it.
    private static func below(_ item: Item, _ wanted: Wanted, _ table: LayoutTable) -> LayoutID {
        guard item.isLeaf else { return item.child }
        if case .text = wanted { return .none }
        let bytes = table.opened(item)
        return bytes.isNone || table[bytes].kind == .overlay ? .none : bytes
    }

    private static func isRead(_ item: Item) -> Bool {
        switch item.role {
        case .field, .subsection, .decoded: true
        case .meaning, .frame, .ram, .gap, .error, .padding: false
        }
    }

    // The sizes in bytes of the fields that can hold it.
    private static func sizes(_ wanted: Wanted) -> ClosedRange<Int> {
        switch wanted {
        case .text: 1...largestText
        case .number(let value): max(1, (71 - value.leadingZeroBitCount) / 8)...8
        case .negative(let value): max(1, (72 - (~value).leadingZeroBitCount) / 8)...8
        }
    }
}
