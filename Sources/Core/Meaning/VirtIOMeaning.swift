import Format

/// Virtio: the content of the opaque field `virtio` of each device (virtio 1.3; hw/virtio/virtio.c, 5.2 to
/// 11.1).
package enum VirtIOMeaning {
    package static let rules: [MeaningRules] =
        VirtIOFeatures.devices.flatMap { device in
            let names = [device.name, "virtio-" + device.name]
            return names.map { name in
                MeaningRules(
                    name, having: "virtio", inside: "virtio", fields: fields(of: device.name),
                    interpret: VirtIOConfig.interpretation(of: device.name),
                    summary: { summary($0, of: device.name) })
            }
        }

    private static func fields(of device: String) -> [FieldMeaning] {
        let low = Overlay.word(4, .big, VirtIOFeatures.fields(of: device, from: 0, count: 32))
        let high = Overlay.word(4, .big, VirtIOFeatures.fields(of: device, from: 32, count: 32))
        let all = Overlay.word(8, .big, VirtIOFeatures.fields(of: device, from: 0, count: 64))
        let queues = VirtIOQueues.labels(of: device)
        return common + PCIMeaning.messages + [
            PCIMeaning.pins,
            FieldMeaning(name: "guest_features", size: 4, elementOverlays: [0: low, 1: high]),
            .overlay("guest_features", "", low), .overlay("guest_features", "", all),
            FieldMeaning(name: "queues", elements: queues), FieldMeaning(name: "vqs", elements: queues),
        ] + VirtIOConfig.fields(of: device) + VirtIODeviceMeaning.fields(of: device)
    }

    private static let common: [FieldMeaning] = [
        .overlay("status", "", .word(1, .big, status)),
        .overlay("isr", "", .word(1, .big, BitField.flags([0: "queue", 1: "config"]))),
        .overlay("vector", "", vector), .overlay("config_vector", "", vector),
        .overlay(
            "device_endian", "",
            .word(1, .big, [BitField("order", 0...7, .names([0: "unknown", 1: "little", 2: "big"]))])),
        .elements("desc", ["low", "high"], size: 4), .elements("avail", ["low", "high"], size: 4),
        .elements("used", ["low", "high"], size: 4),
    ]

    private static let status = BitField.flags([
        0: "ACKNOWLEDGE", 1: "DRIVER", 2: "DRIVER_OK", 3: "FEATURES_OK", 6: "NEEDS_RESET", 7: "FAILED",
    ])

    private static let vector: Overlay = .word(
        2, .big, [BitField("vector", 0...15, .text { $0 == 0xffff ? "none" : "" })])

    // MARK: Summary

    private static func summary(
        _ section: StateField, of device: String
    ) -> [(label: String, text: String)] {
        guard let virtio = section["virtio"], let status = virtio["status"]?.unsigned else { return [] }
        let negotiated =
            virtio["virtio/64bit_features"]?["guest_features"]?.unsigned
            ?? virtio.register("guest_features")
        let features = BitField.words(VirtIOFeatures.fields(of: device, from: 0, count: 64), negotiated)
        let state = BitField.words(Self.status, status)
        return [
            ("status", state.isEmpty ? "reset: no driver" : state),
            ("features", features.isEmpty ? "none negotiated" : features),
        ] + VirtIOQueues.lines(virtio, of: device)
    }
}

extension BitField {
    /// Returns the words of the flags that are set in a value.
    package static func words(_ flags: [BitField], _ value: UInt64) -> String {
        flags.filter { value >> UInt64($0.bits.lowerBound) & 1 == 1 }.map { $0.word ?? $0.name }
            .joined(separator: " ")
    }
}
