import Stream
import Testing

@testable import TUI

/// Two browsers of one stream that are open at a time: what both have kept is there the next time.
@Suite struct MergedSessionTests {
    private func kept(_ lines: String...) -> Keepsake {
        Keepsake(session: (["migscope session 1", "file\tx"] + lines).joined(separator: "\n") + "\n")
    }

    private func merged(_ mine: Keepsake, _ theirs: Keepsake, since base: Keepsake) -> [String] {
        let text = mine.merged(with: theirs, since: base).session ?? ""
        return text.split(separator: "\n").dropFirst(2).map(String.init)
    }

    @Test func bothAdd() {
        let mine = kept("mark\ta\t0x1\tone", "note\tone\tmine")
        let theirs = kept("mark\tb\t0x2\ttwo", "note\ttwo\ttheirs")
        #expect(
            merged(mine, theirs, since: kept()) == [
                "mark\ta\t0x1\tone", "mark\tb\t0x2\ttwo", "note\tone\tmine", "note\ttwo\ttheirs",
            ])
    }

    @Test func oneRemoves() {
        let base = kept("mark\ta\t0x1\tone", "note\tone\ttext")
        #expect(merged(kept(), base, since: base) == [])
        #expect(merged(base, kept(), since: base) == [])
    }

    @Test func bothChange() {
        let base = kept("mark\ta\t0x1\tone", "note\tone\told")
        let mine = kept("mark\ta\t0x2\ttwo", "note\tone\tmine")
        let theirs = kept("mark\ta\t0x3\tthree", "note\tone\ttheirs")
        #expect(merged(mine, theirs, since: base) == ["mark\ta\t0x2\ttwo", "note\tone\ttheirs | mine"])
        // A change outlives the other's removal.
        #expect(merged(mine, kept(), since: base) == ["mark\ta\t0x2\ttwo", "note\tone\tmine"])
        #expect(merged(kept(), mine, since: base) == ["mark\ta\t0x2\ttwo", "note\tone\tmine"])
    }

    @Test func nothingIsLostWhereNothingWasKept() {
        let mine = kept("note\tone\tmine")
        #expect(merged(mine, Keepsake(), since: Keepsake()) == ["note\tone\tmine"])
        #expect(merged(mine, Keepsake(session: "damaged"), since: Keepsake()) == ["note\tone\tmine"])
        #expect(Keepsake().merged(with: mine, since: Keepsake()).session == nil)
    }

    @Test func whatWasTyped() {
        let base = Keepsake(history: ["/a"])
        let merged = Keepsake(history: ["/a", "/mine"]).merged(
            with: Keepsake(history: ["/a", "/theirs"]), since: base)
        #expect(merged.history == ["/theirs", "/a", "/mine"])
    }
}
