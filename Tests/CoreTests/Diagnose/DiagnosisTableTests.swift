import Bytes
import Foundation
import Testing

/// The table of recorded damages in docs/diagnosis.md is what `check --like` finds.
@Suite struct DiagnosisTableTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/diagnosis.md")
    private static let begin = "<!-- cases: begin -->\n"
    private static let end = "<!-- cases: end -->\n"

    /// With MIGSCOPE_RECORD set it writes the table and fails.
    @Test func isWhatCheckFinds() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let start = try #require(text.range(of: Self.begin)?.upperBound)
        let stop = try #require(text.range(of: Self.end)?.lowerBound)
        let table = try Self.table()
        if ProcessInfo.processInfo.environment["MIGSCOPE_RECORD"] != nil {
            try text.replacingCharacters(in: start..<stop, with: table)
                .write(to: Self.file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(Self.file.lastPathComponent)")
            return
        }
        #expect(text[start..<stop] == table, "MIGSCOPE_RECORD=1 writes the table anew")
    }

    private static func table() throws -> String {
        var result = "| QEMU | damage | at | finding | at | what QEMU says first | verdict |\n"
        result += "|---|---|---|---|---|---|---|\n"
        for broken in BrokenCase.all { result += try row(broken) }
        return result
    }

    private static func row(_ broken: BrokenCase) throws -> String {
        let first = try broken.findings().first { $0.severity != .note }
        let predicted = first?.qemu.split(separator: "\n").map(String.init) ?? []
        let verdict =
            switch (broken.loads, predicted == broken.qemu) {
            case (true, true): first == nil ? "loads, nothing found" : "loads all the same, and is found"
            case (false, true): "refused, in these words"
            case (_, false): "differs"
            }
        let version = broken.base.split(separator: "-").last ?? ""
        let cells = [
            String(version), broken.name, broken.place.map { Hex.offset($0) } ?? "",
            first?.code.rawValue ?? "",
            first.map { Hex.offset($0.offset) } ?? "", broken.qemu.first ?? "", verdict,
        ]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
}
