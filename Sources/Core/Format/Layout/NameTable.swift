import Bytes

/// The number of a name in a `NameTable`. Compares and hashes as an integer.
package struct NameID: Hashable, Sendable {
    @usableFromInline package let index: Int32

    @inlinable package init(index: Int32) { self.index = index }

    /// The empty name, which is the same in each table.
    package static let empty = NameID(index: 0)
}

/// The names of a document as bytes, each stored once.
///
/// Names come from a stream, so they remain bytes until they are drawn (`DisplayText`).
package struct NameTable: Sendable {
    @usableFromInline package internal(set) var pool: [UInt8] = []
    @usableFromInline package internal(set) var ends: [Int] = [0]
    private var slots = [Int32](repeating: -1, count: 1024)

    package init() {
        let nothing: [UInt8] = []
        slots[Self.hash(nothing.span) & (slots.count - 1)] = 0
    }

    /// The number of names, including the empty one.
    package var count: Int { ends.count }

    /// Returns the bytes of a name. O(1).
    @inlinable
    package func bytes(_ name: NameID) -> ArraySlice<UInt8> {
        let index = Int(name.index)
        return pool[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// Returns the name as text that is safe to draw. O(length).
    package func text(_ name: NameID) -> String { DisplayText.escaped(bytes: bytes(name)) }

    /// Returns the id of `name`, which is stored at its first use. O(length).
    ///
    /// Takes a span, because a generic function would not be specialized for callers in other modules.
    package mutating func intern(_ name: Span<UInt8>) -> NameID {
        if ends.count * 2 > slots.count { grow() }
        let slot = slot(of: name)
        if slots[slot] >= 0 { return NameID(index: slots[slot]) }
        for index in name.indices { pool.append(name[index]) }
        let id = NameID(index: Int32(ends.count))
        ends.append(pool.count)
        slots[slot] = id.index
        return id
    }

    package mutating func intern(_ name: [UInt8]) -> NameID { intern(name.span) }

    package mutating func intern(_ name: String) -> NameID { intern(name.utf8.span) }

    /// Returns the id of `name`; nil if it is not stored. O(length).
    package func known(_ name: String) -> NameID? {
        let index = slots[slot(of: name.utf8.span)]
        return index >= 0 ? NameID(index: index) : nil
    }

    // The slot of the name, or the free slot that it would get.
    private func slot(of name: Span<UInt8>) -> Int {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] >= 0, !bytes(NameID(index: slots[slot])).span.isEqual(to: name) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in ends.indices {
            var slot = Self.hash(bytes(NameID(index: Int32(index))).span) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }

    // FNV-1a, mixed once at the end because names are short.
    private static func hash(_ name: Span<UInt8>) -> Int {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in name.indices { value = (value ^ UInt64(name[index])) &* 0x100_0000_01b3 }
        value ^= value >> 29
        return Int(truncatingIfNeeded: value & 0x7fff_ffff_ffff_ffff)
    }
}
