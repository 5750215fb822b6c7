import Bytes
import Format
import Stream

/// Compares a described body with a vmstate of `-dump-vmstate`.
package struct DumpWalk {
    package let table: LayoutTable
    package let region: MappedRegion
    package let sectionVersion: Int

    package init(table: LayoutTable, region: MappedRegion, sectionVersion: Int) {
        self.table = table
        self.region = region
        self.sectionVersion = sectionVersion
    }

    package enum Level: Hashable { case field, subsection, version }

    package struct Difference {
        package var kind: Level
        package var offset: Int
        package var size: Int
        package var message: String
        package var cause = QEMULog.Cause.field
        /// The subsections around it, and the vmstate that contains or would contain it.
        package var subsections: [SubsectionStep] = []
        package var parent = ""
        package var chain: [FieldStep]
        package var certainty: Finding.Certainty
        /// The size of a field that the target expects.
        package var expectedSize = 0
        /// The name of a field that only the target has, or of a subsection, which `chain` omits.
        package var name = ""
        /// The parts of the stream and of the target; empty when absent.
        package var left = ""
        package var right = ""

        package init(
            kind: Level, offset: Int, size: Int, message: String, cause: QEMULog.Cause = .field,
            chain: [FieldStep],
            certainty: Finding.Certainty, expectedSize: Int = 0, name: String = "", left: String = "",
            right: String = ""
        ) {
            self.kind = kind
            self.offset = offset
            self.size = size
            self.message = message
            self.cause = cause
            self.chain = chain
            self.certainty = certainty
            self.expectedSize = expectedSize
            self.name = name
            self.left = left
            self.right = right
        }
    }

    /// Returns the parts that the target would refuse, in stream order.
    package func differences(_ layout: LayoutID, _ structure: TargetDump.Structure, at offset: Int)
        -> [Difference]
    {
        var result: [Difference] = []
        let body = LayoutCursor(layout, at: offset, in: table)
        compare(body, structure, chain: [], version: sectionVersion, &result)
        return result.sorted { $0.offset < $1.offset }
    }

    private static let depthLimit = 64

    private func compare(
        _ body: LayoutCursor, _ structure: TargetDump.Structure, chain: [FieldStep], version: Int,
        _ result: inout [Difference]
    ) {
        guard chain.count < Self.depthLimit, result.count < 256 else { return }
        let fields = body.members { $0.role != .frame && $0.role != .subsection }
        let pairing = pairing(fields, structure, version)
        for (number, place) in fields.enumerated() {
            let name = pairing.names[number]
            if let other = pairing.byStructure[number] {
                inside(place, other, chain + [step(place, name, structure)], &result)
            } else if !pairing.silent.contains(.received(number)) {
                field(place, name, structure, chain, &result)
            }
        }
        let described = Dictionary(zip(pairing.names, fields)) { $1 }
        var position = body.offset
        var isAfterZero = false
        for (number, field) in structure.fields.enumerated() {
            if let place = described[field.name] {
                position = place.offset + (place.item?.size ?? 0)
                isAfterZero = isZero(place)
            } else if isExpected(field, version), !pairing.silent.contains(.local(number)),
                !mayBeEmpty(field, isAfterZero: isAfterZero)
            {
                result.append(missing(field, structure, at: position, chain))
            }
        }
        pairRenamed(&result)
        for place in body.members(where: { $0.role == .subsection }) {
            subsection(place, structure, chain, &result)
        }
    }

    private enum Side: Hashable { case received(Int), local(Int) }

    private struct Pairing {
        /// The names of the stream's fields, as the target spells them.
        var names: [String]
        /// The target's fields with another name and the same vmstate, by the number of the stream's field.
        var byStructure: [Int: TargetDump.Field] = [:]
        /// Fields without a counterpart by name that load all the same: other fields with the same number of
        /// bytes are in their place.
        var silent: Set<Side> = []
    }

    private func pairing(
        _ fields: [LayoutCursor], _ structure: TargetDump.Structure, _ version: Int
    ) -> Pairing {
        var result = Pairing(names: fields.map { spelled($0, structure) })
        let known = Set(structure.fields.lazy.map(\.name))
        let described = Set(result.names)
        var ownStructures = structure.fields.indices.filter {
            !described.contains(structure.fields[$0].name) && !structure.fields[$0].structure.isEmpty
        }
        for number in fields.indices where !known.contains(result.names[number]) {
            guard let name = vmstate(of: fields[number]),
                let other = ownStructures.firstIndex(where: { structure.fields[$0].structure[0].name == name }
                )
            else { continue }
            let local = ownStructures.remove(at: other)
            result.byStructure[number] = structure.fields[local]
            result.silent.insert(.local(local))
        }
        // Between two common fields, pair renamed or unused fields by their total size.
        var stretches: [String: (received: [Int], local: [Int])] = [:]
        var anchor = ""
        for number in fields.indices where result.byStructure[number] == nil {
            if known.contains(result.names[number]), !isUnused(result.names[number]) {
                anchor = result.names[number]
            } else {
                stretches[anchor, default: ([], [])].received.append(number)
            }
        }
        anchor = ""
        for (number, field) in structure.fields.enumerated() where !result.silent.contains(.local(number)) {
            if described.contains(field.name), !isUnused(field.name) {
                anchor = field.name
            } else if field.version <= version, !field.isConditional {
                stretches[anchor, default: ([], [])].local.append(number)
            }
        }
        for (received, local) in stretches.values where !received.isEmpty && !local.isEmpty {
            let sizes = (
                received.reduce(0) { $0 + (fields[$1].item?.size ?? 0) },
                local.reduce(0) { $0 + structure.fields[$1].size * max(structure.fields[$1].count ?? 1, 1) }
            )
            // For structures, the size in memory is not the size in the stream.
            guard sizes.0 == sizes.1, local.allSatisfy({ structure.fields[$0].structure.isEmpty }) else {
                continue
            }
            result.silent.formUnion(received.map { .received($0) } + local.map { .local($0) })
        }
        return result
    }

    private func isUnused(_ name: String) -> Bool { name == "unused" || name.hasPrefix("unused[") }

    // The vmstate of a field, or of the elements of an array.
    private func vmstate(of place: LayoutCursor) -> String? {
        guard let body = place.body else { return nil }
        let name = table.names.text(table[body.layout].vmsdName)
        return name.isEmpty ? nil : name
    }

    private func typeName(_ place: LayoutCursor) -> String {
        place.item.map { table[type: $0.type].name } ?? ""
    }

    private func step(_ place: LayoutCursor, _ name: String, _ structure: TargetDump.Structure) -> FieldStep {
        FieldStep(structure: structure.name, field: name, type: typeName(place))
    }

    // A new field and a missing one of the same size may be one renamed field.
    private func pairRenamed(_ result: inout [Difference]) {
        for (index, gone) in result.enumerated() where gone.kind == .field && gone.certainty == .likely {
            let isRenamed = result.contains {
                $0.kind == .field && $0.size == 0 && $0.expectedSize == gone.size
            }
            if isRenamed { result[index].certainty = .possible }
        }
    }

    // A description numbers fields with the same name, and the dump does not.
    private func spelled(_ place: LayoutCursor, _ structure: TargetDump.Structure) -> String {
        let name = place.item.map { table.names.text($0.name) } ?? ""
        if structure.fields.contains(where: { $0.name == name }) { return name }
        guard name.hasSuffix("]"), let bracket = name.lastIndex(of: "[") else { return name }
        let stem = String(name[..<bracket])
        return structure.fields.contains { $0.name == stem } ? stem : name
    }

    private func field(
        _ place: LayoutCursor, _ name: String, _ structure: TargetDump.Structure, _ chain: [FieldStep],
        _ result: inout [Difference]
    ) {
        guard let item = place.item else { return }
        let type = typeName(place)
        let inner = chain + [step(place, name, structure)]
        let known = structure.fields.filter { $0.name == name }
        guard let field = known.first else {
            // Handlers describe opaque parts and padding, so the dump has no fields for them.
            guard type != "unused_buffer", name != "unused" else { return }
            result.append(
                Difference(
                    kind: .field, offset: place.offset, size: item.size,
                    message: "field \(structure.name):\(name) is not in the destination's vmstate",
                    chain: inner,
                    certainty: .likely, left: "\(type) \(item.size)"))
            return
        }
        if known.count == 1, let difference = resized(place, field, type, inner) {
            result.append(difference)
        }
        for field in known where field.structure.first?.name == vmstate(of: place) {
            return inside(place, field, inner, &result)
        }
    }

    private func inside(
        _ place: LayoutCursor, _ field: TargetDump.Field, _ chain: [FieldStep], _ result: inout [Difference]
    ) {
        guard let body = place.body, let structure = field.structure.first else { return }
        compare(body, structure, chain: chain, version: Int(table[body.layout].version), &result)
    }

    // The size in memory equals the size in the stream only for plain integers.
    private func resized(
        _ place: LayoutCursor, _ field: TargetDump.Field, _ type: String, _ chain: [FieldStep]
    ) -> Difference? {
        let element = place.isLeaf ? place.size : table.items(of: place.layout).first?.stride ?? 0
        guard field.structure.isEmpty, [1, 2, 4, 8].contains(field.size), field.size != element,
            ["uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"].contains(type)
        else { return nil }
        let name = chain.last.map { "\($0.structure):\($0.field)" } ?? ""
        return Difference(
            kind: .field, offset: place.offset, size: place.item?.size ?? 0,
            message: "field \(name) has \(element) bytes, but \(field.size) on the destination", chain: chain,
            certainty: .possible, left: "\(type) \(element)", right: "\(field.size)")
    }

    private func isExpected(_ field: TargetDump.Field, _ version: Int) -> Bool {
        !field.isConditional && field.version <= version && field.size > 0 && !field.name.hasPrefix("unused")
    }

    // A description omits arrays without elements. A dump does not distinguish arrays of variable length from
    // single fields; most of them contain structures, or follow their count.
    private func mayBeEmpty(_ field: TargetDump.Field, isAfterZero: Bool) -> Bool {
        field.count == nil && (!field.structure.isEmpty || isAfterZero)
    }

    private func isZero(_ place: LayoutCursor) -> Bool {
        place.isLeaf && (1...4).contains(place.size) && typeName(place).contains("int")
            && region.bigEndian(place.range) == 0
    }

    private func missing(
        _ field: TargetDump.Field, _ structure: TargetDump.Structure, at offset: Int, _ chain: [FieldStep]
    ) -> Difference {
        Difference(
            kind: .field, offset: offset, size: 0,
            message: "the destination expects a field \(structure.name):\(field.name)", chain: chain,
            certainty: .possible, expectedSize: field.size, name: field.name, right: "\(field.size)")
    }

    private func subsection(
        _ place: LayoutCursor, _ structure: TargetDump.Structure, _ chain: [FieldStep],
        _ result: inout [Difference]
    ) {
        guard let item = place.item else { return }
        let offset = place.offset
        let name = table.names.text(item.name)
        guard let known = structure.subsections.first(where: { $0.name == name }) else {
            var difference = Difference(
                kind: .subsection, offset: offset + 2, size: table.names.bytes(item.name).count,
                message: "subsection \(name) is unknown to the destination", chain: chain,
                certainty: .certain, name: name,
                left: item.child.isNone ? "" : "v\(table[item.child].version)")
            difference.parent = structure.name
            result.append(difference)
            return
        }
        guard !item.child.isNone else { return }
        let version = Int(table[item.child].version)
        if version > known.version || version < known.minimumVersion {
            let isNew = version > known.version
            let found = UInt32(clamping: version)
            var difference = Difference(
                kind: .version, offset: offset + 2 + table.names.bytes(item.name).count, size: 4,
                message:
                    "subsection \(name) has version \(version), but the destination accepts \(known.minimumVersion) to \(known.version)",
                cause: isNew
                    ? QEMULog.tooNew(name, found, local: UInt32(clamping: known.version))
                    : QEMULog.tooOld(name, found, minimum: UInt32(clamping: known.minimumVersion)),
                chain: chain, certainty: .certain, name: name, left: "v\(version)",
                right: "v\(known.version)")
            difference.parent = structure.name
            difference.subsections = [
                SubsectionStep(name: name, parent: structure.name, depth: chain.count)
            ]
            result.append(difference)
        }
        compare(place, known, chain: chain, version: version, &result)
    }
}
