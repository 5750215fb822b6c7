import Edit

/// `migscope share`: the blanked fields, as records.
package struct ShareExport {
    private let share: Share

    package init(_ share: Share) { self.share = share }

    /// Writes a record for each dropped section and each blanked field.
    package func writeRecords(_ form: RecordForm, to sink: inout some ByteSink) {
        var records = RecordList(form)
        for name in share.dropped {
            records.add(to: &sink) { json in
                json.member("path", name)
                json.member("what", "dropped")
                json.member("size", nil)
                json.member("used", nil)
                json.member("reason", nil)
            }
        }
        for field in share.blanked {
            records.add(to: &sink) { json in
                json.member("path", field.path)
                json.member("what", "blanked")
                json.member("size", field.size)
                json.member("used", field.used)
                json.member("reason", "\(field.reason)")
            }
        }
        records.finish(to: &sink)
    }
}
