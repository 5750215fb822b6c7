import Bytes
import Compare
import Export
import Format
import Query
import Stream
import Testing

/// Whatever has become of a file, all outputs know of the same sections and fields.
@Suite struct AgreementTests {
    /// What a file holds beside, or instead of the end of, a stream.
    enum Case: Sendable, CustomTestStringConvertible {
        case whole
        /// Its first part, in thousandths.
        case cut(Int)
        case zeros(Int)
        case other(Int)
        /// An older stream, whole or without its last bytes.
        case older(without: Int)
        /// Written over a longer stream: from its place on, that one goes on.
        case over(Int)

        var testDescription: String { "\(self)" }

        /// The bytes of the file, and of the stream in it.
        func bytes(_ stream: [UInt8]) -> (file: [UInt8], stream: Int) {
            switch self {
            case .whole: return (stream, stream.count)
            case .cut(let part):
                let count = max(stream.count * part / 1000, 9)
                return (Array(stream.prefix(count)), count)
            case .zeros(let count): return (stream + [UInt8](repeating: 0, count: count), stream.count)
            case .other(let count): return (stream + [UInt8](repeating: 0xff, count: count), stream.count)
            case .older(let lost):
                let older = SmallStream([.plain("older"), .plain("cpu")]).bytes
                return (stream + older.dropLast(lost), stream.count)
            case .over(let start):
                let older = SmallStream([.plain("older"), .plain("cpu")]).bytes
                return (stream + older.dropFirst(start), stream.count)
            }
        }
    }

    static let cases: [Case] =
        [
            .whole, .zeros(1), .zeros(70_000), .other(1), .other(5000), .older(without: 0),
            .older(without: 100),
        ]
        + [.over(20), .over(5000)] + stride(from: 5, to: 1000, by: 71).map { .cut($0) }

    static let names = ["microvm-7.2", "no-vmdesc-7.2", "m68k-virt-7.2"]

    @Test(arguments: names, cases)
    func outputsAgree(_ name: String, _ file: Case) throws {
        try check(file, of: Sample.fixture(name).bytes())
    }

    @Test(arguments: cases) func outputsAgreeOnSmallStreams(_ file: Case) throws {
        try check(file, of: SmallStream().bytes)
    }

    /// Devices in a package of postcopy are read whatever follows the stream.
    @Test(arguments: [Case.zeros(1), .other(1), .older(without: 0)]) func devicesOfAPackage(_ file: Case)
        throws
    {
        let stream = try Sample.fixture("postcopy-switched-7.2").bytes()
        let whole = try Document.open(region: MappedRegion(copying: stream), name: "whole.mig")
        let document = try Document.open(
            region: MappedRegion(copying: file.bytes(stream).file), name: "more.mig")
        whole.readMissing()
        document.readMissing()
        #expect(whole.overview.sections.count > 20)
        #expect(document.overview.sections.map(\.offset) == whole.overview.sections.map(\.offset))
    }

    /// Without footers, the devices that a cut description no longer lists are found by their headers.
    @Test func devicesWithoutFootersBeforeACutDescription() throws {
        let stream = try Sample.fixture("no-footer-7.2").bytes()
        let whole = try Document.open(region: MappedRegion(copying: stream), name: "whole.mig")
        let text = try #require(whole.store.description?.text)
        for end in stride(from: text.lowerBound + 40, to: text.upperBound, by: text.count / 20) {
            let cut = try Document.open(
                region: MappedRegion(copying: Array(stream.prefix(end))), name: "cut.mig")
            cut.readMissing()
            #expect(cut.overview.sections.map(\.offset) == whole.overview.sections.map(\.offset), "\(end)")
            #expect(!cut.findings.contains { !$0.qemu.isEmpty && $0.severity == .error }, "\(end)")
        }
    }

