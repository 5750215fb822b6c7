import Diagnose
import Testing

/// The rules against damages whose effect a real QEMU has shown, and against whole streams.
@Suite struct CheckTests {
    /// How far a finding may be from the damage, in bytes: equal neighbors can't be told from what is missing.
    private static let reach = 16

    @Test(arguments: BrokenCase.all) func recorded(_ broken: BrokenCase) throws {
        let findings = try broken.findings().filter { $0.severity != .note }
        guard let place = broken.place else {
            #expect(findings.isEmpty)
            return
        }
        let first = try #require(findings.first)
        #expect(abs(first.offset - place) <= Self.reach)
        #expect(first.qemu.split(separator: "\n").map(String.init) == broken.qemu)
    }

    @Test(arguments: Sample.all) func wholeStreams(_ sample: Sample) throws {
        let findings = Check(try sample.document()).findings()
        #expect(findings.filter { $0.severity != .note }.isEmpty)
    }

    @Test(arguments: Sample.fixtures) func likeItself(_ sample: Sample) throws {
        let findings = Check(try sample.document(), like: try sample.document()).findings()
        #expect(findings.filter { $0.severity != .note }.isEmpty)
    }

    @Test(arguments: ["7.2", "10.0"]) func borrowsTheDescription(_ version: String) throws {
        let document = try Sample.fixture("no-vmdesc-\(version)").document()
        let findings = Check(document, like: try Sample.fixture("no-vmdesc-twin-\(version)").document())
            .findings()
        #expect(findings.filter { $0.severity != .note }.isEmpty)
        #expect(findings.contains { $0.code == .descriptionBorrowed })
    }

    @Test func otherMachine() throws {
        let findings = Check(
            try Sample.fixture("sample-q35-10.0").document(),
            like: try Sample.fixture("sample-q35-7.2").document()
        ).findings()
        #expect(findings.first?.code == .machine)
        #expect(
            findings.contains { $0.code == .fieldLayout && $0.message.contains("has_vm_was_suspended") })
    }

    @Test func findingsAreInOrder() throws {
        let findings = Check(
            try Sample.fixture("pc-7.2").document(), like: try Sample.fixture("sample-q35-7.2").document()
        ).findings()
        // What only the target has comes after all that QEMU refuses.
        let refused = findings.filter { $0.severity != .note }.map(\.offset)
        #expect(refused == refused.sorted())
        #expect(findings.contains { $0.code == .sectionUnknown })
    }
}
