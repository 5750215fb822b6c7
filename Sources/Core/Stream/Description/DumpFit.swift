import Bytes
import Format

/// Fits a vmstate of `-dump-vmstate` to the bytes of a section by trial.
///
/// A dump gives the names, order and versions of fields, but neither the presence of conditional fields nor
/// the length of variable ones. So each way is tried; the end of the section and the names of subsections
/// decide (migration/savevm.c dump_vmstate_vmsd and vmstate.c vmstate_load_state, 7.2 and 10.0).
package struct DumpFit {
    /// The result of the trial.
    package struct Result {
        /// The body; `.none` if nothing fits.
        package var layout = LayoutID.none
        /// Whether the bytes could also be read in another way.
        package var isAmbiguous = false
        /// The offset that the farthest reading reached; nothing fits there.
        package var furthest: Int
        package var furthestField = ""

        package init(
            layout: LayoutID = LayoutID.none, isAmbiguous: Bool = false, furthest: Int,
            furthestField: String = ""
        ) {
            self.layout = layout
            self.isAmbiguous = isAmbiguous
            self.furthest = furthest
            self.furthestField = furthestField
        }
    }

    private let region: MappedRegion
    private let body: Range<Int>
    private let shapes: DumpShapes
    private var known: [Start: [Int]] = [:]
    private var work = 0
    private var furthest: Int
    private var furthestField = ""
    // The field of unknown length for which every length is tried.
    private var elastic: DumpShapes.FieldNumber?
    // The number of bytes that can follow it.
    private var rest = 0...0
    private var isAmbiguous = false
    // Whether the steps were used up while the layout was built; it then lacks bytes.
    private var isUnfinished = false

    /// The maximum number of steps in all trials of a section; more would mean too many ways.
    private static let workLimit = 200_000
    /// The maximum number of lengths that are tried for a field.
    private static let lengthLimit = 1 << 16

    /// A shape at an offset.
    private struct Start: Hashable {
        package var shape: Int
        package var version: Int
        package var position: Int
    }

    /// All ways through a shape: for each field, its possible starts and the ends that each leads to.
    private struct Trace {
        package var fields: [[Int: [Int]]] = []
        /// The same for subsections, in any order.
        package var subsections: [Int: [Int]] = [:]
        /// The possible ends of the shape, the likeliest first.
        package var ends: [Int] = []
    }

    package init(_ region: MappedRegion, _ body: Range<Int>, _ shapes: DumpShapes) {
        self.region = region
        self.body = body
        self.shapes = shapes
        furthest = body.lowerBound
    }

    /// Tries the fields as in the dump, then with one field of another length. O(`workLimit`).
    package mutating func fit(version: Int, table: LayoutTable) -> Result {
        for place in [nil] + shapes.elasticPlaces.map({ Optional($0) }) where work < Self.workLimit {
            elastic = place
            if let place { rest = shapes.rest(after: place, version: version) }
            known = [:]
            let start = Start(shape: 0, version: version, position: body.lowerBound)
            guard ends(start).contains(body.upperBound) else { continue }
            // The layout gets as many steps of its own, because it repeats the way that was found.
            work = 0
            let layout = build(start, upTo: body.upperBound, table)
            guard !isUnfinished else { break }
            // The number of values or structures was guessed.
            let isGuess = place.map { shapes.isNumbered($0) } ?? false
            return Result(layout: layout, isAmbiguous: isAmbiguous || isGuess, furthest: body.upperBound)
        }
        return Result(furthest: furthest, furthestField: furthestField)
    }

    // MARK: Possible ends

    private mutating func ends(_ start: Start) -> [Int] {
        if let ends = known[start] { return ends }
        let ends = trace(start).ends
        known[start] = ends
        return ends
    }

    private mutating func trace(_ start: Start) -> Trace {
        var trace = Trace()
        var positions = [start.position]
        for field in shapes.all[start.shape].fields.indices {
            var edges: [Int: [Int]] = [:]
            var next: [Int] = []
            var seen: Set<Int> = []
            for position in positions {
                work += 1
                guard work < Self.workLimit else { return Trace() }
                let ends = afterField(field, of: start, at: position)
                edges[position] = ends
                for end in ends where seen.insert(end).inserted { next.append(end) }
            }
            guard !next.isEmpty else { return Trace() }
            trace.fields.append(edges)
            positions = next
        }
        for position in positions { addSubsections(of: start, at: position, &trace) }
        return trace
    }

    /// Returns the offsets after a field: first with it, then without it if it may be absent.
    private mutating func afterField(_ number: Int, of start: Start, at position: Int) -> [Int] {
        let field = shapes.all[start.shape].fields[number]
        guard field.version <= start.version else { return [position] }
        let place = DumpShapes.FieldNumber(shape: start.shape, field: number)
        var found = afterContent(field, of: start, isElastic: elastic == place, at: position)
        for other in field.alternatives {
            found += afterContent(other, of: start, isElastic: false, at: position).filter {
                !found.contains($0)
            }
        }
        if found.isEmpty, position >= furthest {
            furthest = position
            furthestField = field.name
        }
        if field.isConditional, field.alternatives.isEmpty, !found.contains(position) {
            found.append(position)
        }
        return found
    }

    private mutating func afterContent(
        _ field: DumpShapes.Field, of start: Start, isElastic: Bool, at position: Int
    ) -> [Int] {
        guard let told = count(of: field, in: start) else { return [] }
        if let child = field.shape {
            return isElastic
                ? afterAnyNumber(of: child, at: position)
                : afterElements(of: child, count: told, at: position)
        }
        let left = body.upperBound - position
        if isElastic {
            let left = min(left, marker(from: position) - position)
            let unit = max(field.size, 1)
            let most = min(left, max(body.upperBound - position - rest.lowerBound, 0)) / unit
            let least = (max(body.upperBound - position - rest.upperBound, 0) + unit - 1) / unit
            guard least <= most else { return [] }
            return (least...min(most, least + Self.lengthLimit))
                .filter { field.canHave(size: $0 * unit) }.map { position + $0 * unit }
        }
        let size = max(field.size, 0).multipliedSaturated(by: max(told, 0))
        return size <= left ? [position + size] : []
    }

    // Returns the number of elements; nil if it is impossible.
    private func count(of field: DumpShapes.Field, in start: Start) -> Int? {
        guard let offset = field.countOffset else { return field.count ?? 1 }
        guard let count = region.bigEndian(UInt32.self, at: start.position + offset), count <= body.count
        else {
            return nil
        }
        return Int(count)
    }

    // Finds bytes that look like a subsection. QEMU takes them for one wherever a structure ends, so no data
    // of a loadable stream looks like that.
    private func marker(from start: Int) -> Int {
        let name = shapes.all[0].name
        var position = start
        while position < body.upperBound {
            if region.byte(at: position) == SectionType.subsection.rawValue,
                let found = subsectionName(at: position), found.count > name.count, found.starts(with: name)
            {
                return position
            }
            position += 1
        }
        return body.upperBound
    }

    private mutating func afterElements(of shape: Int, count: Int, at position: Int) -> [Int] {
        var positions = [position]
        for _ in 0..<max(count, 0) {
            positions = step(shape, positions)
            if positions.isEmpty { break }
        }
        return positions
    }

    private mutating func afterAnyNumber(of shape: Int, at position: Int) -> [Int] {
        var found = [position]
        var positions = [position]
        while found.count < Self.lengthLimit, let last = positions.max() {
            positions = step(shape, positions).filter { $0 > last }
            found += positions
        }
        return found
    }

    // Reads one more element from each of the positions.
    private mutating func step(_ shape: Int, _ positions: [Int]) -> [Int] {
        var next: [Int] = []
        var seen: Set<Int> = []
        for position in positions {
            work += 1
            guard work < Self.workLimit else { return [] }
            let start = Start(shape: shape, version: shapes.all[shape].version, position: position)
            for end in ends(start) where seen.insert(end).inserted { next.append(end) }
        }
        return next
    }

    // An existing subsection must be read: QEMU checks its name and refuses an unknown one.
    private mutating func addSubsections(of start: Start, at position: Int, _ trace: inout Trace) {
        var queue = [position]
        while let position = queue.popLast() {
            guard trace.subsections[position] == nil else { continue }
            work += 1
            guard let name = subsectionName(at: position), name.starts(with: shapes.all[start.shape].name)
            else {
                trace.subsections[position] = []
                trace.ends.append(position)
                continue
            }
            let ends = subsection(name, of: start.shape, at: position).map { self.ends($0) } ?? []
            trace.subsections[position] = ends
            queue += ends.reversed()
        }
    }

    private func subsectionName(at position: Int) -> [UInt8]? {
        guard body.upperBound - position >= 6, region.byte(at: position) == SectionType.subsection.rawValue,
            let length = region.byte(at: position + 1), body.upperBound - position - 6 >= Int(length)
        else { return nil }
        return region.copy(position + 2..<position + 2 + Int(length))
    }

    /// Returns the content of the subsection of this name with its header at `position`.
    private func subsection(_ name: [UInt8], of shape: Int, at position: Int) -> Start? {
        let version = region.bigEndian(UInt32.self, at: position + 2 + name.count) ?? 0
        return shapes.all[shape].subsections.first { shapes.all[$0].name == name }
            .map { Start(shape: $0, version: Int(version), position: position + 6 + name.count) }
    }
}

