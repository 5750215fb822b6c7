import Bytes
import Query
import Stream
import Testing

@testable import TUI

@Suite struct ScanTests {
    /// The fields that a walk over all nodes finds, frames and RAM left out. A buffer is one field.
    private func fields(
        _ document: Document, inside: Bool = true, where isMatch: ([UInt8]) -> Bool
    ) -> Set<Int> {
        var found: Set<Int> = []
        func visit(_ node: Node) {
            if node.role == .frame && node.path != .root && !node.isRecord { return }
            if node.isLeaf, !node.isRecord, node.role == .field || node.role == .decoded {
                found.formUnion(matches(node, document, inside: inside, isMatch))
            }
            guard !node.isLeaf else { return }
            for index in 0..<node.childCount { visit(document.tree.child(index, of: node)) }
        }
        visit(document.tree.root)
        return found
    }

    private func matches(
        _ node: Node, _ document: Document, inside: Bool, _ isMatch: ([UInt8]) -> Bool
    ) -> [Int] {
        let bytes = document.tree.bytes(of: node)
        guard document.tree.fieldType(of: node)?.readerForm == .hex else {
            let isSwapped = document.tree.typeName(node).hasPrefix("le")
            return isMatch(isSwapped ? bytes.reversed() : bytes) ? [node.offset] : []
        }
        if bytes.count <= 8 { return isMatch(bytes) || isMatch(bytes.reversed()) ? [node.offset] : [] }
        guard inside else { return [] }
        // In a larger buffer, numbers of four and of eight bytes that smaller ones do not hold.
        return [4, 8].flatMap { width in
            (0...(bytes.count - width)).filter { start in
                let part = Array(bytes[start..<start + width])
                return [part, part.reversed()].contains { part in
                    let isWide = part.dropLast(4).contains { $0 != 0 }
                    let isLong = part.suffix(4).dropLast(2).contains { $0 != 0 }
                    return isMatch(part) && (width == 8 ? isWide : isLong)
                }
            }.map { node.offset + $0 }
        }
    }

    /// Bits and named bytes that show a number.
    private func rows(_ document: Document, _ wanted: UInt64) -> Set<Int> {
        var walk = NodeWalk(document, reach: .meanings)
        var found: Set<Int> = []
        while walk.next() {
            let node = walk.node
            if node.role == .frame { walk.skip() }
            guard node.role == .meaning, document.tree.item(of: node)?.isLeaf ?? false else { continue }
            let value = document.tree.value(node).full
            let shown = [value[...]] + (value.firstRange(of: " = ").map { [value[$0.upperBound...]] } ?? [])
            let isShown = shown.contains { text in
                let word = text.prefix { $0.isLetter || $0.isNumber }
                return UInt64(word) == wanted || word == "0x" + String(wanted, radix: 16)
                    || word.hasPrefix("0x") && UInt64(word.dropFirst(2), radix: 16) == wanted
            }
            if isShown { found.insert(node.offset) }
        }
        return found
    }

    /// What the tree shows is found: the byte, and what its digits say.
    @Test(arguments: ["=0x21", "=21", "=33", "=0x53", "=53", "=LDT", "=0x29c0"]) func whatTheTreeShows(
        _ query: String
    )
        throws
    {
        let document = try Fixture.sample()
        guard case .values(let value) = try SearchQuery(query) else {
            Issue.record("no value")
            return
        }
        var scan = LeafScan(value, document)
        while !scan.isFinished { scan.step(budget: 1) }
        let shown = scan.offsets.map { document.tree.pathText(document.path(atOffset: $0)) }
        let wanted = [
            "=0x21": "mc146818rtc:0/cmos_data[4]", "=21": "mc146818rtc:0/cmos_data[4]",
            "=33": "mc146818rtc:0/cmos_data[4]", "=0x53": "mc146818rtc:0/cmos_data[2]",
            "=53": "mc146818rtc:0/cmos_data[2]", "=LDT": "cpu:0/",
            "=0x29c0": "0000:00:00.0/mch:0/parent_obj/config[0]",
        ]
        let place = try #require(wanted[query])
        #expect(shown.contains { $0.hasPrefix(place) }, "\(shown.prefix(20))")
        #expect(scan.offsets == scan.offsets.sorted())
    }

