/// The numbered shapes of a vmstate and everything inside it; number 0 is the vmstate itself.
package struct DumpShapes {
    package struct Shape {
        package var name: [UInt8]
        package var version: Int
        package var fields: [Field] = []
        /// The numbers of its subsections' shapes.
        package var subsections: [Int] = []
        /// The field whose structure it is; nil for subsections and the vmstate itself.
        package var owner: FieldNumber?
    }

    package struct Field {
        /// As in a description, where fields of equal name are numbered.
        package var name: String
        package var version: Int
        package var isConditional: Bool
        /// The number of elements, if the dump gives it (10.0).
        package var count: Int?
        /// The offset of the number of elements in the stream, in bytes from the start of the structure. Four
        /// bytes long.
        package var countOffset: Int?
        /// The size of a leaf in bytes; 0 if it varies.
        package var size: Int
        /// The type of a leaf that is not a number.
        package var type: String
        /// The number of its shape; nil for a leaf.
        package var shape: Int?
        /// Fields of the same name, of which one is present: `config` of 256 or of 4096 bytes.
        package var alternatives: [Field] = []

        package init(
            name: String, version: Int, isConditional: Bool, count: Int? = nil, size: Int, type: String,
            shape: Int? = nil, alternatives: [Field] = []
        ) {
            self.name = name
            self.version = version
            self.isConditional = isConditional
            self.count = count
            self.size = size
            self.type = type
            self.shape = shape
            self.alternatives = alternatives
        }

        /// Whether a leaf of its type can have this many bytes.
        package func canHave(size: Int) -> Bool {
            // The vectors have 16 bytes each, followed by one bit each (hw/pci/msix.c msix_save).
            type != "msix state" || size == (size * 8 / 129) * 16 + (size * 8 / 129 + 7) / 8
        }
    }

    package struct FieldNumber: Hashable {
        package var shape: Int
        package var field: Int

        package init(shape: Int, field: Int) {
            self.shape = shape
            self.field = field
        }
    }

    package private(set) var all: [Shape] = []
    /// The fields whose length the dump does not give, the likeliest first.
    package private(set) var elasticPlaces: [FieldNumber] = []

    /// The maximum number of nested vmstates; no vmstate of QEMU has more.
    private static let shapeLimit = 4096
    /// The maximum number of fields for which other lengths are tried.
    private static let elasticLimit = 32

    package init(_ structure: TargetDump.Structure) {
        add(structure)
        let places = all.indices.flatMap { shape in
            all[shape].fields.indices.map { FieldNumber(shape: shape, field: $0) }
        }
        let variable = places.filter { field($0).size == 0 && field($0).shape == nil }
        let lists = places.filter { field($0).shape != nil && field($0).count == nil }
        let others = places.filter { ![0, 1, 2, 4, 8].contains(field($0).size) && field($0).shape == nil }
        let numbers = places.filter { [1, 2, 4, 8].contains(field($0).size) && field($0).count == nil }
        let open = (variable + lists + others + numbers).filter { field($0).countOffset == nil }
        elasticPlaces = Array(open.prefix(Self.elasticLimit))
    }

    /// Whether another length of the field means another number of elements.
    package func isNumbered(_ place: FieldNumber) -> Bool {
        field(place).shape != nil || [1, 2, 4, 8].contains(field(place).size)
    }

    private func field(_ place: FieldNumber) -> Field { all[place.shape].fields[place.field] }

    @discardableResult
    private mutating func add(_ structure: TargetDump.Structure) -> Int? {
        guard all.count < Self.shapeLimit else { return nil }
        let number = all.count
        all.append(Shape(name: Array(structure.name.utf8), version: structure.version))
        var seen: [String: Int] = [:]
        let twins = Dictionary(structure.fields.map { ($0.name, 1) }, uniquingKeysWith: +)
        var lastName: String?
        for field in structure.fields {
            let order = seen[field.name, default: 0]
            seen[field.name] = order + 1
            let isTwin = twins[field.name, default: 1] > 1
            let shape = field.structure.first.flatMap { add($0) }
            if let shape { all[shape].owner = FieldNumber(shape: number, field: all[number].fields.count) }
            var added = Field(
                name: isTwin ? "\(field.name)[\(order)]" : field.name, version: field.version,
                isConditional: field.isConditional, count: field.count, size: field.size,
                type: Self.type(field), shape: shape)
            added.countOffset = field.countField.flatMap { offset(of: $0, in: structure) }
            let last = all[number].fields.count - 1
            if field.isConditional, shape == nil, last >= 0, lastName == field.name,
                all[number].fields[last].isConditional, all[number].fields[last].shape == nil,
                all[number].fields[last].version == field.version
            {
                all[number].fields[last].alternatives.append(added)
            } else {
                all[number].fields.append(added)
            }
            lastName = field.name
        }
        for part in structure.subsections {
            if let child = add(part) { all[number].subsections.append(child) }
        }
        return number
    }

    // Returns the offset of a field if all fields before it are present and of fixed length.
    private func offset(of name: String, in structure: TargetDump.Structure) -> Int? {
        var offset = 0
        for field in structure.fields {
            if field.name == name { return offset }
            guard field.structure.isEmpty, field.countField == nil else { return nil }
            offset += field.size * (field.count ?? 1)
        }
        return nil
    }

    // The dump has no types, but a field without a fixed length often has the name of the type that reads it.
    private static func type(_ field: TargetDump.Field) -> String {
        guard field.size == 0 else { return "buffer" }
        switch field.name {
        case "msix": return "msix state"
        case "requests": return "scsi-requests"
        case "virtio", "shpc", "virtio-gpu", "virtio-gpu/blob": return field.name
        default: return "buffer"
        }
    }
}

