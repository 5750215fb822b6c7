import Format

/// The configuration of virtio devices as their drivers read it: little-endian words (virtio 1.3, section 5),
/// or words in the guest's order before VERSION_1. A device may have fewer fields than are listed here.
package enum VirtIOConfig {
    package static func fields(of device: String) -> [FieldMeaning] {
        little[device].map { [.start("config", $0)] } ?? []
    }

    private static let little = overlays(.little)
    private static let big = overlays(.big)

    private static func overlays(_ order: ByteOrder) -> [String: Overlay] {
        [
            "virtio-net": net(order), "virtio-blk": structure(block, order),
            "vhost-user-blk": structure(block, order), "virtio-scsi": structure(scsi, order),
            "vhost_scsi": structure(scsi, order),
            "virtio-console": structure(
                [("cols", 2), ("rows", 2), ("max_nr_ports", 4), ("emerg_wr", 4)], order),
            "virtio-balloon": structure(
                [
                    ("num_pages", 4), ("actual", 4), ("free_page_hint_cmd_id", 4), ("poison_val", 4),
                ], order),
            "virtio-gpu": structure(
                [
                    ("events_read", 4), ("events_clear", 4), ("num_scanouts", 4), ("num_capsets", 4),
                ], order),
            "virtio-input": structure([("select", 1), ("subsel", 1), ("size", 1)], order),
            "virtio-iommu": structure(
                [
                    ("page_size_mask", 8), ("input_range.start", 8), ("input_range.end", 8),
                    ("domain_range.start", 4), ("domain_range.end", 4), ("probe_size", 4), ("bypass", 1),
                ], order),
            "virtio-mem": structure(
                [
                    ("block_size", 8), ("node_id", 2), ("", 6), ("addr", 8), ("region_size", 8),
                    ("usable_region_size", 8), ("plugged_size", 8), ("requested_size", 8),
                ], order),
            "vhost_vsock": structure([("guest_cid", 8)], order),
            "virtio-crypto": structure(
                [
                    ("status", 4), ("max_dataqueues", 4), ("crypto_services", 4),
                ], order),
            "virtio-pmem": structure([("start", 8), ("size", 8)], order),
        ]
    }

    private static func net(_ order: ByteOrder) -> Overlay {
        Overlay(
            size: 24,
            [
                mac(at: 0),
                .bits("status", at: 6, size: 2, VirtIODeviceMeaning.link, order),
            ]
                + rows(
                    [
                        ("max_virtqueue_pairs", 2), ("mtu", 2), ("speed", 4), ("duplex", 1),
                        ("rss_max_key_size", 1),
                        ("rss_max_indirection_table_length", 2), ("supported_hash_types", 4),
                    ], from: 8, order))
    }

    private static let block: [(name: String, size: Int)] = [
        ("capacity", 8), ("size_max", 4), ("seg_max", 4), ("cylinders", 2), ("heads", 1), ("sectors", 1),
        ("blk_size", 4), ("physical_block_exp", 1), ("alignment_offset", 1), ("min_io_size", 2),
        ("opt_io_size", 4), ("wce", 1), ("", 1), ("num_queues", 2), ("max_discard_sectors", 4),
        ("max_discard_seg", 4), ("discard_sector_alignment", 4), ("max_write_zeroes_sectors", 4),
        ("max_write_zeroes_seg", 4), ("write_zeroes_may_unmap", 1), ("", 3),
        ("max_secure_erase_sectors", 4), ("max_secure_erase_seg", 4), ("secure_erase_sector_alignment", 4),
    ]

    private static let scsi: [(name: String, size: Int)] = [
        ("num_queues", 4), ("seg_max", 4), ("max_sectors", 4), ("cmd_per_lun", 4), ("event_info_size", 4),
        ("sense_size", 4), ("cdb_size", 4), ("max_channel", 2), ("max_target", 2), ("max_lun", 4),
    ]

    private static func mac(at offset: Int) -> OverlayRow {
        .text("mac", at: offset, size: 6, isWord: true) { OpaqueFields.hardwareAddress($0).short }
    }

    private static func structure(
        _ fields: [(name: String, size: Int)], _ order: ByteOrder
    ) -> Overlay {
        Overlay(size: fields.reduce(0) { $0 + $1.size }, rows(fields, from: 0, order))
    }

    // Fields without a name are holes.
    private static func rows(
        _ fields: [(name: String, size: Int)], from start: Int, _ order: ByteOrder
    ) -> [OverlayRow] {
        var offset = start
        var rows: [OverlayRow] = []
        for field in fields {
            if !field.name.isEmpty {
                rows.append(.number(field.name, at: offset, size: field.size, order))
            }
            offset += field.size
        }
        return rows
    }

    // MARK: Byte order

    /// Before VERSION_1, the words have the guest's order: that in `virtio/device_endian`, or else that of
    /// the guest's target.
    package static func interpretation(of device: String) -> MeaningRules.Interpretation? {
        guard let overlay = big[device] else { return nil }
        return { context, items, offset in
            guard let index = items.firstIndex(where: { context.isNamed("virtio", $0) && !$0.isLeaf }) else {
                return
            }
            let virtio = items[index]
            var members = Array(context.table.items(of: virtio.child))
            guard isBigEndian(members, at: offset + virtio.offset, context),
                let config = members.firstIndex(where: { context.isNamed("config", $0) && $0.isLeaf })
            else { return }
            members[config].lay(context.table.layout(ofStart: overlay, size: members[config].stride))
            items[index].child = context.table.layout(.body, members)
        }
    }

    private static func isBigEndian(_ members: [Item], at offset: Int, _ context: MeaningContext) -> Bool {
        if let features = value("virtio/64bit_features", 8, members, at: offset, context),
            features >> 32 & 1 == 1
        {
            return false
        }
        if let order = value("virtio/device_endian", 1, members, at: offset, context), order != 0 {
            return order == 2
        }
        // Devices on channels belong to s390x.
        return context.isBigEndian || context.table.names.bytes(context.section).first == UInt8(ascii: "/")
    }

    // Returns the value of the subsection's field with this many bytes.
    private static func value(
        _ name: String, _ size: Int, _ members: [Item], at offset: Int, _ context: MeaningContext
    ) -> UInt64? {
        guard let extra = members.first(where: { context.isNamed(name, $0) && !$0.isLeaf }),
            let field = context.table.items(of: extra.child).first(where: { $0.stride == size && $0.isLeaf })
        else { return nil }
        let start = offset + extra.offset + field.offset
        return context.region.bigEndian(start..<start + size)
    }
}
