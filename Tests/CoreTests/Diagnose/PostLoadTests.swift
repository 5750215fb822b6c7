import Bytes
import Diagnose
import Stream
import Testing

/// Values that checks after loading refuse. Each case was tried with QEMU 7.2.
@Suite struct PostLoadTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var stream = "sample-q35-7.2"
        /// Fields and the values that they get.
        var fields: [(path: String, value: Int64)]
        /// What is said first; nil where QEMU loads it.
        var line: String?
        /// The last line's reason.
        var reason = "Operation not permitted"

        var testDescription: String { fields.map { "\($0.path) = \($0.value)" }.joined(separator: ", ") }
    }

    private static let ahci = "0000:00:1f.2/ich9_ahci:0/ahci/dev[0]/"
    private static let net = "0000:00:02.0/virtio-net:0/virtio/device/"
    private static let port = "Failed to load ich9_ahci:ahci"

    private static let cases = [
        Case(
            fields: [(ahci + "port_regs.cmd", 0x8000)],
            line: "AHCI: DMA engine should be off, but status bit indicates it is still running."),
        Case(
            fields: [(ahci + "port_regs.cmd", 0x4000)],
            line: "AHCI: FIS RX engine should be off, but status bit indicates it is still running."),
        Case(fields: [(ahci + "port_regs.cmd", 0x8001)], line: nil),
        Case(fields: [(ahci + "busy_slot", 32)], line: port),
        Case(fields: [(ahci + "busy_slot", -2)], line: port),
        Case(fields: [(ahci + "busy_slot", 31)], line: nil),
        Case(fields: [(ahci + "ncq_tfs[3]/used", 1)], line: port),
        Case(fields: [(ahci + "ncq_tfs[3]/used", 1), (ahci + "ncq_tfs[3]/halt", 1)], line: port),
        Case(
            fields: [(ahci + "port.ifs[0]/identify_set", 1)], line: "6 != 0", reason: "Invalid argument"),
        Case(
            fields: [("serial:0/state/lsr", 0)],
            line: "inconsistent state in serial device (tsr not empty, tsr_retry=0"),
        Case(
            fields: [("kvm-tpr-opt:0/rom_state_paddr", 1)],
            line: "error while loading state for instance 0x0 of device 'kvm-tpr-opt'"),
        Case(
            fields: [(net + "has_vnet_hdr", 1)], line: "virtio-net: saved image requires vnet_hdr=on",
            reason: "Invalid argument"),
        Case(
            fields: [(net + "has_ufo", 1)], line: "virtio-net: saved image requires TUN_F_UFO support",
            reason: "Invalid argument"),
        Case(
            fields: [("0000:00:02.0/virtio-net:0/virtio/guest_features", 0xffff_ffff)],
            line: "Features 0xffffffff unsupported."),
        Case(
            stream: "aarch64-virt-7.2",
            fields: [
                ("0000:00:02.0/virtio-gpu:0/virtio-gpu/scanouts/parent_obj.conf.max_outputs", 3)
            ], line: "1 != 3", reason: "Invalid argument"),
        Case(
            fields: [("hpet:0/num_timers", 4)], line: "Missing section footer for hpet",
            reason: "Invalid argument"),
        Case(
            fields: [("hpet:0/num_timers", 255)], line: "Input validation failed: hpet/num_timers in range"),
        Case(
            fields: [("hpet:0/num_timers", 2)], line: "Input validation failed: hpet/num_timers in range"),
        Case(
            stream: "pc-7.2", fields: [("0000:00:04.0/lsiscsi:0/msg_len", 9)],
            line: "error while loading state for instance 0x0 of device '0000:00:04.0/lsiscsi'",
            reason: "Invalid argument"),
        Case(stream: "pc-7.2", fields: [("0000:00:04.0/lsiscsi:0/msg_len", 8)], line: nil),
        Case(
            stream: "pc-7.2", fields: [("0000:00:01.1/ide:0/bus[0].ifs[0]/identify_set", 1)],
            line: "Missing section footer for 0000:00:01.1/ide", reason: "Invalid argument"),
    ]

    /// From hw/timer/hpet.c of 10.0, which is not here to be tried.
    @Test func timersOfLaterVersions() throws {
        let fixture = Sample.fixture("sample-q35-10.0")
        let good = try fixture.document()
        var bytes = try fixture.bytes()
        bytes[try #require(good.range(ofPath: "hpet:0/num_timers_save")).lowerBound] = 4
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "changed.mig")
        #expect(Check(document).findings().contains { $0.severity == .error } == false)
        let finding = Check(document, like: good).findings().first { $0.severity == .error }
        #expect(finding?.qemu.hasPrefix("Input validation failed: hpet/num_timers must match\n") == true)
    }

    /// A processor version that is not the target's, as a section with a byte too many has it.
    @Test(.needsShared) func processorVersion() throws {
        let sample = try #require(Sample.corpus("mac99-7.2"))
        let good = try sample.document()
        var bytes = try sample.bytes()
        let place = try #require(good.range(ofPath: "cpu:0/env.spr[287]"))
        bytes[place.lowerBound + place.count - 1] ^= 0xff
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "changed.mig")
        let finding = Check(document, like: good).findings().first { $0.severity == .error }
        #expect(finding?.code == .cpuModel)
        #expect(
            finding?.qemu == """
                error while loading state for instance 0x0 of device 'cpu'
                load of migration failed: Invalid argument
                """)
    }

    @Test(arguments: cases) func refused(_ sample: Case) throws {
        let fixture = Sample.fixture(sample.stream)
        let good = try fixture.document()
        var bytes = try fixture.bytes()
        for (path, value) in sample.fields {
            let range = try #require(good.range(ofPath: path), "\(path)")
            for (index, byte) in StreamWriter.be(UInt64(bitPattern: value)).suffix(range.count).enumerated() {
                bytes[range.lowerBound + index] = byte
            }
        }
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "changed.mig")
        let finding = Check(document, like: good).findings().first { $0.severity == .error }
        let lines = finding?.qemu.split(separator: "\n") ?? []
        #expect(lines.first.map(String.init) == sample.line)
        guard sample.line != nil else { return }
        #expect(lines.last == "load of migration failed: \(sample.reason)")
        let path = sample.fields[0].path
        #expect(
            sample.fields.contains { good.range(ofPath: $0.path)?.lowerBound == finding?.offset }, "\(path)")
    }
}
