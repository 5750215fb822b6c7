import Bytes
import Format

/// Fields that must be as the target has them (migration/vmstate-types.c, `… equal` and `int32 le`, 7.2 and 10.0).
package enum EqualityRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let target = context.target else { return }
        for pair in context.pairs({ $0.name.hasSuffix(" equal") || $0.name == "int32 le" }) {
            guard (1...8).contains(pair.received.size), pair.received.size == pair.local.size else {
                continue
            }
            let (region, other) = (context.region, target.region)
            let received = region.span(pair.received.offset..<pair.received.offset + pair.received.size)
            let local = other.span(pair.local.offset..<pair.local.offset + pair.local.size)
            if pair.received.type == "int32 le" {
                atMost(IntegerFields.signedValue(received), IntegerFields.signedValue(local), pair, &context)
            } else {
                equal(received.bigEndianValue, local.bigEndianValue, pair, &context)
            }
        }
    }

    /// What QEMU prints for a value that it refuses; nil for others.
    package static func refusal(_ type: String, _ received: RawSpan, _ local: RawSpan) -> QEMUMessage? {
        guard type == "int32 le" else {
            let values = (local.bigEndianValue, received.bigEndianValue)
            return values.0 == values.1 ? nil : .unequal(values.0, values.1)
        }
        let values = (IntegerFields.signedValue(local), IntegerFields.signedValue(received))
        return (0...max(values.0, 0)).contains(values.1) ? nil : .above(values.1, limit: values.0)
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
            .fieldLE, pair, "\(received), the destination accepts at most \(local)",
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
