import Bytes

/// A name interned in a `NameTable`. Compares and hashes as an integer.
package struct NameID: Hashable, Sendable {
    @usableFromInline package let index: Int32

    @inlinable package init(index: Int32) { self.index = index }

    /// The empty name, the same in each table.
    package static let empty = NameID(index: 0)
}

/// The names of a document as bytes, each stored once.
///
/// Names come from a stream: they are bytes until someone draws them (`DisplayText`).
package struct NameTable: Sendable {
    @usableFromInline package internal(set) var pool: [UInt8] = []
    @usableFromInline package internal(set) var ends: [Int] = [0]
    @usableFromInline package internal(set) var slots = [Int32](repeating: -1, count: 1024)

    package init() {
        slots[Self.hash([]) & (slots.count - 1)] = 0
    }

    /// The number of names, the empty one counted.
    package var count: Int { ends.count }

    /// The bytes of a name. O(1).
    @inlinable
    package func bytes(_ name: NameID) -> ArraySlice<UInt8> {
        let index = Int(name.index)
        return pool[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// The name as text that is safe to draw. O(length).
    package func text(_ name: NameID) -> String { DisplayText.escaped(bytes: bytes(name)) }

    /// The id of `name`, stored at its first use. O(length).
    @inlinable
    package mutating func intern(_ name: some Collection<UInt8>) -> NameID {
        if ends.count * 2 > slots.count { grow() }
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] >= 0 {
            let candidate = NameID(index: slots[slot])
            if bytes(candidate).elementsEqual(name) { return candidate }
            slot = (slot + 1) & (slots.count - 1)
        }
        pool.append(contentsOf: name)
        let id = NameID(index: Int32(ends.count))
        ends.append(pool.count)
        slots[slot] = id.index
        return id
    }

    package mutating func intern(_ name: String) -> NameID { intern(name.utf8) }

    /// The id of `name`; nil when it is not stored. O(length).
    @inlinable
    package func known(_ name: some Collection<UInt8>) -> NameID? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] >= 0 {
            let candidate = NameID(index: slots[slot])
            if bytes(candidate).elementsEqual(name) { return candidate }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    @usableFromInline
    package mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in ends.indices {
            var slot = Self.hash(bytes(NameID(index: Int32(index)))) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }

    // FNV-1a, mixed once at the end: names are short.
    @inlinable
    package static func hash(_ name: some Collection<UInt8>) -> Int {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
        value ^= value >> 29
        return Int(truncatingIfNeeded: value & 0x7fff_ffff_ffff_ffff)
    }
}