    private func check(_ file: Case, of stream: [UInt8]) throws {
        let (bytes, end) = file.bytes(stream)
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "agreement.mig")
        document.readMissing()
        #expect(Tiling.rows(document).problems == [])
        let sections = Self.sections(document)
        expectSections(sections, document)
        try expectFields(document)
        let isCut = if case .cut = file { true } else { false }
        #expect((document.loss != nil) == isCut)
        #expect(document.store.streamEnd == end)
        guard !isCut else { return }
        #expect(!document.findings.contains { $0.severity == .error })
        // What the file holds after the stream changes nothing of what is said of it.
        let whole = try Document.open(region: MappedRegion(copying: stream), name: "whole.mig")
        whole.readMissing()
        #expect(sections == Self.sections(whole))
        #expect(document.store.description?.text == whole.store.description?.text)
        #expect(document.overview.processorCount == whole.overview.processorCount)
    }

    /// START and FULL sections by `dump --all`: what has a header with an instance.
    private static func sections(_ document: Document) -> [String] {
        document.rows(all: true).compactMap { row in
            let path = row.pathText
            guard let end = path.range(of: "/@header/instance_id") else { return nil }
            return String(path[..<end.lowerBound])
        }
    }

    private func expectSections(_ paths: [String], _ document: Document) {
        let overview = document.overview.sections
        #expect(overview.count == paths.count)
        for (section, path) in zip(overview, paths) {
            let name = "\(section.name):\(section.instance)"
            #expect(path == name || path.hasSuffix("/" + name), "\(path), \(name)")
        }
        for section in overview {
            let texts = [
                section.name, "\(section.name):\(section.instance)", "\(section.name) #\(section.instance)",
                "\(section.name) #\(section.instance) v\(section.version)",
            ]
            for text in texts {
                let place = try? document.place(text, from: 0)
                let record = place.flatMap { document.tree.record(of: document.tree.node($0.path)) }
                #expect(record.map { document.store.table.names.text($0.name) } == section.name, "\(text)")
            }
            #expect(Search(section.name, document).count > 0)
        }
        let compared = Set(ComparedStream(document).sections.map(\.section.offset))
        #expect(overview.allSatisfy { compared.contains($0.offset) })
        var tree = Collector()
        TreeExport(document).write(to: &tree)
        let lines = tree.text.split(separator: "\n")
        for section in overview {
            #expect(lines.contains { $0.contains(" \(section.name) #\(section.instance)") })
        }
        var report = Collector()
        ReportExport(document).write([], program: "test", to: &report)
        #expect(report.text.contains(", \(overview.count) sections, "))
        #expect(report.text.contains("None.") == document.findings.isEmpty)
    }

    // Each field that dump prints is found by its path and by its name. Of elements one in a hundred is looked for.
    private func expectFields(_ document: Document) throws {
        let rows = document.rows(all: false)
        let sought = rows.indices.filter { index in
            index % 100 == 0 || index % 7 == 0 && !rows[index].pathText.hasSuffix("]")
        }
        let lost = sought.map { rows[$0] }.filter { row in
            let path = document.path(text: row.pathText)
            return path.map { document.tree.node($0).offset } != row.offset
                || path.map { document.tree.pathText($0) } != row.pathText
        }
        #expect(lost.map(\.pathText) == [])
        var names = Collector()
        var export = FindExport(document)
        _ = export.writeNodes(matching: try TextPattern(expression: "."), values: false, to: &names)
        var found: Set<String> = []
        for line in names.text.split(separator: "\n") {
            if let path = line.split(separator: "\t").dropFirst().first { found.insert(String(path)) }
        }
        let missing: [String] = rows.map(\.pathText).filter { !found.contains($0) }
        #expect(missing == [])
    }

    /// Of two streams in a file each is shown by its number.
    @Test func laterStreams() throws {
        let first = SmallStream().bytes
        let other = SmallStream([.plain("other"), .plain("last")]).bytes
        var options = OpenOptions()
        for (number, name) in [(1, "first"), (2, "other"), (3, "first")] {
            options.stream = number
            let region = MappedRegion(copying: first + other + [0, 0, 7] + first)
            let document = try Document.open(region: region, name: "several.mig", options: options)
            document.readMissing()
            #expect(document.overview.sections.contains { $0.name == name })
            #expect(document.overview.streamSize == (number == 2 ? other.count : first.count))
            #expect((document.store.nextStream == nil) == (number == 3))
        }
        options.stream = 4
        #expect(throws: OpenError.noSuchStream(path: "several.mig", number: 4, count: 3)) {
            let region = MappedRegion(copying: first + other + [0, 0, 7] + first)
            _ = try Document.open(region: region, name: "several.mig", options: options)
        }
    }

    /// More bytes after the end than the search from the end goes back.
    @Test(arguments: [0, 0xff] as [UInt8]) func farEnd(_ filler: UInt8) throws {
        let stream = SmallStream().bytes
        let rest = [UInt8](repeating: filler, count: DescriptionLocator.searchLimit + 4096)
        let document = try Document.open(region: MappedRegion(copying: stream + rest), name: "far.mig")
        document.readMissing()
        #expect(document.overview.sections.map(\.name) == ["ram", "first", "second", "third"])
        #expect(document.store.streamEnd == stream.count)
        #expect(document.store.description != nil)
        #expect(document.loss == nil)
    }

    /// Without footers and a description a zero at the end may be the mark or not, which is said.
    @Test func endWithoutFooters() throws {
        let bytes = try Sample.fixture("no-footer-7.2").bytes()
        let whole = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        #expect(!whole.has(.endUnsure))
        let end = try #require(whole.store.records.first { $0.kind == .endOfFile }?.end)
        for count in [end, 281_942] {
            let region = MappedRegion(copying: Array(bytes.prefix(count)))
            #expect(bytes[count - 1] == 0)
            let document = try Document.open(region: region, name: "cut.mig")
            document.readMissing()
            #expect(document.has(.endUnsure))
            #expect(!document.findings.contains { $0.severity != .note })
        }
        let last = try #require(bytes.prefix(281_942).lastIndex { $0 != 0 })
        let cut = MappedRegion(copying: Array(bytes[...last]))
        let document = try Document.open(region: cut, name: "cut.mig")
        document.readMissing()
        #expect(document.loss != nil)
    }

    /// Without footers the description alone says how long devices are, wherever in the file it is; without that, too,
    /// sections end at the latest where another stream begins.
    @Test(arguments: [0, 1000, 100_000]) func anotherStreamWithoutFooters(_ lost: Int) throws {
        let bytes = try Sample.fixture("no-footer-7.2").bytes()
        let older = try Sample.fixture("capabilities-10.0").bytes().dropLast(lost)
        let known = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        known.readMissing()
        let end = try #require(known.store.records.first { $0.kind == .endOfFile }?.end)
        for stream in [bytes, Array(bytes.prefix(end))] {
            let document = try Document.open(region: MappedRegion(copying: stream + older), name: "both.mig")
            document.readMissing()
            #expect(document.store.streamEnd == stream.count)
            #expect((document.store.description != nil) == (stream.count == bytes.count))
            #expect(document.store.nextStream == stream.count)
            #expect(!document.findings.contains { $0.severity == .error })
            let names = document.overview.sections.map(\.name)
            #expect(stream.count < bytes.count || names == known.overview.sections.map(\.name))
            #expect(names.last == "acpi_build")
        }
    }

    /// Without a description a device may hold what looks like its footer and the end mark.
    @Test func footerInADevice() throws {
        var small = SmallStream([.plain("first"), .plain("second"), .plain("third")])
        small.hasDescription = false
        var stream = small.bytes
        let place = try #require(small.document().overview.sections.dropLast().last)
        #expect(place.name == "second")
        let body = place.offset + place.size - 5
        stream.insert(contentsOf: stream[body..<body + 5] + [0, 0, 0, 4, 1, 2, 3], at: body)
        let document = try Document.open(region: MappedRegion(copying: stream), name: "footer.mig")
        document.readMissing()
        #expect(document.overview.sections.map(\.name) == ["ram", "first", "second", "third"])
        #expect(document.store.streamEnd == stream.count)
        // Cut in that device nothing tells the mark from its bytes, which is said.
        let cut = MappedRegion(copying: Array(stream.prefix(body + 11)))
        let rest = try Document.open(region: cut, name: "cut.mig")
        rest.readMissing()
        #expect(rest.has(.endUnsure) || rest.loss != nil)
    }

    /// No section of a stream is after the start of another one, though it may have the same number.
    @Test func sameNumbersInAnotherStream() throws {
        var first = SmallStream([.plain("slirp"), .plain("second")])
        first.hasDescription = true
        let newer = first.bytes
        // The older one's RAM has the number that a device of the newer one has.
        var older = StreamWriter()
        older.configuration()
        older.start(10, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x1000)]))
        older.end(10, StreamWriter.page(0, fill: 1, block: "pc.ram") + StreamWriter.endOfRAM)
        older.full(11, "cpu".utf8, [0, 0, 0, 1])
        older.endOfFile()
        older.description(
            #"{"page_size": 4096, "devices": [{"name": "cpu", "instance_id": 0, "vmsd_name": "cpu", "version": 1, "#
                + #""fields": [{"name": "x", "type": "uint32", "size": 4}]}]}"#)
        let document = try Document.open(
            region: MappedRegion(copying: newer + older.bytes), name: "numbers.mig")
        document.readMissing()
        #expect(document.overview.sections.map(\.name) == ["ram", "slirp", "second"])
        #expect(document.store.streamEnd == newer.count)
        #expect(document.store.nextStream == newer.count)
    }

    /// A newer stream written over a longer one of the same machine, whose end is left: its devices and its description are
    /// those of the older stream.
    @Test(arguments: ["capabilities-10.0", "no-vmdesc-7.2", "microvm-7.2", "no-footer-7.2"], [2, 3])
    func overAnOlderStream(_ name: String, _ part: Int) throws {
        let bytes = try Sample.fixture(name).bytes()
        let older = try Sample.fixture("capabilities-10.0").bytes()
        let known = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        known.readMissing()
        let both = bytes + older[(older.count / part)...]
        let document = try Document.open(region: MappedRegion(copying: both), name: "over.mig")
        document.readMissing()
        #expect(document.store.streamEnd == bytes.count)
        #expect(document.overview.sections.map(\.offset) == known.overview.sections.map(\.offset))
        #expect((document.store.description == nil) == (known.store.description == nil))
        #expect(document.loss == nil)
        #expect(!document.findings.contains { $0.severity == .error })
    }

    /// The same without footers: with a description of its own the newer stream ends there; without one it ends before a
    /// device comes a second time, and what the older one's end describes is no part of it.
    @Test(arguments: [true, false], [true, false])
    func overAnOlderStreamWithoutFooters(_ isDescribed: Bool, _ isOlderDescribed: Bool) throws {
        let bytes = try Sample.fixture("no-footer-7.2").bytes()
        let known = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        known.readMissing()
        let end = try #require(known.store.records.first { $0.kind == .endOfFile }?.end)
        let devices = try #require(known.store.records.first { $0.kind == .full }?.offset)
        let older = isOlderDescribed ? bytes : Array(bytes.prefix(end))
        let stream = isDescribed ? bytes : Array(bytes.prefix(end))
        // All devices of the older one are left, or some.
        for start in [devices - 9, (devices + end) / 2] {
            let region = MappedRegion(copying: stream + older[start...])
            for budget in [Document.scanBudget, 16] {
                let document = try Document.open(region: region, name: "over.mig")
                while !document.readMissing(budget: budget) {}
                #expect(document.overview.sections.map(\.offset) == known.overview.sections.map(\.offset))
                #expect((document.store.description != nil) == isDescribed)
                #expect(!document.findings.contains { $0.severity == .error })
                if isDescribed { #expect(document.store.streamEnd == stream.count) }
            }
        }
    }

    /// What an older stream of another machine has left describes none of the newer one's devices: where neither footers
    /// nor a description of its own say how long they are, a zero byte in one is no end mark.
    @Test(arguments: ["sample-q35-10.0", "pc-7.2", "capabilities-10.0"], [2, 4])
    func overAnotherMachineWithoutFooters(_ name: String, _ part: Int) throws {
        let bytes = try Sample.fixture("no-footer-7.2").bytes()
        let known = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        known.readMissing()
        let end = try #require(known.store.records.first { $0.kind == .endOfFile }?.end)
        let other = try Sample.fixture(name).bytes()
        let devices = try Document.open(region: MappedRegion(copying: other), name: "older.mig")
            .store.records.filter { $0.kind == .full }
        let rest = other[(devices[devices.count - devices.count / part].offset + 7)...]
        let document = try Document.open(
            region: MappedRegion(copying: Array(bytes[..<end]) + rest), name: "over.mig")
        document.readMissing()
        let expected = known.overview.sections.map(\.offset)
        #expect(document.overview.sections.map(\.offset).starts(with: expected))
        #expect(document.store.streamEnd >= end)
        #expect(document.has(.endUnsure))
    }

    /// The description of a twin says where a stream without footers ends, whatever the file holds after it.
    @Test(arguments: ["zeros", "ones", "the older half"]) func twinWithoutFooters(_ rest: String) throws {
        let bytes = try Sample.fixture("no-footer-7.2").bytes()
        let known = try Document.open(region: MappedRegion(copying: bytes), name: "whole.mig")
        known.readMissing()
        let end = try #require(known.store.records.first { $0.kind == .endOfFile }?.end)
        let stream = Array(bytes[..<end])
        var options = OpenOptions()
        options.description = try BorrowedDescription(region: MappedRegion(copying: bytes), path: "twin.mig")
        let more =
            switch rest {
            case "zeros": [UInt8](repeating: 0, count: 5000)
            case "ones": [UInt8](repeating: 0xff, count: 5000)
            default: Array(stream[(end / 2)...])
            }
        let document = try Document.open(
            region: MappedRegion(copying: stream + more), name: "more.mig", options: options)
        document.readMissing()
        #expect(document.overview.sections.map(\.offset) == known.overview.sections.map(\.offset))
        #expect(document.overview.sections.map(\.size) == known.overview.sections.map(\.size))
        #expect(document.store.streamEnd == end)
        #expect(!document.findings.contains { $0.severity != .note })
    }

    /// Until all is read nothing is said to be absent, and reading goes in steps.
    @Test func stepsTellTheirProgress() throws {
        let bytes = try Sample.fixture("no-footer-7.2").bytes()
        let document = try Document.open(
            region: MappedRegion(copying: Array(bytes.prefix(bytes.count / 2))), name: "cut.mig")
        #expect(document.needsReading)
        var steps = 0
        var last = -1.0
        while !document.readMissing(budget: 16) {
            #expect(document.readingProgress >= last)
            last = document.readingProgress
            steps += 1
        }
        #expect(steps > 2)
        #expect(document.readingProgress == 1)
    }
}