// MARK: - The layout of a reading

extension DumpFit {
    /// Returns the layout of a shape that can end at `end`.
    private mutating func build(_ start: Start, upTo end: Int, _ table: LayoutTable) -> LayoutID {
        let trace = trace(start)
        let shape = shapes.all[start.shape]
        var fields = LayoutBuilder()
        var position = start.position
        for (field, leads) in viable(trace, upTo: end).enumerated() {
            let ways = (trace.fields[field][position] ?? []).filter(leads.contains)
            guard let next = ways.first else { break }
            if ways.count > 1 { isAmbiguous = true }
            append(shape.fields[field], from: position, upTo: next, &fields, table)
            position = next
        }
        subsections(of: start.shape, trace, from: position, upTo: end, &fields, table)
        if fields.size != end - start.position { isUnfinished = true }
        let name = table.names.intern(shape.name)
        return fields.body(in: table, vmsdName: name, version: UInt32(clamping: start.version))
    }

    /// Returns, for each field, the offsets after it from which the end is reachable.
    private func viable(_ trace: Trace, upTo end: Int) -> [Set<Int>] {
        var leads = Set(trace.subsections.keys.filter { reaches($0, end, trace) })
        var result: [Set<Int>] = []
        for edges in trace.fields.reversed() {
            result.append(leads)
            leads = Set(edges.filter { $0.value.contains(where: leads.contains) }.keys)
        }
        return result.reversed()
    }

