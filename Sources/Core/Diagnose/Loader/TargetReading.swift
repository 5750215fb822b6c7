import Bytes
import Format
import Stream

/// The target's counterpart of the section that is read: its own description and its own bytes.
package struct TargetModel {
    package let table: LayoutTable
    package let region: MappedRegion

    package init(table: LayoutTable, region: MappedRegion) {
        self.table = table
        self.region = region
    }
}

/// A layout of the stream and one of the target.
package struct LayoutPair: Hashable {
    package var received: LayoutID
    package var local: LayoutID
}

/// Reads sections by the target's description: QEMU reads the fields that it has, not those that were
/// written.
///
/// When both are alike, the stream's own description suffices, and it has the counts of this guest. When they
/// differ, counts and parts that the bytes themselves determine come from the stream, and all others from the
/// target.
extension BodyLoader {
    /// Reads the body of a section of version `version`. Its layout is `received`; the target's is `local`,
    /// with the bytes at `place`.
    package mutating func load(
        _ received: LayoutID, version: UInt32, asTarget local: LayoutID, at place: Int, _ model: TargetModel
    ) throws(LoadFailure) {
        self.model = model
        root = local
        do throws(LoadFailure) {
            try body(received, local, version: version, at: place)
        } catch {
            throw placed(error)
        }
    }

    private struct Value {
        var received: UInt64
        var local: UInt64
    }

    // Reads a body: the target's fields in its order, and others that the bytes call for. Sections and
    // subsections give their version; a structure in them is read with the target's own version
    // (migration/vmstate.c vmstate_load_state).
    private mutating func body(
        _ received: LayoutID, _ local: LayoutID, version told: UInt32? = nil, at place: Int
    ) throws(LoadFailure) {
        guard let model, !isAlike(received, local) else {
            return try body(received, name: table[received].vmsdName)
        }
        let structure = model.table.names.text(model.table[local].vmsdName)
        let version = told ?? (TargetFacts.tellsVersion(structure) ? table[received].version : nil)
        let isOlder = version.map { $0 < model.table[local].version } ?? false
        var pairing = FieldPairing(table, received, model.table, local)
        var values: [Value] = []
        for item in model.table.items(of: local) where item.role != .frame && item.role != .subsection {
            let name = model.table.names.text(item.name)
            if name == DescriptionParser.markerName {
                guard try mark() else { return }
                _ = pairing.next(named: name)
                continue
            }
            // Preceding fields of the stream that the target lacks.
            let (other, extra) = pairing.next(named: name)
            for gone in extra { try readIfTold(gone, structure, values) }
            // A field that a newer version added (VMSTATE_UINT32_V) is not read for an older one.
            if other == nil, isOlder, !pairing.skipRenamed(item.size),
                !TargetFacts.isInAllVersions(structure, name)
            {
                continue
            }
            chain.append(
                FieldStep(structure: structure, field: name, type: model.table[type: item.type].name))
            let start = position
            let isRead = try field(item, other, at: place + item.offset, structure, name, values)
            chain.removeLast()
            if isRead, item.child.isNone, (1...8).contains(item.stride), start + item.stride <= region.count {
                values.append(
                    Value(
                        received: region.span(start..<start + item.stride).bigEndianValue,
                        local: model.region.bigEndian(
                            place + item.offset..<place + item.offset + item.stride)))
            }
        }
        for gone in pairing.rest() { try readIfTold(gone, structure, values) }
        guard model.table[local].vmsdName != .empty else { return }
        try subsections(received, local, at: place)
        try finish(structure, version: model.table[local].version)
    }

    // A description omits arrays without elements: the target has none if its count is 0, and would read the
    // stream's.
    private mutating func readIfTold(
        _ item: Item, _ structure: String, _ values: [Value]
    ) throws(LoadFailure) {
        let name = table.names.text(item.name)
        guard
            isTold(item, structure: structure, values, received: true)
                || TargetFacts.isStillRead(structure, name, by: version)
        else { return }
        chain.append(FieldStep(structure: structure, field: name, type: table[type: item.type].name))
        try field(item)
        chain.removeLast()
    }

