import Bytes
import Compare
import Stream
import Testing

/// Two files that `-dump-vmstate` prints, compared as a stream of the first would be read by the second.
@Suite struct DumpPairTests {
    private static let plain = #"{ "field": "a", "version_id": 0, "field_exists": false, "size": 4 }"#

    private func dump(_ body: String, section: String = "dev", version: Int = 2, name: String = "dev") throws
        -> TargetDump
    {
        let text = """
            { "vmschkmachine": { "Name": "pc-q35-10.0" },
              "\(section)": { "Name": "\(section)", "version_id": \(version), "minimum_version_id": 1,
                "Description": { "name": "\(name)", "version_id": \(version), "minimum_version_id": 1, \(body) } } }
            """
        return try TargetDump(region: MappedRegion(copying: Array(text.utf8)), path: "dump.json")
    }

    private func fields(_ list: String...) -> String { #""Fields": ["# + list.joined(separator: ", ") + "]" }

    private func field(_ name: String, size: Int = 4, version: Int = 0, isConditional: Bool = false) -> String
    {
        #"{ "field": "\#(name)", "version_id": \#(version), "field_exists": \#(isConditional), "size": \#(size) }"#
    }

    private func compare(_ one: TargetDump, _ two: TargetDump) -> [String] {
        var comparison = DumpPairComparison(one, two)
        return comparison.run().map { "\($0.difference.change.mark) \($0.difference.path)" }
    }

    @Test func sameDumpsAreSilent() throws {
        let one = try dump(fields(field("a"), field("b", size: 8)))
        #expect(compare(one, one) == [])
    }

    @Test func sectionThatIsGone() throws {
        let one = try dump(fields(field("a")))
        #expect(compare(one, try dump(fields(field("a")), section: "other")) == ["- dev"])
    }

    @Test func sizeThatIsDoubled() throws {
        let (one, two) = (try dump(fields(field("a"))), try dump(fields(field("a", size: 8))))
        #expect(compare(one, two) == ["~ dev/a"])
        #expect(compare(two, one) == ["~ dev/a"])
    }

    @Test func fieldThatIsGone() throws {
        let one = try dump(fields(field("a"), field("b"), field("c")))
        let two = try dump(fields(field("a"), field("c")))
        #expect(compare(one, two) == ["- dev/b"])
        #expect(compare(two, one) == ["+ dev/b"])
    }

    /// A buffer has the size that another field gives it; a check of values has none.
    @Test func fieldsWithoutASize() throws {
        let one = try dump(fields(field("data", size: 0), field("head")))
        let two = try dump(fields(field("head"), field("valid", size: 0, isConditional: true)))
        #expect(compare(one, two) == ["- dev/data"])
        #expect(compare(two, one) == ["+ dev/data"])
    }

    @Test func renamedFieldOfTheSameSizeIsRead() throws {
        let one = try dump(fields(field("a"), field("b"), field("c")))
        let two = try dump(fields(field("a"), field("new"), field("c")))
        #expect(compare(one, two) == [])
    }

    @Test func versionThatIsLower() throws {
        let one = try dump(fields(field("a")), version: 3)
        #expect(compare(one, try dump(fields(field("a")), version: 2)) == ["~ dev"])
    }

    @Test func vmstateOfAnotherName() throws {
        let one = try dump(fields(field("a")))
        #expect(compare(one, try dump(fields(field("a")), name: "dev2")) == ["~ dev"])
    }

    @Test func subsections() throws {
        let part = #""Subsections": [ { "name": "dev/x", "version_id": 1, "minimum_version_id": 1 } ]"#
        let (one, two) = (try dump(fields(field("a"))), try dump(fields(field("a")) + ", " + part))
        #expect(compare(one, two) == [])
        #expect(compare(two, one) == ["- dev/dev/x"])
    }

    /// sd-card of 11.1 has two subsections of one name.
    @Test func subsectionsOfOneName() throws {
        func card(_ sizes: Int...) throws -> TargetDump {
            let list = sizes.map { size in
                #"{ "name": "dev/more", "version_id": 1, "minimum_version_id": 1, "Fields": [\#(field("a", size: size))] }"#
            }
            return try dump(
                fields(field("a")) + #", "Subsections": [\#(list.joined(separator: ", "))]"#)
        }
        let one = try card(4, 8)
        #expect(compare(one, one) == [])
        #expect(compare(one, try card(4, 16)) == ["~ dev/dev/more/a"])
        #expect(compare(try card(4), one) == [])
    }

    /// A field that came with a later version is not read of an older stream.
    @Test func fieldOfALaterVersion() throws {
        let one = try dump(fields(field("a")), version: 2)
        let two = try dump(fields(field("a"), field("b", version: 3)), version: 3)
        #expect(compare(one, two) == [])
    }

    @Test func unusedBytesStandForFields() throws {
        let one = try dump(fields(field("a"), field("b"), field("c", size: 8)))
        let two = try dump(fields(field("a"), field("unused", size: 12)))
        #expect(compare(one, two) == [])
        #expect(compare(two, one) == [])
        #expect(compare(one, try dump(fields(field("a"), field("unused", size: 10)))) == ["~ dev/b"])
    }
}
