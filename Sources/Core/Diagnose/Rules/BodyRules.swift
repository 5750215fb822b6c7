import Bytes
import Format
import Stream

/// Device sections and their description: lengths, subsections, footers (migration/vmstate.c and savevm.c
/// check_section_footer, 7.2 and 10.0).
package enum BodyRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        for section in context.sections where section.record.kind == .full { check(section, &context) }
    }

    private static func check(_ section: CheckedSection, _ context: inout CheckContext) {
        guard let device = context.devices[section.key] else { return }
        let isSound = context.isSound(section)
        let layout = isSound ? context.bodyLayout(section, device) : device.layout
        var loader = BodyLoader(
            context.region, table: context.table, at: section.bodyOffset, limit: context.region.count,
            skipsPlain: isSound)
        do throws(LoadFailure) {
            try loader.load(layout)
        } catch {
            // Otherwise a count leads past the end, and a check of the count may fail first.
            if loader.counted.contradiction == nil { return report(error, section, &context) }
        }
        guard loader.position != section.bodyEnd || !loader.absent.isEmpty else {
            return footer(section, &context)
        }
        report(loader, section, device, &context)
    }

    private static func report(
        _ failure: LoadFailure, _ section: CheckedSection, _ context: inout CheckContext
    ) {
        let hints: [LoadFailure.Reason: String] = [
            .end: "the file is cut: copy it again, or save again",
            .subsectionUnknown:
                "the source has a feature that the destination lacks, or these bytes are damaged",
            .subsectionVersion: "the source is newer than the destination, or these bytes are damaged",
        ]
        let isBorrowed = context.document.store.description?.borrowedFrom != nil
        // A borrowed description lists the parts that its own guest needed, not those that the target knows.
        let certainty: Finding.Certainty =
            isBorrowed && failure.kind == .subsectionUnknown ? .likely : .certain
        context.add(
            CheckContext.severity(certainty), failure.findingCode, at: failure.offset,
            size: failure.size,
            "\(section.name): \(failure.message)", hint: hints[failure.kind] ?? "",
            qemu: failure.log(in: section.wrapper), certainty: certainty
        )
    }

    // Reports that the loader stops at another place than the end of the section.
    private static func report(
        _ loader: BodyLoader, _ section: CheckedSection, _ device: DescribedDevice,
        _ context: inout CheckContext
    ) {
        if let (offset, size, name) = loader.counted.contradiction {
            return context.add(
                .error, .sectionSize, at: offset, size: size,
                "\(section.name): \(name) announces a different amount of data than the description lists",
                hint: "these bytes are damaged",
                qemu: failure(section, device, context)
                    ?? .missingFooter(section.name, id: section.id))
        }
        let size = section.bodyEnd - section.bodyOffset
        let expected = context.table[device.layout].size
        let place = self.place(loader, section, expected: expected, context)
        let lost = size - expected
        let words =
            lost == 0
            ? "subsection \(loader.absent.first.map { context.table.names.text($0.name) } ?? "") is not where the description places it"
            : "\(abs(lost)) bytes \(lost > 0 ? "more" : "less") than the description says (\(size), not \(expected))"
        context.add(
            .error, lost == 0 ? .subsectionUnknown : .sectionSize, at: place,
            size: lost == 0 ? 2 : abs(lost),
            "\(section.name): \(words)",
            hint:
                "the first doubtful byte is here; the section was not written by the code that wrote the description, or it is damaged",
            qemu: failure(section, device, context)
                ?? .missingFooter(section.name, id: section.id))
    }

    // The loader's failure on shifted bytes, when a value among them stops it before the footer.
    private static func failure(
        _ section: CheckedSection, _ device: DescribedDevice, _ context: CheckContext
    ) -> QEMULog? {
        let (table, layout) = context.pointerLayout(section.key) ?? (context.table, device.layout)
        var loader = BodyLoader(
            context.region, table: table, at: section.bodyOffset, limit: context.region.count,
            skipsPlain: false, judge: FieldJudge(section.key, received: section, context, table: table))
        do throws(LoadFailure) {
            try loader.load(layout)
            return nil
        } catch {
            return error.log(in: section.wrapper)
        }
    }

    private static func place(
        _ loader: BodyLoader, _ section: CheckedSection, expected: Int, _ context: CheckContext
    ) -> Int {
        if let model = context.targetSections[section.key], let target = context.target,
            model.bodyEnd - model.bodyOffset == expected
        {
            let (region, other) = (context.region, target.store.region)
            let found = ShiftSearch.place(
                region.span(section.bodyOffset..<section.bodyEnd),
                other.span(model.bodyOffset..<model.bodyEnd))
            if let found { return section.bodyOffset + found }
        }
        let size = section.bodyEnd - section.bodyOffset
        var shift = PlausibleShift(context.region, table: context.table)
        if size != expected, let layout = context.devices[section.key]?.layout,
            let found = shift.place(layout, at: section.bodyOffset, size: size)
        {
            return section.bodyOffset + found
        }
        if let first = loader.absent.first { return first.offset }
        return min(loader.position, section.bodyEnd)
    }

    // The body is as described; check what follows it.
    private static func footer(_ section: CheckedSection, _ context: inout CheckContext) {
        guard context.document.store.state.hasFooters != false, section.bodyEnd < context.region.count else {
            return
        }
        let region = context.region
        guard let mark = region.byte(at: section.bodyEnd), mark == SectionType.footer.rawValue else {
            let found = "0x" + Hex.digits(UInt64(region.byte(at: section.bodyEnd) ?? 0), width: 2)
            return context.add(
                .error, .footerMissing, at: section.bodyEnd, size: 1,
                "expected 7e (FOOTER) after \(section.name), found \(found)",
                hint: "the device writes other bytes than it reads, or these bytes are damaged",
                qemu: .missingFooter(section.name, id: section.id))
        }
        guard let id = region.bigEndian(UInt32.self, at: section.bodyEnd + 1), id != section.id else {
            return
        }
        let (read, wanted) = ("0x" + Hex.digits(UInt64(id)), "0x" + Hex.digits(UInt64(section.id)))
        context.add(
            .error, .footerID, at: section.bodyEnd + 1, size: 4,
            "expected section id \(wanted), found \(read)",
            hint: "the footer or the id in the section's header is damaged",
            qemu: .wrongFooter(section.name, read: id, expected: section.id))
    }
}

