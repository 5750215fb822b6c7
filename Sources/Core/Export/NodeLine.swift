import Bytes
import Stream

/// One node as a line of text: offset, size, then the name indented by its depth, type and value.
package struct NodeLine {
    // Columns that hold each offset and each size of the stream.
    private let offsetWidth: Int
    private let sizeWidth: Int

    package init(_ document: Document) {
        offsetWidth = max(Hex.digits(UInt64(document.region.count)).utf8.count, 4)
        sizeWidth = max(String(document.region.count).utf8.count, 4)
    }

    /// The line of `node`, its line end included. Values are whole unless `isBrief`.
    package func text(
        _ node: Node, in document: Document, level: Int, value: Bool, isBrief: Bool = false
    ) -> String {
        // Where it is not the stream's, what the offset counts in precedes it, as for `at file:OFFSET`.
        let place = document.name(of: node.space)
        var line = place.isEmpty ? "0x" : place + ":0x"
        line += Hex.digits(UInt64(node.offset), width: max(offsetWidth - place.utf8.count - 1, 1)) + "  "
        let size = String(node.size)
        line += String(repeating: " ", count: max(sizeWidth - size.utf8.count, 0)) + size + "  "
        line += String(repeating: "  ", count: level) + label(node, document)
        let type = document.typeName(node)
        if !type.isEmpty { line += "  " + type }
        if value {
            let shown = isBrief ? document.value(node).full : document.wholeValue(node).full
            let meaning = document.meaning(node)
            if !shown.isEmpty { line += "  = " + shown }
            if !meaning.isEmpty { line += ": " + meaning }
        }
        return line + "\n"
    }

    private func label(_ node: Node, _ document: Document) -> String {
        var label = document.name(node)
        for part in [document.decoration(node), document.versionText(node)] where !part.isEmpty {
            label += " " + part
        }
        return label
    }
}
