import Bytes
import Export
import Query
import Stream

import Testing

/// Conditions on nodes: how they are read, and what fulfills them in the sample.
@Suite struct FilterTests {
    private static func paths(_ text: String) throws -> [String] {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let run = FilterRun(try Filter(text), document)
        try run.checkNames()
        var scan = FilterScan(run, document)
        while !scan.isFinished { scan.step(budget: 1000) }
        return scan.matches.map(document.tree.pathText)
    }

    @Test(arguments: [
        ("name == cmos_index", ["mc146818rtc:0/cmos_index"]),
        ("cmos_index", ["mc146818rtc:0/cmos_index"]),
        (
            "path under timer && leaf && name ~ ^cpu_",
            ["timer:0/cpu_ticks_offset", "timer:0/cpu_clock_offset"]
        ),
        ("path under timer:0 && value == 0xb3a85d3a", ["timer:0/cpu_clock_offset"]),
        ("cpu_clock_offset > 1G", ["timer:0/cpu_clock_offset"]),
        ("cpu_clock_offset > 4G", []),
        ("cpu_clock_offset gt 1G and cpu_clock_offset le 4G", ["timer:0/cpu_clock_offset"]),
        ("name eq cmos_index", ["mc146818rtc:0/cmos_index"]),
        ("section == timer && name == unused", ["timer:0/unused"]),
        ("section == timer && instance == 1", []),
        ("label == RFLAGS && value != 2", []),
        ("label == rflags && instance == 0", ["cpu:0/env.eflags"]),
        ("size >= 64K && leaf && !gap && type == json", ["description/json"]),
        ("(name == cmos_index || name == unused) && section contains rtc", ["mc146818rtc:0/cmos_index"]),
        ("section == mch && name == \"device id\"", ["0000:00:00.0/mch:0/parent_obj/config[0]/device id"]),
        ("section == mch:0 && name == \"device id\"", ["0000:00:00.0/mch:0/parent_obj/config[0]/device id"]),
        ("section == mch:1", []),
        ("name == hours && type == BCD", []),
        ("label == hours && value == 21", ["mc146818rtc:0/cmos_data[4]"]),
        ("field == cmos_index", ["mc146818rtc:0/cmos_index"]),
        ("name == \"cmos_index\" and not zero", []),
    ]) func finds(_ text: String, _ wanted: [String]) throws {
        #expect(try Self.paths(text) == wanted)
    }

