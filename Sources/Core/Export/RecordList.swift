/// Writes records as objects: one per line, or as the elements of an array.
package struct RecordList {
    private let form: RecordForm
    private var json = JSONWriter(indentation: nil)
    private var isEmpty = true

    package init(_ form: RecordForm) { self.form = form }

    /// Writes a record; `members` writes its members.
    package mutating func add(to sink: inout some ByteSink, _ members: (inout JSONWriter) -> Void) {
        if form == .json { sink.write(isEmpty ? "[\n  " : ",\n  ") }
        isEmpty = false
        json.beginObject()
        members(&json)
        json.endObject()
        if form == .lines { json.endLine() }
        sink.write(json.take())
    }

    /// Ends the array.
    package func finish(to sink: inout some ByteSink) {
        if form == .json { sink.write(isEmpty ? "[]\n" : "\n]\n") }
    }
}