    // Whether the guest's state decides if a field exists.
    private func isTold(
        _ item: Item, structure: String, _ values: [Value], received isReceived: Bool
    ) -> Bool {
        let table = isReceived ? table : model?.table ?? table
        let name = table.names.text(item.name)
        if TargetFacts.isState(structure, name) { return true }
        guard let count = Self.count(item, table) else { return false }
        return values.contains {
            let (here, there) = isReceived ? ($0.received, $0.local) : ($0.local, $0.received)
            return here == UInt64(count) && there == 0
        }
    }

    // The number of elements in an array, or of bytes in a buffer.
    private static func count(_ item: Item, _ table: LayoutTable) -> Int? {
        guard item.child.isNone || table[item.child].kind != .array else {
            return table[item.child].childCount
        }
        return table[type: item.type].name == "buffer" ? item.stride : nil
    }

    // Reads a field of the target; returns false when it is not read.
    private mutating func field(
        _ item: Item, _ other: Item?, at place: Int, _ structure: String, _ name: String, _ values: [Value]
    ) throws(LoadFailure) -> Bool {
        guard let model else { return false }
        guard let other else {
            if isTold(item, structure: structure, values, received: false) { return false }
            try local(item, at: place)
            return true
        }
        let types = (table[type: other.type], model.table[type: item.type])
        if let end = try judge?.field(item, at: position, chain: chain, in: model.table) {
            position = end
            return true
        }
        let isArray = (Self.isArray(other, table), Self.isArray(item, model.table))
        if isArray.0 || isArray.1 {
            try array(item, other, at: place, values)
        } else if types.1.decode != nil || item.child.isNone || other.child.isNone {
            try skip(bytes(item, other, types, values))
        } else if table[other.child].kind == .body, model.table[item.child].kind == .body {
            try body(other.child, item.child, at: place)
        } else {
            try local(item, at: place)
        }
        return true
    }

    private static func isArray(_ item: Item, _ table: LayoutTable) -> Bool {
        !item.child.isNone && table[item.child].kind == .array
    }

    // The number of bytes that are read for a field without a structure.
    private func bytes(
        _ item: Item, _ other: Item, _ types: (received: FieldType, local: FieldType), _ values: [Value]
    ) -> Int {
        guard item.stride != other.stride, types.received.name == types.local.name else { return item.stride }
        if TargetFacts.isConfigured(types.local.name) || TargetFacts.isOfVersion(types.local.name) {
            return item.stride
        }
        guard types.local.name == "buffer" else {
            // A field that contains its own length.
            return types.local.decode != nil
                || item.child.isNone && other.child.isNone
                    && !Self.isNumber(types.local.name)
                ? other.stride : item.stride
        }
        let isTold = values.contains {
            $0.received == UInt64(other.stride) && $0.local == UInt64(item.stride)
        }
        return isTold ? other.stride : item.stride
    }

    private static func isNumber(_ type: String) -> Bool {
        type == "bool" || type.hasPrefix("uint") || type.hasPrefix("int")
    }

    // MARK: Arrays

    private mutating func array(
        _ item: Item, _ other: Item, at place: Int, _ values: [Value]
    ) throws(LoadFailure) {
        guard let model else { return }
        let local = ArrayElements(item, model.table)
        let received = ArrayElements(other, table)
        let counts = (received.count, local.count)
        let isTold = values.contains { $0.received == UInt64(counts.0) && $0.local == UInt64(counts.1) }
        let count = counts.0 == counts.1 || isTold ? counts.0 : counts.1
        var localPlace = place
        for index in 0..<count {
            let mine = local.element(at: index) ?? local.element(at: counts.1 - 1)
            guard let mine else {
                guard let theirs = received.element(at: index) else { return }
                try element(theirs)
                continue
            }
            try element(mine, received.element(at: index), at: localPlace, model)
            if index < counts.1 { localPlace += mine.stride }
        }
    }

