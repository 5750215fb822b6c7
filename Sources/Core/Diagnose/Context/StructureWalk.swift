import Bytes
import Format

/// Compares two described bodies by the names and sizes of their fields.
package struct StructureWalk {
    package let region: MappedRegion
    package let received: LayoutTable
    package let local: LayoutTable

    package enum Kind { case field, subsection, subsectionVersion }

    package struct Difference {
        package var kind: Kind
        package var offset: Int
        package var size: Int
        package var message: String
        package var line = ""
        package var chain: [FieldStep]
        /// Whether the target has it and the stream has not.
        package var isAbsent = false
        /// Whether the fields around it have as many bytes on both sides: another name may be all.
        package var isBalanced = false

        package init(
            kind: Kind, offset: Int, size: Int, message: String, line: String = "", chain: [FieldStep],
            isAbsent: Bool = false, isBalanced: Bool = false
        ) {
            self.kind = kind
            self.offset = offset
            self.size = size
            self.message = message
            self.line = line
            self.chain = chain
            self.isAbsent = isAbsent
            self.isBalanced = isBalanced
        }
    }

    /// Deeper than descriptions nest.
    private static let depthLimit = 64
    private static let differenceLimit = 64

    package func compare(
        _ here: LayoutID, _ there: LayoutID, at offset: Int, chain: [FieldStep], _ result: inout [Difference]
    ) {
        guard chain.count < Self.depthLimit, result.count < Self.differenceLimit else { return }
        let structure = received.names.text(received[here].vmsdName)
        let others = local.items(of: there).filter { $0.role != .frame }
        var byName: [String: Item] = [:]
        for item in others {
            byName[local.names.text(item.name)] = byName[local.names.text(item.name)] ?? item
        }
        let isBalanced = fieldBytes(here, received) == fieldBytes(there, local)
        var ends: [String: Int] = [:]
        for item in received.items(of: here) where item.role != .frame {
            let name = received.names.text(item.name)
            ends[name] = offset + item.offset + item.size
            let step = FieldStep(structure: structure, field: name, type: received[type: item.type].name)
            let inner = item.role == .subsection ? chain : chain + [step]
            guard let other = byName[name] else {
                var difference = extra(item, name, structure, at: offset + item.offset, inner)
                difference.isBalanced = isBalanced
                result.append(difference)
                continue
            }
            if let difference = recounted(item, other, in: here, at: offset, inner) {
                result.append(difference)
            }
            pair(item, other, at: offset + item.offset, inner, &result)
        }
        // After the field that precedes it at the target.
        var place = offset
        for item in others {
            if let end = ends[local.names.text(item.name)] {
                place = end
            } else {
                var difference = absent(item, structure, at: place, chain)
                difference.isBalanced = isBalanced
                result.append(difference)
            }
        }
    }

    private func fieldBytes(_ id: LayoutID, _ table: LayoutTable) -> Int {
        table.items(of: id).reduce(0) { sum, item in
            item.role == .frame || item.role == .subsection ? sum : sum.addingSaturated(item.size)
        }
    }

    private func pair(
        _ item: Item, _ other: Item, at offset: Int, _ chain: [FieldStep], _ result: inout [Difference]
    ) {
        if item.role == .subsection, !item.child.isNone, !other.child.isNone {
            let versions = (received[item.child].version, local[other.child].version)
            if versions.0 > versions.1 { result.append(newer(item, versions, at: offset, chain)) }
        }
        guard !item.child.isNone, !other.child.isNone, received[item.child].kind == local[other.child].kind
        else {
            if item.child.isNone, other.child.isNone, item.size != other.size, isFixed(item) {
                result.append(resized(item, other, at: offset, chain))
            }
            return
        }
        guard received[item.child].kind == .array else {
            if received[type: item.type].decode == nil {
                compare(item.child, other.child, at: offset, chain: chain, &result)
            }
            return
        }
        guard let run = received.items(of: item.child).first, let model = local.items(of: other.child).first,
            !run.child.isNone, !model.child.isNone
        else { return }
        compare(run.child, model.child, at: offset, chain: chain, &result)
    }

    // An array of another length that no number in the stream gives: the target reads as many as it has.
    private func recounted(
        _ item: Item, _ other: Item, in body: LayoutID, at offset: Int, _ chain: [FieldStep]
    ) -> Difference? {
        guard !item.child.isNone, !other.child.isNone, received[item.child].kind == .array,
            local[other.child].kind == .array, received[type: item.type].decode == nil
        else { return nil }
        let counts = (received[item.child].childCount, local[other.child].childCount)
        guard counts.0 != counts.1, !isTold(counts.0, in: body, at: offset) else { return nil }
        let name = chain.last.map { "\($0.structure):\($0.field)" } ?? ""
        return Difference(
            kind: .field, offset: offset + item.offset, size: item.size,
            message: "array \(name) has \(counts.0) elements, in the destination's stream \(counts.1)",
            chain: chain)
    }

    private func isTold(_ count: Int, in body: LayoutID, at offset: Int) -> Bool {
        received.items(of: body).contains { item in
            let place = offset + item.offset
            guard item.child.isNone, (1...4).contains(item.size), place + item.size <= region.count else {
                return false
            }
            return region.span(place..<place + item.size).bigEndianValue == UInt64(count)
        }
    }

    // Types whose size can't depend on the guest.
    private func isFixed(_ item: Item) -> Bool {
        let name = received[type: item.type].name
        return name == "bool" || name.hasPrefix("uint") || name.hasPrefix("int") || name == "pci config"
    }

    private func extra(
        _ item: Item, _ name: String, _ structure: String, at offset: Int, _ chain: [FieldStep]
    ) -> Difference {
        let isSubsection = item.role == .subsection
        return Difference(
            kind: isSubsection ? .subsection : .field, offset: offset, size: item.size,
            message: isSubsection
                ? "subsection \(name) is not in the destination's stream"
                : "field \(structure):\(name) is not in the destination's stream",
            chain: chain)
    }

    private func absent(_ item: Item, _ structure: String, at offset: Int, _ chain: [FieldStep]) -> Difference
    {
        let name = local.names.text(item.name)
        let isSubsection = item.role == .subsection
        return Difference(
            kind: isSubsection ? .subsection : .field, offset: offset, size: 0,
            message: isSubsection
                ? "the destination's stream has a subsection \(name), which is not here"
                : "the destination's stream has a field \(structure):\(name), which is not here",
            chain: chain, isAbsent: isSubsection)
    }

    private func newer(
        _ item: Item, _ versions: (UInt32, UInt32), at offset: Int, _ chain: [FieldStep]
    ) -> Difference {
        let name = received.names.text(item.name)
        return Difference(
            kind: .subsectionVersion, offset: offset + 2 + received.names.bytes(item.name).count, size: 4,
            message:
                "subsection \(name) has version \(versions.0), in the destination's stream \(versions.1)",
            line: "\(name): incoming version_id \(versions.0) is too new for local version_id \(versions.1)",
            chain: chain)
    }

    private func resized(_ item: Item, _ other: Item, at offset: Int, _ chain: [FieldStep]) -> Difference {
        let name = chain.last.map { "\($0.structure):\($0.field)" } ?? ""
        return Difference(
            kind: .field, offset: offset, size: item.size,
            message: "field \(name) has \(item.size) bytes, in the destination's stream \(other.size)",
            chain: chain)
    }
}
