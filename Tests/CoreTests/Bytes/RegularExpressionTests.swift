import Testing

@testable import Bytes

@Suite struct RegularExpressionTests {
    private func expression(_ pattern: String, ignoresCase: Bool = false) throws -> RegularExpression {
        try RegularExpression(pattern, ignoresCase: ignoresCase)
    }

    @Test func finds() throws {
        #expect(try expression("^env\\.regs$").matches("env.regs"))
        #expect(try expression("ENV", ignoresCase: true).matches("env"))
        #expect(try !expression("ENV").matches("env"))
        #expect(try expression("a.c").matches("xaécx"))
        #expect(try expression("").matches(""))
        #expect(try expression("\\d{2,3}[[:alpha:]]").matches("-12x"))
    }

    /// What takes other matchers time that doubles with each byte: a text this long would never end.
    @Test(arguments: [
        "(.*)*x", "(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)[^a!]$", "(x+x+)+y", "(a?){50}a{50}b",
    ])
    func isLinear(_ pattern: String) throws {
        let expression = try expression(pattern)
        let found = expression.matches(String(repeating: "a", count: 100_000) + "!")
        #expect(!found)
    }

    @Test(arguments: ["(", "a(?=b)", "(a)\\1", "[z-a]", "x{2000}", "((a{900}){900}){900}", "*", "\\"])
    func isRefused(_ pattern: String) throws {
        let failure = #expect(throws: RegularExpression.Failure.self) { try expression(pattern) }
        #expect(try !#require(failure).reason.isEmpty)
    }
}
