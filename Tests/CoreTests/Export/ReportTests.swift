import Bytes
import Export
import Stream
import Testing

/// Reports for bug trackers.
@Suite struct ReportTests {
    private struct Bytes: ByteSink {
        var bytes: [UInt8] = []
        mutating func write(_ bytes: [UInt8]) { self.bytes += bytes }
    }

    private func report(
        _ document: Document, _ paths: [String], withRAM: Bool = false, note: String = ""
    ) throws -> String {
        let items = try paths.map { ReportItem(path: try document.place($0, from: 0).path, note: note) }
        var sink = Bytes()
        ReportExport(document, withRAM: withRAM).write(items, program: "test", to: &sink)
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    private func sample() throws -> Document { try Sample.fixture("sample-q35-10.0").document() }

    @Test func saysWhatAndWhere() throws {
        let text = try report(try sample(), ["mc146818rtc:0/cmos_data"], note: "a *note*")
        #expect(text.contains("## `mc146818rtc:0/cmos_data`"))
        #expect(text.contains("| offset | 0x4999b in the stream, 0x4999b in the file |"))
        #expect(text.contains("| size | 128 bytes |"))
        #expect(text.contains("> a \\*note\\*"))
        #expect(
            text.contains("0004999b  32 00 53 00 21 00 02 23 11 26 26 02 10 80 00 00  |2.S.!..#.&&.....|"))
        #expect(text.contains("Guest memory was left out."))
    }

    @Test func fieldsOfASection() throws {
        let text = try report(try sample(), ["timer"])
        #expect(text.contains("cpu_ticks_offset"))
    }

    /// No byte of a page, whatever is asked for.
    @Test(arguments: ["sample-q35-10.0", "mapped-ram-10.0", "xbzrle-10.0", "postcopy-10.0"])
    func guestMemoryIsLeftOut(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        document.openLivePart()
        for record in 0..<document.tree.root.childCount {
            let node = document.tree.child(record, of: document.tree.root)
            for child in 0..<min(node.childCount, 20) {
                let inner = document.tree.child(child, of: node)
                guard document.tree.mayHoldGuestMemory(inner) else { continue }
                let text = try report(document, [document.tree.pathText(inner.path)])
                #expect(
                    text.contains("left out") && !text.contains("  |"),
                    "\(document.tree.pathText(inner.path))")
            }
        }
    }

    @Test func unlessItIsAskedFor() throws {
        let text = try report(try sample(), ["pc.ram@0x1000"], withRAM: true)
        #expect(text.contains("  |"))
        #expect(!text.contains("left out"))
    }

    @Test func withoutNodesTheFindings() throws {
        #expect(try report(try sample(), []).contains("## Findings"))
    }

    @Test(arguments: [("a", "`a`"), ("a`b", "`` a`b ``"), ("``", "``` `` ```")])
    func codeKeepsItsBackquotes(_ text: String, _ code: String) { #expect(Markdown.code(text) == code) }

    @Test func fingerprintsTellStreamsApart() throws {
        let document = try sample()
        let bytes = document.store.region.copy(0..<document.store.region.count)
        func fingerprint(changing offset: Int) throws -> String {
            var changed = bytes
            changed[offset] ^= 1
            return try Document.open(region: MappedRegion(copying: changed), name: "x").fingerprint
        }
        let own = document.fingerprint
        #expect(own.utf8.count == 32)
        #expect(try sample().fingerprint == own)
        // The clock of the first device, and a byte of RAM that is not looked at.
        #expect(try fingerprint(changing: 0x484d9) != own)
        #expect(try fingerprint(changing: 0x20000) == own)
    }
}
