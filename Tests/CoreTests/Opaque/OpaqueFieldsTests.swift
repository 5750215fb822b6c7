import Format
import Stream
import Testing

@Suite struct OpaqueFieldsTests {
    /// Every type of the registry that has a decoder has a case.
    @Test func casesCoverTheRegistry() {
        let decoded = Set(FieldTypes.known.all.filter { $0.decode != nil }.map(\.name))
        #expect(decoded.subtracting(OpaqueCase.all.map(\.type)).isEmpty)
    }

    @Test(arguments: OpaqueCase.all) func children(_ example: OpaqueCase) throws {
        let document = try Document.of(example.stream())
        #expect(document.expectTiling() == 0)
        #expect(document.findings.isEmpty)
        #expect(try document.listing("device:0/it") == example.children)
    }

    /// What is below such a field is no leaf for QEMU's reader.
    @Test(arguments: OpaqueCase.all) func isOneLeafForTheReader(_ example: OpaqueCase) throws {
        let rows = try Document.of(example.stream()).rows(all: false).filter {
            $0.pathText.hasPrefix("device:0/")
        }
        #expect(rows.map(\.pathText) == ["device:0/word", "device:0/it", "device:0/last"])
        #expect(rows.map(\.size) == [2, example.bytes.count, 2])
    }

    @Test(arguments: OpaqueCase.all) func cutAnywhere(_ example: OpaqueCase) throws {
        for length in 0..<example.bytes.count {
            try Document.of(example.stream(Array(example.bytes.prefix(length)))).expectTiling()
        }
    }

    @Test(arguments: OpaqueCase.all) func eachByteTurned(_ example: OpaqueCase) throws {
        for place in example.bytes.indices {
            for mask: UInt8 in [0xff, 0x01] {
                var damaged = example.bytes
                damaged[place] ^= mask
                #expect(try Document.of(example.stream(damaged)).expectTiling() == 0)
            }
        }
    }

    /// The description's bodies do not fit the elements.
    @Test(arguments: ["qtailq", "qlist", "gtree"], ["", #""vmsd_name": "el", "version": 1, "fields": []"#])
    func otherTemplate(_ type: String, _ inline: String) throws {
        let example = OpaqueCase(type: type, bytes: [0, 0, 0, 1, 1, 2, 3, 0], inline: inline, children: [])
        let document = try Document.of(example.stream())
        #expect(document.expectTiling() == 0)
        #expect(try document.listing("device:0/it").isEmpty)
    }

    @Test func elementsOfLists() throws {
        let keyed = OpaqueCase.all.filter { $0.type == "gtree" }[1]
        #expect(
            try Document.of(keyed.stream()).listing("device:0/it/elements[0]") == [
                "mark 0x01", "key struct 2", "value struct 1",
            ])
        let nested = OpaqueCase.all.filter { $0.type == "qlist" }[1]
        #expect(
            try Document.of(nested.stream()).listing("device:0/it/elements[0]/value/in") == [
                "elements struct 2", "end 0x00",
            ])
    }

    /// A list that claims to go on takes time in proportion to its bytes.
    @Test func manyElements() throws {
        let bytes = [UInt8](repeating: 1, count: 1 << 20)
        for type in ["virtio-gpu", "blob", "usb-redir-bufpq", "virtio-fs back-end state", "virtio", "irqs"] {
            let example = OpaqueCase(type: type, bytes: bytes, children: [])
            #expect(try Document.of(example.stream()).expectTiling() == 0)
        }
        // Subsections without end.
        let virtio = OpaqueCase.all.first { $0.type == "virtio" }?.bytes ?? []
        let started = StreamWriter.subsection("virtio/started", [1])
        let many = virtio + (0..<20_000).flatMap { _ in started } + [9]
        let example = OpaqueCase(type: "virtio", bytes: many, children: [])
        #expect(try Document.of(example.stream()).expectTiling() == 0)
    }
}