    // Reads an element that only the stream's description has.
    private mutating func element(_ run: Item) throws(LoadFailure) {
        var one = run
        one.count = 1
        try elements(one)
    }

    private mutating func element(
        _ mine: Item, _ theirs: Item?, at place: Int, _ model: TargetModel
    ) throws(LoadFailure) {
        if ArrayResolver.isNull(mine, model.table) { return try marked(mine, theirs, model) }
        if let end = try judge?.field(mine, at: position, chain: chain, in: model.table) {
            position = end
            return
        }
        guard !mine.child.isNone, model.table[type: mine.type].decode == nil else {
            let types = theirs.map { (table[type: $0.type], model.table[type: mine.type]) }
            if let theirs, let types { return try skip(bytes(mine, theirs, types, [])) }
            return try skip(mine.stride)
        }
        guard let theirs, !theirs.child.isNone, table[theirs.child].kind == .body,
            model.table[mine.child].kind == .body
        else { return try local(mine, at: place) }
        try body(theirs.child, mine.child, at: place)
    }

    // Reads a pointer that is null at the target: a mark must be there (migration/vmstate.c
    // vmstate_load_next).
    private mutating func marked(_ mine: Item, _ theirs: Item?, _ model: TargetModel) throws(LoadFailure) {
        guard let mark = region.byte(at: position) else { return try skip(1) }
        guard mark == Self.nullMarker || isValidMark(mark, mine, model) else {
            throw LoadFailure(
                kind: .value, offset: position, size: 1,
                message: "expected the mark of a null pointer, found "
                    + "0x\(Hex.digits(UInt64(mark), width: 2))",
                cause: marker(mark), chain: chain, failure: .invalid)
        }
        guard mark != Self.nullMarker, let theirs, !theirs.child.isNone else {
            position += 1
            judge?.checks.note(pointer: chain.last, at: mark == Self.nullMarker ? nil : position)
            return
        }
        // Includes the mark.
        try element(theirs)
    }

    private func isValidMark(_ mark: UInt8, _ mine: Item, _ model: TargetModel) -> Bool {
        mark == UInt8(ascii: "1") && model.table[type: mine.type].name == "ptr-marker"
    }

    // MARK: Parts that only the target describes

    // Reads a field by the target's description.
    private mutating func local(_ item: Item, at place: Int) throws(LoadFailure) {
        guard let model else { return }
        if let end = try judge?.field(item, at: position, chain: chain, in: model.table) {
            position = end
            return
        }
        let kept = (table, plain)
        (table, plain) = (model.table, [:])
        judge?.table = model.table
        try field(item)
        (table, plain) = kept
        judge?.table = kept.0
    }

    // MARK: Subsections

    private mutating func subsections(
        _ received: LayoutID, _ local: LayoutID, at place: Int
    ) throws(LoadFailure) {
        guard let model else { return }
        let parent = model.table.names.text(model.table[local].vmsdName)
        let theirs = table.items(of: received).filter { $0.role == .subsection }
        let mine = model.table.items(of: local).filter { $0.role == .subsection }
        while let header = subsection(of: model.table.names.bytes(model.table[local].vmsdName)) {
            let name = name(header)
            let described = theirs.first { table.names.text($0.name) == name }
            if let item = mine.first(where: { model.table.names.text($0.name) == name }) {
                try version(header, of: item, in: model.table, parent: parent)
                let start = place + item.offset
                try enter(header, parent: parent) { loader throws(LoadFailure) in
                    try loader.inside(described, item, version: header.version & 0xff, at: start, model)
                }
                continue
            }
            guard let described, TargetFacts.isKnown(name, to: version) else {
                throw unknown(header, mine.map { model.table.names.text($0.name) }, parent)
            }
            try knownVersion(header, parent: parent)
            if let size = embeddedTLB(described, name) {
                try enter(header, parent: parent) { loader throws(LoadFailure) in try loader.skip(size) }
                continue
            }
            let isElsewhere = { [root] in
                root.map { model.table.hasItem(named: name, below: $0) } ?? false
            }
            if let words = abort(name, isElsewhere: isElsewhere) {
                throw abort(at: header, words)
            }
            try enter(header, parent: parent) { loader throws(LoadFailure) in
                try loader.onlyReceived(described, name)
            }
        }
    }

