import Bytes

/// The loader's comparison of a virtio device's field with its own, and its message. One entry per field.
package struct VirtIOComparison: Sendable {
    /// The reason for a refusal; nil for a valid value. When `lines` is empty, nothing is printed.
    package struct Refusal {
        package var lines: [String] = []
        /// The message for a field that must be equal.
        package var message: QEMUMessage?
        /// The field that QEMU names, if any.
        package var field: String?
        /// The VMState of the field `tmp` that runs the check.
        package var check = ""

        /// The cause of the loader's failure.
        package var cause: QEMULog.Cause {
            if let message { return .value(message) }
            return check.isEmpty
                ? .field : .hook(structure: check, version: 0, minimum: 0, text: "", isInLines: false)
        }
    }

    package var names: [String]
    package var refusal: @Sendable (_ received: UInt64, _ local: UInt64) -> Refusal?

    private static let all: [VirtIOComparison] = [
        // hw/net/virtio-net.c virtio_net_vnet_post_load and virtio_net_ufo_post_load: requirements for the
        // back end
        VirtIOComparison(names: ["has_vnet_hdr"]) { received, local in
            received != 0 && local == 0
                ? Refusal(
                    lines: ["virtio-net: saved image requires vnet_hdr=on"], field: "tmp",
                    check: "virtio-net-vnet") : nil
        },
        VirtIOComparison(names: ["has_ufo"]) { received, local in
            received != 0 && local == 0
                ? Refusal(
                    lines: ["virtio-net: saved image requires TUN_F_UFO support"], field: "tmp",
                    check: "virtio-net-ufo") : nil
        },
        // hw/virtio/virtio-mem.c virtio_mem_mig_sanity_checks_post_load
        changed("addr", "'memaddr' changed"), changed("region_size", "'memdev' size changed"),
        changed("block_size", "'block-size' changed"),
        VirtIOComparison(names: ["node"]) { received, local in
            received != local
                ? Refusal(
                    lines: ["Property 'node' changed from \(received) to \(local)"], field: "tmp",
                    check: memoryChecks) : nil
        },
    ]

    private static let memoryChecks = "virtio-mem-device/sanity-checks"

    private static func changed(_ name: String, _ words: String) -> VirtIOComparison {
        VirtIOComparison(names: [name]) { received, local in
            received != local
                ? Refusal(
                    lines: ["Property \(words) from 0x\(Hex.digits(received)) to 0x\(Hex.digits(local))"],
                    field: "tmp", check: memoryChecks) : nil
        }
    }

    // Types that end in `equal` (migration/vmstate-types.c).
    private static let equal = VirtIOComparison(names: []) { received, local in
        received != local
            ? Refusal(message: .unequal(local, received), field: "") : nil
    }

    // hw/char/virtio-serial-bus.c prints nothing about a different map of ports.
    private static let ports = VirtIOComparison(names: ["ports_map"]) { _, _ in Refusal() }

    private static let byName = Dictionary(
        (all + [ports]).flatMap { entry in entry.names.map { ($0, entry) } },
        uniquingKeysWith: { first, _ in first })

    /// Returns nil for fields that are accepted with any value.
    package static func of(_ name: String, type: String) -> VirtIOComparison? {
        type.hasSuffix(" equal") ? equal : byName[name]
    }
}
