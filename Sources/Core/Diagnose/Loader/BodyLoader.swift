import Bytes
import Format

/// Why the loader stops inside a section.
package struct LoadFailure: Error {
    package enum Kind {
        /// The stream ends inside a field.
        case end
        /// A subsection's name begins as its parent's and is not known.
        case subsectionUnknown
        case subsectionVersion
        /// A value that the loader refuses.
        case value
    }

    package var kind: Kind
    /// Bytes from the start of the stream.
    package var offset: Int
    package var size: Int
    /// What is wrong. Escaped.
    package var message: String
    /// QEMU's own lines, before those of the fields around it.
    package var lines: [String] = []
    package var chain: [FieldStep]
    package var failure: QEMULog.Failure
    /// What a finding of it is called, and what may be the reason; empty where `kind` says so.
    package var code = ""
    package var hint = ""

    /// All of QEMU's lines in the section, innermost first.
    package var fieldLines: [String] { lines + QEMULog.fields(chain) }
}

/// Reads a body as QEMU's loader does (migration/vmstate.c vmstate_load_state, 7.2 and 10.0): fields by the
/// described layout, then subsections by what the bytes say. Values are looked at where there is a judge.
package struct BodyLoader {
    package let region: MappedRegion
    package let table: LayoutTable
    /// Where the bytes end.
    package let limit: Int
    package private(set) var position: Int
    /// Subsections that the layout has and the bytes did not show at their place.
    package private(set) var absent: [(name: NameID, offset: Int)] = []
    /// What counts in the bytes say, where that is not what the description has.
    package private(set) var counted = CountedReading()
    private var chain: [FieldStep] = []
    /// Whether layouts without subsections are crossed in one step.
    private let skipsPlain: Bool
    private var plain: [LayoutID: Bool] = [:]
    package private(set) var judge: FieldJudge?

    package init(
        _ region: MappedRegion, table: LayoutTable, at offset: Int, limit: Int, skipsPlain: Bool,
        judge: FieldJudge? = nil
    ) {
        self.judge = judge
        self.region = region
        self.table = table
        self.limit = limit
        self.skipsPlain = skipsPlain
        position = offset
    }

    /// Reads the body of a section.
    package mutating func load(_ layout: LayoutID) throws(LoadFailure) {
        try body(layout, name: table[layout].vmsdName)
    }

    private mutating func body(_ id: LayoutID, name: NameID) throws(LoadFailure) {
        let items = table.items(of: id)
        let structure = table.names.text(name)
        let isCounted = CountedFields.has(structure)
        for item in items where item.role != .subsection && item.role != .frame {
            let name = table.names.text(item.name)
            chain.append(
                FieldStep(structure: structure, field: name, type: table[type: item.type].name))
            if isCounted {
                try counted(item, named: name, of: structure, among: items)
            } else {
                try field(item)
            }
            chain.removeLast()
        }
        guard name != .empty else { return }
        try subsections(items.filter { $0.role == .subsection }, of: name)
        try judge?.checks.end(of: structure, chain: chain)
    }

    // A field as long as the bytes before it say, and one after it that the description does not have.
    private mutating func counted(
        _ item: Item, named label: String, of structure: String, among items: ArraySlice<Item>
    ) throws(LoadFailure) {
        let (start, names, name) = (position, table.names, "\(structure):\(label)")
        if let size = counted.size(of: name, described: item.size) {
            try skip(size, countedIn: structure)
        } else {
            try field(item)
            counted.note(name, at: start, size: item.size, region)
        }
        let missing = counted.size(behind: name) { field in
            items.contains { names.bytes($0.name).elementsEqual(field.utf8) }
        }
        if let missing { try skip(missing, countedIn: structure) }
    }

    // Checks of a count precede what it counts (VMSTATE_VALIDATE).
    private mutating func skip(_ size: Int, countedIn structure: String) throws(LoadFailure) {
        try judge?.checks.end(of: structure, chain: Array(chain.dropLast()))
        try skip(size)
    }

    private mutating func field(_ item: Item) throws(LoadFailure) {
        if let end = try judge?.field(item, at: position, chain: chain) {
            position = end
            return
        }
        guard !item.child.isNone, table[type: item.type].decode == nil,
            !skipsPlain || item.size > limit - position || !isPlain(item.child)
        else { return try skip(item.size) }
        let child = table[item.child]
        if child.kind == .body {
            let end = position.addingSaturated(item.size)
            try body(item.child, name: child.vmsdName)
            // A body without a vmstate of its own is only a view of the field's bytes.
            if child.vmsdName == .empty { position = min(max(position, end), limit) }
            return
        }
        for run in table.items(of: item.child) { try elements(run) }
    }

    private mutating func elements(_ run: Item) throws(LoadFailure) {
        if table[type: run.type].name == "nullptr" { try absentPointers(run) }
        guard !run.child.isNone, run.stride > 0, table[type: run.type].decode == nil,
            !skipsPlain || run.size > limit - position || !isPlain(run.child)
        else { return try skip(run.size, stride: run.stride) }
        for _ in 0..<run.count {
            try body(run.child, name: table[run.child].vmsdName)
        }
    }

    // Each pointer that is not there is a byte (migration/vmstate-types.c get_nullptr).
    private func absentPointers(_ run: Item) throws(LoadFailure) {
        let bytes = region.span(position..<min(position.addingSaturated(run.size), limit))
        for index in bytes.byteOffsets where bytes[byteAt: index] != Self.nullMarker {
            throw LoadFailure(
                kind: .value, offset: position + index, size: 1,
                message: "expected the mark of a pointer that is not there, found "
                    + "0x\(Hex.digits(UInt64(bytes[byteAt: index]), width: 2))",
                lines: ["vmstate: get_nullptr expected VMS_NULLPTR_MARKER"], chain: chain, failure: .invalid)
        }
    }

    private static let nullMarker = UInt8(ascii: "0")

    private mutating func skip(_ size: Int, stride: Int = 0) throws(LoadFailure) {
        guard size <= limit - position else {
            let left = limit - position
            let whole = stride > 0 ? left / stride * stride : 0
            throw LoadFailure(
                kind: .end, offset: limit, size: 0,
                message:
                    "expected \(size) bytes of \(chain.last?.field ?? "the field"), the stream ends after "
                    + "\(whole > 0 ? whole : left)", chain: chain, failure: .inputOutput)
        }
        position += size
    }

    private mutating func isPlain(_ id: LayoutID) -> Bool {
        if let known = plain[id] { return known }
        var result =
            !(judge?.wants(id) ?? false)
            && !CountedFields.has(table.names.text(table[id].vmsdName))
        for item in table.items(of: id) {
            if item.role == .subsection || table[type: item.type].name == "nullptr" { result = false }
            if !item.child.isNone, !isPlain(item.child) { result = false }
        }
        plain[id] = result
        return result
    }
}

