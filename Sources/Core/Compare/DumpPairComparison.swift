import Bytes
import Diagnose
import Stream

/// A comparison of two outputs of `-dump-vmstate`: whether the second QEMU can load what the first writes.
///
/// Fields are compared in stream order, not by name alone: a field with another name and the same size loads
/// all the same. The dumps list what the binaries support, not what a machine has, and sizes in memory
/// (scripts/vmstate-static-checker.py of QEMU compares the same files).
package struct DumpPairComparison {
    /// A difference, and the certainty that it makes loading fail.
    package struct GradedDifference: Sendable {
        package var difference: Difference
        package var certainty: Finding.Certainty
        package var message: String
    }

    private let source: TargetDump
    private let target: TargetDump
    private var entries: [GradedDifference] = []

    package init(_ source: TargetDump, _ target: TargetDump) {
        self.source = source
        self.target = target
    }

    /// Sections that were renamed (QEMU 2.1 and 2.2).
    private static let renamed = ["ICH9 LPC": "ICH9-LPC", "e1000-82540em": "e1000"]

    /// Returns the differences in the order of the first dump. O(fields).
    package mutating func run() -> [GradedDifference] {
        entries = []
        let machines = (source.machine ?? "", target.machine ?? "")
        if machines.0 != machines.1 {
            add(
                .machine, .changed, "machine", machines.0, machines.1, .possible,
                "the dumps have different machine types, \(machines.0) and \(machines.1)")
        }
        let known = Dictionary(target.sections.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for section in source.sections {
            let path = PathText.escaped(section.name)
            let other = Self.renamed[section.name] ?? Self.renamed.first { $0.value == section.name }?.key
            guard let local = known[section.name] ?? other.flatMap({ known[$0] }) else {
                add(
                    .section, .removed, path, "v\(section.version)", "", .likely,
                    "the destination has no device \(section.name)")
                continue
            }
            versions(section.version, local.version, local.minimumVersion, path, section.name)
            guard let structure = section.structure else { continue }
            guard let there = local.structure else {
                add(
                    .section, .changed, path, structure.name, "", .certain,
                    "\(section.name) has no vmstate on the destination")
                continue
            }
            if structure.name != there.name {
                add(
                    .section, .changed, path, structure.name, there.name, .certain,
                    "the vmstate of \(section.name) is \(structure.name), but \(there.name) on the destination"
                )
            }
            compare(structure, there, path, depth: 0)
        }
        return entries
    }

    /// Returns the devices and subsections that only the second dump has: the first QEMU can't write them.
    package func additions() -> [GradedDifference] {
        let known = Set(source.sections.map(\.name))
        return target.sections.filter {
            !known.contains($0.name) && !known.contains(Self.renamed[$0.name] ?? "")
        }.map { section in
            GradedDifference(
                difference: Difference(
                    .section, .added, PathText.escaped(section.name), "", "v\(section.version)"),
                certainty: .possible, message: "the source has no device \(section.name)")
        }
    }

    private mutating func add(
        _ subject: Difference.Subject, _ change: Difference.Change, _ path: String, _ left: String,
        _ right: String, _ certainty: Finding.Certainty, _ message: String
    ) {
        let difference = Difference(subject, change, path, left, right)
        guard entries.last?.difference != difference else { return }
        entries.append(GradedDifference(difference: difference, certainty: certainty, message: message))
    }

    // MARK: Structures

    private static let depthLimit = 64

    // False when the target does not accept this version.
    @discardableResult
    private mutating func versions(
        _ version: Int, _ local: Int, _ minimum: Int, _ path: String, _ name: String
    ) -> Bool {
        if version > local {
            add(
                .version, .changed, path, "v\(version)", "v\(local)", .certain,
                "\(name) has version \(version), but the destination has \(local)")
        } else if version < minimum {
            add(
                .version, .changed, path, "v\(version)", "v\(minimum)…\(local)", .certain,
                "\(name) has version \(version), but the destination accepts \(minimum) and later")
        } else {
            return true
        }
        return false
    }

    private mutating func compare(
        _ here: TargetDump.Structure, _ there: TargetDump.Structure, _ path: String, depth: Int
    ) {
        guard depth < Self.depthLimit else { return }
        // The fields of a version that the target rejects are not read.
        let isTaken = versions(here.version, there.version, there.minimumVersion, path, here.name)
        if isTaken || here.version > there.version && !here.fields.isEmpty && !there.fields.isEmpty {
            fields(here, there, path, depth: depth)
        }
        // Two subsections may have the same name, as those of sd-card in 11.1; pair them in order.
        let known = Dictionary(grouping: there.subsections, by: \.name)
        var counts: [String: Int] = [:]
        for subsection in here.subsections {
            let inner = path + "/" + PathText.escaped(subsection.name)
            guard let local = known[subsection.name], let last = local.last else {
                add(
                    .subsection, .removed, inner, "v\(subsection.version)", "", .likely,
                    "the destination does not know subsection \(subsection.name)")
                continue
            }
            let number = counts[subsection.name, default: 0]
            counts[subsection.name] = number + 1
            let other = number < local.count ? local[number] : last
            compare(subsection, other, inner, depth: depth + 1)
        }
    }

    private static let unused = "unused"

    // Compares both lists in reading order; opens a structure when the other side has its fields.
    private mutating func fields(
        _ here: TargetDump.Structure, _ there: TargetDump.Structure, _ path: String, depth: Int
    ) {
        var left = here.fields[...]
        // The target does not read fields that are newer than the source's version.
        var right = there.fields.filter { $0.version <= max(here.version, 0) }[...]
        var steps = 0
        while let one = left.first, steps < 1 << 16 {
            steps += 1
            guard let two = right.first else {
                for field in left { gone(field, path) }
                left = []
                break
            }
            if one.name == two.name {
                pair(one, two, path, depth: depth)
                (left, right) = (left.dropFirst(), right.dropFirst())
            } else if Self.opens(two, one.name) {
                right = Self.opened(right)
            } else if Self.opens(one, two.name) {
                left = Self.opened(left)
            } else if one.name.hasPrefix(Self.unused) || two.name.hasPrefix(Self.unused) {
                guard padding(&left, &right, path) else { return }
            } else {
                unlike(&left, &right, path, depth: depth)
            }
        }
        for field in right { new(field, path) }
    }

    private static func opens(_ field: TargetDump.Field, _ name: String) -> Bool {
        field.structure.first?.fields.first?.name == name
    }

    private static func opened(_ fields: ArraySlice<TargetDump.Field>) -> ArraySlice<TargetDump.Field> {
        ((fields.first?.structure.first?.fields ?? []) + fields.dropFirst())[...]
    }

    // Dumps before 10.0 do not give the number of array elements.
    private static func sizes(_ one: TargetDump.Field, _ two: TargetDump.Field) -> (Int, Int) {
        one.count == nil || two.count == nil ? (one.size, two.size) : (size(one), size(two))
    }

    private static func size(_ field: TargetDump.Field) -> Int {
        field.size.multipliedReportingOverflow(by: max(field.count ?? 1, 1)).partialValue
    }

    // Unused bytes match fields of the same total size.
    private mutating func padding(
        _ left: inout ArraySlice<TargetDump.Field>, _ right: inout ArraySlice<TargetDump.Field>,
        _ path: String
    ) -> Bool {
        guard let one = left.popFirst(), let two = right.popFirst() else { return false }
        var sizes = (Self.size(one), Self.size(two))
        while sizes.0 != sizes.1 {
            if sizes.0 < sizes.1, two.name.hasPrefix(Self.unused), let next = left.popFirst() {
                sizes.0 += Self.size(next)
            } else if sizes.1 < sizes.0, one.name.hasPrefix(Self.unused), let next = right.popFirst() {
                sizes.1 += Self.size(next)
            } else {
                break
            }
        }
        guard sizes.0 != sizes.1 else { return true }
        add(
            .field, .changed, member(one.name, path), "\(sizes.0)", "\(sizes.1)", .likely,
            "\(sizes.0) bytes starting at field \(one.name) are \(sizes.1) unused bytes on the destination")
        return false
    }

    // Fields with different names: one is new, one is gone, or the field was renamed.
    private mutating func unlike(
        _ left: inout ArraySlice<TargetDump.Field>, _ right: inout ArraySlice<TargetDump.Field>,
        _ path: String,
        depth: Int
    ) {
        guard let one = left.first, let two = right.first else { return }
        let later = right.firstIndex { $0.name == one.name }
        let earlier = left.firstIndex { $0.name == two.name }
        if let later, earlier.map({ later - right.startIndex <= $0 - left.startIndex }) ?? true {
            for field in right[..<later] { new(field, path) }
            right = right[later...]
        } else if let earlier {
            for field in left[..<earlier] { gone(field, path) }
            left = left[earlier...]
        } else {
            (left, right) = (left.dropFirst(), right.dropFirst())
            if let inner = one.structure.first, let other = two.structure.first {
                compare(inner, other, member(one.name, path), depth: depth + 1)
            } else if Self.sizes(one, two).0 != Self.sizes(one, two).1
                || one.structure.isEmpty != two.structure.isEmpty
            {
                add(
                    .field, .changed, member(one.name, path), one.name, two.name, Self.certainty(one, two),
                    "field \(one.name) of \(Self.size(one)) bytes is \(two.name) of \(Self.size(two)) on the destination"
                )
            }
        }
    }

    private static func certainty(_ one: TargetDump.Field, _ two: TargetDump.Field) -> Finding.Certainty {
        one.isConditional || two.isConditional ? .possible : .likely
    }

    private func member(_ name: String, _ path: String) -> String { path + "/" + PathText.escaped(name) }

    // Without a size in the dump, the size is another field's; a validation may also be absent.
    private static func isRead(_ field: TargetDump.Field) -> Bool { field.size > 0 || !field.isConditional }

    private mutating func gone(_ field: TargetDump.Field, _ path: String) {
        guard Self.isRead(field) else { return }
        add(
            .field, .removed, member(field.name, path), "\(Self.size(field))", "",
            field.isConditional ? .possible : .likely, "the destination has no field \(field.name)")
    }

    private mutating func new(_ field: TargetDump.Field, _ path: String) {
        guard Self.isRead(field) else { return }
        add(
            .field, .added, member(field.name, path), "", "\(Self.size(field))",
            field.isConditional ? .possible : .likely, "the destination expects a field \(field.name)")
    }

    private mutating func pair(
        _ one: TargetDump.Field, _ two: TargetDump.Field, _ path: String, depth: Int
    ) {
        let path = member(one.name, path)
        guard let inner = one.structure.first else {
            let sizes = Self.sizes(one, two)
            guard sizes.0 != sizes.1 else { return }
            return add(
                .field, .changed, path, "\(sizes.0)", "\(sizes.1)", Self.certainty(one, two),
                "field \(one.name) has \(sizes.0) bytes, but \(sizes.1) on the destination")
        }
        guard let other = two.structure.first else {
            return add(
                .field, .changed, path, inner.name, "", Self.certainty(one, two),
                "field \(one.name) has no vmstate on the destination")
        }
        if let counts = one.count, let local = two.count, counts != local {
            add(
                .field, .changed, path, "\(counts)", "\(local)", Self.certainty(one, two),
                "field \(one.name) has \(counts) elements, but \(local) on the destination")
        }
        // The name of a nested vmstate is in the stream only as the beginning of its subsections' names.
        if inner.name != other.name {
            add(
                .field, .changed, path, inner.name, other.name,
                inner.subsections.isEmpty ? .possible : .likely,
                "the vmstate of field \(one.name) is \(inner.name), but \(other.name) on the destination")
        }
        compare(inner, other, path, depth: depth + 1)
    }
}

extension DumpPairComparison {
    /// Returns the findings of `check` for two dumps: whether the second QEMU loads what the first writes.
    package static func findings(_ source: TargetDump, _ target: TargetDump) -> [Finding] {
        var comparison = DumpPairComparison(source, target)
        return comparison.run().map { entry in
            let code: FindingCode =
                switch entry.difference.subject {
                case .machine: .machine
                case .section: .sectionUnknown
                case .version: .sectionVersion
                case .subsection: .subsectionUnknown
                case .field, .value, .ram: .fieldLayout
                }
            return Finding(
                CheckContext.severity(entry.certainty), code, offset: 0,
                message: entry.difference.subject == .machine
                    ? entry.message : "\(entry.difference.path): \(entry.message)",
                hint: entry.difference.subject == .machine
                    ? "use the same -machine for both dumps" : "", certainty: entry.certainty)
        }
    }
}
