import Bytes
import Compare
import Stream

/// `migscope diff` of two files that `-dump-vmstate` prints.
package struct DumpDiffExport {
    private let entries: [DumpPairComparison.Entry]

    package init(_ left: TargetDump, _ right: TargetDump) {
        var comparison = DumpPairComparison(left, right)
        let found = comparison.run()
        entries = found + comparison.additions()
    }

    /// A line for each difference.
    /// - Returns: Whether there is any.
    package func write(to sink: inout some ByteSink) -> Bool {
        for entry in entries { sink.write(DiffExport.line(entry.difference)) }
        return !entries.isEmpty
    }

    /// The same as JSON, as of two streams.
    package func writeJSON(to sink: inout some ByteSink) -> Bool {
        var json = JSONWriter()
        json.beginObject()
        json.key("differences")
        json.beginArray()
        for entry in entries { json.difference(entry.difference) }
        json.endArray()
        json.endObject()
        json.endLine()
        sink.write(json.take())
        return !entries.isEmpty
    }
}
