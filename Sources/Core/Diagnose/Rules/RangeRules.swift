import Bytes
import Format
import Stream

/// Values that the checks after loading refuse: those of `PostLoadRules`, and the run state.
package enum RangeRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        // One that remembers which layouts have rules at all.
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
            "globalstate: run state \(text) is not known",
            hint: "the source is newer, or these bytes are damaged",
            qemu: QEMULog(
                ["invalid parameter value: \(text)"],
                cause: .hook(structure: "globalstate", version: 1, minimum: 1, text: "", isInLines: false),
                in: section.wrapper), certainty: .likely)
    }
}
