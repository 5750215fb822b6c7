import Diagnose
import Format
import Stream
import Testing

@Suite struct LiveSectionsTests {
    /// Every format of the registry has a case here.
    @Test func casesCoverTheRegistry() {
        for format in LiveSections.all {
            #expect(
                LiveSectionCase.all.contains { format.isNamed(Array($0.idstr.utf8)[...]) },
                "no case for \(format)")
        }
    }

    @Test(arguments: LiveSectionCase.all, [true, false]) func isReadWhole(
        _ example: LiveSectionCase, _ footers: Bool
    ) throws {
        // Without footers nothing but the format gives the end; FULL bodies need a description then.
        guard footers || example.full == nil else { return }
        let document = try Document.of(example.stream(footers: footers))
        #expect(document.expectTiling() == 0)
        #expect(document.findings.isEmpty)
        let opaque = document.rows(all: true).filter { $0.pathText.hasSuffix("/data") && $0.size > 8 }
        #expect(opaque.allSatisfy { example.idstr == "block" && $0.size == 1 << 20 })
    }

    /// A section that has only a START lacks no END.
    @Test func backupStateIsWhole() throws {
        let document = try Document.of(LiveSectionCase.backupState.stream())
        #expect(Check(document).findings().allSatisfy { $0.code != .sectionNoEnd })
    }

    @Test func dirtyBitmap() throws {
        let document = try Document.of(LiveSectionCase.dirtyBitmap.stream())
        #expect(
            try document.listing("dirty-bitmap:0/disk0/monday[0]") == [
                "flags START DEVICE_NAME BITMAP_NAME", "node \"disk0\"", "bitmap \"monday\"",
                "granularity 0x00010000", "bitmap_flags 0x01",
            ])
        let part = try section(document, "dirty-bitmap", .part)
        #expect(
            try document.listing(part) == [
                "@header frame 5", "disk0/monday dirty bitmap 42", "disk0/friday dirty bitmap 30",
                "flags EOS", "@footer frame 5",
            ])
        #expect(
            try document.listing(part + "/disk0/monday[0]") == [
                "flags BITS", "first_sector 0x0000000000000000", "sectors 0x00002000",
                "size 0x0000000000000008", "bits 01 00 00 00 00 00 00 80",
            ])
        #expect(try document.listing(part + "/disk0/monday[1]").first == "flags BITS ZEROES")
    }

    @Test func block() throws {
        let document = try Document.of(LiveSectionCase.block.stream())
        let part = try section(document, "block", .part)
        #expect(
            try document.listing(part) == [
                "@header frame 5", "disk0 block device 28", "disk1 block device 14", "progress 50 %",
                "eos EOS",
                "@footer frame 5",
            ])
        #expect(try document.listing(part + "/disk0") == ["[0] chunk 14", "[1] chunk 14"])
        #expect(try document.listing(part + "/disk0[1]") == ["sector sector 2048, zero", "device \"disk0\""])
    }

    @Test func hashTable() throws {
        let document = try Document.of(LiveSectionCase.hashTable.stream())
        #expect(
            try document.listing("spapr/htab:0") == [
                "@header frame 24", "shift 0x00000012", "@footer frame 5",
            ])
        let part = try section(document, "spapr/htab", .part)
        #expect(try document.listing(part + "/chunks") == ["[0] chunk 40", "[1] chunk 24"])
        #expect(
            try document.listing(part + "/chunks[0]") == [
                "index 0x00000000", "n_valid 0x0002", "n_invalid 0x0001", "hptes struct 32",
            ])
        #expect(
            try document.listing(part + "/chunks[0]/hptes[1]") == [
                "v 0x0000000000000002", "r 0x0000000000000003",
            ])
    }

    @Test func pageAttributes() throws {
        let document = try Document.of(LiveSectionCase.storageAttributes.stream())
        let part = try section(document, "s390-storage_attributes", .part)
        #expect(
            try document.listing(part + "/records[0]") == [
                "address 0x100000 MORE", "count 0x0000000000000003", "pages 01 02 03",
            ])
        let keys = try Document.of(LiveSectionCase.storageKeys.stream())
        let full = try section(keys, "s390-skeys", .full)
        #expect(try keys.listing(full + "/data") == ["records struct 37", "eos EOS"])
        #expect(
            try keys.listing(full + "/data/records[1]") == [
                "address 0x80000000 SKEYS", "count 0x0000000000000001", "pages f0",
            ])
    }

    @Test func passedThroughDevice() throws {
        let document = try Document.of(LiveSectionCase.vfio.stream())
        let part = try section(document, "0000:00:05.0/vfio", .part)
        #expect(
            try document.listing(part) == [
                "@header frame 5", "data struct 37", "tag END_OF_STATE", "@footer frame 5",
            ])
        #expect(
            try document.listing(part + "/data[0]") == [
                "tag DEV_DATA_STATE", "size 0x0000000000000005", "data 09 08 07 06 05",
            ])
        let full = try section(document, "0000:00:05.0/vfio", .full)
        #expect(
            try document.listing(full + "/data") == [
                "tag DEV_CONFIG_STATE", "configuration 00 00 00 02 aa bb", "tag END_OF_STATE",
            ])
    }

    @Test func fullSections() throws {
        let clock = try Document.of(LiveSectionCase.todClock.stream())
        #expect(
            try clock.listing(section(clock, "todclock", .full) + "/data") == [
                "present true", "high 0x00", "low 0xe3a08b0c4d7ba8b4",
            ])
        let slirp = try Document.of(LiveSectionCase.slirp.stream())
        #expect(
            try slirp.listing(section(slirp, "slirp", .full) + "/data/bootp_clients[1]") == [
                "allocated 0x0001", "macaddr 52 55 0a 00 02 02",
            ])
    }

    /// The path of the first section of that idstr and kind.
    private func section(_ document: Document, _ idstr: String, _ kind: SectionRecord.RecordType) throws
        -> String
    {
        document.openLivePart()
        let number = try #require(
            document.store.records.firstIndex {
                $0.kind == kind && document.store.table.names.bytes($0.name).elementsEqual(idstr.utf8)
            })
        return document.tree.pathText(
            document.tree.knownPath(atOffset: document.store.records[number].offset)
        )
        .split(separator: "/").prefix(while: { !$0.hasPrefix("@header") }).joined(separator: "/")
    }
}
