import Diagnose
import Testing

/// The registry of messages: a line is made of each wording of each entry, and must lead back to it.
@Suite struct MessageRegistryTests {
    @Test func everyMessageIsRecognized() throws {
        for entry in Catalogue.all {
            var leadsBack = false
            for pattern in entry.patterns {
                let example = pattern.example
                let line = String(decoding: example.line, as: UTF8.self)
                let found = Catalogue.messages(example.line)
                // Some wordings are parts of longer ones, which other entries explain better.
                #expect(!found.isEmpty, "\(line) is not recognized")
                leadsBack =
                    leadsBack
                    || found.contains { $0.entry.code == entry.code && $0.entry.cause == entry.cause }
                // A reference that no value fills stays as it is.
                for text in [entry.cause(example.values), entry.advice(example.values)] {
                    #expect(!text.contains(/%[1-9]/), "\(text)")
                }
            }
            #expect(leadsBack, "\(entry.code): \(entry.cause)")
        }
    }
}
