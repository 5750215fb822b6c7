import Stream
import Testing

/// Sections of known formats, damaged: every byte stays in one leaf, and reading goes on after the footer.
@Suite struct BrokenLiveSectionsTests {
    // A megabyte of data tells nothing that a cut before it does not.
    private static let small = LiveSectionCase.all.filter { $0.stream().count < 4096 }

    @Test(arguments: small) func cutAnywhere(_ example: LiveSectionCase) throws {
        let bytes = example.stream()
        for length in 8..<bytes.count {
            try Document.of(Array(bytes.prefix(length))).expectTiling()
        }
    }

    @Test(arguments: small, [true, false]) func eachByteTurned(_ example: LiveSectionCase, _ footers: Bool)
        throws
    {
        let bytes = example.stream(footers: footers)
        for place in 8..<bytes.count {
            for mask: UInt8 in [0xff, 0x01] {
                var damaged = bytes
                damaged[place] ^= mask
                try Document.of(damaged).expectTiling()
            }
        }
    }

    /// A format that does not fit: the footer ends the section, and what follows is read.
    private static let misfits: [(String, [UInt8])] = [
        ("dirty-bitmap", [0x80, 0x01]), ("dirty-bitmap", [0x40, 1, 2]), ("block", [0, 0, 1, 0]),
        ("spapr/htab", [0, 0, 0, 1]), ("s390-storage_attributes", [UInt8](repeating: 0xff, count: 8)),
        ("x/vfio", [0xff, 0xff, 0xff, 0xff, 0xef, 0x10, 0, 9]),
        ("x/vfio", [0xff, 0xff, 0xff, 0xff, 0xef, 0x10, 0, 4] + [UInt8](repeating: 0xff, count: 8)),
    ]

    @Test(arguments: misfits) func goesOnBehindTheFooter(_ idstr: String, _ body: [UInt8]) throws {
        var writer = StreamWriter()
        writer.configuration()
        writer.start(3, idstr, body)
        writer.part(3, body)
        writer.full(4, "second".utf8, [1, 2, 3, 4])
        writer.endOfFile()
        let document = try Document.of(writer.bytes)
        #expect(document.expectTiling() == 0)
        #expect(document.findings.contains { $0.code == .sectionFormat && $0.severity == .warning })
        #expect(document.findings.allSatisfy { $0.code == .sectionFormat })
        document.openLivePart()
        let names = document.store.records.filter { $0.kind == .full }.map {
            document.store.table.names.text($0.name)
        }
        #expect(names == ["second"])
    }

    /// Lengths and counts that claim more than there is.
    private static let hugeClaims: [(String, [UInt8])] = [
        ("dirty-bitmap", [0x4c, 1, 0x61, 1, 0x62] + [UInt8](repeating: 0xff, count: 20)),
        ("spapr/htab", [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("s390-storage_attributes", [0, 0, 0, 0, 0, 0, 0, 2] + [UInt8](repeating: 0xff, count: 8)),
        ("block", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x09, 1, 0x61]),
    ]

    @Test(arguments: hugeClaims) func staysInside(_ idstr: String, _ body: [UInt8]) throws {
        var writer = StreamWriter()
        writer.start(3, idstr, body)
        writer.part(3, body)
        writer.endOfFile()
        try Document.of(writer.bytes).expectTiling()
    }

    /// Many pieces of ever another shape stay a bounded number of items.
    @Test func manyPieces() throws {
        var body: [UInt8] = [0x1c, 1, 0x61, 1, 0x62, 0, 1, 0, 0, 0]
        for index in 0..<140_000 {
            body += index.isMultiple(of: 2) ? [0x20] : [0x24, 1, 0x63 + UInt8(index & 2)]
        }
        var writer = StreamWriter()
        writer.start(3, "dirty-bitmap", body + [1])
        writer.endOfFile()
        let document = try Document.of(writer.bytes)
        #expect(document.expectTiling() == 0)
        #expect(document.store.table.itemCount < 1_000_000)
    }
}
