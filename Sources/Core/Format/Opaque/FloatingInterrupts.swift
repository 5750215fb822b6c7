import Bytes

/// `irqs`: floating interrupts of KVM on s390x, as the host has them (hw/intc/s390_flic_kvm.c, 5.2 to 11.1).
package enum FloatingInterrupts {
    /// Bytes of a struct kvm_s390_irq.
    private static let interruptSize = 72

    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? {
        field.read { reader throws(Mismatch) in
            let count = try reader.integer("count", as: UInt64.self)
            // All ones: KVM could not give them.
            guard count != .max else { return }
            try reader.array("irqs", "buffer", count: Int(clamping: count), stride: interruptSize)
        }
    }
}
