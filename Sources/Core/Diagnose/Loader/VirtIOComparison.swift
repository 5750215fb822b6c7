import Bytes

/// How the loader compares a field of a virtio device with its own, and what it says. One entry a field.
package struct VirtIOComparison: Sendable {
    /// Why a value is refused; nil for one that is good. Nothing is said where `lines` is empty.
    package struct Refusal {
        package var lines: [String] = []
        /// What a field that must be equal says.
        package var message: QEMUMessage?
        /// The field that QEMU names, where it names one.
        package var field: String?
        /// The VMState of the field `tmp` whose check it is.
        package var check = ""

        /// Why the loader gives up.
        package var cause: QEMULog.Cause {
            if let message { return .value(message) }
            return check.isEmpty
                ? .field : .hook(structure: check, version: 0, minimum: 0, text: "", isInLines: false)
        }
    }

    package var names: [String]
    package var refusal: @Sendable (_ received: UInt64, _ local: UInt64) -> Refusal?

    private static let all: [VirtIOComparison] = [
        // hw/net/virtio-net.c virtio_net_vnet_post_load and virtio_net_ufo_post_load: what the back-end must do
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

    // hw/char/virtio-serial-bus.c says nothing about a map of ports that is not its own.
    private static let ports = VirtIOComparison(names: ["ports_map"]) { _, _ in Refusal() }

    private static let byName = Dictionary(
        (all + [ports]).flatMap { entry in entry.names.map { ($0, entry) } },
        uniquingKeysWith: { first, _ in first })

    /// Nil for fields that are taken as they come.
    package static func of(_ name: String, type: String) -> VirtIOComparison? {
        type.hasSuffix(" equal") ? equal : byName[name]
    }
}
