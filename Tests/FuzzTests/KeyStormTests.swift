import Bytes
import CAllocations
import FuzzTargets
import Stream
import TestSupport
import Testing

/// Random keys for a while: nothing traps, no work goes on for ever, and memory does not grow with what was typed.
/// `migscope-fuzz storm --keys 1000000` runs longer.
@Suite(.timeLimit(.minutes(20))) struct KeyStormTests {
    private enum Case: String, CaseIterable, Sendable { case whole, undescribed, cut, compared }

    private static func stream(_ content: String) -> SmallStream {
        SmallStream([.plain("first"), .longList(300), .plain(content)])
    }

    private static func document(_ bytes: [UInt8]) throws -> Document {
        try Document.open(region: MappedRegion(copying: bytes), name: "storm.mig")
    }

    private func storm(_ one: Case, seed: UInt64) throws -> KeyStorm {
        var stream = Self.stream("0000:00:03.0/e1000")
        let bytes = stream.bytes
        switch one {
        case .whole: return KeyStorm(try Self.document(bytes), seed: seed)
        case .undescribed:
            stream.hasDescription = false
            return KeyStorm(try Self.document(stream.bytes), seed: seed)
        case .cut: return KeyStorm(try Self.document(Array(bytes.prefix(bytes.count / 2))), seed: seed)
        case .compared:
            let other = Self.stream("0000:00:04.0/e1000").bytes
            return KeyStorm(try Self.document(bytes), comparedWith: try Self.document(other), seed: seed)
        }
    }

    @Test(arguments: ["whole", "undescribed", "cut", "compared"]) func nothingGrows(_ name: String) throws {
        var storm = try storm(try #require(Case(rawValue: name)), seed: 1)
        // History, lines that were typed and marks have ends; they are full after a while.
        storm.run(1500)
        let restsFirst = storm.rest(limit: 1000)
        #expect(restsFirst)
        let before = allocations_live_bytes()
        storm.run(1500)
        let restsThen = storm.rest(limit: 1000)
        #expect(restsThen)
        let after = allocations_live_bytes()
        #expect(after - before < 4 << 20, "\(before) and then \(after) bytes")
        #expect(storm.events > 3000)
    }
}
