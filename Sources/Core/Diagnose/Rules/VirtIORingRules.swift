import Bytes

/// Queues against the rings in guest memory: what is in flight fits the ring (hw/virtio/virtio.c virtio_load,
/// 7.2 and 10.0).
package enum VirtIORingRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        guard let rings = context.rings else { return }
        for ring in rings.rings {
            let region = context.region
            if let available = rings.index(ring.available, of: ring, region),
                available &- ring.lastAvailable > ring.size
            {
                ahead(ring, available, &context)
            } else if let used = rings.index(ring.used, of: ring, region),
                ring.lastAvailable &- used > ring.size
            {
                inFlight(ring, used, &context)
            }
        }
    }

    private static let hint = "RAM and device state are not of one moment: another snapshot, or lost pages"

    // The device is marked broken, and loading goes on.
    private static func ahead(_ ring: VirtIORings.Ring, _ available: UInt16, _ context: inout CheckContext) {
        let delta = available &- ring.lastAvailable
        context.add(
            .warning, .virtioQueues, at: ring.offset, size: 2,
            "\(ring.section.name): VQ \(ring.number) size 0x\(hex(ring.size)) Guest index 0x\(hex(available)) "
                + "inconsistent with Host index 0x\(hex(ring.lastAvailable)): delta 0x\(hex(delta))",
            hint: hint, certainty: .likely)
    }

    private static func inFlight(_ ring: VirtIORings.Ring, _ used: UInt16, _ context: inout CheckContext) {
        let line =
            "VQ \(ring.number) size 0x\(hex(ring.size)) < last_avail_idx 0x\(hex(ring.lastAvailable)) - "
            + "used_idx 0x\(hex(used))"
        context.add(
            .error, .virtioQueues, at: ring.offset, size: 2,
            "\(ring.section.name): more is in flight in queue \(ring.number) than its ring holds", hint: hint,
            qemu: QEMULog([line], cause: .field, chain: ring.chain, in: ring.section.wrapper, .notPermitted))
    }

    private static func hex(_ number: some BinaryInteger) -> String { Hex.digits(UInt64(number)) }
}
