import Bytes
import Format

/// Finds the true runs of an array whose description can't be trusted.
///
/// QEMU writes a NULL element of an array of pointers as one byte 0x30 (migration/vmstate-types.c). Up to 7.2
/// the description treats all elements like element 0; 10.0 lists runs, with counts that may be wrong; 11.1
/// names the type `ptr-marker`. Each interpretation below is tried against the bytes and the size of the
/// array.
package struct ArrayResolver {
    package let region: MappedRegion
    package let table: LayoutTable

    package static let nullByte: UInt8 = 0x30

    /// Returns whether the announced runs must be checked against the bytes.
    package static func isUncertain(_ runs: [Item], _ table: LayoutTable) -> Bool {
        let hasMany = runs.contains { $0.count > 1 }
        return hasMany && runs.contains { isNull($0, table) || table[type: $0.type].name == "capability" }
    }

    package static func isNull(_ run: Item, _ table: LayoutTable) -> Bool {
        table[type: run.type].readerForm.isMarker
    }

    /// Returns whether elements of such a run can differ in size.
    package static func mayVary(_ run: Item, _ table: LayoutTable) -> Bool {
        guard !run.child.isNone else { return variableTypes.contains(table[type: run.type].name) }
        return table.items(of: run.child).contains { mayVary($0, table) }
    }

    private static let variableTypes: Set<String> = [
        "buffer", "capability", "qtailq", "qlist", "gtree", "virtio", "virtio-gpu", "virtio-gpu/blob",
        "scsi-requests", "usb-redir-parser", "usb-redir-bufpq", "usb-redir-packet-id-q", "msix state", "shpc",
        "virtio-net vhost-user backend state", "virtio-fs back-end state", "irqs", "virtqueue_extra_state",
    ]

    /// Returns the runs that fit `size` bytes at `offset`; nil if no interpretation does.
    package func runs(for announced: [Item], at offset: Int, size: Int) -> [Item]? {
        if let first = announced.first, announced.count == 1 {
            if table[type: first.type].name == "capability" {
                return counted(first, at: offset, size: size)
            }
            if !first.child.isNone, table[first.child].items.isEmpty, first.count > 1 {
                return undescribed(first, at: offset, size: size)
            }
        }
        let single = announced.map { run in
            var one = run
            one.count = 1
            return one
        }
        for isStrict in [true, false] {
            if let runs = [announced, single].first(where: {
                fits($0, at: offset, size: size, isStrict: isStrict)
            }) {
                return numbered(runs)
            }
        }
        return alternating(announced, at: offset, size: size)
    }

    // Later QEMUs may also mark non-null pointers; unless `isStrict`, any value of `ptr-marker` is accepted.
    private func fits(_ runs: [Item], at offset: Int, size: Int, isStrict: Bool) -> Bool {
        var used = 0
        for run in runs {
            let length = run.count.multipliedSaturated(by: run.stride)
            guard length <= size - used else { return false }
            if Self.isNull(run, table), isStrict || table[type: run.type].name != "ptr-marker",
                nullCount(at: offset + used, limit: run.count) != run.count
            {
                return false
            }
            used += length
        }
        return used == size
    }

    // The order of kinds is right but the counts are not: each run extends until the next kind begins.
    private func alternating(_ announced: [Item], at offset: Int, size: Int) -> [Item]? {
        guard let element = announced.first(where: { !Self.isNull($0, table) }),
            let null = announced.first(where: { Self.isNull($0, table) }), element.stride > 0,
            null.stride == 1
        else { return nil }
        var result: [Item] = []
        var used = 0
        while used < size {
            var run = null
            let nulls = nullCount(at: offset + used, limit: size - used)
            if nulls > 0 {
                run.count = nulls
            } else {
                run = element
                run.count = 0
                while used + run.size < size, region.byte(at: offset + used + run.size) != Self.nullByte {
                    run.count += 1
                }
            }
            used += run.size
            result.append(run)
        }
        return used == size ? numbered(result) : nil
    }

    /// The maximum number of present elements that is tried; each try reads the whole array.
    private static let mostPresent = 4096

    /// QEMU up to 7.2 announces all elements like element 0, a NULL. Each is a NULL or has one size, which is
    /// found here.
    private func undescribed(_ run: Item, at offset: Int, size: Int) -> [Item]? {
        guard size > run.count, run.count <= 1 << 16 else {
            return size == run.count && nullCount(at: offset, limit: size) == size
                ? numbered([nullRun(run, count: size)]) : nil
        }
        for present in 1..<max(min(run.count, Self.mostPresent), 0) + 1
        where (size - run.count) % present == 0 {
            let stride = (size - run.count) / present + 1
            if let runs = split(run, stride: stride, present: present, at: offset, size: size) {
                return numbered(runs)
            }
        }
        return nil
    }

    private func split(_ run: Item, stride: Int, present: Int, at offset: Int, size: Int) -> [Item]? {
        var result: [Item] = []
        var used = 0
        var left = (elements: run.count, present: present)
        while used < size, left.elements > 0 {
            let nulls = nullCount(at: offset + used, limit: min(left.elements - left.present, size - used))
            if nulls > 0 {
                result.append(nullRun(run, count: nulls))
                used += nulls
                left.elements -= nulls
                continue
            }
            guard left.present > 0, stride <= size - used else { return nil }
            var element = run
            element.child = .none
            element.count = 1
            element.stride = stride
            result.append(element)
            used += stride
            left = (left.elements - 1, left.present - 1)
        }
        return used == size && left == (0, 0) ? result : nil
    }

    private func nullRun(_ run: Item, count: Int) -> Item {
        // "nullptr" is a registered type, so its number does not depend on the table's growth.
        let type = table.type(named: "nullptr")
        return Item(type: type, role: run.role, count: count, stride: 1)
    }

    /// Reads counted texts, where each element contains its length.
    private func counted(_ run: Item, at offset: Int, size: Int) -> [Item]? {
        var result: [Item] = []
        var used = 0
        while used < size, let length = region.byte(at: offset + used), Int(length) < size - used {
            var element = run
            element.count = 1
            element.stride = 1 + Int(length)
            result.append(element)
            used += element.stride
        }
        return used == size ? numbered(result) : nil
    }

    private func nullCount(at offset: Int, limit: Int) -> Int {
        var count = 0
        while count < limit, region.byte(at: offset + count) == Self.nullByte { count += 1 }
        return count
    }

    private func numbered(_ runs: [Item]) -> [Item] {
        var base = 0
        return runs.map { run in
            var placed = run
            placed.base = base
            base += run.count
            return placed
        }
    }
}
