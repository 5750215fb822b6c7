import Bytes
import Format

/// Makes a described layout fit the bytes of its section.
///
/// A description measures one element and counts the others. So arrays of pointers with NULLs, elements of
/// differing size and a few known faults of the writers must be checked against the bytes. The result has the
/// requested size; what does not fit becomes an error item and a `Mismatch`, never a failure.
package struct Resolver {
    package let region: MappedRegion
    /// The idstr of the section.
    package let section: NameID
    package var table: LayoutTable
    package private(set) var mismatches: [Mismatch] = []

    package init(region: MappedRegion, section: NameID, table: LayoutTable) {
        self.region = region
        self.section = section
        self.table = table
    }

    /// Returns the layout of the `size` bytes at `offset` that `id` describes. O(1) if nothing is uncertain.
    package mutating func resolve(_ id: LayoutID, at offset: Int, size: Int) -> LayoutID {
        let layout = table[id]
        if layout.size == size, !layout.needsResolution { return id }
        switch layout.kind {
        case .body: return resolveBody(id, at: offset, size: size)
        case .array: return resolveArray(id, at: offset, size: size)
        case .overlay: return id
        }
    }

    private mutating func resolveBody(_ id: LayoutID, at offset: Int, size: Int) -> LayoutID {
        let layout = table[id]
        let described = Array(table.items(of: id))
        let elastic = layout.size == size ? nil : elasticIndex(described, at: offset, size: size)
        let difference = elastic == nil ? 0 : size.subtractingSaturated(layout.size)
        var result: [Item] = []
        var used = 0
        for (index, item) in described.enumerated() {
            let wanted = (index == elastic ? item.size.addingSaturated(difference) : item.size)
            guard wanted >= 0, wanted <= size - used else { break }
            result.append(resolveItem(item, at: offset + used, size: wanted))
            used += wanted
        }
        if used < size {
            result.append(errorItem(at: offset + used, size: size - used, described: layout.size, of: size))
        } else if result.count < described.count {
            report(at: offset + used, size: 0, described: layout.size, of: size)
        }
        return table.layout(
            .body, result, vmsdName: layout.vmsdName, version: layout.version, needsResolution: false)
    }

    /// Returns the item whose size the description can't know: the only one of its kind or, of several arrays
    /// of pointers, the first that does not fit the bytes.
    private func elasticIndex(_ items: [Item], at offset: Int, size: Int) -> Int? {
        for isCandidate in [isPointerArray, isElastic] {
            let found = items.indices.filter { isCandidate(items[$0]) }
            if found.count == 1 { return found[0] }
            if let misfit = found.first(where: { !fits(items[$0], at: offset, size: size) }) { return misfit }
        }
        return nil
    }

    // Whether an item of the body at `offset` has the described length.
    private func fits(_ item: Item, at offset: Int, size: Int) -> Bool {
        guard item.stride <= size.subtractingSaturated(item.offset) else { return false }
        guard table[item.child].kind == .array else { return true }
        let runs = Array(table.items(of: item.child))
        let arrays = ArrayResolver(region: region, table: table)
        return arrays.runs(for: runs, at: offset + item.offset, size: item.stride) != nil
    }

    private func isPointerArray(_ item: Item) -> Bool {
        guard !item.child.isNone else { return false }
        let child = table[item.child]
        if child.kind == .array { return child.needsResolution }
        return item.role == .subsection && table.items(of: item.child).contains(where: isPointerArray)
    }

    // Whether an item is an array whose elements may differ in size, or a subsection with such arrays.
    private func isElastic(_ item: Item) -> Bool {
        guard !item.child.isNone else { return false }
        if table[item.child].kind == .array {
            return table.items(of: item.child).contains { $0.count > 1 && ArrayResolver.mayVary($0, table) }
        }
        return item.role == .subsection && table.items(of: item.child).contains(where: isElastic)
    }

    private mutating func resolveItem(_ item: Item, at offset: Int, size: Int) -> Item {
        let isArray = !item.child.isNone && table[item.child].kind == .array
        if !isArray, let decode = table[type: item.type].decode {
            return decoded(item, decode, at: offset, size: size)
        }
        guard !item.child.isNone else { return item }
        let child = table[item.child]
        if child.size == size, !child.needsResolution { return item }
        var resolved = item
        resolved.child = resolve(item.child, at: offset, size: size)
        resolved.stride = size
        return resolved
    }

    // Decodes an opaque field. Its children are at a finer level than QEMU's reader.
    private mutating func decoded(_ item: Item, _ decode: FieldType.Decode, at offset: Int, size: Int) -> Item
    {
        var decoding = FieldDecoding(
            region: region, range: offset..<offset + size, template: item.child, section: section,
            table: table)
        let layout = decode(&decoding)
        var result = item
        result.stride = size
        result.child = layout.map { table[$0].size == size ? $0 : .none } ?? .none
        return result
    }

    private mutating func resolveArray(_ id: LayoutID, at offset: Int, size: Int) -> LayoutID {
        let runs = Array(table.items(of: id))
        let arrays = ArrayResolver(region: region, table: table)
        guard let found = arrays.runs(for: runs, at: offset, size: size) else {
            return table.layout(
                .array, [errorItem(at: offset, size: size, described: table[id].size, of: size)],
                needsResolution: false)
        }
        return table.layout(.array, resolveElements(found, at: offset), needsResolution: false)
    }

    // Uncertain elements become runs of one.
    private mutating func resolveElements(_ runs: [Item], at offset: Int) -> [Item] {
        var result: [Item] = []
        var position = offset
        for run in runs {
            guard isUncertain(run), run.count <= Self.elementLimit else {
                var kept = run
                if run.count > Self.elementLimit, !run.child.isNone, table[run.child].size != run.stride {
                    kept.child = .none
                }
                result.append(kept)
                position += run.size
                continue
            }
            for index in 0..<run.count {
                var element = run
                element.count = 1
                element.base = run.base + index
                result.append(resolveItem(element, at: position, size: run.stride))
                position += run.stride
            }
        }
        return result
    }

    private func isUncertain(_ run: Item) -> Bool {
        if table[type: run.type].decode != nil { return true }
        guard !run.child.isNone else { return false }
        return table[run.child].needsResolution || table[run.child].size != run.stride
    }

    /// The maximum number of uncertain elements in a run that are shown with their content.
    private static let elementLimit = 1 << 16

    private mutating func errorItem(at offset: Int, size: Int, described: Int, of actual: Int) -> Item {
        report(at: offset, size: size, described: described, of: actual)
        return Item(
            name: table.names.intern("@unexpected"), type: table.type(named: "error"), role: .error,
            stride: size)
    }

    private mutating func report(at offset: Int, size: Int, described: Int, of actual: Int) {
        mismatches.append(
            Mismatch(
                offset: offset, size: size, expected: "\(described) bytes as described",
                found: described == actual ? "other elements" : "\(actual) bytes in the stream"))
    }
}

extension Int {
    /// Returns the difference, or Int.min or Int.max on overflow.
    package func subtractingSaturated(_ other: Int) -> Int {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