/// Fields that must equal the target's (migration/vmstate-types.c, `… equal` and `int32 le`, 7.2 and 10.0).
package enum EqualityRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        for pair in context.pairs({ $0.name.hasSuffix(" equal") || $0.name == "int32 le" }) {
            guard (1...8).contains(pair.received.size), pair.received.size == pair.local.size else {
                continue
            }
            let (region, other) = (context.region, target.store.region)
            let received = region.span(pair.received.offset..<pair.received.offset + pair.received.size)
            let local = other.span(pair.local.offset..<pair.local.offset + pair.local.size)
            if pair.received.type == "int32 le" {
                atMost(IntegerFields.signedValue(received), IntegerFields.signedValue(local), pair, &context)
            } else {
                equal(received.bigEndianValue, local.bigEndianValue, pair, &context)
            }
        }
    }

    private static func equal(
        _ received: UInt64, _ local: UInt64, _ pair: FieldPair, _ context: inout CheckContext
    ) {
        guard received != local else { return }
        add(
            .fieldEqual, pair, "\(received), the destination has \(local)",
            message: .unequal(local, received), &context)
    }

    // Negative values and those above the target's are refused.
    private static func atMost(
        _ received: Int64, _ local: Int64, _ pair: FieldPair, _ context: inout CheckContext
    ) {
        guard received < 0 || received > local else { return }
        add(
            .fieldLE, pair, "\(received), but the destination accepts at most \(local)",
            message: .above(received, limit: local), &context)
    }

    private static func add(
        _ code: FindingCode, _ pair: FieldPair, _ words: String, message: QEMUMessage,
        _ context: inout CheckContext
    ) {
        let name = pair.received.chain.last.map { "\($0.structure):\($0.field)" } ?? ""
        context.add(
            .error, code, at: pair.received.offset, size: pair.received.size,
            "\(pair.section.name): \(name) is \(words)",
            hint: "a property of this device differs between source and destination",
            qemu: QEMULog([], cause: .value(message), chain: pair.received.chain, in: pair.section.wrapper))
    }
}

