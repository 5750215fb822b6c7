import Format

/// The devices of a description by idstr and instance id.
package struct DescribedDevices: Sendable {
    /// The key of a device.
    package struct InternedKey: Hashable, Sendable {
        package var name: NameID
        package var instance: UInt32

        package init(name: NameID, instance: UInt32) {
            self.name = name
            self.instance = instance
        }

        /// Nil for a record that is not a section.
        package init?(_ record: SectionRecord) {
            guard let section = record.section else { return nil }
            self.init(name: record.name, instance: section.instance)
        }
    }

    /// Returns the keys of the devices among records. O(records).
    package static func keys(of records: some Sequence<SectionRecord>) -> Set<InternedKey> {
        var keys: Set<InternedKey> = []
        for record in records where record.kind == .full {
            if let key = InternedKey(record) { keys.insert(key) }
        }
        return keys
    }

    private var found: [InternedKey: (number: Int, layout: LayoutID)] = [:]
    /// The dump that replaces them.
    package let dump: TargetDump?

    /// The first of several equal devices counts. O(devices).
    package init(_ description: Description?) {
        dump = description?.dump
        for (number, device) in (description?.devices ?? []).enumerated() {
            let key = InternedKey(name: device.name, instance: device.instance)
            if found[key] == nil { found[key] = (number, device.layout) }
        }
    }

    /// Whether there is neither a description nor a replacement.
    package var isEmpty: Bool { found.isEmpty && dump == nil }

    /// Returns the layout of a section's body by the description alone, before its bytes are checked; nil if
    /// the device is not listed. O(1).
    package func layout(of record: SectionRecord) -> LayoutID? {
        InternedKey(record).flatMap { found[$0]?.layout }
    }

    /// Returns whether each device is in `seen` or is `last`. O(devices).
    package func areAll(in seen: Set<InternedKey>, with last: InternedKey) -> Bool {
        found.keys.allSatisfy { $0 == last || seen.contains($0) }
    }

    /// The number of a device in the description and the described layout of its body; nil if it is not
    /// listed. O(1).
    package subscript(key: InternedKey) -> (number: Int, layout: LayoutID)? { found[key] }
}
