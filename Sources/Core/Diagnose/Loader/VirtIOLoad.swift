import Bytes
import Format

/// Reads the field `virtio` as the target's device does (hw/virtio/virtio.c virtio_load, virtio-pci.c and
/// virtio-mmio.c, hw/s390x/virtio-ccw.c, 7.2 and 10.0). All numbers are big-endian.
package struct VirtIOLoad {
    private static let queueLimit = 1024
    private static let noVector = 0xffff

    private let shape: VirtIOShape
    /// The state that the device itself has saved, according to the stream.
    private let received: VirtIODeviceState?
    private let chain: [FieldStep]
    /// The version of the QEMU that loads.
    private let version: QEMUVersion
    private var input: LoaderInput

    package init(
        _ region: MappedRegion, at offset: Int, shape: VirtIOShape, received: VirtIODeviceState?,
        chain: [FieldStep], version: QEMUVersion
    ) {
        self.version = version
        self.shape = shape
        self.received = received
        self.chain = chain
        input = LoaderInput(region, at: offset)
    }

    /// Reads the field; returns the offset where the device has stopped reading.
    package mutating func run() throws(LoadFailure) -> Int {
        try transport()
        input.skip(2)
        let selected = input.position
        guard input.number(2) < Self.queueLimit else {
            throw refused(at: selected, size: 2, "the selected queue does not exist")
        }
        let place = input.position
        let features = input.number(4)
        try configuration()
        try queues()
        try device(features)
        let start = input.position
        let end = try subsections()
        // Without a subsection for all features, these are all.
        let unheard = VirtIOFeatureWords.unheard(of: features, device: chain.last?.structure ?? "")
        guard end > start || unheard == 0 else {
            throw refused(
                at: place, size: 4, "unsupported features 0x\(Hex.digits(features))",
                lines: ["Features 0x\(Hex.digits(features)) unsupported."])
        }
        return end
    }

    // MARK: Parts

    private mutating func transport() throws(LoadFailure) {
        guard let local = shape.configuration else {
            if let channel = shape.channel { return try subchannel(channel) }
            // hw/virtio/virtio-mmio.c: three words.
            return input.skip(12)
        }
        let version = input.position
        let number = Int32(truncatingIfNeeded: input.number(4))
        // hw/pci/pci.c vmstate_pci_device has version 2.
        guard (0...2).contains(number) else {
            throw failure(
                at: version, size: 4, "the PCI device has version \(number)",
                [], "version_id", .value(.above(Int64(number), limit: 2)))
        }
        let start = input.position
        let config = PCIConfig(
            shape.target.store.region, local.offset, local.size, regions: shape.regions)
        let left = min(local.size, input.region.count - start)
        if let fault = config.fault(input.region, at: start, size: left) {
            throw failure(
                at: start + fault.index, size: 1,
                "byte 0x\(Hex.digits(UInt64(fault.index))) of the PCI configuration "
                    + "(\(PCIConfig.name(fault.index, fault.mask))) differs from the destination's",
                [fault.line], "config")
        }
        try take(local.size, "config")
        for _ in 0..<4 { try level() }
        try vectors()
    }

    // hw/s390x/virtio-ccw.c and css.c: a subchannel, whose address must be the target's, with two
    // subsections.
    private mutating func subchannel(_ channel: VirtIOShape.Channel) throws(LoadFailure) {
        let start = input.position
        for place in channel.places {
            let range = start + place.range.lowerBound..<start + place.range.upperBound
            guard range.upperBound <= input.region.count, case let found = input.region.bigEndian(range),
                found != place.local
            else { continue }
            // From 11.0 on the message does not name parts inside the field.
            let isOld = version < .v11
            throw LoadFailure(
                kind: .value, offset: range.lowerBound, size: range.count,
                message:
                    "\(place.name) is 0x\(Hex.digits(found)), but the destination has 0x\(Hex.digits(place.local))",
                lines: ["\(Hex.digits(place.local)) != \(Hex.digits(found))"]
                    + (isOld ? [place.name == "devno" ? Self.otherDevice : "Bug!"] : []),
                chain: chain + (isOld ? Self.steps(to: place.name) : []), failure: .invalid,
                hint: "give the device the devno= that it has on the source")
        }
        input.skip(channel.subchannelSize)
        subsection("s390_subch_dev/orb", size: 12)
        input.skip(channel.indicatorSize)
        subsection("s390_adapter_info/summary_offset", size: 4)
        input.skip(channel.endSize)
    }

    private static let otherDevice =
        "Devno mismatch, tried to load wrong section! Likely reason: some sequences of plug and unplug  can break "
        + "migration for machine versions prior to  2.7 (known design flaw)."

    // The fields around a number of the subchannel, the innermost last.
    private static func steps(to name: String) -> [FieldStep] {
        [
            FieldStep(structure: "s390_virtio_ccw_dev", field: "parent_obj", type: "struct"),
            FieldStep(structure: "s390_ccw_dev", field: "sch", type: "struct"),
            FieldStep(structure: "s390_subch_dev", field: name, type: ""),
        ]
    }

    private mutating func subsection(_ name: String, size: Int) {
        guard
            let header = SubsectionHeader(input.region, at: input.position, limit: input.region.count),
            header.isNamed(name, input.region)
        else { return }
        input.skip(header.end - input.position + size)
    }

    private mutating func level() throws(LoadFailure) {
        let place = input.position
        let level = Int32(truncatingIfNeeded: input.number(4))
        guard level == 0 || level == 1 else {
            throw failure(
                at: place, size: 4, "the interrupt level is \(level)",
                ["irq state \(level): must be 0 or 1."], "irq_state")
        }
        try take(0, "irq_state")
    }

    private mutating func vectors() throws(LoadFailure) {
        guard let count = shape.vectorCount else { return }
        input.skip(count * 16 + (count + 7) / 8)
        try vector(below: count)
    }

    private mutating func vector(below count: Int) throws(LoadFailure) {
        let place = input.position
        let vector = Int(input.number(2))
        guard vector < count || vector == Self.noVector else {
            throw refused(at: place, size: 2, "vector \(vector), but the device has \(count)", .invalid)
        }
    }

    // The loader truncates a longer configuration, and accepts a shorter one.
    private mutating func configuration() throws(LoadFailure) {
        input.skip(Int(input.number(4)))
    }

    private mutating func queues() throws(LoadFailure) {
        let place = input.position
        let count = Int(input.number(4))
        guard count <= Self.queueLimit else {
            throw refused(
                at: place, size: 4, "the device has \(count) queues",
                lines: ["Invalid number of virtqueues: 0x\(Hex.digits(UInt64(count)))"])
        }
        for number in 0..<count {
            try entries(of: number, among: count)
            if shape.transport == .mmio { input.skip(4) }
            let address = input.number(8)
            let indexPlace = input.position
            let index = input.number(2)
            guard address != 0 || index == 0 else {
                throw refused(
                    at: indexPlace, size: 2, "queue \(number) has an index but no address",
                    lines: ["VQ \(number) address 0x0 inconsistent with Host index 0x\(Hex.digits(index))"])
            }
            if shape.transport == .channel { input.skip(2) }
            if let count = shape.vectorCount { try vector(below: count) }
        }
    }

    // Since 11.1 a ring must fit the size that the target has allocated.
    private mutating func entries(of number: Int, among count: Int) throws(LoadFailure) {
        let place = input.position
        let entries = input.number(4)
        guard version >= QEMUVersion(11, 1), let limit = shape.entries(of: number, among: count),
            entries > limit, !input.isPastEnd
        else { return }
        throw refused(
            at: place, size: 4, "queue \(number) has \(entries) entries, but \(limit) on the destination",
            lines: ["VQ \(number) vring.num \(entries) exceeds allocated max \(limit)"],
            hint:
                "give the destination's device the same number: rx_queue_size=, tx_queue_size=, queue-size=, num-queues="
        )
    }

    // Reads the size that the counts in the bytes give; when they are unknown, the size that the target's
    // device has saved.
    private mutating func device(_ features: UInt64) throws(LoadFailure) {
        guard let received, received.offset == input.position, received.isAlike(shape.device) else {
            try compareInPlace()
            return input.skip(size(shape.device, features))
        }
        for (field, local) in zip(received.compared, shape.device.compared) where field.bytes != local.bytes {
            try compare(field, local)
        }
        // find_port_by_id (hw/char/virtio-serial-bus.c fetch_active_ports_list, 7.2 to 11.1): no message of
        // its own.
        for port in received.ports where !shape.device.ports.contains(where: { $0.bytes == port.bytes }) {
            let number = port.bytes.reduce(0) { $0 << 8 | UInt64($1) }
            throw LoadFailure(
                kind: .value, offset: port.offset, size: port.bytes.count,
                message: "the destination has no port \(number)", cause: .field, chain: chain,
                failure: .invalid)
        }
        input.skip(size(received, features))
    }

    // The low word of the features decides whether the loader reads offloads (hw/net/virtio-net.c
    // VIRTIO_NET_F_CTRL_GUEST_OFFLOADS).
    private func size(_ state: VirtIODeviceState, _ features: UInt64) -> Int {
        guard shape.device.structure == "virtio-net-device" else { return state.size }
        return state.size - state.offloadSize + (features >> 2 & 1 == 1 ? 8 : 0)
    }

    // For bytes that do not decode as this device: compares the target's fields at their places in the
    // target.
    private func compareInPlace() throws(LoadFailure) {
        guard let start = shape.device.offset else { return }
        let moved = movedByAddresses(start)
        for local in shape.device.compared {
            let place = input.position.addingSaturated(local.offset - start).addingSaturated(moved)
            guard place <= input.region.count - local.bytes.count else { return }
            let bytes = input.region.copy(place..<place + local.bytes.count)
            guard bytes != local.bytes else { continue }
            try compare(
                VirtIODeviceState.Field(name: local.name, type: local.type, offset: place, bytes: bytes),
                local)
        }
    }

    // How far, in bytes, a different list of MAC addresses moves the fields that a network device compares
    // (hw/net/virtio-net.c).
    private func movedByAddresses(_ start: Int) -> Int {
        guard shape.device.structure == "virtio-net-device",
            let count = input.region.bigEndian(UInt32.self, at: input.position + 18),
            let local = shape.target.store.region.bigEndian(UInt32.self, at: start + 18)
        else { return 0 }
        return (Int(count) - Int(local)) * 6
    }

    private func compare(
        _ field: VirtIODeviceState.Field, _ local: VirtIODeviceState.Field
    ) throws(LoadFailure) {
        let values = [field, local].map { $0.bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        guard
            let refusal = VirtIOComparison.of(field.name, type: field.type)?.refusal(values[0], values[1])
        else { return }
        let step = refusal.field.map { name in
            FieldStep(
                structure: shape.device.structure, field: name.isEmpty ? field.name : name,
                type: name == "tmp" ? name : field.type)
        }
        throw LoadFailure(
            kind: .value, offset: field.offset, size: field.bytes.count,
            message: "\(field.name) differs from the destination's",
            lines: refusal.lines, cause: refusal.cause,
            chain: chain + (step.map { [$0] } ?? []), failure: .invalid)
    }

    private mutating func subsections() throws(LoadFailure) -> Int {
        let loader = VirtIOLoader(region: input.region, limit: input.region.count)
        let end: Int
        do throws(VirtIOLoader.Fault) {
            end = try loader.load(from: input.position)
        } catch {
            throw LoadFailure(
                kind: error.isUnknown ? .subsectionUnknown : error.isEnd ? .end : .value,
                offset: error.offset,
                size: error.size, message: error.message, cause: error.cause,
                chain: chain + error.steps, subsections: error.subsections(below: chain.count),
                failure: error.isUnknown ? .noEntry : error.isEnd ? .inputOutput : .invalid)
        }
        guard !input.isPastEnd else { throw cut() }
        return end
    }

    // MARK: Failures

    private mutating func take(_ size: Int, _ field: String) throws(LoadFailure) {
        input.skip(size)
        guard !input.isPastEnd else {
            throw LoadFailure(
                kind: .end, offset: input.region.count, size: 0,
                message: "the stream ends inside the PCI configuration",
                cause: .end(structure: "PCIDevice"), chain: chain + [Self.step(field)], failure: .inputOutput)
        }
    }

    private func cut() -> LoadFailure {
        LoadFailure(
            kind: .end, offset: input.region.count, size: 0, message: "the stream ends inside the device",
            cause: .end(structure: chain.last?.structure ?? ""), chain: chain, failure: .inputOutput)
    }

    private static func step(_ field: String) -> FieldStep {
        let types = ["config": "pci config", "irq_state": "pci irq state", "version_id": "int32 le"]
        return FieldStep(structure: "PCIDevice", field: field, type: types[field] ?? "")
    }

    private func failure(
        at offset: Int, size: Int, _ message: String, _ lines: [String], _ field: String,
        _ cause: QEMULog.Cause = .field
    ) -> LoadFailure {
        LoadFailure(
            kind: .value, offset: offset, size: size, message: message,
            lines: lines, cause: cause,
            chain: chain + [Self.step(field)], failure: .invalid)
    }

    private func refused(
        at offset: Int, size: Int, _ message: String, lines: [String] = [],
        _ failure: QEMULog.Failure = .notPermitted, hint: String = ""
    ) -> LoadFailure {
        LoadFailure(
            kind: .value, offset: offset, size: size, message: message, lines: lines, chain: chain,
            failure: failure, hint: hint)
    }
}
