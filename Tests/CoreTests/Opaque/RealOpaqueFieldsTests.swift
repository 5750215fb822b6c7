import Testing

/// Opaque fields of streams that QEMU wrote.
@Suite struct RealOpaqueFieldsTests {
    @Test func networkCardOnPCI() throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let path = "0000:00:02.0/virtio-net:0/virtio"
        #expect(
            try document.listing(path) == [
                "transport struct 343", "status 0x00", "isr 0x00", "queue_sel 0x0000",
                "guest_features 0x00000000",
                "config_len 0x00000008", "config 00 × 8", "queue_count 0x00000003",
                "queues struct 48", "device struct 545", "virtio/64bit_features subsection 35",
                "virtio/virtqueues subsection 16407", "virtio/extra_state subsection 28741",
            ])
        #expect(
            try document.listing(path + "/device").prefix(4) == [
                "mac 52:54:00:12:34:56", "vqs struct 4", "mergeable_rx_bufs 0x00000000", "status 0x0001",
            ])
        #expect(
            try document.listing(path + "/transport") == [
                "version_id 0x00000002", "config 1af4:1000", "irq_state none asserted", "msix struct 65",
                "config_vector 0xffff",
            ])
        #expect(
            try document.listing(path + "/queues[2]") == [
                "num 0x00000400", "desc 0x0000000000000000", "last_avail_idx 0x0000", "vector 0xffff",
            ])
        let state = path + "/virtio/extra_state/virtio_pci/modern_state"
        #expect(try document.listing(state).last == "vqs struct 28672")
        #expect(
            try document.listing(state + "/vqs[1023]").prefix(3) == [
                "num 0x0000", "unused 0x00", "enabled false",
            ])
    }

    @Test func graphicsCard() throws {
        let old = try Sample.fixture("aarch64-virt-7.2").document()
        let new = try Sample.fixture("aarch64-virt-10.0").document()
        let path = "0000:00:02.0/virtio-gpu:0/virtio-gpu"
        let scanouts = path + "/scanouts"
        let head = ["parent_obj.enable 0x00000000", "parent_obj.conf.max_outputs 0x00000001"]
        #expect(try old.listing(path).last == "scanouts struct 48")
        #expect(try old.listing(scanouts) == head + ["parent_obj.scanout struct 40"])
        #expect(try new.listing(scanouts) == head + ["parent_obj.scanout struct 64"])
        #expect(try new.listing(scanouts + "/parent_obj.scanout[0]").last == "fb.offset 0x00000000")
    }

    @Test func vectorTable() throws {
        let document = try Sample.fixture("aarch64-virt-10.0").document()
        let path = "0000:00:03.0/xhci:0/parent_obj[1]/msix"
        #expect(try document.listing(path) == ["table struct 256", "pending 00 × 2"])
    }

    /// Each `virtio` field of every stream is read, what the device saves and the subsections to the end.
    @Test(arguments: Sample.all) func everyVirtIODevice(_ sample: Sample) throws {
        let document = try sample.document()
        for number in document.store.topLevel {
            let record = document.store.records[number]
            guard record.kind == .full, !record.layout.isNone else { continue }
            for item in document.store.table.items(of: record.layout) {
                let type = document.store.table[type: item.type].name
                guard type == "virtio" || type == "virtio-gpu" || type == "msix state", item.stride > 0 else {
                    continue
                }
                let idstr = document.store.table.names.text(record.name)
                #expect(!item.child.isNone, "\(type) of \(idstr)")
                guard type == "virtio", !item.child.isNone else { continue }
                let device = document.store.table.items(of: item.child).first {
                    document.store.table.names.text($0.name) == "device"
                }
                #expect(device?.isLeaf != true, "device data of \(idstr)")
            }
        }
    }
}
