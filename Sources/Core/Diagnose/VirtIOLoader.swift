/// Reads the subsections of `virtio` as QEMU's loader does (hw/virtio/virtio.c vmstate_virtio, 7.2 and 10.0).
struct VirtIOLoader {
    let region: MappedRegion
    let limit: Int

    struct Fault {
        var offset: Int
        var size: Int
        var message: String
        /// QEMU's own lines, before those of the fields around; empty where only a footer is missed.
        var lines: [String]
        var isUnknown = false
    }

    private static let queueCount = 1024
    // Names and bytes of the fields; all have version 1.
    private static let known: [(name: String, size: Int)] = [
        ("virtio/device_endian", 1), ("virtio/64bit_features", 8), ("virtio/virtqueues", queueCount * 16),
        ("virtio/ringsize", queueCount * 4), ("virtio/broken", 1), (extraState, 0), ("virtio/started", 1),
        ("virtio/packed_virtqueues", queueCount * 10), ("virtio/disabled", 1),
    ]
    private static let extraState = "virtio/extra_state"
    private static let transports: [(name: String, size: Int)] = [
        ("virtio_pci/modern_state", 16 + queueCount * 28), ("virtio_mmio/state", 8 + queueCount * 27),
    ]

    /// The first offset in `range` where a subsection of `virtio` stands, perhaps with a damaged header.
    func firstSubsection(in range: Range<Int>) -> Int? {
        range.first { offset in
            guard region.byte(at: offset) == SectionType.subsection.rawValue,
                let length = region.byte(at: offset + 1)
            else {
                return false
            }
            return Self.known.contains { resembles($0.name, at: offset + 2, length: Int(length)) }
        }
    }

    // At least two thirds of the bytes, and nearly the length.
    private func resembles(_ name: String, at offset: Int, length: Int) -> Bool {
        let bytes = Array(name.utf8)
        guard abs(bytes.count - length) <= 1 else { return false }
        let same = bytes.indices.filter { region.byte(at: offset + $0) == bytes[$0] }.count
        return same * 3 >= bytes.count * 2
    }

    /// Why the loader stops among the subsections from `offset` on; nil where it comes to the limit.
    func fault(from offset: Int) -> Fault? {
        var position = offset
        while position < limit {
            guard let header = SubsectionHeader(region, at: position, limit: limit),
                region.matches("virtio".utf8, at: header.name.lowerBound)
            else { return footer(at: position) }
            guard let match = Self.known.first(where: { $0.name == name(header) }) else {
                return unknown(header, [])
            }
            if let fault = version(header, match.name) { return fault }
            position = header.end + match.size
            if match.name == Self.extraState {
                switch transport(at: position) {
                case .success(let end): position = end
                case .failure(let fault): return fault.fault
                }
            }
        }
        return nil
    }

    private struct Stopped: Error { var fault: Fault }

    // The transport's vmstate has no fields; its name begins the one subsection that it may have.
    private func transport(at offset: Int) -> Result<Int, Stopped> {
        guard let header = SubsectionHeader(region, at: offset, limit: limit),
            region.matches("virtio_".utf8, at: header.name.lowerBound)
        else { return .success(offset) }
        let lines = ["Failed to load virtio/extra_state:extra_state"]
        guard let match = Self.transports.first(where: { $0.name == name(header) }) else {
            let isOurs = ["virtio_pci", "virtio_mmio"].contains {
                region.matches($0.utf8, at: header.name.lowerBound)
            }
            return isOurs ? .failure(Stopped(fault: unknown(header, lines))) : .success(offset)
        }
        if var fault = version(header, match.name) {
            fault.lines += lines
            return .failure(Stopped(fault: fault))
        }
        return .success(header.end + match.size)
    }

    // QEMU compares names as C strings.
    private func name(_ header: SubsectionHeader) -> String {
        DisplayText.escaped(bytes: region.copy(header.name).prefix { $0 != 0 })
    }

    private func unknown(_ header: SubsectionHeader, _ lines: [String]) -> Fault {
        Fault(
            offset: header.name.lowerBound, size: header.name.count,
            message: "subsection \(name(header)) is none of virtio",
            lines: lines, isUnknown: true)
    }

    private func version(_ header: SubsectionHeader, _ name: String) -> Fault? {
        // QEMU keeps the version of a subsection in eight bits.
        let version = header.version & 0xff
        guard version != 1 else { return nil }
        let words = version > 1 ? "too new for local version_id 1" : "too old for local minimum version_id  1"
        return Fault(
            offset: header.name.upperBound, size: 4,
            message: "subsection \(name) has version \(version), expected 1",
            lines: ["\(name): incoming version_id \(version) is \(words)"])
    }

    private func footer(at offset: Int) -> Fault {
        let length = Int(region.byte(at: offset + 1) ?? 0)
        let name = DisplayText.escaped(bytes: region.copy(offset + 2..<min(offset + 2 + length, limit)))
        return Fault(
            offset: offset + 2, size: length, message: "subsection \(name) is none of virtio", lines: [])
    }
}
