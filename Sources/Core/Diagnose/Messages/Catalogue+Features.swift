extension Catalogue {
    /// Virtio.
    package static let features: [CatalogueEntry] = [
        Entry(
            .virtioFeatures, "Features 0x%x unsupported. Allowed features: 0x%x",
            "the guest uses features that the destination does not offer",
            try: "the back-end (offloads, vhost) or a property differs", at: .virtioFeatures),
        Entry(
            .virtioQueues, "VQ %d size 0x%x < last_avail_idx 0x%x - used_idx 0x%x",
            "queue %1: more requests in flight than it has entries: RAM and device state are not of one moment",
            try: "the right RAM, the right disk image?", at: .virtioField("queues")),
        Entry(
            .virtioQueues, "VQ %d size 0x%x Guest index 0x%x inconsistent with Host index 0x%x",
            "queue %1: the guest's index and the device's do not go together; loading goes on",
            at: .virtioField("queues")),
        Entry(
            .virtioQueues, "VQ %d address 0x0 inconsistent with Host index 0x%x",
            "queue %1 has no address and an index", at: .virtioField("queues")),
        Entry(
            .virtioQueues, "Invalid number of virtqueues: 0x%x",
            "0x%1 queues: the layout differs (MSI-X on one side only?), or damage",
            at: .virtioField("queue_count")),
        Entry(
            .virtioNet, "virtio-net: saved image requires %s", "the destination's back-end lacks %1",
            try: "use tap with vnet_hdr", at: .virtioField("device/has_vnet_hdr")),
        Entry(
            .virtioNet, "virtio-net: curr_queue_pairs %x > max_queue_pairs %x",
            "%1 queue pairs in use, the destination has %2", try: "queues= as at the source",
            at: .virtioField("device/curr_queue_pairs")),
        Entry(
            .virtioNet, "invalid RSS indirections_len: %u", "a table of %1 entries for RSS",
            at: .virtioField("device")),
    ]
}
