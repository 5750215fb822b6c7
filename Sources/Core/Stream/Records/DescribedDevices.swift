import Format

/// The devices of a description, found by idstr and instance id.
package struct DescribedDevices: Sendable {
    /// What a device is found by.
    package struct InternedKey: Hashable, Sendable {
        package var name: NameID
        package var instance: UInt32

        package init(name: NameID, instance: UInt32) {
            self.name = name
            self.instance = instance
        }

        /// nil for a record that is no section.
        package init?(_ record: SectionRecord) {
            guard let section = record.section else { return nil }
            self.init(name: record.name, instance: section.instance)
        }
    }

    /// What the devices among records are found by. O(records).
    package static func keys(of records: some Sequence<SectionRecord>) -> Set<InternedKey> {
        var keys: Set<InternedKey> = []
        for record in records where record.kind == .full {
            if let key = InternedKey(record) { keys.insert(key) }
        }
        return keys
    }

    private var found: [InternedKey: (number: Int, layout: LayoutID)] = [:]
    /// What replaces them.
    package let dump: TargetDump?

    /// O(devices). The first of equal devices counts.
    package init(_ description: Description?) {
        dump = description?.dump
        for (number, device) in (description?.devices ?? []).enumerated() {
            let key = InternedKey(name: device.name, instance: device.instance)
            if found[key] == nil { found[key] = (number, device.layout) }
        }
    }

    /// Whether there is no description, and nothing replaces one.
    package var isEmpty: Bool { found.isEmpty && dump == nil }

    /// What the description says of the body of a section, before its bytes are looked at; nil where it lists
    /// no such device. O(1).
    package func layout(of record: SectionRecord) -> LayoutID? {
        InternedKey(record).flatMap { found[$0]?.layout }
    }

    /// Whether each of them is in `seen` or is `last`. O(devices).
    package func areAll(in seen: Set<InternedKey>, with last: InternedKey) -> Bool {
        found.keys.allSatisfy { $0 == last || seen.contains($0) }
    }

    /// The number of a device in the description, and what that says of its body; nil where it lists none such. O(1).
    package subscript(key: InternedKey) -> (number: Int, layout: LayoutID)? { found[key] }
}
