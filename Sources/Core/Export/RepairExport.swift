import Bytes
import Edit
import Format
import Stream

/// `migscope repair`: the steps of a repair with their grades, and what is left.
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
            return sink.write(line("nothing to mend"))
        }
        for step in repair.steps {
            sink.write(line("\(step.grade.rawValue): \(step.title)"))
            if !step.cost.isEmpty { sink.write(line("    \(step.cost)")) }
            for change in step.changes.prefix(4) {
                sink.write(line("    at \(Hex.offset(change.offset)) \(change.path)"))
            }
        }
        for item in repair.unmended {
            sink.write(line("not mended: \(item.title)"))
            sink.write(line("    \(item.reason)"))
            if !item.setting.isEmpty { sink.write(line("    instead: \(item.setting)")) }
        }
        for finding in left {
            sink.write(line("left: \(finding.message) [\(finding.code)] at \(Hex.offset(finding.offset))"))
        }
        for text in repair.untold { sink.write(line("not told by the destination's stream: \(text)")) }
        let words = left.isEmpty ? "clean" : "not clean"
        sink.write(
            line("\(isWritten ? "written" : "plan"): \(Quantity.text(repair.steps.count, "step")), \(words)"))
    }

    package func writeJSON(_ form: RecordForm, to sink: inout some ByteSink) {
        var json = JSONWriter(form)
        json.beginObject()
        json.key("steps")
        json.beginArray()
        for step in repair.steps {
            json.beginObject()
            json.key("grade")
            json.string(step.grade.rawValue)
            json.key("title")
            json.string(step.title)
            json.key("cost")
            json.string(step.cost)
            json.endObject()
        }
        json.endArray()
        json.key("edits")
        json.beginArray()
        for edit in repair.steps.flatMap(\.edits) {
            let (word, operands) = edit.words
            json.beginArray()
            for text in [word] + operands { json.string(text) }
            json.endArray()
        }
        json.endArray()
        json.key("unmended")
        json.beginArray()
        for item in repair.unmended {
            json.beginObject()
            json.key("title")
            json.string(item.title)
            json.key("reason")
            json.string(item.reason)
            json.key("setting")
            json.string(item.setting)
            json.endObject()
        }
        json.endArray()
        json.key("left")
        json.beginArray()
        for finding in left {
            json.beginObject()
            json.key("code")
            json.string(finding.code.rawValue)
            json.key("message")
            json.string(finding.message)
            json.endObject()
        }
        json.endArray()
        json.key("untold")
        json.beginArray()
        for text in repair.untold { json.string(text) }
        json.endArray()
        json.endObject()
        json.endLine()
        sink.write(json.take())
    }
}