// MARK: - Subsections

extension BodyLoader {
    // The loader looks for subsections wherever a vmstate ends, and takes what begins with its name.
    private mutating func subsections(_ described: [Item], of parent: NameID) throws(LoadFailure) {
        var left = described
        let prefix = table.names.bytes(parent)
        while let header = SubsectionHeader(region, at: position, limit: limit),
            header.name.count > prefix.count, region.matches(prefix, at: header.name.lowerBound)
        {
            guard
                let index = left.firstIndex(where: {
                    // QEMU compares names as C strings.
                    table.names.bytes($0.name).elementsEqual(
                        region.span(header.name).bytes.prefix { $0 != 0 })
                })
            else { throw unknown(header, left) }
            let item = left.remove(at: index)
            try version(header, item)
            judge?.checks.subsections.insert(table.names.text(item.name))
            position = header.end
            try body(item.child, name: item.name)
        }
        for item in left { absent.append((item.name, position)) }
    }

    private func unknown(_ header: SubsectionHeader, _ described: [Item]) -> LoadFailure {
        let name = DisplayText.escaped(bytes: region.copy(header.name))
        let known = described.map { table.names.text($0.name) }.joined(separator: ", ")
        return LoadFailure(
            kind: .subsectionUnknown, offset: header.name.lowerBound, size: header.name.count,
            message: "subsection \(name) is not in the description"
                + (known.isEmpty ? "" : ", which has \(known)"),
            chain: chain, failure: .noEntry)
    }

    private func version(_ header: SubsectionHeader, _ item: Item) throws(LoadFailure) {
        let local = item.child.isNone ? header.version : table[item.child].version
        // QEMU keeps the version of a subsection in eight bits.
        let found = header.version & 0xff
        guard header.version != local else { return }
        let name = table.names.text(item.name)
        let minimum = MinimumVersions.minimum(of: name)
        let line: String =
            if found > local {
                "\(name): incoming version_id \(found) is too new for local version_id \(local)"
            } else {
                "\(name): incoming version_id \(found) is too old for local minimum version_id  "
                    + (minimum.map(String.init) ?? String(local))
            }
        throw LoadFailure(
            kind: .subsectionVersion, offset: header.name.upperBound, size: 4,
            message: "subsection \(name) has version \(header.version), expected \(local)", lines: [line],
            chain: chain, failure: .invalid)
    }
}
