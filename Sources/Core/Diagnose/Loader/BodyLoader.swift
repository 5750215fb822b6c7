import Bytes
import Format
import Stream

/// The reason why the loader stops inside a section.
package struct LoadFailure: Error {
    package enum Reason {
        /// The stream ends inside a field.
        case end
        /// A subsection has its parent's name as a prefix, but is unknown.
        case subsectionUnknown
        case subsectionVersion
        /// A value that the loader refuses.
        case value

        fileprivate var code: FindingCode {
            switch self {
            case .end: .sectionCut
            case .subsectionUnknown: .subsectionUnknown
            case .subsectionVersion: .subsectionVersion
            case .value: .valueRange
            }
        }
    }

    package var kind: Reason
    /// The offset in bytes from the start of the stream.
    package var offset: Int
    package var size: Int
    /// The message of the finding. Escaped.
    package var message: String
    /// QEMU's own lines, before those of the enclosing fields.
    package var lines: [String] = []
    package var cause = QEMULog.Cause.field
    package var chain: [FieldStep]
    /// The enclosing subsections.
    package var subsections: [SubsectionStep] = []
    package var failure: QEMULog.Failure
    /// The code of the finding, if `kind` does not determine it.
    package var code: FindingCode?
    /// A possible reason; empty when unknown.
    package var hint = ""

    /// The code of the finding.
    package var findingCode: FindingCode { code ?? kind.code }

    /// Returns QEMU's messages.
    package func log(in wrapper: QEMULog.Wrapper) -> QEMULog {
        QEMULog(lines, cause: cause, chain: chain, subsections: subsections, in: wrapper, failure)
    }
}

