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

    /// The line of `node` in UTF-8, its line end included. Values are whole unless `isBrief`.
    package func text(
        _ node: Node, in document: Document, level: Int, value: Bool, isBrief: Bool = false
    ) -> [UInt8] {
        // Millions of lines are made: in one buffer, without a string for each part.
        var line: [UInt8] = []
        line.reserveCapacity(128)
        // Where it is not the stream's, what the offset counts in precedes it, as for `at file:OFFSET`.
        let place = document.name(of: node.space)
        append(place, after: "", to: &line)
        append("0x", after: place.isEmpty ? "" : ":", to: &line)
        ASCII.appendHex(
            UInt64(node.offset), width: max(offsetWidth - place.utf8.count - 1, 1), to: &line)
        ASCII.appendBlanks(2, to: &line)
        ASCII.appendDecimal(node.size, width: sizeWidth, to: &line)
        ASCII.appendBlanks(2 + 2 * level, to: &line)
        append(document.name(node), after: "", to: &line)
        append(document.decoration(node), after: " ", to: &line)
        append(document.versionText(node), after: " ", to: &line)
        append(document.typeName(node), after: "  ", to: &line)
        if value {
            append(
                isBrief ? document.value(node).full : document.wholeValue(node).full, after: "  = ", to: &line
            )
            append(document.meaning(node), after: ": ", to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    // Nothing where the text is empty.
    private func append(_ text: String, after separator: String, to line: inout [UInt8]) {
        guard !text.isEmpty else { return }
        line += separator.utf8
        line += text.utf8
    }
}
