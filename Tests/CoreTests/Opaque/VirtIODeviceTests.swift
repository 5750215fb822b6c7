import Memory
import Stream
import Testing

/// What virtio devices save of their own.
@Suite struct VirtIODeviceTests {
    @Test(arguments: VirtIOCase.small + VirtIOCase.large) func isRead(_ example: VirtIOCase) throws {
        let document = try example.document()
        #expect(document.expectTiling() == 0)
        #expect(document.findings.isEmpty)
        #expect(try document.listing(example.path).contains("device struct \(example.bytes.count)"))
    }

    /// What does not fit is bytes, as are the parts of other devices.
    @Test(arguments: VirtIOCase.small + VirtIOCase.large) func oneByteMore(_ example: VirtIOCase) throws {
        for bytes in [example.bytes + [0], [9] + example.bytes] {
            let document = try Document.of(example.stream(bytes))
            #expect(document.expectTiling() == 0)
            let device = try #require(document.node(text: example.path + "/device"))
            #expect(device.size == bytes.count)
            #expect(document.tree.typeName(device) == "buffer" || example.device == "virtio-net")
        }
        var other = example
        other.device = "virtio-rng"
        let device = try #require(try other.document().node(text: other.path + "/device"))
        #expect(device.size == other.bytes.count)
    }

    @Test(arguments: VirtIOCase.small) func cutAnywhere(_ example: VirtIOCase) throws {
        for length in example.places {
            try Document.of(example.stream(Array(example.bytes.prefix(length)))).expectTiling()
        }
    }

    @Test(arguments: VirtIOCase.small) func eachByteTurned(_ example: VirtIOCase) throws {
        for place in example.places {
            for mask: UInt8 in [0xff, 0x01] {
                var damaged = example.bytes
                damaged[place] ^= mask
                #expect(try Document.of(example.stream(damaged)).expectTiling() == 0)
            }
        }
    }

    /// Counts in front of requests.
    @Test(arguments: VirtIOCase.large) func headsTurned(_ example: VirtIOCase) throws {
        for place in 0..<40 {
            var damaged = example.bytes
            damaged[place] ^= 0xff
            #expect(try Document.of(example.stream(damaged)).expectTiling() == 0)
        }
    }

