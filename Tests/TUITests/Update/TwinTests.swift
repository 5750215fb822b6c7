import Compare
import Stream
import Testing

@testable import TUI

@Suite struct TwinTests {
    /// What is listed is what a walk over both finds.
    @Test(arguments: ["cpu:0", "apic:0", "i8259:1", "dma:0"]) func sections(_ name: String) throws {
        let document = try Fixture.sample()
        let left = try #require(document.path(text: name))
        let right = try #require(document.tree.twin(of: left))
        #expect(
            left != right
                && document.tree.name(document.tree.node(left))
                    == document.tree.name(document.tree.node(right))
        )
        var expected: [NodePath] = []
        func walk(_ one: Node, _ other: Node) {
            guard one.role != .frame else { return }
            if one.isLeaf {
                if document.tree.bytes(of: one) != document.tree.bytes(of: other) {
                    expected.append(one.path)
                }
                return
            }
            for index in 0..<one.childCount {
                walk(document.tree.child(index, of: one), document.tree.child(index, of: other))
            }
        }
        // The sections of the sample that are compared have one layout, but for apic's subsection.
        let comparison = NodeComparison(left, right, in: document)
        #expect(comparison.isComplete)
        guard document.tree.node(left).size == document.tree.node(right).size else { return }
        walk(document.tree.node(left), document.tree.node(right))
        #expect(comparison.differences.map(\.left) == expected)
    }

    /// Nodes with other bytes are never equal, whatever they consist of.
    @Test(arguments: [
        ("header", "live sections"), ("description", "header"), ("dma:0/@header", "timer:0/@header"),
        ("cpu:0/@header", "cpu:1/@header"), ("live sections/ram@0xe0", "cpu:0"), ("cpu:0", "cpu:0/env.eip"),
    ]) func otherBytesDiffer(_ left: String, _ right: String) throws {
        let document = try Fixture.sample()
        document.openLivePart()
        let (left, right) = (
            try #require(document.path(text: left)), try #require(document.path(text: right))
        )
        #expect(!NodeComparison(left, right, in: document).differences.isEmpty)
        #expect(NodeComparison(left, left, in: document).differences.isEmpty)
    }

    /// Bits of two words are compared by what they are, not by the words.
    @Test(arguments: [("IF", "CF", true), ("IOPL", "CF", false)]) func bitsAreCompared(
        _ left: String, _ right: String, _ isSame: Bool
    ) throws {
        let document = try Fixture.sample()
        let left = try #require(document.path(text: "cpu:0/env.eflags/\(left)"))
        let right = try #require(document.path(text: "cpu:0/env.eflags/\(right)"))
        #expect(NodeComparison(left, right, in: document).differences.isEmpty == isSame)
    }

    @Test func whatOnlyOneHas() throws {
        let document = try Fixture.sample()
        let left = try #require(document.path(text: "apic:0"))
        let right = try #require(document.path(text: "apic:1"))
        let one = NodeComparison(left, right, in: document)
        let other = NodeComparison(right, left, in: document)
        #expect(one.differences.contains { $0.left == nil })
        #expect(other.differences.contains { $0.right == nil })
        #expect(one.differences.count == other.differences.count)
    }

    @Test func theListGoesToTheField() throws {
        let browser = try Browser.after(":cpu:0<Enter>c", on: Fixture.sample())
        #expect(browser.model.overlay == .twins(selected: 0))
        #expect(browser.status().contains("cpu:0 and cpu:1"))
        try browser.type("j<Enter>")
        #expect(browser.model.overlay == nil)
        #expect(browser.selectedPath.hasPrefix("cpu:0/"))
        try browser.type("<C-o>")
        #expect(browser.selectedPath == "cpu:0")
        try browser.type("cc")
        #expect(browser.model.overlay == nil)
    }

    @Test func fieldsAndElements() throws {
        let document = try Fixture.sample()
        let field = try #require(document.path(text: "cpu:1/env.eip"))
        #expect(document.tree.twin(of: field).map(document.tree.pathText) == "cpu:0/env.eip")
        let browser = try Browser.after("c", on: Fixture.sample())
        #expect(browser.status().contains("no twin"))
    }
}
