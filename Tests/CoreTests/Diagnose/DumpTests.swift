import Bytes
import Compare
import Diagnose
import Stream
import Testing

/// Predictions from `-dump-vmstate`.
@Suite struct DumpTests {
    private func dump(_ structures: String, machine: String = "none") throws -> TargetDump {
        let text =
            "{\"vmschkmachine\": {\"Name\": \"\(machine)\"}, \"kind\": {\"Name\": \"kind\", \"version_id\": 1, "
            + "\"minimum_version_id\": 1, \"Description\": \(structures)}}"
        return try TargetDump(region: MappedRegion(copying: Array(text.utf8)), path: "dump.json")
    }

    private func structure(version: Int, minimum: Int, fields: String) -> String {
        "{\"name\": \"first\", \"version_id\": \(version), \"minimum_version_id\": \(minimum), \"Fields\": [\(fields)]}"
    }

    private let word = #"{"field": "word", "version_id": 0, "field_exists": false, "size": 4}"#

    private func findings(_ dump: TargetDump) throws -> [Finding] {
        Check(try SmallStream().document(), against: dump).findings()
    }

    @Test func sameVersion() throws {
        #expect(try findings(dump(structure(version: 1, minimum: 1, fields: word))).isEmpty)
    }

    @Test func olderTarget() throws {
        let finding = try #require(try findings(dump(structure(version: 0, minimum: 0, fields: word))).first)
        #expect(finding.code == .sectionVersion)
        #expect(finding.qemu.hasPrefix("savevm: unsupported version 1 for 'first' v0"))
    }

    @Test func newerTarget() throws {
        let finding = try #require(try findings(dump(structure(version: 4, minimum: 3, fields: word))).first)
        #expect(
            finding.qemu.hasPrefix("first: incoming version_id 1 is too old for local minimum version_id  3"))
    }

    @Test func otherFields() throws {
        let other = #"{"field": "other", "version_id": 0, "field_exists": false, "size": 8}"#
        let found = try findings(dump(structure(version: 1, minimum: 1, fields: other)))
        #expect(
            found.contains { $0.severity == .warning && $0.code == .fieldLayout && $0.certainty == .likely }
        )
    }

    /// Arrays of no elements are not in a description.
    @Test func emptyArrays() throws {
        let element = #"{"name": "element", "version_id": 1, "minimum_version_id": 1, "Fields": []}"#
        let structures =
            #"{"field": "list", "version_id": 0, "field_exists": false, "size": 24, "Description": \#(element)}"#
        let plain = #"{"field": "plain", "version_id": 0, "field_exists": false, "size": 4}"#
        let fixed =
            #"{"field": "fixed", "version_id": 0, "field_exists": false, "num": 2, "size": 24, "Description": \#(element)}"#
        #expect(try missing(word + ", " + structures, word: 7).isEmpty)
        #expect(try missing(word + ", " + plain, word: 0).isEmpty)
        #expect(try missing(word + ", " + plain, word: 7).count == 1)
        #expect(try missing(word + ", " + fixed, word: 7).count == 1)
    }

    private func missing(_ fields: String, word: UInt32) throws -> [Finding] {
        let device = SmallDevice(
            "first", StreamWriter.be(word), fields: #"{"name": "word", "type": "uint32", "size": 4}"#)
        let target = try dump(structure(version: 1, minimum: 1, fields: fields))
        let document = try SmallStream([device]).document()
        let differences = DumpComparison(document: document, dump: target).differences()
        let found = Check(document, against: target).findings()
        #expect(differences.count == found.count)
        return found
    }

    private func found(stream: String, dump fields: String) throws -> [String] {
        let device = SmallDevice(
            "first", StreamWriter.be(UInt32(7)) + StreamWriter.be(UInt32(0)), fields: stream)
        let target = try dump(structure(version: 1, minimum: 1, fields: fields))
        return Check(try SmallStream([device]).document(), against: target).findings().map(\.message)
    }

    /// hw/input/ps2.c: `common` of 7.2 is `parent_obj` of 10.0; what is inside is the same vmstate.
    @Test func structuresOfAnotherName() throws {
        func inner(_ size: Int) -> String {
            #"{"field": "parent_obj", "version_id": 0, "field_exists": false, "size": 264, "Description": "#
                + #"{"name": "PS2 Common State", "version_id": 3, "minimum_version_id": 2, "Fields": ["#
                + #"{"field": "cb", "version_id": 0, "field_exists": false, "size": \#(size)}]}}"#
        }
        let stream =
            #"{"name": "word", "type": "uint32", "size": 4}, {"name": "common", "type": "struct", "size": 4, "#
            + #""struct": {"vmsd_name": "PS2 Common State", "version": 3, "fields": ["#
            + #"{"name": "cb", "type": "uint32", "size": 4}]}}"#
        #expect(try found(stream: stream, dump: word + ", " + inner(4)) == [])
        #expect(try found(stream: stream, dump: word + ", " + inner(2)).count == 1)
    }

    /// hw/net/e1000e.c itr_intr_pending, hw/char/pl011.c readbuff: a field on one side, unused bytes on the other.
    @Test func unusedBytes() throws {
        func field(_ name: String, _ size: Int) -> String {
            #"{"field": "\#(name)", "version_id": 0, "field_exists": false, "size": \#(size)}"#
        }
        let first = #"{"name": "word", "type": "uint32", "size": 4}, "#
        let unused = first + #"{"name": "unused", "type": "unused_buffer", "size": 4}"#
        let pending = first + #"{"name": "pending", "type": "uint32", "size": 4}"#
        #expect(try found(stream: unused, dump: word + ", " + field("pending", 4)) == [])
        #expect(try found(stream: unused, dump: word + ", " + field("pending", 2)).count == 1)
        #expect(try found(stream: pending, dump: word + ", " + field("unused", 4)) == [])
        #expect(try found(stream: pending, dump: word + ", " + field("unused", 8)).count == 1)
        // Not where it stands in another place.
        #expect(try found(stream: pending, dump: field("unused", 4) + ", " + word).count == 1)
    }

    /// Devices that register a vmstate when they are made are in no dump.
    @Test(arguments: [("ide", false), ("eeprom", false), ("i82557b", false), ("lost", true)])
    func unlisted(_ name: String, _ isListed: Bool) { #expect(TargetDump.isListed(name) == isListed) }

    @Test func machine() throws {
        let finding = try #require(
            try findings(dump(structure(version: 1, minimum: 1, fields: word), machine: "pc-q35-7.2")).first)
        #expect(finding.qemu.hasPrefix("Machine type received is 'none' and local is 'pc-q35-7.2'"))
    }

    @Test func somethingElse() {
        for text in ["", "[]", "{}", "{\"a\": 1}", "{\"a\": {\"Description\""] {
            #expect(throws: OpenError.self) {
                try TargetDump(region: MappedRegion(copying: Array(text.utf8)), path: "dump.json")
            }
        }
    }

    @Test(.needsShared, arguments: ["q35", "pc"], ["7.2", "10.0"])
    func realDumps(_ machine: String, _ version: String) throws {
        let dump = try TargetDump(region: Sample.vmstateDump("\(machine)-\(version)"), path: "dump.json")
        guard machine == "q35" else { return }
        let other = version == "7.2" ? "10.0" : "7.2"
        let same = Check(try Sample.fixture("sample-q35-\(version)").document(), against: dump).findings()
        #expect(same.isEmpty)
        let first = Check(try Sample.fixture("sample-q35-\(other)").document(), against: dump).findings()
            .first
        #expect(first?.code == .machine)
    }
}
