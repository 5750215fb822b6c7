import Bytes
import Stream

/// The fields and subsections of the sections, compared with the target's stream.
package enum StructureRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        if target.store.description == nil, context.document.store.description != nil {
            context.add(
                .note, .descriptionTarget, at: 0, size: 0,
                "the destination's stream has no description: fields of devices are not compared",
                hint: "save it without -machine suppress-vmdesc=on", certainty: .possible)
        }
        guard context.document.store.description?.borrowedFrom == nil else { return }
        for section in context.sections where section.record.kind == .full && context.isSound(section) {
            guard let here = context.devices[section.key], let there = context.targetDevices[section.key],
                let model = context.targetSections[section.key],
                model.version == section.version
            else { continue }
            let walk = StructureWalk(
                region: context.region, received: context.table, local: target.store.table)
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
        // Reading with the target's description shows the effect on the loader.
        context.add(
            .note,
            difference.kind == .field ? .fieldLayout : .subsectionLayout,
            at: difference.offset, size: difference.size, "\(section.name): \(difference.message)",
            hint: "versions or properties of this device differ between source and destination",
            certainty: .possible)
    }
}

/// Predictions from the target's `-dump-vmstate`: versions, subsections, fields (migration/vmstate.c).
///
/// The dump lists what a binary supports, not what the machine has, and sizes in memory. Several devices may
/// share a vmstate's name; then only a refusal by all of them is certain.
package enum DumpRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let dump = context.dump else { return }
        for section in context.sections where section.record.kind == .full {
            let name = context.structureName(of: section)
            guard let candidates = dump.structures[name] else {
                unlisted(section, name, &context)
                continue
            }
            version(section, name, candidates, &context)
            guard let body = context.layout(of: section) else { continue }
            let walk = DumpWalk(
                table: context.table, region: context.document.store.region,
                sectionVersion: Int(section.version))
            let results = candidates.map { walk.differences(body.layout, $0, at: body.offset) }
            // The machine's device is the one that fits best.
            guard let best = results.min(by: { $0.count < $1.count }) else { continue }
            for difference in best.prefix(8) { report(difference, section, &context) }
        }
    }

    private static func version(
        _ section: CheckedSection, _ name: String, _ candidates: [TargetDump.Structure],
        _ context: inout CheckContext
    ) {
        let found = Int(section.version)
        let newest = candidates.map(\.version).max() ?? 0
        let oldest = candidates.map(\.minimumVersion).min() ?? 0
        if found > newest {
            context.add(
                .error, .sectionVersion, at: section.bodyOffset - 4, size: 4,
                "\(section.name): version \(found), but the destination has \(newest)",
                hint: "use an older machine type on the source",
                qemu: .unsupportedVersion(
                    section.version, of: section.name, local: UInt32(clamping: newest)))
        } else if found < oldest {
            context.add(
                .error, .sectionVersion, at: section.bodyOffset - 4, size: 4,
                "\(section.name): version \(found), but the destination accepts \(oldest) and later",
                hint: "load it with a QEMU version between the two, and save it again",
                qemu: QEMULog(
                    [],
                    cause: QEMULog.tooOld(name, section.version, minimum: UInt32(clamping: oldest)),
                    in: section.wrapper))
        }
    }

    // The dump lists most bus devices, but not most others; some devices set their vmstate at run time.
    private static func unlisted(_ section: CheckedSection, _ name: String, _ context: inout CheckContext) {
        guard section.name.contains("/"), section.name.first?.isNumber ?? false, TargetDump.isListed(name)
        else { return }
        context.add(
            .note, .sectionUnknown, at: section.record.offset + 6, size: section.key.name.count,
            "\(section.name): the destination lists no vmstate \(name)",
            hint: DeviceAdvice.advice(section.name),
            qemu: .unknownSection(section.name, section.key.instance),
            certainty: .possible)
    }

    private static func report(
        _ difference: DumpWalk.Difference, _ section: CheckedSection, _ context: inout CheckContext
    ) {
        let qemu: QEMULog =
            switch difference.kind {
            case .subsection:
                QEMULog(
                    [], cause: .unknownSubsection(name: difference.name, parent: difference.parent),
                    chain: difference.chain, subsections: difference.subsections, in: section.wrapper,
                    .noEntry)
            case .version:
                QEMULog(
                    [], cause: difference.cause, chain: difference.chain,
                    subsections: difference.subsections, in: section.wrapper)
            case .field: .missingFooter(section.name, id: section.id)
            }
        let codes: [DumpWalk.Level: FindingCode] = [
            .subsection: .subsectionUnknown, .version: .subsectionVersion, .field: .fieldLayout,
        ]
        context.add(
            CheckContext.severity(difference.certainty), codes[difference.kind] ?? .fieldLayout,
            at: difference.offset,
            size: difference.size, "\(section.name): \(difference.message)",
            hint: context.dump?.machine == context.document.store.machine
                ? "source and destination have different QEMU versions"
                : "the destination's QEMU has a different version: use a machine type that both have",
            qemu: qemu,
            certainty: difference.certainty)
    }
}