    // Subsections lead only forwards, so this terminates.
    private func reaches(_ position: Int, _ end: Int, _ trace: Trace) -> Bool {
        var queue = [position]
        while let next = queue.popLast() {
            let ways = trace.subsections[next] ?? []
            if next == end, ways.isEmpty { return true }
            queue += ways
        }
        return false
    }

    private mutating func subsections(
        of shape: Int, _ trace: Trace, from start: Int, upTo end: Int, _ fields: inout LayoutBuilder,
        _ table: LayoutTable
    ) {
        var position = start
        while position < end, let name = subsectionName(at: position),
            let inner = subsection(name, of: shape, at: position)
        {
            let ways = (trace.subsections[position] ?? []).filter { reaches($0, end, trace) }
            guard let next = ways.first else { return }
            if ways.count > 1 { isAmbiguous = true }
            let body = build(inner, upTo: next, table)
            fields.append(
                SectionFrames.subsection(
                    body, named: table[body].vmsdName, version: table[body].version, role: .subsection,
                    in: table))
            position = next
        }
    }

    private mutating func append(
        _ field: DumpShapes.Field, from start: Int, upTo end: Int, _ fields: inout LayoutBuilder,
        _ table: LayoutTable
    ) {
        guard end > start else { return }
        guard let child = field.shape else { return fields.append(leaf(field, end - start, table)) }
        let elements = elements(of: child, at: start, upTo: end, table)
        guard elements.count != 1 || elements[0].count > 1 else {
            var item = elements[0]
            item.name = table.names.intern(field.name)
            return fields.append(item)
        }
        let array = table.layout(.array, elements)
        fields.append(
            Item(
                name: table.names.intern(field.name), type: table.type(named: "struct"), child: array,
                stride: table[array].size))
    }

    private func leaf(_ field: DumpShapes.Field, _ size: Int, _ table: LayoutTable) -> Item {
        if let other = field.alternatives.first(where: { $0.size == size }), field.size != size {
            return leaf(other, size, table)
        }
        let name = table.names.intern(field.name)
        let isNumber = [1, 2, 4, 8].contains(field.size)
        let isArray = isNumber || field.size > 0 && field.count ?? 1 > 1
        let count = isArray ? size / field.size : 1
        let type = table.type(named: isNumber ? "uint\(field.size * 8)" : field.type)
        if count > 1 {
            var element = Item(type: type, count: count, stride: field.size)
            if !isNumber, field.type == "buffer" { element.inside = table.bytes(count: field.size) }
            let array = table.layout(.array, [element])
            return Item(name: name, type: type, child: array, stride: size)
        }
        let isBuffer = !isNumber && field.type == "buffer" && size > 1
        var item = Item(name: name, type: type, stride: size)
        if isBuffer { item.inside = table.bytes(count: size) }
        return item
    }

    // Consecutive elements of one layout are one item.
    private mutating func elements(
        of shape: Int, at start: Int, upTo end: Int, _ table: LayoutTable
    ) -> [Item] {
        let type = table.type(named: "struct")
        var items: [Item] = []
        var position = start
        var number = 0
        while position < end {
            let start = Start(shape: shape, version: shapes.all[shape].version, position: position)
            // If elements may differ in length, only the first way is followed, although another might reach
            // the end.
            guard let next = ends(start).first(where: { $0 > position && $0 <= end }) else { break }
            let body = build(start, upTo: next, table)
            if let last = items.last, last.child == body {
                items[items.count - 1].count += 1
            } else {
                items.append(Item(type: type, child: body, stride: next - position, base: number))
            }
            position = next
            number += 1
        }
        if position < end {
            isAmbiguous = true
            items.append(Item(type: table.type(named: "buffer"), stride: end - position, base: number))
        }
        return items
    }
}