/// Reads a body as QEMU's loader does (migration/vmstate.c vmstate_load_state, 7.2 and 10.0): fields by the
/// described layout, then subsections by their bytes. It checks values if it has a judge.
package struct BodyLoader {
    package let region: MappedRegion
    package internal(set) var table: LayoutTable
    /// The end of the bytes.
    package let limit: Int
    package internal(set) var position: Int
    /// Subsections in the layout that the bytes did not have at their place.
    package internal(set) var absent: [(name: NameID, offset: Int)] = []
    /// The counts in the bytes, when they differ from the description.
    package internal(set) var counted = CountedReading()
    var chain: [FieldStep] = []
    /// The enclosing subsections of the present place.
    var trail: [SubsectionStep] = []
    /// The version of the QEMU that loads; nil when only the description counts.
    var version: QEMUVersion?
    /// The oldest versions that it accepts.
    var minimums = MinimumVersions()
    /// The machine type of the target; empty without one.
    var machine = ""
    /// The target's description and bytes; nil when only the stream's description is used.
    var model: TargetModel?
    /// The target's layout of the whole section.
    var root: LayoutID?
    /// The results of `isAlike` so far.
    var alike: [LayoutPair: Bool] = [:]
    /// Whether to cross layouts without subsections in one step.
    private let skipsPlain: Bool
    var plain: [LayoutID: Bool] = [:]
    package internal(set) var judge: FieldJudge?
    /// Whether the place is inside a subsection that the target knows and has not written.
    var isOnlyReceived = false
    /// The stream of the target.
    var target: Document?

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
        do throws(LoadFailure) {
            try body(layout, name: table[layout].vmsdName)
        } catch {
            throw placed(error)
        }
    }

    // Adds the enclosing subsections.
    func placed(_ failure: LoadFailure) -> LoadFailure {
        var failure = failure
        failure.subsections = trail + failure.subsections
        return failure
    }

    mutating func body(_ id: LayoutID, name: NameID) throws(LoadFailure) {
        let items = table.items(of: id)
        let structure = table.names.text(name)
        let isCounted = CountedFields.has(structure)
        for item in items where item.role != .subsection && item.role != .frame {
            let name = table.names.text(item.name)
            if name == DescriptionParser.markerName {
                guard try mark() else { return }
                continue
            }
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
        try finish(structure, version: table[id].version)
    }

    // Runs the checks after loading.
    mutating func finish(_ structure: String, version: UInt32) throws(LoadFailure) {
        do throws(LoadFailure) {
            try judge?.checks.end(of: structure, chain: chain)
        } catch {
            throw error.completed(structure, version: version, minimums)
        }
    }

    // Reads a field with the size that a count before it gives, and a following field that the description
    // omits.
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
        let missing = counted.size(after: name) { field in
            items.contains { names.bytes($0.name).elementsEqual(field.utf8) }
        }
        if let missing { try skip(missing, countedIn: structure) }
    }

    // Checks of a count run before the counted field is read (VMSTATE_VALIDATE).
    private mutating func skip(_ size: Int, countedIn structure: String) throws(LoadFailure) {
        let last = chain.removeLast()
        try finish(structure, version: 1)
        chain.append(last)
        try skip(size)
    }

    mutating func field(_ item: Item) throws(LoadFailure) {
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
            // A body without its own vmstate is only a view of the field's bytes.
            if child.vmsdName == .empty { position = min(max(position, end), limit) }
            return
        }
        for run in table.items(of: item.child) { try elements(run) }
    }

    mutating func elements(_ run: Item) throws(LoadFailure) {
        if table[type: run.type].name == "nullptr" {
            try absentPointers(run)
            judge?.checks.note(pointer: chain.last, at: nil, count: run.count)
        }
        guard !run.child.isNone, run.stride > 0, table[type: run.type].decode == nil,
            !skipsPlain || run.size > limit - position || !isPlain(run.child)
        else { return try skip(run.size, stride: run.stride) }
        for _ in 0..<run.count {
            try body(run.child, name: table[run.child].vmsdName)
        }
    }

    // Each null pointer is one byte (migration/vmstate-types.c get_nullptr).
    private func absentPointers(_ run: Item) throws(LoadFailure) {
        let bytes = region.span(position..<min(position.addingSaturated(run.size), limit))
        for index in bytes.byteOffsets where bytes[byteAt: index] != Self.nullMarker {
            throw LoadFailure(
                kind: .value, offset: position + index, size: 1,
                message: "expected the mark of a null pointer, found "
                    + "0x\(Hex.digits(UInt64(bytes[byteAt: index]), width: 2))",
                cause: marker(bytes[byteAt: index]), chain: chain, failure: .invalid)
        }
    }

    // Reads the mark before an element; returns false when no element follows.
    mutating func mark() throws(LoadFailure) -> Bool {
        guard let byte = region.byte(at: position), position < limit else {
            try skip(1)
            return false
        }
        guard byte == Self.nullMarker || byte == Self.validMarker else {
            throw LoadFailure(
                kind: .value, offset: position, size: 1,
                message: "expected the mark of a pointer, found 0x\(Hex.digits(UInt64(byte), width: 2))",
                cause: marker(byte), chain: chain, failure: .invalid)
        }
        position += 1
        let isThere = byte == Self.validMarker
        judge?.checks.note(pointer: chain.last, at: isThere ? position : nil)
        return isThere
    }

    private static let validMarker = UInt8(ascii: "1")

    // From 11.0 on the loader reads the mark before the element (migration/vmstate.c
    // vmstate_ptr_marker_load).
    func marker(_ found: UInt8) -> QEMULog.Cause {
        version.map { $0 >= .v11 } ?? false
            ? .message(QEMUMessage(.pointerMarker, [String(found)])) : .value(QEMUMessage(.nullMarker))
    }

    static let nullMarker = UInt8(ascii: "0")

    mutating func skip(_ size: Int, stride: Int = 0) throws(LoadFailure) {
        guard size <= limit - position else {
            let left = limit - position
            let whole = stride > 0 ? left / stride * stride : 0
            throw LoadFailure(
                kind: .end, offset: limit, size: 0,
                message:
                    "expected \(size) bytes of \(chain.last?.field ?? "the field"), the stream ends after "
                    + "\(whole > 0 ? whole : left)", cause: .end(structure: chain.last?.structure ?? ""),
                chain: chain, failure: .inputOutput)
        }
        position += size
    }

    mutating func isPlain(_ id: LayoutID) -> Bool {
        if let known = plain[id] { return known }
        var result =
            !(judge?.wants(id) ?? false)
            && !CountedFields.has(table.names.text(table[id].vmsdName))
        for item in table.items(of: id) {
            if item.role == .subsection || table[type: item.type].readerForm.isMarker { result = false }
            if !item.child.isNone, !isPlain(item.child) { result = false }
        }
        plain[id] = result
        return result
    }
}

// MARK: - Subsections

extension BodyLoader {
    // The loader looks for subsections at the end of each vmstate, and accepts one whose name begins with the
    // vmstate's.
    private mutating func subsections(_ described: [Item], of parent: NameID) throws(LoadFailure) {
        var left = described
        while let header = subsection(of: table.names.bytes(parent)) {
            guard let index = left.firstIndex(where: { isNamed($0, header) }) else {
                throw unknown(header, left.map { table.names.text($0.name) }, table.names.text(parent))
            }
            let item = left.remove(at: index)
            if isOnlyReceived, let words = abort(name(header), isElsewhere: { false }) {
                throw abort(at: header, words)
            }
            try version(header, of: item, in: table, parent: table.names.text(parent))
            try knownVersion(header, parent: table.names.text(parent))
            try enter(header, parent: table.names.text(parent)) { loader throws(LoadFailure) in
                try loader.body(item.child, name: item.name)
            }
        }
        for item in left { absent.append((item.name, position)) }
    }