    // target/ppc/machine.c: up to 7.2 the TLB of embedded CPUs has the name of another TLB, and later
    // versions read it as that one: a count, as many entries of three words, and four words. Returns the size
    // in bytes; nil for other subsections.
    private func embeddedTLB(_ described: Item, _ name: String) -> Int? {
        guard name == "cpu/tlb6xx", let version, version >= QEMUVersion(8, 0), !described.child.isNone,
            let entries = table.items(of: described.child).first(where: {
                Self.isArray($0, table) && table.names.bytes($0.name).elementsEqual("env.tlb.tlbe".utf8)
            }),
            let entry = table.items(of: entries.child).first(where: { !$0.child.isNone })?.child,
            let word = table.items(of: entry).first(where: {
                table.names.bytes($0.name).elementsEqual("EPN".utf8)
            })
        else { return nil }
        return 4 + (table[entries.child].childCount * 3 + 4) * word.size
    }

    private mutating func inside(
        _ theirs: Item?, _ mine: Item, version: UInt32, at place: Int, _ model: TargetModel
    ) throws(LoadFailure) {
        guard !mine.child.isNone else { return }
        // After the frame of the subsection.
        if let theirs, !theirs.child.isNone {
            try body(theirs.child, mine.child, version: version, at: place)
        } else {
            let kept = (table, plain)
            (table, plain) = (model.table, [:])
            judge?.table = model.table
            try body(mine.child, name: mine.name)
            (table, plain) = kept
            judge?.table = kept.0
        }
    }

    // Reads a subsection that the target knows and has not written: arrays of parts that it lacks are empty.
    private mutating func onlyReceived(_ item: Item, _ name: String) throws(LoadFailure) {
        guard !item.child.isNone else { return }
        if TargetFacts.isEmptied(name) {
            position += table.items(of: item.child).reduce(0) { sum, field in
                field.role == .field ? sum + fixedBytes(field) : sum
            }
            return
        }
        if TargetFacts.isByProcessor(name), let size = bytesForProcessors(item) {
            return try skip(size)
        }
        isOnlyReceived = true
        defer { isOnlyReceived = false }
        try body(item.child, name: item.name)
    }

    // The size that the target reads, with an element for each possible processor; nil if that number is unknown.
    private func bytesForProcessors(_ item: Item) -> Int? {
        guard let count = target.flatMap(ACPITables.processors) else { return nil }
        var element = 0
        func fixed(_ item: Item) -> Int {
            guard !item.child.isNone else { return item.size }
            // An array with one element is described as that element.
            if table[item.child].kind != .array, table.names.bytes(item.name).elementsEqual("devs".utf8) {
                element += item.size
                return 0
            }
            guard table[item.child].kind != .array else {
                element += item.size / max(table[item.child].childCount, 1)
                return 0
            }
            return table.items(of: item.child).reduce(0) { $1.role == .frame ? $0 : $0 + fixed($1) }
        }
        let size = fixed(item)
        return size + element * count
    }

    private func fixedBytes(_ item: Item) -> Int {
        guard !item.child.isNone else { return item.size }
        guard table[item.child].kind != .array else { return 0 }
        return table.items(of: item.child).reduce(0) { $0 + fixedBytes($1) }
    }

    // MARK: Likeness

