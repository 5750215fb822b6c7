import Bytes
import Export
import Format
import Stream
import Testing

/// Vmstates that stand in where a stream has no description.
@Suite struct BuiltInVMStatesTests {
    // The same machine with and without its description, never started: the bytes of both are equal.
    @Test(arguments: ["7.2", "10.0"]) func asTheDescriptionSays(_ version: String) throws {
        let bare = try Sample.fixture("no-vmdesc-\(version)").document()
        let twin = try Sample.fixture("no-vmdesc-twin-\(version)").document()
        let paths = [
            "cpu:0/env.eip", "cpu:0/env.regs[4]", "cpu:0/env.segs[1]/base", "cpu:0/env.cr[0]",
            "cpu_common:0/halted",
        ]
        for path in paths {
            let known = try #require(twin.path(text: path), "\(path)")
            let found = try #require(bare.path(text: path), "\(path)")
            #expect(bare.bytes(of: bare.node(found)) == twin.bytes(of: twin.node(known)), "\(path)")
        }
        #expect(bare.tiles())
    }

    @Test func afterPostcopy() throws {
        let document = try Sample.fixture("postcopy-switched-10.0").document()
        var registers = 0
        var sink = RowSink { row in
            if row.pathText.hasSuffix("cpu:0/env.eip"), row.size == 8 { registers += 1 }
        }
        TSVExport(document).write(all: true, section: nil, to: &sink)
        #expect(registers == 1)
    }

    @Test func whatDoesNotFitStaysBytes() throws {
        var stream = SmallStream([SmallDevice("cpu", version: 12, [1, 2, 3], fields: "")])
        stream.hasDescription = false
        let document = try stream.document()
        #expect(document.path(text: "cpu:0/env.eip") == nil)
        #expect(document.tiles())
    }
}
