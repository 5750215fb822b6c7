/// A vmstate of a dump with all that is inside it, numbered: number 0 is the vmstate itself.
package struct DumpShapes {
    package struct Shape {
        package var name: [UInt8]
        package var version: Int
        package var fields: [Field] = []
        /// Numbers.
        package var subsections: [Int] = []
        /// The field that it is the structure of; nil for subsections and the vmstate itself.
        package var owner: Place?
    }

    package struct Field {
        /// As a description spells it: fields of equal name are numbered.
        package var name: String
        package var version: Int
        package var isConditional: Bool
        /// Elements, where the dump says so (10.0).
        package var count: Int?
        /// Where a number of elements is that the stream has: bytes from the start of the structure. Four bytes.
        package var countOffset: Int?
        /// Bytes of a leaf; 0 where it varies.
        package var size: Int
        /// The type of a leaf that is no number.
        package var type: String
        /// The number of its shape; nil for a leaf.
        package var shape: Int?
        /// Fields of the same name, of which one is there: `config` of 256 or of 4096 bytes.
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
            // Vectors of 16 bytes, then a bit for each (hw/pci/msix.c msix_save).
            type != "msix state" || size == (size * 8 / 129) * 16 + (size * 8 / 129 + 7) / 8
        }
    }

    package struct Place: Hashable {
        package var shape: Int
        package var field: Int

        package init(shape: Int, field: Int) {
            self.shape = shape
            self.field = field
        }
    }

    package private(set) var all: [Shape] = []
    /// Fields whose length the dump does not say, the likeliest first.
    package private(set) var elasticPlaces: [Place] = []

    /// More vmstates inside each other than this are no vmstate of QEMU.
    private static let shapeLimit = 4096
    /// At most this many fields are tried with other lengths.
    private static let elasticLimit = 32

    package init(_ structure: TargetDump.Structure) {
        add(structure)
        let places = all.indices.flatMap { shape in
            all[shape].fields.indices.map { Place(shape: shape, field: $0) }
        }
        let variable = places.filter { field($0).size == 0 && field($0).shape == nil }
        let lists = places.filter { field($0).shape != nil && field($0).count == nil }
        let others = places.filter { ![0, 1, 2, 4, 8].contains(field($0).size) && field($0).shape == nil }
        let numbers = places.filter { [1, 2, 4, 8].contains(field($0).size) && field($0).count == nil }
        let open = (variable + lists + others + numbers).filter { field($0).countOffset == nil }
        elasticPlaces = Array(open.prefix(Self.elasticLimit))
    }

    /// Whether a field of another length is one of another number of elements.
    package func isNumbered(_ place: Place) -> Bool {
        field(place).shape != nil || [1, 2, 4, 8].contains(field(place).size)
    }

    private func field(_ place: Place) -> Field { all[place.shape].fields[place.field] }

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
            if let shape { all[shape].owner = Place(shape: number, field: all[number].fields.count) }
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

    // Where a field is when all before it are there and of one length.
    private func offset(of name: String, in structure: TargetDump.Structure) -> Int? {
        var offset = 0
        for field in structure.fields {
            if field.name == name { return offset }
            guard field.structure.isEmpty, field.countField == nil else { return nil }
            offset += field.size * (field.count ?? 1)
        }
        return nil
    }

    // The dump has no types. A field without a length of its own is often called as the type that reads it.
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
    /// How many bytes can follow a field of another length up to the end of the vmstate, where nothing else
    /// is of another length. O(shapes).
    package func rest(after place: Place, version: Int) -> ClosedRange<Int> {
        var low = 0
        var high = 0
        var next: Place? = place
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
            // After an element come others.
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
