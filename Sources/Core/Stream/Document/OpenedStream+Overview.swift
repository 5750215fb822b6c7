import Container

extension OpenedStream {
    /// The summary that `info` and the title line show. O(records).
    package func overview(fileName: String, source: StreamSource) -> Overview {
        var sections: [SectionSummary] = []
        var processors = 0
        for number in topLevel {
            let record = records[number]
            guard record.isSection else { continue }
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
            streamSize: source.region.count, machine: state.machine.map(table.names.text),
            pageSize: state.pageSize, capabilities: state.capabilities.map(table.names.text),
            sections: sections,
            ramBlocks: state.blocks.map { .init(name: table.names.text($0.name), size: $0.usedLength) },
            description: description.map {
                .init(
                    offset: $0.text.lowerBound, size: $0.text.count, devices: $0.devices.count,
                    source: $0.borrowedFrom ?? "stream")
            },
            processorCount: processors)
    }
}
