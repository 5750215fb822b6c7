import Bytes
import Stream

/// What the sections consist of, against the target's stream: fields and subsections.
package enum StructureRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let target = context.target, context.document.description?.borrowedFrom == nil else { return }
        for section in context.sections where section.record.kind == .full && context.isSound(section) {
            guard let here = context.devices[section.key], let there = context.targetDevices[section.key],
                let model = context.targetSections[section.key],
                model.record.version == section.record.version
            else { continue }
            let walk = StructureWalk(
                region: context.region, received: context.table, local: target.table)
            let layout = context.layout(of: section)?.layout ?? here.layout
            let base = layout == here.layout ? section.bodyOffset : section.record.offset
            var differences: [StructureWalk.Difference] = []
            walk.compare(layout, there.layout, at: base, chain: [], &differences)
            for difference in differences.prefix(8) { report(difference, section, &context) }
        }
    }

    private static func report(
        _ difference: StructureWalk.Difference, _ section: CheckedSection, _ context: inout CheckContext
    ) {
        // What the loader makes of it, reading with the target's description tells.
        context.add(
            .note,
            difference.kind == .field ? .fieldLayout : .subsectionLayout,
            at: difference.offset, size: difference.size, "\(section.name): \(difference.message)",
            hint: "versions or properties of this device differ between source and destination",
            certainty: .possible)
    }
}
