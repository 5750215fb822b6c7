import Bytes
import Format
import Stream

/// Searches for values in the fields of all sections, and in the bits and named bytes that fields open to, in
/// steps. It does not read RAM.
package struct LeafScan: OffsetScan {
    /// The value to search for.
    package enum Wanted {
        /// A number in any width that holds it; for `le` types, in their byte order. A buffer has no byte
        /// order: one of at most eight bytes matches in both orders, and in a larger one a number of more
        /// than two bytes matches at any offset. Bits and named bytes match each number that their value
        /// shows. Decimal digits in a byte match the byte and the value of the digits.
        case number(UInt64)
        /// A negative number in any width that holds it.
        case negative(Int64)
        /// A value whose text matches the pattern.
        case text(TextPattern)
    }

    package private(set) var offsets: [Int] = []
    private let wanted: Wanted
    private let region: MappedRegion
    private let table: LayoutTable
    // Counts the fields of a layout that may match, or that open to something that may.
    private let measure: LayoutMeasure
    // Whether a field itself may match.
    private let holds: (Item) -> Bool
    // Counts the rows below leaves that may match.
    private let rows: LayoutMeasure
    private let records: [(offset: Int, layout: LayoutID)]
    private var current = 0
    private var stack: [Frame] = []

    /// A position in a layout: the next item, and its next element.
    private struct Frame {
        package var offset: Int
        package var items: Range<Int>
        package var place = 0
        /// Whether the layout is what a leaf opens to.
        package var isInside = false
    }

    /// The maximum size of a text field: nobody types a longer text.
    private static let largestText = 4096
    /// The maximum size of a buffer that is searched inside.
    private static let largestBuffer = 1 << 20
    /// The minimum number that is searched inside buffers: smaller ones are everywhere.
    private static let smallestInside: UInt64 = 0x10000
    /// The number of buffer bytes that cost as much as one field.
    private static let bytesAField = 64

    /// Prepares the scan. O(records).
    package init(_ wanted: Wanted, _ document: Document) {
        self.wanted = wanted
        region = document.store.region
        table = document.store.table
        let table = document.store.table
        let sizes = Self.sizes(wanted)
        let looksInside = if case .number(Self.smallestInside...) = wanted { true } else { false }
        // A row may be part of a word larger than the value that it shows.
        let readsRows = if case .negative = wanted { false } else { true }
        let rows = LayoutMeasure(opensLeaves: true) { item in
            readsRows && item.isLeaf && item.stride <= Self.largestText && Self.isRow(item) ? 1 : 0
        }
        let holds = { (item: Item) in
            guard Self.isRead(item), item.isLeaf else { return false }
            let isLarge =
                looksInside && Self.isBuffer(item, table) && (8...Self.largestBuffer).contains(item.stride)
            return isLarge || sizes.contains(item.stride)
        }
        measure = LayoutMeasure { item in
            holds(item) || !Self.rowsInside(item, rows, table).isNone ? 1 : 0
        }
        self.rows = rows
        self.holds = holds
        records = document.store.records.filter { !$0.layout.isNone && $0.size > 0 && $0.space == .stream }
            .map { ($0.offset, $0.layout) }.sorted { $0.offset < $1.offset }
    }

    package var isFinished: Bool {
        current >= records.count && stack.isEmpty || offsets.count >= ScanLimit.matches
    }

    package var progress: Double {
        guard let last = records.last?.offset, last > 0 else { return 1 }
        return isFinished ? 1 : Double(stack.last?.offset ?? 0) / Double(region.count)
    }

    /// Reads at most `budget` fields. O(budget).
    package mutating func step(budget: Int) {
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
            } else if frame.isInside {
                left -= visitRow(frame, table[item: frame.items.lowerBound])
            } else {
                left -= visit(frame, table[item: frame.items.lowerBound], limit: left + 1)
            }
        }
    }

    private mutating func push(_ layout: LayoutID, at offset: Int) {
        guard measure.total(layout, levels: .max, table) > 0 else { return }
        stack.append(Frame(offset: offset, items: table[layout].items))
    }

    // Reads some elements of the first item of the top frame, or descends into one; returns the number read.
    private mutating func visit(_ frame: Frame, _ item: Item, limit: Int) -> Int {
        let start = frame.offset + item.offset
        let isDone: Bool
        var count = 0
        if item.isLeaf {
            let inside = Self.rowsInside(item, rows, table)
            let most = inside.isNone ? max(limit / Self.cost(item), 1) : 1
            let isWanted = holds(item)
            count = isWanted || !inside.isNone ? min(item.count - frame.place, most) : 0
            for place in frame.place..<frame.place + count where isWanted {
                read(item, at: start + place * item.stride)
            }
            isDone = count == 0 || frame.place + count >= item.count
            advance(isDone, by: count)
            if !inside.isNone {
                stack.append(
                    Frame(
                        offset: start + frame.place * item.stride, items: table[inside].items, isInside: true)
                )
            }
            return count.multipliedSaturated(by: Self.cost(item))
        } else {
            count = 1
            let isWanted = Self.isRead(item) && measure.total(item.child, levels: .max, table) > 0
            isDone = !isWanted || frame.place + 1 >= item.count
            advance(isDone, by: 1)
            if isWanted { push(item.child, at: start + frame.place * item.stride) }
            return count
        }
    }

    // The layout that a leaf opens to, when it has rows that may match.
    private static func rowsInside(_ item: Item, _ rows: LayoutMeasure, _ table: LayoutTable) -> LayoutID {
        guard item.isLeaf, isRead(item) || item.role == .meaning else { return .none }
        let inside = table.opened(item)
        guard !inside.isNone, !table.isPlainBytes(inside), rows.total(inside, levels: .max, table) > 0 else {
            return .none
        }
        return inside
    }

    // Reads an element of the first item of the top frame, and descends into it.
    private mutating func visitRow(_ frame: Frame, _ item: Item) -> Int {
        let start = frame.offset + item.offset + frame.place * item.stride
        let isWanted = rows.unit(item, .max, table) > 0
        advance(!isWanted || frame.place + 1 >= item.count, by: 1)
        guard isWanted else { return 1 }
        if item.isLeaf, Self.isRow(item) { readRow(item, at: start) }
        let inside = item.isLeaf ? Self.rowsInside(item, rows, table) : item.child
        if !inside.isNone {
            stack.append(Frame(offset: start, items: table[inside].items, isInside: true))
        }
        return 1
    }

    private mutating func readRow(_ item: Item, at offset: Int) {
        let region = region
        let bytes = region.span(offset..<offset.addingSaturated(item.stride))
        guard bytes.byteCount == item.stride else { return }
        let type = table[type: item.type]
        let value = type.value(bytes).full
        let isMatch =
            switch wanted {
            case .number(let number): NodeNumber.readings(value).contains(number)
            case .text(let pattern): pattern.matches(value)
            case .negative: false
            }
        guard isMatch else { return }
        // The rows of a word come in bit order, not in offset order.
        let place = offsets.lastIndex { $0 <= offset }
        if place.map({ offsets[$0] != offset }) ?? true {
            offsets.insert(offset, at: place.map { $0 + 1 } ?? 0)
        }
    }

    // A bit, or a named byte.
    private static func isRow(_ item: Item) -> Bool {
        item.role == .meaning || item.label != .empty || item.name != .empty
    }

    private static func isBuffer(_ item: Item, _ table: LayoutTable) -> Bool {
        item.isLeaf && table[type: item.type].readerForm == .hex
    }

    // The cost of an element, in fields.
    private static func cost(_ item: Item) -> Int { 1 + item.stride / bytesAField }

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
        guard bytes.byteCount == item.stride else { return }
        if item.stride > 8, case .number(let number) = wanted {
            offsets += places(of: number, in: bytes).map { offset + $0 }
        } else if matches(bytes, table[type: item.type]) {
            offsets.append(offset)
        }
    }

    // The places of the number in either byte order: as four bytes, or as eight when it does not fit.
    private func places(of number: UInt64, in bytes: RawSpan) -> [Int] {
        let width = number > UInt32.max ? 8 : 4
        let big = (0..<width).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (width - 1 - $0))) }
        let little = Array(big.reversed())
        var found: [Int] = []
        for place in 0...(bytes.byteCount - width) {
            let first = bytes[byteAt: place]
            guard first == big[0] || first == little[0] else { continue }
            let isMatch = [big, little].contains { wanted in
                (0..<width).allSatisfy { bytes[byteAt: place + $0] == wanted[$0] }
            }
            if isMatch { found.append(place) }
        }
        return found
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
        let swapped = value.byteSwapped >> UInt64(64 - 8 * bytes.byteCount)
        if type.readerForm == .hex { return value == number || swapped == number }
        return type.name.hasPrefix("le") ? swapped == number : value == number
    }

    private static func isRead(_ item: Item) -> Bool {
        switch item.role {
        case .field, .subsection, .decoded: true
        case .meaning, .frame, .ram, .gap, .error, .padding: false
        }
    }

    // The sizes, in bytes, of the fields that can hold the value.
    private static func sizes(_ wanted: Wanted) -> ClosedRange<Int> {
        switch wanted {
        case .text: 1...largestText
        case .number(let value): max(1, (71 - value.leadingZeroBitCount) / 8)...8
        case .negative(let value): max(1, (72 - (~value).leadingZeroBitCount) / 8)...8
        }
    }
}
