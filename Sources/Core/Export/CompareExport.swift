import Compare
import Stream

/// `migscope compare`: what differs between two nodes, a line or an object a field.
package struct CompareExport {
    private let document: Document
    private let comparison: NodeComparison

    package init(_ document: Document, _ comparison: NodeComparison) {
        self.document = document
        self.comparison = comparison
    }

    /// Writes lines `path TAB left TAB right`, or objects with the keys `path`, `left` and `right`; null for what one
    /// side does not have.
    package func write(_ form: RecordForm?, to sink: inout some ByteSink) {
        let differences = comparison.differences
        if form == .json { sink.write(differences.isEmpty ? "[" : "[\n") }
        for (index, difference) in differences.enumerated() {
            let texts = (value(difference.left), value(difference.right))
            guard let form else {
                sink.write("\(path(difference))\t\(texts.0 ?? "-")\t\(texts.1 ?? "-")\n")
                continue
            }
            let isLast = index + 1 == differences.count
            sink.write(object(path(difference), texts, indented: form == .json))
            sink.write(form == .json && !isLast ? ",\n" : "\n")
        }
        if form == .json { sink.write("]\n") }
    }

    private func object(_ path: String, _ texts: (String?, String?), indented: Bool) -> String {
        let (left, right) = (
            texts.0.map(JSONWriter.quoted) ?? "null", texts.1.map(JSONWriter.quoted) ?? "null"
        )
        return (indented ? "  " : "")
            + "{\"path\": \(JSONWriter.quoted(path)), \"left\": \(left), \"right\": \(right)}"
    }

    // From the compared node on.
    private func path(_ difference: NodeComparison.Difference) -> String {
        let (path, outer) =
            difference.left.map { ($0, comparison.left) } ?? (difference.right ?? .root, comparison.right)
        let rest = document.pathText(path).dropFirst(document.pathText(outer).count).drop { $0 == "/" }
        return rest.isEmpty ? document.name(document.node(path)) : String(rest)
    }

    private func value(_ path: NodePath?) -> String? {
        path.map { path in
            let node = document.node(path)
            let text = RecordText.line(of: node, document)
            return text.isEmpty ? "\(node.size) bytes" : text
        }
    }
}
