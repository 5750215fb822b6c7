import Bytes
import Stream
import Testing

/// Names that would do something to a terminal: shown escaped, and still found by their path.
@Suite struct HostileNameTests {
    private static let names: [(label: String, bytes: [UInt8], json: String)] = [
        ("ESC", Array("a\u{1b}[31mb".utf8), #"a\u001b[31mb"#),
        ("bidi", Array("a\u{202e}b\u{2066}c\u{200f}".utf8), #"a\u202eb\u2066c\u200f"#),
        ("C1", Array("a\u{9b}2Jb".utf8), #"a\u009b2Jb"#),
        ("line ends", Array("a\r\nb\u{2028}c".utf8), #"a\r\nb\u2028c"#),
        ("NUL, DEL", Array("a\0b\u{7f}".utf8), #"a\u0000b\u007f"#),
        ("path signs", Array("a/b%c~2[3]:4".utf8), #"a/b%c~2[3]:4"#),
        ("quotes", Array(#"a"b\c"#.utf8), #"a\"b\\c"#),
        ("emoji", Array("a😀é".utf8), #"a\ud83d\ude00\u00e9"#),
        ("long", [UInt8](repeating: 0x78, count: 255), String(repeating: "x", count: 255)),
    ]

    @Test(arguments: names.indices) func everywhere(_ index: Int) throws {
        let name = Self.names[index]
        let field = #"{"name": "\#(name.json)", "type": "\#(name.json)", "size": 2}"#
        let fields = [
            field, field,
            #"{"name": "s", "type": "struct", "size": 2, "struct": {"vmsd_name": "\#(name.json)", "version": 1, "fields": [\#(field)]}}"#,
            #"{"name": "\#(name.json)", "array_len": 3, "type": "uint8", "size": 1}"#,
        ].joined(separator: ", ")
        var stream = SmallStream([
            .plain("first"), SmallDevice("NAME", [UInt8](1...9), fields: fields), .plain("third"),
        ])
        stream.devices[1].name = name.bytes
        stream.json = stream.description.replacing(
            "\"name\": \"\(String(decoding: name.bytes, as: UTF8.self))\", \"instance_id\"",
            with: "\"name\": \"\(name.json)\", \"instance_id\"")
        stream.json = stream.json?.replacing(
            "\"vmsd_name\": \"\(String(decoding: name.bytes, as: UTF8.self))\"", with: "\"vmsd_name\": \"v\"")
        let document = try stream.document()
        #expect(document.findings.filter { $0.severity == .error } == [])
        #expect(Examination.problems(document).prefix(3) == [])
        try allPathsLeadBack(document)
        #expect(document.overview.sections.allSatisfy { Examination.isSafe($0.name) })
    }

    /// idstr that are no UTF-8.
    @Test func invalidUTF8() throws {
        var stream = SmallStream()
        stream.devices[1].name = [0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]
        stream.json = #"{"page_size": 4096, "devices": []}"#
        let document = try stream.document()
        #expect(Examination.problems(document).prefix(3) == [])
        try allPathsLeadBack(document)
    }

    @Test func machineName() throws {
        var stream = StreamWriter()
        stream.configuration("pc\u{1b}]0;x\u{07}\u{202e}")
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.\u{1b}ram", 0x1000)]))
        stream.endOfFile()
        let document = try Document.open(region: MappedRegion(copying: stream.bytes), name: "a/b\u{1b}c.mig")
        #expect(Examination.problems(document).prefix(3) == [])
        #expect(Examination.isSafe(document.overview.machine ?? "\u{1b}"))
        #expect(document.overview.ramBlocks.allSatisfy { Examination.isSafe($0.name) })
        #expect(Examination.isSafe(document.overview.fileName))
    }

    /// Fields named as an element, as a duplicate, as nothing.
    @Test func namesThatLookLikePaths() throws {
        let names = ["a", "a~2", "b[0]", "", "a", "c", "", "c[1]", "~", "%", "a~2", "a", "%7e"]
        let fields = names.map { #"{"name": "\#($0)", "type": "uint8", "size": 1}"# }
        let device = SmallDevice("odd", [UInt8](1...13), fields: fields.joined(separator: ", "))
        let document = try SmallStream([device]).document()
        #expect(document.findings.filter { $0.severity == .error } == [])
        try allPathsLeadBack(document)
    }

    private func allPathsLeadBack(_ document: Document) throws {
        document.openLivePart()
        var texts: Set<String> = []
        var count = 0
        func visit(_ node: Node) throws {
            for index in 0..<node.childCount {
                let child = document.tree.child(index, of: node)
                let text = document.tree.pathText(child.path)
                count += 1
                texts.insert(text)
                #expect(document.path(text: text) == child.path, "\(text.debugDescription)")
                try visit(child)
            }
        }
        try visit(document.tree.root)
        #expect(texts.count == count)
    }
}
