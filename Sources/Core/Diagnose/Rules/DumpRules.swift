import Stream

/// Predictions from the target's `-dump-vmstate`: versions, subsections, fields (migration/vmstate.c).
///
/// The dump lists what a binary can have, not what the machine has, and sizes in memory; several devices may
/// share a vmstate's name, and then only what all of them refuse is sure.
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
                table: context.table, region: context.document.region,
                sectionVersion: Int(section.record.version))
            let results = candidates.map { walk.differences(body.layout, $0, at: body.offset) }
            // The device that fits best is the one that the machine has.
            guard let best = results.min(by: { $0.count < $1.count }) else { continue }
            for difference in best.prefix(8) { report(difference, section, &context) }
        }
    }

    private static func version(
        _ section: CheckedSection, _ name: String, _ candidates: [TargetDump.Structure],
        _ context: inout CheckContext
    ) {
        let found = Int(section.record.version)
        let newest = candidates.map(\.version).max() ?? 0
        let oldest = candidates.map(\.minimumVersion).min() ?? 0
        if found > newest {
            context.add(
                .error, "section-version", at: section.bodyOffset - 4, size: 4,
                "\(section.name): version \(found), the target has \(newest)",
                hint: "use an older machine type at the source",
                qemu: QEMULog.text(
                    [
                        "savevm: unsupported version \(SectionRules.signed(section.record.version)) for '\(section.name)' v\(newest)"
                    ]))
        } else if found < oldest {
            context.add(
                .error, "section-version", at: section.bodyOffset - 4, size: 4,
                "\(section.name): version \(found), the target accepts \(oldest) and later",
                hint: "load it with a QEMU between the two and save again",
                qemu: QEMULog.text(
                    [
                        "\(name): incoming version_id \(found) is too old for local minimum version_id  \(oldest)"
                    ],
                    in: section.wrapper))
        }
    }

    // Only devices of a bus are mostly listed; some set their vmstate at run time.
    private static func unlisted(_ section: CheckedSection, _ name: String, _ context: inout CheckContext) {
        guard section.name.contains("/"), section.name.first?.isNumber ?? false, TargetDump.isListed(name)
        else { return }
        context.add(
            .note, "section-unknown", at: section.record.offset + 6, size: section.key.name.count,
            "\(section.name): the target lists no vmstate \(name)", hint: DeviceAdvice.advice(section.name),
            qemu: QEMULog.text([SectionRules.unknownLine(section.name, section.record.instance)]),
            certainty: .possible)
    }

    private static func report(
        _ difference: DumpWalk.Difference, _ section: CheckedSection, _ context: inout CheckContext
    ) {
        let qemu: String =
            switch difference.kind {
            case .subsection: QEMULog.text(QEMULog.fields(difference.chain), in: section.wrapper, .noEntry)
            case .version:
                QEMULog.text([difference.line] + QEMULog.fields(difference.chain), in: section.wrapper)
            case .field: QEMULog.text(["Missing section footer for \(section.name)"])
            }
        let codes: [DumpWalk.Kind: String] = [
            .subsection: "subsection-unknown", .version: "subsection-version", .field: "field-layout",
        ]
        context.add(
            CheckContext.severity(difference.certainty), codes[difference.kind] ?? "field-layout",
            at: difference.offset,
            size: difference.size, "\(section.name): \(difference.message)",
            hint: "the target's QEMU is of another version: use a machine type that both have", qemu: qemu,
            certainty: difference.certainty)
    }
}
