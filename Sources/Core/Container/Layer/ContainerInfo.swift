import Bytes

/// The containers around a stream. All text is escaped.
package struct ContainerInfo: Sendable {
    /// The outermost first; none for a bare stream.
    package internal(set) var layers: [ContainerLayer] = []

    /// A name such as `libvirt (xz)`, `qcow2 snapshot "name"`, `gzip`; `none` for a bare stream.
    package var name: String {
        let name = layers.reversed().reduce("") { inner, layer in
            inner.isEmpty ? layer.title : "\(layer.name) (\(inner))"
        }
        return name.isEmpty ? "none" : name
    }

    /// Whether each byte of the stream is a byte of the file, or a zero that is not in the file.
    package var isInFile: Bool { !layers.contains { $0.isUnpacked } }

    /// Whether the stream is from a packet capture, which may end before the migration.
    package var isCaptured: Bool { layers.contains(where: \.isCapture) }

    /// The parts of the outermost layer, with ranges in the file.
    package var parts: [ContainerPart] { layers.first?.parts ?? [] }

    /// The snapshots of a qcow2 image, in the order of its table.
    package var snapshots: [SnapshotSummary] { layers.flatMap(\.snapshots) }

    /// The files of archives, in archive order.
    package var members: [MemberSummary] { layers.flatMap(\.members) }
}

/// A container.
package struct ContainerLayer: Sendable {
    /// A name such as `libvirt`.
    package let name: String
    /// The name with the format or the content.
    package internal(set) var title: String
    /// Whether the content had to be unpacked, so that it is not directly in the file.
    package let isUnpacked: Bool
    /// Whether it is a packet capture.
    package internal(set) var isCapture = false
    /// The parts of the container, in order.
    package internal(set) var parts: [ContainerPart] = []
    package internal(set) var snapshots: [SnapshotSummary] = []
    package internal(set) var members: [MemberSummary] = []
    /// The bytes from which it was removed; nil for input from a pipe.
    package var bytes: MappedRegion?
    /// Its range in `bytes`.
    package var range = 0..<0

    package init(_ name: String, title: String? = nil, isUnpacked: Bool = false) {
        self.name = name
        self.title = title ?? name
        self.isUnpacked = isUnpacked
    }
}

extension ContainerLayer {
    /// The layer without parts, for content that is not directly in a file.
    package var withoutParts: ContainerLayer {
        var layer = self
        layer.parts = []
        return layer
    }

    /// Records the place of the container: in the whole file if `region` is a window into it.
    package mutating func locate(in region: MappedRegion) {
        let whole = region.wholeFile
        bytes = whole ?? region
        range = 0..<region.count
        guard whole != nil, let start = region.fileOffset(of: 0) else { return }
        range = start..<start + region.count
        parts = parts.map { $0.located(in: region) }
    }
}

/// A piece of a container that is not the stream: a header, its fields, an XML document, a table.
package struct ContainerPart: Sendable {
    package let name: String
    /// The range in the file, or in the unpacked data if an enclosing layer is unpacked.
    package internal(set) var range: Range<Int>
    /// The value, or the text with its line ends (at most 1 MiB of it); nil for the stream itself and for
    /// tables.
    package let text: String?
    /// The fields of a header.
    package internal(set) var parts: [ContainerPart] = []

    package init(_ name: String, _ range: Range<Int>, text: String? = nil, parts: [ContainerPart] = []) {
        self.name = name
        self.range = range
        self.text = text
        self.parts = parts
    }

    /// Returns a text part: up to the first NUL, with line ends kept and everything else escaped.
    package static func text(_ name: String, _ region: MappedRegion, _ range: Range<Int>) -> ContainerPart {
        let bytes = region.copy(range.prefix(1 << 20)).prefix { $0 != 0 }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return ContainerPart(
            name, range, text: lines.map { DisplayText.escaped(bytes: $0) }.joined(separator: "\n"))
    }

    /// Returns the part with its ranges in the file instead of in `region`.
    package func located(in region: MappedRegion) -> ContainerPart {
        var located = self
        if let start = region.fileOffset(of: range.lowerBound) { located.range = start..<start + range.count }
        located.parts = parts.map { $0.located(in: region) }
        return located
    }
}

extension Range where Bound == Int {
    /// Returns the first `count` numbers of the range.
    package func prefix(_ count: Int) -> Range<Int> { lowerBound..<lowerBound + Swift.min(self.count, count) }
}

/// An internal snapshot of a qcow2 image.
package struct SnapshotSummary: Sendable {
    package let id: String
    package let name: String
    /// The time of its creation, in seconds since 1970, and the additional nanoseconds.
    package let date: Int
    package let nanoseconds: Int
    /// The time that the guest had run, in nanoseconds.
    package let guestClock: UInt64
    /// The size of the stream in bytes; 0 for a snapshot of the disk only.
    package let stateSize: Int
    /// Whether this one is open.
    package internal(set) var isOpen = false
}

/// A member as `info` lists it.
package struct MemberSummary: Sendable {
    /// Escaped.
    package let name: String
    /// The unpacked size in bytes.
    package let size: Int
    /// Whether it is open, or a channel of the open stream's migration.
    package var isOpen = false
}
