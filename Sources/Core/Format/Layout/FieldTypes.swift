/// The field types known before a stream is read, in a fixed order.
package struct FieldTypes: Sendable {
    package let all: [FieldType]
    private let indices: [Int: [Int]]

    package init(_ all: [FieldType]) {
        self.all = all
        var indices: [Int: [Int]] = [:]
        for (index, type) in all.enumerated() {
            indices[Self.key(type.name.utf8.span), default: []].append(index)
        }
        self.indices = indices
    }

    /// Returns the index in `all` of the type that QEMU names `name`, or nil. O(length).
    package func index(of name: Span<UInt8>) -> Int? {
        for index in indices[Self.key(name), default: []] where all[index].name.utf8.span.isEqual(to: name) {
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
