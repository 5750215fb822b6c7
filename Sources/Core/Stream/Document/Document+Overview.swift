import Bytes
import Container
import Format

extension Document {
    /// The summary that `info` and the title line show, of what was read so far. O(records), and O(1) again.
    package var overview: Overview {
        if let known = knownOverview, known.generation == generation { return known.overview }
        let made = makeOverview()
        knownOverview = (generation, made)
        return made
    }

    private func makeOverview() -> Overview {
        var sections: [SectionSummary] = []
        var processors = 0
        for record in streamRecords() where record.kind == .full || record.kind == .start {
            if record.kind == .full, table.names.bytes(record.name).elementsEqual("cpu".utf8) {
                processors += 1
            }
            sections.append(
                SectionSummary(
                    id: record.id, name: table.names.text(record.name), instance: record.instance,
                    version: record.version, kind: record.kind == .start ? "start" : "full",
                    offset: record.offset, size: record.size))
        }
        return Overview(
            fileName: fileName, fileSize: source.fileSize, container: source.info.name,
            streamOffset: source.info.isInFile ? source.region.fileOffset(of: 0) ?? 0 : 0,
            streamSize: streamEnd, machine: state.machine.map(table.names.text),
            pageSize: state.pageSize, capabilities: state.capabilities.map(table.names.text),
            sections: sections,
            ramBlocks: state.blocks.map { .init(name: table.names.text($0.name), size: $0.usedLength) },
            description: description.map {
                .init(
                    offset: $0.text.lowerBound, size: $0.text.count, devices: $0.devices.count,
                    source: $0.borrowedFrom ?? "stream")
            },
            processorCount: processors, nextStream: nextStream)
    }

    private var fileName: String {
        FileName.shown(name.split(separator: "/").last.map(String.init) ?? "")
    }

    /// The records of the stream that were read so far, those inside others too, in stream order. O(records).
    package func streamRecords() -> [SectionRecord] {
        var result: [SectionRecord] = []
        var stack = Array(topLevel.dropFirst(containerCount).reversed())
        while let number = stack.popLast() {
            result.append(records[number])
            stack += records[number].children.reversed()
        }
        return result
    }
}
