import Bytes
import Format

/// The place of missing or added bytes in a section, judging by the plausibility of its fields.
///
/// For sections without another stream to compare with. Integers are big-endian and mostly small, flags are 0
/// or 1, and unused bytes are 0; a field that is read some bytes too early or too late often violates this.
package struct PlausibleShift {
    private struct Leaf {
        package var offset: Int
        package var size: Int
        package var kind: Expectation
    }

    private enum Expectation { case flag, number, unused }

    private let region: MappedRegion
    private let table: LayoutTable
    private var leaves: [Leaf] = []

    /// The maximum number of leaves.
    private static let limit = 1 << 15

    package init(_ region: MappedRegion, table: LayoutTable) {
        self.region = region
        self.table = table
    }

    /// Returns the offset in the body of the first field from which the `size` bytes at `start`, when
    /// shifted, fit `layout` best; nil when there is no indication. O(leaves).
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

    private static func kind(_ type: String, _ size: Int) -> Expectation? {
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

/// The place of missing or added bytes in a section, by comparison with the same section of another stream.
package enum ShiftSearch {
    /// The maximum length of a section.
    private static let limit = 1 << 22

    /// Returns the first offset in `bytes` from which they fit `model` best when shifted to its length; nil
    /// when the lengths are equal or the bytes are not similar. O(bytes).
    package static func place(_ bytes: RawSpan, _ model: RawSpan) -> Int? {
        let delta = model.byteCount - bytes.byteCount
        guard delta != 0, bytes.byteCount > 0, max(bytes.byteCount, model.byteCount) <= limit else {
            return nil
        }
        // After an insertion of n bytes, a byte corresponds to the one n bytes earlier in the model, and vice
        // versa.
        func shifted(_ index: Int) -> Int {
            let at = index + delta
            return at >= 0 && at < model.byteCount && bytes[byteAt: index] == model[byteAt: at] ? 1 : 0
        }
        func unshifted(_ index: Int) -> Int {
            index < model.byteCount && bytes[byteAt: index] == model[byteAt: index] ? 1 : 0
        }
        var score = 0
        for index in 0..<bytes.byteCount { score += shifted(index) }
        var best = (score: score, place: 0)
        for index in 0..<bytes.byteCount {
            score += unshifted(index) - shifted(index)
            if score > best.score { best = (score, index + 1) }
        }
        return best.score * 2 > bytes.byteCount ? best.place : nil
    }
}