// MARK: - Bounds

extension DumpShapes {
    /// Returns the number of bytes that can follow a field of another length up to the end of the vmstate, if
    /// all other lengths are as in the dump. O(shapes).
    package func rest(after place: FieldNumber, version: Int) -> ClosedRange<Int> {
        var low = 0
        var high = 0
        var next: FieldNumber? = place
        while let current = next {
            let shape = all[current.shape]
            for field in shape.fields.dropFirst(current.field + 1) {
                let isThere = field.version <= (current.shape == 0 ? version : shape.version)
                guard isThere else { continue }
                let size = bounds(field)
                if !field.isConditional { low = low.addingSaturated(size.lowerBound) }
                high = high.addingSaturated(size.upperBound)
            }
            high = high.addingSaturated(subsections(of: shape))
            // Other elements may follow an element.
            if let owner = shape.owner, all[owner.shape].fields[owner.field].count ?? 1 > 1 { high = .max }
            next = shape.owner
        }
        return low...max(low, high)
    }

    private func bounds(_ field: Field) -> ClosedRange<Int> {
        guard field.alternatives.isEmpty else {
            let sizes = ([field] + field.alternatives).map(\.size)
            return max(sizes.min() ?? 0, 0)...max(sizes.max() ?? 0, 0)
        }
        let count = max(field.count ?? 1, 0)
        guard let child = field.shape else {
            let size = max(field.size, 0).multipliedSaturated(by: count)
            return size...size
        }
        var low = 0
        var high = subsections(of: all[child])
        for inner in all[child].fields where inner.version <= all[child].version {
            let size = bounds(inner)
            if !inner.isConditional { low = low.addingSaturated(size.lowerBound) }
            high = high.addingSaturated(size.upperBound)
        }
        low = low.multipliedSaturated(by: count)
        return low...max(low, high.multipliedSaturated(by: count))
    }

    private func subsections(of shape: Shape) -> Int {
        shape.subsections.reduce(0) { sum, number in
            let inner = all[number].fields.reduce(subsections(of: all[number])) {
                $0.addingSaturated(bounds($1).upperBound)
            }
            return sum.addingSaturated(inner).addingSaturated(6 + all[number].name.count)
        }
    }
}