    /// Whether two layouts are read in the same way. O(items), once for each pair.
    mutating func isAlike(_ received: LayoutID, _ local: LayoutID) -> Bool {
        guard let model else { return true }
        let pair = LayoutPair(received: received, local: local)
        if let known = alike[pair] { return known }
        let (here, there) = (table[received], model.table[local])
        var result =
            here.kind == there.kind && here.version == there.version && here.childCount == there.childCount
            && table.names.text(here.vmsdName) == model.table.names.text(there.vmsdName)
        if result {
            let items = (
                table.items(of: received).filter { $0.role != .frame },
                model.table.items(of: local).filter { $0.role != .frame }
            )
            result =
                items.0.count == items.1.count
                && zip(items.0, items.1).allSatisfy { isAlike($0, $1, model) }
        }
        alike[pair] = result
        return result
    }

    private mutating func isAlike(_ here: Item, _ there: Item, _ model: TargetModel) -> Bool {
        let types = (table[type: here.type], model.table[type: there.type])
        guard here.role == there.role, here.count == there.count, types.0.name == types.1.name,
            table.names.text(here.name) == model.table.names.text(there.name)
        else { return false }
        if types.0.decode != nil {
            return here.stride == there.stride || !TargetFacts.isConfigured(types.0.name)
        }
        guard !here.child.isNone, !there.child.isNone else {
            return here.child.isNone == there.child.isNone && here.stride == there.stride
        }
        return isAlike(here.child, there.child)
    }
}

/// The elements of an array item, by number.
private struct ArrayElements {
    private let runs: [Item]
    let count: Int

    init(_ item: Item, _ table: LayoutTable) {
        guard !item.child.isNone, table[item.child].kind == .array else {
            runs = [item]
            count = 1
            return
        }
        runs = Array(table.items(of: item.child))
        count = runs.reduce(0) { $0.addingSaturated($1.count) }
    }

    func element(at index: Int) -> Item? {
        var left = index
        guard index >= 0 else { return nil }
        for run in runs {
            if left < run.count {
                var one = run
                one.count = 1
                return one
            }
            left -= run.count
        }
        return nil
    }
}

/// The stream's fields by the target's names, in stream order.
private struct FieldPairing {
    private let items: [(name: String, item: Item)]
    private var position = 0
    private let wanted: Set<String>

    init(_ table: LayoutTable, _ received: LayoutID, _ local: LayoutTable, _ other: LayoutID) {
        items = table.items(of: received).lazy.filter { $0.role != .frame && $0.role != .subsection }
            .map { (table.names.text($0.name), $0) }
        wanted = Set(
            local.items(of: other).lazy.filter { $0.role != .frame && $0.role != .subsection }
                .map { local.names.text($0.name) })
    }

    /// Returns the stream's field with that name, and the fields before it that the target lacks.
    mutating func next(named name: String) -> (item: Item?, extra: [Item]) {
        guard let found = items[position...].firstIndex(where: { $0.name == name }) else {
            return (nil, [])
        }
        let extra = items[position..<found].filter { !wanted.contains($0.name) }.map(\.item)
        position = found + 1
        return (items[found].item, extra)
    }

    /// Skips the stream's next fields when the target does not know their names and they have that size in
    /// total: the same data under other names.
    mutating func skipRenamed(_ size: Int) -> Bool {
        var sum = 0
        for index in position..<items.count where sum < size {
            guard !wanted.contains(items[index].name) else { return false }
            sum += items[index].item.size
            guard sum == size else { continue }
            position = index + 1
            return true
        }
        return false
    }

    /// Returns the fields after the last match.
    mutating func rest() -> [Item] {
        defer { position = items.count }
        return items[position...].filter { !wanted.contains($0.name) }.map(\.item)
    }
}

extension LayoutTable {
    /// Whether an item with that name is anywhere below a layout. O(items below).
    func hasItem(named name: String, below id: LayoutID) -> Bool {
        items(of: id).contains { item in
            names.bytes(item.name).elementsEqual(name.utf8)
                || !item.child.isNone && hasItem(named: name, below: item.child)
        }
    }
}
