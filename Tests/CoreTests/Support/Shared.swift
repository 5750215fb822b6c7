import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// The test reads the shared material, which is no part of the repository: it shows as skipped where that is
    /// not there. In CI it runs, and fails, as soon as the folder is there.
    static var needsShared: Self {
        .enabled(if: Places.expectsShared, "needs the shared material: MIGSCOPE_SHARED, or ../shared")
    }
}

/// That what tests of the shared material read is there, so that no table of theirs is empty unseen.
@Suite(.needsShared) struct SharedTests {
    @Test func everyStreamThatTestsName() {
        let names = Set(Sample.corpus.map(\.name))
        for name in [
            "linux-256m-7.2", "many-7.2", "mac99-7.2", "pseries-7.2", "q35-novmdesc-10.0", "q35-rich-7.2",
            "q35-rich-10.0", "riscv64-7.2", "riscv64-10.0", "s390x-7.2", "s390x-10.0",
        ] {
            #expect(names.contains(name + ".mig"))
        }
        #expect(Sample.corpus.count { $0.hasTruth } >= 10)
    }
}

/// That no table of cases is empty in a clean checkout.
@Suite struct TableTests {
    @Test func nothingIsEmpty() {
        #expect(Sample.fixtures.count >= 30)
        #expect(Sample.fixtures.count { $0.hasTruth } >= 10)
        #expect(BrokenCase.all.count >= 56)
    }
}
