import Query
import Testing

@Suite struct VirtIOMeaningTests {
    /// A card that firmware has used: what was negotiated, and where its queues are.
    @Test(.needsShared) func network() throws {
        let document = try #require(Sample.corpus("q35-rich-7.2")).document()
        let net = "0000:00:02.0/virtio-net:0"
        let lines = document.lines(net)
        #expect(lines.contains("status: ACKNOWLEDGE DRIVER DRIVER_OK FEATURES_OK"))
        #expect(lines.contains("features: MAC VERSION_1"))
        #expect(
            lines.contains(
                "queue 0 receiveq1: 256 entries, desc 0x1ef1000, avail 0x1ef2000, used 0x1ef3000, last avail index 2"
            ))
        #expect(lines.contains("MSI-X: 4 vectors, disabled"))
        let features = net + "/virtio/virtio/64bit_features/guest_features"
        #expect(document.words(features) == "0x0000000100000020 = 4294967328: MAC VERSION_1")
        #expect(document.words(features + "/VIRTIO_F_VERSION_1") == "1 = set")
        #expect(document.words(features + "/VIRTIO_NET_F_MRG_RXBUF") == "0 = clear")
        #expect(document.words(net + "/virtio/device/mac") == "52:54:00:12:34:56")
        let modern = net + "/virtio/virtio/extra_state/virtio_pci/modern_state/guest_features"
        #expect(document.words(modern + "[1]/VIRTIO_F_VERSION_1") == "1 = set")
        #expect(document.node(text: modern + "[1]/VIRTIO_NET_F_MRG_RXBUF") == nil)
    }

    /// The same over PCI, memory-mapped I/O and channels.
    @Test(
        .needsShared,
        arguments: ["q35-rich-10.0", "riscv64-7.2", "riscv64-10.0", "s390x-7.2", "s390x-10.0"])
    func transports(_ name: String) throws {
        let document = try #require(Sample.corpus(name)).document()
        let found = Search("VIRTIO_NET_F_MRG_RXBUF", document)
        #expect(found.count >= 2)
        let path = try #require(found.path(ofOrdinal: 1, document))
        #expect(document.tree.nodes(along: path).contains { document.tree.name($0) == "guest_features" })
        let queues = document.paths(named: "controlq", limit: 1)
        #expect(queues.first?.hasSuffix("virtio-net:0/virtio/queues[2]") == true)
    }

    /// Before VERSION_1 a guest's own order counts.
    @Test(
        .needsShared,
        arguments: [
            ("s390x-10.0", "/fe.0.0001/virtio-blk:0", "0x0000000000000800 = 2048"),
            ("q35-rich-7.2", "0000:00:04.0/virtio-blk:0", "0x0000000000000800 = 2048"),
        ])
    func byteOrder(_ name: String, _ section: String, _ capacity: String) throws {
        let document = try #require(Sample.corpus(name)).document()
        #expect(document.words(section + "/virtio/config/capacity") == capacity)
        #expect(document.words(section + "/virtio/config/heads") == "0x10 = 16")
    }

    /// Each device type has its own names.
    @Test(arguments: ["sample-q35-7.2", "sample-q35-10.0"]) func devices(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        for (feature, device) in [
            ("VIRTIO_BLK_F_FLUSH", "virtio-blk"), ("VIRTIO_SCSI_F_HOTPLUG", "virtio-scsi"),
            ("VIRTIO_CONSOLE_F_MULTIPORT", "virtio-console"),
            ("VIRTIO_BALLOON_F_STATS_VQ", "virtio-balloon"),
        ] {
            #expect(document.paths(named: feature).allSatisfy { $0.contains(device) })
            #expect(!document.paths(named: feature).isEmpty)
        }
        #expect(document.lines("0000:00:04.0/virtio-blk:0").contains("status: reset: no driver"))
        #expect(document.words("0000:00:04.0/virtio-blk:0/virtio/config/capacity") != nil)
    }

    /// The order that the stream tells, and where it shows none that of the guest's CPU.
    @Test(
        arguments: [
            (nil, nil, false), (2, nil, true), (1, nil, false), (nil, "env.nip", true), (1, "env.nip", false),
            (2, "env.eflags", true), (0, "env.dregs", true),
        ] as [(UInt8?, String?, Bool)])
    func orderOfTheGuest(_ endian: UInt8?, _ register: String?, _ isBigEndian: Bool) throws {
        var card = VirtIOCase.network()
        card.config = [0x52, 0x54, 0, 0x12, 0x34, 0x56, 0, 1]
        if let endian { card.subsections = StreamWriter.subsection("virtio/device_endian", [endian]) }
        if let register {
            card.first = SmallDevice(
                "cpu", [0, 0, 0, 0], fields: "{\"name\": \"\(register)\", \"type\": \"uint32\", \"size\": 4}")
        }
        let status = card.path + "/config/status"
        let (big, little) = ("0x0001 = 1: link up", "0x0100 = 256")
        #expect(try card.document().words(status) == (isBigEndian ? big : little))
        // Drivers of virtio 1 are little-endian.
        card.features = 1 << 32
        #expect(try card.document().words(status) == little)
    }
}
