import Bytes
import Format
import Stream

/// Runs the checks of `PostLoadRules` while a section is read.
package struct PostLoadChecks {
    private struct CheckedField {
        package var offset: Int
        /// The size of all elements.
        package var size: Int
        /// The size of one element.
        package var width: Int
        package var isSigned: Bool
    }

    private let region: MappedRegion
    private var places: [String: CheckedField] = [:]
    /// The offsets of elements in arrays of pointers, by field; nil for null pointers.
    private var pointers: [String: [Int?]] = [:]
    /// The failures that an enclosing vmstate will report.
    private var pending: [String: LoadFailure] = [:]
    /// The subsections read so far.
    package var subsections: Set<String> = []
    /// The values that rules have used, by rule number, in reading order.
    package private(set) var values: [Int: [Int64]] = [:]
    /// The values of the target.
    private let local: [Int: [Int64]]
    private let isRecording: Bool

    /// - Parameter local: `values` of the target's section.
    package init(_ region: MappedRegion, local: [Int: [Int64]] = [:], isRecording: Bool = false) {
        self.region = region
        self.local = local
        self.isRecording = isRecording
    }

    /// Returns the target's values that rules compare with.
    package static func values(
        _ model: CheckedSection, _ device: DescribedDevice?, in target: Document
    ) -> [Int: [Int64]] {
        guard let body = CheckContext.layout(of: model, device, target.store.table) else { return [:] }
        var loader = BodyLoader(
            target.store.region, table: target.store.table, at: model.bodyOffset, limit: model.bodyEnd,
            skipsPlain: true, judge: FieldJudge(recording: target))
        // An unreadable section has no values.
        try? loader.load(body.layout)
        return loader.judge?.checks.values ?? [:]
    }

    /// Stores the place of a field, if rules use its vmstate.
    package mutating func note(_ item: Item, at offset: Int, _ step: FieldStep, _ table: LayoutTable) {
        let count = item.child.isNone ? 1 : max(table[item.child].childCount, 1)
        places[Self.key(step.structure, step.field)] = CheckedField(
            offset: offset, size: item.size, width: item.size / count,
            isSigned: table[type: item.type].name.hasPrefix("int"))
    }

    /// Stores the places of the next elements in an array of pointers, if rules use its vmstate.
    mutating func note(pointer field: FieldStep?, at offset: Int?, count: Int = 1) {
        guard let field, NVMeQueues.structure == field.structure else { return }
        let room = NVMeQueues.most - (pointers[field.field]?.count ?? 0)
        pointers[field.field, default: []] += [Int?](repeating: offset, count: min(count, max(room, 0)))
    }

    /// Runs the checks after a vmstate.
    package mutating func end(of structure: String, chain: [FieldStep]) throws(LoadFailure) {
        if structure == NVMeQueues.structure, !isRecording {
            let queues = NVMeQueues(submission: pointers["sq"] ?? [], completion: pointers["cq"] ?? [])
            if let failure = queues.failure(region, chain) { throw failure }
            pointers = [:]
        }
        for number in PostLoadRules.rules(of: structure) {
            guard let failure = failure(number, chain) else { continue }
            let rule = PostLoadRules.all[number]
            guard !rule.checkedBy.isEmpty else { throw failure }
            pending[rule.checkedBy] = pending[rule.checkedBy] ?? failure
        }
        if var failure = pending.removeValue(forKey: structure) {
            failure.chain = chain
            throw failure
        }
        // The enclosing vmstate checks the values of a subsection.
        guard !structure.contains("/"), PostLoadRules.has(structure) else { return }
        places = places.filter { !$0.key.hasPrefix(structure + ":") && !$0.key.hasPrefix(structure + "/") }
    }

    private mutating func failure(_ number: Int, _ chain: [FieldStep]) -> LoadFailure? {
        let rule = PostLoadRules.all[number]
        guard let place = places[Self.key(rule.structure, rule.field)],
            let value = value(place, element: rule.element)
        else { return nil }
        let count = values[number]?.count ?? 0
        values[number, default: []].append(value)
        let others = local[number] ?? []
        let known = self
        let asked = PostLoadValues(value: value, local: count < others.count ? others[count] : nil) { name in
            known.value(of: name.contains(":") ? name : Self.key(rule.structure, name))
        }
        guard !isRecording, !rule.asksTarget || asked.local != nil, !rule.isGood(asked),
            !subsections.contains(rule.subsection)
        else { return nil }
        return LoadFailure(
            kind: .value, offset: place.offset + rule.element * place.width, size: place.width,
            message: Self.message(rule, asked), lines: rule.isValidation ? [] : rule.lines(asked),
            cause: rule.cause, chain: chain,
            failure: rule.failure, code: rule.code, hint: rule.hint)
    }

    private static func message(_ rule: PostLoadRules.Rule, _ asked: PostLoadValues) -> String {
        let name = rule.element == 0 ? rule.field : "\(rule.field)[\(rule.element)]"
        guard rule.asksTarget, let local = asked.local else { return "\(name) is \(asked.value)" }
        let (here, there) = (
            Hex.digits(UInt64(bitPattern: asked.value)), Hex.digits(UInt64(bitPattern: local))
        )
        return "\(name) is 0x\(here), but the destination has 0x\(there)"
    }

    private func value(of key: String) -> Int64? { places[key].flatMap { value($0, element: 0) } }

    private func value(_ place: CheckedField, element: Int) -> Int64? {
        let start = place.offset + element * place.width
        guard (1...8).contains(place.width), (element + 1) * place.width <= place.size,
            start + place.width <= region.count
        else { return nil }
        let bytes = region.span(start..<start + place.width)
        return place.isSigned
            ? IntegerFields.signedValue(bytes) : Int64(truncatingIfNeeded: bytes.bigEndianValue)
    }

    private static func key(_ structure: String, _ field: String) -> String { "\(structure):\(field)" }
}

/// The values that a check after loading uses.
package struct PostLoadValues {
    /// The value of the checked field.
    package let value: Int64
    /// The target's value; nil when unknown.
    package let local: Int64?
    private let others: (String) -> Int64?

    package init(value: Int64, local: Int64?, others: @escaping (String) -> Int64?) {
        self.value = value
        self.local = local
        self.others = others
    }

    /// The value of another field of the same vmstate, or of `vmstate:field`; nil when it was not read.
    package subscript(field: String) -> Int64? { others(field) }
}
