import Bytes
import Format

/// Where bytes are missing or added in a section, by how well its fields make sense.
///
/// For sections with no other stream to compare with. Integers are big-endian and mostly small, flags are 0
/// or 1, unused bytes are 0: a field that is read some bytes too early or too late often is not.
package struct PlausibleShift {
    private struct Leaf {
        package var offset: Int
        package var size: Int
        package var kind: Kind
    }

    private enum Kind { case flag, number, unused }

    private let region: MappedRegion
    private let table: LayoutTable
    private var leaves: [Leaf] = []

    /// More leaves than this are not weighed.
    private static let limit = 1 << 15

    package init(_ region: MappedRegion, table: LayoutTable) {
        self.region = region
        self.table = table
    }

    /// The offset in the body of the first field from which the bytes at `start`, `size` of them, fit `layout`
    /// best when shifted; nil where nothing says. O(leaves).
    package mutating func place(_ layout: LayoutID, at start: Int, size: Int) -> Int? {
        leaves = []
        collect(layout, at: 0)
        let shift = size - table[layout].size
        guard shift != 0, !leaves.isEmpty, leaves.count < Self.limit else { return nil }
        let limit = start + size
        var score = leaves.reduce(0) { $0 + weight($1, at: start + shift, limit) }
        var best = (score: score, place: 0)
        for leaf in leaves {
            score += weight(leaf, at: start, limit) - weight(leaf, at: start + shift, limit)
            if score > best.score { best = (score, leaf.offset + leaf.size) }
        }
        return best.place < size ? best.place : nil
    }

    private mutating func collect(_ id: LayoutID, at offset: Int) {
        for item in table.items(of: id) where item.role != .frame {
            for index in 0..<item.count {
                guard leaves.count < Self.limit else { return }
                let place = offset + item.offset + index * item.stride
                if !item.child.isNone {
                    collect(item.child, at: place)
                } else if let kind = Self.kind(table[type: item.type].name, item.stride) {
                    leaves.append(Leaf(offset: place, size: item.stride, kind: kind))
                }
            }
        }
    }

    private static func kind(_ type: String, _ size: Int) -> Kind? {
        switch type {
        case "bool": .flag
        case "unused_buffer": size <= 64 ? .unused : nil
        case _ where type.hasPrefix("uint") || type.hasPrefix("int"): (2...8).contains(size) ? .number : nil
        default: nil
        }
    }

    private func weight(_ leaf: Leaf, at start: Int, _ limit: Int) -> Int {
        let offset = start + leaf.offset
        guard offset >= 0, leaf.size <= limit - offset, let first = region.byte(at: offset) else { return 0 }
        switch leaf.kind {
        case .flag: return first <= 1 ? 2 : 0
        case .number: return first == 0 || first == 0xff ? 1 : 0
        case .unused:
            let bytes = region.span(offset..<offset + leaf.size)
            return bytes.isAllZero ? 2 : 0
        }
    }
}
