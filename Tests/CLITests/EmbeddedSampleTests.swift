import Testing

/// The stream that is part of the program.
@Suite struct EmbeddedSampleTests {
    @Test func isTheSample() throws {
        let own = try Program.run("info", "--sample", "--json")
        #expect(own.status == 0)
        #expect(own.output == (try Program.run("info", Sample.path, "--json").output))
    }

    @Test func isBrowsed() throws {
        let screen = try Program.run("--sample", "--dump-screen", "80x24", "--keys", "/cmos_data<Enter>")
        #expect(screen.output.contains("sample-q35-10.0.mig"))
        #expect(screen.output.contains("mc146818rtc:0/cmos_data"))
        let tutor = try Program.run("--sample", "--dump-screen", "80x24", "--keys", ":tutor<Enter>")
        #expect(tutor.output.contains("first steps: step 1 of"))
    }
}
