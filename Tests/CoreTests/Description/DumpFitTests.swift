import Bytes
import Container
import Export
import Stream
import Testing

/// Vmstates of a `-dump-vmstate` fitted to sections by trial.
@Suite struct DumpFitTests {
    private static func dump(_ fields: String, subsections: String = "") -> String {
        let body =
            #""name": "dev", "version_id": 3, "minimum_version_id": 1, "Fields": [\#(fields)]"#
            + (subsections.isEmpty ? "" : ", \"Subsections\": [\(subsections)]")
        return #"{"vmschkmachine": {"Name": "none"}, "dev": {"Name": "dev", "version_id": 3, "#
            + #""minimum_version_id": 1, "Description": {\#(body)}}}"#
    }

    private static func field(
        _ name: String, _ size: Int, version: Int = 0, optional: Bool = false, num: Int? = nil,
        inner: String? = nil
    ) -> String {
        let count = num.map { ", \"num\": \($0)" } ?? ""
        let body =
            inner.map {
                #", "Description": {"name": "inner", "version_id": 1, "minimum_version_id": 1, "Fields": [\#($0)]}"#
            } ?? ""
        return
            #"{"field": "\#(name)", "version_id": \#(version), "field_exists": \#(optional)\#(count), "size": \#(size)\#(body)}"#
    }

    private func open(_ body: [UInt8], version: UInt32 = 2, _ dump: String) throws -> Document {
        var stream = SmallStream([SmallDevice("a/dev", version: version, body, fields: "")])
        stream.hasDescription = false
        var options = OpenOptions()
        options.description = try BorrowedDescription(
            region: MappedRegion(copying: Array(dump.utf8)), path: "dump.json")
        return try Document.open(
            region: MappedRegion(copying: stream.bytes), name: "small.mig", options: options)
    }

    private func leaves(_ document: Document) -> [String] {
        document.rows(all: false).filter { $0.pathText.hasPrefix("a/dev") }
            .map { "\($0.pathText.dropFirst(8)) \($0.size)" }
    }

    private func grade(_ document: Document) -> String? {
        document.findings.first { $0.code == .descriptionBorrowed }?.message
    }

