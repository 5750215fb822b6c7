/// `migscope info`: what a file is, without reading RAM pages.
public struct InfoExport {
    let document: Document
    var overview: Overview { document.overview }

    public init(_ document: Document) {
        self.document = document
    }

    /// Writes the text for people.
    public func write(to sink: inout some ByteSink) {
        for (label, text) in facts { sink.write(Self.row(label, text)) }
        writeBlocks(to: &sink)
        writeSections(to: &sink)
        for finding in document.findings {
            let place = "\(Hex.offset(finding.offset)) \(finding.path)"
            sink.write("\n\(finding.severity.rawValue): \(finding.message) [\(finding.code)] at \(place)\n")
            if !finding.hint.isEmpty { sink.write("  \(finding.hint)\n") }
        }
    }

    private var facts: [(String, String)] {
        let streamRange = "\(overview.streamSize) bytes at \(Hex.offset(overview.streamOffset)) of the file"
        var facts = [("file", overview.fileName), ("size", "\(overview.fileSize) bytes")]
        facts += [("container", overview.container), ("stream", streamRange)]
        facts += [("machine", overview.machine ?? "not in the stream")]
        facts += [("page size", overview.pageSize.map { "\($0) bytes" } ?? "not in the stream")]
        let capabilities = overview.capabilities.joined(separator: ", ")
        facts += [("capabilities", capabilities.isEmpty ? "none in the stream" : capabilities)]
        facts += [("description", describedBy)]
        return facts + [("processors", String(overview.processorCount))]
    }

    private var describedBy: String {
        guard let description = overview.description else { return "none: device fields can't be told apart" }
        return
            "\(description.size) bytes at \(Hex.offset(description.offset)), \(description.devices) devices, "
            + "from: \(description.source)"
    }

    private func writeBlocks(to sink: inout some ByteSink) {
        sink.write(Self.row("RAM blocks", String(overview.ramBlocks.count)))
        for block in overview.ramBlocks { sink.write("  \(Self.right(block.size, 14))  \(block.name)\n") }
    }

    private func writeSections(to sink: inout some ByteSink) {
        sink.write(Self.row("sections", String(overview.sections.count)))
        guard !overview.sections.isEmpty else { return }
        sink.write("      offset        size     id  kind   name #instance version\n")
        for section in overview.sections {
            let numbers = [
                (section.offset, true, 12), (section.size, false, 10), (Int(section.id), false, 5),
            ]
            .map { Self.right($0.0, $0.2, hexadecimal: $0.1) }.joined(separator: "  ")
            let kind = section.kind + String(repeating: " ", count: max(5 - section.kind.count, 0))
            sink.write("\(numbers)  \(kind)  \(section.name) #\(section.instance) v\(section.version)\n")
        }
    }

    private static func row(_ label: String, _ text: String) -> String {
        label + String(repeating: " ", count: max(14 - label.count, 1)) + text + "\n"
    }

    private static func right(_ value: Int, _ width: Int, hexadecimal: Bool = false) -> String {
        let text = hexadecimal ? Hex.offset(value) : String(value)
        return String(repeating: " ", count: max(width - text.utf8.count, 0)) + text
    }
}
