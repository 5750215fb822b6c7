import Bytes
import Diagnose
import Stream
import Testing

/// The registry of checks: each rule finds what is wrong with its example, alone, and nothing in the sound stream.
@Suite struct CheckRegistryTests {
    @Test func examplesCoverTheRegistry() {
        let rules = Set(CheckRules.all.map { "\($0)" })
        // One says how loading ends, and has a test of its own; the other needs a guest whose driver has set up a
        // queue, as those have whose loads are compared where they are at hand.
        let others: Set<String> = ["\(LoaderRules.self)", "\(GuestMemoryRules.self)"]
        #expect(Set(CheckRuleExample.all.map { "\($0.rule)" }).union(others) == rules)
    }

    private func context(_ bytes: [UInt8], _ example: CheckRuleExample) throws -> CheckContext {
        func open(_ bytes: [UInt8]) throws -> Document {
            let document = try Document.open(region: MappedRegion(copying: bytes), name: "example.mig")
            document.openLivePart()
            return document
        }
        let dump = try example.dump.map {
            try TargetDump(region: MappedRegion(copying: Array($0.utf8)), path: "dump.json")
        }
        return CheckContext(
            document: try open(bytes), target: example.isCompared ? try open(example.sound()) : nil,
            dump: dump)
    }

    private func findings(_ bytes: [UInt8], _ example: CheckRuleExample) throws -> [Finding] {
        var context = try context(bytes, example)
        example.rule.check(&context)
        return context.findings
    }

    @Test(arguments: CheckRuleExample.all) func theRuleFindsItsExample(_ example: CheckRuleExample) throws {
        let found = try findings(example.damaged(), example)
        #expect(found.contains { $0.code == example.code }, "\(found.map(\.message))")
        #expect(found.allSatisfy { $0.offset >= 0 && !$0.message.isEmpty })
        let quiet = try findings(example.sound(), example)
        #expect(!quiet.contains { $0.code == example.code }, "\(quiet.map(\.message))")
    }

    /// The loader's own rule: a whole stream loads, and a damaged one stops.
    @Test func theLoaderSaysHowLoadingEnds() throws {
        func outcome(_ bytes: [UInt8]) throws -> LoadOutcome {
            let document = try Document.open(region: MappedRegion(copying: bytes), name: "example.mig")
            document.openLivePart()
            let whole = try SmallStream().document()
            whole.openLivePart()
            var context = CheckContext(document: document, target: whole, dump: nil)
            LoaderRules.check(&context)
            return context.outcome
        }
        let bytes = SmallStream().bytes
        if case .loads = try outcome(bytes) {} else { Issue.record("a whole stream does not load") }
        let damaged = try outcome(CheckRuleExample.unknownType())
        if case .stops = damaged {} else { Issue.record("a damaged stream loads") }
    }
}
