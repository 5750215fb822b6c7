import Bytes
import Stream
import Testing

/// Streams with wrong bytes: never a trap, each byte in one leaf, nothing unsafe on the screen.
@Suite(.timeLimit(.minutes(10))) struct MutationTests {
    struct Variant: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
    }

    static let variants: [Variant] = {
        let whole = SmallStream([.plain("first"), .list, .plain("third")])
        var result = [Variant(testDescription: "whole", bytes: whole.bytes)]
        func add(_ name: String, _ change: (inout SmallStream) -> Void) {
            var stream = whole
            change(&stream)
            result.append(Variant(testDescription: name, bytes: stream.bytes))
        }
        add("no configuration") { $0.hasConfiguration = false }
        add("no footers") { $0.hasFooters = false }
        add("no description") { $0.hasDescription = false }
        add("nothing but devices") {
            ($0.hasFooters, $0.hasDescription, $0.hasConfiguration) = (false, false, false)
        }
        add("no RAM") { $0.hasRAM = false }
        add("commands and live sections") { $0.early = Self.early }
        return result
    }()

    private static let early: [UInt8] = {
        var stream = StreamWriter()
        stream.command(3, StreamWriter.be(UInt64(0x1000)) + StreamWriter.be(UInt64(0x1000)))
        let names = StreamWriter.counted("node") + StreamWriter.counted("map")
        stream.start(7, "dirty-bitmap", [0x1c] + names + [0, 1, 0, 0, 1, 0x01])
        stream.start(8, "spapr/htab", StreamWriter.be(UInt32(18)))
        stream.start(9, "unknown", [1, 2, 3])
        stream.command(11)
        return Array(stream.bytes.dropFirst(8))
    }()

    // Bytes of JSON are much alike: some of them stand for the others.
    private static func places(_ variant: Variant) -> [Int] {
        let json = variant.bytes.lastIndex { !(0x20...0x7e).contains($0) } ?? 0
        return variant.bytes.indices.filter { offset in
            (offset <= json + 2 || offset.isMultiple(of: 11)) && !isPage(variant.bytes, offset)
        }
    }

    /// Every byte outside of pages, with the values that change most.
    @Test(arguments: variants) func everyByte(_ variant: Variant) {
        var problems: [String] = []
        for offset in Self.places(variant) {
            let byte = variant.bytes[offset]
            let other = [byte &+ 1, 0x00, 0x7f][offset % 3]
            for value in [byte ^ 0xff, other] where value != byte && problems.count < 5 {
                var bytes = variant.bytes
                bytes[offset] = value
                problems += Examination.problems(bytes).map { "byte \(offset) = \(value): \($0)" }
            }
        }
        #expect(problems == [])
    }

    /// Streams that end early, at every byte outside of pages.
    @Test(arguments: variants) func everyLength(_ variant: Variant) {
        var problems: [String] = []
        for length in Self.places(variant) where length > 0 && problems.count < 5 {
            problems += Examination.problems(Array(variant.bytes.prefix(length))).map {
                "\(length) bytes: \($0)"
            }
        }
        #expect(problems == [])
    }

    /// Several random bytes at once.
    @Test(arguments: variants) func randomBytes(_ variant: Variant) {
        var generator = SeededGenerator(seed: 1)
        var problems: [String] = []
        let places = variant.bytes.indices.dropFirst(8).filter { !Self.isPage(variant.bytes, $0) }
        for round in 0..<150 where problems.count < 5 {
            var bytes = variant.bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[places.randomElement(using: &generator) ?? 8] = .random(in: 0...255, using: &generator)
            }
            problems += Examination.problems(bytes).map { "round \(round): \($0)" }
        }
        #expect(problems == [])
    }

    /// Cuts and repetitions in the middle.
    @Test(arguments: variants) func movedBytes(_ variant: Variant) {
        var generator = SeededGenerator(seed: 2)
        var problems: [String] = []
        for round in 0..<100 where problems.count < 5 {
            var bytes = variant.bytes
            let start = Int.random(in: 8..<bytes.count, using: &generator)
            let range = start..<min(bytes.count, start + .random(in: 1...40, using: &generator))
            if Bool.random(using: &generator) {
                bytes.removeSubrange(range)
            } else {
                bytes.insert(contentsOf: bytes[range], at: .random(in: 8..<bytes.count, using: &generator))
            }
            problems += Examination.problems(bytes).map { "round \(round): \($0)" }
        }
        #expect(problems == [])
    }

    /// The frames of real streams: head, each section header and footer, end mark, length.
    @Test(arguments: ["m68k-virt-7.2", "microvm-10.0", "no-footer-7.2"]) func realFrames(_ name: String)
        throws
    {
        let sample = Sample.fixture(name)
        let good = try sample.bytes()
        var generator = SeededGenerator(seed: 3)
        let places = try Self.frames(sample.document()).shuffled(using: &generator)
        var problems: [String] = []
        for offset in places.prefix(150) where problems.count < 5 {
            var bytes = good
            bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            guard let document = try? Document.open(region: MappedRegion(copying: bytes), name: name) else {
                continue
            }
            problems += (Examination.screen(document) + Tiling.nodes(document, perNode: 3, limit: 200)).map {
                "byte \(offset): \($0)"
            }
        }
        #expect(problems == [])
    }

    private static func isPage(_ bytes: [UInt8], _ offset: Int) -> Bool {
        bytes[offset] == 0xaa || bytes[offset] == 0x55
    }

    private static func frames(_ document: Document) -> [Int] {
        (0..<document.tree.root.childCount).flatMap { index -> [Int] in
            let node = document.tree.child(index, of: document.tree.root)
            let size = min(node.size, 40)
            return Array(node.offset..<node.offset + size)
                + Array(node.range.upperBound - min(size, 5)..<node.range.upperBound)
        }
    }
}

extension SmallDevice {
    /// A device with an array of pointers, a list and a subsection.
    static var list: SmallDevice {
        SmallDevice(
            "list", [0x30, 0x30, 0, 7, 0x30, 1, 0, 9, 0] + StreamWriter.subsection("list/more", [1]),
            fields: """
                {"name": "css", "array_len": 2, "type": "nullptr", "size": 1}, \
                {"name": "css", "type": "struct", "struct": {"vmsd_name": "css", "version": 1, "fields": \
                [{"name": "a", "type": "uint16", "size": 2}]}, "size": 2}, \
                {"name": "css", "type": "nullptr", "size": 1}, \
                {"name": "items", "type": "qtailq", "vmsd_name": "item", "version": 1, "fields": \
                [{"name": "b", "type": "uint16", "size": 2}], "size": 4}
                """,
            subsections: """
                {"vmsd_name": "list/more", "version": 1, "fields": [{"name": "on", "type": "bool", "size": 1}]}
                """)
    }
}
