import Format
import Stream

/// Sections as a whole: unknown, missing, duplicate, opened and not closed, and their versions
/// (migration/savevm.c qemu_loadvm_section_start_full and _part_end, 7.2 and 10.0).
package enum SectionRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        doubled(&context)
        lifeCycle(&context)
        for section in context.sections where section.record.kind == .full || section.record.kind == .start {
            name(section, &context)
            version(section, &context)
        }
        absent(&context)
        undescribed(&context)
    }

    // A handler with both live and plain state writes a START and a FULL section with the same name.
    private static func doubled(_ context: inout CheckContext) {
        for section in context.sections where section.key.occurrence > 0 {
            // If the description lists the same number, QEMU wrote them.
            let isWritten = context.devices[section.key] != nil
            context.add(
                isWritten ? .note : .warning, .sectionDoubled, at: section.record.offset,
                size: section.record.size,
                "section \(section.name) #\(section.key.instance) is in the stream twice",
                hint: "the destination loads both; the last one wins")
        }
    }

    private static func lifeCycle(_ context: inout CheckContext) {
        var open: [UInt32: CheckedSection] = [:]
        for section in context.sections {
            switch section.record.kind {
            case .start: open[section.id] = section
            case .part, .end:
                if context.document.store.state.handlers[section.id] == nil { unopened(section, &context) }
                if section.record.kind == .end { open[section.id] = nil }
            default: break
            }
        }
        guard context.document.store.records.contains(where: { $0.kind == .endOfFile }) else { return }
        // The devices of a background snapshot follow its last RAM round; after a postcopy package, a live
        // section with nothing to send is not closed.
        let lastRound = context.sections.last { $0.record.kind != .full }
        let isSnapshot = lastRound?.record.kind == .part && context.sections.last?.record.kind == .full
        let isPostcopy = context.document.store.records.contains {
            $0.kind == .command && !$0.children.isEmpty
        }
        for section in open.values.sorted(by: { $0.record.offset < $1.record.offset })
        where !isWithoutBitmaps(section, context)
            && !BackupStateSection.isNamed(Array(section.name.utf8)[...])
        {
            let mayLackEnd = isPostcopy || isSnapshot && lastRound?.id == section.id
            context.add(
                mayLackEnd ? .note : .warning, .sectionNoEnd,
                at: section.record.offset, size: section.record.size,
                "\(section.name) has a START section and no END",
                hint:
                    "a background snapshot has none; otherwise, the last pass of \(section.name) is missing",
                certainty: .possible)
        }
    }

    // If no disk has a bitmap, the source sends the end mark at the start and nothing else (migration/block-dirty-
    // bitmap.c dirty_bitmap_is_active, 2.12 to 11.1).
    private static func isWithoutBitmaps(_ section: CheckedSection, _ context: CheckContext) -> Bool {
        section.key.name.elementsEqual("dirty-bitmap".utf8) && section.bodyEnd - section.bodyOffset == 1
            && context.region.byte(at: section.bodyOffset) == 1
    }

    private static func unopened(_ section: CheckedSection, _ context: inout CheckContext) {
        context.add(
            .error, .sectionUnopened, at: section.record.offset + 1, size: 4,
            "no START section has the id \(section.id)", hint: "the previous section may be damaged",
            qemu: .unopened(id: section.id))
    }

    private static func name(_ section: CheckedSection, _ context: inout CheckContext) {
        guard context.target != nil, context.targetSections[section.key] == nil,
            !TargetFacts.isOnlyRead(section.key, context)
        else { return }
        let others = context.targetSections.keys.filter { $0.name == section.key.name }.map(\.instance)
            .sorted()
        let nameStart = section.record.offset + 6
        let size = section.key.name.count
        context.add(
            .error, .sectionUnknown, at: others.isEmpty ? nameStart : nameStart + size,
            size: others.isEmpty ? size : 4,
            others.isEmpty
                ? "the destination has no section \(section.name)"
                : "the destination has \(section.name) only as #\(others.map(String.init).joined(separator: " #"))",
            hint: DeviceAdvice.advice(section.name),
            qemu: .unknownSection(section.name, section.key.instance))
    }

    private static func version(_ section: CheckedSection, _ context: inout CheckContext) {
        let described = context.devices[section.key]?.version
        let local = context.targetSections[section.key]?.version ?? described
        let found = section.version
        guard let local, found != local || described.map({ $0 != found }) ?? false else { return }
        let place = section.bodyOffset - 4
        if found > local {
            context.add(
                .error, .sectionVersion, at: place, size: 4,
                "version \(found), but the destination has \(local)",
                hint: "use an older machine type on the source, or a newer QEMU on the destination",
                qemu: .unsupportedVersion(found, of: section.name, local: local))
            return
        }
        old(section, local: local, &context)
    }

    private static func old(
        _ section: CheckedSection, local: UInt32, _ context: inout CheckContext
    ) {
        let structure = context.structureName(of: section)
        let found = section.version
        let minimum = context.minimums.minimum(of: structure, local: local)
        guard found < minimum else {
            context.add(
                .note, .sectionVersion, at: section.bodyOffset - 4, size: 4,
                "version \(found), but the destination has \(local)",
                hint: "older versions are usually accepted",
                certainty: .possible)
            return
        }
        context.add(
            .error, .sectionVersion, at: section.bodyOffset - 4, size: 4,
            "version \(found), but the destination has \(local)"
                + " and accepts \(minimum) and later",
            hint: minimum == local
                ? "the destination reads no older version: load it with a QEMU of the source's version (docs/breaks.md)"
                : "load it with a QEMU version between the two, and save it again",
            qemu: QEMULog(
                [], cause: QEMULog.tooOld(structure, found, minimum: minimum), in: section.wrapper))
    }

    package static func signed(_ version: UInt32) -> Int32 { Int32(bitPattern: version) }

    // Devices that only the target has: QEMU does not notice.
    private static func absent(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        let here = Dictionary(
            context.sections.lazy.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let described = Set(context.devices.keys)
        let records = context.document.store.records
        let hasEnd = records.contains { $0.kind == .endOfFile } && !records.contains(where: \.isCut)
        var place = context.sections.first?.record.offset ?? 0
        for section in target.store.checkedSections()
        where section.record.kind == .full || section.record.kind == .start {
            if let same = here[section.key] {
                place = same.record.end
            } else if !described.contains(section.key) || isBorrowed(context) {
                guard hasEnd else { return }
                context.add(
                    .note, .sectionAbsent, at: place,
                    "the destination has a section \(section.name) #\(section.key.instance) that the stream lacks",
                    hint: "QEMU loads it anyway and leaves that device in its reset state",
                    certainty: .possible)
            }
        }
    }

    private static func isBorrowed(_ context: CheckContext) -> Bool {
        context.document.store.description?.borrowedFrom != nil
    }

    // Without a target, the stream's own description lists the devices of its machine.
    private static func undescribed(_ context: inout CheckContext) {
        guard context.target == nil, let description = context.document.store.description,
            description.borrowedFrom == nil, description.devices.count > 0,
            !context.document.findings.contains(where: { $0.code == .descriptionJSON })
        else { return }
        for section in context.sections
        where section.record.kind == .full && context.devices[section.key] == nil {
            let nameStart = section.record.offset + 6
            let isNamed = context.devices.keys.contains { $0.name == section.key.name }
            context.add(
                .error, .sectionUndescribed, at: isNamed ? nameStart + section.key.name.count : nameStart,
                size: isNamed ? 4 : section.key.name.count,
                "section \(section.name) #\(section.key.instance) is not in the description",
                hint: "these bytes may be damaged",
                qemu: .unknownSection(section.name, section.key.instance),
                certainty: .likely)
        }
    }
}