    @Test func network() throws {
        let example = VirtIOCase.network(
            features: 1 << 2, macs: 2, VirtIOCase.pairs(4, 3) + StreamWriter.be(UInt64(3)))
        let document = try example.document()
        let device = example.path + "/device"
        #expect(
            try document.listing(device) == [
                "mac 52:54:00:12:34:56", "vqs struct 4", "mergeable_rx_bufs 0x00000001", "status 0x0001",
                "promisc 0x01", "allmulti 0x00", "mac_table.in_use 0x00000002",
                "mac_table.macs mac address 12", "vlans 03 00 00 00 00 00 00 00 …",
                "has_vnet_hdr 0x00000001", "mac_table.multi_overflow 0x00", "mac_table.uni_overflow 0x00",
                "alluni 0x00", "nomulti 0x00", "nouni 0x00", "nobcast 0x00", "has_ufo 0x00",
                "max_queue_pairs 0x0004", "curr_queue_pairs 0x0003", "vqs_1 struct 8",
                "curr_guest_offloads 0x0000000000000003",
            ])
        #expect(document.words(device + "/mac_table.macs[1]") == "33:33:00:00:00:01")
        #expect(document.words(device + "/status") == "0x0001 = 1: link up")
        #expect(document.words(device + "/vlans")?.hasSuffix(": VLAN 0 1") == true)
        #expect(document.words(device + "/curr_guest_offloads") == "0x0000000000000003 = 3: CSUM GUEST_CSUM")
        #expect(try document.listing(device + "/vqs_1[1]") == ["tx_waiting 0x00000000"])
    }

    /// Without the bit of CTRL_GUEST_OFFLOADS eight bytes are two pairs.
    @Test func pairsOrOffloads() throws {
        let two = VirtIOCase.network(VirtIOCase.pairs(2, 2))
        #expect(
            try two.document().listing(two.path + "/device").suffix(2) == [
                "curr_queue_pairs 0x0002", "vqs_1 struct 4",
            ])
        let offloads = VirtIOCase.network(features: 1 << 2, VirtIOCase.pairs(2, 2))
        #expect(
            try offloads.document().listing(offloads.path + "/device").last
                == "curr_guest_offloads 0x0002000200000000")
    }

    @Test func subsectionsOfANetworkCard() throws {
        let example = VirtIOCase.network(VirtIOCase.hashing(version: 2) + VirtIOCase.backend)
        let document = try example.document()
        let device = example.path + "/device"
        #expect(
            try document.listing(device + "/virtio-net-device/rss") == [
                "@header frame 27", "rss_data.enabled true", "rss_data.redirect true",
                "rss_data.populate_hash false", "rss_data.runtime_hash_types 0x0000003f",
                "rss_data.supported_hash_types 0x000001ff", "rss_data.indirections_len 0x0002",
                "rss_data.default_queue 0x0000", "rss_data.key uint8 40",
                "rss_data.indirections_table uint16 4",
            ])
        #expect(
            try document.listing(device + "/virtio-net-device/backend/backend") == [
                "chunks struct 6", "end 0x00000000",
            ])
    }

    @Test func requests() throws {
        let plain = VirtIOCase.large[0]
        let document = try plain.document()
        #expect(try document.listing(plain.path + "/device") == ["requests struct 98338", "end 0x00"])
        let element = plain.path + "/device/requests[1]/elem"
        #expect(
            try document.listing(element) == [
                "index 0x00000007", "out_num 0x00000001", "in_num 0x00000002", "padding unused",
                "in_addr le64 8192", "out_addr le64 8192", "in_sg struct 16384", "out_sg struct 16384",
            ])
        #expect(document.words(element + "/in_addr[1]") == "0x0000000000002000 = 8192")
        for (place, address) in [("in_addr[1]", GuestAddress.physical(0x2000)), ("in_addr[2]", nil)] {
            let path = try #require(document.path(text: element + "/" + place))
            #expect(document.guestAddress(at: path) == address)
        }
        #expect(document.words(element + "/in_sg[0]/iov_len") == "0x0000000000000200 = 512")
    }

    /// The queue, the number of descriptors, and the host's byte order are there or not.
    @Test func formsOfRequests() throws {
        let queues = VirtIOCase.large[1]
        #expect(
            try queues.document().listing(queues.path + "/device/requests[0]") == [
                "mark 0x01", "queue 0x00000002", "elem struct 49168",
            ])
        #expect(
            try queues.document().words(queues.path + "/device/requests[0]/elem/in_addr[1]")
                == "0x0000000000002000 = 8192")
        let packed = VirtIOCase.large[2]
        #expect(
            try packed.document().listing(packed.path + "/device/requests[0]") == [
                "mark 0x01", "ndescs 0x00000003", "elem struct 49168",
            ])
    }

    @Test func ports() throws {
        let example = VirtIOCase.large[4]
        let document = try example.document()
        let device = example.path + "/device"
        #expect(
            try document.listing(device) == [
                "cols 0x0000", "rows 0x0000", "max_nr_ports 0x28000000", "ports_map uint32 8",
                "nr_active_ports 0x00000002", "ports struct 49200",
            ])
        #expect(document.words(device + "/ports_map[0]") == "0x00000003 = 3: 0-1")
        #expect(
            try document.listing(device + "/ports[1]") == [
                "id 0x00000001", "guest_connected true", "host_connected false", "elem_popped 0x00000001",
                "iov_idx 0x00000000", "iov_offset 0x0000000000000064", "elem struct 49168",
            ])
    }

    @Test func memory() throws {
        let balloon = try VirtIOCase.balloon.document()
        let path = VirtIOCase.balloon.path + "/device"
        #expect(balloon.words(path + "/num_pages") == "0x00001080 = 4224: 16.5 MiB")
        #expect(
            balloon.words(path + "/virtio-balloon-device/free-page-report/free_page_hint_status")
                == "0x00000003 = 3: done")
        let memory = VirtIOCase.memory(isEarly: false)
        #expect(
            try memory.document().listing(memory.path + "/device") == [
                "sanity-checks struct 28", "usable_region_size 0x000000000c800000",
                "size 0x0000000000600000", "requested_size 0x0000000000600000", "bitmap 3 set",
            ])
    }

    @Test func domains() throws {
        let example = VirtIOCase.iommu(hasBypass: true)
        let document = try example.document()
        let device = example.path + "/device"
        #expect(try document.listing(device) == ["domains gtree 84", "config.bypass 0x00"])
        let domain = device + "/domains/elements[0]/value"
        #expect(
            try document.listing(domain) == [
                "id 0x00000001", "mappings gtree 34", "endpoint_list qlist 11", "bypass false",
            ])
        #expect(
            document.words(domain + "/mappings/elements[0]/value/flags") == "0x00000003 = 3: READ WRITE")
        let old = VirtIOCase.iommu(hasBypass: false)
        #expect(try old.document().listing(old.path + "/device") == ["domains gtree 82"])
    }

    /// Counts that are claims take no memory and no time.
    @Test func hugeCounts() throws {
        let full = [UInt8](repeating: 0xff, count: 1 << 20)
        let ones = [UInt8](repeating: 1, count: 1 << 20)
        for device in ["net", "blk", "console", "balloon", "mem", "iommu"] {
            for bytes in [full, ones, [0, 0, 0, 1] + ones] {
                let example = VirtIOCase(device: "virtio-" + device, bytes: bytes)
                #expect(try example.document().expectTiling() == 0)
            }
        }
    }
}