    private func number(_ bytes: [UInt8]) -> UInt64? {
        (1...8).contains(bytes.count) ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    @Test(arguments: [1, 0xfee0_0900, 0xffff_ffff_ffff_ffff] as [UInt64], [7, 1 << 20])
    func numbers(_ wanted: UInt64, _ budget: Int) throws {
        let document = try Fixture.sample()
        var scan = LeafScan(.number(wanted), document)
        while !scan.isFinished { scan.step(budget: budget) }
        #expect(Set(scan.offsets) == fields(document) { number($0) == wanted }.union(rows(document, wanted)))
        #expect(scan.offsets == scan.offsets.sorted())
        #expect(scan.progress == 1)
    }

    @Test func negativeNumbers() throws {
        let document = try Fixture.sample()
        var scan = LeafScan(.negative(-1), document)
        scan.step(budget: .max)
        #expect(scan.isFinished)
        #expect(
            Set(scan.offsets)
                == fields(document, inside: false) {
                    (1...8).contains($0.count) && $0.allSatisfy { $0 == 0xff }
                })
    }

    /// A buffer has no byte order, and of a large one no one knows where numbers begin in it.
    @Test(arguments: [
        ("=0xfee00900", "msi:0/word msi:0/swapped msi:0/table"), ("=0x1122334455667788", "msi:0/table"),
        ("=0x7788", ""), ("=0x55667788", "msi:0/table"),
    ]) func buffers(_ query: String, _ expected: String) throws {
        let document = try Document.open(
            region: MappedRegion(copying: Self.streamWithBuffers), name: "buffers.mig")
        guard case .values(let wanted) = try SearchQuery(query) else {
            Issue.record("no value")
            return
        }
        var scan = LeafScan(wanted, document)
        while !scan.isFinished { scan.step(budget: 1) }
        let paths = scan.offsets.map { offset in
            let path = document.path(atOffset: offset)
            return document.tree.pathText(document.tree.node(path).isElement ? path.parent ?? path : path)
        }
        #expect(paths.joined(separator: " ") == expected)
    }

    /// Rows are found where no field of the section could be the number.
    @Test func rowsOfTheOnlyField() throws {
        let device =
            #"{"name": "mc146818rtc", "instance_id": 0, "vmsd_name": "mc146818rtc", "version": 1, "#
            + #""fields": [{"name": "cmos_data", "type": "buffer", "size": 128}]}"#
        let body: [UInt8] = [0, 0, 0x21] + [UInt8](repeating: 0, count: 125)
        let bytes = Self.stream("mc146818rtc", body, device)
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "clock.mig")
        var scan = LeafScan(.number(21), document)
        while !scan.isFinished { scan.step(budget: 1) }
        let minutes = document.tree.node(try #require(document.path(text: "mc146818rtc:0/cmos_data[2]")))
        #expect(scan.offsets == [minutes.offset])
    }

    private static func stream(_ name: String, _ body: [UInt8], _ device: String) -> [UInt8] {
        let json = Array("{\"page_size\": 4096, \"devices\": [\(device)]}".utf8)
        let section =
            [4, 0, 0, 0, 1, UInt8(name.utf8.count)] + Array(name.utf8) + [0, 0, 0, 0, 0, 0, 0, 1] as [UInt8]
        return Array("QEVM".utf8) + [0, 0, 0, 3] + section + body + [0x7e, 0, 0, 0, 1]
            + [0, 6, 0, 0, UInt8(json.count >> 8), UInt8(json.count & 255)] + json
    }

    private static let streamWithBuffers: [UInt8] = {
        let table: [UInt8] = [0, 0, 9, 0xe0, 0xfe, 7, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]
        let body = [0xfe, 0xe0, 9, 0, 0, 9, 0xe0, 0xfe] + table
        let fields = [("word", 4), ("swapped", 4), ("table", table.count)].map { name, size in
            "{\"name\": \"\(name)\", \"type\": \"buffer\", \"size\": \(size)}"
        }
        let device =
            "{\"name\": \"msi\", \"instance_id\": 0, \"vmsd_name\": \"msi\", \"version\": 1, "
            + "\"fields\": [\(fields.joined(separator: ", "))]}"
        return stream("msi", body, device)
    }()

