import Testing

/// Arrays whose description can't be trusted: pointers with NULLs, elements of differing size.
@Suite struct PointerArrayTests {
    private static let word = #"{"name": "word", "type": "uint8", "size": 1}"#

    /// The leaves of a section with these fields and bytes, as `path:size=value`; `word` follows the array.
    private func leaves(_ fields: String, _ body: [UInt8], sourceLocation: SourceLocation = #_sourceLocation)
        throws
        -> [String]
    {
        let device = SmallDevice("odd", body + [0x77], fields: fields + ", " + Self.word)
        let document = try SmallStream([.plain("first"), device, .plain("third")]).document()
        #expect(document.findings == [], sourceLocation: sourceLocation)
        #expect(Examination.problems(document).prefix(2) == [], sourceLocation: sourceLocation)
        return document.rows(all: false).filter { $0.pathText.hasPrefix("odd:0/") }.map {
            "\($0.pathText.dropFirst(6)):\($0.size)=\($0.valueText)"
        }
    }

    private func body(_ size: Int) -> String {
        #""struct": {"vmsd_name": "s", "version": 1, "fields": [{"name": "x", "type": "uint\#(size * 8)", "size": \#(size)}]}"#
    }

    private func element(_ size: Int, count: Int? = nil, index: Int? = nil) -> String {
        let extra =
            (count.map { #""array_len": \#($0), "# } ?? "") + (index.map { #""index": \#($0), "# } ?? "")
        return #"{"name": "p", \#(extra)"type": "struct", \#(body(size)), "size": \#(size)}"#
    }

    private func null(_ count: Int? = nil, type: String = "nullptr", index: Int? = nil) -> String {
        let extra =
            (count.map { #""array_len": \#($0), "# } ?? "") + (index.map { #""index": \#($0), "# } ?? "")
        return #"{"name": "p", \#(extra)"type": "\#(type)", "size": 1}"#
    }

    private let word = "word:1=0x77"

    /// 10.0: runs that are right. 11.1 names the type `ptr-marker`.
    @Test(arguments: ["nullptr", "ptr-marker"]) func runs(_ type: String) throws {
        let found = try leaves(
            [null(2, type: type), element(2), null(type: type)].joined(separator: ", "),
            [0x30, 0x30, 0, 7, 0x30])
        let null = Self.words(type)
        #expect(found == ["p[0]:1=\(null)", "p[1]:1=\(null)", "p[2]/x:2=0x0007", "p[3]:1=\(null)", word])
    }

    /// What QEMU's reader prints for a pointer that is not there.
    private static func words(_ type: String) -> String { type == "ptr-marker" ? "null-ptr" : "nullptr" }

    /// A marker before an element that is there is a part of it.
    @Test func markedElements() throws {
        let marker = null(type: "ptr-marker")
        let found = try leaves(
            [null(2, type: "ptr-marker"), marker, element(2), marker].joined(separator: ", "),
            [0x30, 0x30, 0x31, 0, 7, 0x30])
        #expect(
            found == [
                "p[0]:1=null-ptr", "p[1]:1=null-ptr", "p[2]/@marker:1=valid-ptr", "p[2]/x:2=0x0007",
                "p[3]:1=null-ptr", word,
            ])
        let markers = try leaves(null(3, type: "ptr-marker"), [0x31, 0x30, 0x31])
        #expect(markers == ["p[0]:1=valid-ptr", "p[1]:1=null-ptr", "p[2]:1=valid-ptr", word])
    }

    /// 10.0: an array that begins with an element announces its whole length for the first run.
    @Test(arguments: ["nullptr", "ptr-marker"]) func firstRunAnnouncesAll(_ type: String) throws {
        let found = try leaves(
            [element(2, count: 5), null(2, type: type), element(2)].joined(separator: ", "),
            [0, 1, 0, 2, 0x30, 0x30, 0, 3])
        #expect(
            found == [
                "p[0]/x:2=0x0001", "p[1]/x:2=0x0002", "p[2]:1=\(Self.words(type))",
                "p[3]:1=\(Self.words(type))", "p[4]/x:2=0x0003", word,
            ])
    }

    /// 10.0: where elements are listed one by one, each NULL announces the rest of the array.
    @Test func eachNullAnnouncesTheRest() throws {
        let found = try leaves(
            [element(2, index: 0), null(3, index: 1), null(2, index: 2), element(4)].joined(separator: ", "),
            [0, 1, 0x30, 0x30, 0, 0, 0, 9])
        #expect(
            found == ["p[0]/x:2=0x0001", "p[1]:1=nullptr", "p[2]:1=nullptr", "p[3]/x:4=0x00000009", word])
    }

    @Test func allNull() throws {
        #expect(
            try leaves(null(3), [0x30, 0x30, 0x30]) == [
                "p[0]:1=nullptr", "p[1]:1=nullptr", "p[2]:1=nullptr", word,
            ])
    }

    /// Up to 7.2: all elements announced as element 0, a NULL, whose body is empty. What is present shows by the size.
    @Test func emptyStruct() throws {
        let empty = #"{"name": "p", "array_len": 6, "type": "struct", "struct": {}, "size": 1}"#
        let found = try leaves(empty, [0x30, 0x30, 1, 2, 3, 4, 5, 0x30, 0, 6, 7, 8, 9, 0x30])
        #expect(
            found == [
                "p[0]:1=nullptr", "p[1]:1=nullptr", "p[2]:5=01 02 03 04 05", "p[3]:1=nullptr",
                "p[4]:5=00 06 07 08 09",
                "p[5]:1=nullptr", word,
            ])
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5]) func emptyStructOnePresent(_ place: Int) throws {
        var bytes = [[UInt8]](repeating: [0x30], count: 6)
        bytes[place] = [1, 0x30, 0x30, 0x30]
        let empty = #"{"name": "p", "array_len": 6, "type": "struct", "struct": {}, "size": 1}"#
        let found = try leaves(empty, bytes.flatMap { $0 })
        #expect(found.count == 7 && found[place] == "p[\(place)]:4=01 30 30 30")
    }

    @Test func emptyStructAllNull() throws {
        let empty = #"{"name": "p", "array_len": 3, "type": "struct", "struct": {}, "size": 1}"#
        #expect(try leaves(empty, [0x30, 0x30, 0x30]).count == 4)
    }

    /// Of two arrays in one section the wrong one is told by the bytes.
    @Test(arguments: [true, false]) func twoArrays(_ isWrongFirst: Bool) throws {
        let empty = #"{"name": "q", "array_len": 3, "type": "struct", "struct": {}, "size": 1}"#
        let parts = [
            (empty, [0x30, 1, 2, 3, 4, 0x30]),
            ([null(2), element(2)].joined(separator: ", "), [0x30, 0x30, 0, 9]),
        ]
        let ordered = isWrongFirst ? parts : parts.reversed()
        let found = try leaves(
            ordered.map(\.0).joined(separator: ", "), ordered.flatMap { $0.1.map { UInt8($0) } })
        let wrong = ["q[0]:1=nullptr", "q[1]:4=01 02 03 04", "q[2]:1=nullptr"]
        let right = ["p[0]:1=nullptr", "p[1]:1=nullptr", "p[2]/x:2=0x0009"]
        #expect(found == (isWrongFirst ? wrong + right : right + wrong) + [word])
    }

    /// 5.2 and 7.2 number each element, 10.0 all but the last, 11.1 none; sizes may differ.
    @Test(arguments: [[0, 1, 2], [0, 1, nil], [nil, nil, nil]] as [[Int?]]) func listedElements(
        _ indices: [Int?]
    ) throws {
        let entries = zip([2, 4, 1], indices).map { element($0, index: $1) }.joined(separator: ", ")
        let found = try leaves(entries, [0, 1, 0, 0, 0, 2, 3])
        #expect(found == ["p[0]/x:2=0x0001", "p[1]/x:4=0x00000002", "p[2]/x:1=0x03", word])
    }

    /// An array of one is described as a plain field.
    @Test func single() throws {
        #expect(try leaves(element(2), [0, 1]) == ["p/x:2=0x0001", word])
        #expect(try leaves(null(), [0x30]) == ["p:1=nullptr", word])
    }

    /// A NULL byte where none is announced is a number like others.
    @Test func numbersThatLookLikeNull() throws {
        let numbers = #"{"name": "p", "array_len": 3, "type": "uint8", "size": 1}"#
        #expect(
            try leaves(numbers, [0x30, 0x31, 0x30]) == ["p[0]:1=0x30", "p[1]:1=0x31", "p[2]:1=0x30", word])
    }
}