    /// Returns QEMU's messages when it aborts at a subsection that only the stream has; nil when it
    /// continues.
    func abort(_ name: String, isElsewhere: () -> Bool) -> [String]? {
        if TargetFacts.endsLoader(name, of: machine, version) { return [] }
        return TargetFacts.abort(name, version, isElsewhere: isElsewhere).map { [$0] }
    }

    /// Returns the failure for a subsection with a pointer that the destination's device does not have.
    func abort(at header: SubsectionHeader, _ words: [String]) -> LoadFailure {
        LoadFailure(
            kind: .value, offset: header.name.lowerBound, size: header.name.count,
            message:
                "subsection \(name(header)) has a part that the destination does not have; the destination aborts",
            lines: words, chain: chain, failure: .aborted)
    }

    /// Returns the header if the next bytes are a subsection of `parent`; otherwise nil.
    func subsection(of parent: ArraySlice<UInt8>) -> SubsectionHeader? {
        guard let header = SubsectionHeader(region, at: position, limit: limit),
            header.name.count > parent.count, region.matches(parent, at: header.name.lowerBound)
        else { return nil }
        return header
    }

    /// QEMU compares names as C strings.
    private func isNamed(_ item: Item, _ header: SubsectionHeader) -> Bool {
        table.names.bytes(item.name).elementsEqual(region.span(header.name).bytes.prefix { $0 != 0 })
    }

    /// Returns the name of a subsection, as QEMU reads it. Escaped.
    func name(_ header: SubsectionHeader) -> String {
        DisplayText.escaped(bytes: region.copy(header.name).prefix { $0 != 0 })
    }

    /// Reads the body of a subsection after its header.
    mutating func enter(
        _ header: SubsectionHeader, parent: String, _ body: (inout Self) throws(LoadFailure) -> Void
    ) throws(LoadFailure) {
        let name = name(header)
        judge?.checks.subsections.insert(name)
        position = header.end
        trail.append(SubsectionStep(name: name, parent: parent, depth: chain.count))
        try body(&self)
        trail.removeLast()
    }

    func unknown(_ header: SubsectionHeader, _ described: [String], _ parent: String) -> LoadFailure {
        let name = DisplayText.escaped(bytes: region.copy(header.name))
        let known = described.joined(separator: ", ")
        return LoadFailure(
            kind: .subsectionUnknown, offset: header.name.lowerBound, size: header.name.count,
            message: "subsection \(name) is not in the description"
                + (known.isEmpty ? "" : ", which has \(known)"),
            cause: .unknownSubsection(name: self.name(header), parent: parent), chain: chain,
            failure: .noEntry)
    }

    /// Compares a subsection's version with that of the layout `item`.
    func version(
        _ header: SubsectionHeader, of item: Item, in table: LayoutTable, parent: String
    ) throws(LoadFailure) {
        let local = item.child.isNone ? header.version : table[item.child].version
        try version(header, table.names.text(item.name), local: local, parent: parent)
    }

    /// Compares a subsection's version with the known version of the loader.
    func knownVersion(_ header: SubsectionHeader, parent: String) throws(LoadFailure) {
        let name = name(header)
        guard let local = TargetFacts.version(of: name, minimums.architecture, in: self.version) else {
            return
        }
        try version(header, name, local: local, parent: parent)
    }

    /// Compares a subsection's version with that of the loader.
    func version(
        _ header: SubsectionHeader, _ name: String, local: UInt32, parent: String
    ) throws(LoadFailure) {
        // QEMU keeps the version of a subsection in eight bits.
        let found = header.version & 0xff
        guard header.version != local else { return }
        let minimum = minimums.minimum(of: name, local: local)
        guard found > local || found < minimum || version == nil else { return }
        let cause =
            found > local
            ? QEMULog.tooNew(name, found, local: local) : QEMULog.tooOld(name, found, minimum: minimum)
        throw LoadFailure(
            kind: .subsectionVersion, offset: header.name.upperBound, size: 4,
            message: "subsection \(name) has version \(header.version), expected \(local)", cause: cause,
            chain: chain,
            subsections: [SubsectionStep(name: name, parent: parent, depth: chain.count)], failure: .invalid)
    }
}

extension LoadFailure {
    /// Adds the VMState whose check failed.
    func completed(
        _ structure: String, version: UInt32, _ minimums: MinimumVersions
    ) -> LoadFailure {
        guard case .hook(_, _, _, let text, let isInLines) = cause else {
            guard case .validation(let structure, let field, _) = cause else { return self }
            var result = self
            result.cause = .validation(structure: structure, field: field, version: version)
            return result
        }
        var result = self
        result.cause = .hook(
            structure: structure, version: version,
            minimum: minimums.minimum(of: structure, local: version), text: text,
            isInLines: isInLines)
        return result
    }
}
