import Foundation
import Testing

/// Texts that were looked at once and must not change unseen.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden")

    /// Compares with the file of this name. With MIGSCOPE_RECORD set it writes the file and fails.
    static func check(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let file = folder.appendingPathComponent("\(name).txt")
        if ProcessInfo.processInfo.environment["MIGSCOPE_RECORD"] != nil {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name)", sourceLocation: sourceLocation)
            return
        }
        let expected = try? String(contentsOf: file, encoding: .utf8)
        #expect(
            text + "\n" == expected, "\(name) differs; MIGSCOPE_RECORD=1 records it anew",
            sourceLocation: sourceLocation)
    }
}
