/// Values that the checks after loading refuse. One line each.
enum RangeRules: CheckRule {
    private struct Rule: Sendable {
        var structure: String
        var field: String
        var isGood: @Sendable (Int64) -> Bool
        /// What QEMU says; `%` stands for the value.
        var line: String
        var failure = QEMULog.Failure.invalid
    }

    private static let rules: [Rule] = [
        // hw/timer/hpet.c
        Rule(
            structure: "hpet", field: "num_timers", isGood: { (3...32).contains($0) },
            line: "Input validation failed: hpet/num_timers in range", failure: .notPermitted),
        // hw/char/serial.c serial_post_load
        Rule(
            structure: "serial", field: "tsr_retry", isGood: { (0...4).contains($0) },
            line: "inconsistent state in serial device (tsr not empty, tsr_retry=%", failure: .notPermitted),
    ]

    static func check(_ context: inout CheckContext) {
        var visitor = FieldVisitor(context.table) {
            ["uint8", "uint16", "uint32", "int32"].contains($0.name)
        }
        let structures = Set(rules.map(\.structure))
        for section in context.sections where section.record.kind == .full {
            let name = context.structureName(of: section)
            guard structures.contains(name) else { continue }
            for field in context.fields(
                of: section, in: context.document, context.devices[section.key], &visitor)
            {
                look(at: field, section, &context)
            }
        }
        runState(&context)
    }

    private static func look(at field: VisitedField, _ section: CheckedSection, _ context: inout CheckContext)
    {
        guard let step = field.chain.last,
            let rule = rules.first(where: { $0.structure == step.structure && $0.field == step.field })
        else { return }
        let bytes = context.region.span(field.offset..<field.offset + field.size)
        let value =
            field.type == "int32" ? IntegerFields.signedValue(bytes) : Int64(clamping: bytes.bigEndianValue)
        guard !rule.isGood(value) else { return }
        let line = rule.line.split(separator: "%", omittingEmptySubsequences: false).joined(
            separator: String(value))
        context.add(
            .error, "value-range", at: field.offset, size: field.size,
            "\(section.name): \(step.field) is \(value)",
            hint: "these bytes are damaged", qemu: QEMULog.text([line], in: section.wrapper, rule.failure))
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
            let body = context.layout(of: section),
            let item = context.table.items(of: body.layout).first(where: {
                context.table.names.bytes($0.name).elementsEqual("runstate".utf8)
            })
        else { return }
        let offset = body.offset + item.offset
        let bytes = context.region.copy(offset..<offset + item.size).prefix { $0 != 0 }
        let text = DisplayText.escaped(bytes: bytes)
        guard !runStates.contains(text) else { return }
        context.add(
            .error, "value-range", at: offset, size: bytes.count,
            "globalstate: run state \(text) is not known",
            hint: "the source is newer, or these bytes are damaged",
            qemu: QEMULog.text(["Invalid parameter '\(text)'"], in: section.wrapper), certainty: .likely)
    }
}
