import Bytes
import Diagnose
import Testing

/// What virtio devices have saved of their own, as the target's device reads it.
@Suite struct VirtIOLoadTests {
    private func errors(_ received: VirtIOCase, like local: VirtIOCase) throws -> [Finding] {
        try Check(received.document(), like: local.document()).findings().filter { $0.severity == .error }
    }

    /// Another number of pairs than the target's, in QEMU's words.
    @Test func maxQueuePairs() throws {
        let local = VirtIOCase.network(VirtIOCase.pairs(2, 1))
        let findings = try errors(VirtIOCase.network(VirtIOCase.pairs(4, 1)), like: local)
        #expect(findings.map(\.code) == [.fieldEqual])
        #expect(findings.first?.path == local.path + "/device/max_queue_pairs")
        let lines = findings.first?.qemu.split(separator: "\n").prefix(3).map(String.init)
        #expect(
            lines == [
                "2 != 4", "Failed to load virtio-net-device:max_queue_pairs",
                "Failed to load virtio-net:virtio",
            ])
        #expect(try errors(local, like: local).isEmpty)
    }

    /// Counts are the stream's: what is in flight, mapped or in a table need not be as much as the target has.
    @Test func otherCounts() throws {
        let idle = VirtIOCase(device: "virtio-blk", bytes: [0])
        #expect(try errors(VirtIOCase.large[0], like: idle).isEmpty)
        #expect(try errors(.network(macs: 3), like: .network()).isEmpty)
        #expect(
            try errors(
                .network(VirtIOCase.pairs(4, 3)), like: .network(VirtIOCase.pairs(4, 1))
            ).isEmpty)
        var domains = VirtIOCase.iommu(hasBypass: true)
        domains.bytes = [0, 0, 0, 0, 0, 1]
        #expect(try errors(.iommu(hasBypass: true), like: domains).isEmpty)
    }

    @Test func portsMap() throws {
        let local = VirtIOCase.ports(count: 31)
        var received = local
        received.bytes[11] = 7
        let findings = try errors(received, like: local)
        #expect(findings.map(\.path) == [local.path + "/device/ports_map[0]"])
        #expect(findings.first?.qemu.hasPrefix("Failed to load virtio-console:virtio\n") == true)
    }
}
