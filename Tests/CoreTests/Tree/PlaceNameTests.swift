import Bytes
import Stream
import Testing

/// Names as info, tree and messages print them are places, with their slashes as they are or escaped.
@Suite struct PlaceNameTests {
    private let device = SmallDevice(
        "0000:00:02.0/vga", [0, 0, 0, 1, 0, 0, 0, 2, 9],
        fields: """
            {"name": "a", "type": "struct", "size": 4, "struct": {"vmsd_name": "a", "version": 1, "fields": \
            [{"name": "b", "type": "uint32", "size": 4}]}}, {"name": "a/b", "type": "uint32", "size": 4}, \
            {"name": "c/d", "type": "uint8", "size": 1}
            """)

    private func document() throws -> Document {
        try SmallStream([.plain("cpu"), device, .plain("cpu", instance: 1)]).document()
    }

    @Test(arguments: [
        ("0000:00:02.0/vga", "0000:00:02.0/vga:0"), ("0000:00:02.0%2fvga:0", "0000:00:02.0/vga:0"),
        ("0000:00:02.0/vga:0/c/d", "0000:00:02.0/vga:0/c/d"),
        ("0000:00:02.0%2fvga:0/c%2fd", "0000:00:02.0/vga:0/c/d"),
        ("0000:00:02.0/vga #0 v1", "0000:00:02.0/vga:0"), ("vga", "0000:00:02.0/vga:0"),
        ("vga:0", "0000:00:02.0/vga:0"), ("cpu instance 0x1", "cpu:1"), ("cpu #1/word", "cpu:1/word"),
        ("vga/c/d", "0000:00:02.0/vga:0/c/d"), ("WORD", "cpu:0/word"), ("cpu:1/Word", "cpu:1/word"),
    ]) func places(_ text: String, _ path: String) throws {
        let document = try document()
        #expect(document.tree.pathText(try document.place(text, from: 0).path) == path)
    }

    /// A name that begins like the way to another node is escaped, so that each text leads back.
    @Test func ambiguousNames() throws {
        let document = try document()
        let paths = document.rows(all: false).map(\.pathText)
        #expect(paths.contains("0000:00:02.0/vga:0/a/b"))
        #expect(paths.contains("0000:00:02.0/vga:0/a%2fb"))
        for row in document.rows(all: false) {
            let found = try #require(document.path(text: row.pathText))
            #expect(document.tree.node(found).offset == row.offset)
            #expect(document.tree.pathText(found) == row.pathText)
        }
    }

    @Test func unknownPlaces() throws {
        let document = try document()
        for text in ["nowhere", "cpu:7", "0000:00:02.0/vga:0/c/e"] {
            #expect(throws: PlaceError.self) { try document.place(text, from: 0) }
        }
    }

    /// Registers by what manuals call them.
    @Test func registers() throws {
        let document = try Sample.fixture("microvm-7.2").document()
        let stack = try document.place("RSP", from: 0)
        #expect(document.tree.pathText(stack.path) == "cpu:0/env.regs[4]")
        #expect(try document.place("cpu:0/rsp", from: 0) == stack)
        #expect(try document.place("cpu:0/env.regs/RSP", from: 0) == stack)
    }

    /// Fields by the last part of a dotted name, where nothing has all of it.
    @Test(arguments: ["idt", "cpu/idt", "cpu:0/IDT", "cpu #0/idt"]) func endsOfNames(_ text: String) throws {
        let document = try Sample.fixture("microvm-7.2").document()
        let place = try document.place(text, from: 0)
        #expect(document.tree.pathText(place.path) == "cpu:0/env.idt")
        #expect(throws: PlaceError.self) { try document.place("cpu:0/dt", from: 0) }
    }
}
