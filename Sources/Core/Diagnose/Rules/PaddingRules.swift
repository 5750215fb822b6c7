/// Bytes that no one uses and that are not zero: no loader minds, but damage shows there.
package enum PaddingRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        var visitor = FieldVisitor(context.table) { $0.name == "unused_buffer" }
        for section in context.sections where section.record.kind == .full {
            for field in context.fields(
                of: section, in: context.document, context.devices[section.key], &visitor)
            {
                let isZero = context.region.span(field.offset..<field.offset + field.size).isAllZero
                guard !isZero else { continue }
                context.add(
                    .note, .unusedBytes, at: field.offset, size: field.size,
                    "\(section.name): \(field.size) unused bytes are not zero",
                    hint: "older versions kept a field here, or damage", certainty: .possible)
            }
        }
    }
}
