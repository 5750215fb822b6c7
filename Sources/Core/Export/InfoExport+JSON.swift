import Bytes

extension InfoExport {
    /// Writes one JSON object. Its keys are stable for scripts: new keys may appear, existing ones never
    /// change.
    package func writeJSON(_ form: RecordForm = .json, to sink: inout some ByteSink) {
        var json = JSONWriter(form)
        json.beginObject()
        json.member("schema", RecordSchema.version)
        writeFile(to: &json)
        writeContainer(to: &json)
        writeDescription(to: &json)
        writeSections(to: &json)
        writeRAM(to: &json)
        json.objects("findings", document.findings) { $0.findingMembers($1) }
        json.endObject()
        json.endLine()
        sink.write(json.take())
    }

    private func writeFile(to json: inout JSONWriter) {
        json.member("file", overview.fileName)
        json.member("size", overview.fileSize)
        json.member("container", overview.container)
        json.key("stream")
        json.beginObject()
        json.member("offset", overview.streamOffset)
        json.member("size", overview.streamSize)
        json.member("number", document.streamNumber)
        json.key("next")
        if let next = overview.nextStream { json.integer(next) } else { json.null() }
        json.endObject()
        json.member("machine", overview.machine)
        json.key("page_size")
        if let pageSize = overview.pageSize { json.integer(pageSize) } else { json.null() }
        json.strings("capabilities", overview.capabilities)
    }

    // Writes the other contents of the container; the lists are empty for containers without them.
    private func writeContainer(to json: inout JSONWriter) {
        json.objects("snapshots", document.store.container.snapshots) { json, snapshot in
            json.member("id", snapshot.id)
            json.member("name", snapshot.name)
            json.member("size", snapshot.stateSize)
            json.member("date", snapshot.date)
            json.member("open", snapshot.isOpen)
        }
        json.objects("members", document.store.container.members) { json, member in
            json.member("name", member.name)
            json.member("size", member.size)
            json.member("open", member.isOpen)
        }
    }

    private func writeDescription(to json: inout JSONWriter) {
        json.key("description")
        guard let description = overview.description else { return json.null() }
        json.beginObject()
        json.member("offset", description.offset)
        json.member("size", description.size)
        json.member("devices", description.devices)
        json.member("source", description.source)
        json.endObject()
    }

    private func writeSections(to json: inout JSONWriter) {
        json.objects("sections", overview.sections) { json, section in
            json.member("id", Int(section.id))
            json.member("name", section.name)
            json.member("instance", Int(section.instance))
            json.member("version", Int(section.version))
            json.member("kind", section.kind)
            json.member("offset", section.offset)
            json.member("size", section.size)
        }
    }

    private func writeRAM(to json: inout JSONWriter) {
        json.key("ram")
        json.beginObject()
        json.objects("blocks", overview.ramBlocks) { json, block in
            json.member("name", block.name)
            json.member("size", block.size)
        }
        json.endObject()
    }
}

extension JSONWriter {
    package mutating func member(_ name: String, _ value: Int) {
        key(name)
        integer(value)
    }

    package mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    package mutating func member(_ name: String, _ text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }

    /// Writes a finding in the form of all commands.
    package mutating func finding(_ finding: Finding) {
        beginObject()
        findingMembers(finding)
        endObject()
    }

    package mutating func findingMembers(_ finding: Finding) {
        member("severity", finding.severity.rawValue)
        member("code", finding.code.rawValue)
        member("offset", finding.offset)
        member("size", finding.size)
        member("path", finding.path)
        member("message", finding.message)
        member("hint", finding.hint)
        member("qemu", finding.qemu)
        member("certainty", finding.certainty.rawValue)
    }
}
