import Format

/// The devices of a description, found by idstr and instance id.
package struct DescribedDevices: Sendable {
    private struct Key: Hashable {
        package var name: NameID
        package var instance: UInt32
    }

    private var layouts: [Key: LayoutID] = [:]
    /// What stands in for them.
    package let dump: TargetDump?

    /// O(devices). The first of equal devices counts.
    package init(_ description: Description?) {
        dump = description?.dump
        for device in description?.devices ?? [] {
            let key = Key(name: device.name, instance: device.instance)
            if layouts[key] == nil { layouts[key] = device.layout }
        }
    }

    /// Whether there is no description, and nothing stands in for one.
    package var isEmpty: Bool { layouts.isEmpty && dump == nil }

    /// What the description says of the body of a section, before its bytes are looked at; nil where it lists
    /// no such device. O(1).
    package func layout(of record: SectionRecord) -> LayoutID? {
        layouts[Key(name: record.name, instance: record.instance)]
    }
}
