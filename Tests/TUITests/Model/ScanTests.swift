import Core
import Testing

@testable import TUI

@Suite struct ScanTests {
    /// The fields that a walk over all nodes finds, frames and RAM left out.
    private func fields(_ document: Document, where isMatch: ([UInt8]) -> Bool) -> Set<Int> {
        var found: Set<Int> = []
        func visit(_ node: Node) {
            if node.role == .frame && node.path != .root && !node.isRecord { return }
            if node.childCount == 0 || node.opensMeaning, !node.isRecord,
                node.role == .field || node.role == .decoded
            {
                let bytes = document.bytes(of: node)
                let isSwapped = document.typeName(node).hasPrefix("le")
                if isMatch(isSwapped ? bytes.reversed() : bytes) { found.insert(node.offset) }
            }
            for index in 0..<node.childCount { visit(document.child(index, of: node)) }
        }
        visit(document.root)
        return found
    }

    private func number(_ bytes: [UInt8]) -> UInt64? {
        (1...8).contains(bytes.count) ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    @Test(arguments: [1, 0xfee0_0900, 0xffff_ffff_ffff_ffff] as [UInt64], [7, 1 << 20])
    func numbers(_ wanted: UInt64, _ budget: Int) throws {
        let document = try Fixture.sample()
        var scan = LeafScan(.number(wanted), document)
        while !scan.isFinished { scan.step(budget: budget) }
        #expect(Set(scan.offsets) == fields(document) { number($0) == wanted })
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
                == fields(document) { (1...8).contains($0.count) && $0.allSatisfy { $0 == 0xff } })
    }

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
        KeyCase("/=armed<Enter>", "mc146818rtc:0/periodic_timer"),
        KeyCase("/x \"32 00 53\"<Enter>", "mc146818rtc:0/cmos_data[0]"),
        KeyCase("/x 7e????0005<Enter>", "cpu_common:0/@footer/type"),
        KeyCase("/\"mc146818<Enter>", "mc146818rtc:0/@header/idstr"),
        KeyCase("/~^cmos_i<Enter>", "mc146818rtc:0/cmos_index"),
        KeyCase("/~(<Enter>", "header"),
        KeyCase("&isr<Enter>/=armed<Enter>", "mc146818rtc:0/periodic_timer"),
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
