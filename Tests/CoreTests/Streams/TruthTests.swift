import Export
import Foundation
import Testing

/// What QEMU's own reader makes of the streams that it can read.
@Suite struct TruthTests {
    @Test(arguments: Sample.all.filter(\.hasTruth)) func leaves(_ sample: Sample) throws {
        let truth = try #require(try sample.truth("tsv"))
        var expected: [Span] = []
        Self.lines(truth.span.bytes) { cells in
            if let offset = RowSink.number(cells[1]), let size = RowSink.number(cells[2]) {
                expected.append(Span(offset: offset, size: size))
            }
        }
        #expect(!expected.isEmpty)
        var found: [Span] = []
        var sink = RowSink { found.append(Span(offset: $0.offset, size: $0.size)) }
        try TSVExport(sample.document()).write(all: false, section: nil, to: &sink)
        #expect(sink.malformed == 0)
        expected.sort()
        found.sort()
        #expect(found.count == expected.count)
        let difference = zip(found, expected).first { $0 != $1 }
        #expect(difference == nil, "first difference: found, expected")
    }

    @Test(arguments: Sample.all.filter(\.hasTruth)) func state(_ sample: Sample) throws {
        let truth = try #require(try sample.truth("state.json"))
        var sink = Collector()
        try StateExport(sample.document()).write(section: nil, to: &sink)
        let found = try JSONSerialization.jsonObject(with: Data(sink.bytes)) as? NSDictionary
        let expected = try JSONSerialization.jsonObject(with: Data(truth.span.bytes)) as? NSDictionary
        let keys = Set(try #require(expected).allKeys.compactMap { $0 as? String })
        #expect(Set(try #require(found).allKeys.compactMap { $0 as? String }) == keys)
        for key in keys.sorted() {
            let isEqual = (found?[key] as? NSObject) == (expected?[key] as? NSObject)
            #expect(isEqual, "\(key)")
        }
    }

    @Test func thereIsTruth() {
        #expect(Sample.fixtures.filter(\.hasTruth).count >= 10)
    }

    struct Span: Comparable {
        var offset: Int
        var size: Int

        static func < (left: Span, right: Span) -> Bool {
            (left.offset, left.size) < (right.offset, right.size)
        }
    }

    private static func lines(_ bytes: [UInt8], _ body: ([ArraySlice<UInt8>]) -> Void) {
        for line in bytes.split(separator: 0x0a) {
            body(line.split(separator: 0x09, omittingEmptySubsequences: false))
        }
    }
}
