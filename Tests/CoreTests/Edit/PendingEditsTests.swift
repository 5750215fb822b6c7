import Bytes
import Edit
import Stream
import Testing

@Suite struct PendingEditsTests {
    private func sample() throws -> Document { try Sample.fixture("sample-q35-10.0").document() }

    private func node(_ text: String, _ document: Document) throws -> Node {
        document.tree.node(try #require(document.path(text: text)))
    }

    private func written(_ edits: PendingEdits) throws -> [UInt8] {
        let memory = MemoryOutput()
        var writing = DraftWriting(edits.draft, to: memory, path: "out")
        var last = 0.0
        while !writing.isFinished {
            try writing.step(budget: 100_000)
            #expect(writing.progress >= last && writing.progress <= 1)
            last = writing.progress
        }
        #expect(memory.isPublished)
        return memory.bytes
    }

    @Test func aValueIsSetAndUndone() throws {
        let document = try sample()
        let whole = document.store.region.copy(0..<document.store.region.count)
        var edits = try PendingEdits(document)
        let field = try node("mc146818rtc:0/base_rtc", document)
        let before = document.tree.bytes(of: field)
        #expect(try edits.set(field, to: "0x1234"))
        #expect(try !edits.set(field, to: "0x1234"))
        var changed = whole
        changed.replaceSubrange(field.range, with: edits.bytes(field.range))
        #expect(try written(edits) == changed && changed != whole)
        #expect(edits.touches(field.range) && !edits.isDropped(field.range))
        #expect(try edits.undo() != nil)
        #expect(edits.bytes(field.range) == before)
        #expect(try written(edits) == whole)
        #expect(try edits.undo() == nil)
        #expect(try edits.redo()?.edit == .set(path: "mc146818rtc:0/base_rtc", .assign, value: "0x1234"))
        #expect(try edits.redo() == nil)
        #expect(try written(edits) == changed)
    }

    @Test func whatIsDroppedIsNotEdited() throws {
        let document = try sample()
        var edits = try PendingEdits(document)
        let field = try node("mc146818rtc:0/base_rtc", document)
        #expect(try edits.drop(field).path == document.tree.nodes(along: field.path).dropFirst().first?.path)
        #expect(edits.isDropped(field.range))
        #expect(throws: EditError.self) { try edits.set(field, to: "1") }
        #expect(throws: EditError.self) { try edits.drop(field) }
        // Behind what was dropped the places of the source stay.
        let later = try node("pckbd:0/kbd/status", document)
        #expect(try edits.set(later, to: "0x5a"))
        #expect(edits.bytes(later.range) == [0x5a])
        let bytes = try written(edits)
        let reopened = try Document.open(region: MappedRegion(copying: bytes), name: "written")
        #expect(reopened.path(text: "mc146818rtc:0") == nil && reopened.findings.isEmpty)
        #expect(reopened.tree.bytes(of: try node("pckbd:0/kbd/status", reopened)) == [0x5a])
        #expect(edits.arguments == ["--drop", "section=mc146818rtc:0", "--set", "pckbd:0/kbd/status=0x5a"])
    }

    /// One of three, and those after it stay.
    @Test func anEditInTheMiddleIsTakenBack() throws {
        let document = try sample()
        var edits = try PendingEdits(document)
        let fields = try ["mc146818rtc:0/base_rtc", "pckbd:0/kbd/status", "cpu:0/env.eip"].map {
            try node($0, document)
        }
        for field in fields { #expect(try edits.set(field, to: "0x5a")) }
        try edits.revert(1)
        #expect(edits.steps.count == 2)
        #expect(
            edits.touches(fields[0].range) && !edits.touches(fields[1].range)
                && edits.touches(fields[2].range))
    }

    @Test func whatCantBeEditedIsSaid() throws {
        let document = try sample()
        var edits = try PendingEdits(document)
        for (path, value) in [
            ("header/magic", "1"), ("cpu:0/@footer/section_id", "1"), ("mc146818rtc:0/base_rtc", "many"),
            ("mc146818rtc:0/cmos_data", "hex:00"),
        ] {
            let field = try node(path, document)
            #expect(throws: EditError.self, "\(path)") { try edits.set(field, to: value) }
        }
        let page = document.tree.node(try document.place("pc.ram@0x1000", from: 0).path)
        #expect(throws: EditError.self) { try edits.set(page, to: "0") }
        #expect(throws: EditError.self) { try edits.drop(document.tree.root) }
        #expect(throws: EditError.self) { try edits.drop(try node("ram:0", document)) }
        #expect(edits.isEmpty)
    }

    @Test func aFlagIsSetByItself() throws {
        let document = try sample()
        var edits = try PendingEdits(document)
        let word = try node("cpu:0/env.eflags", document)
        let flag = try #require(
            (0..<word.childCount).map { document.tree.child($0, of: word) }
                .first { document.tree.typeName($0) == "bit 9" })
        let old = EditValue(document).bits(of: flag)
        #expect(try edits.set(flag, to: old == 0 ? "1" : "0"))
        let own = try #require(edits.node(for: flag.path))
        #expect(EditValue(edits.draft.document).bits(of: own) == (old == 0 ? 1 : 0))
        var value = document.tree.bytes(of: word).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        value ^= 1 << 9
        #expect(edits.bytes(word.range).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } == value)
    }