    @Test func flagsAndMeanings() throws {
        let armed = try Self.paths("type == timer && armed")
        let timers = try Self.paths("type == timer")
        #expect(!armed.isEmpty && armed.count < timers.count)
        #expect(try Self.paths("meaning contains \"real mode\" && !leaf").prefix(2) == ["cpu:0", "cpu:1"])
        let set = try Self.paths("set && path under cpu:0")
        #expect(!set.isEmpty)
        // A flag that is set is found by its name at the field that has it.
        let flag = try #require(
            set.first { $0.contains("/") }.map { String($0.split(separator: "/").last ?? "") })
        #expect(try Self.paths("path under cpu:0 && meaning ~ \"^(.* )?\(flag)( .*)?$\" && leaf").count > 0)
    }

    /// A mistake is told with its column, and with what may have been meant.
    @Test(arguments: [
        ("value = 3", 7, "expected ==, found ="),
        ("value != ", 10, "after !=, found the end"),
        ("name ~ \"(\"", 8, "not a regular expression"),
        ("(value == 1", 12, "expected ), found the end"),
        ("size ~ 4", 1, "size is a number"),
        ("size > big", 8, "expected a number such as 4096, 0x1000 or 4K"),
        ("armed == 1", 1, "armed is a condition by itself"),
        ("vlaue == 1", 1, "did you mean value"), ("typ == timer", 1, "did you mean type?"),
        ("leaf && type == timmer", 17, "no field has the type timmer; did you mean timer?"),
        ("section == virtio-nte", 12, "no section is called virtio-nte; did you mean"),
        ("path under tmier:0", 12, "nothing has the path tmier:0; did you mean timer:0"),
        ("name == cmos_indxe", 9, "nothing is called cmos_indxe; did you mean cmos_index"),
        ("name == \"x", 9, "expected \" at the end"),
        ("cpu cpu", 5, "expected && or ||, found cpu"),
        ("type under cpu:0", 1, "expected path before under"),
    ]) func mistakes(_ text: String, _ column: Int, _ message: String) throws {
        let error = try #require(throws: FilterError.self) { try Self.paths(text) }
        #expect(error.column == column)
        #expect(error.message.contains(message), "\(error)")
    }

    /// What a filter names is looked for, whichever key names it.
    @Test(arguments: [
        ("path under nosuch:0", 12, "nothing has the path nosuch:0"),
        ("path == nosuch:0/field", 9, "nothing has the path nosuch:0/field"),
        ("field == qqqq", 10, "nothing has the path qqqq"),
        ("leaf && section == qqqqqq", 20, "no section is called qqqqqq"),
        ("type == qqqqqq", 9, "no field has the type qqqqqq"),
        ("name == qqqqqq", 9, "nothing is called qqqqqq"),
        ("label == qqqqqq", 10, "nothing is called qqqqqq"),
    ]) func unknownNames(_ text: String, _ column: Int, _ message: String) throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let unknown = FilterRun(try Filter(text), document).unknownNames
        #expect(unknown == [FilterError(column: column, message: message)])
    }

    /// Command and browser say in one sentence why nothing was found.
    @Test(arguments: [
        (
            "name == qqqqqq && type == zzzzzz", 9, true,
            "nothing is called qqqqqq; no field has the type zzzzzz"
        ),
        ("name == qqqqqq && type == zzzzzz", 1, true, "nothing is called qqqqqq"),
        ("eip == 5 && armed", 1, true, "eip is cpu:0/env.star/EIP"),
        ("instance == 77", 1, false, ""),
    ]) func whyNothingWasFound(_ text: String, _ most: Int, _ isExplained: Bool, _ reason: String) throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let found = FilterRun(try Filter(text), document).nothingFound(most: most)
        #expect(found.isExplained == isExplained)
        #expect(found.text == "nothing matches '\(text)'" + (reason.isEmpty ? "" : ": \(reason)"))
    }

    /// A part of a name may be in another stream, and these names are all there.
    @Test(arguments: [
        "name contains qqqqqq", "path contains qqqqqq", "section ~ qqqqqq", "type != qqqqqq",
        "instance == 77",
        "path under cpu", "path under cpu:0/env.regs", "path under env.regs", "path == cpu:0/env.regs[3]",
        "field == env.regs[3]", "name == \"[5]\"", "name == rip", "label == RIP", "section == mch:0",
        "type == section", "type == timer", "path under mch:0",
    ]) func knownNames(_ text: String) throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let run = FilterRun(try Filter(text), document)
        try run.checkNames()
        #expect(run.unknownNames.isEmpty)
    }

    /// On a CPU of 64 bits only a part of a register is called EIP: where it is, is told.
    @Test func whereComparedFieldsAre() throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let run = FilterRun(try Filter("eip == 5 && armed"), document)
        try run.checkNames()
        #expect(run.comparedFields.map(\.name) == ["eip"])
        #expect(run.comparedFields.map(\.path) == ["cpu:0/env.star/EIP"])
    }

    @Test func deepNestingIsRefused() {
        let text = String(repeating: "(", count: 10_000) + "a" + String(repeating: ")", count: 10_000)
        #expect(throws: FilterError.self) { try Filter(text) }
    }

    @Test func whatIsAFilter() {
        #expect(
            ["value != 0", "armed", "a && b", "path under x", "\"a b\""].allSatisfy(Filter.isFilter) == false)
        #expect(["value != 0", "armed", "a && b", "path under x"].allSatisfy(Filter.isFilter))
        #expect(!["cpu", "cmos_data", "~^env", "cpu:1", "virtio-net"].contains(where: Filter.isFilter))
        #expect(["value eq 3", "name matches ^rx"].allSatisfy(Filter.isFilter))
        #expect(!["eq", "cpu le", "ge value", "matches"].contains(where: Filter.isFilter))
    }
}