/// Values that checks after loading refuse: those of `PostLoadRules`, and the run state.
package enum RangeRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        // One judge for all sections, which caches the layouts that have rules.
        var finder = FieldJudge(recording: context.document)
        for section in context.sections where section.record.kind == .full {
            guard let body = context.layout(of: section), finder.wants(body.layout) else { continue }
            look(at: section, body.layout, &context)
        }
        runState(&context)
    }

    private static func look(
        at section: CheckedSection, _ layout: LayoutID, _ context: inout CheckContext
    ) {
        let judge = FieldJudge(
            section.key, received: section, context, table: context.table, judgesFields: false)
        var loader = BodyLoader(
            context.region, table: context.table, at: section.bodyOffset, limit: section.bodyEnd,
            skipsPlain: true, judge: judge)
        do throws(LoadFailure) {
            try loader.load(layout)
        } catch {
            // Other failures are reported by `BodyRules`.
            guard error.kind == .value else { return }
            context.add(
                .error, error.findingCode, at: error.offset, size: error.size,
                "\(section.name): \(error.message)",
                hint: error.hint,
                qemu: error.log(in: section.wrapper))
        }
    }

    // qapi/run-state.json, 7.2 to 11.1
    private static let runStates: Set<String> = [
        "debug", "inmigrate", "internal-error", "io-error", "paused", "postmigrate", "prelaunch",
        "finish-migrate",
        "restore-vm", "running", "save-vm", "shutdown", "suspended", "watchdog", "guest-panicked", "colo",
        "preconfig",
    ]

    private static func runState(_ context: inout CheckContext) {
        guard let section = context.sections.first(where: { $0.name == "globalstate" }),
            let body = context.layout(of: section)
                ?? context.devices[section.key].map({ ($0.layout, section.bodyOffset) }),
            let item = context.table.items(of: body.layout).first(where: {
                context.table.names.bytes($0.name).elementsEqual("runstate".utf8)
            })
        else { return }
        let offset = body.offset + item.offset
        guard offset + item.size <= context.region.count else { return }
        let bytes = context.region.copy(offset..<offset + item.size).prefix { $0 != 0 }
        let text = DisplayText.escaped(bytes: bytes)
        guard !runStates.contains(text) else { return }
        context.add(
            .error, .valueRange, at: offset, size: bytes.count,
            "globalstate: run state \(text) is unknown",
            hint: "the source is newer, or these bytes are damaged",
            qemu: QEMULog(
                ["invalid parameter value: \(text)"],
                cause: .hook(structure: "globalstate", version: 1, minimum: 1, text: "", isInLines: false),
                in: section.wrapper), certainty: .likely)
    }
}

/// Unused bytes that are not zero: loaders ignore them, but they are a sign of damage.
package enum PaddingRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        context.forEachField({ $0.name == "unused_buffer" }) { field, section, context in
            let isZero = context.region.span(field.offset..<field.offset + field.size).isAllZero
            guard !isZero else { return }
            context.add(
                .note, .unusedBytes, at: field.offset, size: field.size,
                "\(section.name): \(field.size) unused bytes are not zero",
                hint: "older versions stored a field here, or these bytes are damaged", certainty: .possible)
        }
    }
}