    @Test func streamsWithoutADraft() throws {
        let document = try Sample.fixture("postcopy-switched-10.0").document()
        #expect(throws: EditError.self) { try PendingEdits(document) }
    }

    /// Pages at fixed places are no matter of the edits: places stay those of the file.
    @Test func mappedFiles() throws {
        let document = try Sample.fixture("mapped-ram-10.0").document()
        var edits = try PendingEdits(document)
        let ticks = try #require(document.path(text: "timer:0/cpu_ticks_offset"))
        let node = document.tree.node(ticks)
        #expect(try edits.set(node, to: "5"))
        #expect(edits.steps.flatMap(\.changes).map(\.offset) == [node.offset])
        var sink = EditTests.Bytes()
        try edits.draft.write(to: &sink)
        var wanted = document.store.region.copy(0..<document.store.region.count)
        wanted.replaceSubrange(node.range, with: [0, 0, 0, 0, 0, 0, 0, 5])
        #expect(sink.bytes == wanted)
    }

    /// Each field that has a value takes its own value back.
    @Test func valuesAreTakenAsTheyAreGiven() throws {
        let document = try sample()
        let value = EditValue(document)
        var count = 0
        func visit(_ node: Node, _ depth: Int) throws {
            for index in 0..<min(node.childCount, 64) where depth < 8 {
                let child = document.tree.child(index, of: node)
                if child.isLeaf, child.role == .field || child.role == .meaning {
                    for decimal in [false, true] {
                        let text = value.text(of: child, decimal: decimal)
                        guard !text.isEmpty else { continue }
                        count += 1
                        #expect(
                            try value.bytes(text, for: child) == document.tree.bytes(of: child), "\(text)")
                    }
                }
                if child.childCount > 0 { try visit(child, depth + 1) }
            }
        }
        for section in document.store.checkedSections() where section.record.kind == .full {
            try visit(try #require(document.tree.node(of: section)), 0)
        }
        #expect(count > 5000)
    }
}

/// Takes what is written into memory.
private final class MemoryOutput: StreamOutput {
    var bytes: [UInt8] = []
    var isPublished = false

    func put(_ bytes: [UInt8]) { self.bytes += bytes }
    func copy(_ region: MappedRegion, _ range: Range<Int>) { bytes += region.copy(range) }
    func skip(_ count: Int) { bytes += [UInt8](repeating: 0, count: count) }
    func written() -> MappedRegion { MappedRegion(copying: bytes) }
    func publish() { isPublished = true }
}
