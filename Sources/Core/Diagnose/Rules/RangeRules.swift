/// Values that the checks after loading refuse: those of `PostLoadRules`, and the run state.
enum RangeRules: CheckRule {
    static func check(_ context: inout CheckContext) {
        var visitor = FieldVisitor(context.table) {
            ["uint8", "uint16", "uint32", "int32"].contains($0.name)
        }
        for section in context.sections where section.record.kind == .full {
            let name = context.structureName(of: section)
            guard PostLoadRules.has(name) else { continue }
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
            let rule = PostLoadRules.rules(of: step.structure).first(where: { $0.field == step.field })
        else { return }
        let bytes = context.region.span(field.offset..<field.offset + field.size)
        let value =
            field.type == "int32" ? IntegerFields.signedValue(bytes) : Int64(clamping: bytes.bigEndianValue)
        guard !rule.isGood(value), !has(rule.subsection, section, context) else { return }
        context.add(
            .error, rule.code, at: field.offset, size: field.size,
            "\(section.name): \(step.field) is \(value)", hint: rule.hint,
            qemu: QEMULog.text(
                [rule.line(value)] + QEMULog.fields(field.chain.dropLast()), in: section.wrapper, rule.failure
            ))
    }

    private static func has(
        _ subsection: String, _ section: CheckedSection, _ context: CheckContext
    ) -> Bool {
        let pattern = Array(subsection.utf8)
        guard !pattern.isEmpty else { return false }
        return (section.bodyOffset..<max(section.bodyOffset, section.bodyEnd)).contains {
            context.region.byte(at: $0) == SectionType.subsection.rawValue
                && context.region.matches(pattern, at: $0 + 2)
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
