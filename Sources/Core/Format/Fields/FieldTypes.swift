/// The registry of field types: a new type is one line in the list of its family.
package enum FieldTypes {
    package static let all: [FieldType] =
        [FieldType("unknown")] + IntegerFields.types + TimeFields.types + OpaqueFields.types
        + ProcessorFields.types + FrameFields.types + SectionFields.types

    @usableFromInline package static let indices: [Int: [Int]] = {
        var result: [Int: [Int]] = [:]
        for (index, type) in all.enumerated() { result[key(type.name.utf8), default: []].append(index) }
        return result
    }()

    /// The place of the type that QEMU names `name` in `all`, or nil. O(length).
    @inlinable
    package static func index(of name: some Collection<UInt8>) -> Int? {
        for index in indices[key(name), default: []] where all[index].name.utf8.elementsEqual(name) {
            return index
        }
        return nil
    }

    @inlinable
    package static func key(_ name: some Collection<UInt8>) -> Int {
        name.reduce(name.count) { ($0 &* 31) &+ Int($1) }
    }
}
