import Bytes
import Container
import Format

/// A summary of what was read of a stream. A complete stream needs no reading of RAM. All text is escaped.
package struct Overview: Sendable {
    /// The last component of the path.
    package let fileName: String
    /// In bytes.
    package let fileSize: Int
    /// The name of the container; `none` for a bare stream.
    package let container: String
    /// The offset of the stream in the file and its length without trailing bytes, in bytes.
    package let streamOffset: Int
    package let streamSize: Int
    /// The machine type of the configuration section.
    package let machine: String?
    /// The target page size in bytes.
    package let pageSize: Int?
    package let capabilities: [String]
    /// START and FULL sections, in stream order.
    package let sections: [SectionSummary]
    /// The blocks that the START section of `ram` lists.
    package let ramBlocks: [RAMBlockSummary]
    package let description: DescriptionSummary?
    /// The number of sections with the idstr `cpu`.
    package let processorCount: Int
    /// The offset of another stream after this one, in bytes from the start of this one; nil if there is
    /// none.
    package let nextStream: Int?

    package var sectionCount: Int { sections.count }
}

/// A section as `info` lists it.
package struct SectionSummary: Sendable {
    package let id: UInt32
    /// The idstr.
    package let name: String
    package let instance: UInt32
    package let version: UInt32
    /// `start` or `full`.
    package let kind: String
    /// The offset from the start of the stream and the length, in bytes.
    package let offset: Int
    package let size: Int
}

/// A RAM block as `info` lists it.
package struct RAMBlockSummary: Sendable {
    package let name: String
    /// The size of its guest RAM in bytes.
    package let size: Int
}

/// The description as `info` lists it.
package struct DescriptionSummary: Sendable {
    /// The place of the JSON text in the stream, in bytes.
    package let offset: Int
    package let size: Int
    package let devices: Int
    /// `stream` if it is the stream's own.
    package let source: String
}

extension Document {
    /// The summary for `info` and the title line, of what was read so far. O(records) after a change,
    /// otherwise O(1).
    package var overview: Overview {
        if let known = knownOverview, known.generation == store.generation { return known.overview }
        let made = makeOverview()
        knownOverview = (store.generation, made)
        return made
    }

    private func makeOverview() -> Overview {
        var sections: [SectionSummary] = []
        var processors = 0
        for record in store.streamRecords() {
            guard let section = record.section, section.type.isNamed else { continue }
            if section.type == .full, store.table.names.bytes(record.name).elementsEqual("cpu".utf8) {
                processors += 1
            }
            sections.append(
                SectionSummary(
                    id: section.id, name: store.table.names.text(record.name), instance: section.instance,
                    version: section.version, kind: section.type == .start ? "start" : "full",
                    offset: record.offset, size: record.size))
        }
        return Overview(
            fileName: tree.fileName, fileSize: store.source.fileSize, container: store.source.info.name,
            streamOffset: store.source.info.isInFile ? store.source.region.fileOffset(of: 0) ?? 0 : 0,
            streamSize: store.streamEnd, machine: store.machine,
            pageSize: store.state.pageSize,
            capabilities: store.state.capabilities.map(store.table.names.text),
            sections: sections,
            ramBlocks: store.state.blocks.map {
                .init(name: store.table.names.text($0.name), size: $0.usedLength)
            },
            description: store.description.map {
                .init(
                    offset: $0.text.lowerBound, size: $0.text.count, devices: $0.devices.count,
                    source: $0.borrowedFrom ?? "stream")
            },
            processorCount: processors, nextStream: store.nextStream)
    }
}

extension Document {
    private static let headLength = 4096
    private static let tailLength = 4096
    private static let sectionLength = 256
    private static let mostSections = 4096

    /// The devices that opening has found. Later reading does not change them, nor the fingerprint.
    /// O(records).
    func devicesOfOpening() -> [Range<Int>] {
        store.topLevel.lazy.map { self.store.records[$0] }.filter { $0.kind == .full }.prefix(
            Self.mostSections
        )
        .map { $0.offset..<$0.end }
    }

    /// An identifier of the stream's content: 32 hexadecimal digits. It covers the size, the first and last
    /// bytes, and the first bytes of each device section, because two streams of one machine end in the same
    /// description.
    ///
    /// RAM is not read. Not collision-resistant. O(sections).
    package var fingerprint: String {
        var hash = StreamHash()
        hash.add(UInt64(store.region.count))
        hash.add(store.region.copy(0..<Self.headLength))
        hash.add(
            store.region.copy(
                store.region.count - min(Self.tailLength, store.region.count)..<store.region.count))
        for section in firstDevices {
            hash.add(UInt64(section.lowerBound))
            hash.add(store.region.copy(section.prefix(Self.sectionLength)))
        }
        return hash.text
    }
}

/// FNV-1a with two start values.
private struct StreamHash {
    private var first: UInt64 = 0xcbf2_9ce4_8422_2325
    private var second: UInt64 = 0x6c62_272e_07bb_0142

    package mutating func add(_ bytes: [UInt8]) {
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte) ^ first >> 32) &* 0x100_0000_01b3
        }
    }

    package mutating func add(_ number: UInt64) {
        add((0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) })
    }

    package var text: String { Hex.digits(first, width: 16) + Hex.digits(second, width: 16) }
}
