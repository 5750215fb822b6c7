import Bytes
import Query
import Stream
import Testing

/// Descriptions that claim what the section can't hold. The section shows an error node, the others stay good.
@Suite(.timeLimit(.minutes(10))) struct HostileFieldTests {
    /// The device in the middle has these fields and these bytes.
    private func document(_ fields: String, _ body: [UInt8] = [1, 2, 3, 4]) throws -> Document {
        try SmallStream([.plain("first"), SmallDevice("odd", body, fields: fields), .plain("third")])
            .document()
    }

    private func check(
        _ document: Document, _ note: String = "", sections: [String] = ["ram", "first", "odd", "third"]
    ) {
        let problems = Examination.problems(document)
        #expect(problems.prefix(3) == [], "\(note)")
        #expect(document.overview.sections.map(\.name) == sections, "\(note)")
        #expect(document.path(text: "first:0/word") != nil, "\(note)")
        #expect(document.path(text: "third:0/word") != nil, "\(note)")
    }

    private func error(_ document: Document) -> Finding? { document.findings.first { $0.severity == .error } }

    private static let numbers = [
        "9223372036854775807", "9223372036854775808", "18446744073709551616", "4611686018427387904",
        "2147483648",
        "-1", "-9223372036854775808", "1.5", "1e3", "\"4\"", "null", "true", "[]", "{}",
    ]

    @Test(arguments: numbers) func arrayLength(_ number: String) throws {
        for size in [0, 1, 2, 4, 1 << 62] {
            let document = try document(
                #"{"name": "a", "array_len": \#(number), "type": "uint8", "size": \#(size)}"#)
            check(document, "size \(size)")
        }
    }

    @Test(arguments: numbers) func size(_ number: String) throws {
        for type in ["uint8", "buffer", "struct", "bitmap", "virtio", "timer", "nothing known"] {
            let document = try document(#"{"name": "a", "type": "\#(type)", "size": \#(number)}"#)
            check(document, type)
        }
    }

    @Test(arguments: numbers) func structArrays(_ number: String) throws {
        let inner = #"{"name": "x", "array_len": \#(number), "type": "uint16", "size": 2}"#
        let document = try document(
            #"{"name": "a", "array_len": \#(number), "type": "struct", "size": \#(number), "#
                + #""struct": {"vmsd_name": "s", "version": \#(number), "fields": [\#(inner)]}}"#)
        check(document)
    }

    /// The body of a struct where the bodies of a list's elements should be.
    @Test(arguments: ["qtailq", "qlist", "gtree"]) func listOfPlainFields(_ type: String) throws {
        for count in 1...2 {
            let word = #"{"name": "w", "type": "uint8", "size": 1}"#
            let words = [String](repeating: word, count: count).joined(separator: ", ")
            let body: [UInt8] = (type == "gtree" ? [0, 0, 0, 1] : []) + [1, 9, 0]
            let inner = #""struct": {"vmsd_name": "s", "version": 1, "fields": [\#(words)]}"#
            let document = try document(
                #"{"name": "a", "type": "\#(type)", \#(inner), "size": \#(body.count)}"#, body)
            check(document, type)
        }
    }

    @Test(arguments: numbers) func identity(_ number: String) throws {
        var stream = SmallStream()
        let good = #""name": "second", "instance_id": 0, "vmsd_name": "second", "version": 1"#
        for bad in [
            good.replacing("\"instance_id\": 0", with: "\"instance_id\": \(number)"),
            good.replacing("\"version\": 1", with: "\"version\": \(number)"),
            good.replacing("\"name\": \"second\"", with: "\"name\": \(number)"),
        ] {
            stream.json = stream.description.replacing(good, with: bad)
            let document = try stream.document()
            #expect(Examination.problems(document).prefix(3) == [])
            #expect(document.overview.sections.map(\.name) == ["ram", "first", "second", "third"])
            #expect(document.path(text: "first:0/word") != nil)
        }
    }

    /// The section is longer or shorter than its description, by that many bytes.
    @Test(arguments: [1, 3, 5, 14, 100, 5000, -1, -3, -4]) func otherSize(_ difference: Int) throws {
        let body = [UInt8](repeating: 9, count: 4 + difference)
        let document = try document(#"{"name": "word", "type": "uint32", "size": 4}"#, body)
        check(document)
        let finding = try #require(error(document))
        #expect(finding.code == .sectionSize)
        #expect(finding.message.contains("4 bytes") && finding.message.contains("\(4 + difference) bytes"))
        #expect(finding.path.hasPrefix("odd:0"))
        let section = document.overview.sections[2]
        #expect(section.size == 14 + 3 + body.count + 5)
        #expect((section.offset..<section.offset + section.size).contains(finding.offset))
    }

    /// What fits before the damage keeps its name.
    @Test func goodFieldsStay() throws {
        let document = try document(
            #"{"name": "a", "type": "uint16", "size": 2}, {"name": "b", "type": "uint64", "size": 8}"#)
        check(document)
        #expect(document.path(text: "odd:0/a") != nil)
        let finding = try #require(error(document))
        #expect(finding.offset == document.overview.sections[2].offset + 17 + 2 && finding.size == 2)
        #expect(document.tree.node(document.path(atOffset: finding.offset)).role == .error)
    }

    @Test func duplicateDevices() throws {
        let document = try SmallStream([.plain("a"), .plain("b"), .plain("b"), .plain("b"), .plain("c")])
            .document()
        #expect(Examination.problems(document).prefix(3) == [])
        #expect(document.overview.sections.map(\.name) == ["ram", "a", "b", "b", "b", "c"])
        let texts = (0..<document.tree.root.childCount).map { document.tree.pathText(NodePath([$0])) }
        #expect(Set(texts).count == texts.count)
        for text in texts { #expect(document.path(text: text).map(document.tree.pathText) == text) }
    }

    /// The description lists a device that the stream does not have, and the other way round.
    @Test(arguments: 0..<3, [true, false]) func listsDiffer(_ index: Int, _ isListed: Bool) throws {
        var stream = SmallStream()
        var other = SmallStream(stream.devices)
        other.devices.remove(at: index)
        if isListed {
            (stream.json, stream.devices) = (stream.description, other.devices)
        } else {
            stream.json = other.description
        }
        let document = try stream.document()
        #expect(Examination.problems(document).prefix(3) == [])
        #expect(
            document.overview.sections.map(\.name) == ["ram"]
                + stream.devices.map { String(decoding: $0.name, as: UTF8.self) })
        #expect(
            document.findings.contains { $0.code == (isListed ? .sectionMissing : .sectionUndescribed) })
        for device in other.devices {
            #expect(document.path(text: String(decoding: device.name, as: UTF8.self) + ":0/word") != nil)
        }
    }

    /// Elements without bytes, in any number, cost nothing.
    @Test(arguments: ["uint8", "struct", "buffer", "nullptr", "capability", "qtailq"]) func noBytes(
        _ type: String
    ) throws {
        let document = try document(
            #"{"name": "none", "array_len": 9223372036854775807, "type": "\#(type)", "size": 0}, "#
                + #"{"name": "word", "type": "uint32", "size": 4}"#)
        let report = Tiling.rows(document)
        #expect(report.problems == [])
        #expect(Examination.screen(document) == [])
        var outline = Outline(document)
        outline.setLevels(.max, document)
        #expect(outline.rowCount < 1 << 24)
        for row in sampled(outline.rowCount, 50) {
            #expect(outline.row(of: outline.path(atRow: row, document), document) == row)
        }
    }

    /// Counts that multiply to more than an Int holds.
    @Test func hugeProducts() throws {
        var fields = #"{"name": "x", "array_len": 4294967296, "type": "uint8", "size": 4294967296}"#
        for _ in 0..<6 {
            fields =
                #"{"name": "s", "array_len": 4294967296, "type": "struct", "size": 4294967296, "#
                + #""struct": {"vmsd_name": "s", "version": 1, "fields": [\#(fields)]}}"#
        }
        let document = try document(fields)
        check(document)
        #expect(Search("x", document).count >= 0)
    }
}
