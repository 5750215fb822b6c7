import Foundation
import Testing

/// The screen as text, without a terminal.
@Suite struct DumpScreenTests {
    @Test(arguments: [(80, 24), (120, 40), (40, 10), (1, 1)]) func hasTheAskedSize(
        _ width: Int, _ height: Int
    ) throws {
        let outcome = try Program.run(Sample.path, "--dump-screen", "\(width)x\(height)")
        #expect(outcome.status == 0)
        #expect(outcome.lines.count == height)
        #expect(outcome.lines.allSatisfy { $0.count <= width })
        #expect(!outcome.output.contains("\u{1b}"))
    }

    @Test func showsTheFile() throws {
        let outcome = try Program.run(Sample.path, "--dump-screen", "80x24")
        #expect(outcome.output.contains("sample-q35-10.0.mig"))
    }

    @Test func opensAtAnOffset() throws {
        let outcome = try Program.run(Sample.path, "--dump-screen", "120x40", "--at", "0x484d9")
        #expect(outcome.output.contains("cpu_clock_offset"))
    }

    @Test func opensAtAMatch() throws {
        let outcome = try Program.run(Sample.path, "--dump-screen", "120x40", "--find", "cpu_clock_offset")
        #expect(outcome.output.contains("cpu_clock_offset"))
    }

    @Test func typesKeys() throws {
        let outcome = try Program.run(
            Sample.path, "--dump-screen", "120x40", "--keys", "/cpu_clock_offset<Enter>")
        #expect(outcome.output.contains("cpu_clock_offset"))
        #expect(outcome.output != (try Program.run(Sample.path, "--dump-screen", "120x40").output))
    }

    @Test(arguments: ["<", "<Nope>"]) func refusesUnknownKeys(_ keys: String) throws {
        let outcome = try Program.run(Sample.path, "--dump-screen", "80x24", "--keys", keys)
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.count == 1)
    }

    @Test(arguments: ["--color", "--color=always"]) func writesColoursWhenAsked(_ option: String) throws {
        let outcome = try Program.run(option, Sample.path, "--dump-screen", "80x24")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\u{1b}["))
        #expect(
            !(try Program.run(Sample.path, "--dump-screen", "80x24", "--color=never").output.contains(
                "\u{1b}")))
    }

    @Test func drawsInASCII() throws {
        let outcome = try Program.run(Sample.path, "--dump-screen", "80x24", "--ascii")
        #expect(outcome.output.utf8.allSatisfy { $0 < 0x80 })
    }
}
