import Bytes
import Format

/// Reads the subsections of `virtio` as QEMU's loader does (hw/virtio/virtio.c vmstate_virtio, 7.2 and 10.0).
package struct VirtIOLoader {
    package let region: MappedRegion
    package let limit: Int

    package struct Fault: Error {
        package var offset: Int
        package var size: Int
        package var message: String
        /// The cause of the failure, and the enclosing fields in subsections.
        package var cause = QEMULog.Cause.none
        package var steps: [FieldStep] = []
        /// The enclosing subsections, and the number of steps around each.
        package var inside: [SubsectionStep] = []
        package var isUnknown = false
        /// Whether the stream ends there.
        package var isEnd = false
        /// Whether only the footer is missing.
        package var isFooter = false

        /// Returns the subsections; `depth` is the number of fields around the device's field.
        package func subsections(below depth: Int) -> [SubsectionStep] {
            inside.map { SubsectionStep(name: $0.name, parent: $0.parent, depth: $0.depth + depth) }
        }
    }

    private static let queueCount = 1024
    private static let extraState = "virtio/extra_state"
    private static let transports = ["virtio_pci/modern_state", "virtio_mmio/state"]

    /// The name and size of a field; the fields of a queue are in the vmstate that `element` names.
    private struct Field {
        package var name: String
        package var size: Int
        package var element = ""
    }

    /// A vmstate of version 1: its fields, or `count` elements of them in the field `array`.
    private struct Known {
        package var name: String
        package var head: [Field] = []
        package var array = ""
        package var elements: [Field] = []

        package var size: Int {
            head.reduce(0) { $0 + $1.size } + queueCount * elements.reduce(0) { $0 + $1.size }
        }
    }

    private static let known: [Known] = [
        Known(name: "virtio/device_endian", head: [Field(name: "device_endian", size: 1)]),
        Known(name: "virtio/64bit_features", head: [Field(name: "guest_features", size: 8)]),
        Known(
            name: "virtio/virtqueues", array: "vq",
            elements: fields("virtqueue_state", [("vring.avail", 8), ("vring.used", 8)])),
        Known(
            name: "virtio/ringsize", array: "vq",
            elements: fields("ringsize_state", [("vring.num_default", 4)])),
        Known(name: "virtio/broken", head: [Field(name: "broken", size: 1)]),
        Known(name: extraState),
        Known(name: "virtio/started", head: [Field(name: "started", size: 1)]),
        Known(
            name: "virtio/packed_virtqueues", array: "vq",
            elements: fields(
                "packed_virtqueue_state",
                [
                    ("last_avail_idx", 2), ("last_avail_wrap_counter", 1), ("used_idx", 2),
                    ("used_wrap_counter", 1), ("inuse", 4),
                ])),
        Known(name: "virtio/disabled", head: [Field(name: "disabled", size: 1)]),
        Known(
            name: "virtio_pci/modern_state",
            head: [
                Field(name: "dfselect", size: 4), Field(name: "gfselect", size: 4),
                Field(name: "guest_features", size: 8),
            ], array: "vqs",
            elements: fields(
                "virtio_pci/modern_queue_state",
                [("num", 2), ("unused", 1), ("enabled", 1), ("desc", 8), ("avail", 8), ("used", 8)])),
        Known(
            name: "virtio_mmio/state",
            head: [Field(name: "guest_features", size: 8)], array: "vqs",
            elements: fields(
                "virtio_mmio/queue_state",
                [("num", 2), ("enabled", 1), ("desc", 8), ("avail", 8), ("used", 8)])),
    ]

    private static func fields(_ structure: String, _ list: [(String, Int)]) -> [Field] {
        list.map { Field(name: $0.0, size: $0.1, element: structure) }
    }

    private static let ownNames = known.map(\.name).filter { $0.hasPrefix("virtio/") }

    /// Returns the first offset in `range` with a subsection of `virtio`, whose header may be damaged.
    package func firstSubsection(in range: Range<Int>) -> Int? {
        range.first { offset in
            guard region.byte(at: offset) == SectionType.subsection.rawValue,
                let length = region.byte(at: offset + 1)
            else {
                return false
            }
            return Self.ownNames.contains { resembles($0, at: offset + 2, length: Int(length)) }
        }
    }

    // At least two thirds of the bytes are equal, and the length is similar.
    private func resembles(_ name: String, at offset: Int, length: Int) -> Bool {
        let bytes = Array(name.utf8)
        guard abs(bytes.count - length) <= 1 else { return false }
        let same = bytes.indices.filter { region.byte(at: offset + $0) == bytes[$0] }.count
        return same * 3 >= bytes.count * 2
    }

    /// Returns the reason why the loader stops among the subsections from `offset` on; nil when it reaches
    /// the limit.
    package func fault(from offset: Int) -> Fault? {
        do throws(Fault) {
            let end = try load(from: offset)
            return end < limit ? footer(at: end) : nil
        } catch {
            return error
        }
    }

    /// Reads subsections as long as there are any.
    ///
    /// - Returns: the offset of the first byte after them.
    package func load(from offset: Int) throws(Fault) -> Int {
        var position = offset
        while let header = SubsectionHeader(region, at: position, limit: limit),
            region.matches("virtio/".utf8.dropLast(), at: header.name.lowerBound)
        {
            guard let match = Self.known.first(where: { $0.name == name(header) }),
                Self.ownNames.contains(match.name)
            else { throw unknown(header, parent: "virtio") }
            do throws(Fault) {
                position = try body(header, match, parent: "virtio")
                if match.name == Self.extraState { position = try transport(at: position) }
            } catch {
                var fault = error
                fault.inside.insert(
                    SubsectionStep(name: match.name, parent: "virtio", depth: 0), at: 0)
                throw fault
            }
        }
        return position
    }

    // The transport's vmstate has no fields; its name is the prefix of its only possible subsection.
    private func transport(at offset: Int) throws(Fault) -> Int {
        guard let header = SubsectionHeader(region, at: offset, limit: limit),
            ["virtio_pci", "virtio_mmio"].contains(where: {
                region.matches($0, at: header.name.lowerBound)
            })
        else { return offset }
        let parent =
            region.matches("virtio_pci", at: header.name.lowerBound) ? "virtio_pci" : "virtio_mmio"
        do throws(Fault) {
            guard let match = Self.known.first(where: { $0.name == name(header) }),
                Self.transports.contains(match.name)
            else { throw unknown(header, parent: parent) }
            do throws(Fault) {
                return try body(header, match, parent: parent)
            } catch {
                var fault = error
                fault.inside.insert(SubsectionStep(name: match.name, parent: parent, depth: 0), at: 0)
                throw fault
            }
        } catch {
            var fault = error
            fault.steps.insert(
                FieldStep(
                    structure: Self.extraState, field: "extra_state", type: "virtqueue_extra_state"), at: 0)
            fault.inside = fault.inside.map {
                SubsectionStep(name: $0.name, parent: $0.parent, depth: $0.depth + 1)
            }
            throw fault
        }
    }

    private func body(_ header: SubsectionHeader, _ match: Known, parent: String) throws(Fault) -> Int {
        if let fault = version(header, match.name) { throw fault }
        guard match.size > limit - header.end else { return header.end + match.size }
        let steps = cut(match, after: limit - header.end)
        throw Fault(
            offset: limit, size: 0, message: "the stream ends inside \(match.name)",
            cause: .end(structure: steps.last?.structure ?? match.name), steps: steps, isEnd: true)
    }

    // The field in which `count` bytes end.
    private func cut(_ match: Known, after count: Int) -> [FieldStep] {
        var left = count
        for field in match.head {
            if left < field.size { return [FieldStep(structure: match.name, field: field.name, type: "")] }
            left -= field.size
        }
        left %= max(match.elements.reduce(0) { $0 + $1.size }, 1)
        for field in match.elements {
            if left < field.size {
                return [
                    FieldStep(structure: match.name, field: match.array, type: "struct"),
                    FieldStep(structure: field.element, field: field.name, type: ""),
                ]
            }
            left -= field.size
        }
        return []
    }

    // QEMU compares names as C strings.
    private func name(_ header: SubsectionHeader) -> String {
        DisplayText.escaped(bytes: region.copy(header.name).prefix { $0 != 0 })
    }

    private func unknown(_ header: SubsectionHeader, parent: String) -> Fault {
        Fault(
            offset: header.name.lowerBound, size: header.name.count,
            message: "subsection \(name(header)) is not a virtio subsection",
            cause: .unknownSubsection(name: name(header), parent: parent), isUnknown: true)
    }

    private func version(_ header: SubsectionHeader, _ name: String) -> Fault? {
        // QEMU keeps the version of a subsection in eight bits.
        let version = header.version & 0xff
        guard version != 1 else { return nil }
        return Fault(
            offset: header.name.upperBound, size: 4,
            message: "subsection \(name) has version \(version), expected 1",
            cause: version > 1
                ? QEMULog.tooNew(name, version, local: 1) : QEMULog.tooOld(name, version, minimum: 1))
    }

    private func footer(at offset: Int) -> Fault {
        let length = Int(region.byte(at: offset + 1) ?? 0)
        let name = DisplayText.escaped(bytes: region.copy(offset + 2..<min(offset + 2 + length, limit)))
        return Fault(
            offset: offset + 2, size: length, message: "subsection \(name) is not a virtio subsection",
            isFooter: true)
    }
}
