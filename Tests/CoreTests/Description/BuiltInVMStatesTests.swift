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
            "cpu_common:0/halted", "globalstate:0/size", "globalstate:0/runstate",
        ]
        for path in paths {
            let known = try #require(twin.path(text: path), "\(path)")
            let found = try #require(bare.path(text: path), "\(path)")
            #expect(
                bare.tree.bytes(of: bare.tree.node(found)) == twin.tree.bytes(of: twin.tree.node(known)),
                "\(path)")
        }
        #expect(bare.tiles())
    }

    /// Other processors: what the description says of each field, its name and its place, holds without it.
    @Test(arguments: [
        "aarch64-virt-10.0", "aarch64-virt-7.2", "riscv64-virt-10.0", "riscv64-virt-7.2",
    ]) func otherProcessors(_ name: String) throws {
        try compare(Sample.fixture(name))
    }

    @Test(
        .needsShared,
        arguments: [
            "s390x-10.0", "s390x-7.2", "pseries-7.2", "mac99-7.2", "riscv64-10.0", "virt-aarch64-10.0",
            "virt-aarch64-7.2",
        ]) func otherProcessorsOfTheCorpus(_ name: String) throws
    {
        try compare(#require(Sample.corpus.first { $0.name == name + ".mig" }))
    }

    // The stream, and the same without the description after its end mark.
    private func compare(_ sample: Sample) throws {
        let document = try sample.document()
        let known = processorRows(document)
        try #require(known.count > 100)
        let bare = Array(try sample.bytes()[..<document.store.streamEnd].dropLast(description(of: document)))
        let found = processorRows(try Document.open(region: MappedRegion(copying: bare), name: "bare"))
        #expect(found.map { [$0.offset, $0.size] } == known.map { [$0.offset, $0.size] })
        // Words that QEMU does not put into the stream's names, and what is no longer used.
        let names = Set(known.map(\.pathText))
        #expect(found.count { !names.contains($0.pathText) } <= 8, "\(sample.name)")
    }

    private func description(of document: Document) -> Int {
        document.store.records.last { $0.kind == .description }?.size ?? 0
    }

    private func processorRows(_ document: Document) -> [Row] {
        document.readMissing()
        return document.rows(all: true).filter { $0.pathText.hasPrefix("cpu:") }
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

    /// The local APIC, and the name of the run state as each version writes it: what the description says.
    @Test(arguments: ["sample-q35-7.2", "sample-q35-10.0"]) func interruptControllerAndRunState(
        _ name: String
    ) throws {
        let sample = Sample.fixture(name)
        let document = try sample.document()
        document.readMissing()
        func rows(_ document: Document) -> [Row] {
            document.rows(all: true).filter {
                $0.pathText.hasPrefix("apic:") || $0.pathText.hasPrefix("globalstate:")
            }
        }
        let known = rows(document)
        try #require(known.count > 40)
        let bare = Array(try sample.bytes()[..<document.store.streamEnd].dropLast(description(of: document)))
        let opened = try Document.open(region: MappedRegion(copying: bare), name: "bare")
        opened.readMissing()
        let found = rows(opened)
        #expect(found.map(\.pathText) == known.map(\.pathText))
        #expect(found.map { [$0.offset, $0.size] } == known.map { [$0.offset, $0.size] })
    }

    /// Of another size or version, nothing is laid out.
    @Test(arguments: [(UInt32(3), 180), (3, 182), (2, 181), (4, 181)]) func otherAPIC(
        _ version: UInt32, _ size: Int
    )
        throws
    {
        var stream = SmallStream([
            SmallDevice("apic", version: version, [UInt8](repeating: 0, count: size), fields: "")
        ])
        stream.hasDescription = false
        #expect(try stream.document().path(text: "apic:0/apicbase") == nil)
    }

    @Test func whatDoesNotFitStaysBytes() throws {
        var stream = SmallStream([SmallDevice("cpu", version: 12, [1, 2, 3], fields: "")])
        stream.hasDescription = false
        let document = try stream.document()
        #expect(document.path(text: "cpu:0/env.eip") == nil)
        #expect(document.tiles())
    }
}
