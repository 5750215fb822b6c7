import Bytes
import Edit
import Format
import Stream

/// `migscope repair`: the steps of a repair with their grades, and the remaining findings.
package struct RepairExport {
    private let repair: Repair
    private let left: [Finding]
    private let isWritten: Bool

    package init(_ repair: Repair, left: [Finding], isWritten: Bool) {
        self.repair = repair
        self.left = left
        self.isWritten = isWritten
    }

    private func line(_ text: String) -> [UInt8] {
        Array(DisplayText.escaped(text).utf8) + [UInt8(ascii: "\n")]
    }

    package func write(to sink: inout some ByteSink) {
        if repair.steps.isEmpty, repair.unmended.isEmpty, left.isEmpty {
            return sink.write(line("nothing to repair"))
        }
        for step in repair.steps {
            sink.write(line("\(step.grade.rawValue): \(step.title)"))
            if !step.cost.isEmpty { sink.write(line("    \(step.cost)")) }
            for change in step.changes.prefix(4) {
                sink.write(line("    at \(Hex.offset(change.offset)) \(change.path)"))
            }
        }
        for item in repair.unmended {
            sink.write(line("not repaired: \(item.title)"))
            sink.write(line("    \(item.reason)"))
            if !item.setting.isEmpty { sink.write(line("    instead: \(item.setting)")) }
        }
        for finding in left {
            sink.write(
                line("remaining: \(finding.message) [\(finding.code)] at \(Hex.offset(finding.offset))"))
        }
        if repair.hasTarget, repair.unmended.contains(where: { !$0.setting.isEmpty }) {
            sink.write(
                line("after a change on the destination, save GOOD there again, and use it for a new repair"))
        }
        for text in repair.untold { sink.write(line("the destination's stream does not show: \(text)")) }
        let words = left.isEmpty && !repair.isHeldBack ? "clean" : "not clean"
        sink.write(
            line("\(isWritten ? "written" : "plan"): \(Quantity.text(repair.steps.count, "step")), \(words)"))
    }

    package func writeJSON(_ form: RecordForm, to sink: inout some ByteSink) {
        var json = JSONWriter(form)
        json.beginObject()
        json.objects("steps", repair.steps) { json, step in
            json.member("grade", step.grade.rawValue)
            json.member("title", step.title)
            json.member("cost", step.cost)
        }
        json.key("edits")
        json.beginArray()
        for edit in repair.steps.flatMap(\.edits) {
            let (word, operands) = edit.words
            json.beginArray()
            for text in [word] + operands { json.string(text) }
            json.endArray()
        }
        json.endArray()
        json.objects("unmended", repair.unmended) { json, item in
            json.member("title", item.title)
            json.member("reason", item.reason)
            json.member("setting", item.setting)
        }
        json.objects("left", left) { json, finding in
            json.member("code", finding.code.rawValue)
            json.member("message", finding.message)
        }
        json.strings("untold", repair.untold)
        json.endObject()
        json.endLine()
        sink.write(json.take())
    }
}
