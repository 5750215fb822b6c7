import Bytes
import Format

/// Compares two described bodies by the names and sizes of their fields.
package struct StructureWalk {
    package let region: MappedRegion
    package let received: LayoutTable
    package let local: LayoutTable

    package enum Subject { case field, subsection, subsectionVersion }

    package struct Difference {
        package var kind: Subject
        package var offset: Int
        package var size: Int
        package var message: String
        package var line = ""
        package var chain: [FieldStep]
        /// Whether only the target has it.
        package var isAbsent = false
        /// Whether the body's fields have the same total size on both sides: perhaps only a name differs.
        package var isBalanced = false

        package init(
            kind: Subject, offset: Int, size: Int, message: String, line: String = "", chain: [FieldStep],
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

    /// The maximum depth; descriptions never nest deeper.
    private static let depthLimit = 64
    private static let differenceLimit = 64

    package func compare(
        _ here: LayoutID, _ there: LayoutID, at offset: Int, chain: [FieldStep], _ result: inout [Difference]
    ) {
        compare(
            LayoutCursor(here, at: offset, in: received), LayoutCursor(there, in: local), chain, &result)
    }

    private func compare(
        _ here: LayoutCursor, _ there: LayoutCursor, _ chain: [FieldStep], _ result: inout [Difference]
    ) {
        guard chain.count < Self.depthLimit, result.count < Self.differenceLimit else { return }
        let structure = received.names.text(received[here.layout].vmsdName)
        let others = there.members()
        var byName: [String: LayoutCursor] = [:]
        for other in others {
            guard let item = other.item else { continue }
            byName[local.names.text(item.name)] = byName[local.names.text(item.name)] ?? other
        }
        let isBalanced = fieldBytes(here) == fieldBytes(there)
        var ends: [String: Int] = [:]
        for place in here.members() {
            guard let item = place.item else { continue }
            let name = received.names.text(item.name)
            ends[name] = place.offset + item.size
            let step = FieldStep(structure: structure, field: name, type: received[type: item.type].name)
            let inner = item.role == .subsection ? chain : chain + [step]
            guard let other = byName[name] else {
                var difference = extra(item, name, structure, at: place.offset, inner)
                difference.isBalanced = isBalanced
                result.append(difference)
                continue
            }
            if let difference = recounted(place, other, in: here, inner) { result.append(difference) }
            pair(place, other, inner, &result)
        }
        // After its predecessor at the target.
        var position = here.offset
        for other in others {
            guard let item = other.item else { continue }
            if let end = ends[local.names.text(item.name)] {
                position = end
            } else {
                var difference = absent(item, structure, at: position, chain)
                difference.isBalanced = isBalanced
                result.append(difference)
            }
        }
    }

    private func fieldBytes(_ body: LayoutCursor) -> Int {
        body.members { $0.role != .frame && $0.role != .subsection }
            .reduce(0) { $0.addingSaturated($1.item?.size ?? 0) }
    }

    private func pair(
        _ place: LayoutCursor, _ counterpart: LayoutCursor, _ chain: [FieldStep],
        _ result: inout [Difference]
    ) {
        guard let item = place.item, let other = counterpart.item else { return }
        if item.role == .subsection, !place.isLeaf, !counterpart.isLeaf {
            let versions = (received[place.layout].version, local[counterpart.layout].version)
            if versions.0 > versions.1 { result.append(newer(item, versions, at: place.offset, chain)) }
        }
        guard !place.isLeaf, !counterpart.isLeaf,
            received[place.layout].kind == local[counterpart.layout].kind
        else {
            if place.isLeaf, counterpart.isLeaf, item.size != other.size, isFixed(item) {
                result.append(resized(item, other, at: place.offset, chain))
            }
            return
        }
        guard place.isArray else {
            if !place.isDecodable { compare(place, counterpart, chain, &result) }
            return
        }
        guard let run = place.places.first, !run.isLeaf,
            let model = counterpart.places.first, !model.isLeaf
        else { return }
        compare(run, model, chain, &result)
    }

    // An array with another length that no number in the stream gives: the target reads its own number of
    // elements.
    private func recounted(
        _ place: LayoutCursor, _ other: LayoutCursor, in body: LayoutCursor, _ chain: [FieldStep]
    ) -> Difference? {
        guard place.isArray, other.isArray, !place.isDecodable else { return nil }
        let counts = (received[place.layout].childCount, local[other.layout].childCount)
        guard counts.0 != counts.1, !isTold(counts.0, in: body) else { return nil }
        let name = chain.last.map { "\($0.structure):\($0.field)" } ?? ""
        return Difference(
            kind: .field, offset: place.offset, size: place.item?.size ?? 0,
            message: "array \(name) has \(counts.0) elements, but \(counts.1) in the destination's stream",
            chain: chain)
    }

    private func isTold(_ count: Int, in body: LayoutCursor) -> Bool {
        body.members { $0.isLeaf && (1...4).contains($0.size) }.contains { number in
            number.range.upperBound <= region.count
                && region.span(number.range).bigEndianValue == UInt64(count)
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
                "subsection \(name) has version \(versions.0), but \(versions.1) in the destination's stream",
            line: "\(name): incoming version_id \(versions.0) is too new for local version_id \(versions.1)",
            chain: chain)
    }

    private func resized(_ item: Item, _ other: Item, at offset: Int, _ chain: [FieldStep]) -> Difference {
        let name = chain.last.map { "\($0.structure):\($0.field)" } ?? ""
        return Difference(
            kind: .field, offset: offset, size: item.size,
            message: "field \(name) has \(item.size) bytes, but \(other.size) in the destination's stream",
            chain: chain)
    }
}
