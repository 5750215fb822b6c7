import Diagnose
import Testing

/// The registry of messages: a line is made of each entry, and must lead back to it.
@Suite struct MessageRegistryTests {
    @Test func everyMessageIsRecognized() throws {
        for entry in Catalogue.all {
            let example = entry.pattern.example
            let line = String(decoding: example.line, as: UTF8.self)
            let cause = try #require(Catalogue.cause(example.line), "\(line)")
            #expect(cause.entry.cause == entry.cause, "\(line) is taken for \(cause.entry.cause)")
            #expect(cause.values == example.values, "\(line)")
            // A reference that no value fills stays as it is.
            for text in [entry.cause(cause.values), entry.advice(cause.values)] {
                #expect(!text.contains(/%[1-9]/), "\(text)")
            }
        }
    }
}
