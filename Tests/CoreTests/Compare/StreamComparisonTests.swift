import Bytes
import Compare
import Export
import Format
import Stream
import Testing

/// `diff`: structure, values, RAM.
@Suite struct StreamComparisonTests {
    private func diff(
        _ left: Document, _ right: Document, values: Bool = true, noise: Bool = false
    ) -> (isDifferent: Bool, text: String) {
        var export = DiffExport(
            left, .stream(right), indexes: values ? (left.ramIndex(), right.ramIndex()) : nil,
            options: DiffExport.Options(values: values, noise: noise))
        var sink = Collector()
        let isDifferent = export.write(to: &sink)
        return (isDifferent, sink.text)
    }

    @Test(arguments: Sample.fixtures) func equalToItself(_ sample: Sample) throws {
        let (isDifferent, text) = diff(try sample.document(), try sample.document())
        #expect(!isDifferent)
        #expect(text.isEmpty)
    }

    private func device(_ fields: String, _ body: [UInt8], version: UInt32 = 1) throws -> Document {
        let device = SmallDevice("dev", version: version, body, fields: fields)
        return try SmallStream([device]).document()
    }

    private let word = #"{"name": "word", "type": "uint32", "size": 4}"#
    private let more = #", {"name": "more", "type": "uint8", "size": 1}"#