/// The walk visits what the tree has, in its order, with the same paths.
@Suite struct NodeWalkTests {
    @Test(arguments: ["sample-q35-10.0", "no-vmdesc-7.2", "aarch64-virt-10.0"])
    func walksTheTree(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        var walk = NodeWalk(document, reach: .fields)
        var count = 0
        func visit(_ node: Node) {
            for index in 0..<node.childCount {
                let child = document.tree.child(index, of: node)
                let hasNext = walk.next()
                #expect(hasNext)
                if count % 17 == 0 {
                    #expect(walk.path == child.path)
                    let placed = walk.placedPath()
                    #expect(placed.text == document.tree.pathText(child.path))
                    #expect(placed.field == document.tree.placedPath(child.path).field)
                    #expect(walk.level == child.path.depth)
                }
                #expect(walk.node.offset == child.offset && walk.node.size == child.size)
                count += 1
                if !child.isLeaf { visit(child) }
            }
        }
        visit(document.tree.root)
        let hasMore = walk.next()
        #expect(!hasMore)
    }

    /// Values that are written in place are those that the tree shows.
    @Test(arguments: ["sample-q35-10.0", "no-vmdesc-7.2", "aarch64-virt-10.0"])
    func valuesAreTheTrees(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        let reader = ValueReader(document)
        var walk = NodeWalk(document, reach: .meanings, hasContainers: true)
        var wrong: [String] = []
        while walk.next() {
            let value = document.tree.value(walk.node)
            var text: [UInt8] = []
            reader.appendFull(walk.node, to: &text)
            var isRight = text.elementsEqual(value.full.utf8)
            text = []
            let short = reader.appendShort(walk.node, to: &text)
            if short != .unknown {
                isRight = isRight && text.elementsEqual(value.short.utf8)
                isRight = isRight && RecordText.isDump(value.short) == (short == .bytes)
            }
            if !isRight { wrong.append(walk.placedPath().text) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func belowANode() throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        let start = try #require(document.path(text: "mc146818rtc:0/cmos_data"))
        var walk = NodeWalk(document, reach: .fields, below: start)
        var paths: [String] = []
        while walk.next() { paths.append(walk.placedPath().text) }
        #expect(paths.count == 128)
        #expect(paths.last == "mc146818rtc:0/cmos_data[127]")
    }
}

@Suite struct ByteStatisticsTests {
    @Test(
        arguments: [
            ("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 0x352441c2, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 0x171a3f5f,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ] as [(String, UInt32, String)]) func checksums(_ text: String, _ crc: UInt32, _ digest: String)
    {
        var whole = ByteStatistics()
        whole.add(Array(text.utf8))
        #expect(whole.crc32 == crc)
        #expect(Hex.dump(whole.sha256, separator: "") == digest)
        var pieces = ByteStatistics()
        for byte in text.utf8 { pieces.add([byte]) }
        #expect(pieces.sha256 == whole.sha256 && pieces.crc32 == whole.crc32)
    }

    @Test func entropy() {
        var even = ByteStatistics()
        even.add((0..<1024).map { UInt8(truncatingIfNeeded: $0) })
        #expect(abs(even.entropy - 8) < 1e-9)
        var bits = ByteStatistics()
        bits.add([0, 0, 0, 1])
        #expect(abs(bits.entropy - 0.811278) < 1e-6)
        var same = ByteStatistics()
        same.add([7, 7, 7])
        #expect(same.entropy == 0)
    }
}
