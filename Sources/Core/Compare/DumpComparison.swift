import Diagnose
import Stream

/// A comparison of a stream with the output of `-dump-vmstate`: versions, subsections and fields by name.
///
/// The dump lists what a binary supports, not what a machine has, and it gives sizes in memory. The
/// comparison therefore covers only what the stream contains, and the sizes only of plain integers.
package struct DumpComparison {
    package let document: Document
    package let dump: TargetDump

    package init(document: Document, dump: TargetDump) {
        self.document = document
        self.dump = dump
    }

    /// Returns the differences in the order of `Difference.Subject`. O(sections · fields).
    package func differences() -> [Difference] {
        var found: [Difference] = []
        let machine = document.store.machine
        if let local = dump.machine, machine != local {
            found.append(
                Difference(.machine, machine == nil ? .added : .changed, "machine", machine ?? "", local))
        }
        let context = CheckContext(document: document, target: nil, dump: dump)
        var seen: [String: Int] = [:]
        for section in context.sections where section.record.kind == .full {
            add(section, context, &found, &seen)
        }
        return Difference.Subject.allCases.flatMap { subject in found.filter { $0.subject == subject } }
    }

    private func add(
        _ section: CheckedSection, _ context: CheckContext, _ found: inout [Difference],
        _ seen: inout [String: Int]
    ) {
        let name = context.structureName(of: section)
        let label = PathText.escaped(section.key.name) + ":\(section.key.instance)"
        let version = section.version
        guard let candidates = dump.structures[name] else {
            // The dump lists most bus devices, but not most others.
            if section.name.contains("/"), TargetDump.isListed(name) {
                found.append(Difference(.section, .removed, label, "v\(version)"))
            }
            return
        }
        var results = candidates.map { (structure: $0, differences: [Difference]()) }
        if let body = context.layout(of: section) {
            let walk = DumpWalk(
                table: context.table, region: document.store.region, sectionVersion: Int(version))
            for index in results.indices {
                results[index].differences = walk.differences(
                    body.layout, results[index].structure, at: body.offset
                ).map { difference($0, label) }
            }
        }
        // The machine's device is the one that fits best.
        guard let best = results.min(by: { $0.differences.count < $1.differences.count }) else { return }
        if best.structure.version != Int(version) {
            found.append(
                Difference(.version, .changed, label, "v\(version)", "v\(best.structure.version)"))
        }
        for difference in best.differences { merge(difference, name, label, &found, &seen) }
    }

    // Devices of one kind have the same differences: report them once.
    private func merge(
        _ difference: Difference, _ name: String, _ label: String, _ found: inout [Difference],
        _ seen: inout [String: Int]
    ) {
        let key = "\(name) \(difference.path.dropFirst(label.count)) \(difference.left) \(difference.right)"
        if let number = seen[key] {
            if found[number].path.prefix(label.count) != label { found[number].also.append(label) }
        } else {
            seen[key] = found.count
            found.append(difference)
        }
    }

    private func difference(_ found: DumpWalk.Difference, _ label: String) -> Difference {
        let steps = found.chain.map(\.field) + (found.name.isEmpty ? [] : [found.name])
        let path = ([label] + steps.map { PathText.escaped($0) }).joined(separator: "/")
        let subject: Difference.Subject =
            switch found.kind {
            case .field: .field
            case .subsection: .subsection
            case .version: .version
            }
        let change: Difference.Change =
            found.left.isEmpty ? .added : found.right.isEmpty ? .removed : .changed
        var result = Difference(subject, change, path, found.left, found.right)
        result.leftRange = found.offset..<found.offset + found.size
        return result
    }
}