    @Test func structure() throws {
        let one = try device(word, [1, 2, 3, 4])
        #expect(
            diff(one, try device(word + more, [1, 2, 3, 4, 0])).text == "+ field      dev:0/more  uint8 1\n")
        #expect(
            diff(try device(word + more, [1, 2, 3, 4, 0]), one).text == "- field      dev:0/more  uint8 1\n")
        #expect(
            diff(one, try device(word, [1, 2, 3, 4], version: 2)).text.contains(
                "~ version    dev:0  v1 → v2\n"))
        let wide = try device(#"{"name": "word", "type": "uint64", "size": 8}"#, [0, 0, 0, 0, 1, 2, 3, 4])
        #expect(diff(one, wide).text == "~ field      dev:0/word  uint32 4 → uint64 8\n")
    }

    private func diff(_ left: Document, _ right: ComparedWith) -> String {
        var export = DiffExport(left, right, indexes: nil, options: DiffExport.Options())
        var sink = Collector()
        _ = export.write(to: &sink)
        return sink.text
    }

    @Test func againstADescription() throws {
        let one = try device(word, [1, 2, 3, 4])
        let same = try BorrowedDescription(region: one.store.region, path: "same.mig")
        #expect(diff(one, .description(same)).isEmpty)
        let two = try device(word + more, [1, 2, 3, 4, 0], version: 2)
        let other = try BorrowedDescription(region: two.store.region, path: "other.mig")
        #expect(
            diff(one, .description(other))
                == "~ version    dev:0  v1 → v2\n+ field      dev:0/more  uint8 1\n")
    }

    @Test func againstADump() throws {
        let json = #"""
            {"vmschkmachine": {"Name": "none"}, "dev": {"Name": "dev", "version_id": 2, "minimum_version_id": 1,
             "Description": {"name": "dev", "version_id": 2, "minimum_version_id": 1,
              "Fields": [{"field": "word", "version_id": 0, "field_exists": false, "size": 4},
                         {"field": "new", "version_id": 0, "field_exists": false, "size": 2}]}}}
            """#
        let dump = try TargetDump(region: MappedRegion(copying: Array(json.utf8)), path: "dump.json")
        let text = diff(try device(word + more, [1, 2, 3, 4, 0]), .dump(dump))
        #expect(text.contains("~ version    dev:0  v1 → v2\n"))
        #expect(text.contains("- field      dev:0/more  uint8 1\n"))
        #expect(text.contains("+ field      dev:0/new  2\n"))
    }

    /// In steps, with the same result.
    @Test func inSteps() throws {
        let (one, two) = (try device(word + more, [1, 2, 3, 4, 5]), try device(word, [1, 2, 3, 9]))
        var run = ComparisonRun(one, .stream(two))
        while !run.isFinished {
            #expect((0...1).contains(run.progress))
            run.step(budget: 1)
        }
        #expect(run.structure.map(\.path) == ["dev:0/more"])
        #expect(run.values.map(\.path) == ["dev:0/word"])
        let range = try #require(run.values.first?.rightRange)
        #expect(two.store.region.copy(range) == [1, 2, 3, 9])
    }

    @Test func sections() throws {
        let one = try SmallStream().document()
        let two = try SmallStream([.plain("first"), .plain("other"), .plain("third")]).document()
        #expect(diff(one, two).text == "- section    second:0  v1\n+ section    other:0  v1\n")
    }

    @Test func values() throws {
        let one = try device(word + more, [1, 2, 3, 4, 5])
        let two = try device(word + more, [1, 2, 3, 9, 5])
        #expect(diff(one, two).text == "~ value      dev:0/word  0x01020304 → 0x01020309\n")
        let counted = diff(one, two, values: false)
        #expect(counted.isDifferent)
        #expect(counted.text == "1 value in 1 section differ; --values lists them and compares RAM\n")
    }

    /// Fields of equal names are found wherever they are.
    @Test func valuesOfOtherLayout() throws {
        let swapped = #"{"name": "more", "type": "uint8", "size": 1}, "# + word
        #expect(
            !diff(try device(word + more, [1, 2, 3, 4, 5]), try device(swapped, [5, 1, 2, 3, 4])).isDifferent)
        let text = diff(try device(word + more, [1, 2, 3, 4, 5]), try device(swapped, [6, 1, 2, 3, 4])).text
        #expect(text == "~ value      dev:0/more  0x05 → 0x06\n")
    }

    @Test func arraysAndBuffers() throws {
        let array = #"{"name": "list", "array_len": 64, "type": "uint8", "size": 1}"#
        var bytes = [UInt8](repeating: 0, count: 64)
        let one = try device(array, bytes)
        for index in 10..<40 { bytes[index] = 7 }
        let text = diff(one, try device(array, bytes)).text
        #expect(text.contains("~ value      dev:0/list[10]  0x00 → 0x07\n"))
        #expect(text.contains("dev:0/list[]  14 more elements → others\n"))
        let buffer = #"{"name": "data", "type": "buffer", "size": 64}"#
        let runs = diff(try device(buffer, [UInt8](repeating: 0, count: 64)), try device(buffer, bytes)).text
        #expect(runs.hasPrefix("~ value      dev:0/data  30 of 64 bytes: [10] 00 00"))
    }

    @Test func noise() throws {
        let timer = #"{"name": "t", "type": "timer", "size": 8}"#
        let (one, two) = (
            try device(timer, [0, 0, 0, 0, 0, 0, 0, 1]), try device(timer, [0, 0, 0, 0, 0, 0, 0, 2])
        )
        let folded = diff(one, two)
        #expect(folded.isDifferent)
        #expect(folded.text == "1 value of clocks and timers differ; --values --noise lists them\n")
        #expect(diff(one, two, noise: true).text.hasPrefix("~ value      dev:0/t  "))
        var noise = Noise()
        var names = NameTable()
        let type = FieldType.unknown(named: "uint64")
        let known = [
            "cpu_clock_offset", "next_time", "env.tsc", "base_rtc", "env.system_time_msr", "env.eip",
            "timeout_count",
        ]
        let answers = known.map { name in
            let id = names.intern(name)
            return noise.isNoise(id, type, names)
        }
        #expect(answers == [true, true, true, true, false, false, false])
    }

    @Test func ram() throws {
        var stream = SmallStream().bytes
        let two = try Document.open(region: MappedRegion(copying: stream), name: "two.mig")
        // A byte of the page that is filled with 0x55.
        let place = try #require(stream.lastIndex(of: 0x55))
        stream[place] = 0x56
        let one = try Document.open(region: MappedRegion(copying: stream), name: "one.mig")
        #expect(diff(one, two).text == "~ ram        pc.ram  1 of 4 pages in 1 run: 0x3000+4096\n")
    }

    /// Two versions of one machine: what is told of the structure fits on a screen.
    @Test func twoVersions() throws {
        let text = diff(
            try Sample.fixture("sample-q35-7.2").document(), try Sample.fixture("sample-q35-10.0").document(),
            values: false
        ).text
        #expect(text.split(separator: "\n").count <= 24)
        #expect(text.hasPrefix("~ machine    machine  pc-q35-7.2 → pc-q35-10.0\n"))
        #expect(text.contains("- field      hpet:0/num_timers  uint8 1\n"))
        #expect(
            text.contains(
                "~ field      0000:00:1f.2/ich9_ahci:0/ahci/ports  int32 equal 4 → uint32 equal 4\n"))
    }

    /// Damaged and unlike streams are compared without a crash.
    @Test func anyTwo() throws {
        let whole = Sample.fixture("microvm-10.0")
        let bytes = try whole.bytes()
        let document = try whole.document()
        for length in stride(from: 100, to: bytes.count, by: 3001) {
            let cut = try Document.open(
                region: MappedRegion(copying: Array(bytes.prefix(length))), name: "cut.mig")
            #expect(diff(document, cut).isDifferent)
            #expect(diff(cut, document).isDifferent)
        }
        for sample in Sample.fixtures { _ = diff(document, try sample.document()) }
    }
}
