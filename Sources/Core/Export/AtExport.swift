import Bytes
import Stream

/// `migscope at`: the way from the root to the leaf that owns a byte.
package struct AtExport {
    private let document: Document

    package init(_ document: Document) {
        self.document = document
    }

    /// Writes one line for each node on the way, the leaf with its value, then what else is known of the leaf.
    ///
    /// - Parameter offset: bytes from the start of the stream; must lie inside it.
    package func write(offset: Int, to sink: inout some ByteSink) {
        write(Place(path: document.path(atOffset: offset), offset: offset), to: &sink)
    }

    /// The same for a place that may be in a container, outside of the stream.
    package func write(_ place: Place, to sink: inout some ByteSink) {
        let line = NodeLine(document)
        let nodes = document.nodes(along: place.path)
        for (level, node) in nodes.enumerated() {
            let isLeaf = level == nodes.count - 1
            sink.write(line.text(node, in: document, level: level, value: isLeaf))
        }
        guard let leaf = nodes.last else { return }
        let offset = place.offset ?? leaf.offset
        sink.write("\npath     \(document.pathText(leaf.path))\n")
        sink.write("byte     \(offset - leaf.offset) of \(leaf.size)\n")
        if leaf.space == .stream, let place = document.fileOffset(ofStreamOffset: offset), place != offset {
            sink.write("file     \(Hex.offset(place))\n")
        }
        let names = document.meaningNames(of: leaf, atOffset: offset)
        if !names.isEmpty { sink.write(Self.detail(("byte of", names.joined(separator: ", ")))) }
        for detail in document.details(leaf) { sink.write(Self.detail(detail)) }
    }

    /// Writes the nodes on the way as records, the leaf last.
    package func writeRecords(_ place: Place, _ form: RecordForm, to sink: inout some ByteSink) {
        var records = RecordWriter(document, form)
        for node in document.nodes(along: place.path).dropFirst() { records.write(node, to: &sink) }
        records.finish(to: &sink)
    }

    private static func detail(_ detail: (label: String, text: String)) -> String {
        let blanks = max(8 - detail.label.count, 0)
        return detail.label + String(repeating: " ", count: blanks) + " " + detail.text + "\n"
    }
}
