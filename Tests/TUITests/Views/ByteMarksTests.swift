import Stream
import Testing

@testable import TUI

@Suite struct ByteMarksTests {
    @Test func neighbouringFieldsHaveOtherColours() throws {
        let document = try Fixture.sample()
        let start = document.tree.node(try #require(document.path(text: "mc146818rtc:0"))).offset
        let marks = ByteMarks(document, selection: NodePath([0]), range: start..<start + 275)
        let colours = Theme.dark.fields.count
        // The bytes of a buffer, or of an array of bytes, are one field.
        func field(_ path: NodePath) -> NodePath {
            let node = document.tree.node(path)
            return node.isElement && node.size == 1 ? path.parent ?? path : path
        }
        for offset in start..<start + 274 {
            let (here, next) = (document.path(atOffset: offset), document.path(atOffset: offset + 1))
            let (left, right) = (marks.field(offset) % colours, marks.field(offset + 1) % colours)
            #expect(
                (field(here) == field(next)) == (left == right),
                "\(document.tree.pathText(here)) \(document.tree.pathText(next))")
        }
    }
}
