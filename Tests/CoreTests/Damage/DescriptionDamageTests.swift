import Bytes
import Diagnose
import Stream
import Testing

/// Descriptions that are cut, lie about their length or are no JSON: the devices stay browsable as far as the
/// bytes tell, and a finding says what was expected, what was found, and where.
@Suite(.timeLimit(.minutes(10))) struct DescriptionDamageTests {
    private func check(_ document: Document, _ note: String = "") {
        let problems = Examination.problems(document)
        #expect(problems.prefix(3) == [], "\(note)")
    }

    private func hasError(_ document: Document, at range: Range<Int>) -> Bool {
        document.findings.contains { finding in
            finding.severity == .error && range.contains(finding.offset)
                && finding.message.contains("expected")
                && finding.message.contains("found")
        }
    }

    /// Where the frame of the description begins.
    private func frame(_ stream: SmallStream) -> Int {
        var bare = stream
        bare.hasDescription = false
        return bare.bytes.count
    }

    private func sections(_ document: Document) -> [String] {
        document.overview.sections.map { "\($0.name):\($0.instance)" }
    }

    private static let all = ["ram:0", "first:0", "second:0", "third:0"]

    @Test(arguments: [1, 2, 3, 4, 5, 6, 20, -1, -2, -20]) func wrongLength(_ difference: Int) throws {
        var stream = SmallStream()
        stream.length = UInt32(stream.description.utf8.count + difference)
        let document = try stream.document()
        check(document)
        #expect(hasError(document, at: frame(stream) - 1..<stream.bytes.count + 1))
        #expect(sections(document) == Self.all)
    }

    @Test(arguments: [0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as [UInt32])
    func extremeLength(_ length: UInt32) throws {
        var stream = SmallStream()
        stream.length = length
        let document = try stream.document()
        check(document)
        #expect(hasError(document, at: frame(stream) - 1..<stream.bytes.count + 1))
        #expect(sections(document) == Self.all)
    }

    @Test(arguments: [
        "", "{", "}", "{}", "[]", "null", "{\"devices\": 3}", "{\"devices\": {}}", "not json}",
        "{\"devices\": [}",
        "{\"devices\": [{]}", "{\"page_size\": 4096 \"devices\": []}",
        "{\"devices\": [1, \"a\", null, [[]]]}",
        "{\"devices\": [{\"name\": 1, \"instance_id\": \"x\", \"fields\": 3}]}",
        "{\"page_size\": -1, \"devices\": []}", "{\"page_size\": 99999999999999999999, \"devices\": []}",
    ]) func otherText(_ json: String) throws {
        var stream = SmallStream()
        stream.json = json
        let document = try stream.document()
        check(document, json)
        #expect(document.findings.contains { $0.severity != .note })
        #expect(sections(document) == Self.all)
    }

    /// Text that breaks off, with a length that fits what is there: the devices before the break are described.
    @Test func textBreaksOff() throws {
        var stream = SmallStream()
        let whole = stream.description
        for length in stride(from: 1, to: whole.utf8.count, by: 3) {
            stream.json = String(whole.prefix(length))
            let document = try stream.document()
            check(document, "\(length)")
            #expect(hasError(document, at: frame(stream)..<stream.bytes.count + 1), "\(length)")
            #expect(sections(document) == Self.all, "\(length)")
        }
        stream.json = String(whole.dropLast(20))
        #expect(try stream.document().path(text: "first:0/word") != nil)
    }

    /// The file ends in the description.
    @Test func fileBreaksOff() throws {
        let stream = SmallStream()
        let bytes = stream.bytes
        for length in frame(stream)..<bytes.count {
            let document = try Document.open(
                region: MappedRegion(copying: Array(bytes.prefix(length))), name: "cut")
            check(document, "\(length)")
            #expect(sections(document) == Self.all, "\(length)")
            // Without any byte of its frame it is a stream that has no description.
            #expect(hasError(document, at: 0..<bytes.count) == (length > frame(stream)), "\(length)")
        }
    }

    /// A break is told once: that sections after it have no description, and that its length is another one, follows.
    @Test func aBreakIsToldOnce() throws {
        let stream = SmallStream()
        var document = try Document.open(
            region: MappedRegion(copying: Array(stream.bytes.dropLast(40))), name: "cut")
        document.readMissing()
        #expect(document.findings.map(\.code) == [.descriptionJSON])
        #expect(Check(document).findings().map(\.code) == [.descriptionJSON])
        var damaged = stream
        damaged.json = String(stream.description.dropLast(40))
        document = try damaged.document()
        document.readMissing()
        #expect(document.findings.map(\.code) == [.descriptionJSON])
    }

    @Test(arguments: ["[", "{\"a\":"]) func deepNesting(_ open: String) throws {
        var stream = SmallStream()
        let close = open == "[" ? "]" : "}"
        let deep = String(repeating: open, count: 10_000) + "0" + String(repeating: close, count: 10_000)
        stream.json = "{\"page_size\": 4096, \"x\": \(deep), \"devices\": []}"
        let document = try stream.document()
        check(document)
        #expect(hasError(document, at: frame(stream)..<stream.bytes.count))
        #expect(sections(document) == Self.all)
    }

    /// Structs in structs, as deep as JSON may nest.
    @Test func deepStructs() throws {
        var fields = "{\"name\": \"x\", \"type\": \"uint32\", \"size\": 4}"
        for _ in 0..<40 {
            fields =
                "{\"name\": \"s\", \"type\": \"struct\", \"size\": 4, "
                + "\"struct\": {\"vmsd_name\": \"s\", \"version\": 1, \"fields\": [\(fields)]}}"
        }
        let document = try SmallStream([.plain("first"), SmallDevice("deep", [0, 0, 0, 7], fields: fields)])
            .document()
        check(document)
        #expect(document.findings.filter { $0.severity == .error } == [])
        let leaf = document.path(atOffset: document.overview.sections[2].offset + 18)
        #expect(document.tree.value(document.tree.node(leaf)).short == "0x00000007")
        #expect(document.tree.pathText(leaf).hasSuffix("/s/s/x"))
    }

    @Test func bytesBehindTheDescription() throws {
        for trailing in [
            [0], [0, 0, 0, 0], [1], Array("QEVM".utf8) + [0, 0, 0, 3], [UInt8](repeating: 0, count: 5000),
        ] {
            let bytes = SmallStream().bytes + trailing
            let document = try Document.open(region: MappedRegion(copying: bytes), name: "trailing")
            check(document)
            #expect(sections(document) == Self.all)
            #expect(document.path(text: "first:0/word") != nil)
        }
    }

    /// A length that is not the description's, in a stream with a section that is not as described either: reading from
    /// the start comes to the frame too, and does not know the text by it.
    @Test func wrongLengthAfterASectionOfAnotherSize() throws {
        let whole = try Sample.fixture("microvm-10.0").document()
        let text = try #require(whole.store.description).text
        let section = try #require(whole.overview.sections.last { $0.size > 40 })
        var bytes = try Sample.fixture("microvm-10.0").bytes()
        bytes.replaceSubrange(text.lowerBound - 4..<text.lowerBound, with: [0, 0, 0, 16])
        bytes.insert(contentsOf: [0, 0, 0, 0], at: section.offset + section.size - 8)
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "both")
        document.readMissing()
        #expect(document.store.description?.devices.count == whole.store.description?.devices.count)
        #expect(document.findings.contains { $0.code == .descriptionLength })
        #expect(document.findings.contains { $0.code == .sectionSize })
        #expect(document.store.streamEnd == bytes.count)
    }

    /// Every byte of the real thing: frame of the description, some of its text, the last sections.
    @Test func realTail() throws {
        let bytes = try Sample.fixture("microvm-10.0").bytes()
        let whole = try Sample.fixture("microvm-10.0").document()
        let text = try #require(whole.store.description).text
        let names = sections(whole)
        let last = whole.overview.sections.suffix(3).map(\.offset)[0]
        let lengths =
            Array(last..<text.lowerBound + 8)
            + Array(stride(from: text.lowerBound + 8, to: text.upperBound, by: 997))
        for length in lengths {
            let cut = MappedRegion(copying: Array(bytes.prefix(length)))
            let document = try Document.open(region: cut, name: "cut")
            #expect(Examination.screen(document) + Tiling.nodes(document, limit: 300) == [], "\(length)")
            if length > text.lowerBound - 6 { #expect(sections(document) == names, "\(length)") }
            // Each section that is whole is there, wherever the file ends.
            document.openLivePart()
            let wholeSections = whole.overview.sections.filter { $0.offset + $0.size <= length }
            for section in wholeSections.suffix(4) {
                let path = document.path(atOffset: section.offset + section.size - 1)
                let text = document.tree.pathText(path)
                try #require(
                    text.hasSuffix("\(section.name):\(section.instance)/@footer/section_id"), "\(length)")
            }
        }
    }
}
