import Bytes
import Format
import Stream
import Testing

/// Live sections and packages of streams that QEMU wrote.
@Suite struct RealSectionsTests {
    @Test(arguments: ["dirty-bitmaps-7.2", "dirty-bitmaps-10.0"]) func dirtyBitmaps(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        #expect(
            try document.listing("dirty-bitmap:0").filter { !$0.hasPrefix("@") }.sorted() == [
                "disk0/backup-monday dirty bitmap 20", "disk0/backup-tuesday dirty bitmap 27", "flags EOS",
            ])
        let end = try #require(try last("dirty-bitmap", .end, document))
        let listing = try document.listing("live sections/" + end)
        #expect(listing.count == 7)
        #expect(listing.contains("disk0/backup-tuesday dirty bitmap 28"))
        #expect(document.findings.isEmpty)
    }

    @Test func blocks() throws {
        let document = try Sample.fixture("block-7.2").document()
        #expect(
            try document.listing("live sections/block@0x2ac25") == [
                "@header frame 5", "disk0 block device 2097180", "eos EOS", "@footer frame 5",
            ])
        #expect(
            try document.listing("live sections/block@0x2ac25/disk0") == [
                "[1] chunk 1048590", "[0] chunk 1048590",
            ])
        #expect(
            try document.listing("live sections/block@0xe1").prefix(3) == [
                "@header frame 5", "progress 0 %", "progress 50 %",
            ])
    }

    @Test(arguments: ["postcopy-switched-7.2", "postcopy-switched-10.0"]) func package(_ name: String) throws
    {
        let document = try Sample.fixture(name).document()
        document.openLivePart()
        let package = try #require(document.store.records.first { $0.command == .packaged })
        let inner = package.children.map { document.store.records[$0] }
        #expect(inner.map(\.offset) == inner.map(\.offset).sorted())
        #expect(inner.map(\.size).reduce(0, +) == package.size)
        #expect(inner.filter { $0.kind == .full }.count > 20)
        let names = inner.map { document.store.table.names.text($0.name) }
        #expect(names.prefix(3) == ["package header", "POSTCOPY_LISTEN", "timer"])
        #expect(names.suffix(2) == ["PING", "POSTCOPY_RUN"])
        #expect(names.contains("globalstate") && names.contains("cpu"))
        #expect(document.store.records.contains { $0.kind == .part && $0.offset > package.end })
        #expect(document.store.records.contains { $0.kind == .end && $0.offset > package.end })
        #expect(document.findings.isEmpty)
    }

    @Test(arguments: ["7.2", "10.0"]) func packageWithATwin(_ version: String) throws {
        var options = OpenOptions()
        let twin = try Sample.fixture("postcopy-\(version)").region()
        options.description = try BorrowedDescription(region: twin, path: "twin")
        let sample = Sample.fixture("postcopy-switched-\(version)")
        let document = try Document.open(region: sample.region(), name: sample.name, options: options)
        #expect(document.expectTiling() == 0)
        let package = try #require(document.store.records.first { $0.command == .packaged })
        let devices = package.children.map { document.store.records[$0] }.filter { $0.kind == .full }
        let opaque = devices.filter { record in
            document.store.table.items(of: record.layout).contains {
                document.store.table.names.text($0.name) == "data"
            }
        }
        // The twin has no such card.
        let names = opaque.map { document.store.table.names.text($0.name) }
        #expect(names.count == 1 && names.allSatisfy { $0.hasSuffix("/virtio-rng") })
    }

    @Test(.needsShared) func mainframe() throws {
        let document = try #require(Sample.corpus("s390x-10.0")).document()
        #expect(try document.listing("s390-skeys:0/data") == ["eos EOS"])
        #expect(try document.listing("todclock:0/data").first == "present true")
        #expect(
            try document.listing("live sections/s390-storage_attributes@0x490a9") == [
                "@header frame 5", "records struct 8", "eos EOS", "@footer frame 5",
            ])
        #expect(try document.listing("/fe.0.0000/virtio-net:0/virtio/transport").count == 8)
    }

    @Test(.needsShared) func hashTable() throws {
        let document = try #require(Sample.corpus("pseries-7.2")).document()
        #expect(try document.listing("spapr/htab:0")[1] == "shift 0x00000015")
        #expect(
            try document.listing("live sections/spapr/htab@0x344ea1") == [
                "@header frame 5", "section_header 0x00000000", "end 00 × 8", "@footer frame 5",
            ])
        #expect(try document.listing("slirp:0/data").count == 3)
    }

    private func last(_ idstr: String, _ kind: SectionRecord.RecordType, _ document: Document) throws
        -> String?
    {
        document.openLivePart()
        return document.store.records.last {
            $0.kind == kind && document.store.table.names.bytes($0.name).elementsEqual(idstr.utf8)
        }.map { "\(idstr)@\(Hex.offset($0.offset))" }
    }
}