    @Test func versionsAndArrays() throws {
        let fields = [
            Self.field("a", 4), Self.field("late", 8, version: 3), Self.field("list", 2, num: 3),
            Self.field("raw", 5), Self.field("in", 16, num: 2, inner: Self.field("x", 1)),
        ].joined(separator: ", ")
        let document = try open([UInt8](repeating: 1, count: 4 + 6 + 5 + 2), Self.dump(fields))
        #expect(
            leaves(document) == [
                "a 4", "list[0] 2", "list[1] 2", "list[2] 2", "raw 5", "in[0]/x 1", "in[1]/x 1",
            ])
        #expect(grade(document)?.contains("1 exact, 0 fit, 0 do not fit") == true)
        #expect(Examination.problems(document) == [])
    }

    /// Whether a conditional field is there follows from the length.
    @Test(arguments: [true, false]) func conditionalField(_ isThere: Bool) throws {
        let fields = [Self.field("a", 2), Self.field("maybe", 4, optional: true), Self.field("b", 1)]
            .joined(separator: ", ")
        let document = try open([UInt8](repeating: 1, count: isThere ? 7 : 3), Self.dump(fields))
        #expect(leaves(document) == (isThere ? ["a 2", "maybe 4", "b 1"] : ["a 2", "b 1"]))
        #expect(grade(document)?.contains("1 exact") == true)
    }

    /// Two fields of which one is there could each be it.
    @Test func severalWays() throws {
        let fields = [Self.field("a", 4, optional: true), Self.field("b", 4, optional: true)]
            .joined(separator: ", ")
        let document = try open([1, 2, 3, 4], Self.dump(fields))
        #expect(grade(document)?.contains("0 exact, 1 fit") == true)
        #expect(document.findings.contains { $0.code == .sectionAmbiguous })
    }

    @Test func subsections() throws {
        let part =
            #"{"name": "dev/more", "version_id": 1, "minimum_version_id": 1, "Fields": [\#(Self.field("m", 2))]}"#
        let document = try open(
            [1, 2] + StreamWriter.subsection("dev/more", [3, 4]),
            Self.dump(Self.field("a", 2), subsections: part))
        #expect(leaves(document) == ["a 2", "dev/more/m 2"])
        #expect(grade(document)?.contains("1 exact") == true)
        // A subsection that the dump does not know is refused, as QEMU would.
        let other = try open(
            [1, 2] + StreamWriter.subsection("dev/else", [3, 4]),
            Self.dump(Self.field("a", 2), subsections: part))
        #expect(grade(other)?.contains("1 do not fit") == true)
    }

    /// A field without a length takes what the others leave.
    @Test func elasticField() throws {
        let fields = [Self.field("a", 4), Self.field("blob", 0), Self.field("z", 2)].joined(separator: ", ")
        let document = try open([UInt8](repeating: 1, count: 4 + 9 + 2), Self.dump(fields))
        #expect(leaves(document) == ["a 4", "blob 9", "z 2"])
    }

    @Test func doesNotFit() throws {
        let fields = [Self.field("a", 4), Self.field("b", 8)].joined(separator: ", ")
        let document = try open([1, 2, 3, 4, 5, 6, 7], Self.dump(fields))
        #expect(grade(document)?.contains("1 do not fit") == true)
        let finding = try #require(document.findings.first { $0.code == .sectionSize })
        #expect(finding.message.contains("field b of a/dev"))
        #expect(leaves(document) == ["data 7"])
        let late = try open([1, 2, 3, 4], version: 9, Self.dump(Self.field("a", 4)))
        #expect(late.findings.contains { $0.message.contains("found version 9") })
    }

    /// Of fields of one name that may be absent one is there.
    @Test(arguments: [8, 16]) func alternatives(_ size: Int) throws {
        let fields = [
            Self.field("config", 8, optional: true), Self.field("config", 16, optional: true),
            Self.field("msix", 0),
        ].joined(separator: ", ")
        // A table of one vector and its bit.
        let document = try open([UInt8](repeating: 1, count: size + 17), Self.dump(fields))
        #expect(leaves(document) == ["config[\(size == 8 ? 0 : 1)] \(size)", "msix 17"])
        #expect(grade(document)?.contains("1 exact") == true)
    }

    /// What `desc` prints can stand in again.
    @Test func fittedDescription() throws {
        let fields = [
            Self.field("a", 4), Self.field("raw", 5), Self.field("in", 16, num: 2, inner: Self.field("x", 1)),
        ].joined(separator: ", ")
        let body = [UInt8](repeating: 1, count: 4 + 5 + 2)
        let fitted = try open(body, Self.dump(fields))
        var sink = Collected()
        try #require(FittedDescription(fitted)).write(to: &sink)
        let again = try open(body, String(decoding: sink.bytes, as: UTF8.self))
        #expect(leaves(again) == leaves(fitted))
        #expect(grade(again)?.contains("1 exact") == true)
    }

    /// Counts and depths that claim anything cost a bounded number of steps.
    @Test func hostile() throws {
        let fields = (0..<40).map { Self.field("f\($0)", 1 + $0 % 4, optional: true) }
            .joined(separator: ", ")
        let document = try open([UInt8](repeating: 5, count: 60), Self.dump(fields))
        #expect(Tiling.rows(document).problems == [])
        let large = [
            Self.field("a", .max), Self.field("b", 1, num: .max), Self.field("c", 0, num: -5),
            Self.field("d", 1, num: 1_000_000_000, inner: Self.field("x", 0)),
        ].joined(separator: ", ")
        #expect(Tiling.rows(try open([1, 2, 3], Self.dump(large))).problems == [])
    }

    /// The twin of a stream has what the dump gives for the sections that fit exactly.
    @Test(.needsShared) func realSections() throws {
        let own = try Sample.fixture("sample-q35-10.0").document()
        let text = try #require(own.store.description?.text)
        var options = OpenOptions()
        options.description = try BorrowedDescription(
            region: try Sample.vmstateDump("q35-10.0"), path: "dump.json")
        let bare = own.store.region.slice(0..<text.lowerBound - 5)
        let fitted = try Document.open(region: bare, name: "bare.mig", options: options)
        let notExact = Set(
            fitted.findings.filter { $0.code == .sectionAmbiguous || $0.code == .sectionSize }
                .map { $0.path.split(separator: "/").first ?? "" })
        // The description does not name the parts of a `tmp` field; the built-in layout of a processor does.
        let whole = own.rows(all: false).filter { $0.typeText == "tmp" }.map {
            $0.offset..<$0.offset + $0.size
        }
        var places: [Substring: [String]] = [:]
        for row in own.rows(all: false) where row.typeText != "tmp" {
            places[row.pathText.prefix { $0 != "/" }, default: []].append("\(row.offset) \(row.size)")
        }
        var found: [Substring: [String]] = [:]
        for row in fitted.rows(all: false) where !whole.contains(where: { $0.contains(row.offset) }) {
            found[row.pathText.prefix { $0 != "/" }, default: []].append("\(row.offset) \(row.size)")
        }
        let exact = found.keys.filter { key in
            !notExact.contains(key) && found[key]?.count ?? 0 > 1
        }
        #expect(exact.count >= 20)
        #expect(exact.contains("cpu:0"))
        for key in exact { #expect(found[key] == places[key], "\(key)") }
    }
}

private struct Collected: ByteSink {
    var bytes: [UInt8] = []
    mutating func write(_ more: [UInt8]) { bytes += more }
}
