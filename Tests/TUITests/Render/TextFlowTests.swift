import Testing

@testable import TUI

struct TextFlowTests {
    private func lines(_ text: String, after first: String) -> [String] {
        var flow = TextFlow(width: 40, height: 4)
        flow.append(first, .normal)
        flow.append("hint:", .normal, following: text.utf8.count)
        flow.append(text, .normal, isJoined: true)
        return flow.runs.map { "\($0.y) \($0.text)" }
    }

    @Test func textStaysWithItsLabel() {
        #expect(lines("copy it again", after: "the end") == ["0 the end", "0 hint:", "0 copy it again"])
        let moved = lines("copy it again", after: "the file ends inside RAM")
        #expect(moved == ["0 the file ends inside RAM", "1 hint:", "1 copy it again"])
    }

    @Test func longTextBeginsBehindItsLabel() {
        let text = "copy it again, or save again and keep both"
        let begun = lines(text, after: "the end")
        #expect(begun == ["0 the end", "0 hint:", "0 copy it again, or save", "1 again and keep both"])
        let moved = lines(text, after: "the file ends inside RAM")
        let broken = [
            "0 the file ends inside RAM", "1 hint:", "1 copy it again, or save again and", "2 keep both",
        ]
        #expect(moved == broken)
    }

    /// Together they are longer than a line, though the text alone is not.
    @Test func textIsNotTornFromItsLabel() {
        let begun = lines("the section was written by other code", after: "the end")
        #expect(begun == ["0 the end", "0 hint:", "0 the section was written", "1 by other code"])
    }
}