    @Test(arguments: [1, 5, 64, 1 << 20]) func bytes(_ budget: Int) throws {
        let region = MappedRegion(copying: Array("abcabcaabcab".utf8))
        let pattern = try #require(BytePattern("61??63"))
        var scan = ByteScan(pattern, in: region)
        while !scan.isFinished { scan.step(budget: budget) }
        #expect(scan.offsets == [0, 3, 7])
    }

    @Test func aPatternLongerThanTheStream() throws {
        var scan = ByteScan(try #require(BytePattern("6162636465")), in: MappedRegion(copying: [0x61]))
        scan.step(budget: 100)
        #expect(scan.isFinished && scan.offsets.isEmpty && scan.progress == 1)
    }

    @Test(arguments: [
        "x", "x e8", "x \"e8 ?? ff\"", "=12", "=-3", "=0xffffffffffffffff", "=on", "~a.c", "\"Linux", "\"a\"",
        "~", "=", "\"", "x y",
    ])
    func queries(_ text: String) {
        let kind =
            switch try? SearchQuery(text) {
            case .names: "names"
            case .values(.number): "number"
            case .values(.negative): "negative"
            case .values(.text): "text"
            case .bytes: "bytes"
            case nil: "failure"
            }
        let expected = [
            "x": "names", "x e8": "bytes", "x \"e8 ?? ff\"": "bytes", "=12": "number", "=-3": "negative",
            "=0xffffffffffffffff": "number", "=on": "text", "~a.c": "names", "\"Linux": "bytes",
            "\"a\"": "bytes",
            "~": "names", "=": "names", "\"": "names", "x y": "failure",
        ]
        #expect(kind == expected[text])
    }
}

@Suite struct ScanUpdateTests {
    private static let size = Size(width: 80, height: 24)

    private func finish(_ browser: Browser) {
        while browser.hasWork { _ = browser.handle(.tick, size: Self.size) }
    }

    @Test(arguments: [
        KeyCase("/=0xfee00900<Enter>", "apic:0/apicbase"),
        KeyCase("/=4276095232<Enter>", "apic:0/apicbase"),
        KeyCase("/=armed<Enter>", "apic:0/timer_expiry"),
        KeyCase("/x \"32 00 53\"<Enter>", "mc146818rtc:0/cmos_data[0]"),
        KeyCase("/x 7e????0005<Enter>", "cpu_common:0/@footer/type"),
        KeyCase("/\"mc146818<Enter>", "mc146818rtc:0/@header/idstr"),
        KeyCase("/~^cmos_i<Enter>", "mc146818rtc:0/cmos_index"),
        KeyCase("/~(<Enter>", "header"),
        KeyCase("&isr<Enter>/=armed<Enter>", "apic:0/timer_expiry"),
        KeyCase(":search =0xfee00900<Enter>", "apic:0/apicbase"),
    ]) func keys(_ test: KeyCase) throws {
        let browser = try Browser.after(test.keys, on: Fixture.sample())
        finish(browser)
        #expect(browser.selectedPath == test.path)
    }

    @Test func nextAndPreviousGoRound() throws {
        let browser = try Browser.after("/=armed<Enter>", on: Fixture.sample())
        finish(browser)
        let offsets = try #require(browser.model.hits?.offsets)
        #expect(offsets.count > 3)
        #expect(browser.model.hexCursor == offsets[0])
        try browser.type("n")
        #expect(browser.model.hexCursor == offsets[1])
        try browser.type("2N")
        #expect(browser.model.hexCursor == offsets.last)
        try browser.type("n")
        #expect(browser.model.hexCursor == offsets[0])
        try browser.type("kn")
        #expect(browser.model.hexCursor == offsets[0])
        #expect(browser.status().hasPrefix(" /=armed   1/\(offsets.count)"))
        try browser.type("<Esc>n")
        finish(browser)
        #expect(browser.model.hits?.offsets == offsets)
    }

    @Test func escStopsAndKeepsWhatWasFound() throws {
        let browser = try Browser.after("/=0<Enter>", on: Fixture.sample())
        #expect(browser.hasWork)
        #expect(browser.status().contains("%"))
        let found = try #require(browser.model.hits?.offsets.count)
        #expect(found > 0)
        try browser.type("jj<Esc>")
        #expect(!browser.hasWork)
        #expect(browser.model.hits?.offsets.count == found)
        try browser.type("<Esc>")
        #expect(browser.model.hits == nil)
    }
}
