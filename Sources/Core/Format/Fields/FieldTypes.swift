/// The registry of field types: a new type is one line in the list of its family.
package enum FieldTypes {
    package static let all: [FieldType] =
        [FieldType("unknown")] + IntegerFields.types + TimeFields.types + OpaqueFields.types
        + ProcessorFields.types + FrameFields.types + SectionFields.types

    private static let indices: [Int: [Int]] = {
        var result: [Int: [Int]] = [:]
        for (index, type) in all.enumerated() { result[key(type.name.utf8.span), default: []].append(index) }
        return result
    }()

    /// The place of the type that QEMU names `name` in `all`, or nil. O(length).
    package static func index(of name: Span<UInt8>) -> Int? {
        for index in indices[key(name), default: []] where all[index].name.utf8.span.isEqual(to: name) {
            return index
        }
        return nil
    }

    private static func key(_ name: Span<UInt8>) -> Int {
        var key = name.count
        for index in name.indices { key = (key &* 31) &+ Int(name[index]) }
        return key
    }
}
